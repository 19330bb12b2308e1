// The basket table: legs, cost sums and missing counts kept by differences, touched set, signals.
import { Outcome } from '../contract/generated/records.js';
import type { Profile } from '../contract/profile.js';
import { type Books, Column } from './books.js';

/** Columns of a basket: cell `basket * FIELDS + field`. */
export const Field = {
  FIELDS: 16,
  EXISTS: 0,
  ARMED: 1,
  MASKED: 2,
  KIND: 3,
  /** Micro a share, as MIN_EDGE, COST_SUM and LAST_EDGE. */
  PAYOUT: 4,
  MIN_EDGE: 5,
  MIN_SIZE_LOW: 6,
  MIN_SIZE_HIGH: 7,
  LEG_COUNT: 8,
  /** Legs whose row has no price. */
  MISSING: 9,
  /** Sum of the costs of the legs that are not missing. */
  COST_SUM: 10,
  OPEN: 11,
  /** As the last OPEN or CHANGE said (BSK-4). */
  LAST_EDGE: 12,
  LAST_SIZE_LOW: 13,
  LAST_SIZE_HIGH: 14,
} as const;

const { FIELDS, EXISTS, ARMED, KIND, PAYOUT, MIN_EDGE, MIN_SIZE_LOW, MIN_SIZE_HIGH } = Field;
const { LEG_COUNT, MISSING, COST_SUM, OPEN } = Field;
const { COLUMNS, ASK_SIZE_LOW, BID_SIZE_LOW, COST_YES, COST_NO } = Column;
/** Its first member + 1, 0 without one. */
const FIRST_MEMBER = 15;

// A member is one (basket, book) pair with a mask of outcomes: a basket may buy YES and NO of one book (BSK-2). It
// stands in two lists, that of its basket and that of its book; links are member + 1, 0 at the end.
const MEMBER_FIELDS = 8;
const MEMBER_BOOK = 0;
const MEMBER_BASKET = 1;
const MEMBER_MASK = 2;
const NEXT_OF_BASKET = 3;
const NEXT_OF_BOOK = 4;
const HAS_YES = 1;
const HAS_NO = 2;

const NONE = -1;
const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
const outcomeBit = (outcome: number): number => (outcome === Outcome.YES ? HAS_YES : HAS_NO);

export class Baskets {
  readonly count: number;
  readonly table: Int32Array;
  /** Legs over all baskets. */
  totalLegs = 0;
  /** The size that `findSmallestSize` found. */
  smallestLow = 0;
  smallestHigh = 0;

  private readonly members: Int32Array;
  /** First member + 1 of each book. */
  private readonly firstOfBook: Int32Array;
  private firstFree = 0;
  private fresh = 0;
  /** Touched baskets as a bitmap with a summary, so that they come out in ascending order (MSG-4). */
  private readonly touchedWords: Int32Array;
  private readonly touchedSummary: Int32Array;
  /** No summary word below this one is set. */
  private firstTouched = 0;
  /** Summary words that are not 0: the set is empty while this is 0. */
  touchedCount = 0;

  constructor(profile: Profile) {
    this.count = profile.baskets;
    this.table = new Int32Array(profile.baskets * FIELDS);
    this.members = new Int32Array(profile.legs * MEMBER_FIELDS);
    this.firstOfBook = new Int32Array(profile.books);
    this.touchedWords = new Int32Array(Math.ceil(profile.baskets / 32));
    this.touchedSummary = new Int32Array(Math.ceil(profile.baskets / 1024));
  }

  /** One cell of the table. */
  get(basket: number, field: number): number {
    return this.table[basket * FIELDS + field] as number;
  }

  set(basket: number, field: number, value: number): void {
    this.table[basket * FIELDS + field] = value;
  }

  /** BSK-1. */
  create(basket: number, kind: number, payout: number): void {
    this.set(basket, EXISTS, 1);
    this.set(basket, KIND, kind);
    this.set(basket, PAYOUT, payout);
  }

  hasLeg(basket: number, book: number, outcome: number): boolean {
    const member = this.memberOf(basket, book);
    return member !== NONE && (this.member(member, MEMBER_MASK) & outcomeBit(outcome)) !== 0;
  }

