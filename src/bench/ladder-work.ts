// Work W1: level sets of one book on a 0.001 grid, with the mix of deletes and touch moves that was measured on a
// recorded feed. Kept as plain columns, so that every ladder, ours or a peer's, reads the same numbers the same way.
import { Prng } from '../verify/prng.js';

export const W1_SETS = 1_000_000;
/** 1e-4 USD: the 0.001 grid. */
export const W1_TICK = 10;
const LEVELS = 999;
const DELETES = 0.235;
const TOUCH_MOVES = 0.048;
/** Of all sets, those that delete the best level; the rest of the touch moves go the other way. */
const TOUCH_DELETES = 0.021;
/** Levels behind the best that updates reach, on average. */
const MEAN_DEPTH = 12;
const START_DEPTH = 60;
const UNIT = 2 ** 32;
const LARGEST_SIZE = 5_000_000_000;

/** One level set a place; size 0 removes. */
export interface LadderWork {
  /** Side of the contract: 0 bid, 1 ask. */
  readonly sides: Uint8Array;
  readonly levels: Uint16Array;
  /** 1e-6 share. */
  readonly sizes: Float64Array;
  /** Sets that make the book before the first timed one; they stand at the front. */
  readonly opening: number;
  /** Shares of the timed sets, counted. */
  readonly deletes: number;
  readonly touchMoves: number;
}

/** A book as the generator knows it: which levels hold a size, and the best of either side. */
class Occupied {
  private readonly held = [new Uint8Array(LEVELS + 2), new Uint8Array(LEVELS + 2)];
  readonly best = [0, LEVELS + 1];

  has(side: number, level: number): boolean {
    return this.held[side]?.[level] === 1;
  }

  /** True when the best level of the side moved. */
  set(side: number, level: number, present: boolean): boolean {
    const held = this.held[side] as Uint8Array;
    held[level] = present ? 1 : 0;
    const before = this.best[side] as number;
    const step = side === 0 ? -1 : 1;
    let best = before;
    if (present && (level - before) * step < 0) best = level;
    while (!present && best > 0 && best <= LEVELS && held[best] === 0) best += step;
    this.best[side] = best;
    return best !== before;
  }

  get spread(): number {
    return (this.best[1] as number) - (this.best[0] as number);
  }
}

/** Makes W1, or a shorter piece of it; equal arguments give equal work. */
export function ladderWork(sets: number = W1_SETS, seed = 1): LadderWork {
  const opening = 2 * START_DEPTH;
  const total = opening + sets;
  const work = { sides: new Uint8Array(total), levels: new Uint16Array(total), sizes: new Float64Array(total) };
  const prng = new Prng(seed, sets);
  const book = new Occupied();
  let [at, deletes, touchMoves] = [0, 0, 0];
  const set = (side: number, level: number, size: number) => {
    work.sides[at] = side;
    work.levels[at] = level;
    work.sizes[at] = size;
    at += 1;
    const moved = book.set(side, level, size > 0);
    if (at <= opening) return;
    if (size === 0) deletes += 1;
    if (moved) touchMoves += 1;
  };
  const size = () => 1 + prng.below(LARGEST_SIZE / 1000) * 1000;
  for (let depth = 0; depth < START_DEPTH; depth++) {
    set(0, 498 - depth, size());
    set(1, 502 + depth, size());
  }
  const quietDeletes = (DELETES - TOUCH_DELETES) / (1 - TOUCH_MOVES);
  while (at < total) {
    const side = prng.below(2);
    if (prng.u32() / UNIT < TOUCH_MOVES) moveTouch(book, side, set, size);
    else if (prng.u32() / UNIT < quietDeletes) set(side, heldBehind(book, side, prng), 0);
    else set(side, (book.best[side] as number) + outward(side) * depthOf(prng), size());
  }
  return { ...work, opening, deletes: deletes / sets, touchMoves: touchMoves / sets };
}

/** Away from the middle. */
const outward = (side: number): number => (side === 0 ? -1 : 1);

/** Wide books get tighter, tight ones wider, and the middle stays in the middle of the grid. */
function moveTouch(
  book: Occupied,
  side: number,
  set: (side: number, level: number, size: number) => void,
  size: () => number,
): void {
  const best = book.best[side] as number;
  const farOut = side === 0 ? best < 400 : best > 600;
  const farIn = side === 0 ? best > 600 : best < 400;
  const tighten = book.spread > 1 && !farIn && (farOut || book.spread > 3);
  if (tighten) set(side, best - outward(side), size());
  else set(side, best, 0);
}

/** Geometric, so that most updates are near the best level. */
function depthOf(prng: Prng): number {
  const draw = (prng.u32() + 1) / UNIT;
  return Math.min(150, Math.floor(-Math.log(draw) * MEAN_DEPTH));
}

/** A level behind the best that holds a size; the depths drawn decide which. */
function heldBehind(book: Occupied, side: number, prng: Prng): number {
  const best = book.best[side] as number;
  for (;;) {
    const level = best + outward(side) * (1 + depthOf(prng));
    if (book.has(side, level)) return level;
  }
}
