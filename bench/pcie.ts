// How fast the host's side of a BAR is: the backend `pcie` against the C++ engine behind a BAR file, which a process of
// its own serves. It has no link and no RTL in it: what the host could do if a board were never the limit.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Effort, measureGroup } from '../dist/bench/measure.js';
import { type Program, touchProgram } from '../dist/bench/programs.js';
import type { OutputRow } from '../dist/bench/rows.js';
import { CommandWriter, Side } from '../dist/contract/generated/records.js';
import { profileValues } from '../dist/contract/profile.js';
import type { Device } from '../dist/hal/device.js';
import { open } from '../dist/hal/registry.js';

const BATCH_BYTES = 4096 * 16;
const START_MS = 10_000;
/** Memory that is a file, where there is one. */
const SHARED_MEMORY = '/dev/shm';

/** Sizes below the best one, nothing committed: no events. */
function quietProgram(): Program {
  const { profile } = touchProgram({
    books: 16,
    basketsPerBook: 0,
    signals: false,
    change: 'resize',
    commands: 16,
    seed: 1,
  });
  const setup = new CommandWriter().bookBegin(0, 10).bookLive(0, true).bytes().slice();
  const out = new CommandWriter();
  for (let n = 0; n < 4096; n++) out.levelSet(0, Side.BID, 1 + (n % 400), 1 + n);
  return { profile, setup, commands: out.bytes().slice() };
}

const PROGRAMS: Readonly<Record<string, () => Program>> = {
  'pcie: a command without an event': quietProgram,
  'pcie: a command and its event': () =>
    touchProgram({ books: 16, basketsPerBook: 0, signals: false, change: 'resize', commands: 4096, seed: 1 }),
};

/** @param root of the project */
export async function pcieRows(root: string, effort: Effort, filter: string, onRow: (row: OutputRow) => void) {
  const script = join(root, 'bench/native/run.sh');
  const notRun = (reason: string) => onRow({ type: 'not_run', name: 'pcie', reason });
  const names = Object.keys(PROGRAMS).filter((name) => name.includes(filter.toLowerCase()));
  if (names.length === 0) return;
  const built = spawnSync('sh', [script, 'build'], { cwd: root, encoding: 'utf8' });
  const tool = join(root, 'build/native-bench/bar_device');
  if (built.status !== 0 || !existsSync(tool)) return notRun(built.stderr.trim().split('\n').pop() ?? 'not built');
  const folder = mkdtempSync(join(existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir(), 'gatebook-bench-'));
  try {
    for (const name of names) await oneRow(name, tool, join(folder, 'bar'), effort, onRow);
  } catch (error) {
    notRun(error instanceof Error ? error.message : String(error));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function oneRow(name: string, tool: string, file: string, effort: Effort, onRow: (row: OutputRow) => void) {
  const { profile, setup, commands } = (PROGRAMS[name] as () => Program)();
  const served = await serve(tool, file, profileValues(profile).join(','));
  const device = await open(`pcie:${file}`);
  let events = 0;
  device.onEvents((bytes) => {
    events += bytes.length / 32;
  });
  await device.submit(setup);
  await play(device, commands, commands.length / 16);
  events = 0;
  await play(device, commands, commands.length / 16);
  // One FENCE a turn is not of the work.
  const eventsPerCommand = Math.round((events - 1) / (commands.length / 16));
  const run = (operations: number) => play(device, commands, operations);
  const group = { name, unit: 'ns/command', subjects: [{ name, run, piece: commands.length / 16, eventsPerCommand }] };
  const { rows } = await measureGroup(group, effort);
  for (const row of rows) onRow(row);
  await device.close();
  served.stdin?.end();
  await once(served, 'exit');
}

/** Ends with the FENCE: everything before it was consumed and answered. */
async function play(device: Device, commands: Uint8Array, operations: number): Promise<number> {
  for (let left = operations * 16; left > 0; left -= commands.length) {
    for (let at = 0; at < commands.length; at += BATCH_BYTES) {
      await device.submit(commands.subarray(at, at + BATCH_BYTES));
    }
  }
  return (await device.fence()).crc32;
}

async function serve(tool: string, file: string, profile: string): Promise<ChildProcess> {
  const child = spawn(tool, [file, profile], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data', { signal: AbortSignal.timeout(START_MS) });
  return child;
}
