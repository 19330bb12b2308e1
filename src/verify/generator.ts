// Random programs: mostly valid, yet every opcode, every refusal, every way of cutting messages, and counters near
// their end. A program is cut into segments that start from a reset, so that each can be made again alone.
import { CommandWriter, FEE_RATE_MAX, MICRO_ONE, PRICE_ONE, SIZE_MAX, Side } from '../contract/generated/records.js';
import { type Profile, profileValues } from '../contract/profile.js';
import { writeFlood } from './floods.js';
import { EMPTY, LIVE, Model, RECENT, STALE } from './model.js';
import { Prng } from './prng.js';
import { writeRefused } from './refused.js';
import { writeRestore } from './restores.js';

/** Equal (seed, segment, profile, version): equal programs. Bump it with every change of what is generated. */
export const GENERATOR_VERSION = 1;

/** Commands of a segment before its epilogue. */
export const SEGMENT_COMMANDS = 1_000_000;

// Mean distances, in commands.
const FLOOD_EVERY = 60_000;
const RESTORE_EVERY = 9_000;
const REFUSED_EVERY = 40;

const INT32_MIN = -(2 ** 31);

export class ProgramGenerator {
  readonly model: Model;
  private readonly random: Prng;
  private readonly writer = new CommandWriter(1 << 13);
  private messageLeft = 1;
  private floods = 0;

  /** seed, segment: 0..2^32-1. */
  constructor(
    private readonly profile: Profile,
    seed: number,
    segment: number,
  ) {
    this.random = new Prng(GENERATOR_VERSION, seed, segment, ...profileValues(profile));
    this.model = new Model(profile, this.random);
  }

  /**
   * Writes the next commands, at least `count`.
   * @returns a view that the next call overwrites
   */
  next(count: number): Uint8Array<ArrayBuffer> {
    this.writer.clear();
    while (this.writer.count < count) this.step();
    return this.writer.bytes();
  }

  /**
   * Brings hidden state out: publishes what is dirty, digests every book, takes masks off, closes and re-opens
   * signals. Ends with a FENCE.
   */
  epilogue(): Uint8Array<ArrayBuffer> {
    const { books, baskets } = this.model;
    const out = this.writer.clear();
    if (books.length > 0) out.bookFee(books[0] as number, 0, true);
    for (let book = 0; book < this.profile.books; book++) out.bookDigest(book);
    for (const book of books) out.bookMask(book, false, false);
    for (const basket of baskets) {
      out.basketMask(basket, false).basketDisarm(basket).basketArm(basket, INT32_MIN, 0);
    }
    for (const book of books) out.fairClear(book);
    return out.fence(0).bytes();
  }

  private step(): void {
    const { random } = this;
    const r = random.below(1024);
    if (r < 740) this.level(this.book());
    else if (r < 770) this.fee(this.book());
    else if (r < 800) this.move(this.book());
    else if (r < 812) this.begin(this.book());
    else if (r < 822) this.bookMask();
    else if (r < 930) this.basket();
    else if (r < 970) this.fair();
    else if (r < 974) this.writer.fence(random.u32());
    else if (r < 978) this.writer.bookDigest(this.model.books[this.book()] as number);
    else this.rare();
  }

  /** Called 46 times in 1024. */
  private rare(): void {
    const { random, model, writer } = this;
    const share = (every: number) => Math.max(1, Math.round((every * 46) / 1024));
    if (random.oneIn(share(FLOOD_EVERY))) writeFlood(writer, model, random, this.floods++);
    else if (random.oneIn(share(RESTORE_EVERY))) writeRestore(writer, model, random);
    else if (random.oneIn(share(REFUSED_EVERY))) writeRefused(writer, model, random);
    else this.level(this.book());
  }

  /** A position in the pool; the low positions more often, so that some books are busy and some rest. */
  private book(): number {
    const n = this.model.books.length;
    return this.random.oneIn(2) ? this.random.below(n) : this.random.below(this.random.below(n) + 1);
  }

  /** Ends the message now and then: most are short, some as long as the profile allows, a few longer. */
  private touched(position: number): void {
    const { model, random } = this;
    model.touch(position);
    this.messageLeft -= 1;
    const full = model.dirtyCount >= this.profile.booksPerMessage && !random.oneIn(16);
    if (this.messageLeft > 0 && !full) return;
    this.writer.commitLast();
    model.published();
    const r = random.below(16);
    this.messageLeft = r < 9 ? 1 : r < 15 ? random.between(2, 8) : random.between(9, 64);
  }

  private level(position: number): void {
    const { model, random } = this;
    const state = model.state[position];
    if ((state === EMPTY || state === STALE) && !random.oneIn(64)) return this.move(position);
    const side = random.below(2);
    const max = model.maxLevel(position);
    const slot = (position * 2 + side) * RECENT + random.below(RECENT);
    const known = model.recent[slot] as number;
    const again = known !== 0 && known <= max && random.below(16) < 7;
    const level = again ? known : this.freshLevel(position, side, max);
    const size = again && random.below(8) < 5 ? 0 : this.size();
    if (!again) model.recent[slot] = level;
    this.writer.levelSet(model.books[position] as number, side, level, size);
    this.touched(position);
  }

  private freshLevel(position: number, side: number, max: number): number {
    const { model, random } = this;
    const r = random.below(64);
    if (r === 0) return random.between(1, max);
    if (r === 1) return random.oneIn(2) ? 1 : max;
    if (r < 6) this.drift(position);
    const centre = Math.round((model.centre[position] as number) / (model.tick[position] as number));
    // Steps of -2..13 from the centre: a few levels cross or lock the book.
    const step = Math.min(random.below(16), random.below(16)) - 2;
    const level = side === Side.BID ? centre - step : centre + 1 + step;
    return Math.min(max, Math.max(1, level));
  }

