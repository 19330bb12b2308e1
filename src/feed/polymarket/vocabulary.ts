// The words of Polymarket's market channel that the decoder acts on, compared as bytes.
import { MessageKind } from '../decoder.js';

/** Keys that are read; every other key is walked over. The numbers are bits of a mask. */
export const Key = {
  OTHER: 0,
  EVENT_TYPE: 1,
  ASSET_ID: 2,
  TIMESTAMP: 3,
  TICK_SIZE: 4,
  NEW_TICK_SIZE: 5,
  PRICE: 6,
  SIZE: 7,
  SIDE: 8,
  BIDS: 9,
  ASKS: 10,
  PRICE_CHANGES: 11,
  CHANGES: 12,
  ASSETS_IDS: 13,
} as const;
export type Key = (typeof Key)[keyof typeof Key];
export const KEY_COUNT = Object.keys(Key).length;

/** Places of a vocabulary: a power of two, well above the number of words, so that few words share one. */
const PLACES = 64;

function place(length: number, first: number, last: number): number {
  return (length * 5 + first * 3 + last) & (PLACES - 1);
}

/** A few words with what each means, found by their bytes. */
class Vocabulary<T> {
  private readonly words: (Uint8Array | undefined)[] = new Array<undefined>(PLACES).fill(undefined);
  private readonly meanings: (T | undefined)[] = new Array<undefined>(PLACES).fill(undefined);

  constructor(words: Readonly<Record<string, T>>) {
    for (const [text, meaning] of Object.entries(words)) {
      const word = new TextEncoder().encode(text);
      let at = place(word.length, word[0] as number, word[word.length - 1] as number);
      while (this.words[at] !== undefined) at = (at + 1) & (PLACES - 1);
      this.words[at] = word;
      this.meanings[at] = meaning;
    }
  }

  /** The meaning of bytes[start, stop), undefined for a word that is not in it. */
  find(bytes: Uint8Array, start: number, stop: number): T | undefined {
    const length = stop - start;
    if (length === 0) return undefined;
    let at = place(length, bytes[start] as number, bytes[stop - 1] as number);
    for (;;) {
      const word = this.words[at];
      if (word === undefined) return undefined;
      if (word.length === length) {
        let same = 0;
        while (same < length && word[same] === bytes[start + same]) same++;
        if (same === length) return this.meanings[at];
      }
      at = (at + 1) & (PLACES - 1);
    }
  }
}

const KEYS = new Vocabulary<Key>({
  event_type: Key.EVENT_TYPE,
  asset_id: Key.ASSET_ID,
  timestamp: Key.TIMESTAMP,
  tick_size: Key.TICK_SIZE,
  new_tick_size: Key.NEW_TICK_SIZE,
  price: Key.PRICE,
  size: Key.SIZE,
  side: Key.SIDE,
  bids: Key.BIDS,
  asks: Key.ASKS,
  price_changes: Key.PRICE_CHANGES,
  changes: Key.CHANGES,
  assets_ids: Key.ASSETS_IDS,
});

const EVENTS = new Vocabulary<MessageKind>({
  book: MessageKind.BOOK,
  price_change: MessageKind.PRICE_CHANGE,
  tick_size_change: MessageKind.TICK_SIZE_CHANGE,
  last_trade_price: MessageKind.LAST_TRADE_PRICE,
  best_bid_ask: MessageKind.BEST_BID_ASK,
  market_resolved: MessageKind.MARKET_RESOLVED,
  new_market: MessageKind.NEW_MARKET,
});

const SIDES = new Vocabulary<'BUY' | 'SELL'>({ BUY: 'BUY', SELL: 'SELL' });
const HEARTBEATS = new Vocabulary<true>({ PONG: true });

export function keyAt(bytes: Uint8Array, start: number, stop: number): Key {
  return KEYS.find(bytes, start, stop) ?? Key.OTHER;
}

/** The kind that an event_type names. */
export function kindAt(bytes: Uint8Array, start: number, stop: number): MessageKind | undefined {
  return EVENTS.find(bytes, start, stop);
}

export function sideAt(bytes: Uint8Array, start: number, stop: number): 'BUY' | 'SELL' | undefined {
  return SIDES.find(bytes, start, stop);
}

/** The answer to a PING is the bare word, not JSON. */
export function isHeartbeat(frame: Uint8Array): boolean {
  return HEARTBEATS.find(frame, 0, frame.length) === true;
}
