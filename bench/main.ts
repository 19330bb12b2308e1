// Everything in one run: the C++ benches, our rows, peers in turns with them; then the results and the pages.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FULL, QUICK } from '../dist/bench/measure.js';
import type { BenchRow, OutputRow } from '../dist/bench/rows.js';
import { runBench } from '../dist/bench/run.js';
import { rowText } from '../dist/cli/bench.js';
import { pcieRows } from './pcie.js';
import { loadPeers } from './peers.js';
import { type Results, reportPaths, writeReport } from './report.js';

/** The same from bench and from dist.bench. */
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PEERS = join(ROOT, 'bench', 'peers');
const NATIVE = join(ROOT, 'bench', 'native', 'run.sh');

const { values: flags } = parseArgs({
  options: {
    // Short turns; writes nothing unless --write says so.
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    // Rows whose name contains this; writes nothing.
    filter: { type: 'string' },
    // No measurement: the pages from the results on disk.
    report: { type: 'boolean', default: false },
  },
});

type Emit = (row: OutputRow) => void;

async function measure(filter: string | undefined): Promise<void> {
  const effort = flags.quick ? QUICK : FULL;
  const all: OutputRow[] = [];
  const onRow: Emit = (row) => {
    all.push(row);
    process.stdout.write(rowText(row));
  };
  const peers = await installedPeers(onRow);
  nativeRows(filter ?? '', onRow);
  await pcieRows(ROOT, effort, filter ?? '', onRow);
  await runBench({
    effort,
    nowMs: Date.now,
    onRow,
    ...(filter === undefined ? {} : { filter }),
    ...(peers === undefined ? {} : { peers: peers.subjects }),
  });
  if (filter !== undefined || (flags.quick && !flags.write)) return;
  writeResults(all, effort, peers?.versions ?? {});
  writeReport(ROOT);
}

/** Installs the peers where their lock is not the one that was installed last. */
async function installedPeers(onRow: Emit): Promise<Awaited<ReturnType<typeof loadPeers>> | undefined> {
  const lock = createHash('sha256')
    .update(readFileSync(join(PEERS, 'package-lock.json')))
    .digest('hex');
  const stamp = join(PEERS, 'node_modules', '.installed');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    // Their install scripts build what no bench needs.
    const { status, stderr, error } = spawnSync('npm', ['ci', '--ignore-scripts'], { cwd: PEERS, encoding: 'utf8' });
    if (status !== 0) {
      const why = error?.message ?? stderr.trim().split('\n').pop();
      onRow({ type: 'not_run', name: 'peers', reason: `npm ci failed in bench/peers: ${why}` });
      return undefined;
    }
    writeFileSync(stamp, lock);
  }
  return await loadPeers(PEERS);
}

/** Builds and runs the C++ benches; the names of their rows say that they never crossed into Node. */
function nativeRows(filter: string, onRow: Emit): void {
  const notRun = (reason: string) => onRow({ type: 'not_run', name: 'inside C++', reason });
  if (!existsSync(NATIVE)) return notRun('bench/native is not in this checkout');
  const { status, stdout, stderr, error } = spawnSync('sh', [NATIVE], { cwd: ROOT, encoding: 'utf8' });
  if (error !== undefined) return notRun(error.message);
  const last = stderr.trim().split('\n').pop() ?? '';
  if (status !== 0) return notRun(`bench/native/run.sh failed: ${last}`);
  if (stdout.trim() === '') return notRun(last.replace(/^NOT RUN: /, ''));
  for (const line of stdout.trim().split('\n')) {
    const row = nativeRow(JSON.parse(line) as Omit<BenchRow, 'type'>);
    if (row.name.toLowerCase().includes(filter.toLowerCase())) onRow(row);
  }
}

/** Keeps what all rows have; events a command mean something only where commands are counted. */
function nativeRow({
  name,
  unit,
  median,
  min,
  max,
  runs,
  events_per_command: events,
}: Omit<BenchRow, 'type'>): BenchRow {
  const row: BenchRow = { type: 'row', name: `inside C++: ${name}`, unit, median, min, max, runs };
  return unit === 'ns/command' && events !== undefined ? { ...row, events_per_command: events } : row;
}

/** Keys in one order, so that two runs differ in their figures alone. */
function writeResults(all: readonly OutputRow[], effort: Results['effort'], peers: Record<string, string>): void {
  const without = <T extends OutputRow>({ type: _, ...rest }: T): Omit<T, 'type'> => rest;
  const machines = all.filter((row) => row.type === 'machine');
  const last = machines[machines.length - 1];
  if (last === undefined) throw new Error('the run ended without saying where it ran');
  const { version, commit, ...machine } = without(last);
  const results: Results = {
    effort,
    machine,
    versions: { gatebook: version, commit, peers },
    rows: all.filter((row) => row.type === 'row').map(without),
    ratios: all.filter((row) => row.type === 'ratio').map(without),
    not_run: all.filter((row) => row.type === 'not_run').map(without),
  };
  const path = reportPaths(ROOT).results;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
}

if (flags.report) writeReport(ROOT);
else await measure(flags.filter);
