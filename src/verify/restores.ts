// Restores inside a program: valid ones that build a state from ordinary commands, and ones that fail in every way.
import { COUNTER_MODULO, type CommandWriter, MICRO_ONE, Side } from '../contract/generated/records.js';
import { BUILDING, LIVE, type Model, RECENT, STALE } from './model.js';
import type { Prng } from './prng.js';
import { writeRefused } from './refused.js';

/** Writes a whole restore and leaves the model where the restore leaves the kernel. */
export function writeRestore(out: CommandWriter, model: Model, random: Prng): void {
  out.restoreBegin();
  model.clear();
  if (random.oneIn(8)) {
    // Begun twice: the first one leaves nothing behind.
    writeBooks(out, model, random);
    out.restoreBegin();
    model.clear();
  }
  const failing = random.below(8);
  const early = random.oneIn(4);
  if (early) counts(out, random);
  writeBooks(out, model, random);
  if (failing === 0) writeRefused(out, model, random);
  if (failing === 1) out.fence(random.u32());
  if (failing === 2) out.bookDigest(model.books[0] as number);
  writeBaskets(out, model, random);
  writeFairs(out, model, random);
  if (failing === 3) writeRefused(out, model, random);
  if (failing !== 4 && !early) counts(out, random);
  writeUncommitted(out, model, random);
  out.restoreEnd(random.u32());
  // 0 to 3 are refused unless the record happened to be a good one; the model may then believe too little.
  if (failing <= 4) model.clear();
}

function counts(out: CommandWriter, random: Prng): void {
  // Close below the modulus: both counters wrap soon after.
  if (random.oneIn(2))
    out.restoreCounts(COUNTER_MODULO - random.between(1, 400), COUNTER_MODULO - random.between(1, 400));
  else out.restoreCounts(random.u32(), random.u32() * 0x10000 + random.below(0x10000));
}

/** Each level takes at most one page, so that as many levels as pages always fit. */
function writeBooks(out: CommandWriter, model: Model, random: Prng): void {
  let pages = model.profile.pages;
  for (let position = 0; position < model.books.length; position++) {
    if (random.oneIn(4)) continue;
    const id = model.books[position] as number;
    const tick = model.ticks[random.below(model.ticks.length)] as number;
    const centre = random.between(3000, 7000);
    out.bookBegin(id, tick);
    model.tick[position] = tick;
    model.centre[position] = centre;
    model.state[position] = BUILDING;
    const middle = Math.max(1, Math.min(model.maxLevel(position) - 1, Math.round(centre / tick)));
    for (let i = random.below(6); i > 0 && pages > 0; i--) {
      const side = random.below(2);
      const level = side === Side.BID ? Math.max(1, middle - i) : Math.min(model.maxLevel(position), middle + i);
      out.levelSet(id, side, level, random.between(1, 40) * 1_000_000);
      model.recent[(position * 2 + side) * RECENT + (i % RECENT)] = level;
      pages -= 1;
    }
    if (random.oneIn(2)) out.bookFee(id, random.below(1 << 20));
    const state = random.below(4);
    if (state > 0) {
      out.bookLive(id);
      model.state[position] = LIVE;
    }
    if (state === 1) {
      out.bookStale(id);
      model.state[position] = STALE;
    }
    out.commitLast();
    if (random.oneIn(8)) out.bookMask(id, random.oneIn(2), random.oneIn(2));
  }
}

function writeBaskets(out: CommandWriter, model: Model, random: Prng): void {
  const { profile } = model;
  const most = Math.min(3, profile.legsPerBasket, model.books.length);
  for (let position = 0; position < model.baskets.length; position++) {
    if (random.oneIn(2)) continue;
    const id = model.baskets[position] as number;
    const payout = random.between(1, 3) * MICRO_ONE;
    out.basketCreate(id, payout, random.between(1, 7));
    model.exists[position] = 1;
    model.payout[position] = payout;
    // Neighbours in the pool, each once: no leg twice.
    const first = random.below(model.books.length);
    for (let i = 0; i < most && model.totalLegs < profile.legs; i++) {
      const book = (first + i) % model.books.length;
      const outcome = random.below(2);
      out.basketLeg(id, model.books[book] as number, outcome);
      const yes = (model.centre[book] as number) * 100;
      model.cost[position] = (model.cost[position] as number) + (outcome === 0 ? yes : MICRO_ONE - yes);
      model.legs[position] = i + 1;
      model.totalLegs += 1;
    }
    if (model.legs[position] !== 0 && !random.oneIn(3)) {
      out.basketArm(id, payout - (model.cost[position] as number) - random.below(60_000), 0);
      model.armed[position] = 1;
    }
    if (random.oneIn(8)) out.basketMask(id, true);
  }
}

function writeFairs(out: CommandWriter, model: Model, random: Prng): void {
  for (let position = 0; position < model.books.length && model.fairs < model.profile.fairs; position++) {
    if (random.oneIn(2)) continue;
    const fair = Math.max(1, model.centre[position] as number) * 100;
    out.fairSet(model.books[position] as number, fair, random.below(20_000));
    model.hasFair[position] = 1;
    model.fairs += 1;
  }
}

/** Books that are dirty when the restore ends stay so (RST-3). */
function writeUncommitted(out: CommandWriter, model: Model, random: Prng): void {
  for (let i = random.below(3); i > 0; i--) {
    const position = random.below(model.books.length);
    if (!model.mayTouch(position)) return;
    out.bookFee(model.books[position] as number, random.below(1 << 20));
    model.touch(position);
  }
}
