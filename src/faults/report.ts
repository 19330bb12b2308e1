// docs/faults.md, from what runs measured: docs/link-faults.json and docs/bar-faults.json.
import { remedyOf } from '../doctor/remedies.js';
import { HAL_ERRORS } from '../hal/errors.js';
import { type AccessFault, CARD_FAULTS, PORT_FAULTS } from './access-faults.js';
import { BAR_FAULT_KINDS } from './bar-kinds.js';
import { FAULT_KINDS, type FaultKind } from './kinds.js';
import type { SoloResult } from './solo.js';
import type { Throughput } from './throughput.js';

/** The line of a campaign in the log. */
export interface CampaignLine {
  readonly seed: number;
  readonly commit: string;
  readonly where: 'byte port' | 'pins' | 'BAR';
  readonly model: string;
  readonly faults: Readonly<Record<string, number>>;
  readonly total: number;
  readonly commands: number;
  readonly events: number;
  readonly sessions: number;
  readonly lost: 0;
  readonly cycles: number;
  readonly seconds: number;
}

export interface FaultResults {
  readonly solo: readonly SoloResult[];
  readonly campaigns: readonly CampaignLine[];
  readonly throughput?: Throughput & { readonly model: string; readonly commit: string };
}

const number = (value: number) => value.toLocaleString('en-US');
const ms = (value: number) => (value < 0.05 ? 'at once' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`);

function soloRow(kind: FaultKind, result: SoloResult | undefined): string {
  const moved = Object.entries(result?.moved ?? {}).sort((a, b) => b[1] - a[1]);
  const counters = moved.slice(0, 5).map(([name, times]) => `${name} (${times} of ${result?.repetitions ?? 0})`);
  const later = result === undefined ? '' : `${ms(result.laterMs.median)}, ${ms(result.laterMs.most)}`;
  return `| \`${kind.name}\` | ${kind.what} | nothing | ${counters.join(', ') || 'none'} | ${later} |`;
}

function endRow(kind: FaultKind): string {
  const signs = kind.signs.map(({ side, counter }) => `${side} ${counter}`).join(', ');
  return `| \`${kind.name}\` | ${kind.what} | ${kind.error} | ${signs || 'none'} |`;
}

function campaignRows(lines: readonly CampaignLine[]): string[] {
  return lines.map((line) => {
    const figures = [line.total, line.sessions, line.commands, line.events].map(number).join(' | ');
    return `| ${line.where} of \`${line.model}\` | ${line.seed} | ${figures} | 0 |`;
  });
}

function throughputLines({ throughput }: FaultResults): string[] {
  if (throughput === undefined) return [];
  const { model, commands, events, recovery } = throughput;
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
  const row = (name: string, part: number, { median, most }: Throughput['recovery']['to-host']) =>
    `| ${name} | ${percent(part)} | ${median.toFixed(2)} | ${most.toFixed(2)} |`;
  return [
    '### Under load',
    '',
    `Through the pins of the simulated \`${model}\`, in its time: the part of what full frames could carry, and the`,
    'round trips, of the same load, from the next good frame behind a damaged one until what that held has arrived',
    '(towards the device: until the host knows it).',
    '',
    '| direction | of the line | recovery, median | most |',
    '|---|---|---|---|',
    row('commands', commands, recovery['to-device']),
    row('events', events, recovery['to-host']),
    '',
  ];
}

/** A row a kind, a column a campaign. */
function totalRows(kinds: readonly FaultKind[], lines: readonly CampaignLine[]): string[] {
  const names = lines.map(({ where, model }) => `${where} of \`${model}\``);
  return [
    `| fault | ${names.join(' | ')} |`,
    `|---|${lines.map(() => '---|').join('')}`,
    ...kinds.map(({ name }) => {
      const counts = lines.map(({ faults }) => number(faults[name] ?? 0));
      return `| \`${name}\` | ${counts.join(' | ')} |`;
    }),
  ];
}

const MENDED_HEAD = ['| fault | what happens | error | counters | later |', '|---|---|---|---|---|'];
const CAMPAIGNS_HEAD = [
  '| where | seed | faults | sessions | commands | events | lost, invented or repeated |',
  '|---|---|---|---|---|---|---|',
];

const resultIn =
  ({ solo }: FaultResults) =>
  ({ name }: FaultKind) =>
    solo.find(({ kind }) => kind === name);

