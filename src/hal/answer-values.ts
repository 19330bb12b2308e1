// Answers as values.
import type { DigestAnswer, FenceAnswer } from './device.js';
import { eventField } from './record-fields.js';

const records = eventField('FENCE', 'records');
const events = eventField('FENCE', 'events');
const fenceCrc = eventField('FENCE', 'crc');
const state = eventField('BOOK_DIGEST', 'state');
const tick = eventField('BOOK_DIGEST', 'tick');
const bids = eventField('BOOK_DIGEST', 'bids');
const asks = eventField('BOOK_DIGEST', 'asks');
const rate = eventField('BOOK_DIGEST', 'rate');
const digestCrc = eventField('BOOK_DIGEST', 'crc');

/** Reads the FENCE event that starts at byte `at`. */
export function readFence(bytes: Uint8Array, at: number): FenceAnswer {
  return { records: records(bytes, at), events: events(bytes, at), crc32: fenceCrc(bytes, at) };
}

/** Reads the BOOK_DIGEST event that starts at byte `at`. */
export function readDigest(bytes: Uint8Array, at: number): DigestAnswer {
  return {
    state: state(bytes, at),
    tick: tick(bytes, at),
    bids: bids(bytes, at),
    asks: asks(bytes, at),
    rate: rate(bytes, at),
    crc32: digestCrc(bytes, at),
  };
}
