// Generated from src/contract/definition.ts by `npm run generate`. Do not edit.

export const CONTRACT_DIGEST = '2e0f32c12d22c828';
/** price of a certain share, in 1e-4 USD: 1 USD */
export const PRICE_ONE = 10000;
/** micro (1e-6 USD) in one price unit (1e-4 USD) */
export const MICRO_PER_PRICE = 100;
/** micro in 1 USD: what a winning share pays */
export const MICRO_ONE = 1000000;
/** levels in one page */
export const PAGE_LEVELS = 128;
/** largest size, in 1e-6 share */
export const SIZE_MAX = 281474976710655;
/** largest fee rate, in 2^-32 micro per P*(10,000-P) */
export const FEE_RATE_MAX = 16777215;
/** largest payout of a basket, in micro a share */
export const PAYOUT_MAX = 256000000;
/** largest fair value and largest band, in micro */
export const FAIR_MAX = 1000000;
/** record index and event count wrap here */
export const COUNTER_MODULO = 281474976710656;
/** Price steps in 1e-4 USD, finest first. */
export const TICK_VALUES: readonly number[] = [1, 10, 25, 50, 100, 1000];

/** Byte 0 of a command. */
export const Opcode = {
  BOOK_BEGIN: 1,
  BOOK_LIVE: 2,
  BOOK_STALE: 3,
  LEVEL_SET: 4,
  BOOK_FEE: 5,
  BOOK_MASK: 6,
  BASKET_CREATE: 32,
  BASKET_LEG: 33,
  BASKET_ARM: 34,
  BASKET_DISARM: 35,
  BASKET_REMOVE: 36,
  BASKET_MASK: 37,
  FAIR_SET: 64,
  FAIR_CLEAR: 65,
  RESTORE_BEGIN: 224,
  RESTORE_COUNTS: 225,
  RESTORE_END: 226,
  FENCE: 240,
  BOOK_DIGEST: 241,
} as const;
export type Opcode = (typeof Opcode)[keyof typeof Opcode];
export const opcodeNames: readonly (string | undefined)[] = (() => {
  const names: (string | undefined)[] = [];
  for (const [key, value] of Object.entries(Opcode)) names[value] = key;
  return names;
})();

/** Byte 0 of an event. */
export const EventType = {
  TOP: 1,
  SIGNAL: 2,
  REFUSED: 3,
  FENCE: 4,
  BOOK_DIGEST: 5,
  RESET_DONE: 6,
} as const;
export type EventType = (typeof EventType)[keyof typeof EventType];
export const eventTypeNames: readonly (string | undefined)[] = (() => {
  const names: (string | undefined)[] = [];
  for (const [key, value] of Object.entries(EventType)) names[value] = key;
  return names;
})();

/** state of a book (clause BOOK-1) */
export const BookState = {
  EMPTY: 0,
  BUILDING: 1,
  LIVE: 2,
  STALE: 3,
} as const;
export type BookState = (typeof BookState)[keyof typeof BookState];
export const bookStateNames: readonly (string | undefined)[] = (() => {
  const names: (string | undefined)[] = [];
  for (const [key, value] of Object.entries(BookState)) names[value] = key;
  return names;
})();

/** side of a ladder */
export const Side = {
  BID: 0,
  ASK: 1,
} as const;
export type Side = (typeof Side)[keyof typeof Side];
export const sideNames: readonly (string | undefined)[] = (() => {
  const names: (string | undefined)[] = [];
  for (const [key, value] of Object.entries(Side)) names[value] = key;
  return names;
})();

/** the token that a leg buys */
export const Outcome = {
  YES: 0,
  NO: 1,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];
export const outcomeNames: readonly (string | undefined)[] = (() => {
  const names: (string | undefined)[] = [];
  for (const [key, value] of Object.entries(Outcome)) names[value] = key;
  return names;
})();

/** what a signal means; 1..7 are basket kinds */
export const SignalKind = {
  CROSS: 1,
  COMPLEMENT_LONG: 2,
  COMPLEMENT_SHORT: 3,
  MULTI_LONG: 4,
  MULTI_SHORT: 5,
  IMPLICATION: 6,
  TWO_VENUE: 7,
  FAIR_BUY: 8,
  FAIR_SELL: 9,
} as const;
export type SignalKind = (typeof SignalKind)[keyof typeof SignalKind];
export const signalKindNames: readonly (string | undefined)[] = (() => {
  const names: (string | undefined)[] = [];
  for (const [key, value] of Object.entries(SignalKind)) names[value] = key;
  return names;
})();

