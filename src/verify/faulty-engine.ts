// An engine with one fault in it.
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import type { Profile } from '../contract/profile.js';
import type { Engine } from '../kernel/engine.js';
import { SoftwareEngine } from '../kernel/software-engine.js';
import type { FaultName } from './faults.js';
import { Prng } from './prng.js';
import { alteredSnapshots } from './state-faults.js';

const ROOM_BYTES = 1 << 16;
/** Commands to wait where nothing can be changed that would ever be seen; after each try half as many more. */
const FIRST_WAIT = 7;

export interface FaultPlan {
  readonly fault: FaultName;
  /** Record since the reset at which the fault strikes, or as soon after as it can. */
  readonly at: number;
  /** The reset that arms it; every reset without. */
  readonly epoch: number | undefined;
  readonly seed: number;
  /** All commands since the reset. A fault that the rest of them would not show, or would undo, is none. */
  readonly program: Uint8Array;
}

export class FaultyEngine implements Engine {
  readonly profile: Profile;
  readonly maxEventBytes: number;
  eventBytes = 0;
  /** Record at which the fault struck; undefined as long as it has not. */
  struckAt: number | undefined;

  private index = 0;
  private at: number;
  private nextWait = FIRST_WAIT;
  private random: Prng;
  private armed = false;
  private tampering = false;
  private readonly shadow: SoftwareEngine | undefined;
  private readonly trial: SoftwareEngine | undefined;
  private readonly scratch: Uint8Array;

  constructor(
    private readonly engine: Engine,
    private readonly plan: FaultPlan,
  ) {
    this.profile = engine.profile;
    // A command may be consumed twice, and an event given twice.
    this.maxEventBytes = 2 * engine.maxEventBytes + EVENT_BYTES;
    this.random = new Prng(plan.seed);
    this.at = plan.at;
    const needsState = plan.fault.startsWith('state-') || plan.fault === 'command-bit-flip';
    this.shadow = needsState ? new SoftwareEngine(engine.profile) : undefined;
    this.trial = needsState ? new SoftwareEngine(engine.profile) : undefined;
    const most = Math.max(engine.maxEventBytes, this.shadow?.maxEventBytes ?? 0);
    this.scratch = new Uint8Array(most + ROOM_BYTES);
  }

  consume(commands: Uint8Array, from: number, out: Uint8Array): number {
    if (this.armed && this.struckAt === undefined) {
      const left = this.at - this.index;
      if (left <= 0) return this.strike(commands, from, out);
      return this.pass(commands, from, out, left);
    }
    // One record at a time, so that the fault does not depend on how the commands are cut.
    return this.pass(commands, from, out, this.tampering ? 1 : undefined);
  }

  reset(epoch: number, out: Uint8Array): void {
    this.engine.reset(epoch, out);
    this.eventBytes = this.engine.eventBytes;
    this.shadow?.reset(epoch, this.scratch);
    this.index = 0;
    this.at = this.plan.at;
    this.nextWait = FIRST_WAIT;
    this.random = new Prng(this.plan.seed);
    this.armed = this.plan.epoch === undefined || this.plan.epoch === epoch;
    if (this.armed) this.struckAt = undefined;
    this.tampering = false;
  }

  close(): void {
    this.engine.close();
  }

  /** records: how many at most. */
  private pass(commands: Uint8Array, from: number, out: Uint8Array, records?: number): number {
    const stop = records === undefined ? commands.length : from + records * COMMAND_BYTES;
    const next = this.engine.consume(stop < commands.length ? commands.subarray(0, stop) : commands, from, out);
    this.eventBytes = this.engine.eventBytes;
    if (this.armed && this.struckAt === undefined) this.follow(commands, from, next);
    this.index += (next - from) / COMMAND_BYTES;
    if (this.tampering) this.tamper(out);
    return next;
  }

  private follow(commands: Uint8Array, from: number, to: number): void {
    if (this.shadow === undefined) return;
    const slice = commands.subarray(0, to);
    for (let at = from; at < to; ) at = this.shadow.consume(slice, at, this.scratch);
  }