  /** Adds a leg at the costs of the published row (MSG-6). The caller has checked the limits. */
  addLeg(basket: number, book: number, outcome: number, books: Books): void {
    let member = this.memberOf(basket, book);
    if (member === NONE) member = this.addMember(basket, book);
    this.setMember(member, MEMBER_MASK, this.member(member, MEMBER_MASK) | outcomeBit(outcome));
    const cost = books.get(book, outcome === Outcome.YES ? COST_YES : COST_NO);
    this.set(basket, COST_SUM, this.get(basket, COST_SUM) + cost);
    if (cost === 0) this.set(basket, MISSING, this.get(basket, MISSING) + 1);
    this.set(basket, LEG_COUNT, this.get(basket, LEG_COUNT) + 1);
    this.totalLegs += 1;
  }

  /** BSK-2: the legs go back to the limit. The caller has closed the signal. */
  remove(basket: number): void {
    let member = this.get(basket, FIRST_MEMBER) - 1;
    while (member !== NONE) {
      const next = this.member(member, NEXT_OF_BASKET) - 1;
      this.unlinkFromBook(member);
      this.setMember(member, NEXT_OF_BASKET, this.firstFree);
      this.firstFree = member + 1;
      member = next;
    }
    this.totalLegs -= this.get(basket, LEG_COUNT);
    this.table.fill(0, basket * FIELDS, (basket + 1) * FIELDS);
  }

  /** Calls `visit(book, outcome)` for every leg of the basket. */
  forEachLeg(basket: number, visit: (book: number, outcome: number) => void): void {
    for (let m = this.get(basket, FIRST_MEMBER) - 1; m !== NONE; m = this.member(m, NEXT_OF_BASKET) - 1) {
      const mask = this.member(m, MEMBER_MASK);
      if ((mask & HAS_YES) !== 0) visit(this.member(m, MEMBER_BOOK), Outcome.YES);
      if ((mask & HAS_NO) !== 0) visit(this.member(m, MEMBER_BOOK), Outcome.NO);
    }
  }

  /** MSG-4: the differences of a published row go to the sums of its baskets, which are touched. */
  applyRow(book: number, books: Books): void {
    let link = this.firstOfBook[book] as number;
    if (link === 0) return;
    const { table, members } = this;
    const oldYes = books.oldCostYes;
    const oldNo = books.oldCostNo;
    const yes = books.get(book, COST_YES);
    const no = books.get(book, COST_NO);
    const repriced = yes !== oldYes || no !== oldNo;
    const yesMissing = (yes === 0 ? 1 : 0) - (oldYes === 0 ? 1 : 0);
    const noMissing = (no === 0 ? 1 : 0) - (oldNo === 0 ? 1 : 0);
    do {
      const m = (link - 1) * MEMBER_FIELDS;
      const basket = members[m + MEMBER_BASKET] as number;
      const mask = members[m + MEMBER_MASK] as number;
      const at = basket * FIELDS;
      let sum = table[at + COST_SUM] as number;
      let missing = table[at + MISSING] as number;
      if (repriced) {
        if ((mask & HAS_YES) !== 0) {
          sum += yes - oldYes;
          missing += yesMissing;
        }
        if ((mask & HAS_NO) !== 0) {
          sum += no - oldNo;
          missing += noMissing;
        }
        table[at + COST_SUM] = sum;
        table[at + MISSING] = missing;
      }
      // Only an open signal can change or close, and only an armed, complete basket with the edge can open one. The
      // last leg of a message sees the sums as they stay, so what it passes over has nothing to say.
      const mayOpen = missing === 0 && (table[at + PAYOUT] as number) - sum >= (table[at + MIN_EDGE] as number);
      if (table[at + ARMED] !== 0 && (mayOpen || table[at + OPEN] !== 0)) this.touch(basket);
      link = members[m + NEXT_OF_BOOK] as number;
    } while (link !== 0);
  }

  /** Takes the lowest touched basket out of the set, or returns -1 (MSG-4: ascending, each once). */
  takeTouched(): number {
    if (this.touchedCount === 0) return NONE;
    let upper = this.firstTouched;
    while (this.touchedSummary[upper] === 0) upper += 1;
    this.firstTouched = upper;
    const summary = this.touchedSummary[upper] as number;
    const word = (upper << 5) | lowestBit(summary);
    const bits = this.touchedWords[word] as number;
    const left = bits & (bits - 1);
    this.touchedWords[word] = left;
    if (left === 0) {
      const summaryLeft = summary & (summary - 1);
      this.touchedSummary[upper] = summaryLeft;
      if (summaryLeft === 0) this.touchedCount -= 1;
    }
    return (word << 5) | lowestBit(bits);
  }