/** what happened to a signal */
export const SignalAction = {
  OPEN: 1,
  CHANGE: 2,
  CLOSE: 3,
} as const;
export type SignalAction = (typeof SignalAction)[keyof typeof SignalAction];
export const signalActionNames: readonly (string | undefined)[] = (() => {
  const names: (string | undefined)[] = [];
  for (const [key, value] of Object.entries(SignalAction)) names[value] = key;
  return names;
})();

/** why a record was refused */
export const ErrorCode = {
  UNKNOWN_OPCODE: 1,
  RESERVED_BITS: 2,
  BOOK_RANGE: 3,
  TICK_INVALID: 4,
  TICK_TOO_FINE: 5,
  BOOK_STATE: 6,
  LEVEL_RANGE: 7,
  MESSAGE_LIMIT: 8,
  PAGE_LIMIT: 9,
  BASKET_RANGE: 10,
  BASKET_EXISTS: 11,
  BASKET_ABSENT: 12,
  BASKET_ARMED: 13,
  BASKET_NO_LEGS: 14,
  KIND_INVALID: 15,
  PAYOUT_RANGE: 16,
  LEG_DUPLICATE: 17,
  BASKET_LEGS_LIMIT: 18,
  LEGS_LIMIT: 19,
  FAIR_RANGE: 20,
  BAND_RANGE: 21,
  FAIR_LIMIT: 22,
  FAIR_ABSENT: 23,
  NOT_RESTORING: 24,
  IN_RESTORE: 25,
  RESTORE_FAILED: 26,
  COUNTS_MISSING: 27,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];
export const errorCodeNames: readonly (string | undefined)[] = (() => {
  const names: (string | undefined)[] = [];
  for (const [key, value] of Object.entries(ErrorCode)) names[value] = key;
  return names;
})();

/** Bits that must be 0, four words an opcode at opcode * 4; all ones where none is defined (REC-2, REC-3). */
export const RESERVED_WORDS = new Uint32Array(1024).fill(0xffffffff);
const RESERVED: readonly [number, readonly number[]][] = [
  [0x1, [0xfe00, 0xffff0000, 0xffffffff, 0xffffffff]], // BOOK_BEGIN
  [0x2, [0xfe00, 0xffffffff, 0xffffffff, 0xffffffff]], // BOOK_LIVE
  [0x3, [0xfe00, 0xffffffff, 0xffffffff, 0xffffffff]], // BOOK_STALE
  [0x4, [0xfc00, 0xffff0000, 0x0, 0xffff0000]], // LEVEL_SET
  [0x5, [0xfe00, 0xff000000, 0xffffffff, 0xffffffff]], // BOOK_FEE
  [0x6, [0xff00, 0xfffffffc, 0xffffffff, 0xffffffff]], // BOOK_MASK
  [0x20, [0xff00, 0x0, 0xffffff00, 0xffffffff]], // BASKET_CREATE
  [0x21, [0xfd00, 0xffff0000, 0xffffffff, 0xffffffff]], // BASKET_LEG
  [0x22, [0xff00, 0x0, 0x0, 0xffff0000]], // BASKET_ARM
  [0x23, [0xff00, 0xffffffff, 0xffffffff, 0xffffffff]], // BASKET_DISARM
  [0x24, [0xff00, 0xffffffff, 0xffffffff, 0xffffffff]], // BASKET_REMOVE
  [0x25, [0xff00, 0xfffffffe, 0xffffffff, 0xffffffff]], // BASKET_MASK
  [0x40, [0xff00, 0x0, 0x0, 0xffffffff]], // FAIR_SET
  [0x41, [0xff00, 0xffffffff, 0xffffffff, 0xffffffff]], // FAIR_CLEAR
  [0xe0, [0xffffff00, 0xffffffff, 0xffffffff, 0xffffffff]], // RESTORE_BEGIN
  [0xe1, [0xff00, 0x0, 0x0, 0xffff0000]], // RESTORE_COUNTS
  [0xe2, [0xffffff00, 0x0, 0xffffffff, 0xffffffff]], // RESTORE_END
  [0xf0, [0xffffff00, 0x0, 0xffffffff, 0xffffffff]], // FENCE
  [0xf1, [0xff00, 0xffffffff, 0xffffffff, 0xffffffff]], // BOOK_DIGEST
];
for (const [opcode, words] of RESERVED) RESERVED_WORDS.set(words, opcode * 4);

