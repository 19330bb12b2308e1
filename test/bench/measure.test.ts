// Goal: the arithmetic of the benchmarks is right, on a clock that the test turns. No test here looks at a real one.
import { describe, expect, it } from 'vitest';
import { type Effort, frameLoop, measureGroup, percentile, type Subject, summarise } from '../../src/bench/measure.js';

const EFFORT: Effort = { rounds: 4, turnMs: 10, warmUpMs: 50 };

/** A clock that only subjects move, and subjects that take what they say. */
class Laboratory {
  nowMs = 0;
  readonly turns: string[] = [];
  /** Operations of each turn. */
  readonly sizes: number[] = [];

  subject(name: string, nsOf: () => number, more: Partial<Subject> = {}): Subject {
    return {
      name,
      run: (operations) => {
        this.turns.push(name);
        this.sizes.push(operations);
        this.nowMs += (operations * nsOf()) / 1e6;
        return operations;
      },
      ...more,
    };
  }

  readonly clock = () => this.nowMs;
}

describe('measureGroup', () => {
  it('says what an operation takes, and takes turns', async () => {
    const lab = new Laboratory();
    const subjects = [lab.subject('a', () => 50), lab.subject('b', () => 200)];
    const { rows } = await measureGroup({ name: 'g', unit: 'ns/x', subjects }, EFFORT, lab.clock);
    expect(rows).toEqual([
      { type: 'row', name: 'a', unit: 'ns/x', median: 50, min: 50, max: 50, runs: 4 },
      { type: 'row', name: 'b', unit: 'ns/x', median: 200, min: 200, max: 200, runs: 4 },
    ]);
    expect(lab.turns.slice(-8)).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b']);
  });

  it('makes turns as long as asked, in whole pieces, and not more than there is', async () => {
    const lab = new Laboratory();
    const subjects = [
      lab.subject('free', () => 100),
      lab.subject('pieces', () => 100, { piece: 1024 }),
      lab.subject('little', () => 100, { most: 7 }),
    ];
    await measureGroup({ name: 'g', unit: 'ns/x', subjects }, EFFORT, lab.clock);
    const [free, pieces, little] = lab.sizes.slice(-3) as [number, number, number];
    expect(free).toBe(100_000);
    expect(pieces % 1024).toBe(0);
    expect(pieces).toBeGreaterThan(99_000);
    expect(little).toBe(7);
  });

  it('compares turn by turn, so that a drift of the machine leaves ratios alone', async () => {
    const lab = new Laboratory();
    let drift = 1;
    // From one round to the next everything takes longer.
    const restart = () => {
      drift *= 1.5;
    };
    const subjects = [lab.subject('slow', () => 300 * drift, { restart }), lab.subject('fast', () => 100 * drift)];
    const group = { name: 'g', unit: 'ns/x', subjects, ratios: [['slow', 'fast']] as const };
    const { rows, ratios } = await measureGroup(group, EFFORT, lab.clock);
    expect(rows[0]?.max).toBeGreaterThan((rows[0]?.min ?? 0) * 3);
    expect(ratios).toEqual([{ type: 'ratio', name: 'slow', to: 'fast', median: 3, min: 3, max: 3, runs: 4 }]);
  });

  it('derives rows within a round, with a unit of their own', async () => {
    const lab = new Laboratory();
    const group = {
      name: 'g',
      unit: 'ns/x',
      subjects: [lab.subject('whole', () => 90), lab.subject('part', () => 20)],
      derived: [
        {
          name: 'rest',
          unit: 'ns/y',
          from: ['whole', 'part'],
          combine: (...figures: readonly number[]) => (figures[0] as number) - (figures[1] as number),
        },
      ],
    };
    const { rows } = await measureGroup(group, EFFORT, lab.clock);
    expect(rows[2]).toEqual({ type: 'row', name: 'rest', unit: 'ns/y', median: 70, min: 70, max: 70, runs: 4 });
  });

  it('waits for work that ends later, and for what comes before it', async () => {
    const lab = new Laboratory();
    let ready = false;
    const subject: Subject = {
      name: 'later',
      most: 1,
      restart: async () => {
        await Promise.resolve();
        ready = true;
      },
      run: async () => {
        expect(ready).toBe(true);
        ready = false;
        await Promise.resolve();
        lab.nowMs += 5;
        return 1;
      },
    };
    const group = { name: 'g', unit: 'runs/s', subjects: [subject], figure: (ns: number) => 1e9 / ns };
    const { rows } = await measureGroup(group, EFFORT, lab.clock);
    expect(rows[0]?.median).toBe(200);
  });
});

describe('figures', () => {
  it('are the median, the least and the most', () => {
    expect(summarise('r', 'ns', [5, 1, 9])).toMatchObject({ median: 5, min: 1, max: 9, runs: 3 });
    expect(summarise('r', 'ns', [4, 1, 9, 2], 1.23456)).toMatchObject({ median: 3, events_per_command: 1.235 });
  });

  it('of percentiles are samples', () => {
    const samples = Float64Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(samples, 0.5)).toBe(51);
    expect(percentile(samples, 0.99)).toBe(100);
  });

  it('come from frames around the end', () => {
    const seen: number[] = [];
    const subject = frameLoop('f', [1, 2, 3], (frame) => seen.push(frame));
    subject.run(4);
    subject.run(1);
    expect(seen).toEqual([1, 2, 3, 1, 2]);
  });
});
