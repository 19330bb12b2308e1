// One random program on several engines, segment by segment.
import { COMMAND_BYTES } from '../contract/definition.js';
import { type Profile, parseProfile } from '../contract/profile.js';
import { HalError } from '../hal/errors.js';
import type { Engine } from '../kernel/engine.js';
import { SoftwareEngine } from '../kernel/software-engine.js';
import { type EngineFactory, type Shrunk, shrinkDivergence } from './divergence.js';
import type { FaultName } from './faults.js';
import { type FaultPlan, FaultyEngine } from './faulty-engine.js';
import { GENERATOR_VERSION, SEGMENT_COMMANDS } from './generator.js';
import { Lockstep, type Mismatch } from './lockstep.js';
import { Segment, type VerifyLogLine } from './segment.js';

export type { VerifyLogLine } from './segment.js';

/** About how long a divergence may be shrunk where the caller does not say. */
export const SHRINK_MS = 15_000;

export interface VerifyEngine {
  readonly name: string;
  /** A new engine of the profile. */
  create(profile: Profile): Engine;
}

/** What to run, and who hears of it. */
export interface ProgramOptions {
  readonly profile: Profile;
  /** 1 or more. */
  readonly commands: number;
  /** 0..2^32-1. */
  readonly seed: number;
  /** About how long a divergence may be shrunk, in ms. */
  readonly shrinkMs?: number | undefined;
  readonly onProgress?: ((commands: number) => void) | undefined;
  readonly onSegment?: ((line: VerifyLogLine) => void) | undefined;
}

export interface VerifyOptions extends ProgramOptions {
  /** Two or more; the first is the reference. */
  readonly engines: readonly VerifyEngine[];
  /** Put into the second engine. */
  readonly inject?: FaultName | undefined;
}

export interface Divergence {
  /** The reference and the engine that differs from it. */
  readonly engines: readonly [string, string];
  readonly segment: number;
  /** What is left of the program, and where it differs; undefined when new engines do not differ on it. */
  readonly shrunk: Shrunk | undefined;
  /** The whole program of the segment, its epilogue included. */
  readonly commands: Uint8Array;
}

export interface VerifyResult {
  /** Of the programs that ran, without epilogues. */
  readonly commands: number;
  /** Everything that was consumed. */
  readonly records: number;
  readonly events: number;
  /** Over every event byte of every segment, as the reference gave them; RESET_DONE left out. */
  readonly crc32: number;
  readonly log: readonly VerifyLogLine[];
  readonly divergence: Divergence | undefined;
  /** Record of its segment at which the injected fault struck. */
  readonly struckAt: number | undefined;
}

/** @throws HalError ARGUMENT_INVALID */
export function verify(options: VerifyOptions): VerifyResult {
  checkOptions(options);
  const { profile, seed, inject } = options;
  const count = Math.ceil(options.commands / SEGMENT_COMMANDS);
  const segmentAt = (segment: number) =>
    new Segment(profile, seed, segment, Math.min(SEGMENT_COMMANDS, options.commands - segment * SEGMENT_COMMANDS));
  const engines = options.engines.map((each) => each.create(profile));
  const plan = inject === undefined ? undefined : segmentAt(Math.floor(count / 2)).faultPlan(inject);
  const faulty = plan === undefined ? undefined : new FaultyEngine(engines[1] as Engine, plan);
  if (faulty !== undefined) engines[1] = faulty;
  const lockstep = new Lockstep(engines);
  const log: VerifyLogLine[] = [];
  let commands = 0;
  let records = 0;
  let divergence: Divergence | undefined;
  for (let segment = 0; segment < count && divergence === undefined; segment++) {
    const run = segmentAt(segment);
    const mismatch = run.on(lockstep, (done) => options.onProgress?.(commands + done));
    commands += run.length;
    records += lockstep.records;
    if (mismatch === undefined) {
      const line = run.logLine(lockstep);
      log.push(line);
      options.onSegment?.(line);
    } else {
      const struck = plan === undefined ? undefined : { ...plan, at: faulty?.struckAt ?? plan.at };
      divergence = diverged(options, run, mismatch, mismatch.engine === 1 ? struck : undefined);
    }
  }
  for (const engine of engines) engine.close();
  const { totalEvents: events, totalCrc32: crc32 } = lockstep;
  return { commands, records, events, crc32, log, divergence, struckAt: faulty?.struckAt };
}

