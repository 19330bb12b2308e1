// gatebook replay <file>
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { type Command, InvalidArgumentError } from 'commander';
import { build as buildHistogram } from 'hdr-histogram-js';
import { inspectCapture } from '../capture/index.js';
import type { CommandWriter } from '../contract/generated/records.js';
import { ErrorCode, FAIR_MAX, SIZE_MAX } from '../contract/generated/records.js';
import { type Profile, parseProfile } from '../contract/profile.js';
import { REFUSAL_DOCS, refusalNames } from '../feed/refusals.js';
import type { Device } from '../hal/device.js';
import { open } from '../hal/registry.js';
import { type ReplayClock, type ReplaySummary, replay } from '../host/replay.js';
import type { SignalReport } from '../host/signal-tracker.js';
import { openSource, type Source, SourceError } from '../host/source.js';
import { parseFeeRate, parseMoney } from '../market/decimal.js';
import { MarketError } from '../market/errors.js';
import type { Universe } from '../market/universe.js';
import { captureAction, wholeNumber, writeJson } from './capture.js';
import { EXIT } from './exit-codes.js';
import { asCliError, closeDevice } from './hal-action.js';
import { CliError, type CliIo } from './io.js';
import { bookTable, SignalLives, signalTable } from './signal-table.js';
import { followSupervision, judgeSupervision, type SupervisionSummary } from './supervision.js';

const SHOWN_SIGNALS = 60;
const SHOWN_BOOKS = 20;
const SHOWN_REFUSALS = 20;

export const systemReplayClock: ReplayClock = { nowMs: () => performance.now(), sleep: (ms) => sleep(ms) };

export interface ReplayFlags {
  readonly engine: string;
  /** The default one of the engine without. */
  readonly profile?: Profile;
  readonly independent: boolean;
  readonly feeRate?: number;
  readonly minEdge: number;
  readonly minSize: number;
  readonly speed?: number;
  readonly markets?: string;
  readonly relations?: string;
  readonly fair: readonly FairFlag[];
  readonly quarantine: boolean;
  /** No top-of-book events: a slow link need not carry back what the host can keep itself. */
  readonly maskTops: boolean;
  /** Records between two FENCEs; none without. */
  readonly fenceEvery?: number;
  readonly json: boolean;
}

interface FairFlag {
  readonly book: string;
  /** Micro. */
  readonly fair: number;
  readonly band: number;
}

/** Turns what a parser throws for a bad value into what commander shows. */
function argument<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}

function wholeInteger(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`Not a whole number from ${lowest} to ${highest}.`);
  };
}

function speedFactor(text: string): number | undefined {
  if (text === 'max') return undefined;
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 1e9) return value;
  throw new InvalidArgumentError("Not 'max' or a factor above 0, at most 1000000000.");
}

function profileArgument(text: string): Profile {
  const profile = parseProfile(text);
  if (typeof profile === 'string') throw new InvalidArgumentError(profile);
  return profile;
}

function fairArgument(text: string, former: readonly FairFlag[]): readonly FairFlag[] {
  const [, book, fair, band] = /^(.+)=([^=,]+),([^=,]+)$/.exec(text) ?? [];
  if (book === undefined || fair === undefined || band === undefined) {
    throw new InvalidArgumentError('Not BOOK=FAIR,BAND in USD, such as some-slug=0.52,0.01.');
  }
  const money = argument((value) => {
    const micro = parseMoney(value);
    if (micro >= 0 && micro <= FAIR_MAX) return micro;
    throw new RangeError(`${value} is not in 0..1 USD`);
  });
  return [...former, { book, fair: money(fair), band: money(band) }];
}

/** Adds `gatebook replay`. */
export function registerReplay(program: Command, io: CliIo): void {
  program
    .command('replay <file>')
    .description('stream a capture through the kernels and explain every signal')
    .option('--engine <name>', 'engine; `gatebook engines` lists them', 'auto')
    .option('--profile <profile>', 'limits of the kernel: a name, or name,field=value,...', profileArgument, undefined)
    .option('--independent', 'a book for each token, not one mirrored book a market', false)
    .option(
      '--fee-rate <rate>',
      'taker fee rate of every book, such as 0.07',
      argument((text) => parseFeeRate(text)),
    )
    .option(
      '--min-edge <micro>',
      'smallest edge of a signal, 1e-6 USD a share',
      wholeInteger(-(2 ** 31), 2 ** 31 - 1),
      1,
    )
    .option('--min-size <units>', 'smallest size of a signal, 1e-6 share', wholeNumber(0, SIZE_MAX), 1)
    .option('--speed <factor>', "'max', or how much faster than it was recorded", speedFactor)
    .option('--markets <file>', 'Gamma JSON that describes the markets of raw frames')
    .option('--relations <file>', 'JSON: [{"implies":[slugA,slugB]},{"same":[slugA,slugB]}]')
    .option('--fair <book=fair,band>', 'reference value of a book in USD; may be given again', fairArgument, [])
    .option('--quarantine', 'take a refused frame as a lost update: its book is missing until a snapshot', false)
    .option('--mask-tops', 'no top-of-book events: a slow link need not carry them back', false)
    .option('--fence-every <n>', 'put a FENCE into the stream after so many commands', wholeNumber(1, 2 ** 31 - 1))
    .option('--json', 'one JSON object a signal, the summary last', false)
    .action((file: string, flags: ReplayFlags) =>
      captureAction(io, flags.json, () => runReplay(io, resolve(io.cwd, file), flags)),
    );
}

