// The price ladders of all books: dense levels in pages of 128, an occupancy bitmap, the best slot of each side.
import { PAGE_LEVELS, PRICE_ONE } from '../contract/generated/records.js';
import type { Profile } from '../contract/profile.js';

const NO_SLOT = 0x7fff;

const PAGE_SHIFT = 7;
const PAGE_MASK = PAGE_LEVELS - 1;
const OCCUPANCY_WORDS = PAGE_LEVELS / 32;
// A page: two words a level, then its occupancy. One array for all, so that one bounds check serves.
const OCCUPANCY = PAGE_LEVELS * 2;
const PAGE_WORDS = OCCUPANCY + OCCUPANCY_WORDS;
// A side: its best slot and its count of levels.
const SIDE_WORDS = 2;
const BEST = 0;
const LEVELS = 1;

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);

/**
 * Levels by (book side, slot): book side = book * 2 + side; slot = max - level for bids, level - 1 for asks, so that
 * the best level of either side is its lowest slot (BOOK-5, BOOK-6). A size is two words, bits 0..31 and 32..47: on the
 * hot path every number stays a small integer of the JIT, and nothing is boxed.
 */
export class Ladders {
  /** Best slot of a side without levels: larger than every slot, so that `Math.min` needs no special case. */
  static readonly NO_SLOT = NO_SLOT;

  /** Pages; a level is the two words at the place that `find` returns. */
  readonly pages: Int32Array;
  private readonly sides: Int32Array;
  private readonly pagesPerSide: number;
  private readonly summaryWords: number;
  /** Page number + 1, 0 while not held. */
  private readonly pageTable: Int32Array;
  /** One bit a held page. */
  private readonly summary: Int32Array;
  /** Pages that were given back; pages never taken follow from `fresh` on, so that memory is touched on demand. */
  private readonly freed: Int32Array;
  private freedCount = 0;
  private fresh = 0;

  constructor(profile: Profile) {
    const sides = profile.books * 2;
    this.pagesPerSide = Math.ceil((PRICE_ONE / profile.finestTick - 1) / PAGE_LEVELS);
    this.summaryWords = Math.ceil(this.pagesPerSide / 32);
    this.sides = new Int32Array(sides * SIDE_WORDS);
    this.pageTable = new Int32Array(sides * this.pagesPerSide);
    this.summary = new Int32Array(sides * this.summaryWords);
    this.pages = new Int32Array(profile.pages * PAGE_WORDS);
    this.freed = new Int32Array(profile.pages);
    for (let side = 0; side < sides; side++) this.sides[side * SIDE_WORDS + BEST] = NO_SLOT;
  }

  /** Lowest slot with a size, NO_SLOT without one. */
  best(side: number): number {
    return this.sides[side * SIDE_WORDS + BEST] as number;
  }

  /** Levels with a size. */
  levels(side: number): number {
    return this.sides[side * SIDE_WORDS + LEVELS] as number;
  }

  /** Where in `pages` a level stands, or -1 while its page is not held. */
  find(side: number, slot: number): number {
    const page = this.pageTable[side * this.pagesPerSide + (slot >> PAGE_SHIFT)] as number;
    return page === 0 ? -1 : (page - 1) * PAGE_WORDS + ((slot & PAGE_MASK) << 1);
  }

  /** Size of a level as a number, for everything but the hot path. */
  size(side: number, slot: number): number {
    const at = this.find(side, slot);
    return at < 0 ? 0 : (this.pages[at + 1] as number) * 2 ** 32 + ((this.pages[at] as number) >>> 0);
  }

  hasSize(side: number, slot: number, low: number, high: number): boolean {
    const at = this.find(side, slot);
    return at < 0 ? (low | high) === 0 : this.pages[at] === low && this.pages[at + 1] === high;
  }