// Command fields, from the 32-bit words of a record.
/** BOOK_BEGIN.commit: 1: publish the message (clause MSG-2). */
export const bookBeginCommit = (w0: number): number => (w0 >>> 8) & 0x1;
/** BOOK_BEGIN.book: book id, below the books of the profile. */
export const bookBeginBook = (w0: number): number => (w0 >>> 16) & 0xffff;
/** BOOK_BEGIN.tick: 1, 10, 25, 50, 100 or 1000 (1e-4 USD). */
export const bookBeginTick = (w1: number): number => w1 & 0xffff;
/** BOOK_LIVE.commit: 1: publish the message (clause MSG-2). */
export const bookLiveCommit = (w0: number): number => (w0 >>> 8) & 0x1;
/** BOOK_LIVE.book: book id, below the books of the profile. */
export const bookLiveBook = (w0: number): number => (w0 >>> 16) & 0xffff;
/** BOOK_STALE.commit: 1: publish the message (clause MSG-2). */
export const bookStaleCommit = (w0: number): number => (w0 >>> 8) & 0x1;
/** BOOK_STALE.book: book id, below the books of the profile. */
export const bookStaleBook = (w0: number): number => (w0 >>> 16) & 0xffff;
/** LEVEL_SET.commit: 1: publish the message (clause MSG-2). */
export const levelSetCommit = (w0: number): number => (w0 >>> 8) & 0x1;
/** LEVEL_SET.side: BID or ASK. */
export const levelSetSide = (w0: number): number => (w0 >>> 9) & 0x1;
/** LEVEL_SET.book: book id, below the books of the profile. */
export const levelSetBook = (w0: number): number => (w0 >>> 16) & 0xffff;
/** LEVEL_SET.level: price / tick, 1..10,000/tick - 1. */
export const levelSetLevel = (w1: number): number => w1 & 0xffff;
/** LEVEL_SET.size, bits 0..31 as a signed word and bits 32..47: 1e-6 share, absolute. */
export const levelSetSizeLow = (w2: number): number => w2 | 0;
export const levelSetSizeHigh = (w3: number): number => w3 & 0xffff;
/** BOOK_FEE.commit: 1: publish the message (clause MSG-2). */
export const bookFeeCommit = (w0: number): number => (w0 >>> 8) & 0x1;
/** BOOK_FEE.book: book id, below the books of the profile. */
export const bookFeeBook = (w0: number): number => (w0 >>> 16) & 0xffff;
/** BOOK_FEE.rate: 2^-32 micro per P*(10,000-P); any 24-bit value. */
export const bookFeeRate = (w1: number): number => w1 & 0xffffff;
/** BOOK_MASK.book: book id, below the books of the profile. */
export const bookMaskBook = (w0: number): number => (w0 >>> 16) & 0xffff;
/** BOOK_MASK.mask_top: 1: no TOP events of this book. */
export const bookMaskMaskTop = (w1: number): number => w1 & 0x1;
/** BOOK_MASK.mask_fair: 1: no fair-value signals of this book. */
export const bookMaskMaskFair = (w1: number): number => (w1 >>> 1) & 0x1;
/** BASKET_CREATE.basket: basket id, below the baskets of the profile. */
export const basketCreateBasket = (w0: number): number => (w0 >>> 16) & 0xffff;
/** BASKET_CREATE.payout: micro a share, 1..256,000,000, net of conversion fees. */
export const basketCreatePayout = (w1: number): number => w1 >>> 0;
/** BASKET_CREATE.kind: a basket kind, 1..7: a label for its signals. */
export const basketCreateKind = (w2: number): number => w2 & 0xff;
/** BASKET_LEG.outcome: YES: bought at the ask; NO: bought at 1 - bid. */
export const basketLegOutcome = (w0: number): number => (w0 >>> 9) & 0x1;
/** BASKET_LEG.basket: basket id, below the baskets of the profile. */
export const basketLegBasket = (w0: number): number => (w0 >>> 16) & 0xffff;
/** BASKET_LEG.book: book id, below the books of the profile. */
export const basketLegBook = (w1: number): number => w1 & 0xffff;
/** BASKET_ARM.basket: basket id, below the baskets of the profile. */
export const basketArmBasket = (w0: number): number => (w0 >>> 16) & 0xffff;
/** BASKET_ARM.min_edge: micro a share, any 32-bit value. */
export const basketArmMinEdge = (w1: number): number => w1 | 0;
/** BASKET_ARM.min_size, bits 0..31 as a signed word and bits 32..47: 1e-6 share. */
export const basketArmMinSizeLow = (w2: number): number => w2 | 0;
export const basketArmMinSizeHigh = (w3: number): number => w3 & 0xffff;
/** BASKET_DISARM.basket: basket id, below the baskets of the profile. */
export const basketDisarmBasket = (w0: number): number => (w0 >>> 16) & 0xffff;
/** BASKET_REMOVE.basket: basket id, below the baskets of the profile. */
export const basketRemoveBasket = (w0: number): number => (w0 >>> 16) & 0xffff;
/** BASKET_MASK.basket: basket id, below the baskets of the profile. */
export const basketMaskBasket = (w0: number): number => (w0 >>> 16) & 0xffff;
/** BASKET_MASK.mask_signal: 1: no SIGNAL events of this basket. */
export const basketMaskMaskSignal = (w1: number): number => w1 & 0x1;
/** FAIR_SET.book: book id, below the books of the profile. */
export const fairSetBook = (w0: number): number => (w0 >>> 16) & 0xffff;
/** FAIR_SET.fair: micro, 0..1,000,000. */
export const fairSetFair = (w1: number): number => w1 >>> 0;
/** FAIR_SET.band: micro, 0..1,000,000. */
export const fairSetBand = (w2: number): number => w2 >>> 0;
/** FAIR_CLEAR.book: book id, below the books of the profile. */
export const fairClearBook = (w0: number): number => (w0 >>> 16) & 0xffff;
/** RESTORE_COUNTS.index: records consumed. */
export const restoreCountsIndex = (w0: number, w1: number): number => (w1 >>> 0) * 65536 + (w0 >>> 16);
/** RESTORE_COUNTS.events, bits 0..31 as a signed word and bits 32..47: events emitted. */
export const restoreCountsEventsLow = (w2: number): number => w2 | 0;
export const restoreCountsEventsHigh = (w3: number): number => w3 & 0xffff;
/** RESTORE_END.crc: CRC-32 of the events so far. */
export const restoreEndCrc = (w1: number): number => w1 >>> 0;
/** FENCE.token: comes back in the answer. */
export const fenceToken = (w1: number): number => w1 >>> 0;
/** BOOK_DIGEST.book: book id, below the books of the profile. */
export const bookDigestBook = (w0: number): number => (w0 >>> 16) & 0xffff;

