// gatebook bench
import type { Command } from 'commander';
import { FULL, QUICK } from '../bench/measure.js';
import type { OutputRow } from '../bench/rows.js';
import { runBench } from '../bench/run.js';
import { writeJson } from './capture.js';
import { EXIT } from './exit-codes.js';
import { CliError, type CliIo, guarded } from './io.js';

const NAME_WIDTH = 62;
const FIGURE_WIDTH = 10;
const NS_PER_MS = 1_000_000n;

interface BenchFlags {
  readonly json: boolean;
  readonly quick: boolean;
  readonly filter?: string;
}

/** Adds `gatebook bench`. */
export function registerBench(program: Command, io: CliIo): void {
  program
    .command('bench')
    .description('measure the engines, the decoder and a replay on this machine')
    .option('--filter <text>', 'only rows whose name contains this')
    .option('--quick', 'a few short turns: to see that it works, not what it takes', false)
    .option('--json', 'one JSON object a row, the machine last', false)
    .action((flags: BenchFlags) => guarded(io, () => bench(io, flags)));
}

async function bench(io: CliIo, { json, quick, filter }: BenchFlags): Promise<void> {
  if (!json) io.stdout.write(header());
  let found = 0;
  await runBench({
    effort: quick ? QUICK : FULL,
    nowMs: () => Number(io.nowNs() / NS_PER_MS),
    ...(filter === undefined ? {} : { filter }),
    onRow(row) {
      if (row.type === 'row') found += 1;
      if (json) writeJson(io, row);
      else io.stdout.write(rowText(row));
    },
  });
  if (found === 0) throw new CliError(EXIT.USAGE, `--filter ${filter}: no row has that in its name`);
}

function header(): string {
  const columns = ['median', 'min', 'max'].map((name) => name.padStart(FIGURE_WIDTH)).join('');
  return `${'row'.padEnd(NAME_WIDTH)}${columns}  unit\n`;
}

/** A line for people: what was measured, how far the turns lie apart, and of what. */
export function rowText(row: OutputRow): string {
  if (row.type === 'not_run') return `NOT RUN: ${row.name}: ${row.reason}\n`;
  if (row.type === 'machine') {
    const { cpu, cores, node, os, load_before: before, load, version, commit } = row;
    return `${cpu}, ${cores} cores, ${os}, Node ${node}, load ${before} to ${load}; gatebook ${version} ${commit}\n`;
  }
  const figures = [row.median, row.min, row.max].map((figure) => figureText(figure).padStart(FIGURE_WIDTH)).join('');
  if (row.type === 'ratio') return `${`  ${row.name} / ${row.to}`.padEnd(NAME_WIDTH)}${figures}  times\n`;
  const events = row.events_per_command === undefined ? '' : `, ${row.events_per_command} events a command`;
  return `${row.name.padEnd(NAME_WIDTH)}${figures}  ${row.unit} (${row.runs} runs${events})\n`;
}

/** Three or four digits, without an exponent. */
export function figureText(figure: number): string {
  if (!Number.isFinite(figure)) return '-';
  if (Math.abs(figure) >= 1000) return Math.round(figure).toString();
  return Number(figure.toPrecision(4)).toString();
}