async function runReplay(io: CliIo, path: string, flags: ReplayFlags): Promise<void> {
  const lives = new SignalLives();
  const run = await replayFile(io, path, flags, async (signal) => {
    if (!flags.json) {
      lives.add(signal);
    } else if (!io.stdout.write(`${JSON.stringify(signalJson(signal))}\n`)) {
      await io.stdout.drained();
    }
  });
  if (flags.json) writeJson(io, summaryJson(run));
  else printRun(io, run, lives);
  if (run.torn) {
    io.stderr.write(
      `gatebook: CAPTURE_TORN: ${path} ends inside a block or was not closed; all before that was replayed\n`,
    );
    io.setExitCode(EXIT.INPUT_TORN);
  }
  judgeSupervision(io, run.supervised);
}

export interface ReplayRun {
  readonly engine: string;
  readonly profile: Profile;
  readonly universe: Universe;
  readonly summary: ReplaySummary;
  /** Whether the capture ends inside a block or was never closed. */
  readonly torn: boolean;
  /** How a supervised pair stood at the end. */
  readonly supervised: SupervisionSummary | undefined;
}

/** Opens source and device, replays, closes both. @throws CliError for anything that the user can mend */
export async function replayFile(
  io: CliIo,
  path: string,
  flags: ReplayFlags,
  onSignal: (signal: SignalReport) => void | Promise<void>,
): Promise<ReplayRun> {
  try {
    // A board knows its own profile, and what is replayed has to fit into it.
    const fences = flags.fenceEvery === undefined ? undefined : { every: flags.fenceEvery };
    const device = await open(flags.engine, { profile: flags.profile, fences });
    try {
      return await replayOn(io, device, path, flags, onSignal);
    } finally {
      await closeDevice(io, device);
    }
  } catch (error) {
    if (error instanceof SourceError && error.unreadable) throw new CliError(EXIT.IO, error.message, { cause: error });
    if (error instanceof MarketError || error instanceof SourceError) {
      throw new CliError(EXIT.CONFIG, error.message, { cause: error });
    }
    throw asCliError(error);
  }
}

async function replayOn(
  io: CliIo,
  device: Device,
  path: string,
  flags: ReplayFlags,
  onSignal: (signal: SignalReport) => void | Promise<void>,
): Promise<ReplayRun> {
  const { profile } = device.identity;
  const source = openSource({
    path,
    mode: flags.independent ? 'independent' : 'mirrored',
    profile,
    minEdge: flags.minEdge,
    minSize: flags.minSize,
    ...(flags.feeRate === undefined ? {} : { feeRate: flags.feeRate }),
    ...(flags.markets === undefined ? {} : { marketsPath: resolve(io.cwd, flags.markets) }),
    ...(flags.relations === undefined ? {} : { relationsPath: resolve(io.cwd, flags.relations) }),
  });
  try {
    return await replaySource(io, device, source, flags, onSignal);
  } finally {
    source.reader.close();
  }
}

async function replaySource(
  io: CliIo,
  device: Device,
  source: Source,
  flags: ReplayFlags,
  onSignal: (signal: SignalReport) => void | Promise<void>,
): Promise<ReplayRun> {
  for (const note of source.notes) io.stderr.write(`gatebook: ${note}\n`);
  const supervised = followSupervision(io, device, flags.json);
  const progress = progressBar(io, source);
  try {
    const summary = await replay({
      reader: source.reader,
      universe: source.universe,
      decoder: source.decoder,
      device,
      clock: systemReplayClock,
      extraSetup: (out) => emitExtras(out, source.universe, flags),
      onSignal,
      quarantineFrames: flags.quarantine,
      onRefusedFrame: refusalPrinter(io, source),
      onProgress: (frames) => progress?.update(frames),
      ...(flags.speed === undefined ? {} : { speed: flags.speed }),
    });
    const { universe, reader } = source;
    const { backend: engine, profile } = device.identity;
    return { engine, profile, universe, summary, torn: reader.tornTail !== undefined, supervised: supervised() };
  } finally {
    progress?.stop();
  }
}

