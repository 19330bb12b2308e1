// Random numbers that are the same everywhere and for ever: xoshiro128** 1.1 (Blackman, Vigna), seeded by splitmix32.

/** Mixes words into one; the order of the words counts. */
function splitmix32(state: number): number {
  let z = (state + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

export class Prng {
  private readonly s = new Int32Array(4);

  /** words: u32 each; equal words give equal numbers, and words that differ give unrelated ones. */
  constructor(...words: readonly number[]) {
    let state = words.length;
    for (const word of words) state = splitmix32(state ^ word);
    for (let i = 0; i < 4; i++) {
      state = splitmix32(state + i);
      this.s[i] = state;
    }
    // The all-zero state would stay there.
    if (this.s.every((word) => word === 0)) this.s[0] = 1;
  }

  /** 0..2^32-1. */
  u32(): number {
    const { s } = this;
    const s1 = s[1] as number;
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const t = s1 << 9;
    const s2 = (s[2] as number) ^ (s[0] as number);
    const s3 = (s[3] as number) ^ s1;
    s[1] = s1 ^ s2;
    s[0] = (s[0] as number) ^ s3;
    s[2] = s2 ^ t;
    s[3] = (s3 << 11) | (s3 >>> 21);
    return result >>> 0;
  }

  /** 0..limit-1; limit 1..2^32. The bias, below 2^-32 * limit, is of no matter here. */
  below(limit: number): number {
    return Math.floor((this.u32() / 4294967296) * limit);
  }

  /** low..high, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True once in `n` times on average. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }
}