  private drift(position: number): void {
    const { model, random } = this;
    const moved = (model.centre[position] as number) + random.between(-4, 4) * (model.tick[position] as number);
    model.centre[position] = Math.min(PRICE_ONE - 1, Math.max(1, moved));
  }

  private size(): number {
    const { random } = this;
    const r = random.below(32);
    if (r < 20) return random.between(1, 40) * 1_000_000;
    if (r < 30) return random.between(1, 2 ** 31);
    return r === 30 ? SIZE_MAX : 1 + ((random.u32() + random.below(0x10000) * 2 ** 32) % SIZE_MAX);
  }

  private fee(position: number): void {
    const { random } = this;
    const rate = random.oneIn(8) ? random.below(FEE_RATE_MAX + 1) : random.below(1 << random.between(0, 20));
    this.writer.bookFee(this.model.books[position] as number, rate);
    this.touched(position);
  }

  private begin(position: number): void {
    const { model, random } = this;
    const tick = model.ticks[random.below(model.ticks.length)] as number;
    const centre = random.oneIn(8) ? random.between(1, PRICE_ONE - 1) : random.between(3000, 7000);
    model.beginBook(position, tick, centre);
    this.writer.bookBegin(model.books[position] as number, tick);
    this.touched(position);
  }

  /** One step towards LIVE, and away from it seldom. */
  private move(position: number): void {
    const { model, random, writer } = this;
    const id = model.books[position] as number;
    const state = model.state[position];
    if (state === EMPTY) return this.begin(position);
    if (state === LIVE) {
      if (!random.oneIn(4)) return this.level(position);
      writer.bookStale(id);
      model.state[position] = STALE;
    } else {
      writer.bookLive(id);
      model.state[position] = LIVE;
    }
    this.touched(position);
  }

  private bookMask(): void {
    const { model, random, writer } = this;
    const id = model.books[this.book()] as number;
    // Masked books say little: most stay open.
    if (random.oneIn(3)) writer.bookMask(id, random.oneIn(2), random.oneIn(2));
    else writer.bookMask(id, false, false);
  }

  private basket(): void {
    const { model, random, writer } = this;
    if (model.baskets.length === 0) return this.level(this.book());
    const position = random.below(model.baskets.length);
    const id = model.baskets[position] as number;
    if (model.exists[position] === 0) return this.createBasket(position, id);
    if (model.armed[position] === 0) {
      const legs = model.legs[position] as number;
      const wanted = Math.min(this.profile.legsPerBasket, 2 + (id % 5));
      if (legs < wanted && !random.oneIn(6)) return this.leg(position, id);
      return this.arm(position, id);
    }
    const r = random.below(16);
    if (r < 9) {
      this.arm(position, id);
    } else if (r < 12) {
      writer.basketMask(id, random.oneIn(3));
    } else if (r < 14) {
      writer.basketDisarm(id);
      model.armed[position] = 0;
    } else {
      writer.basketRemove(id);
      model.removeBasket(position);
    }
  }

  private createBasket(position: number, id: number): void {
    const { model, random } = this;
    const payout = random.oneIn(8) ? random.between(1, 256 * MICRO_ONE) : random.between(1, 4) * MICRO_ONE;
    this.writer.basketCreate(id, payout, random.between(1, 7));
    model.exists[position] = 1;
    model.payout[position] = payout;
  }

  private leg(position: number, id: number): void {
    const { model, random } = this;
    const book = this.book();
    const outcome = random.below(2);
    this.writer.basketLeg(id, model.books[book] as number, outcome);
    const yes = (model.centre[book] as number) * 100;
    model.cost[position] = (model.cost[position] as number) + (outcome === 0 ? yes : MICRO_ONE - yes);
    model.legs[position] = (model.legs[position] as number) + 1;
    model.totalLegs += 1;
  }

  /** Thresholds close to where the prices are, so that signals open and close. */
  private arm(position: number, id: number): void {
    const { model, random, writer } = this;
    const r = random.below(16);
    const near =
      (model.payout[position] as number) - (model.cost[position] as number) + random.between(-40_000, 20_000);
    const edge = r === 0 ? INT32_MIN : r === 1 ? random.u32() | 0 : near;
    writer.basketArm(id, edge, random.oneIn(3) ? random.between(1, 30) * 1_000_000 : 0);
    if (model.legs[position] !== 0) model.armed[position] = 1;
  }

  private fair(): void {
    const { model, random, writer } = this;
    const position = this.book();
    if (this.profile.fairs === 0 && !random.oneIn(32)) return this.level(position);
    const id = model.books[position] as number;
    const has = model.hasFair[position] !== 0;
    if (has && random.oneIn(5)) {
      writer.fairClear(id);
      return model.clearFair(position);
    }
    const near = (model.centre[position] as number) * 100 + random.between(-30_000, 30_000);
    const fair = random.oneIn(16) ? random.below(MICRO_ONE + 1) : Math.min(MICRO_ONE, Math.max(0, near));
    writer.fairSet(id, fair, random.oneIn(16) ? random.below(MICRO_ONE + 1) : random.below(20_000));
    if (!has && model.fairs < this.profile.fairs) {
      model.hasFair[position] = 1;
      model.fairs += 1;
    }
  }
}
