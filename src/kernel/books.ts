// The book table: state, tick, fee, mask, the published rows and the dirty list of the message.
import { BookState, MICRO_ONE, MICRO_PER_PRICE, PRICE_ONE, Side } from '../contract/generated/records.js';
import type { Profile } from '../contract/profile.js';
import { Ladders, NO_SLOT } from './ladders.js';

const TWO_32 = 2 ** 32;

/** Bits of a book's mask. */
export const MASK_TOP = 1;
export const MASK_FAIR = 2;

/** What publishing a book changed, as bits. */
export const QUOTE_CHANGED = 1;
export const COST_CHANGED = 2;

/** ROW-3: fee per share in micro; exact, as rate * P * (10,000 - P) < 2^49. */
export function feePerShare(rate: number, price: number): number {
  return Math.ceil((rate * (price * (PRICE_ONE - price))) / TWO_32);
}

/** A published row is the columns bidPrice .. costNo at the id of the book; 0 stands for absent (ROW-1). */
export class Books {
  readonly ladders: Ladders;
  readonly state: Uint8Array;
  readonly tick: Uint16Array;
  /** 10,000 / tick - 1. */
  readonly maxLevel: Uint16Array;
  readonly rate: Uint32Array;
  readonly mask: Uint8Array;

  readonly bidPrice: Uint16Array;
  readonly askPrice: Uint16Array;
  readonly bidSize: Float64Array;
  readonly askSize: Float64Array;
  /** Micro a share; a cost is never 0 while the side is there. */
  readonly costYes: Int32Array;
  readonly costNo: Int32Array;
  /** The fee rate that the row was published with. */
  readonly publishedRate: Uint32Array;
  /** Costs before the last publish, for the differences that baskets add. */
  oldCostYes = 0;
  oldCostNo = 0;

  /** Books of the message in order of first touch (MSG-1). */
  readonly dirty: Int32Array;
  dirtyCount = 0;
  private readonly isDirty: Uint8Array;

  constructor(profile: Profile) {
    const n = profile.books;
    this.ladders = new Ladders(profile);
    this.state = new Uint8Array(n);
    this.tick = new Uint16Array(n);
    this.maxLevel = new Uint16Array(n);
    this.rate = new Uint32Array(n);
    this.mask = new Uint8Array(n);
    this.bidPrice = new Uint16Array(n);
    this.askPrice = new Uint16Array(n);
    this.bidSize = new Float64Array(n);
    this.askSize = new Float64Array(n);
    this.costYes = new Int32Array(n);
    this.costNo = new Int32Array(n);
    this.publishedRate = new Uint32Array(n);
    this.dirty = new Int32Array(Math.min(profile.booksPerMessage, n));
    this.isDirty = new Uint8Array(n);
  }

  get count(): number {
    return this.state.length;
  }

  /** MSG-5: whether touching the book would exceed books_per_message. */
  wouldExceedMessage(book: number): boolean {
    return this.isDirty[book] === 0 && this.dirtyCount === this.dirty.length;
  }

  /** MSG-1. */
  touch(book: number): void {
    if (this.isDirty[book] !== 0) return;
    this.isDirty[book] = 1;
    this.dirty[this.dirtyCount] = book;
    this.dirtyCount += 1;
  }

  isTouched(book: number): boolean {
    return this.isDirty[book] !== 0;
  }

  endMessage(): void {
    for (let i = 0; i < this.dirtyCount; i++) this.isDirty[this.dirty[i] as number] = 0;
    this.dirtyCount = 0;
  }

  /** BOOK-2. */
  begin(book: number, tick: number): void {
    this.ladders.clearSide(book * 2 + Side.BID);
    this.ladders.clearSide(book * 2 + Side.ASK);
    this.state[book] = BookState.BUILDING;
    this.tick[book] = tick;
    this.maxLevel[book] = PRICE_ONE / tick - 1;
  }

  slotOf(book: number, side: number, level: number): number {
    return side === Side.BID ? (this.maxLevel[book] as number) - level : level - 1;
  }

  levelOf(book: number, side: number, slot: number): number {
    return side === Side.BID ? (this.maxLevel[book] as number) - slot : slot + 1;
  }

  /**
   * Writes the published row of a book from its ladder (ROW-1, ROW-2, ROW-3).
   * @returns QUOTE_CHANGED and COST_CHANGED as bits; oldCostYes and oldCostNo hold the costs before
   */
  publish(book: number): number {
    const live = this.state[book] === BookState.LIVE;
    const bidSlot = live ? (this.ladders.best[book * 2 + Side.BID] as number) : NO_SLOT;
    const askSlot = live ? (this.ladders.best[book * 2 + Side.ASK] as number) : NO_SLOT;
    const tick = this.tick[book] as number;
    const rate = this.rate[book] as number;
    let bidPrice = 0;
    let bidSize = 0;
    let costNo = 0;
    if (bidSlot !== NO_SLOT) {
      bidPrice = ((this.maxLevel[book] as number) - bidSlot) * tick;
      bidSize = this.ladders.size(book * 2 + Side.BID, bidSlot);
      costNo = MICRO_ONE - MICRO_PER_PRICE * bidPrice + feePerShare(rate, bidPrice);
    }
    let askPrice = 0;
    let askSize = 0;
    let costYes = 0;
    if (askSlot !== NO_SLOT) {
      askPrice = (askSlot + 1) * tick;
      askSize = this.ladders.size(book * 2 + Side.ASK, askSlot);
      costYes = MICRO_PER_PRICE * askPrice + feePerShare(rate, askPrice);
    }
    let changed = 0;
    if (
      bidPrice !== this.bidPrice[book] ||
      askPrice !== this.askPrice[book] ||
      bidSize !== this.bidSize[book] ||
      askSize !== this.askSize[book]
    ) {
      changed = QUOTE_CHANGED;
      this.bidPrice[book] = bidPrice;
      this.askPrice[book] = askPrice;
      this.bidSize[book] = bidSize;
      this.askSize[book] = askSize;
    }
    this.oldCostYes = this.costYes[book] as number;
    this.oldCostNo = this.costNo[book] as number;
    if (costYes !== this.oldCostYes || costNo !== this.oldCostNo) {
      changed |= COST_CHANGED;
      this.costYes[book] = costYes;
      this.costNo[book] = costNo;
    }
    this.publishedRate[book] = rate;
    return changed;
  }

  clear(): void {
    this.endMessage();
    this.ladders.clear();
    for (const column of [this.state, this.tick, this.maxLevel, this.rate, this.mask, this.bidPrice, this.askPrice]) {
      column.fill(0);
    }
    for (const column of [this.bidSize, this.askSize, this.costYes, this.costNo, this.publishedRate]) column.fill(0);
  }
}
