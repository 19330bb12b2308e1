// Why a frame is refused. Codes are stable: they appear in captures, counters and reports.
// A refused frame changes nothing: none of its commands is kept and no state of the decoder moves.

export const Refusal = {
  NONE: 0,
  FRAME_TOO_LARGE: 1,
  TOO_MANY_LEVELS: 2,
  TOO_MANY_BOOKS: 3,
  TOO_DEEP: 4,
  JSON_SYNTAX: 5,
  UTF8_INVALID: 6,
  KEY_ESCAPED: 7,
  KEY_DUPLICATE: 8,
  FIELD_MISSING: 9,
  FIELD_TYPE: 10,
  FIELD_AMBIGUOUS: 11,
  EVENT_UNKNOWN: 12,
  TOKEN_UNKNOWN: 13,
  PRICE_SYNTAX: 14,
  PRICE_RANGE: 15,
  PRICE_OFF_GRID: 16,
  SIZE_SYNTAX: 17,
  SIZE_PRECISION: 18,
  SIZE_RANGE: 19,
  SIDE_UNKNOWN: 20,
  TICK_INVALID: 21,
  TICK_TOO_FINE: 22,
  TIMESTAMP_INVALID: 23,
  LEVEL_DUPLICATE: 24,
  NO_SNAPSHOT: 25,
  ROW_SYNTAX: 26,
  ROW_COLUMNS: 27,
} as const;
export type Refusal = (typeof Refusal)[keyof typeof Refusal];

/** What each code means, one sentence each. */
export const REFUSAL_DOCS: Readonly<Record<keyof typeof Refusal, string>> = {
  NONE: 'the frame was accepted',
  FRAME_TOO_LARGE: 'the frame has more bytes than the limit of the decoder',
  TOO_MANY_LEVELS: 'the frame has more levels, or messages, than the limit of the decoder',
  TOO_MANY_BOOKS: 'the frame changes more books than the profile allows one message',
  TOO_DEEP: 'arrays and objects are nested deeper than the limit of the scanner',
  JSON_SYNTAX: 'not JSON',
  UTF8_INVALID: 'a string is not UTF-8',
  KEY_ESCAPED: 'a key of a message is spelled with an escape, so that it might be any key',
  KEY_DUPLICATE: 'a key that is read stands twice in one object',
  FIELD_MISSING: 'a field that the message needs is absent or null',
  FIELD_TYPE: 'a field has another JSON type than the venue documents',
  FIELD_AMBIGUOUS: 'fields of two message formats in one message',
  EVENT_UNKNOWN: 'event_type is none that the decoder knows',
  TOKEN_UNKNOWN: 'the asset id is none of the universe',
  PRICE_SYNTAX: 'a price is not a plain decimal number',
  PRICE_RANGE: 'a price is not above 0 and below 1',
  PRICE_OFF_GRID: 'a price is not a multiple of the tick; it is never rounded',
  SIZE_SYNTAX: 'a size is not a plain decimal number',
  SIZE_PRECISION: 'a size is finer than 1e-6 share',
  SIZE_RANGE: 'a size is above 2^48 - 1 units of 1e-6 share',
  SIDE_UNKNOWN: 'a side is neither BUY nor SELL',
  TICK_INVALID: 'a tick is none of the contract',
  TICK_TOO_FINE: 'a tick is finer than the finest tick of the profile',
  TIMESTAMP_INVALID: 'a timestamp is not a whole number of milliseconds below 2^48',
  LEVEL_DUPLICATE: 'a snapshot names one price of one side twice',
  NO_SNAPSHOT: 'every change is for a book that waits for its snapshot',
  ROW_SYNTAX: 'the quotes of a CSV row do not match',
  ROW_COLUMNS: 'a CSV row has another number of columns than the header',
};

/** Names by code. */
export const refusalNames: readonly (keyof typeof Refusal)[] = Object.keys(Refusal) as (keyof typeof Refusal)[];

/**
 * True when a book that is live may lack an update because the frame was refused: the host makes such books stale and
 * asks for snapshots. After NO_SNAPSHOT it need not, the snapshot is still to come.
 */
export function losesUpdates(refusal: Refusal): boolean {
  return refusal !== Refusal.NONE && refusal !== Refusal.NO_SNAPSHOT;
}

/** Thrown inside a decoder only, one instance again and again: a stream of bad frames costs no garbage. */
export class FrameRefused extends Error {
  override readonly name = 'FrameRefused';
  refusal: Refusal = Refusal.NONE;
  /** Byte of the frame at which it was noticed. */
  offset = 0;
  /** The book that it concerns, -1 when that is not known. */
  book = -1;
}

const refused = new FrameRefused('a frame was refused');

/** Gives up the frame; the `decode` around it takes everything back. */
export function refuse(refusal: Refusal, offset: number, book = -1): never {
  refused.refusal = refusal;
  refused.offset = offset;
  refused.book = book;
  throw refused;
}
