// One segment of a program: made from seed and number alone, run on engines or devices, and put into one line.
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import { formatProfile, type Profile } from '../contract/profile.js';
import { readFence } from '../hal/answer-values.js';
import { buildInfo } from '../hal/build-info.js';
import type { FenceAnswer } from '../hal/device.js';
import { hex } from '../hal/tally.js';
import type { DeviceLockstep, DeviceMismatch } from './device-lockstep.js';
import type { FaultName } from './faults.js';
import type { FaultPlan } from './faulty-engine.js';
import { GENERATOR_VERSION, ProgramGenerator } from './generator.js';
import type { Lockstep, Mismatch } from './lockstep.js';
import { Prng } from './prng.js';

const BLOCK = 4096;
/** Told apart from the generator's own numbers. */
const CUTS = 0x63757473;

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

/** Everything that a segment put through an engine; RESET_DONE left out. */
export interface StreamTally {
  readonly records: number;
  readonly events: number;
  readonly crc32: number;
}

function* cut(block: Uint8Array, cuts: Prng): Generator<Uint8Array> {
  for (let from = 0; from < block.length; ) {
    const records = cuts.oneIn(8) ? 1 : cuts.below(cuts.oneIn(8) ? BLOCK : 256) + 1;
    const batch = block.subarray(from, from + records * COMMAND_BYTES);
    yield batch;
    from += batch.length;
  }
}

/** One segment of a program: what it is made of, and what it says. */
export class Segment {
  private fence: FenceAnswer | undefined;

  constructor(
    readonly profile: Profile,
    readonly seed: number,
    readonly segment: number,
    readonly length: number,
  ) {}

  /** Runs it from a reset; @returns where an engine differs from the first. */
  on(lockstep: Lockstep, onProgress?: (commands: number) => void): Mismatch | undefined {
    const cuts = new Prng(CUTS, this.seed, this.segment);
    let mismatch = lockstep.reset(this.segment);
    if (mismatch !== undefined) return mismatch;
    for (const batch of this.batches(cuts, onProgress)) {
      mismatch = lockstep.run(batch, cuts);
      if (mismatch !== undefined) return mismatch;
    }
    this.noteFence(lockstep.lastEvents);
    return undefined;
  }

  /** The same for devices; what they owe has come by the end. */
  async onDevices(
    lockstep: DeviceLockstep,
    onProgress?: (commands: number) => void,
  ): Promise<DeviceMismatch | undefined> {
    const cuts = new Prng(CUTS, this.seed, this.segment);
    await lockstep.reset(this.segment);
    for (const batch of this.batches(cuts, onProgress)) {
      await lockstep.run(batch);
      if (lockstep.mismatch !== undefined) return lockstep.mismatch;
    }
    this.noteFence(lockstep.lastEvents);
    await lockstep.settle();
    return lockstep.mismatch;
  }

  /** The program and its epilogue, cut at random; a batch is valid until the next one. */
  private *batches(cuts: Prng, onProgress?: (commands: number) => void): Generator<Uint8Array> {
    const generator = new ProgramGenerator(this.profile, this.seed, this.segment);
    for (let done = 0; done < this.length; ) {
      const block = generator
        .next(Math.min(BLOCK, this.length - done))
        .subarray(0, (this.length - done) * COMMAND_BYTES);
      yield* cut(block, cuts);
      done += block.length / COMMAND_BYTES;
      onProgress?.(done);
    }
    yield* cut(generator.epilogue(), cuts);
  }

  private noteFence(events: Uint8Array): void {
    this.fence = readFence(events, events.length - EVENT_BYTES);
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

  logLine({ records, events, crc32 }: StreamTally): VerifyLogLine {
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
