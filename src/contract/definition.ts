// The kernel contract: the one definition of records, enums, limits and profile fields.
// Everything that other languages need of it is generated from here (`npm run generate`);
// the rules that are not layout are the clauses of `clauses.ts`.

/** One bit field of a record. `lsb` counts from bit 0 of byte 0, little-endian. */
export interface Field {
  readonly name: string;
  readonly lsb: number;
  readonly bits: number;
  /** Two's complement when true. */
  readonly signed?: true;
  /** Name of the enum whose values the field holds. */
  readonly enum?: string;
  /** Unit and legal range, for the reference table. */
  readonly doc: string;
}

export interface RecordDefinition {
  readonly name: string;
  readonly code: number;
  readonly fields: readonly Field[];
  readonly doc: string;
}

export interface CommandDefinition extends RecordDefinition {
  /** Refusals in the order in which they are checked, after UNKNOWN_OPCODE and RESERVED_BITS (clause REC-5). */
  readonly refusals: readonly string[];
}

export interface EnumDefinition {
  readonly doc: string;
  readonly bits: number;
  readonly values: Readonly<Record<string, number>>;
}

export interface ProfileField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly doc: string;
}

/** Bump when a clause changes behaviour without changing a layout: it is part of the digest. */
export const REVISION = 1;

export const COMMAND_BYTES = 16;
export const EVENT_BYTES = 32;

export const LIMITS = {
  PRICE_ONE: { value: 10_000, doc: 'price of a certain share, in 1e-4 USD: 1 USD' },
  MICRO_PER_PRICE: { value: 100, doc: 'micro (1e-6 USD) in one price unit (1e-4 USD)' },
  MICRO_ONE: { value: 1_000_000, doc: 'micro in 1 USD: what a winning share pays' },
  PAGE_LEVELS: { value: 128, doc: 'levels in one page' },
  SIZE_MAX: { value: 2 ** 48 - 1, doc: 'largest size, in 1e-6 share' },
  FEE_RATE_MAX: { value: 2 ** 24 - 1, doc: 'largest fee rate, in 2^-32 micro per P*(10,000-P)' },
  PAYOUT_MAX: { value: 256_000_000, doc: 'largest payout of a basket, in micro a share' },
  FAIR_MAX: { value: 1_000_000, doc: 'largest fair value and largest band, in micro' },
  COUNTER_MODULO: { value: 2 ** 48, doc: 'record index and event count wrap here' },
} as const;

/** Price steps in 1e-4 USD, finest first. */
export const TICKS = [1, 10, 25, 50, 100, 1000] as const;

export const ENUMS: Readonly<Record<string, EnumDefinition>> = {
  BookState: {
    doc: 'state of a book (clause BOOK-1)',
    bits: 2,
    values: { EMPTY: 0, BUILDING: 1, LIVE: 2, STALE: 3 },
  },
  Side: { doc: 'side of a ladder', bits: 1, values: { BID: 0, ASK: 1 } },
  Outcome: { doc: 'the token that a leg buys', bits: 1, values: { YES: 0, NO: 1 } },
  SignalKind: {
    doc: 'what a signal means; 1..7 are basket kinds',
    bits: 8,
    values: {
      CROSS: 1,
      COMPLEMENT_LONG: 2,
      COMPLEMENT_SHORT: 3,
      MULTI_LONG: 4,
      MULTI_SHORT: 5,
      IMPLICATION: 6,
      TWO_VENUE: 7,
      FAIR_BUY: 8,
      FAIR_SELL: 9,
    },
  },
  SignalAction: { doc: 'what happened to a signal', bits: 8, values: { OPEN: 1, CHANGE: 2, CLOSE: 3 } },
  ErrorCode: {
    doc: 'why a record was refused',
    bits: 8,
    values: {
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
    },
  },
};