// Event fields, from the 32-bit words of an event.
export const eventTopBook = (w0: number): number => (w0 >>> 16) & 0xffff;
export const eventTopBidPrice = (w1: number): number => w1 & 0xffff;
export const eventTopAskPrice = (w1: number): number => (w1 >>> 16) & 0xffff;
export const eventTopCommand = (w2: number, w3: number): number => (w3 & 0xffff) * 4294967296 + (w2 >>> 0);
export const eventTopBidSize = (w4: number, w5: number): number => (w5 & 0xffff) * 4294967296 + (w4 >>> 0);
export const eventTopAskSize = (w6: number, w7: number): number => (w7 & 0xffff) * 4294967296 + (w6 >>> 0);
export const eventSignalAction = (w0: number): number => (w0 >>> 8) & 0xff;
export const eventSignalId = (w0: number): number => (w0 >>> 16) & 0xffff;
export const eventSignalEdge = (w1: number): number => w1 | 0;
export const eventSignalCommand = (w2: number, w3: number): number => (w3 & 0xffff) * 4294967296 + (w2 >>> 0);
export const eventSignalKind = (w3: number): number => (w3 >>> 16) & 0xff;
export const eventSignalSize = (w4: number, w5: number): number => (w5 & 0xffff) * 4294967296 + (w4 >>> 0);
export const eventRefusedError = (w0: number): number => (w0 >>> 8) & 0xff;
export const eventRefusedId = (w0: number): number => (w0 >>> 16) & 0xffff;
export const eventRefusedRestoreRecord = (w1: number): number => w1 >>> 0;
export const eventRefusedCommand = (w2: number, w3: number): number => (w3 & 0xffff) * 4294967296 + (w2 >>> 0);
export const eventRefusedRestoreError = (w3: number): number => (w3 >>> 16) & 0xff;
export const eventFenceToken = (w1: number): number => w1 >>> 0;
export const eventFenceCommand = (w2: number, w3: number): number => (w3 & 0xffff) * 4294967296 + (w2 >>> 0);
export const eventFenceRecords = (w4: number, w5: number): number => (w5 & 0xffff) * 4294967296 + (w4 >>> 0);
export const eventFenceEvents = (w5: number, w6: number): number => (w6 >>> 0) * 65536 + (w5 >>> 16);
export const eventFenceCrc = (w7: number): number => w7 >>> 0;
export const eventBookDigestState = (w0: number): number => (w0 >>> 8) & 0xff;
export const eventBookDigestBook = (w0: number): number => (w0 >>> 16) & 0xffff;
export const eventBookDigestCrc = (w1: number): number => w1 >>> 0;
export const eventBookDigestCommand = (w2: number, w3: number): number => (w3 & 0xffff) * 4294967296 + (w2 >>> 0);
export const eventBookDigestTick = (w3: number): number => (w3 >>> 16) & 0xffff;
export const eventBookDigestBids = (w4: number): number => w4 & 0xffff;
export const eventBookDigestAsks = (w4: number): number => (w4 >>> 16) & 0xffff;
export const eventBookDigestRate = (w5: number): number => w5 & 0xffffff;
export const eventBookDigestMaskTop = (w5: number): number => (w5 >>> 24) & 0x1;
export const eventBookDigestMaskFair = (w5: number): number => (w5 >>> 25) & 0x1;
export const eventResetDoneEpoch = (w1: number): number => w1 >>> 0;