  /**
   * Replaces the size of a level; the caller has made sure that it differs.
   * @returns false when a page is needed and none is left: nothing changed (BOOK-6)
   */
  replace(side: number, slot: number, low: number, high: number): boolean {
    const pages = this.pages;
    const sides = this.sides;
    const cell = side * SIDE_WORDS;
    let at = this.find(side, slot);
    if (at < 0) {
      const page = this.takePage(side, slot >> PAGE_SHIFT);
      if (page < 0) return false;
      at = page * PAGE_WORDS + ((slot & PAGE_MASK) << 1);
    }
    const base = at - ((slot & PAGE_MASK) << 1) + OCCUPANCY;
    const word = base + ((slot & PAGE_MASK) >> 5);
    const bit = 1 << (slot & 31);
    const occupied = pages[word] as number;
    pages[at] = low;
    pages[at + 1] = high;
    if ((low | high) !== 0) {
      if ((occupied & bit) === 0) {
        pages[word] = occupied | bit;
        sides[cell + LEVELS] = (sides[cell + LEVELS] as number) + 1;
        if (slot < (sides[cell + BEST] as number)) sides[cell + BEST] = slot;
      }
    } else {
      pages[word] = occupied & ~bit;
      sides[cell + LEVELS] = (sides[cell + LEVELS] as number) - 1;
      if ((occupied & ~bit) === 0 && this.isEmpty(base)) this.givePage(side, slot >> PAGE_SHIFT);
      if (slot === sides[cell + BEST]) sides[cell + BEST] = this.nextSlot(side, slot);
    }
    return true;
  }

  /** Lowest slot with a size that is not below `from`, or NO_SLOT: walks a side best first. */
  nextSlot(side: number, from: number): number {
    const firstPage = from >> PAGE_SHIFT;
    const base = side * this.summaryWords;
    for (let s = firstPage >> 5; s < this.summaryWords; s++) {
      let held = this.summary[base + s] as number;
      if (s === firstPage >> 5) held &= -1 << (firstPage & 31);
      while (held !== 0) {
        const pageIndex = (s << 5) | lowestBit(held);
        held &= held - 1;
        const page = (this.pageTable[side * this.pagesPerSide + pageIndex] as number) - 1;
        const firstWord = pageIndex === firstPage ? (from & PAGE_MASK) >> 5 : 0;
        for (let w = firstWord; w < OCCUPANCY_WORDS; w++) {
          let word = this.pages[page * PAGE_WORDS + OCCUPANCY + w] as number;
          if (pageIndex === firstPage && w === firstWord) word &= -1 << (from & 31);
          if (word !== 0) return (pageIndex << PAGE_SHIFT) | (w << 5) | lowestBit(word);
        }
      }
    }
    return NO_SLOT;
  }

  /** Sets every level of a side to 0 and gives its pages back (BOOK-2). */
  clearSide(side: number): void {
    if (this.best(side) === NO_SLOT) return;
    const base = side * this.summaryWords;
    for (let s = 0; s < this.summaryWords; s++) {
      let held = this.summary[base + s] as number;
      while (held !== 0) {
        const pageIndex = (s << 5) | lowestBit(held);
        held &= held - 1;
        const page = (this.pageTable[side * this.pagesPerSide + pageIndex] as number) - 1;
        this.pages.fill(0, page * PAGE_WORDS, (page + 1) * PAGE_WORDS);
        this.givePage(side, pageIndex);
      }
    }
    this.sides[side * SIDE_WORDS + BEST] = NO_SLOT;
    this.sides[side * SIDE_WORDS + LEVELS] = 0;
  }

  clear(): void {
    for (let side = 0; side < this.sides.length / SIDE_WORDS; side++) this.clearSide(side);
  }

  /** base: the first occupancy word of the page. */
  private isEmpty(base: number): boolean {
    const p = this.pages;
    return ((p[base] as number) | (p[base + 1] as number) | (p[base + 2] as number) | (p[base + 3] as number)) === 0;
  }

  /** BOOK-6: a page is taken with its first level. Which one is taken shows nowhere. */
  private takePage(side: number, pageIndex: number): number {
    let page: number;
    if (this.freedCount > 0) {
      this.freedCount -= 1;
      page = this.freed[this.freedCount] as number;
    } else if (this.fresh < this.freed.length) {
      page = this.fresh;
      this.fresh += 1;
    } else {
      return -1;
    }
    this.pageTable[side * this.pagesPerSide + pageIndex] = page + 1;
    const word = side * this.summaryWords + (pageIndex >> 5);
    this.summary[word] = (this.summary[word] as number) | (1 << (pageIndex & 31));
    return page;
  }

  /** BOOK-6: given back with its last level, at once available again. */
  private givePage(side: number, pageIndex: number): void {
    const entry = side * this.pagesPerSide + pageIndex;
    this.freed[this.freedCount] = (this.pageTable[entry] as number) - 1;
    this.freedCount += 1;
    this.pageTable[entry] = 0;
    const word = side * this.summaryWords + (pageIndex >> 5);
    this.summary[word] = (this.summary[word] as number) & ~(1 << (pageIndex & 31));
  }
}