/** One sentence for each ErrorCode, for people. */
export const ERROR_DOCS: Readonly<Record<string, string>> = {
  UNKNOWN_OPCODE: 'byte 0 is no opcode of this contract',
  RESERVED_BITS: 'a bit outside the fields of the command is set',
  BOOK_RANGE: 'book is not below the books of the profile',
  TICK_INVALID: 'tick is not one of 1, 10, 25, 50, 100, 1000',
  TICK_TOO_FINE: 'tick is finer than the finest tick of the profile',
  BOOK_STATE: 'the state of the book does not allow this command',
  LEVEL_RANGE: 'level is not in 1..10,000/tick - 1',
  MESSAGE_LIMIT: 'the message already touches as many books as the profile allows',
  PAGE_LIMIT: 'every page of the profile is held',
  BASKET_RANGE: 'basket is not below the baskets of the profile',
  BASKET_EXISTS: 'the basket is already there; remove it first',
  BASKET_ABSENT: 'there is no such basket',
  BASKET_ARMED: 'legs cannot be added to an armed basket; disarm it first',
  BASKET_NO_LEGS: 'a basket without legs cannot be armed',
  KIND_INVALID: 'kind is not a basket kind (1..7)',
  PAYOUT_RANGE: 'payout is not in 1..256,000,000 micro',
  LEG_DUPLICATE: 'the basket already buys this outcome of this book',
  BASKET_LEGS_LIMIT: 'the basket holds as many legs as the profile allows one basket',
  LEGS_LIMIT: 'all baskets together hold as many legs as the profile allows',
  FAIR_RANGE: 'fair is not in 0..1,000,000 micro',
  BAND_RANGE: 'band is not in 0..1,000,000 micro',
  FAIR_LIMIT: 'as many books have a fair value as the profile allows',
  FAIR_ABSENT: 'the book has no fair value',
  NOT_RESTORING: 'only allowed between RESTORE_BEGIN and RESTORE_END',
  IN_RESTORE: 'not allowed between RESTORE_BEGIN and RESTORE_END',
  RESTORE_FAILED: 'a record inside the restore was refused; the event names the first',
  COUNTS_MISSING: 'RESTORE_END came without RESTORE_COUNTS (named inside RESTORE_FAILED)',
};

const commit: Field = { name: 'commit', lsb: 8, bits: 1, doc: '1: publish the message (clause MSG-2)' };
const book: Field = { name: 'book', lsb: 16, bits: 16, doc: 'book id, below the books of the profile' };
const basket: Field = { name: 'basket', lsb: 16, bits: 16, doc: 'basket id, below the baskets of the profile' };

/** Opcode ranges: 0x01 books, 0x20 baskets, 0x40 fair values, 0xe0 restore, 0xf0 integrity. */
export const RESERVED_OPCODES = [
  { from: 0x50, to: 0x5f, doc: 'depth sweep' },
  { from: 0x60, to: 0x6f, doc: 'indicators' },
  { from: 0x70, to: 0x7f, doc: 'pre-trade risk' },
] as const;