function checkOptions({ engines, commands, seed }: VerifyOptions): void {
  if (engines.length < 2) {
    throw new HalError('ARGUMENT_INVALID', `verify: ${engines.length} engines are not two or more`);
  }
  checkProgram(commands, seed);
}

/** @throws HalError ARGUMENT_INVALID */
export function checkProgram(commands: number, seed: number): void {
  const whole = (value: number, low: number, high: number) => Number.isInteger(value) && value >= low && value <= high;
  if (!whole(commands, 1, Number.MAX_SAFE_INTEGER)) {
    throw new HalError('ARGUMENT_INVALID', `verify: commands = ${commands} is not a whole number from 1`);
  }
  if (!whole(seed, 0, 2 ** 32 - 1)) {
    throw new HalError('ARGUMENT_INVALID', `verify: seed = ${seed} is not a whole number in 0..${2 ** 32 - 1}`);
  }
}

function diverged(options: VerifyOptions, run: Segment, mismatch: Mismatch, plan: FaultPlan | undefined): Divergence {
  const { profile, engines } = options;
  const [reference, suspect] = [engines[0] as VerifyEngine, engines[mismatch.engine] as VerifyEngine];
  const commands = run.commands();
  // The search reuses two engines; what it starts from and ends with is checked on new ones.
  const [spareReference, spareSuspect] = [reference.create(profile), suspect.create(profile)];
  const makeReference: EngineFactory = (_program, fresh) => (fresh ? reference.create(profile) : spareReference);
  const makeSuspect: EngineFactory = (program, fresh) => {
    const engine = fresh ? suspect.create(profile) : spareSuspect;
    if (plan === undefined) return engine;
    return new FaultyEngine(engine, { ...plan, program, epoch: undefined, at: placeOf(commands, plan.at, program) });
  };
  const shrunk = shrinkDivergence(makeReference, makeSuspect, commands, options.shrinkMs ?? SHRINK_MS);
  spareReference.close();
  spareSuspect.close();
  return { engines: [reference.name, suspect.name], segment: run.segment, shrunk, commands };
}

/** Where the record at `at` of the whole program stands in a part of it; beyond its end when it does not. */
function placeOf(whole: Uint8Array, at: number, part: Uint8Array): number {
  if (part.length === whole.length) return at;
  const record = Buffer.from(whole.buffer, whole.byteOffset + at * COMMAND_BYTES, COMMAND_BYTES);
  const bytes = Buffer.from(part.buffer, part.byteOffset, part.length);
  // The same record may stand in front of it too: as far behind as the part allows, up to where it was.
  let found = -1;
  for (let place = 0; place < bytes.length; place += COMMAND_BYTES) {
    if (bytes.compare(record, 0, COMMAND_BYTES, place, place + COMMAND_BYTES) === 0) found = place / COMMAND_BYTES;
    if (place / COMMAND_BYTES >= at && found >= 0) break;
  }
  return found < 0 ? Number.MAX_SAFE_INTEGER : found;
}

/**
 * Makes one segment of a log again, alone, and runs it.
 * @param engine of the line's profile; a new software engine without
 * @returns the line as it comes out now; equal to the given one but for its commit
 * @throws HalError ARGUMENT_INVALID for a line that this program cannot make again
 */
export function recomputeSlice(line: VerifyLogLine, engine?: Engine): VerifyLogLine {
  const profile = parseProfile(line.profile);
  if (typeof profile === 'string') throw new HalError('ARGUMENT_INVALID', `recomputeSlice: ${profile}`);
  if (line.generator !== GENERATOR_VERSION) {
    throw new HalError(
      'ARGUMENT_INVALID',
      `recomputeSlice: the line is of generator ${line.generator}, this is generator ${GENERATOR_VERSION}`,
    );
  }
  const lockstep = new Lockstep([engine ?? new SoftwareEngine(profile)]);
  const run = new Segment(profile, line.seed, line.segment, line.commands);
  run.on(lockstep);
  return run.logLine(lockstep);
}
