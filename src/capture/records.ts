// Records inside the payload of a data block (clause CAP-8): how they are packed and unpacked.
import { MAX_CHANNEL, MAX_RECORD_BYTES, MAX_RECORD_OVERHEAD } from './format.js';
import { highWord, joinWords, lowWord } from './time.js';

const WORD = 0x1_0000_0000;
/** Deltas below this are zigzagged in plain numbers: twice it still fits 53 bits. */
const NUMBER_DELTA_LIMIT = 2 ** 51;
/** Weight of the eighth byte of a varint: from there on a number would lose bits. */
const NUMBER_VARINT_LIMIT = 2 ** 49;
const MAX_VARINT_BYTES = 10;

/** Collects records of one block. Grows for a record above the usual block size and keeps that memory no longer. */
export class BlockBuilder {
  readonly #usualBytes: number;
  #bytes: Buffer;
  #length = 0;
  #count = 0;
  #high = 0;
  #low = 0;
  #firstTimeNs = 0n;
  #minTimeNs = 0n;
  #maxTimeNs = 0n;

  /** @param usualBytes payload size at which the caller means to write the block */
  constructor(usualBytes: number) {
    this.#usualBytes = usualBytes;
    this.#bytes = Buffer.allocUnsafe(usualBytes);
  }

  get count(): number {
    return this.#count;
  }

  /** Payload bytes so far. */
  get length(): number {
    return this.#length;
  }

  get firstTimeNs(): bigint {
    return this.#firstTimeNs;
  }

  get minTimeNs(): bigint {
    return this.#minTimeNs;
  }

  get maxTimeNs(): bigint {
    return this.#maxTimeNs;
  }

