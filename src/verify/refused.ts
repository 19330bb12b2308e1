// Records that a kernel refuses, one way each; and a few that are only strange.
import { type CommandWriter, FAIR_MAX, PAYOUT_MAX } from '../contract/generated/records.js';
import { EMPTY, LIVE, type Model, STALE } from './model.js';
import type { Prng } from './prng.js';

type Writer = CommandWriter;
type Way = (out: Writer, model: Model, random: Prng) => void;

const U16 = 0x10000;
const U32 = 2 ** 32;
const RECORD_BYTES = 16;

/** Any book of the pool. */
const book = (model: Model, random: Prng) => model.books[random.below(model.books.length)] as number;

/** Any basket of the pool; 0 where the profile has none, which is refused as BASKET_RANGE. */
const basket = (model: Model, random: Prng) =>
  model.baskets.length === 0 ? 0 : (model.baskets[random.below(model.baskets.length)] as number);

/** An id that is not below `limit`; one that is, where every u16 is. */
const above = (limit: number, random: Prng) => (limit >= U16 ? random.below(U16) : random.between(limit, U16 - 1));

/** Changes bits of the record that was written last. */
function patchLast(out: Writer, patch: (record: Uint8Array) => void): void {
  const bytes = out.bytes();
  patch(bytes.subarray(bytes.length - RECORD_BYTES));
}

const WAYS: readonly Way[] = [
  // UNKNOWN_OPCODE, mostly; any bytes at all.
  (out, _model, random) => {
    out.fence(0);
    patchLast(out, (record) => {
      for (let i = 0; i < RECORD_BYTES; i++) record[i] = random.below(256);
    });
  },
  // RESERVED_BITS, mostly: one bit more in a record that would be accepted.
  (out, model, random) => {
    const id = book(model, random);
    [
      () => out.bookFee(id, 1),
      () => out.levelSet(id, 0, 1, 1),
      () => out.bookMask(id, false, false),
      () => out.fairClear(id),
      () => out.fence(1),
      () => out.restoreBegin(),
      () => out.basketArm(basket(model, random), 0, 0),
    ][random.below(7)]?.();
    const bit = random.between(8, 127);
    patchLast(out, (record) => {
      record[bit >> 3] = (record[bit >> 3] as number) ^ (1 << (bit & 7));
    });
  },
  (out, model, random) => {
    const id = above(model.profile.books, random);
    [
      () => out.bookBegin(id, 100),
      () => out.bookLive(id, true),
      () => out.bookStale(id),
      () => out.levelSet(id, 1, 1, 1, true),
      () => out.bookFee(id, 5),
      () => out.bookMask(id, true, false),
      () => out.fairSet(id, 1, 1),
      () => out.fairClear(id),
      () => out.bookDigest(id),
      () => out.basketLeg(basket(model, random), id, 0),
    ][random.below(10)]?.();
  },
  (out, model, random) => out.bookBegin(book(model, random), random.below(U16), random.oneIn(2)),
  // TICK_TOO_FINE where the profile has a coarser one.
  (out, model, random) => out.bookBegin(book(model, random), 1, random.oneIn(2)),
  (out, model, random) => {
    const position = random.below(model.books.length);
    const id = model.books[position] as number;
    const state = model.state[position];
    if (state === LIVE) out.bookLive(id, true);
    else if (state === EMPTY || state === STALE) out.levelSet(id, 0, 1, 5, true);
    else out.bookStale(id, true);
  },
  (out, model, random) => {
    const position = random.below(model.books.length);
    const tick = model.tick[position] as number;
    const level = tick === 0 || random.oneIn(3) ? 0 : random.between(model.maxLevel(position) + 1, U16 - 1);
    out.levelSet(model.books[position] as number, random.below(2), level, random.below(3), random.oneIn(2));
  },
  (out, model, random) => {
    const id = above(model.profile.baskets, random);
    [
      () => out.basketCreate(id, 1, 1),
      () => out.basketLeg(id, 0, 0),
      () => out.basketArm(id, 0, 0),
      () => out.basketDisarm(id),
      () => out.basketRemove(id),
      () => out.basketMask(id, true),
    ][random.below(6)]?.();
  },
  // BASKET_EXISTS, KIND_INVALID, PAYOUT_RANGE; or one more basket.
  (out, model, random) => {
    const id = basket(model, random);
    const position = model.baskets.indexOf(id);
    if (position >= 0 && random.oneIn(4)) {
      out.basketRemove(id);
      model.removeBasket(position);
    }
    const payout = random.oneIn(3) ? 0 : random.oneIn(2) ? random.between(PAYOUT_MAX + 1, U32 - 1) : 7;
    out.basketCreate(id, payout, random.oneIn(2) ? random.below(256) : 3);
  },
  // BASKET_ABSENT; or what the command does where the basket is there.
  (out, model, random) => {
    const id = basket(model, random);
    [
      () => out.basketLeg(id, book(model, random), 1),
      () => out.basketArm(id, -5000, 0),
      () => out.basketDisarm(id),
      () => out.basketMask(id, false),
    ][random.below(4)]?.();
  },
  // BASKET_NO_LEGS, then BASKET_ARMED, LEG_DUPLICATE, from a basket made for it.
  (out, model, random) => {
    const id = basket(model, random);
    const leg = book(model, random);
    out.basketRemove(id).basketCreate(id, 1_000_000, 1).basketArm(id, 0, 0);
    out.basketLeg(id, leg, 0).basketLeg(id, leg, 0).basketArm(id, 0, 1).basketLeg(id, leg, 1).basketRemove(id);
    const position = model.baskets.indexOf(id);
    if (position >= 0) model.removeBasket(position);
  },
  (out, model, random) => out.fairSet(book(model, random), random.between(FAIR_MAX + 1, U32 - 1), 0),
  (out, model, random) => out.fairSet(book(model, random), 1, random.between(FAIR_MAX + 1, U32 - 1)),
  // FAIR_ABSENT, or a fair value goes.
  (out, model, random) => {
    const position = random.below(model.books.length);
    out.fairClear(model.books[position] as number);
    model.clearFair(position);
  },
  (out, _model, random) => out.restoreCounts(random.u32(), random.u32()),
  (out, _model, random) => out.restoreEnd(random.u32()),
];

/** Writes one record that is most likely refused, or a few that lead to one. */
export function writeRefused(out: Writer, model: Model, random: Prng): void {
  WAYS[random.below(WAYS.length)]?.(out, model, random);
}