  private strike(commands: Uint8Array, from: number, out: Uint8Array): number {
    const { fault } = this.plan;
    this.eventBytes = 0;
    if (fault.startsWith('event-')) {
      this.struckAt = this.index;
      this.tampering = true;
      return this.pass(commands, from, out, 1);
    }
    const record = commands.slice(from, from + COMMAND_BYTES);
    if (fault.startsWith('state-')) {
      const altered = this.alteredState();
      if (altered === undefined) return this.wait(commands, from, out);
      this.engine.consume(altered, 0, this.scratch);
      this.struckAt = this.index;
      return this.pass(commands, from, out);
    }
    if (fault === 'command-bit-flip' && !this.flipBit(record)) return this.wait(commands, from, out);
    this.struckAt = this.index;
    const times = fault === 'command-drop' ? 0 : fault === 'command-duplicate' ? 2 : 1;
    for (let i = 0; i < times; i++) {
      const before = this.eventBytes;
      this.engine.consume(record, 0, out.subarray(before));
      this.eventBytes = before + this.engine.eventBytes;
    }
    this.index += 1;
    return from + COMMAND_BYTES;
  }

  /** Not here: some commands later. */
  private wait(commands: Uint8Array, from: number, out: Uint8Array): number {
    this.at = this.index + this.nextWait;
    this.nextWait += this.nextWait >> 1;
    return this.pass(commands, from, out, this.at - this.index);
  }

  private alteredState(): Uint8Array | undefined {
    const snapshot = this.shadow?.snapshot();
    if (snapshot === undefined) return undefined;
    const rest = this.plan.program.subarray(this.index * COMMAND_BYTES);
    let expected: Buffer | undefined;
    for (const altered of alteredSnapshots(snapshot, this.plan.fault, this.random)) {
      expected ??= this.seen(snapshot, rest);
      const seen = this.seen(altered, rest);
      if (seen !== undefined && expected !== undefined && Buffer.compare(seen, expected) !== 0) return altered;
    }
    return undefined;
  }

  private flipBit(record: Uint8Array): boolean {
    const snapshot = this.shadow?.snapshot();
    if (snapshot === undefined) return false;
    const rest = this.plan.program.slice(this.index * COMMAND_BYTES);
    const expected = this.seen(snapshot, rest);
    const bit = this.random.below(COMMAND_BYTES * 8);
    record[bit >> 3] = (record[bit >> 3] as number) ^ (1 << (bit & 7));
    rest.set(record);
    const seen = this.seen(snapshot, rest);
    return seen !== undefined && expected !== undefined && Buffer.compare(seen, expected) !== 0;
  }

  /**
   * The events of commands after a state.
   * @returns undefined when the restore is refused
   */
  private seen(snapshot: Uint8Array, commands: Uint8Array): Buffer | undefined {
    const engine = this.trial as SoftwareEngine;
    engine.reset(0, this.scratch);
    const chunks: Uint8Array[] = [];
    const run = (part: Uint8Array) => {
      for (let at = 0; at < part.length; ) {
        at = engine.consume(part, at, this.scratch);
        if (engine.eventBytes > 0) chunks.push(this.scratch.slice(0, engine.eventBytes));
      }
    };
    run(snapshot);
    if (chunks.length > 0) return undefined;
    run(commands);
    return Buffer.concat(chunks);
  }

  /** Changes the first events that come, once. */
  private tamper(out: Uint8Array): void {
    const { fault } = this.plan;
    const events = this.eventBytes / EVENT_BYTES;
    if (events < (fault === 'event-swap' ? 2 : 1)) return;
    this.tampering = false;
    if (fault === 'event-bit-flip') {
      const bit = this.random.below(EVENT_BYTES * 8);
      out[bit >> 3] = (out[bit >> 3] as number) ^ (1 << (bit & 7));
    } else if (fault === 'event-drop') {
      out.copyWithin(0, EVENT_BYTES, this.eventBytes);
      this.eventBytes -= EVENT_BYTES;
    } else if (fault === 'event-duplicate') {
      out.copyWithin(EVENT_BYTES, 0, this.eventBytes);
      this.eventBytes += EVENT_BYTES;
    } else {
      const first = out.slice(0, EVENT_BYTES);
      out.copyWithin(0, EVENT_BYTES, 2 * EVENT_BYTES);
      out.set(first, EVENT_BYTES);
    }
  }
}
