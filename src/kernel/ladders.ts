// The price ladders of all books: dense levels in pages of 128, an occupancy bitmap, the best slot of each side.
import { PAGE_LEVELS, PRICE_ONE } from '../contract/generated/records.js';
import type { Profile } from '../contract/profile.js';

/** Best slot of a side without levels: larger than every slot, so that `Math.min` needs no special case. */
export const NO_SLOT = 0x7fff;

const PAGE_SHIFT = 7;
const PAGE_MASK = PAGE_LEVELS - 1;
const WORDS_PER_PAGE = PAGE_LEVELS / 32;

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);

/**
 * Levels by (book side, slot): book side = book * 2 + side; slot = max - level for bids, level - 1 for asks, so that
 * the best level of either side is its lowest slot (BOOK-5, BOOK-6). Sizes are exact integers below 2^48.
 */
export class Ladders {
  /** Lowest slot with a size, NO_SLOT without one. */
  readonly best: Uint16Array;
  /** Levels with a size. */
  readonly levels: Uint16Array;

  private readonly pagesPerSide: number;
  private readonly summaryWords: number;
  /** Page number + 1, 0 while not held. */
  private readonly pageTable: Int32Array;
  /** One bit a held page. */
  private readonly summary: Uint32Array;
  private readonly occupancy: Uint32Array;
  private readonly sizes: Float64Array;
  /** Pages that were given back; pages never taken follow from `fresh` on, so that memory is touched on demand. */
  private readonly freed: Int32Array;
  private freedCount = 0;
  private fresh = 0;
  private readonly pages: number;

  constructor(profile: Profile) {
    const sides = profile.books * 2;
    this.pages = profile.pages;
    this.pagesPerSide = Math.ceil((PRICE_ONE / profile.finestTick - 1) / PAGE_LEVELS);
    this.summaryWords = Math.ceil(this.pagesPerSide / 32);
    this.best = new Uint16Array(sides).fill(NO_SLOT);
    this.levels = new Uint16Array(sides);
    this.pageTable = new Int32Array(sides * this.pagesPerSide);
    this.summary = new Uint32Array(sides * this.summaryWords);
    this.occupancy = new Uint32Array(profile.pages * WORDS_PER_PAGE);
    this.sizes = new Float64Array(profile.pages * PAGE_LEVELS);
    this.freed = new Int32Array(profile.pages);
  }

  /** Size of a level, 0 where no page is held. */
  size(side: number, slot: number): number {
    const page = this.pageTable[side * this.pagesPerSide + (slot >> PAGE_SHIFT)] as number;
    return page === 0 ? 0 : (this.sizes[((page - 1) << PAGE_SHIFT) | (slot & PAGE_MASK)] as number);
  }

  /**
   * Replaces the size of a level; the caller has made sure that it differs.
   * @returns false when a page is needed and none is left: nothing changed (BOOK-6)
   */
  replace(side: number, slot: number, size: number): boolean {
    const entry = side * this.pagesPerSide + (slot >> PAGE_SHIFT);
    let page = (this.pageTable[entry] as number) - 1;
    if (page < 0) {
      page = this.takePage(side, slot >> PAGE_SHIFT, entry);
      if (page < 0) return false;
    }
    const at = (page << PAGE_SHIFT) | (slot & PAGE_MASK);
    const word = (page << 2) | ((slot & PAGE_MASK) >> 5);
    const bit = 1 << (slot & 31);
    if (this.sizes[at] === 0) this.levels[side] = (this.levels[side] as number) + 1;
    this.sizes[at] = size;
    if (size !== 0) {
      this.occupancy[word] = (this.occupancy[word] as number) | bit;
      if (slot < (this.best[side] as number)) this.best[side] = slot;
    } else {
      this.levels[side] = (this.levels[side] as number) - 1;
      const left = (this.occupancy[word] as number) & ~bit;
      this.occupancy[word] = left;
      if (left === 0 && this.isEmpty(page)) this.givePage(side, slot >> PAGE_SHIFT, entry);
      if (slot === this.best[side]) this.best[side] = this.nextSlot(side, slot);
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
        for (let w = firstWord; w < WORDS_PER_PAGE; w++) {
          let word = this.occupancy[(page << 2) | w] as number;
          if (pageIndex === firstPage && w === firstWord) word &= -1 << (from & 31);
          if (word !== 0) return (pageIndex << PAGE_SHIFT) | (w << 5) | lowestBit(word);
        }
      }
    }
    return NO_SLOT;
  }

  /** Sets every level of a side to 0 and gives its pages back (BOOK-2). */
  clearSide(side: number): void {
    if (this.best[side] === NO_SLOT) return;
    const base = side * this.summaryWords;
    for (let s = 0; s < this.summaryWords; s++) {
      let held = this.summary[base + s] as number;
      while (held !== 0) {
        const pageIndex = (s << 5) | lowestBit(held);
        held &= held - 1;
        const entry = side * this.pagesPerSide + pageIndex;
        const page = (this.pageTable[entry] as number) - 1;
        this.sizes.fill(0, page << PAGE_SHIFT, (page + 1) << PAGE_SHIFT);
        this.occupancy.fill(0, page << 2, (page + 1) << 2);
        this.givePage(side, pageIndex, entry);
      }
    }
    this.best[side] = NO_SLOT;
    this.levels[side] = 0;
  }

  clear(): void {
    for (let side = 0; side < this.best.length; side++) this.clearSide(side);
  }

  private isEmpty(page: number): boolean {
    const o = this.occupancy;
    const at = page << 2;
    return ((o[at] as number) | (o[at + 1] as number) | (o[at + 2] as number) | (o[at + 3] as number)) === 0;
  }

  /** BOOK-6: a page is taken with its first level. Which one is taken shows nowhere. */
  private takePage(side: number, pageIndex: number, entry: number): number {
    let page: number;
    if (this.freedCount > 0) {
      this.freedCount -= 1;
      page = this.freed[this.freedCount] as number;
    } else if (this.fresh < this.pages) {
      page = this.fresh;
      this.fresh += 1;
    } else {
      return -1;
    }
    this.pageTable[entry] = page + 1;
    const word = side * this.summaryWords + (pageIndex >> 5);
    this.summary[word] = (this.summary[word] as number) | (1 << (pageIndex & 31));
    return page;
  }

  /** BOOK-6: given back with its last level, at once available again. */
  private givePage(side: number, pageIndex: number, entry: number): void {
    this.freed[this.freedCount] = (this.pageTable[entry] as number) - 1;
    this.freedCount += 1;
    this.pageTable[entry] = 0;
    const word = side * this.summaryWords + (pageIndex >> 5);
    this.summary[word] = (this.summary[word] as number) & ~(1 << (pageIndex & 31));
  }
}