function linkSection(results: FaultResults): string[] {
  const { campaigns } = results;
  const resultOf = resultIn(results);
  const borne = FAULT_KINDS.filter(({ error, where }) => error === undefined && where !== 'wires');
  const wires = FAULT_KINDS.filter(({ where }) => where === 'wires');
  const ends = FAULT_KINDS.filter(({ error }) => error !== undefined);
  return [
    '## Faults of the serial link',
    '',
    'What was injected between the host that is shipped and the RTL that is built. Time is that of the simulated',
    'device at 3 Mbaud. Kinds and expected counters stand in `src/faults/kinds.ts`; counters of the host are those of',
    'its telemetry, counters of the device its registers (`docs/link.md`).',
    '',
    '### Faults that the link mends by itself',
    '',
    'Each alone, in the middle of traffic, beside the same traffic without it. The user sees no error and no event too',
    'few, too many or twice. Counters that moved further than without the fault, and in how many runs; by how much',
    'everything was there later: median, most.',
    '',
    ...MENDED_HEAD,
    ...borne.map((kind) => soloRow(kind, resultOf(kind))),
    '',
    'At the pins of a whole board there are these too:',
    '',
    ...wires.map(({ name, what }) => `- \`${name}\`: ${what}.`),
    '',
    '### Faults that end the link',
    '',
    'The host says so, once, with this code; what was on its way is discarded, and the next reset begins anew.',
    '',
    '| fault | what happens | error | counters |',
    '|---|---|---|---|',
    ...ends.map(endRow),
    '',
    '### Campaigns over the link',
    '',
    'Random programs over a link that is injured all the time. Every event is compared with that of the software',
    'engine. Every few hundred faults the traffic stops: nothing may be outstanding then, no damaged frame uncounted.',
    '',
    ...CAMPAIGNS_HEAD,
    ...campaignRows(campaigns),
    '',
    ...totalRows(FAULT_KINDS, campaigns),
    '',
    ...throughputLines(results),
  ];
}

function barEndRow(kind: FaultKind, result: SoloResult | undefined): string {
  const noticed = result === undefined ? '' : `${ms(result.laterMs.median)}, ${ms(result.laterMs.most)}`;
  return `| \`${kind.name}\` | ${kind.what} | ${kind.error} | ${noticed} |`;
}

function barSection(results: FaultResults): string[] {
  const { campaigns } = results;
  const resultOf = resultIn(results);
  const borne = BAR_FAULT_KINDS.filter(({ error }) => error === undefined);
  const ends = BAR_FAULT_KINDS.filter(({ error }) => error !== undefined);
  return [
    '## Faults of a BAR',
    '',
    'What was injected between the host that is shipped, with its mapping of the BAR, and the shell that is built,',
    'behind the file that stands for its BAR. Kinds and expected counters stand in `src/faults/bar-kinds.ts`; counters',
    'are those of the telemetry, what the host counted and what the device did; `event_waits` is a register of the',
    'device (`docs/bar.md`).',
    '',
    '### Faults that the BAR mends by itself',
    '',
    'Each alone, as above; time is that of a card at its own clock. How long a line stays wrong, and the device stands',
    'still, is part of the fault.',
    '',
    ...MENDED_HEAD,
    ...borne.map((kind) => soloRow(kind, resultOf(kind))),
    '',
    '### Faults that end the session',
    '',
    'The host says so, once, with this code; the next reset, of a card that is there again, begins anew. Noticed',
    'after: median, most.',
    '',
    '| fault | what happens | error | noticed after |',
    '|---|---|---|---|',
    ...ends.map((kind) => barEndRow(kind, resultOf(kind))),
    '',
    '### Campaigns over the BAR',
    '',
    'Random programs through a BAR that is injured all the time, at a clock so slow that little is to be simulated.',
    'Every event is compared with that of the software engine. After every few faults nothing may be outstanding, and',
    'every hundred each must have moved each counter that `src/faults/bar-kinds.ts` names.',
    '',
    ...CAMPAIGNS_HEAD,
    ...campaignRows(campaigns),
    '',
    ...totalRows(BAR_FAULT_KINDS, campaigns),
    '',
  ];
}

function accessRows(faults: readonly AccessFault[]): string[] {
  return [
    '| what happens | error | which means | what to do |',
    '|---|---|---|---|',
    ...faults.map(({ what, code }) => {
      const todo = remedyOf(code) ?? 'what the message says';
      return `| ${what} | ${code} | ${HAL_ERRORS[code]} | ${todo} |`;
    }),
    '',
  ];
}

/** The page. */
export function faultsPage(link: FaultResults, bar: FaultResults): string {
  return [
    '<!-- Written by `npm run link-faults -- --document` from docs/*-faults.json. Do not edit. -->',
    '# Faults, and what their user sees',
    '',
    ...linkSection(link),
    ...barSection(bar),
    '## Faults of the port or the card itself',
    '',
    'What keeps a device from being opened, or takes it away. Messages name what was found and what is needed;',
    '`gatebook doctor` says the same. Rows and their tests stand in `src/faults/access-faults.ts`.',
    '',
    '### A serial port, and the board behind it',
    '',
    ...accessRows(PORT_FAULTS),
    '### A card, and its BAR',
    '',
    ...accessRows(CARD_FAULTS),
  ].join('\n');
}