  /** A view of the payload, valid until the next `add` or `clear`. */
  get payload(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Whether a record of that many bytes is sure to fit into the usual block size. */
  hasRoomFor(recordBytes: number): boolean {
    return this.#length + recordBytes + MAX_RECORD_OVERHEAD <= this.#usualBytes;
  }

  /** Adds a record; the caller has checked the ranges of all three. */
  add(timeNs: bigint, bytes: Uint8Array, channel: number): void {
    const needed = this.#length + bytes.length + MAX_RECORD_OVERHEAD;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(needed);
      grown.set(this.payload);
      this.#bytes = grown;
    }
    const high = highWord(timeNs);
    const low = lowWord(timeNs);
    if (this.#count === 0) {
      this.#firstTimeNs = timeNs;
      this.#minTimeNs = timeNs;
      this.#maxTimeNs = timeNs;
    } else {
      if (timeNs < this.#minTimeNs) this.#minTimeNs = timeNs;
      if (timeNs > this.#maxTimeNs) this.#maxTimeNs = timeNs;
    }
    this.#putVarint(channel);
    this.#putDelta(high, low);
    this.#putVarint(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#count += 1;
  }

  clear(): void {
    this.#length = 0;
    this.#count = 0;
    if (this.#bytes.length > this.#usualBytes) this.#bytes = Buffer.allocUnsafe(this.#usualBytes);
  }

  #putDelta(high: number, low: number): void {
    const delta = this.#count === 0 ? 0 : (high - this.#high) * WORD + (low - this.#low);
    if (delta >= -NUMBER_DELTA_LIMIT && delta < NUMBER_DELTA_LIMIT) {
      this.#putVarint(delta >= 0 ? delta * 2 : -delta * 2 - 1);
    } else {
      const exact = joinWords(high, low) - joinWords(this.#high, this.#low);
      this.#putBigVarint(exact >= 0n ? exact * 2n : -exact * 2n - 1n);
    }
    this.#high = high;
    this.#low = low;
  }

  #putVarint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  #putBigVarint(value: bigint): void {
    let rest = value;
    while (rest >= 128n) {
      this.#bytes[this.#length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }
}

/**
 * One record. A reader hands out the same object again and again: take its fields, not the object. A view from `bytes`
 * may be kept, but keeps the memory of its whole block: copy it if it is to live long.
 */
export interface CaptureRecord {
  /** Number of the record in the file, from 0. With gaps (salvage) the missing ones are counted. */
  readonly index: number;
  /** 0..65,535. */
  readonly channel: number;
  /** Receive time, ns since the Unix epoch. Makes a bigint at each call; the two words below are free. */
  readonly timeNs: bigint;
  /** Upper 32 bits of the receive time. */
  readonly timeHigh: number;
  /** Lower 32 bits of the receive time. */
  readonly timeLow: number;
  /** The raw bytes: a view, made at each call. */
  readonly bytes: Buffer;
  /** The same without making a view: `block[start..end)`. */
  readonly block: Buffer;
  readonly start: number;
  readonly end: number;
}

/** The record under the cursor of a block. */
export class RecordCursor implements CaptureRecord {
  index = -1;
  channel = 0;
  timeHigh = 0;
  timeLow = 0;
  block: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  #left = 0;
  #position = 0;

  get timeNs(): bigint {
    return joinWords(this.timeHigh, this.timeLow);
  }

  get bytes(): Buffer {
    return this.block.subarray(this.start, this.end);
  }

  /** Stands before the first record of a payload. */
  enter(payload: Buffer, count: number, firstTimeNs: bigint, firstRecord: number): void {
    this.block = payload;
    this.#left = count;
    this.#position = 0;
    this.timeHigh = highWord(firstTimeNs);
    this.timeLow = lowWord(firstTimeNs);
    this.index = firstRecord - 1;
  }

  /** Forgets the rest of the payload. */
  leave(): void {
    this.#left = 0;
  }

  /**
   * Steps to the next record.
   * @returns false after the last; a string says what is wrong with the payload
   */
  step(): boolean | string {
    if (this.#left === 0) return false;
    const channel = this.#takeVarint();
    if (!(channel <= MAX_CHANNEL)) return `channel ${channel} of record ${this.index + 1}`;
    if (!this.#takeDelta()) return `time of record ${this.index + 1}`;
    const length = this.#takeVarint();
    const end = this.#position + length;
    if (!(length <= MAX_RECORD_BYTES && end <= this.block.length)) return `length of record ${this.index + 1}`;
    this.channel = channel;
    this.start = this.#position;
    this.end = end;
    this.#position = end;
    this.index += 1;
    this.#left -= 1;
    if (this.#left === 0 && end !== this.block.length) return `${this.block.length - end} bytes after the last record`;
    return true;
  }

  /** A varint of at most 53 bits, or NaN where there is none: NaN fails every check of a range. */
  #takeVarint(): number {
    const block = this.block;
    let byte = block[this.#position++];
    if (byte === undefined) return Number.NaN;
    if (byte < 128) return byte;
    let value = byte & 127;
    let weight = 128;
    do {
      byte = block[this.#position++];
      if (byte === undefined || weight >= NUMBER_VARINT_LIMIT) return Number.NaN;
      value += (byte & 127) * weight;
      weight *= 128;
    } while (byte >= 128);
    return value;
  }

  #takeDelta(): boolean {
    const begin = this.#position;
    const zigzag = this.#takeVarint();
    if (Number.isNaN(zigzag)) {
      this.#position = begin;
      return this.#takeBigDelta();
    }
    const low = this.timeLow + (zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2);
    const carry = Math.floor(low / WORD);
    const high = this.timeHigh + carry;
    this.timeLow = low - carry * WORD;
    this.timeHigh = high;
    return high >= 0 && high < WORD;
  }

  /** Steps of more than 13 days: rare, so exactness is bought with bigints. */
  #takeBigDelta(): boolean {
    let zigzag = 0n;
    for (let i = 0; i < MAX_VARINT_BYTES; i += 1) {
      const byte = this.block[this.#position++];
      if (byte === undefined) return false;
      zigzag |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte >= 128) continue;
      const delta = zigzag % 2n === 0n ? zigzag / 2n : -(zigzag + 1n) / 2n;
      const timeNs = this.timeNs + delta;
      if (timeNs < 0n || timeNs >> 64n !== 0n) return false;
      this.timeHigh = highWord(timeNs);
      this.timeLow = lowWord(timeNs);
      return true;
    }
    return false;
  }
}