/** Names the first refused frames on stderr; the summary counts them all. */
function refusalPrinter(io: CliIo, source: Source): (frame: number, refused: number, offset: number) => void {
  let shown = 0;
  return (frame, refused, offset) => {
    shown += 1;
    if (shown > SHOWN_REFUSALS) return;
    const name = refusalNames[refused] ?? 'NONE';
    const more = shown === SHOWN_REFUSALS ? ' (further ones are counted only)' : '';
    io.stderr.write(
      `gatebook: ${source.reader.path}: frame ${frame}: ${name} at byte ${offset}: ${REFUSAL_DOCS[name]}${more}\n`,
    );
  };
}

function emitExtras(out: CommandWriter, universe: Universe, { fair: fairs, maskTops }: ReplayFlags): void {
  if (maskTops) for (const { id } of universe.books) out.bookMask(id, true, false);
  for (const { book, fair, band } of fairs) {
    const found = universe.books.find((each) => each.label === book || each.token === book);
    if (found === undefined) throw new CliError(EXIT.USAGE, `--fair: no book '${book}' in this capture`);
    out.fairSet(found.id, fair, band);
  }
}

function progressBar(io: CliIo, source: Source): SingleBar | undefined {
  if (!io.isTTY || process.stderr.isTTY !== true) return undefined;
  const total = inspectCapture(source.reader.path).records;
  const format = total > 0 ? 'replay {bar} {value}/{total} frames' : 'replay {value} frames';
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true, hideCursor: true });
  bar.start(total, 0);
  return bar;
}

function signalJson(signal: SignalReport) {
  const { event, kind, market, legs, edge, size, command } = signal;
  return { type: 'signal', event, kind, market, legs, edge, size, command, time: signal.timeNs.toString() };
}

function summaryJson({ engine, summary, torn, supervised }: ReplayRun) {
  const { frames, refusedFrames, fence, signals, decoded } = summary;
  return {
    type: 'summary',
    engine,
    frames,
    refused: refusedFrames,
    commands: fence.records,
    events: fence.events,
    crc32: hex(fence.crc32),
    signals,
    refusals: { frames: decoded.refusals, commands: commandRefusals(summary) },
    torn,
    ...(supervised === undefined ? {} : { supervised }),
  };
}

export const hex = (crc: number): string => crc.toString(16).padStart(8, '0');

function commandRefusals(summary: ReplaySummary): Record<string, number> {
  const names = new Map(Object.entries(ErrorCode).map(([name, value]): [number, string] => [value, name]));
  return Object.fromEntries([...summary.refusedCommands].map(([code, count]) => [names.get(code) ?? code, count]));
}

/** `kind: n opened`, or that there was none. */
export function signalSummary(summary: ReplaySummary): string {
  const kinds = Object.entries(summary.signals).map(([kind, { open: opened }]) => `${kind} ${opened}`);
  return kinds.length === 0 ? 'none' : kinds.join(', ');
}

/** Latency percentiles over the frames of a run, in words. */
export function latencyText(summary: ReplaySummary): string {
  const histogram = buildHistogram({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 1e10,
    numberOfSignificantValueDigits: 3,
  });
  for (const us of summary.latenciesUs) histogram.recordValue(Math.max(1, Math.round(us * 1000)));
  const at = (percentile: number) => (histogram.getValueAtPercentile(percentile) / 1000).toFixed(1);
  return `p50 ${at(50)} us, p99 ${at(99)} us, p99.9 ${at(99.9)} us, max ${(histogram.maxValue / 1000).toFixed(1)} us`;
}

function printRun(io: CliIo, run: ReplayRun, lives: SignalLives): void {
  const { summary, universe } = run;
  const print = (text: string) => io.stdout.write(`${text}\n`);
  if (lives.all.length > 0) print(signalTable(lives.all, SHOWN_SIGNALS));
  print(bookTable(universe, summary.quotes, SHOWN_BOOKS));
  for (const { name, reason } of universe.refused) print(`not watched: ${name}: ${reason}`);
  const { fence, frames, elapsedMs } = summary;
  print(`signals opened: ${signalSummary(summary)}`);
  print(
    `engine ${run.engine}: ${frames} frames (${summary.refusedFrames} refused), ${fence.records} commands, ` +
      `${fence.events} events, crc32 ${hex(fence.crc32)}`,
  );
  const refusals = { ...summary.decoded.refusals, ...commandRefusals(summary) };
  for (const [name, count] of Object.entries(refusals)) print(`refused: ${name} ${count}`);
  const rate = Math.round((frames / elapsedMs) * 1000);
  print(`${rate} frames/s; from raw frame to last event ${latencyText(summary)}`);
}