// Events.
/** Writes TOP (the best prices or sizes of a published row changed (clause ROW-4)) at word `at`: 8 words. Wide fields as bits 0..31 and the rest. */
export function putTop(out: Int32Array, at: number, book: number, bidPrice: number, askPrice: number, commandLow: number, commandHigh: number, bidSizeLow: number, bidSizeHigh: number, askSizeLow: number, askSizeHigh: number): void {
  out[at] = 1 | (book << 16);
  out[at + 1] = bidPrice | (askPrice << 16);
  out[at + 2] = commandLow;
  out[at + 3] = commandHigh;
  out[at + 4] = bidSizeLow;
  out[at + 5] = bidSizeHigh;
  out[at + 6] = askSizeLow;
  out[at + 7] = askSizeHigh;
}

/** Writes SIGNAL (a basket or fair-value signal opened, changed or closed) at word `at`: 8 words. Wide fields as bits 0..31 and the rest. */
export function putSignal(out: Int32Array, at: number, action: number, id: number, edge: number, commandLow: number, commandHigh: number, kind: number, sizeLow: number, sizeHigh: number): void {
  out[at] = 2 | (action << 8) | (id << 16);
  out[at + 1] = edge;
  out[at + 2] = commandLow;
  out[at + 3] = commandHigh | (kind << 16);
  out[at + 4] = sizeLow;
  out[at + 5] = sizeHigh;
  out[at + 6] = 0;
  out[at + 7] = 0;
}

/** Writes REFUSED (a record was refused and changed nothing) at word `at`: 8 words. Wide fields as bits 0..31 and the rest. */
export function putRefused(out: Int32Array, at: number, error: number, id: number, restoreRecord: number, commandLow: number, commandHigh: number, restoreError: number, record: Int32Array, recordAt: number): void {
  out[at] = 3 | (error << 8) | (id << 16);
  out[at + 1] = restoreRecord;
  out[at + 2] = commandLow;
  out[at + 3] = commandHigh | (restoreError << 16);
  out[at + 4] = (record[recordAt + 0] as number);
  out[at + 5] = (record[recordAt + 1] as number);
  out[at + 6] = (record[recordAt + 2] as number);
  out[at + 7] = (record[recordAt + 3] as number);
}