export const COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'BOOK_BEGIN',
    code: 0x01,
    doc: 'clear the book, set its tick, enter BUILDING',
    fields: [commit, book, { name: 'tick', lsb: 32, bits: 16, doc: '1, 10, 25, 50, 100 or 1000 (1e-4 USD)' }],
    refusals: ['BOOK_RANGE', 'TICK_INVALID', 'TICK_TOO_FINE', 'MESSAGE_LIMIT'],
  },
  {
    name: 'BOOK_LIVE',
    code: 0x02,
    doc: 'BUILDING or STALE -> LIVE',
    fields: [commit, book],
    refusals: ['BOOK_RANGE', 'BOOK_STATE', 'MESSAGE_LIMIT'],
  },
  {
    name: 'BOOK_STALE',
    code: 0x03,
    doc: 'LIVE -> STALE; levels stay',
    fields: [commit, book],
    refusals: ['BOOK_RANGE', 'BOOK_STATE', 'MESSAGE_LIMIT'],
  },
  {
    name: 'LEVEL_SET',
    code: 0x04,
    doc: 'set the absolute size of one level; 0 removes it',
    fields: [
      commit,
      { name: 'side', lsb: 9, bits: 1, enum: 'Side', doc: 'BID or ASK' },
      book,
      { name: 'level', lsb: 32, bits: 16, doc: 'price / tick, 1..10,000/tick - 1' },
      { name: 'size', lsb: 64, bits: 48, doc: '1e-6 share, absolute' },
    ],
    refusals: ['BOOK_RANGE', 'BOOK_STATE', 'LEVEL_RANGE', 'MESSAGE_LIMIT', 'PAGE_LIMIT'],
  },
  {
    name: 'BOOK_FEE',
    code: 0x05,
    doc: 'set the taker fee rate of the book',
    fields: [commit, book, { name: 'rate', lsb: 32, bits: 24, doc: '2^-32 micro per P*(10,000-P); any 24-bit value' }],
    refusals: ['BOOK_RANGE', 'MESSAGE_LIMIT'],
  },
  {
    name: 'BOOK_MASK',
    code: 0x06,
    doc: 'choose which events of the book are suppressed',
    fields: [
      book,
      { name: 'mask_top', lsb: 32, bits: 1, doc: '1: no TOP events of this book' },
      { name: 'mask_fair', lsb: 33, bits: 1, doc: '1: no fair-value signals of this book' },
    ],
    refusals: ['BOOK_RANGE'],
  },
  {
    name: 'BASKET_CREATE',
    code: 0x20,
    doc: 'make a basket without legs, disarmed, unmasked',
    fields: [
      basket,
      { name: 'payout', lsb: 32, bits: 32, doc: 'micro a share, 1..256,000,000, net of conversion fees' },
      { name: 'kind', lsb: 64, bits: 8, enum: 'SignalKind', doc: 'a basket kind, 1..7: a label for its signals' },
    ],
    refusals: ['BASKET_RANGE', 'BASKET_EXISTS', 'KIND_INVALID', 'PAYOUT_RANGE'],
  },
  {
    name: 'BASKET_LEG',
    code: 0x21,
    doc: 'add one leg to a disarmed basket',
    fields: [
      { name: 'outcome', lsb: 9, bits: 1, enum: 'Outcome', doc: 'YES: bought at the ask; NO: bought at 1 - bid' },
      basket,
      { name: 'book', lsb: 32, bits: 16, doc: 'book id, below the books of the profile' },
    ],
    refusals: [
      'BASKET_RANGE',
      'BASKET_ABSENT',
      'BASKET_ARMED',
      'BOOK_RANGE',
      'LEG_DUPLICATE',
      'BASKET_LEGS_LIMIT',
      'LEGS_LIMIT',
    ],
  },
  {
    name: 'BASKET_ARM',
    code: 0x22,
    doc: 'set thresholds, arm, evaluate at once; allowed again on an armed basket',
    fields: [
      basket,
      { name: 'min_edge', lsb: 32, bits: 32, signed: true, doc: 'micro a share, any 32-bit value' },
      { name: 'min_size', lsb: 64, bits: 48, doc: '1e-6 share' },
    ],
    refusals: ['BASKET_RANGE', 'BASKET_ABSENT', 'BASKET_NO_LEGS'],
  },
  {
    name: 'BASKET_DISARM',
    code: 0x23,
    doc: 'disarm; an open signal closes',
    fields: [basket],
    refusals: ['BASKET_RANGE', 'BASKET_ABSENT'],
  },
  {
    name: 'BASKET_REMOVE',
    code: 0x24,
    doc: 'remove the basket and its legs; an open signal closes',
    fields: [basket],
    refusals: ['BASKET_RANGE', 'BASKET_ABSENT'],
  },
  {
    name: 'BASKET_MASK',
    code: 0x25,
    doc: 'choose whether the signals of the basket are suppressed',
    fields: [basket, { name: 'mask_signal', lsb: 32, bits: 1, doc: '1: no SIGNAL events of this basket' }],
    refusals: ['BASKET_RANGE', 'BASKET_ABSENT'],
  },
  {
    name: 'FAIR_SET',
    code: 0x40,
    doc: 'give the book a reference probability, evaluate at once',
    fields: [
      book,
      { name: 'fair', lsb: 32, bits: 32, doc: 'micro, 0..1,000,000' },
      { name: 'band', lsb: 64, bits: 32, doc: 'micro, 0..1,000,000' },
    ],
    refusals: ['BOOK_RANGE', 'FAIR_RANGE', 'BAND_RANGE', 'FAIR_LIMIT'],
  },
  {
    name: 'FAIR_CLEAR',
    code: 0x41,
    doc: 'take the fair value away; open signals close',
    fields: [book],
    refusals: ['BOOK_RANGE', 'FAIR_ABSENT'],
  },
  {
    name: 'RESTORE_BEGIN',
    code: 0xe0,
    doc: 'clear everything and mute',
    fields: [],
    refusals: [],
  },
  {
    name: 'RESTORE_COUNTS',
    code: 0xe1,
    doc: 'the record index and event count to continue at',
    fields: [
      { name: 'index', lsb: 16, bits: 48, doc: 'records consumed' },
      { name: 'events', lsb: 64, bits: 48, doc: 'events emitted' },
    ],
    refusals: ['NOT_RESTORING'],
  },
  {
    name: 'RESTORE_END',
    code: 0xe2,
    doc: 'set index, event count and CRC, unmute',
    fields: [{ name: 'crc', lsb: 32, bits: 32, doc: 'CRC-32 of the events so far' }],
    refusals: ['NOT_RESTORING', 'RESTORE_FAILED'],
  },
  {
    name: 'FENCE',
    code: 0xf0,
    doc: 'answer with counts and CRC of everything before',
    fields: [{ name: 'token', lsb: 32, bits: 32, doc: 'comes back in the answer' }],
    refusals: ['IN_RESTORE'],
  },
  {
    name: 'BOOK_DIGEST',
    code: 0xf1,
    doc: 'answer with a CRC over the applied levels of one book',
    fields: [book],
    refusals: ['IN_RESTORE', 'BOOK_RANGE'],
  },
];

