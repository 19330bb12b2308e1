// Events that one engine gave and another has not confirmed yet, in one buffer that never grows.
import { EVENT_BYTES } from '../contract/definition.js';

/** Below this many bytes a loop is faster than a call into the runtime. */
const LOOP_BYTES = 256;

/**
 * Three places in one stream: what is confirmed comes first, then what is delivered, then what was written. Events
 * between `confirmed` and `delivered` wait for the other engine only; those behind `delivered` wait for the listener.
 */
export class EventQueue {
  private readonly bytes: Uint8Array;
  private readonly words: Int32Array;
  /** The view that the engine mostly writes into: made once. */
  private readonly front: Uint8Array;
  private head = 0;
  private due = 0;
  private tail = 0;
  private confirmedBefore = 0;

  /**
   * @param step bytes that one write may take, a multiple of 32
   * @param steps how many such writes fit at least
   */
  constructor(
    private readonly step: number,
    steps: number,
  ) {
    // Half of it may be confirmed and not yet given free.
    this.bytes = new Uint8Array(step * steps * 2);
    this.words = new Int32Array(this.bytes.buffer);
    this.front = this.bytes.subarray(0, step);
    this.capacity = step * steps;
  }

  private readonly capacity: number;

  /** Bytes that are not confirmed. */
  get pending(): number {
    return this.tail - this.head;
  }

  /** Events that are not delivered. */
  get undelivered(): number {
    return (this.tail - this.due) / EVENT_BYTES;
  }

  /** Events confirmed since `clear`, and those that were written. */
  get confirmed(): number {
    return this.confirmedBefore + this.head / EVENT_BYTES;
  }

  get written(): number {
    return this.confirmedBefore + this.tail / EVENT_BYTES;
  }

  /** Whether there is room for one more write. */
  get hasRoom(): boolean {
    return this.capacity - this.pending >= this.step;
  }

  /** Where the next write goes: `step` bytes, aligned to words. Only while `hasRoom`. */
  room(): Uint8Array {
    if (this.tail === 0) return this.front;
    if (this.tail + this.step > this.bytes.length) this.close(this.head);
    return this.bytes.subarray(this.tail, this.tail + this.step);
  }

  wrote(bytes: number): void {
    this.tail += bytes;
  }

  /**
   * Holds events against those that wait for confirmation.
   * @returns the number of the first event that differs or is not there, counted within `events`; -1 when all are equal
   */
  differsAt(events: Uint8Array): number {
    const { head } = this;
    const length = Math.min(events.length, this.pending);
    if (!this.equal(events, length)) {
      let at = 0;
      while (events[at] === this.bytes[head + at]) at += 1;
      return Math.floor(at / EVENT_BYTES);
    }
    return length === events.length ? -1 : length / EVENT_BYTES;
  }

  /** The event `n` events behind the last confirmed one, or undefined. */
  eventAt(n: number): Uint8Array | undefined {
    const at = this.head + n * EVENT_BYTES;
    return at + EVENT_BYTES <= this.tail ? this.bytes.slice(at, at + EVENT_BYTES) : undefined;
  }

  /** @returns how many of the confirmed bytes were delivered before; the rest counts as delivered from here on */
  confirm(bytes: number): number {
    const before = Math.min(bytes, this.due - this.head);
    this.head += bytes;
    if (this.due < this.head) this.due = this.head;
    if (this.head === this.tail) this.close(this.head);
    return before;
  }

  /** What is not delivered yet; it counts as delivered from here on. Valid until the next write. */
  takeUndelivered(): Uint8Array {
    const events = this.bytes.subarray(this.due, this.tail);
    this.due = this.tail;
    return events;
  }

  /** Forgets what waits for confirmation, as if it were confirmed. */
  confirmAll(): void {
    this.head = this.tail;
    this.due = this.tail;
    this.close(this.tail);
  }

  /** As new. */
  clear(): void {
    this.head = 0;
    this.due = 0;
    this.tail = 0;
    this.confirmedBefore = 0;
  }

  private close(gap: number): void {
    if (gap === 0) return;
    this.bytes.copyWithin(0, gap, this.tail);
    this.confirmedBefore += gap / EVENT_BYTES;
    this.head -= gap;
    this.due -= gap;
    this.tail -= gap;
  }

  private equal(events: Uint8Array, length: number): boolean {
    const { head } = this;
    if (length > LOOP_BYTES) {
      return Buffer.compare(events.subarray(0, length), this.bytes.subarray(head, head + length)) === 0;
    }
    for (let at = 0, word = head >> 2; at < length; at += 4, word++) {
      const value =
        (events[at] as number) |
        ((events[at + 1] as number) << 8) |
        ((events[at + 2] as number) << 16) |
        ((events[at + 3] as number) << 24);
      if (value !== this.words[word]) return false;
    }
    return true;
  }
}
