// The arithmetic of the clauses, each as a function of plain state: best levels, pages, rows, fees, signals, CRCs.
// Everything is counted anew at every call; speed is no aim.
import { MICRO_ONE, MICRO_PER_PRICE, PAGE_LEVELS, PRICE_ONE } from '../../src/contract/generated/records.js';
import {
  type ActionName,
  type Basket,
  type Book,
  EMPTY_ROW,
  type Fair,
  type Quote,
  type Row,
  rowOf,
  type SideName,
  type State,
} from './state.js';

/** BOOK-3: levels are 1..10,000/tick - 1. */
export const largestLevel = (tick: number): number => PRICE_ONE / tick - 1;

/** BOOK-6: the bid slot counts from the highest level, the ask slot from the lowest. */
export function pageOf(side: SideName, level: number, tick: number): number {
  const slot = side === 'BID' ? largestLevel(tick) - level : level - 1;
  return Math.floor(slot / PAGE_LEVELS);
}

/** BOOK-6: the pages that one book holds, counted from its levels: `BID 0`, `ASK 7`, ... */
export function pagesOf(book: Book): Set<string> {
  const pages = new Set<string>();
  for (const side of ['BID', 'ASK'] as const) {
    for (const level of book.levels[side].keys()) pages.add(`${side} ${pageOf(side, level, book.tick)}`);
  }
  return pages;
}

/** BOOK-6: pages held over all books and both sides. */
export function heldPages(state: State): number {
  let held = 0;
  for (const book of state.books.values()) held += pagesOf(book).size;
  return held;
}

/** BOOK-5: bids best first (highest level), asks best first (lowest level), as [level, size]. */
export function bestFirst(book: Book, side: SideName): [number, number][] {
  const levels = [...book.levels[side]];
  return levels.sort(([a], [b]) => (side === 'BID' ? b - a : a - b));
}

/** ROW-3: fee(P) = ceil(rate * P * (10,000 - P) / 2^32) micro. */
export function fee(rate: number, price: number): bigint {
  const exact = BigInt(rate) * BigInt(price) * BigInt(PRICE_ONE - price);
  const divisor = 2n ** 32n;
  return (exact + divisor - 1n) / divisor;
}

/** The row that publishing this book writes now. */
export function rowFrom(book: Book): Row {
  if (book.state !== 'LIVE') return EMPTY_ROW; // ROW-2
  const [bid] = bestFirst(book, 'BID');
  const [ask] = bestFirst(book, 'ASK');
  const bidPrice = bid === undefined ? 0 : bid[0] * book.tick; // ROW-1, BOOK-3
  const askPrice = ask === undefined ? 0 : ask[0] * book.tick;
  const perPrice = BigInt(MICRO_PER_PRICE);
  return {
    bidPrice,
    bidSize: bid?.[1] ?? 0,
    askPrice,
    askSize: ask?.[1] ?? 0,
    // ROW-3: absent with the ask, absent with the bid; the fee rate at the time of publishing.
    costYes: ask === undefined ? undefined : perPrice * BigInt(askPrice) + fee(book.rate, askPrice),
    costNo: bid === undefined ? undefined : perPrice * BigInt(PRICE_ONE - bidPrice) + fee(book.rate, bidPrice),
  };
}

/** ROW-4: whether publishing `after` over `before` is due a TOP event. */
export function topDiffers(before: Row, after: Row): boolean {
  return (
    before.bidPrice !== after.bidPrice ||
    before.bidSize !== after.bidSize ||
    before.askPrice !== after.askPrice ||
    before.askSize !== after.askSize
  );
}

/** BSK-3, BSK-4: edge and size of the basket while its signal is to be open, else undefined. */
export function basketQuote(state: State, basket: Basket): Quote | undefined {
  if (!basket.armed) return undefined;
  let edge = BigInt(basket.payout);
  let size = Number.POSITIVE_INFINITY;
  for (const leg of basket.legs) {
    const row = rowOf(state, leg.book);
    const cost = leg.outcome === 'YES' ? row.costYes : row.costNo;
    if (cost === undefined) return undefined; // a missing leg: not complete
    edge -= cost;
    size = Math.min(size, leg.outcome === 'YES' ? row.askSize : row.bidSize);
  }
  return edge >= BigInt(basket.minEdge) && size >= basket.minSize ? { edge, size } : undefined;
}

/** FAIR-2: edge = fair - cost of YES, size = ask size. */
export function fairBuyQuote(row: Row, fair: Fair): Quote | undefined {
  if (row.costYes === undefined) return undefined;
  const edge = BigInt(fair.fair) - row.costYes;
  return edge >= BigInt(fair.band) ? { edge, size: row.askSize } : undefined;
}

/**
 * FAIR-2: edge = (100 * bid - fee(bid)) - fair, size = bid size. The fee is the one of the published row, so
 * 100 * bid - fee(bid) is 1 USD less the cost of NO.
 */
export function fairSellQuote(row: Row, fair: Fair): Quote | undefined {
  if (row.costNo === undefined) return undefined;
  const edge = BigInt(MICRO_ONE) - row.costNo - BigInt(fair.fair);
  return edge >= BigInt(fair.band) ? { edge, size: row.bidSize } : undefined;
}

/** BSK-4: what a signal emits that said `said` and is now to be `now`; CLOSE repeats what was said last. */
export function signalStep(
  said: Quote | undefined,
  now: Quote | undefined,
): { action: ActionName; quote: Quote } | undefined {
  if (said === undefined) return now === undefined ? undefined : { action: 'OPEN', quote: now };
  if (now === undefined) return { action: 'CLOSE', quote: said };
  return now.edge === said.edge && now.size === said.size ? undefined : { action: 'CHANGE', quote: now };
}

/** INT-1: CRC-32 (IEEE 802.3, reflected), continued from `crc`; bit by bit. */
export function crc32(crc: number, bytes: Uint8Array): number {
  let register = ~crc;
  for (const byte of bytes) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) register = register & 1 ? (register >>> 1) ^ 0xedb88320 : register >>> 1;
  }
  return ~register >>> 0;
}

/** INT-4: 8 bytes a level: u16 (level, plus 0x8000 for an ask), u48 size; bids best first, then asks best first. */
export function levelsCrc(book: Book): number {
  let crc = 0;
  for (const side of ['BID', 'ASK'] as const) {
    for (const [level, size] of bestFirst(book, side)) {
      const bytes = new Uint8Array(8);
      const key = level + (side === 'ASK' ? 0x8000 : 0);
      bytes.set([key % 256, Math.floor(key / 256)], 0);
      for (let i = 0; i < 6; i++) bytes[2 + i] = Math.floor(size / 256 ** i) % 256;
      crc = crc32(crc, bytes);
    }
  }
  return crc;
}
