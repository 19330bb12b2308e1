// Several engines, one program: every event byte is compared as it comes.
import { crc32 } from 'node:zlib';
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import type { Engine } from '../kernel/engine.js';
import type { Prng } from './prng.js';

const ROOM_BYTES = 1 << 16;

/** Where an engine left the reference. */
export interface Mismatch {
  /** Position of the engine in the list; the reference is 0. */
  readonly engine: number;
  /** Byte in the event stream since the reset, RESET_DONE included. */
  readonly offset: number;
  /** The event at that byte as each gave it; undefined where an engine gave less. */
  readonly expected: Uint8Array | undefined;
  readonly actual: Uint8Array | undefined;
  /** What the engine threw instead of going on. */
  readonly thrown?: unknown;
}

export class Lockstep {
  /** Of the reference since the reset, RESET_DONE left out. */
  events = 0;
  crc32 = 0;
  records = 0;
  /** Of all event bytes since this object was made, over all resets. */
  totalCrc32 = 0;
  totalEvents = 0;

  private offset = 0;
  private readonly outs: readonly Uint8Array[];
  private lastBytes = 0;

  /** engines: the first is the reference, all of one profile. */
  constructor(private readonly engines: readonly Engine[]) {
    const most = Math.max(...engines.map((engine) => engine.maxEventBytes)) + ROOM_BYTES;
    // A follower answers a whole stretch of the reference into one buffer, and might have one command more to say.
    this.outs = engines.map((engine, i) => new Uint8Array(i === 0 ? most : most + engine.maxEventBytes));
  }

  /** The events of the last stretch, as the reference gave them. */
  get lastEvents(): Uint8Array {
    return (this.outs[0] as Uint8Array).subarray(0, this.lastBytes);
  }

  reset(epoch: number): Mismatch | undefined {
    this.events = 0;
    this.crc32 = 0;
    this.records = 0;
    this.offset = 0;
    this.lastBytes = 0;
    for (const [i, engine] of this.engines.entries()) {
      engine.reset(epoch, this.outs[i] as Uint8Array);
      if (i === 0) {
        this.lastBytes = engine.eventBytes;
        continue;
      }
      const mismatch = this.compare(i, engine.eventBytes);
      if (mismatch !== undefined) return mismatch;
    }
    this.offset = this.lastBytes;
    return undefined;
  }

  /**
   * Runs whole records on every engine.
   * @param random cuts what the followers get otherwise than the reference; without it all get the same
   */
  run(commands: Uint8Array, random?: Prng): Mismatch | undefined {
    const [reference, ...followers] = this.engines as readonly [Engine, ...Engine[]];
    const out = this.outs[0] as Uint8Array;
    for (let from = 0; from < commands.length; ) {
      const next = reference.consume(commands, from, out);
      this.lastBytes = reference.eventBytes;
      for (let i = 0; i < followers.length; i++) {
        const mismatch = this.follow(i + 1, commands, from, next, random);
        if (mismatch !== undefined) return mismatch;
      }
      this.count((next - from) / COMMAND_BYTES);
      from = next;
    }
    return undefined;
  }

  private count(records: number): void {
    const events = this.lastEvents;
    this.records += records;
    this.offset += events.length;
    this.events += events.length / EVENT_BYTES;
    this.totalEvents += events.length / EVENT_BYTES;
    this.crc32 = crc32(events, this.crc32);
    this.totalCrc32 = crc32(events, this.totalCrc32);
  }

  private follow(i: number, commands: Uint8Array, from: number, to: number, random?: Prng): Mismatch | undefined {
    const engine = this.engines[i] as Engine;
    const out = this.outs[i] as Uint8Array;
    let written = 0;
    try {
      for (let at = from; at < to; ) {
        const left = (to - at) / COMMAND_BYTES;
        const cut = random !== undefined && left > 1 && random.oneIn(4);
        const until = cut ? at + COMMAND_BYTES * random.between(1, left) : to;
        const next = engine.consume(commands.subarray(0, until), at, out.subarray(written));
        written += engine.eventBytes;
        if (next <= at || next > until) throw new Error(`the engine went from byte ${at} to ${next} of ${until}`);
        // More than the reference gave is a mismatch already, and there might be no room for the rest.
        if (written > this.lastBytes) break;
        at = next;
      }
    } catch (thrown) {
      return { ...this.difference(i, written, this.lastBytes), thrown };
    }
    return this.compare(i, written);
  }

  private compare(i: number, written: number): Mismatch | undefined {
    const out = this.outs[i] as Uint8Array;
    if (written === this.lastBytes && Buffer.compare(out.subarray(0, written), this.lastEvents) === 0) return undefined;
    return this.difference(i, written, Math.min(written, this.lastBytes));
  }

  /** The first byte that differs; `otherwise` where none does. */
  private difference(i: number, written: number, otherwise: number): Mismatch {
    const out = this.outs[i] as Uint8Array;
    const reference = this.lastEvents;
    const common = Math.min(written, reference.length);
    let at = 0;
    while (at < common && out[at] === reference[at]) at += 1;
    if (at === common) at = otherwise;
    const start = at - (at % EVENT_BYTES);
    const eventOf = (bytes: Uint8Array, length: number) =>
      start + EVENT_BYTES <= length ? bytes.slice(start, start + EVENT_BYTES) : undefined;
    return {
      engine: i,
      offset: this.offset + at,
      expected: eventOf(reference, reference.length),
      actual: eventOf(out, written),
    };
  }
}
