// A link in miniature: commands are taken after a turn of the event loop, events come later and in pieces. Its hooks
// let a test lose, change or withhold what passes.
import { CONTRACT_DIGEST } from '../../src/contract/generated/records.js';
import type { Profile } from '../../src/contract/profile.js';
import type { Identity } from '../../src/hal/device.js';
import type { Transport, TransportSink } from '../../src/hal/transport.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';

const PIECE = 5 * 32;

export class QueuedTransport implements Transport {
  readonly synchronous = false;
  readonly identity: Identity;
  sink!: TransportSink;
  closed = 0;
  /** Submits under way at most: the life cycle promises one. */
  mostAtOnce = 0;
  /** Replaces what is sent to the host. */
  tamper: (events: Uint8Array) => Uint8Array | undefined = (events) => events;
  /** Replaces the commands that the engine sees. */
  tamperCommands: (commands: Uint8Array) => Uint8Array = (commands) => commands;
  /** Submits wait for it. */
  gate: Promise<void> = Promise.resolve();
  /** Close waits for it. */
  closeGate: Promise<void> = Promise.resolve();
  epochOf: (epoch: number) => number = (epoch) => epoch;

  private readonly engine: SoftwareEngine;
  private readonly out: Uint8Array;
  private generation = 0;
  private atOnce = 0;
  private pending: Uint8Array[] = [];

  constructor(profile: Profile, identity: Partial<Identity> = {}) {
    this.identity = {
      backend: 'queued',
      contractDigest: CONTRACT_DIGEST,
      build: 'test',
      commit: 'unknown',
      profile,
      clockHz: undefined,
      ...identity,
    };
    this.engine = new SoftwareEngine(profile);
    this.out = new Uint8Array(this.engine.maxEventBytes + 1024);
  }

  start(sink: TransportSink): void {
    this.sink = sink;
  }

  async submit(commands: Uint8Array): Promise<void> {
    const { generation } = this;
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    await this.gate;
    this.atOnce -= 1;
    if (generation !== this.generation) return;
    const seen = this.tamperCommands(commands.slice());
    for (let from = 0; from < seen.length; ) {
      from = this.engine.consume(seen, from, this.out);
      this.send(this.out.slice(0, this.engine.eventBytes));
    }
  }

  reset(epoch: number): void {
    this.generation += 1;
    this.engine.reset(this.epochOf(epoch), this.out);
    this.send(this.out.slice(0, this.engine.eventBytes));
  }

  async close(): Promise<void> {
    this.closed += 1;
    await this.closeGate;
  }

  /** Delivers a turn later, in pieces that do not follow the batches. */
  private send(events: Uint8Array): void {
    if (events.length === 0) return;
    this.pending.push(events);
    if (this.pending.length > 1) return;
    setImmediate(() => {
      const all = new Uint8Array(Buffer.concat(this.pending));
      this.pending = [];
      for (let at = 0; at < all.length; at += PIECE) {
        const piece = this.tamper(all.slice(at, at + PIECE));
        if (piece !== undefined && piece.length > 0) this.sink.events(piece);
      }
    });
  }
}