  /** BSK-3: the smallest size over the legs at the best level, for complete baskets: to smallestLow and -High. */
  findSmallestSize(basket: number, books: Books): void {
    const { members } = this;
    this.smallestLow = -1;
    this.smallestHigh = 0xffff;
    for (let link = this.get(basket, FIRST_MEMBER); link !== 0; ) {
      const m = (link - 1) * MEMBER_FIELDS;
      const row = (members[m + MEMBER_BOOK] as number) * COLUMNS;
      const mask = members[m + MEMBER_MASK] as number;
      if ((mask & HAS_YES) !== 0) this.lowerTo(books.table, row + ASK_SIZE_LOW);
      if ((mask & HAS_NO) !== 0) this.lowerTo(books.table, row + BID_SIZE_LOW);
      link = members[m + NEXT_OF_BASKET] as number;
    }
  }

  /** Whether the size that findSmallestSize found reaches the threshold. */
  sizeSuffices(basket: number): boolean {
    const high = this.get(basket, MIN_SIZE_HIGH);
    if (this.smallestHigh !== high) return this.smallestHigh > high;
    return this.smallestLow >>> 0 >= this.get(basket, MIN_SIZE_LOW) >>> 0;
  }

  /** The size threshold as a number, for snapshots. */
  minSize(basket: number): number {
    return this.get(basket, MIN_SIZE_HIGH) * 2 ** 32 + (this.get(basket, MIN_SIZE_LOW) >>> 0);
  }

  clear(): void {
    this.table.fill(0);
    this.firstOfBook.fill(0);
    this.firstFree = 0;
    this.fresh = 0;
    this.totalLegs = 0;
  }

  private touch(basket: number): void {
    const word = basket >> 5;
    const upper = basket >> 10;
    this.touchedWords[word] = (this.touchedWords[word] as number) | (1 << (basket & 31));
    const summary = this.touchedSummary[upper] as number;
    if (summary === 0) {
      if (this.touchedCount === 0 || upper < this.firstTouched) this.firstTouched = upper;
      this.touchedCount += 1;
    }
    this.touchedSummary[upper] = summary | (1 << (word & 31));
  }

  private lowerTo(table: Int32Array, at: number): void {
    const low = table[at] as number;
    const high = table[at + 1] as number;
    if (high < this.smallestHigh || (high === this.smallestHigh && low >>> 0 < this.smallestLow >>> 0)) {
      this.smallestLow = low;
      this.smallestHigh = high;
    }
  }

  private member(member: number, field: number): number {
    return this.members[member * MEMBER_FIELDS + field] as number;
  }

  private setMember(member: number, field: number, value: number): void {
    this.members[member * MEMBER_FIELDS + field] = value;
  }

  private memberOf(basket: number, book: number): number {
    let member = this.get(basket, FIRST_MEMBER) - 1;
    while (member !== NONE && this.member(member, MEMBER_BOOK) !== book) {
      member = this.member(member, NEXT_OF_BASKET) - 1;
    }
    return member;
  }

  private addMember(basket: number, book: number): number {
    let member = this.firstFree - 1;
    if (member === NONE) {
      member = this.fresh;
      this.fresh += 1;
    } else {
      this.firstFree = this.member(member, NEXT_OF_BASKET);
    }
    this.setMember(member, MEMBER_BOOK, book);
    this.setMember(member, MEMBER_BASKET, basket);
    this.setMember(member, MEMBER_MASK, 0);
    this.setMember(member, NEXT_OF_BASKET, this.get(basket, FIRST_MEMBER));
    this.set(basket, FIRST_MEMBER, member + 1);
    this.setMember(member, NEXT_OF_BOOK, this.firstOfBook[book] as number);
    this.firstOfBook[book] = member + 1;
    return member;
  }

  private unlinkFromBook(member: number): void {
    const book = this.member(member, MEMBER_BOOK);
    const next = this.member(member, NEXT_OF_BOOK);
    if (this.firstOfBook[book] === member + 1) {
      this.firstOfBook[book] = next;
      return;
    }
    let before = (this.firstOfBook[book] as number) - 1;
    while (this.member(before, NEXT_OF_BOOK) !== member + 1) before = this.member(before, NEXT_OF_BOOK) - 1;
    this.setMember(before, NEXT_OF_BOOK, next);
  }
}
