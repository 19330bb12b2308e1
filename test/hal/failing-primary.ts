// A primary that fails in a chosen way at a chosen command: the software engine, in this process or behind a queue.
import { CONTRACT_DIGEST } from '../../src/contract/generated/records.js';
import type { Profile } from '../../src/contract/profile.js';
import type { Identity } from '../../src/hal/device.js';
import { HalError, type HalErrorCode } from '../../src/hal/errors.js';
import type { Transport, TransportSink } from '../../src/hal/transport.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';

/** What happens at the command, and the code that the switch must name. */
export const DEATHS = {
  throws: 'DEVICE_FAULT',
  'times out': 'TIMEOUT',
  'dies with events unsaid': 'DEVICE_FAULT',
  'drops an event': 'SUPERVISED_MISMATCH',
  'repeats an event': 'SUPERVISED_MISMATCH',
  'flips a bit': 'SUPERVISED_MISMATCH',
  'answers with old data': 'SUPERVISED_MISMATCH',
  'answers in halves': 'STREAM_CORRUPT',
} as const satisfies Record<string, HalErrorCode>;

/** What only a primary at the other end of a link can do. */
export const LINK_DEATHS = {
  'is unplugged': 'DEVICE_FAULT',
  'takes no commands': 'TIMEOUT',
  'gives no events': 'TIMEOUT',
  'answers late': 'TIMEOUT',
} as const satisfies Record<string, HalErrorCode>;

export type Death = keyof typeof DEATHS | keyof typeof LINK_DEATHS;
export const CODE_OF: Readonly<Record<Death, HalErrorCode>> = { ...DEATHS, ...LINK_DEATHS };

export interface Plan {
  readonly death: Death;
  /** Command since this primary was opened, from 0. */
  readonly at: number;
}

const PIECE = 3 * 32;

export class FailingPrimary implements Transport {
  readonly identity: Identity;
  closed = 0;
  /** Commands that it was given. */
  commands = 0;
  /** Whether its time came and it failed. */
  struck = false;

  private sink!: TransportSink;
  private readonly engine: SoftwareEngine;
  private readonly out: Uint8Array;
  private old: Uint8Array | undefined;
  private pending: Uint8Array[] = [];
  private withheld: Uint8Array[] = [];
  private unsaid = false;
  private generation = 0;

  constructor(
    profile: Profile,
    readonly synchronous: boolean,
    private readonly plan: Plan | undefined,
  ) {
    const build = 'test';
    this.identity = {
      backend: 'failing',
      contractDigest: CONTRACT_DIGEST,
      build,
      commit: 'unknown',
      profile,
      clockHz: undefined,
    };
    this.engine = new SoftwareEngine(profile);
    this.out = new Uint8Array(this.engine.maxEventBytes + 1024);
  }

  start(sink: TransportSink): void {
    this.sink = sink;
  }

  submit(commands: Uint8Array): void | Promise<void> {
    if (this.synchronous) return this.run(commands);
    const { generation } = this;
    const own = commands.slice();
    return Promise.resolve().then(() => {
      if (generation !== this.generation) return undefined;
      if (this.struck && this.plan?.death === 'takes no commands') return new Promise<void>(() => {});
      this.run(own);
      return this.struck && this.plan?.death === 'takes no commands' ? new Promise<void>(() => {}) : undefined;
    });
  }

  reset(epoch: number): void {
    this.generation += 1;
    this.engine.reset(epoch, this.out);
    this.say(this.out.slice(0, this.engine.eventBytes));
  }

  close(): void {
    this.closed += 1;
    this.generation += 1;
  }

  /** What was withheld comes now, as if nothing had been. */
  release(): void {
    for (const events of this.withheld.splice(0)) this.sink.events(events);
  }

  private run(commands: Uint8Array): void {
    const records = commands.length / 16;
    const left = this.plan === undefined || this.struck ? records : Math.min(records, this.plan.at - this.commands);
    this.consume(commands.subarray(0, left * 16));
    if (left === records) return;
    this.strike();
    this.consume(commands.subarray(left * 16));
  }

  private strike(): void {
    this.struck = true;
    switch (this.plan?.death) {
      case 'throws':
        throw new Error('the primary broke');
      case 'times out':
        throw new HalError('TIMEOUT', 'the primary did not answer');
      case 'is unplugged':
        this.sink.fault(new HalError('DEVICE_FAULT', 'the primary was unplugged'));
        break;
      case 'answers in halves':
        this.sink.events(new Uint8Array(16));
        break;
      case 'dies with events unsaid':
        this.unsaid = true;
    }
  }

  private consume(commands: Uint8Array): void {
    const batch = commands.slice();
    for (let from = 0; from < batch.length; ) {
      from = this.engine.consume(batch, from, this.out);
      this.say(this.changed(this.out.slice(0, this.engine.eventBytes)));
    }
    this.commands += batch.length / 16;
  }

  private changing = true;

  /** From the command on the first event is changed; without one the fault waits for it. */
  private changed(events: Uint8Array): Uint8Array {
    const old = this.old;
    if (events.length > 0) this.old = events.slice(0, 32);
    if (!this.struck || events.length === 0) return events;
    if (this.unsaid) throw new Error('the primary broke in the middle of a batch');
    if (!this.changing) return events;
    const death = this.plan?.death;
    this.changing = false;
    if (death === 'drops an event') return events.subarray(32);
    if (death === 'repeats an event') return new Uint8Array(Buffer.concat([events.subarray(0, 32), events]));
    if (death === 'flips a bit') events[9] = (events[9] as number) ^ 0x10;
    if (death === 'answers with old data') events.set(old ?? new Uint8Array(32).fill(1));
    return events;
  }

  private say(events: Uint8Array): void {
    if (events.length === 0) return;
    if (this.struck && this.plan?.death === 'gives no events') return;
    if (this.struck && this.plan?.death === 'answers late') {
      this.withheld.push(events.slice());
      return;
    }
    if (this.synchronous) this.sink.events(events);
    else this.sayLater(events.slice());
  }

  /** A turn later, in pieces that do not follow the batches. */
  private sayLater(events: Uint8Array): void {
    this.pending.push(events);
    if (this.pending.length > 1) return;
    setImmediate(() => {
      const all = new Uint8Array(Buffer.concat(this.pending.splice(0)));
      for (let at = 0; at < all.length; at += PIECE) this.sink.events(all.slice(at, at + PIECE));
    });
  }
}