const command: Field = { name: 'command', lsb: 64, bits: 48, doc: 'index of the record that caused the event' };

export const EVENTS: readonly RecordDefinition[] = [
  {
    name: 'TOP',
    code: 1,
    doc: 'the best prices or sizes of a published row changed (clause ROW-4)',
    fields: [
      { name: 'book', lsb: 16, bits: 16, doc: 'book id' },
      { name: 'bid_price', lsb: 32, bits: 16, doc: '1e-4 USD; 0: no bid' },
      { name: 'ask_price', lsb: 48, bits: 16, doc: '1e-4 USD; 0: no ask' },
      command,
      { name: 'bid_size', lsb: 128, bits: 48, doc: '1e-6 share' },
      { name: 'ask_size', lsb: 192, bits: 48, doc: '1e-6 share' },
    ],
  },
  {
    name: 'SIGNAL',
    code: 2,
    doc: 'a basket or fair-value signal opened, changed or closed',
    fields: [
      { name: 'action', lsb: 8, bits: 8, enum: 'SignalAction', doc: 'OPEN, CHANGE or CLOSE' },
      { name: 'id', lsb: 16, bits: 16, doc: 'basket id; book id for FAIR_BUY and FAIR_SELL' },
      { name: 'edge', lsb: 32, bits: 32, signed: true, doc: 'micro a share' },
      command,
      { name: 'kind', lsb: 112, bits: 8, enum: 'SignalKind', doc: 'kind of the basket, FAIR_BUY or FAIR_SELL' },
      { name: 'size', lsb: 128, bits: 48, doc: '1e-6 share: smallest leg size at the best level' },
    ],
  },
  {
    name: 'REFUSED',
    code: 3,
    doc: 'a record was refused and changed nothing',
    fields: [
      { name: 'error', lsb: 8, bits: 8, enum: 'ErrorCode', doc: 'why' },
      { name: 'id', lsb: 16, bits: 16, doc: 'bits 16..31 of the refused record' },
      { name: 'restore_record', lsb: 32, bits: 32, doc: 'RESTORE_FAILED: ordinal of the first refused record' },
      command,
      { name: 'restore_error', lsb: 112, bits: 8, doc: 'RESTORE_FAILED: ErrorCode of that record; else 0' },
      { name: 'record', lsb: 128, bits: 128, doc: 'the refused record, byte for byte' },
    ],
  },
  {
    name: 'FENCE',
    code: 4,
    doc: 'answer to FENCE',
    fields: [
      { name: 'token', lsb: 32, bits: 32, doc: 'the token of the command' },
      command,
      { name: 'records', lsb: 128, bits: 48, doc: 'records consumed, this one included' },
      { name: 'events', lsb: 176, bits: 48, doc: 'events emitted, this one not included' },
      { name: 'crc', lsb: 224, bits: 32, doc: 'CRC-32 of those events' },
    ],
  },
  {
    name: 'BOOK_DIGEST',
    code: 5,
    doc: 'answer to BOOK_DIGEST',
    fields: [
      { name: 'state', lsb: 8, bits: 8, enum: 'BookState', doc: 'state of the book' },
      { name: 'book', lsb: 16, bits: 16, doc: 'book id' },
      { name: 'crc', lsb: 32, bits: 32, doc: 'CRC-32 over the levels (clause INT-4)' },
      command,
      { name: 'tick', lsb: 112, bits: 16, doc: '1e-4 USD; 0 while EMPTY' },
      { name: 'bids', lsb: 128, bits: 16, doc: 'bid levels with a size' },
      { name: 'asks', lsb: 144, bits: 16, doc: 'ask levels with a size' },
      { name: 'rate', lsb: 160, bits: 24, doc: 'fee rate' },
      { name: 'mask_top', lsb: 184, bits: 1, doc: 'as in BOOK_MASK' },
      { name: 'mask_fair', lsb: 185, bits: 1, doc: 'as in BOOK_MASK' },
    ],
  },
  {
    name: 'RESET_DONE',
    code: 6,
    doc: 'first record after a reset; outside count and CRC',
    fields: [{ name: 'epoch', lsb: 32, bits: 32, doc: 'as the host chose it' }],
  },
];

