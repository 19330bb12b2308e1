// The book table: state, tick, fee, mask, the published rows and the dirty list of the message.
import * as contract from '../contract/generated/records.js';
import type { Profile } from '../contract/profile.js';
import { Ladders } from './ladders.js';

/**
 * The columns of the book table, and bits of its cells. The columns of a book lie together, one cache line of words:
 * cell `book * COLUMNS + column`.
 *
 * Constants of the kernel are kept in such objects, and hot modules take what they need into constants of their own:
 * those the JIT puts into the machine code, whereas it loads and checks what is imported or exported at every use.
 */
export const Column = {
  COLUMNS: 16,
  STATE: 0,
  /** 1e-4 USD, 0 while EMPTY. */
  TICK: 1,
  /** 10,000 / tick - 1. */
  MAX_LEVEL: 2,
  RATE: 3,
  MASK: 4,
  // The published row (ROW-1): prices in 1e-4 USD, sizes as two words, costs in micro a share; 0 stands for absent, as
  // no price, size or cost is 0 while its side is there.
  BID_PRICE: 5,
  ASK_PRICE: 6,
  BID_SIZE_LOW: 7,
  BID_SIZE_HIGH: 8,
  ASK_SIZE_LOW: 9,
  ASK_SIZE_HIGH: 10,
  COST_YES: 11,
  COST_NO: 12,
  /** The fee rate that the row was published with. */
  PUBLISHED_RATE: 13,
  /** 0, or DIRTY_BOOK with the parts of the row that may differ from the ladder. */
  DIRTY: 14,
  // Bits of DIRTY.
  DIRTY_BOOK: 1,
  DIRTY_BID: 2,
  DIRTY_ASK: 4,
  DIRTY_COST: 8,
  DIRTY_ROW: 14,
  // Bits of MASK.
  MASK_TOP: 1,
  MASK_FAIR: 2,
  // What publishing a book changed, as bits.
  QUOTE_CHANGED: 1,
  COST_CHANGED: 2,
} as const;

const { COLUMNS, STATE, TICK, MAX_LEVEL, RATE, PUBLISHED_RATE, COST_YES, COST_NO } = Column;
const { BID_PRICE, ASK_PRICE, BID_SIZE_LOW, ASK_SIZE_LOW } = Column;
const { DIRTY, DIRTY_BOOK, DIRTY_BID, DIRTY_ASK, DIRTY_COST, QUOTE_CHANGED, COST_CHANGED } = Column;
const { BID, ASK } = contract.Side;
const { BUILDING, LIVE } = contract.BookState;
const { PRICE_ONE, MICRO_ONE, MICRO_PER_PRICE } = contract;
const { NO_SLOT } = Ladders;

/** ROW-3: fee per share in micro; exact, as rate * P * (10,000 - P) < 2^49 and 2^-32 only scales. */
export function feePerShare(rate: number, price: number): number {
  return Math.ceil(rate * (price * (PRICE_ONE - price)) * 2 ** -32) | 0;
}

export class Books {
  readonly ladders: Ladders;
  readonly table: Int32Array;
  readonly count: number;
  /** Costs before the last publish, for the differences that baskets add. */
  oldCostYes = 0;
  oldCostNo = 0;

  /** Books of the message in order of first touch (MSG-1). */
  readonly dirty: Int32Array;
  dirtyCount = 0;

  constructor(profile: Profile) {
    this.count = profile.books;
    this.ladders = new Ladders(profile);
    this.table = new Int32Array(profile.books * COLUMNS);
    this.dirty = new Int32Array(Math.min(profile.booksPerMessage, profile.books));
  }

  /** One cell of the table. */
  get(book: number, column: number): number {
    return this.table[book * COLUMNS + column] as number;
  }

  set(book: number, column: number, value: number): void {
    this.table[book * COLUMNS + column] = value;
  }

  /** A published size as a number: `column` is BID_SIZE_LOW or ASK_SIZE_LOW. */
  publishedSize(book: number, column: number): number {
    return this.get(book, column + 1) * 2 ** 32 + (this.get(book, column) >>> 0);
  }

  /** MSG-5: whether touching the book would exceed books_per_message. */
  wouldExceedMessage(book: number): boolean {
    return this.dirtyCount === this.dirty.length && !this.isDirty(book);
  }

  /** MSG-1; `parts` says what of the row may change: DIRTY_BID, _ASK, _COST, or 0 for a level behind the best. */
  touch(book: number, parts: number): void {
    const cell = book * COLUMNS + DIRTY;
    const before = this.table[cell] as number;
    this.table[cell] = before | DIRTY_BOOK | parts;
    if (before !== 0) return;
    this.dirty[this.dirtyCount] = book;
    this.dirtyCount += 1;
  }

