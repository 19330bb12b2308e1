// The tables of README.md and docs/benchmarks.md: functions of bench/results/latest.json and of nothing else.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchRow, MachineRow, NotRun, RatioRow } from '../dist/bench/rows.js';
import { judge, TARGETS } from './targets.js';

const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

/** bench/results/latest.json. */
export interface Results {
  readonly effort: { readonly rounds: number; readonly turnMs: number; readonly warmUpMs: number };
  readonly machine: Omit<MachineRow, 'type' | 'version' | 'commit'>;
  readonly versions: {
    readonly gatebook: string;
    readonly commit: string;
    readonly peers: Readonly<Record<string, string>>;
  };
  readonly rows: readonly Omit<BenchRow, 'type'>[];
  readonly ratios: readonly Omit<RatioRow, 'type'>[];
  readonly not_run: readonly Omit<NotRun, 'type'>[];
}

type Row = Results['rows'][number];

/** Where everything lies below the root of the checkout. */
export function reportPaths(root: string): { results: string; readme: string; docs: string } {
  return {
    results: join(root, 'bench', 'results', 'latest.json'),
    readme: join(root, 'README.md'),
    docs: join(root, 'docs', 'benchmarks.md'),
  };
}

/** Rows of the short table, in its order: the row, and what it is for a reader who knows none of our words. */
const SHORT: readonly (readonly [string, string])[] = [
  ['commit: 1 basket, software without CRC', 'TypeScript engine: update, publish, check one basket, emit'],
  ['commit: 1 basket, native, batch 1024', 'C++ engine from Node, the same with CRC'],
  ['inside C++: commit_top_1_basket', 'C++ engine, the same inside C++'],
  ['ladder W1: software, ladder class', 'one level of a ladder: TypeScript'],
  ['ladder W1: native, commands', 'one level of a ladder: C++ from Node'],
  ['ladder W1: JavaScript Map', 'one level of a ladder: two JavaScript Maps'],
  ['ladder W1: sorted-btree', 'one level of a ladder: sorted-btree'],
  ['ladder W1: ccxt ws OrderBook', 'one level of a ladder: ccxt'],
  ['decode price_change: decoder, frame to commands', 'a 600-byte frame, checked and decoded to commands'],
  ['decode price_change: JSON.parse alone, from a Buffer', 'the same frame: JSON.parse alone'],
  ['decode price_change: poly-websockets, JSON.parse and its cache', 'the same frame: poly-websockets'],
  ['frame to signal, latency: native, p50', 'frame to signal, C++ engine, p50'],
  ['frame to signal, latency: native, p99', 'frame to signal, C++ engine, p99'],
  ['replay: native', 'the bundled session, C++ engine'],
  ['replay: software', 'the bundled session, TypeScript engine'],
];

/** Three digits are what the noise leaves; thousands are grouped. */
export function figureText(figure: number): string {
  if (!Number.isFinite(figure)) return '-';
  const rounded = Number(figure.toPrecision(3));
  return Math.abs(rounded) < 1000 ? String(rounded) : rounded.toLocaleString('en-US');
}

/** How far the turns lie apart, as a share of the median. */
function spreadText({ median, min, max }: Row): string {
  return median === 0 ? '-' : `${figureText(((max - min) / median) * 100)} %`;
}

function machineText({ machine }: Results): string {
  const { cpu, cores, os, node, date } = machine;
  return `${cpu}, ${cores} cores, ${os}, Node ${node}, ${date.slice(0, 10)}`;
}

function byName(results: Results): Map<string, Row> {
  return new Map(results.rows.map((row) => [row.name, row]));
}

/** What stands between the markers of README.md. */
export function readmeTable(results: Results): string {
  const rows = byName(results);
  const lines = SHORT.flatMap(([name, what]) => {
    const row = rows.get(name);
    return row === undefined ? [] : [`| ${what} | ${figureText(row.median)} ${row.unit} | ${spreadText(row)} |`];
  });
  const verdicts = TARGETS.map((target) => judge(target, rows).met);
  const [met, missed] = [true, false].map((which) => verdicts.filter((each) => each === which).length);
  return [
    `Medians of ${results.effort.rounds} turns, all in one run on a shared ${results.machine.cores}-core machine:`,
    `${machineText(results)}. Targets: ${met} met, ${missed} missed.`,
    '',
    '| what | median | spread |',
    '|---|---|---|',
    ...lines,
  ].join('\n');
}

/** The text with the table between its markers; unchanged where it has none. */
export function withTable(text: string, table: string): string {
  const from = text.indexOf(START);
  const to = text.indexOf(END);
  if (from < 0 || to < from) return text;
  return `${text.slice(0, from + START.length)}\n${table}\n${text.slice(to)}`;
}

/** docs/benchmarks.md. */
export function docsPage(results: Results): string {
  const lines = [
    '<!-- Generated from bench/results/latest.json by `npm run bench`. Do not edit. -->',
    '# Benchmarks',
    '',
    ...methodLines(results),
    ...WORK,
    ...targetLines(results),
    ...rowLines(results),
    ...ratioLines(results),
    ...notRunLines(results),
  ];
  return `${lines.join('\n')}\n`;
}

