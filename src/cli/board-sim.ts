// gatebook board sim: a board, simulated down to its pins, behind a port that a host opens like any other.
import {
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { loadBoard } from '../board/boards.js';
import type { BoardDescription } from '../board/description.js';
import { BoardError } from '../board/errors.js';
import { BAR_BYTES, BAR_MAGIC } from '../contract/generated/transports.js';
import { PACKAGE_ROOT } from '../hal/build-info.js';
import { HalError } from '../hal/errors.js';
import { BarSimulation } from '../sim/bar-simulation.js';
import { type BoardsAddon, loadBoards } from '../sim/boards-addon.js';
import type { Simulation } from '../sim/simulation.js';
import { UartSimulation } from '../sim/uart-simulation.js';
import { boardAction } from './board-action.js';
import { wholeNumber } from './capture.js';
import { runScript } from './child-group.js';
import { halAction } from './hal-action.js';
import type { CliIo } from './io.js';

interface SimFlags {
  readonly board: string;
  readonly link?: string;
  readonly bar?: string;
  readonly json: boolean;
  readonly timeLimit?: number;
  readonly seed?: number;
  readonly baudError: number;
}

const HELP = `
The board's own top runs as Verilog, pins and UART included, slower than life: its IDENTITY says by how much, and the
host stretches its time-outs. A PCIe board is its BAR shell behind a file that is mapped as a resourceN file would be.
While nothing is under way the board's time stands still. Ends with SIGINT, SIGTERM or SIGHUP; the file reads all
ones then.`;

/** Longest sleep while the host is silent: a signal waits that long. */
const REST_MS = 20;
const MOST_BAUD_ERROR = 10;
/** The end of a pseudo-terminal that a host opens, as Linux and macOS name it. */
const PTY = /^\/dev\/(pts\/|ttys)\d+$/;
const ALL_ONES = 0xffff_ffff;

/** Adds `sim` to `gatebook board`. */
export function addBoardSim(board: Command, io: CliIo): void {
  board
    .command('sim')
    .description('simulate a board behind a port of this machine, until it is stopped')
    .requiredOption('--board <name>', 'board; `gatebook board list` lists them')
    .option('--link <path>', 'symbolic link to the port, gone when the simulation ends')
    .option('--bar <file>', 'of a PCIe board: the file that stands for its BAR (default: a temporary one)')
    .option('--json', 'one JSON object on stdout: port, board, pid', false)
    .option('--time-limit <seconds>', 'end by itself after that much wall time', wholeNumber(1, 1e6))
    .option('--seed <n>', 'registers and memories begin random, from this seed', wholeNumber(0, 2 ** 32 - 1))
    .option('--baud-error <percent>', "how much too fast the host's end of the UART runs, -10..10", baudError, 0)
    .addHelpText('after', HELP)
    .action((flags: SimFlags) => boardAction(io, () => halAction(io, () => simulate(io, flags))));
}

function baudError(text: string): number {
  const percent = Number(text);
  if (text.trim() !== '' && Math.abs(percent) <= MOST_BAUD_ERROR) return percent;
  throw new InvalidArgumentError(`not a number in -${MOST_BAUD_ERROR}..${MOST_BAUD_ERROR}`);
}

async function simulate(io: CliIo, flags: SimFlags): Promise<void> {
  const board = loadBoard(PACKAGE_ROOT, flags.board);
  checkFlags(board, flags);
  const addon = await addonOrBuild(io);
  // Before anything is made that a signal would leave behind.
  const stop = stopOnSignal();
  try {
    await simulateOn(io, { simulation: start(addon, board, flags, io), board, flags, stop });
  } finally {
    stop.done();
  }
}

interface Running {
  readonly simulation: Simulation;
  readonly board: BoardDescription;
  readonly flags: SimFlags;
  readonly stop: Stop;
}

async function simulateOn(io: CliIo, { simulation, board, flags, stop }: Running): Promise<void> {
  try {
    const unlink = flags.link === undefined ? undefined : linkTo(simulation.port, resolve(io.cwd, flags.link));
    try {
      io.stdout.write(portLine(simulation, board, flags));
      await run(simulation, stop, flags.timeLimit);
    } finally {
      unlink?.();
    }
  } finally {
    const { cycles, simulatedSeconds, runSeconds, bytesIn, bytesOut } = simulation.status();
    simulation.close();
    const factor = simulatedSeconds === 0 ? 0 : runSeconds / simulatedSeconds;
    io.stderr.write(
      `gatebook: ${board.name} ran ${simulatedSeconds.toFixed(3)} s of its time in ${runSeconds.toFixed(1)} s ` +
        `(${factor.toFixed(1)} times slower than life): ${cycles} cycles, ${bytesIn} bytes in, ${bytesOut} bytes out\n`,
    );
  }
}

/** Of another transport: passed over they would seem to work. @throws HalError ARGUMENT_INVALID */
function checkFlags({ name, transport }: BoardDescription, { bar, baudError }: SimFlags): void {
  if (transport === 'uart' && bar !== undefined) {
    throw new HalError('ARGUMENT_INVALID', `--bar = ${bar}: ${name} is not behind PCIe, and has no BAR`);
  }
  if (transport === 'pcie' && baudError !== 0) {
    throw new HalError('ARGUMENT_INVALID', `--baud-error = ${baudError}: ${name} has no UART`);
  }
}

/** Builds the addon where it is not there: only simulations need it, and it takes minutes. */
async function addonOrBuild(io: CliIo): Promise<BoardsAddon> {
  let loaded = loadBoards();
  const script = join(PACKAGE_ROOT, 'scripts', 'build-boards.mjs');
  if ('reason' in loaded && process.env['GATEBOOK_NO_ADDON'] !== '1' && existsSync(script)) {
    // Our stdout belongs to the port.
    const tell = (text: string) => void io.stderr.write(text);
    const { stopped } = await runScript([script, '--if-needed'], { cwd: PACKAGE_ROOT, tell });
    if (stopped !== undefined) {
      throw new HalError(
        'BACKEND_UNAVAILABLE',
        `board sim: stopped by ${stopped} while its simulation was being built`,
      );
    }
    loaded = loadBoards();
  }
  if ('addon' in loaded) return loaded.addon;
  throw new HalError('BACKEND_UNAVAILABLE', `board sim: ${loaded.reason}`);
}

function start(addon: BoardsAddon, board: BoardDescription, flags: SimFlags, io: CliIo): Simulation {
  const seed = flags.seed === undefined ? {} : { seed: flags.seed };
  try {
    if (board.transport === 'uart') {
      return new UartSimulation(addon, board, { ...seed, baudErrorPpm: Math.round(flags.baudError * 10_000) });
    }
    const path = flags.bar === undefined ? {} : { path: resolve(io.cwd, flags.bar) };
    return new BarSimulation(addon, board, { ...seed, ...path });
  } catch (error) {
    if ((error as { code?: string }).code !== 'IO') throw error;
    throw new BoardError('SIMULATION_PORT', (error as Error).message, { cause: error });
  }
}

function portLine({ port }: Simulation, { name }: BoardDescription, { json }: SimFlags): string {
  return json ? `${JSON.stringify({ port, board: name, pid: process.pid })}\n` : `${port}\n`;
}

async function run(simulation: Simulation, stop: Stop, timeLimit: number | undefined): Promise<void> {
  const end = timeLimit === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeLimit * 1000;
  while (!stop.asked && performance.now() < end) {
    if (!simulation.step()) simulation.rest(REST_MS);
    // Signals are handled here.
    await nextTurn();
  }
}

interface Stop {
  asked: boolean;
  done(): void;
}

/** The first signal asks for the end, the second one ends the process as if nobody had listened. */
function stopOnSignal(): Stop {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const done = () => {
    for (const signal of signals) process.removeListener(signal, ask);
  };
  const stop: Stop = { asked: false, done };
  function ask(): void {
    stop.asked = true;
    done();
  }
  for (const signal of signals) process.on(signal, ask);
  return stop;
}

/** @returns what removes the link again, unless another simulation has taken it over */
function linkTo(port: string, path: string): () => void {
  try {
    removeOld(path);
    symlinkSync(port, path);
  } catch (error) {
    throw new BoardError('SIMULATION_PORT', `cannot link ${path} to the port: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return () => {
    if (targetOf(path) === port) rmSync(path);
  };
}

/** A link that a simulation made; never anything else. @throws Error */
function removeOld(path: string): void {
  const target = targetOf(path);
  if (target === undefined) return;
  if (existsSync(path) && !isPort(realpathSync(path))) {
    throw new Error(`it is a link to ${target}, which is no port of a simulated board`);
  }
  rmSync(path);
}

/** Where a symbolic link points; undefined where there is none. */
function targetOf(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(path) : undefined;
}

/** A pseudo-terminal, or the file of a BAR: it begins with the magic, or with ones when its simulation has ended. */
function isPort(path: string): boolean {
  if (PTY.test(path)) return true;
  const status = statSync(path);
  if (!status.isFile() || status.size !== BAR_BYTES) return false;
  return [BAR_MAGIC, ALL_ONES].includes(readFileSync(path).readUInt32LE(0));
}
