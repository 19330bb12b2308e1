// What the generator remembers of the program so far: enough to write commands that are mostly valid. It is no second
// model of the kernel: where it is wrong, a command is refused, and that is tested too.
import { PRICE_ONE, TICK_VALUES } from '../contract/generated/records.js';
import type { Profile } from '../contract/profile.js';
import type { Prng } from './prng.js';

/** Books and baskets that a program uses most; few enough that they meet each other all the time. */
const POOL = 48;
/** Levels remembered a side of a book, so that removals and repeats hit something. */
export const RECENT = 8;

export const EMPTY = 0;
export const BUILDING = 1;
export const LIVE = 2;
export const STALE = 3;

export class Model {
  /** Ids of the books in use, first and last id included. */
  readonly books: Int32Array;
  readonly baskets: Int32Array;
  /** Ticks that the profile allows. */
  readonly ticks: readonly number[];

  // By position in `books`.
  readonly state: Uint8Array;
  readonly tick: Int32Array;
  /** Price around which levels lie, 1e-4 USD. */
  readonly centre: Int32Array;
  readonly hasFair: Uint8Array;
  /** Levels set last: (position * 2 + side) * RECENT + i. */
  readonly recent: Uint16Array;
  readonly dirty: Uint8Array;
  dirtyCount = 0;
  fairs = 0;

  // By position in `baskets`.
  readonly exists: Uint8Array;
  readonly armed: Uint8Array;
  readonly legs: Uint16Array;
  /** Costs of the legs as far as the centres tell, micro. */
  readonly cost: Float64Array;
  readonly payout: Float64Array;
  totalLegs = 0;

  constructor(
    readonly profile: Profile,
    random: Prng,
  ) {
    // A book around its centre holds about three pages: many more books than that would mostly be refused pages. Yet a
    // message must be able to touch one book too many.
    const byPages = Math.max(profile.booksPerMessage + 1, Math.floor(profile.pages / 3));
    this.books = pick(random, profile.books, Math.min(POOL, byPages));
    this.baskets = pick(random, profile.baskets, POOL);
    this.ticks = TICK_VALUES.filter((tick) => tick >= profile.finestTick);
    const n = this.books.length;
    this.state = new Uint8Array(n);
    this.tick = new Int32Array(n);
    this.centre = new Int32Array(n);
    this.hasFair = new Uint8Array(n);
    this.recent = new Uint16Array(n * 2 * RECENT);
    this.dirty = new Uint8Array(n);
    const m = this.baskets.length;
    this.exists = new Uint8Array(m);
    this.armed = new Uint8Array(m);
    this.legs = new Uint16Array(m);
    this.cost = new Float64Array(m);
    this.payout = new Float64Array(m);
  }

  maxLevel(position: number): number {
    return PRICE_ONE / (this.tick[position] as number) - 1;
  }

  touch(position: number): void {
    if (this.dirty[position] !== 0) return;
    this.dirty[position] = 1;
    this.dirtyCount += 1;
  }

  beginBook(position: number, tick: number, centre: number): void {
    this.state[position] = BUILDING;
    this.tick[position] = tick;
    this.centre[position] = centre;
    this.recent.fill(0, position * 2 * RECENT, (position + 1) * 2 * RECENT);
  }

  clearFair(position: number): void {
    if (this.hasFair[position] !== 0) this.fairs -= 1;
    this.hasFair[position] = 0;
  }

  removeBasket(position: number): void {
    this.totalLegs -= this.legs[position] as number;
    for (const column of [this.exists, this.armed, this.legs, this.cost]) column[position] = 0;
  }

  published(): void {
    if (this.dirtyCount === 0) return;
    this.dirty.fill(0);
    this.dirtyCount = 0;
  }

  /** Whether touching the book leaves room in the message. */
  mayTouch(position: number): boolean {
    return this.dirty[position] !== 0 || this.dirtyCount < this.profile.booksPerMessage;
  }

  clear(): void {
    for (const column of [this.state, this.tick, this.centre, this.hasFair, this.recent, this.dirty]) column.fill(0);
    for (const column of [this.exists, this.armed, this.legs, this.cost, this.payout]) column.fill(0);
    this.dirtyCount = 0;
    this.fairs = 0;
    this.totalLegs = 0;
  }
}

/** Up to `count` different ids below `limit`, ascending; the first and the last id are among them. */
function pick(random: Prng, limit: number, count: number): Int32Array {
  if (limit <= count) return Int32Array.from({ length: limit }, (_, id) => id);
  const ids = new Set([0]);
  if (count > 1) ids.add(limit - 1);
  while (ids.size < count) ids.add(random.below(limit));
  return Int32Array.from([...ids].sort((a, b) => a - b));
}
