// The basket table: legs, cost sums and missing counts kept by differences, touched set, signals.
import { Outcome } from '../contract/generated/records.js';
import type { Profile } from '../contract/profile.js';
import type { Books } from './books.js';

const NONE = -1;
const HAS_YES = 1;
const HAS_NO = 2;

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
const outcomeBit = (outcome: number): number => (outcome === Outcome.YES ? HAS_YES : HAS_NO);

/**
 * A membership is one (basket, book) pair with a mask of outcomes: a basket may buy YES and NO of one book (BSK-2).
 * It stands in two lists: that of its basket and that of its book.
 */
export class Baskets {
  readonly exists: Uint8Array;
  readonly armed: Uint8Array;
  readonly masked: Uint8Array;
  readonly kind: Uint8Array;
  readonly payout: Int32Array;
  readonly minEdge: Int32Array;
  readonly minSize: Float64Array;
  readonly legCount: Uint16Array;
  /** Legs whose row has no price. */
  readonly missing: Uint16Array;
  /** Sum of the costs of the legs that are not missing, micro a share. */
  readonly costSum: Int32Array;
  readonly open: Uint8Array;
  /** As the last OPEN or CHANGE said (BSK-4). */
  readonly lastEdge: Int32Array;
  readonly lastSize: Float64Array;
  /** Legs over all baskets. */
  totalLegs = 0;

  private readonly firstOfBasket: Int32Array;
  private readonly firstOfBook: Int32Array;
  private readonly memberBook: Int32Array;
  private readonly memberBasket: Int32Array;
  private readonly memberMask: Uint8Array;
  private readonly nextOfBasket: Int32Array;
  private readonly nextOfBook: Int32Array;
  private firstFree = NONE;
  private fresh = 0;
  /** Touched baskets as a bitmap with a summary, so that they come out in ascending order (MSG-4). */
  private readonly touchedWords: Uint32Array;
  private readonly touchedSummary: Uint32Array;

  constructor(profile: Profile) {
    const n = profile.baskets;
    this.exists = new Uint8Array(n);
    this.armed = new Uint8Array(n);
    this.masked = new Uint8Array(n);
    this.kind = new Uint8Array(n);
    this.payout = new Int32Array(n);
    this.minEdge = new Int32Array(n);
    this.minSize = new Float64Array(n);
    this.legCount = new Uint16Array(n);
    this.missing = new Uint16Array(n);
    this.costSum = new Int32Array(n);
    this.open = new Uint8Array(n);
    this.lastEdge = new Int32Array(n);
    this.lastSize = new Float64Array(n);
    this.firstOfBasket = new Int32Array(n).fill(NONE);
    this.firstOfBook = new Int32Array(profile.books).fill(NONE);
    this.memberBook = new Int32Array(profile.legs);
    this.memberBasket = new Int32Array(profile.legs);
    this.memberMask = new Uint8Array(profile.legs);
    this.nextOfBasket = new Int32Array(profile.legs);
    this.nextOfBook = new Int32Array(profile.legs);
    this.touchedWords = new Uint32Array(Math.ceil(n / 32));
    this.touchedSummary = new Uint32Array(Math.ceil(n / 1024));
  }

  get count(): number {
    return this.exists.length;
  }

  /** BSK-1. */
  create(basket: number, kind: number, payout: number): void {
    this.exists[basket] = 1;
    this.kind[basket] = kind;
    this.payout[basket] = payout;
  }

  hasLeg(basket: number, book: number, outcome: number): boolean {
    const member = this.memberOf(basket, book);
    return member !== NONE && ((this.memberMask[member] as number) & outcomeBit(outcome)) !== 0;
  }

  /** Adds a leg at the costs of the published row (MSG-6). The caller has checked the limits. */
  addLeg(basket: number, book: number, outcome: number, books: Books): void {
    let member = this.memberOf(basket, book);
    if (member === NONE) member = this.addMember(basket, book);
    this.memberMask[member] = (this.memberMask[member] as number) | outcomeBit(outcome);
    const cost = (outcome === Outcome.YES ? books.costYes[book] : books.costNo[book]) as number;
    this.costSum[basket] = (this.costSum[basket] as number) + cost;
    if (cost === 0) this.missing[basket] = (this.missing[basket] as number) + 1;
    this.legCount[basket] = (this.legCount[basket] as number) + 1;
    this.totalLegs += 1;
  }

  /** BSK-2: the legs go back to the limit. The caller has closed the signal. */
  remove(basket: number): void {
    let member = this.firstOfBasket[basket] as number;
    while (member !== NONE) {
      const next = this.nextOfBasket[member] as number;
      this.unlinkFromBook(member);
      this.nextOfBasket[member] = this.firstFree;
      this.firstFree = member;
      member = next;
    }
    this.totalLegs -= this.legCount[basket] as number;
    this.firstOfBasket[basket] = NONE;
    for (const column of this.columns()) column[basket] = 0;
  }