/** Writes FENCE (answer to FENCE) at word `at`: 8 words. Wide fields as bits 0..31 and the rest. */
export function putFence(out: Int32Array, at: number, token: number, commandLow: number, commandHigh: number, recordsLow: number, recordsHigh: number, eventsLow: number, eventsHigh: number, crc: number): void {
  out[at] = 4;
  out[at + 1] = token;
  out[at + 2] = commandLow;
  out[at + 3] = commandHigh;
  out[at + 4] = recordsLow;
  out[at + 5] = recordsHigh | (eventsLow << 16);
  out[at + 6] = (eventsLow >>> 16) | (eventsHigh << 16);
  out[at + 7] = crc;
}

/** Writes BOOK_DIGEST (answer to BOOK_DIGEST) at word `at`: 8 words. Wide fields as bits 0..31 and the rest. */
export function putBookDigest(out: Int32Array, at: number, state: number, book: number, crc: number, commandLow: number, commandHigh: number, tick: number, bids: number, asks: number, rate: number, maskTop: number, maskFair: number): void {
  out[at] = 5 | (state << 8) | (book << 16);
  out[at + 1] = crc;
  out[at + 2] = commandLow;
  out[at + 3] = commandHigh | (tick << 16);
  out[at + 4] = bids | (asks << 16);
  out[at + 5] = rate | (maskTop << 24) | (maskFair << 25);
  out[at + 6] = 0;
  out[at + 7] = 0;
}

/** Writes RESET_DONE (first record after a reset; outside count and CRC) at word `at`: 8 words. Wide fields as bits 0..31 and the rest. */
export function putResetDone(out: Int32Array, at: number, epoch: number): void {
  out[at] = 6;
  out[at + 1] = epoch;
  out[at + 2] = 0;
  out[at + 3] = 0;
  out[at + 4] = 0;
  out[at + 5] = 0;
  out[at + 6] = 0;
  out[at + 7] = 0;
}

/** Appends commands to a growing buffer; ranges are the kernel's to check. */
export class CommandWriter {
  private words: Uint32Array<ArrayBuffer>;
  private used = 0;

  /** capacity: commands before the buffer first grows. */
  constructor(capacity = 1024) {
    this.words = new Uint32Array(Math.max(1, capacity) * 4);
  }

  /** Commands written. */
  get count(): number {
    return this.used >>> 2;
  }

