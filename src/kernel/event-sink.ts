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
import { Column } from './books.js';

const { COLUMNS, BID_PRICE, ASK_PRICE, BID_SIZE_LOW, BID_SIZE_HIGH, ASK_SIZE_LOW, ASK_SIZE_HIGH } = Column;
const EVENT_WORDS = 8;
const TWO_32 = 2 ** 32;
const EVENTS = 0;
const CRC = 1;

export class EventSink {
  /** Index of the record being consumed (REC-6), bits 0..31 and 32..47. */
  private indexLow = 0;
  private indexHigh = 0;
  /** True inside a restore: nothing is emitted (RST-1). */
  muted = false;
  /** Words written to the output so far. */
  at = 0;

  private words: Int32Array = new Int32Array(0);
  private bytes: Uint8Array = new Uint8Array(0);
  /** Event count and CRC: numbers above 2^31 in a field of their own would change the class for the JIT. */
  private readonly sums = new Float64Array(2);
  /** Words that are in eventCount and crc already. */
  private counted = 0;

  /** Starts a batch; the views are kept while the caller comes back with the same memory. */
  attach(out: Uint8Array): void {
    if (
      out.buffer !== this.bytes.buffer ||
      out.byteOffset !== this.bytes.byteOffset ||
      out.length !== this.bytes.length
    ) {
      this.bytes = out;
      this.words = new Int32Array(out.buffer, out.byteOffset, out.byteLength >> 2);
    }
    this.at = 0;
    this.counted = 0;
  }

  /** Brings event count and CRC up to what was written (INT-1); once a batch, and before a FENCE. */
  settle(): void {
    if (this.counted === this.at) return;
    const { sums } = this;
    const events = (sums[EVENTS] as number) + (this.at - this.counted) / EVENT_WORDS;
    sums[EVENTS] = events % COUNTER_MODULO;
    sums[CRC] = crc32(this.bytes.subarray(this.counted * 4, this.at * 4), sums[CRC]);
    this.counted = this.at;
  }

  /** Sets the counters; what was written before stays out of them. */
  continueFrom(index: number, events: number, crc: number): void {
    this.indexLow = index | 0;
    this.indexHigh = Math.floor(index / TWO_32);
    this.sums[EVENTS] = events;
    this.sums[CRC] = crc;
    this.counted = this.at;
  }

  /** The counters as a snapshot records them. */
  counters(): { index: number; events: number; crc: number } {
    return { index: this.index(), events: this.sums[EVENTS] as number, crc: this.sums[CRC] as number };
  }

  nextRecord(): void {
    this.indexLow = (this.indexLow + 1) | 0;
    if (this.indexLow === 0) this.indexHigh = (this.indexHigh + 1) & 0xffff;
  }

  /** ROW-4: the row of `book` in the table. */
  top(book: number, table: Int32Array): void {
    if (this.muted) return;
    const row = book * COLUMNS;
    putTop(
      this.words,
      this.at,
      book,
      table[row + BID_PRICE] as number,
      table[row + ASK_PRICE] as number,
      this.indexLow,
      this.indexHigh,
      table[row + BID_SIZE_LOW] as number,
      table[row + BID_SIZE_HIGH] as number,
      table[row + ASK_SIZE_LOW] as number,
      table[row + ASK_SIZE_HIGH] as number,
    );
    this.at += EVENT_WORDS;
  }

  signal(action: number, id: number, edge: number, kind: number, sizeLow: number, sizeHigh: number): void {
    if (this.muted) return;
    const { indexLow, indexHigh } = this;
    putSignal(this.words, this.at, action, id, edge, indexLow, indexHigh, kind, sizeLow, sizeHigh);
    this.at += EVENT_WORDS;
  }

  /** REC-4; `record` holds the refused record at word `recordAt`. */
  refused(error: number, restoreRecord: number, restoreError: number, record: Int32Array, recordAt: number): void {
    if (this.muted) return;
    const { words, at, indexLow, indexHigh } = this;
    const id = (record[recordAt] as number) >>> 16;
    putRefused(words, at, error, id, restoreRecord, indexLow, indexHigh, restoreError, record, recordAt);
    this.at += EVENT_WORDS;
  }

  /** INT-2: counts itself as a record, not as an event. */
  fence(token: number): void {
    this.settle();
    const records = (this.index() + 1) % COUNTER_MODULO;
    const events = this.sums[EVENTS] as number;
    putFence(
      this.words,
      this.at,
      token,
      this.indexLow,
      this.indexHigh,
      records | 0,
      Math.floor(records / TWO_32),
      events | 0,
      Math.floor(events / TWO_32),
      this.sums[CRC] as number,
    );
    this.at += EVENT_WORDS;
  }

  /** INT-3. */
  bookDigest(
    book: number,
    row: { state: number; tick: number; bids: number; asks: number; rate: number; mask: number; crc: number },
  ): void {
    const { state, tick, bids, asks, rate, mask, crc } = row;
    const { words, at, indexLow, indexHigh } = this;
    putBookDigest(words, at, state, book, crc, indexLow, indexHigh, tick, bids, asks, rate, mask & 1, mask >> 1);
    this.at += EVENT_WORDS;
  }

  /** RESET-1: outside index, count and CRC. */
  resetDone(epoch: number): void {
    putResetDone(this.words, this.at, epoch);
    this.at += EVENT_WORDS;
    this.counted = this.at;
  }

  private index(): number {
    return this.indexHigh * TWO_32 + (this.indexLow >>> 0);
  }
}
