import { describe, expect, it } from 'vitest';
import type { Profile } from '../../src/contract/profile.js';
import { NAMED_PROFILES } from '../../src/contract/profile.js';
import { Ladders } from '../../src/kernel/ladders.js';

const PAGE_LEVELS = 128;

/** A small generator of its own: the test must not share a mistake with the program generator. */
function* numbers(seed: number): Generator<number, never> {
  let state = BigInt(seed);
  for (;;) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    yield Number(state >> 33n);
  }
}

class NaiveLadders {
  readonly sides = new Map<number, Map<number, number>>();
  constructor(private readonly pages: number) {}

  levels(side: number): Map<number, number> {
    const levels = this.sides.get(side) ?? new Map<number, number>();
    this.sides.set(side, levels);
    return levels;
  }

  held(): Set<string> {
    const held = new Set<string>();
    for (const [side, levels] of this.sides) {
      for (const slot of levels.keys()) held.add(`${side}/${Math.floor(slot / PAGE_LEVELS)}`);
    }
    return held;
  }

  replace(side: number, slot: number, size: number): boolean {
    const held = this.held();
    const needed = !held.has(`${side}/${Math.floor(slot / PAGE_LEVELS)}`);
    if (size !== 0 && needed && held.size === this.pages) return false;
    if (size === 0) this.levels(side).delete(slot);
    else this.levels(side).set(slot, size);
    return true;
  }
}

function words(size: number): [low: number, high: number] {
  return [size | 0, Math.floor(size / 2 ** 32)];
}

describe('Ladders', () => {
  // Goal: sizes, best slots, level counts, walks and page refusals equal those of plain maps, for random sequences.
  it.each([1, 2, 3, 4])('equals plain maps over random changes, seed %i', (seed) => {
    const profile: Profile = { ...(NAMED_PROFILES['tiny'] as Profile), books: 3, pages: 5, finestTick: 1 };
    const ladders = new Ladders(profile);
    const naive = new NaiveLadders(profile.pages);
    const random = numbers(seed);
    const next = (below: number) => random.next().value % below;
    // Slots around page borders and words of the bitmap, so that few pages see many changes.
    const slots = [0, 1, 31, 32, 63, 127, 128, 129, 255, 256, 4095, 4096, 9998];
    let refused = 0;
    for (let step = 0; step < 6000; step++) {
      const side = next(6);
      if (next(200) === 0) {
        ladders.clearSide(side);
        naive.levels(side).clear();
        continue;
      }
      const slot = slots[next(slots.length)] as number;
      const size = next(3) === 0 ? 0 : next(2) === 0 ? next(1000) + 1 : 2 ** 47 + next(1000);
      const [low, high] = words(size);
      const before = naive.levels(side).get(slot) ?? 0;
      expect(ladders.hasSize(side, slot, low, high)).toBe(before === size);
      if (before === size) continue;
      const accepted = naive.replace(side, slot, size);
      expect(ladders.replace(side, slot, low, high)).toBe(accepted);
      if (!accepted) refused += 1;
      const sorted = [...naive.levels(side).keys()].sort((a, b) => a - b);
      expect(ladders.best(side)).toBe(sorted[0] ?? Ladders.NO_SLOT);
      expect(ladders.levels(side)).toBe(sorted.length);
      const walked: number[] = [];
      for (let s = ladders.best(side); s !== Ladders.NO_SLOT; s = ladders.nextSlot(side, s + 1)) walked.push(s);
      expect(walked).toEqual(sorted);
      for (const s of sorted) expect(ladders.size(side, s)).toBe(naive.levels(side).get(s));
    }
    // The case was reached: pages did run out.
    expect(refused).toBeGreaterThan(10);
  });
});