  isDirty(book: number): boolean {
    return this.table[book * COLUMNS + DIRTY] !== 0;
  }

  endMessage(): void {
    for (let i = 0; i < this.dirtyCount; i++) this.set(this.dirty[i] as number, DIRTY, 0);
    this.dirtyCount = 0;
  }

  /** BOOK-2. */
  begin(book: number, tick: number): void {
    this.ladders.clearSide(book * 2 + BID);
    this.ladders.clearSide(book * 2 + ASK);
    this.set(book, STATE, BUILDING);
    this.set(book, TICK, tick);
    this.set(book, MAX_LEVEL, PRICE_ONE / tick - 1);
  }

  levelOf(book: number, side: number, slot: number): number {
    return side === BID ? this.get(book, MAX_LEVEL) - slot : slot + 1;
  }

  /**
   * Writes the published row of a book from its ladder (ROW-1, ROW-2, ROW-3).
   * @returns QUOTE_CHANGED and COST_CHANGED as bits; oldCostYes and oldCostNo hold the costs before
   */
  publish(book: number): number {
    const table = this.table;
    const row = book * COLUMNS;
    const parts = table[row + DIRTY] as number;
    let changed = 0;
    // The sides whose cost may differ: with a new rate both, else those whose price moved (ROW-3).
    let repriced = (parts & DIRTY_COST) !== 0 ? DIRTY_BID | DIRTY_ASK : 0;
    if ((parts & DIRTY_BID) !== 0) {
      const before = table[row + BID_PRICE] as number;
      if (this.publishSide(book * 2 + BID, row, BID_PRICE, BID_SIZE_LOW)) changed = QUOTE_CHANGED;
      if (table[row + BID_PRICE] !== before) repriced |= DIRTY_BID;
    }
    if ((parts & DIRTY_ASK) !== 0) {
      const before = table[row + ASK_PRICE] as number;
      if (this.publishSide(book * 2 + ASK, row, ASK_PRICE, ASK_SIZE_LOW)) changed = QUOTE_CHANGED;
      if (table[row + ASK_PRICE] !== before) repriced |= DIRTY_ASK;
    }
    this.oldCostYes = table[row + COST_YES] as number;
    this.oldCostNo = table[row + COST_NO] as number;
    return repriced === 0 ? changed : changed | this.publishCosts(row, repriced);
  }

  clear(): void {
    this.dirtyCount = 0;
    this.ladders.clear();
    this.table.fill(0);
  }

  /** One side of the row; true when its price or size differs from before. */
  private publishSide(side: number, row: number, priceColumn: number, sizeColumn: number): boolean {
    const { table, ladders } = this;
    let price = 0;
    let low = 0;
    let high = 0;
    const slot = table[row + STATE] === LIVE ? ladders.best(side) : NO_SLOT;
    if (slot !== NO_SLOT) {
      const at = ladders.find(side, slot);
      low = ladders.pages[at] as number;
      high = ladders.pages[at + 1] as number;
      const level = (side & 1) === BID ? (table[row + MAX_LEVEL] as number) - slot : slot + 1;
      price = Math.imul(level, table[row + TICK] as number);
    }
    if (table[row + priceColumn] === price && table[row + sizeColumn] === low && table[row + sizeColumn + 1] === high) {
      return false;
    }
    table[row + priceColumn] = price;
    table[row + sizeColumn] = low;
    table[row + sizeColumn + 1] = high;
    return true;
  }

  /** ROW-3: `sides` says which of the two costs may differ, as DIRTY_BID and DIRTY_ASK. */
  private publishCosts(row: number, sides: number): number {
    const table = this.table;
    const rate = table[row + RATE] as number;
    table[row + PUBLISHED_RATE] = rate;
    let changed = 0;
    if ((sides & DIRTY_ASK) !== 0) {
      const price = table[row + ASK_PRICE] as number;
      const cost = price === 0 ? 0 : MICRO_PER_PRICE * price + feePerShare(rate, price);
      if (cost !== this.oldCostYes) changed = COST_CHANGED;
      table[row + COST_YES] = cost;
    }
    if ((sides & DIRTY_BID) !== 0) {
      const price = table[row + BID_PRICE] as number;
      const cost = price === 0 ? 0 : MICRO_ONE - MICRO_PER_PRICE * price + feePerShare(rate, price);
      if (cost !== this.oldCostNo) changed = COST_CHANGED;
      table[row + COST_NO] = cost;
    }
    return changed;
  }
}
