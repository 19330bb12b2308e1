// Commands towards the device: numbered, held until acknowledged, sent within its credit, sent again from where it says
// (LNK-6 to LNK-9). Knows no frames and no time but what it is told.
import { COMMAND_BYTES } from '../contract/definition.js';
import { CommandRing } from './command-ring.js';
import { type Deferred, deferred } from './deferred.js';
import type { LinkError } from './errors.js';
import { distance } from './frames.js';

/** Neither side ever has more records unacknowledged (LNK-6). */
export const UNACKNOWLEDGED_MAX = 32767;

export class CommandSender {
  /** Index of the next record to be sent in this go. */
  next = 0;
  /** Index behind the last record ever sent. */
  sent = 0;
  /** Index of the first record that the device has no room for. */
  credit: number;
  /** Records sent again. */
  retransmissions = 0;
  rewinds = 0;

  private readonly ring: CommandRing;
  /** The batch under way, from byte `taken` on not in the ring yet. */
  private batch: Uint8Array | undefined;
  private taken = 0;
  private waiting: Deferred<void> | undefined;
  private rewoundTo = -1;
  private echoUntilMs = Number.NEGATIVE_INFINITY;

  /** window: of the device, in records. */
  constructor(window: number) {
    this.ring = new CommandRing(window);
    this.credit = window;
  }

  /** Index of the first record that is not acknowledged. */
  get acknowledged(): number {
    return this.ring.first;
  }

  get outstanding(): boolean {
    return this.ring.end > this.ring.first || this.batch !== undefined;
  }

  /** Records that may be sent now. */
  get sendable(): number {
    return Math.min(this.ring.end, this.credit) - this.next;
  }

  /**
   * Takes a batch of whole records; the next one only when it is through.
   * @returns nothing when the device has room for all of it, or a promise of that; the bytes are not needed then
   */
  submit(batch: Uint8Array): undefined | Promise<void> {
    if (this.batch !== undefined) throw new Error('submit: the batch before is not through');
    this.batch = batch;
    this.taken = 0;
    this.refill();
    if (this.batch === undefined) return undefined;
    this.waiting = deferred();
    return this.waiting.promise;
  }

  copy(records: number, frame: Uint8Array, at: number): void {
    this.ring.copy(this.next, records, frame, at);
  }

  /** The next `records` records are on the line. */
  advance(records: number): void {
    const end = this.next + records;
    this.retransmissions += Math.min(end, this.sent) - this.next;
    this.next = end;
    this.sent = Math.max(this.sent, end);
  }

  /** @returns whether the ack acts: it lies between the last one and the last record ever sent (LNK-8) */
  acknowledge(ack: number): boolean {
    const ahead = distance(this.ring.first, ack);
    if (ahead > this.sent - this.ring.first) return false;
    this.ring.first += ahead;
    this.next = Math.max(this.next, this.ring.first);
    return true;
  }

  /** A credit acts if it is ahead of the last one. */
  grant(credit: number): void {
    const ahead = distance(this.credit, credit);
    if (ahead > 0 && ahead <= UNACKNOWLEDGED_MAX) this.credit += ahead;
  }

  /** Moves what there is room for from the batch into the ring; ends the wait for it. */
  refill(): void {
    const { batch } = this;
    if (batch === undefined) return;
    if (this.taken < batch.length) this.taken = this.ring.add(batch, this.taken);
    if (this.taken < batch.length || this.ring.end > this.credit) return;
    this.batch = undefined;
    this.waiting?.resolve();
    this.waiting = undefined;
  }

  /**
   * Goes back to the first unacknowledged record. One that was just gone back to is passed over for a round trip: what
   * asks again was on its way before the records were (LNK-9).
   * @returns whether it went back
   */
  rewind(nowMs: number, echoMs: number): boolean {
    const to = this.ring.first;
    if (this.next === to || (to === this.rewoundTo && nowMs < this.echoUntilMs)) return false;
    this.rewinds += 1;
    this.rewoundTo = to;
    this.echoUntilMs = nowMs + echoMs;
    this.next = to;
    return true;
  }

  /** Ends the wait of the batch under way. */
  discard(error: LinkError): void {
    this.batch = undefined;
    this.waiting?.reject(error);
    this.waiting = undefined;
  }

  /** Records of the batch that wait for room, for messages. */
  get waitingRecords(): number {
    return this.batch === undefined ? 0 : (this.batch.length - this.taken) / COMMAND_BYTES;
  }
}
