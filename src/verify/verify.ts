// One random program on several engines, segment by segment.
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import { formatProfile, type Profile, parseProfile } from '../contract/profile.js';
import { readFence } from '../hal/answer-values.js';
import { buildInfo } from '../hal/build-info.js';
import type { FenceAnswer } from '../hal/device.js';
import { HalError } from '../hal/errors.js';
import { hex } from '../hal/tally.js';
import type { Engine } from '../kernel/engine.js';
import { SoftwareEngine } from '../kernel/software-engine.js';
import { type EngineFactory, type Shrunk, shrinkDivergence } from './divergence.js';
import type { FaultName } from './faults.js';
import { type FaultPlan, FaultyEngine } from './faulty-engine.js';
import { GENERATOR_VERSION, ProgramGenerator, SEGMENT_COMMANDS } from './generator.js';
import { Lockstep, type Mismatch } from './lockstep.js';
import { Prng } from './prng.js';

const BLOCK = 4096;
const SHRINK_MS = 15_000;
/** Told apart from the generator's own numbers. */
const CUTS = 0x63757473;

export interface VerifyEngine {
  readonly name: string;
  /** A new engine of the profile. */
  create(profile: Profile): Engine;
}

/** One segment: enough to make it again alone, and what came out. */
export interface VerifyLogLine {
  readonly seed: number;
  readonly segment: number;
  /** GENERATOR_VERSION. */
  readonly generator: number;
  readonly commit: string;
  /** As formatProfile writes it. */
  readonly profile: string;
  /** Of the program; the epilogue that brings hidden state out comes on top. */
  readonly commands: number;
  /** Answer to the FENCE at the end. Restores in the program set its counts: `stream` counts everything. */
  readonly fence: { readonly records: number; readonly events: number; readonly crc32: string };
  /** Every record and event of the segment, RESET_DONE left out. */
  readonly stream: { readonly records: number; readonly events: number; readonly crc32: string };
}

export interface VerifyOptions {
  /** Two or more; the first is the reference. */
  readonly engines: readonly VerifyEngine[];
  readonly profile: Profile;
  /** 1 or more. */
  readonly commands: number;
  /** 0..2^32-1. */
  readonly seed: number;
  /** Put into the second engine. */
  readonly inject?: FaultName | undefined;
  /** About how long a divergence may be shrunk, in ms. */
  readonly shrinkMs?: number | undefined;
  readonly onProgress?: ((commands: number) => void) | undefined;
  readonly onSegment?: ((line: VerifyLogLine) => void) | undefined;
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
  const whole = (value: number, low: number, high: number) => Number.isInteger(value) && value >= low && value <= high;
  if (engines.length < 2) {
    throw new HalError('ARGUMENT_INVALID', `verify: ${engines.length} engines are not two or more`);
  }
  if (!whole(commands, 1, Number.MAX_SAFE_INTEGER)) {
    throw new HalError('ARGUMENT_INVALID', `verify: commands = ${commands} is not a whole number from 1`);
  }
  if (!whole(seed, 0, 2 ** 32 - 1)) {
    throw new HalError('ARGUMENT_INVALID', `verify: seed = ${seed} is not a whole number in 0..${2 ** 32 - 1}`);
  }
}

/** One segment of a program: what it is made of, and what it says. */
class Segment {
  private fence: FenceAnswer | undefined;

  constructor(
    readonly profile: Profile,
    readonly seed: number,
    readonly segment: number,
    readonly length: number,
  ) {}

  /** Runs it from a reset; @returns where an engine differs from the first. */
  on(lockstep: Lockstep, onProgress?: (commands: number) => void): Mismatch | undefined {
    const generator = new ProgramGenerator(this.profile, this.seed, this.segment);
    const cuts = new Prng(CUTS, this.seed, this.segment);
    const mismatch = lockstep.reset(this.segment);
    if (mismatch !== undefined) return mismatch;
    for (let done = 0; done < this.length; ) {
      const block = generator
        .next(Math.min(BLOCK, this.length - done))
        .subarray(0, (this.length - done) * COMMAND_BYTES);
      const found = this.runCut(lockstep, block, cuts);
      if (found !== undefined) return found;
      done += block.length / COMMAND_BYTES;
      onProgress?.(done);
    }
    const found = this.runCut(lockstep, generator.epilogue(), cuts);
    if (found === undefined) this.fence = readFence(lockstep.lastEvents, lockstep.lastEvents.length - EVENT_BYTES);
    return found;
  }

  private runCut(lockstep: Lockstep, block: Uint8Array, cuts: Prng): Mismatch | undefined {
    for (let from = 0; from < block.length; ) {
      const records = cuts.oneIn(8) ? 1 : cuts.below(cuts.oneIn(8) ? BLOCK : 256) + 1;
      const batch = block.subarray(from, from + records * COMMAND_BYTES);
      const mismatch = lockstep.run(batch, cuts);
      if (mismatch !== undefined) return mismatch;
      from += batch.length;
    }
    return undefined;
  }

  /** The whole program with its epilogue, from a generator of its own. */
  commands(): Uint8Array {
    const generator = new ProgramGenerator(this.profile, this.seed, this.segment);
    const blocks: Uint8Array[] = [];
    for (let done = 0; done < this.length; ) {
      const block = generator.next(Math.min(BLOCK, this.length - done)).slice(0, (this.length - done) * COMMAND_BYTES);
      blocks.push(block);
      done += block.length / COMMAND_BYTES;
    }
    blocks.push(generator.epilogue().slice());
    return new Uint8Array(Buffer.concat(blocks));
  }

  /** State faults come late: a program overwrites its state again and again, and with it most of such faults. */
  faultPlan(fault: FaultName): FaultPlan {
    const late = fault.startsWith('state-') || fault === 'command-bit-flip';
    const at = late ? this.length - Math.min(1000, this.length >> 2) : this.length >> 1;
    return { fault, at, epoch: this.segment, seed: this.seed, program: this.commands() };
  }

  logLine(lockstep: Lockstep): VerifyLogLine {
    const { records, events, crc32 } = lockstep;
    const fence = this.fence as FenceAnswer;
    return {
      seed: this.seed,
      segment: this.segment,
      generator: GENERATOR_VERSION,
      commit: buildInfo().commit,
      profile: formatProfile(this.profile),
      commands: this.length,
      fence: { records: fence.records, events: fence.events, crc32: hex(fence.crc32) },
      stream: { records, events, crc32: hex(crc32) },
    };
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
