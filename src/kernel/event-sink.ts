// Where events go: the output buffer of the batch, with the event count and the CRC that FENCE reports.
import { crc32 } from 'node:zlib';
import {
  COUNTER_MODULO,
  putBookDigest,
  putFence,
  putRefused,
  putResetDone,
  putSignal,
  putTop,
} from '../contract/generated/records.js';

const EVENT_WORDS = 8;

export class EventSink {
  /** Index of the record being consumed (REC-6). */
  index = 0;
  /** True inside a restore: nothing is emitted (RST-1). */
  muted = false;
  /** Words written to the output so far. */
  at = 0;

  private words: Uint32Array = new Uint32Array(0);
  private bytes: Uint8Array = new Uint8Array(0);
  private eventCount = 0;
  private crc = 0;
  /** Words that are in eventCount and crc already. */
  private counted = 0;

  /** Starts a batch; the views are kept while the caller comes back with the same memory. */
  attach(out: Uint8Array): void {
    if (out.buffer !== this.bytes.buffer || out.byteOffset !== this.bytes.byteOffset || out.length !== this.bytes.length) {
      this.bytes = out;
      this.words = new Uint32Array(out.buffer, out.byteOffset, out.byteLength >> 2);
    }
    this.at = 0;
    this.counted = 0;
  }

  /** Brings event count and CRC up to what was written (INT-1); once a batch, and before a FENCE. */
  settle(): void {
    if (this.counted === this.at) return;
    this.crc = crc32(this.bytes.subarray(this.counted * 4, this.at * 4), this.crc);
    this.eventCount = (this.eventCount + (this.at - this.counted) / EVENT_WORDS) % COUNTER_MODULO;
    this.counted = this.at;
  }

  /** Sets the counters; what was written before stays out of them. */
  continueFrom(index: number, events: number, crc: number): void {
    this.index = index;
    this.eventCount = events;
    this.crc = crc;
    this.counted = this.at;
  }

  /** The counters as a snapshot records them. */
  counters(): { index: number; events: number; crc: number } {
    return { index: this.index, events: this.eventCount, crc: this.crc };
  }

  nextRecord(): void {
    this.index = this.index === COUNTER_MODULO - 1 ? 0 : this.index + 1;
  }

  top(book: number, bidPrice: number, askPrice: number, bidSize: number, askSize: number): void {
    if (this.muted) return;
    putTop(this.words, this.at, book, bidPrice, askPrice, this.index, bidSize, askSize);
    this.at += EVENT_WORDS;
  }

  signal(action: number, id: number, edge: number, kind: number, size: number): void {
    if (this.muted) return;
    putSignal(this.words, this.at, action, id, edge, this.index, kind, size);
    this.at += EVENT_WORDS;
  }

  /** REC-4; `record` holds the refused record at word `recordAt`. */
  refused(
    error: number,
    restoreRecord: number,
    restoreError: number,
    record: Uint32Array,
    recordAt: number,
  ): void {
    if (this.muted) return;
    const id = (record[recordAt] as number) >>> 16;
    putRefused(this.words, this.at, error, id, restoreRecord, this.index, restoreError, record, recordAt);
    this.at += EVENT_WORDS;
  }

  /** INT-2: counts itself as a record, not as an event. */
  fence(token: number): void {
    this.settle();
    const records = (this.index + 1) % COUNTER_MODULO;
    putFence(this.words, this.at, token, this.index, records, this.eventCount, this.crc);
    this.at += EVENT_WORDS;
  }

  /** INT-3. */
  bookDigest(
    book: number,
    row: { state: number; tick: number; bids: number; asks: number; rate: number; mask: number; crc: number },
  ): void {
    const { state, tick, bids, asks, rate, mask, crc } = row;
    putBookDigest(this.words, this.at, state, book, crc, this.index, tick, bids, asks, rate, mask & 1, mask >> 1);
    this.at += EVENT_WORDS;
  }

  /** RESET-1: outside index, count and CRC. */
  resetDone(epoch: number): void {
    putResetDone(this.words, this.at, epoch);
    this.at += EVENT_WORDS;
    this.counted = this.at;
  }
}
