// Goal: whatever the line does to bytes, no event is lost, invented or repeated, and each kind of fault is counted.
// The reference is an engine fed directly; the device is the model of docs/link.md; time is virtual.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/verify/prng.js';
import { cutRandomly, randomProgram, TINY } from '../hal/programs.js';
import { Bench, type BenchOptions } from './bench.js';
import { FaultyLine, LINE_FAULTS, type LineFault } from './faulty-line.js';
import type { ModelCounters } from './model-device.js';
import { direct } from './reference.js';

interface Plan {
  readonly seed: number;
  readonly commands: number;
  readonly permille: number;
  readonly kinds: readonly LineFault[];
  readonly sides?: readonly ('device' | 'host')[];
  readonly bench?: Partial<BenchOptions>;
  readonly silenceMs?: number;
}

interface Outcome {
  readonly bench: Bench;
  readonly toDevice: FaultyLine;
  readonly toHost: FaultyLine;
  readonly counters: ModelCounters;
}

/** Runs a program over a bad line and holds every event against the reference. */
async function run(plan: Plan): Promise<Outcome> {
  let now = () => 0;
  const silence = plan.silenceMs === undefined ? {} : { silenceMs: plan.silenceMs };
  const line = (seed: number) => new FaultyLine({ ...plan, ...silence, seed, now: () => now() });
  const [toDevice, toHost] = [line(plan.seed), line(plan.seed + 1)];
  const sides = plan.sides ?? ['device', 'host'];
  toDevice.on = toHost.on = false;
  const bench = new Bench({
    profile: TINY,
    seed: plan.seed,
    // Worse than any line: that it counts as dead in between is not the question here.
    host: { lostMs: 60_000 },
    ...plan.bench,
    toDevice: toDevice.pass,
    toHost: toHost.pass,
  });
  now = () => bench.clock.now();
  await bench.open();
  toDevice.on = sides.includes('device');
  toHost.on = sides.includes('host');
  const random = new Prng(plan.seed);
  const commands = randomProgram(plan.commands, plan.seed);
  const expected = direct(commands, TINY);
  await bench.submit(cutRandomly(commands, () => random.u32() / 2 ** 32).filter((batch) => batch.length > 0));
  await bench.clock.until(() => bench.eventCount * 32 >= expected.length || bench.faults.length > 0, 600_000);
  // Whatever is still under way must not change anything any more.
  await bench.clock.pass(1000);
  expect(bench.faults).toEqual([]);
  expect(bench.events.length).toBe(expected.length);
  expect(Buffer.compare(bench.events, expected)).toBe(0);
  return { bench, toDevice, toHost, counters: bench.device.counters };
}

describe('the link over a bad line', () => {
  it('loses, invents and repeats nothing, for any seed, rate, window and delay', async () => {
    const plans = fc.record({
      seed: fc.integer({ min: 1, max: 2 ** 31 }),
      commands: fc.integer({ min: 50, max: 1500 }),
      permille: fc.constantFrom(5, 50, 200, 400),
      kinds: fc.subarray([...LINE_FAULTS], { minLength: 1 }),
      bench: fc.record({
        commandWindow: fc.constantFrom(1, 4, 16, 64, 1024),
        eventWindow: fc.constantFrom(1, 3, 16, 256),
        latencyMs: fc.constantFrom(0, 0.1, 1, 16),
        baud: fc.constantFrom(115_200, 1_000_000, 3_000_000),
      }),
    });
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => void (await run(plan))),
      { numRuns: 40, seed: 20_26 },
    );
  }, 120_000);

  it('mends ten thousand faults of all kinds', async () => {
    let total = 0;
    for (let seed = 1; total < 10_000; seed++) {
      const { toDevice, toHost } = await run({ seed, commands: 6000, permille: 250, kinds: LINE_FAULTS });
      total += toDevice.total + toHost.total;
    }
  }, 120_000);
});

/** What each kind must show in the counters of the side that receives, and what it cannot show there. */
const SHOWN: Readonly<Record<LineFault, { readonly some: readonly string[]; readonly none: readonly string[] }>> = {
  flip: { some: ['crc_errors', 'bad_frames'], none: ['wrong_epochs', 'overruns'] },
  drop: { some: ['gaps'], none: ['crc_errors', 'bad_frames', 'unknown_frames', 'wrong_epochs'] },
  duplicate: { some: ['duplicates'], none: ['crc_errors', 'bad_frames', 'unknown_frames', 'gaps'] },
  reorder: { some: ['gaps'], none: ['crc_errors', 'bad_frames', 'unknown_frames', 'wrong_epochs'] },
  truncate: { some: ['bad_frames', 'crc_errors'], none: ['wrong_epochs', 'overruns'] },
  stray: { some: ['bad_frames'], none: ['wrong_epochs', 'overruns'] },
  delay: { some: ['gaps'], none: ['crc_errors', 'bad_frames', 'unknown_frames', 'wrong_epochs'] },
  old: { some: ['duplicates'], none: ['crc_errors', 'bad_frames', 'unknown_frames', 'wrong_epochs'] },
  silence: { some: ['gaps'], none: ['crc_errors', 'bad_frames', 'unknown_frames', 'wrong_epochs'] },
};

describe('the counters', () => {
  for (const kind of LINE_FAULTS) {
    it(`count ${kind} towards the device as what it is`, async () => {
      const plan = { seed: 40, commands: 3000, permille: 60, kinds: [kind], sides: ['device'] as const };
      const { toDevice, counters } = await run(plan);
      expect(toDevice.counts[kind]).toBeGreaterThan(5);
      const count = (name: string) => counters[name as keyof ModelCounters];
      expect(SHOWN[kind].some.reduce((sum, name) => sum + count(name), 0)).toBeGreaterThan(0);
      expect(SHOWN[kind].none.map((name) => [name, count(name)])).toEqual(SHOWN[kind].none.map((name) => [name, 0]));
    });

    it(`count ${kind} towards the host as what it is`, async () => {
      const plan = { seed: 41, commands: 3000, permille: 60, kinds: [kind], sides: ['host'] as const };
      const { bench, toHost } = await run(plan);
      expect(toHost.counts[kind]).toBeGreaterThan(5);
      const c = bench.link.counters;
      const counted: Readonly<Record<string, number>> = {
        crc_errors: c.crcErrors,
        bad_frames: c.badFrames,
        unknown_frames: c.unknownFrames,
        wrong_epochs: c.wrongEpochs,
        gaps: c.gaps,
        duplicates: c.duplicates,
        overruns: c.overruns,
      };
      expect(SHOWN[kind].some.reduce((sum, name) => sum + (counted[name] ?? 0), 0)).toBeGreaterThan(0);
      expect(SHOWN[kind].none.map((name) => [name, counted[name]])).toEqual(SHOWN[kind].none.map((name) => [name, 0]));
    });
  }
});
