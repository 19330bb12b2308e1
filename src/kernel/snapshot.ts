// Writes the commands that rebuild an engine (RST-5), in an order that needs no more room than the original had.
import { BookState, CommandWriter, Side, TICK_VALUES } from '../contract/generated/records.js';
import type { Baskets } from './baskets.js';
import type { Books } from './books.js';
import type { FairValues } from './fair-values.js';
import { NO_SLOT } from './ladders.js';

/**
 * Order and room. At the last commit every published level stood in a held page, so the rows as last published (clean
 * books whole, dirty books by their best levels) fit the pages of the profile. After that the dirty books are cleared
 * in order of first touch, which gives their pages back, and filled to what they hold now.
 */
export function writeSnapshot(
  books: Books,
  baskets: Baskets,
  fairs: FairValues,
  counters: { readonly index: number; readonly events: number; readonly crc: number },
): Uint8Array {
  const out = new CommandWriter();
  out.restoreBegin();
  for (let book = 0; book < books.count; book++) {
    if (books.isTouched(book)) publishedRow(out, books, book);
    else wholeBook(out, books, book);
    const mask = books.mask[book] as number;
    if (mask !== 0) out.bookMask(book, (mask & 1) !== 0, (mask & 2) !== 0);
  }
  writeBaskets(out, baskets);
  for (let book = 0; book < books.count; book++) {
    if (fairs.exists[book] !== 0) out.fairSet(book, fairs.fair[book] as number, fairs.band[book] as number);
  }
  const dirty = books.dirty.subarray(0, books.dirtyCount);
  for (const book of dirty) {
    // The first command of each book touches it: this loop fixes the order of first touch.
    if (books.state[book] === BookState.EMPTY) out.bookFee(book, books.rate[book] as number);
    else out.bookBegin(book, books.tick[book] as number);
  }
  for (const book of dirty) {
    if (books.state[book] === BookState.EMPTY) continue;
    out.bookFee(book, books.rate[book] as number);
    levelsAndState(out, books, book);
  }
  out.restoreCounts(counters.index, counters.events).restoreEnd(counters.crc);
  return out.bytes();
}

function wholeBook(out: CommandWriter, books: Books, book: number): void {
  const rate = books.rate[book] as number;
  const empty = books.state[book] === BookState.EMPTY;
  if (empty && rate === 0) return;
  if (rate !== 0) out.bookFee(book, rate);
  if (!empty) {
    out.bookBegin(book, books.tick[book] as number);
    levelsAndState(out, books, book);
  }
  out.commitLast();
}

/** A dirty book as it was last published: its best levels and the fee of that time. */
function publishedRow(out: CommandWriter, books: Books, book: number): void {
  const bid = books.bidPrice[book] as number;
  const ask = books.askPrice[book] as number;
  const rate = books.publishedRate[book] as number;
  if (bid === 0 && ask === 0) return;
  if (rate !== 0) out.bookFee(book, rate);
  // The tick of that time may be gone; any allowed tick that has both prices on its grid gives the same row.
  const tick = coarsestTick(bid, ask);
  out.bookBegin(book, tick);
  if (bid !== 0) out.levelSet(book, Side.BID, bid / tick, books.bidSize[book] as number);
  if (ask !== 0) out.levelSet(book, Side.ASK, ask / tick, books.askSize[book] as number);
  out.bookLive(book, true);
}

function coarsestTick(bid: number, ask: number): number {
  for (let i = TICK_VALUES.length - 1; i > 0; i--) {
    const tick = TICK_VALUES[i] as number;
    if (bid % tick === 0 && ask % tick === 0) return tick;
  }
  return 1;
}

function levelsAndState(out: CommandWriter, books: Books, book: number): void {
  for (const side of [Side.BID, Side.ASK]) {
    const ladder = book * 2 + side;
    const { ladders } = books;
    for (let s = ladders.best[ladder] as number; s !== NO_SLOT; s = ladders.nextSlot(ladder, s + 1)) {
      out.levelSet(book, side, books.levelOf(book, side, s), ladders.size(ladder, s));
    }
  }
  const state = books.state[book];
  if (state === BookState.LIVE || state === BookState.STALE) out.bookLive(book);
  if (state === BookState.STALE) out.bookStale(book);
}

function writeBaskets(out: CommandWriter, baskets: Baskets): void {
  for (let basket = 0; basket < baskets.count; basket++) {
    if (baskets.exists[basket] === 0) continue;
    out.basketCreate(basket, baskets.payout[basket] as number, baskets.kind[basket] as number);
    baskets.forEachLeg(basket, (book, outcome) => out.basketLeg(basket, book, outcome));
    if (baskets.armed[basket] !== 0) {
      out.basketArm(basket, baskets.minEdge[basket] as number, baskets.minSize[basket] as number);
    }
    if (baskets.masked[basket] !== 0) out.basketMask(basket, true);
  }
}
