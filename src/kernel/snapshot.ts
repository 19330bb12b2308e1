// Writes the commands that rebuild an engine (RST-5), in an order that needs no more room than the original had.
import { BookState, CommandWriter, Side, TICK_VALUES } from '../contract/generated/records.js';
import { type Baskets, Field } from './baskets.js';
import { type Books, Column } from './books.js';
import type { FairValues } from './fair-values.js';
import { Ladders } from './ladders.js';

const { ARMED, EXISTS, KIND, MASKED, MIN_EDGE, PAYOUT } = Field;
const { ASK_PRICE, ASK_SIZE_LOW, BID_PRICE, BID_SIZE_LOW, MASK, MASK_FAIR, MASK_TOP, PUBLISHED_RATE } = Column;
const { RATE, STATE, TICK } = Column;
const { NO_SLOT } = Ladders;

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
    if (books.isDirty(book)) publishedRow(out, books, book);
    else wholeBook(out, books, book);
    const mask = books.get(book, MASK);
    if (mask !== 0) out.bookMask(book, (mask & MASK_TOP) !== 0, (mask & MASK_FAIR) !== 0);
  }
  writeBaskets(out, baskets);
  for (let book = 0; book < books.count; book++) {
    if (fairs.exists[book] !== 0) out.fairSet(book, fairs.fair[book] as number, fairs.band[book] as number);
  }
  const dirty = books.dirty.subarray(0, books.dirtyCount);
  for (const book of dirty) {
    // The first command of each book touches it: this loop fixes the order of first touch.
    if (books.get(book, STATE) === BookState.EMPTY) out.bookFee(book, books.get(book, RATE));
    else out.bookBegin(book, books.get(book, TICK));
  }
  for (const book of dirty) {
    if (books.get(book, STATE) === BookState.EMPTY) continue;
    out.bookFee(book, books.get(book, RATE));
    levelsAndState(out, books, book);
  }
  out.restoreCounts(counters.index, counters.events).restoreEnd(counters.crc);
  return out.bytes();
}

function wholeBook(out: CommandWriter, books: Books, book: number): void {
  const rate = books.get(book, RATE);
  const empty = books.get(book, STATE) === BookState.EMPTY;
  if (empty && rate === 0) return;
  if (rate !== 0) out.bookFee(book, rate);
  if (!empty) {
    out.bookBegin(book, books.get(book, TICK));
    levelsAndState(out, books, book);
  }
  out.commitLast();
}

/** A dirty book as it was last published: its best levels and the fee of that time. */
function publishedRow(out: CommandWriter, books: Books, book: number): void {
  const bid = books.get(book, BID_PRICE);
  const ask = books.get(book, ASK_PRICE);
  const rate = books.get(book, PUBLISHED_RATE);
  if (bid === 0 && ask === 0) return;
  if (rate !== 0) out.bookFee(book, rate);
  // The tick of that time may be gone; any allowed tick that has both prices on its grid gives the same row.
  const tick = coarsestTick(bid, ask);
  out.bookBegin(book, tick);
  if (bid !== 0) out.levelSet(book, Side.BID, bid / tick, books.publishedSize(book, BID_SIZE_LOW));
  if (ask !== 0) out.levelSet(book, Side.ASK, ask / tick, books.publishedSize(book, ASK_SIZE_LOW));
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
    for (let s = ladders.best(ladder); s !== NO_SLOT; s = ladders.nextSlot(ladder, s + 1)) {
      out.levelSet(book, side, books.levelOf(book, side, s), ladders.size(ladder, s));
    }
  }
  const state = books.get(book, STATE);
  if (state === BookState.LIVE || state === BookState.STALE) out.bookLive(book);
  if (state === BookState.STALE) out.bookStale(book);
}

function writeBaskets(out: CommandWriter, baskets: Baskets): void {
  for (let basket = 0; basket < baskets.count; basket++) {
    if (baskets.get(basket, EXISTS) === 0) continue;
    out.basketCreate(basket, baskets.get(basket, PAYOUT), baskets.get(basket, KIND));
    baskets.forEachLeg(basket, (book, outcome) => out.basketLeg(basket, book, outcome));
    if (baskets.get(basket, ARMED) !== 0) {
      out.basketArm(basket, baskets.get(basket, MIN_EDGE), baskets.minSize(basket));
    }
    if (baskets.get(basket, MASKED) !== 0) out.basketMask(basket, true);
  }
}
