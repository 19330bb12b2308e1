// A seeded source of random numbers for tests: a seed reproduces a run to the byte.

export interface RandomSource {
  /** 0 <= x < 1 */
  unit(): number;
  /** 0 <= n < limit, a whole number */
  below(limit: number): number;
  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
}

/** mulberry32 */
export function randomSource(seed: number): RandomSource {
  let state = seed >>> 0;
  const unit = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number) => Math.floor(unit() * limit);
  return { unit, below, pick: (list) => list[below(list.length)] as (typeof list)[number] };
}
