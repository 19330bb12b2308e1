// docs/faults.md, from what a run measured: docs/link-faults.json.
import { FAULT_KINDS, type FaultKind } from './kinds.js';
import type { SoloResult } from './solo.js';
import type { Throughput } from './throughput.js';

/** The line of a campaign in the log. */
export interface CampaignLine {
  readonly seed: number;
  readonly commit: string;
  readonly where: 'byte port' | 'pins';
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
    '## Under load',
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

/** The page. */
export function faultsPage(results: FaultResults): string {
  const { solo, campaigns } = results;
  const resultOf = ({ name }: FaultKind) => solo.find(({ kind }) => kind === name);
  const borne = FAULT_KINDS.filter(({ error, where }) => error === undefined && where !== 'wires');
  const wires = FAULT_KINDS.filter(({ where }) => where === 'wires');
  const ends = FAULT_KINDS.filter(({ error }) => error !== undefined);
  const totals = FAULT_KINDS.map(({ name }) => {
    const counts = campaigns.map(({ faults }) => number(faults[name] ?? 0));
    return `| \`${name}\` | ${counts.join(' | ')} |`;
  });
  return [
    '<!-- Written by `npm run link-faults -- --document` from docs/link-faults.json. Do not edit. -->',
    '# Faults of the serial link',
    '',
    'What was injected between the host that is shipped and the RTL that is built, and what its user sees. Time is',
    'that of the simulated device at 3 Mbaud. Kinds and expected counters stand in `src/faults/kinds.ts`; counters of',
    'the host are those of its telemetry, counters of the device its registers (`docs/link.md`).',
    '',
    '## Faults that the link mends by itself',
    '',
    'Each alone, in the middle of traffic, beside the same traffic without it. The user sees no error and no event too',
    'few, too many or twice. Counters that moved further than without the fault, and in how many runs; by how much',
    'everything was there later: median, most.',
    '',
    '| fault | what happens | error | counters | later |',
    '|---|---|---|---|---|',
    ...borne.map((kind) => soloRow(kind, resultOf(kind))),
    '',
    'At the pins of a whole board there are these too:',
    '',
    ...wires.map(({ name, what }) => `- \`${name}\`: ${what}.`),
    '',
    '## Faults that end the link',
    '',
    'The host says so, once, with this code; what was on its way is discarded, and the next reset begins anew.',
    '',
    '| fault | what happens | error | counters |',
    '|---|---|---|---|',
    ...ends.map(endRow),
    '',
    '## Campaigns',
    '',
    'Random programs over a link that is injured all the time. Every event is compared with that of the software',
    'engine. Every few hundred faults the traffic stops: nothing may be outstanding then, no damaged frame uncounted.',
    '',
    '| where | seed | faults | sessions | commands | events | lost, invented or repeated |',
    '|---|---|---|---|---|---|---|',
    ...campaignRows(campaigns),
    '',
    `| fault | ${campaigns.map(({ where, model }) => `${where} of \`${model}\``).join(' | ')} |`,
    `|---|${campaigns.map(() => '---|').join('')}`,
    ...totals,
    '',
    ...throughputLines(results),
  ].join('\n');
}