  /** A view on what was written, valid until the next write. */
  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.words.buffer, 0, this.used * 4);
  }

  clear(): this {
    this.used = 0;
    return this;
  }

  /** Takes back everything after the first `count` commands. */
  truncate(count: number): this {
    if (count * 4 < this.used) this.used = count * 4;
    return this;
  }

  /** Sets the commit flag of the last command, which must be one that has it. */
  commitLast(): this {
    if (this.used > 0) this.words[this.used - 4] = (this.words[this.used - 4] as number) | 0x100;
    return this;
  }

  private reserve(): number {
    const at = this.used;
    if (at + 4 > this.words.length) {
      const larger = new Uint32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    this.used = at + 4;
    return at;
  }

  /** clear the book, set its tick, enter BUILDING. commit: 1: publish the message (clause MSG-2); book: book id, below the books of the profile; tick: 1, 10, 25, 50, 100 or 1000 (1e-4 USD) */
  bookBegin(book: number, tick: number, commit = false): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 1 | ((commit ? 1 : 0) << 8) | (book << 16);
    words[at + 1] = tick;
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

  /** BUILDING or STALE -> LIVE. commit: 1: publish the message (clause MSG-2); book: book id, below the books of the profile */
  bookLive(book: number, commit = false): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 2 | ((commit ? 1 : 0) << 8) | (book << 16);
    words[at + 1] = 0;
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

  /** LIVE -> STALE; levels stay. commit: 1: publish the message (clause MSG-2); book: book id, below the books of the profile */
  bookStale(book: number, commit = false): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 3 | ((commit ? 1 : 0) << 8) | (book << 16);
    words[at + 1] = 0;
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

  /** set the absolute size of one level; 0 removes it. commit: 1: publish the message (clause MSG-2); side: BID or ASK; book: book id, below the books of the profile; level: price / tick, 1..10,000/tick - 1; size: 1e-6 share, absolute */
  levelSet(book: number, side: number, level: number, size: number, commit = false): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 4 | ((commit ? 1 : 0) << 8) | (side << 9) | (book << 16);
    words[at + 1] = level;
    words[at + 2] = (size >>> 0);
    words[at + 3] = ((size * 2 ** -32) >>> 0);
    return this;
  }

  /** set the taker fee rate of the book. commit: 1: publish the message (clause MSG-2); book: book id, below the books of the profile; rate: 2^-32 micro per P*(10,000-P); any 24-bit value */
  bookFee(book: number, rate: number, commit = false): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 5 | ((commit ? 1 : 0) << 8) | (book << 16);
    words[at + 1] = rate;
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

  /** choose which events of the book are suppressed. book: book id, below the books of the profile; maskTop: 1: no TOP events of this book; maskFair: 1: no fair-value signals of this book */
  bookMask(book: number, maskTop: boolean, maskFair: boolean): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 6 | (book << 16);
    words[at + 1] = (maskTop ? 1 : 0) | ((maskFair ? 1 : 0) << 1);
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

  /** make a basket without legs, disarmed, unmasked. basket: basket id, below the baskets of the profile; payout: micro a share, 1..256,000,000, net of conversion fees; kind: a basket kind, 1..7: a label for its signals */
  basketCreate(basket: number, payout: number, kind: number): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 32 | (basket << 16);
    words[at + 1] = payout;
    words[at + 2] = kind;
    words[at + 3] = 0;
    return this;
  }

  /** add one leg to a disarmed basket. outcome: YES: bought at the ask; NO: bought at 1 - bid; basket: basket id, below the baskets of the profile; book: book id, below the books of the profile */
  basketLeg(basket: number, book: number, outcome: number): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 33 | (outcome << 9) | (basket << 16);
    words[at + 1] = book;
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

  /** set thresholds, arm, evaluate at once; allowed again on an armed basket. basket: basket id, below the baskets of the profile; minEdge: micro a share, any 32-bit value; minSize: 1e-6 share */
  basketArm(basket: number, minEdge: number, minSize: number): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 34 | (basket << 16);
    words[at + 1] = minEdge;
    words[at + 2] = (minSize >>> 0);
    words[at + 3] = ((minSize * 2 ** -32) >>> 0);
    return this;
  }

  /** disarm; an open signal closes. basket: basket id, below the baskets of the profile */
  basketDisarm(basket: number): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 35 | (basket << 16);
    words[at + 1] = 0;
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

  /** remove the basket and its legs; an open signal closes. basket: basket id, below the baskets of the profile */
  basketRemove(basket: number): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 36 | (basket << 16);
    words[at + 1] = 0;
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

  /** choose whether the signals of the basket are suppressed. basket: basket id, below the baskets of the profile; maskSignal: 1: no SIGNAL events of this basket */
  basketMask(basket: number, maskSignal: boolean): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 37 | (basket << 16);
    words[at + 1] = (maskSignal ? 1 : 0);
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

  /** give the book a reference probability, evaluate at once. book: book id, below the books of the profile; fair: micro, 0..1,000,000; band: micro, 0..1,000,000 */
  fairSet(book: number, fair: number, band: number): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 64 | (book << 16);
    words[at + 1] = fair;
    words[at + 2] = band;
    words[at + 3] = 0;
    return this;
  }

  /** take the fair value away; open signals close. book: book id, below the books of the profile */
  fairClear(book: number): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 65 | (book << 16);
    words[at + 1] = 0;
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

  /** clear everything and mute.  */
  restoreBegin(): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 224;
    words[at + 1] = 0;
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

  /** the record index and event count to continue at. index: records consumed; events: events emitted */
  restoreCounts(index: number, events: number): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 225 | (index << 16);
    words[at + 1] = ((index * 2 ** -16) >>> 0);
    words[at + 2] = (events >>> 0);
    words[at + 3] = ((events * 2 ** -32) >>> 0);
    return this;
  }

  /** set index, event count and CRC, unmute. crc: CRC-32 of the events so far */
  restoreEnd(crc: number): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 226;
    words[at + 1] = crc;
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

  /** answer with counts and CRC of everything before. token: comes back in the answer */
  fence(token: number): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 240;
    words[at + 1] = token;
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

  /** answer with a CRC over the applied levels of one book. book: book id, below the books of the profile */
  bookDigest(book: number): this {
    const at = this.reserve();
    const words = this.words;
    words[at] = 241 | (book << 16);
    words[at + 1] = 0;
    words[at + 2] = 0;
    words[at + 3] = 0;
    return this;
  }

}