export const PROFILE_FIELDS: readonly ProfileField[] = [
  { name: 'books', min: 1, max: 65_536, doc: 'book ids 0..books-1' },
  { name: 'pages', min: 0, max: 1_048_576, doc: 'pages of 128 levels, over all books and sides' },
  { name: 'baskets', min: 0, max: 65_536, doc: 'basket ids 0..baskets-1' },
  { name: 'legs', min: 0, max: 1_048_576, doc: 'legs over all baskets' },
  { name: 'legs_per_basket', min: 0, max: 256, doc: 'legs in one basket' },
  { name: 'fairs', min: 0, max: 65_536, doc: 'books with a fair value at one time' },
  { name: 'books_per_message', min: 1, max: 65_536, doc: 'books that one message may touch' },
  { name: 'finest_tick', min: 1, max: 1000, doc: 'finest tick allowed, one of the ticks' },
];

/** Named profiles. They are no part of the digest: any profile within the limits is legal. */
export const PROFILES: Readonly<
  Record<string, readonly [number, number, number, number, number, number, number, number]>
> = {
  standard: [8192, 32_768, 8192, 65_536, 256, 8192, 1024, 1],
  large: [65_536, 262_144, 65_536, 524_288, 256, 65_536, 4096, 1],
  sim: [1024, 4096, 1024, 8192, 256, 1024, 256, 1],
  ecp5: [32, 128, 64, 256, 32, 32, 16, 10],
  ice40: [4, 8, 4, 8, 4, 0, 4, 100],
  tiny: [5, 6, 4, 9, 4, 2, 3, 10],
  bare: [2, 0, 0, 0, 0, 0, 1, 100],
};