function methodLines(results: Results): string[] {
  const { machine, versions, effort } = results;
  const peers = Object.entries(versions.peers).map(([name, version]) => `${name} ${version}`);
  return [
    `Machine: ${machineText(results)}.`,
    `Load of the last minute: ${machine.load_before} before, ${machine.load} after.`,
    `Versions: gatebook ${versions.gatebook} at ${versions.commit}, V8 ${machine.v8}.`,
    `Peers: ${peers.join(', ') || 'none'}.`,
    '',
    '```',
    'npm run bench              # everything, some minutes; writes bench/results/latest.json, this page, README.md',
    'npm run bench -- --quick   # to see that it works; writes nothing',
    'npm run bench -- --report  # the pages again, from the results as they are',
    'npx gatebook bench         # our own rows only',
    '```',
    '',
    `Every figure is the median of ${effort.rounds} turns of about ${effort.turnMs} ms each, after a warm-up. The rows`,
    'of a group take turns, so that drift of the machine hits all alike, and a ratio is taken turn by turn. The',
    'spread, (max - min) / median, is the noise: differences below it mean nothing. Rows named inside C++ come from a',
    'process of their own in the same run.',
    '',
  ];
}

const WORK: readonly string[] = [
  '| rows | work |',
  '|---|---|',
  '| `commit` | LEVEL_SETs that each commit and change the best ask of one of 64 books at random: its size, its ' +
    'price, or, where nothing is said, either in equal parts. So many two-leg baskets on each book; with `signals` ' +
    'they are open throughout. Batches of 1,024 where nothing is said |',
  '| `ladder W1` | level sets of one book on a 0.001 grid with about 100 levels a side, 23.5 % deletes, 4.8 % move ' +
    'the touch, nothing committed. Of the `commands` rows each set is a checked command of an engine; in the others ' +
    'it is a call, and both best levels are read after it |',
  '| `decode` | 600-byte price_change frames with the YES and the NO of one change, over 500 markets (W2); ' +
    'snapshots with 16 levels a side |',
  '| `frame to signal` | from the bytes of a W2 frame to the bytes of its events, a frame a batch, a basket open ' +
    'on every market; for percentiles the clock is read twice a frame, and has rows of its own |',
  '| `scale` | the size of one of the best five levels of a random book, each committed; engines with a profile of ' +
    'that size |',
  '| `memory` | growth of the resident memory of a new process by one engine, filled, two pages a book |',
  '| `allocation` | growth of the JavaScript heap over ten pieces of 2^20 commands; it counts while no collection ' +
    'ran |',
  '| `simulated` | the RTL, verilated, in this process: level sets as in `ladder W1`, in batches of 1,024, and ' +
    'commits as in `commit` |',
  '| `session` | the commands of the bundled session alone, in one batch, in the profile `sim` |',
  '| `replay` | the bundled session through capture, decoder, device and signals |',
  '',
];

function targetLines(results: Results): string[] {
  const rows = byName(results);
  const lines = TARGETS.map((target) => {
    const { value, unit, met } = judge(target, rows);
    const verdict = met === undefined ? 'not run' : met ? 'met' : '**missed**';
    const measured = value === undefined ? '-' : `${figureText(value)} ${unit}`;
    return `| ${target.what} | ${measured} | ${figureText(target.most)} | ${verdict} |`;
  });
  return ['## Targets', '', '| what | measured | at most | |', '|---|---|---|---|', ...lines, ''];
}

function rowLines(results: Results): string[] {
  const lines = results.rows.map((row) => {
    const events = row.events_per_command === undefined ? '' : figureText(row.events_per_command);
    const range = `${figureText(row.min)} - ${figureText(row.max)}`;
    const figures = [figureText(row.median), row.unit, range, spreadText(row), row.runs, events];
    return `| ${[row.name, ...figures].join(' | ')} |`;
  });
  const columns = '| row | median | unit | min - max | spread | runs | events a command |';
  return ['## Rows', '', columns, '|---|---|---|---|---|---|---|', ...lines, ''];
}

function ratioLines(results: Results): string[] {
  const lines = results.ratios.map(({ name, to, median, min, max }) => {
    return `| ${[name, to, figureText(median), `${figureText(min)} - ${figureText(max)}`].join(' | ')} |`;
  });
  if (lines.length === 0) return [];
  return ['## Ratios', '', '| row | through | median | min - max |', '|---|---|---|---|', ...lines, ''];
}

function notRunLines(results: Results): string[] {
  const lines = results.not_run.map(({ name, reason }) => `- NOT RUN: ${name}: ${reason}`);
  return lines.length === 0 ? ['Everything was run.'] : ['## Not run', '', ...lines];
}

/** Writes README.md and docs/benchmarks.md from the results on disk. */
export function writeReport(root: string): void {
  const { results, readme, docs } = reportPaths(root);
  const read = JSON.parse(readFileSync(results, 'utf8')) as Results;
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), readmeTable(read)));
  writeFileSync(docs, docsPage(read));
}