  /** Calls `visit(book, outcome)` for every leg of the basket. */
  forEachLeg(basket: number, visit: (book: number, outcome: number) => void): void {
    for (let m = this.firstOfBasket[basket] as number; m !== NONE; m = this.nextOfBasket[m] as number) {
      const mask = this.memberMask[m] as number;
      if ((mask & HAS_YES) !== 0) visit(this.memberBook[m] as number, Outcome.YES);
      if ((mask & HAS_NO) !== 0) visit(this.memberBook[m] as number, Outcome.NO);
    }
  }

  /** MSG-4: the differences of a published row go to the sums of its baskets, which are touched. */
  applyRow(book: number, books: Books): void {
    const oldYes = books.oldCostYes;
    const oldNo = books.oldCostNo;
    const yes = books.costYes[book] as number;
    const no = books.costNo[book] as number;
    const yesMissing = (yes === 0 ? 1 : 0) - (oldYes === 0 ? 1 : 0);
    const noMissing = (no === 0 ? 1 : 0) - (oldNo === 0 ? 1 : 0);
    for (let m = this.firstOfBook[book] as number; m !== NONE; m = this.nextOfBook[m] as number) {
      const basket = this.memberBasket[m] as number;
      const mask = this.memberMask[m] as number;
      let sum = this.costSum[basket] as number;
      let missing = this.missing[basket] as number;
      if ((mask & HAS_YES) !== 0) {
        sum += yes - oldYes;
        missing += yesMissing;
      }
      if ((mask & HAS_NO) !== 0) {
        sum += no - oldNo;
        missing += noMissing;
      }
      this.costSum[basket] = sum;
      this.missing[basket] = missing;
      const word = basket >> 5;
      this.touchedWords[word] = (this.touchedWords[word] as number) | (1 << (basket & 31));
      const upper = basket >> 10;
      this.touchedSummary[upper] = (this.touchedSummary[upper] as number) | (1 << (word & 31));
    }
  }

  /** Takes the lowest touched basket out of the set, or returns -1. */
  takeTouched(): number {
    for (let upper = 0; upper < this.touchedSummary.length; upper++) {
      const summary = this.touchedSummary[upper] as number;
      if (summary === 0) continue;
      const word = (upper << 5) | lowestBit(summary);
      const bits = this.touchedWords[word] as number;
      const left = bits & (bits - 1);
      this.touchedWords[word] = left;
      if (left === 0) this.touchedSummary[upper] = summary & (summary - 1);
      return (word << 5) | lowestBit(bits);
    }
    return NONE;
  }

  /** BSK-3: the smallest size over the legs at the best level; for complete baskets. */
  smallestSize(basket: number, books: Books): number {
    let smallest = Number.POSITIVE_INFINITY;
    for (let m = this.firstOfBasket[basket] as number; m !== NONE; m = this.nextOfBasket[m] as number) {
      const book = this.memberBook[m] as number;
      const mask = this.memberMask[m] as number;
      if ((mask & HAS_YES) !== 0) smallest = Math.min(smallest, books.askSize[book] as number);
      if ((mask & HAS_NO) !== 0) smallest = Math.min(smallest, books.bidSize[book] as number);
    }
    return smallest;
  }

  clear(): void {
    for (const column of this.columns()) column.fill(0);
    this.firstOfBasket.fill(NONE);
    this.firstOfBook.fill(NONE);
    this.firstFree = NONE;
    this.fresh = 0;
    this.totalLegs = 0;
  }

  private columns() {
    return [
      this.exists,
      this.armed,
      this.masked,
      this.kind,
      this.payout,
      this.minEdge,
      this.minSize,
      this.legCount,
      this.missing,
      this.costSum,
      this.open,
      this.lastEdge,
      this.lastSize,
    ];
  }

  private memberOf(basket: number, book: number): number {
    let member = this.firstOfBasket[basket] as number;
    while (member !== NONE && this.memberBook[member] !== book) member = this.nextOfBasket[member] as number;
    return member;
  }

  private addMember(basket: number, book: number): number {
    let member = this.firstFree;
    if (member === NONE) {
      member = this.fresh;
      this.fresh += 1;
    } else {
      this.firstFree = this.nextOfBasket[member] as number;
    }
    this.memberBook[member] = book;
    this.memberBasket[member] = basket;
    this.memberMask[member] = 0;
    this.nextOfBasket[member] = this.firstOfBasket[basket] as number;
    this.firstOfBasket[basket] = member;
    this.nextOfBook[member] = this.firstOfBook[book] as number;
    this.firstOfBook[book] = member;
    return member;
  }

  private unlinkFromBook(member: number): void {
    const book = this.memberBook[member] as number;
    const next = this.nextOfBook[member] as number;
    if (this.firstOfBook[book] === member) {
      this.firstOfBook[book] = next;
      return;
    }
    let before = this.firstOfBook[book] as number;
    while (this.nextOfBook[before] !== member) before = this.nextOfBook[before] as number;
    this.nextOfBook[before] = next;
  }
}
