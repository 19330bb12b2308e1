// What the host should see: the events of the software engine for the same commands, compared byte by byte as they
// come.
import { EVENT_BYTES } from '../contract/definition.js';
import type { Profile } from '../contract/profile.js';
import { SoftwareEngine } from '../kernel/software-engine.js';

/** An event came that should not have, or not then: lost, invented or repeated. */
export class Divergence extends Error {
  override readonly name = 'Divergence';
}

export class Reference {
  /** Events that came since the start, over all resets. */
  events = 0;
  commands = 0;
  private readonly engine: SoftwareEngine;
  private out: Uint8Array;
  private expected: Uint8Array[] = [];
  private position = 0;
  private count = 0;

  constructor(profile: Profile) {
    this.engine = new SoftwareEngine(profile);
    this.out = new Uint8Array(Math.max(this.engine.maxEventBytes, 1 << 16));
  }

  /** Events that were caused and have not come. */
  get outstanding(): number {
    return this.count;
  }

  /** What was outstanding is discarded, as the device discards it. */
  reset(epoch: number): void {
    this.expected = [];
    this.position = 0;
    this.count = 0;
    this.engine.reset(epoch, this.out);
    this.expect();
  }

  submit(commands: Uint8Array): void {
    this.commands += commands.length / 16;
    for (let from = 0; from < commands.length; ) {
      from = this.engine.consume(commands, from, this.out);
      this.expect();
    }
  }

  /** @throws Divergence */
  take(events: Uint8Array): void {
    for (let at = 0; at < events.length; at += EVENT_BYTES) this.takeOne(events.subarray(at, at + EVENT_BYTES));
  }

  private takeOne(event: Uint8Array): void {
    const next = this.expected[0];
    if (next === undefined) throw new Divergence(`event ${this.events} came, and none was to come: ${hex(event)}`);
    const wanted = next.subarray(this.position, this.position + EVENT_BYTES);
    if (Buffer.compare(wanted, event) !== 0) {
      throw new Divergence(`event ${this.events} is ${hex(event)}, and should be ${hex(wanted)}`);
    }
    this.events += 1;
    this.count -= 1;
    this.position += EVENT_BYTES;
    if (this.position < next.length) return;
    this.expected.shift();
    this.position = 0;
  }

  private expect(): void {
    const { eventBytes } = this.engine;
    if (eventBytes === 0) return;
    this.expected.push(this.out.slice(0, eventBytes));
    this.count += eventBytes / EVENT_BYTES;
  }
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
