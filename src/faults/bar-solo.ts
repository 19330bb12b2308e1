// One fault of a BAR at a time, on a fresh card and a fresh host, beside the same traffic without it.
import { ProgramGenerator } from '../verify/generator.js';
import { Prng } from '../verify/prng.js';
import { BarTraffic, type BarTrafficOptions, isAtRest } from './bar-traffic.js';
import type { FaultKind } from './kinds.js';
import { median } from './median.js';
import { aloneAndWithout, type Run, type SoloResult } from './solo.js';

export interface BarSoloOptions extends BarTrafficOptions {
  readonly repetitions: number;
  readonly seed: number;
}

const BATCHES = 12;
const BATCH_COMMANDS = 40;

/** @throws Divergence; also where none of the counters that should move did, or the host says another code */
export async function barSolo(kind: FaultKind, options: BarSoloOptions): Promise<SoloResult> {
  const { repetitions } = options;
  if (kind.error === undefined) {
    return await aloneAndWithout(kind, repetitions, (fault, repetition) => once(kind, fault, repetition, options));
  }
  const noticed: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) noticed.push(await ended(kind, repetition, options));
  return { kind: kind.name, moved: {}, repetitions, laterMs: { median: median(noticed), most: Math.max(...noticed) } };
}

/** @returns ms until the host has said what happened */
async function ended(kind: FaultKind, repetition: number, options: BarSoloOptions): Promise<number> {
  const traffic = new BarTraffic(options);
  const random = new Prng(options.seed, repetition);
  const generator = new ProgramGenerator(options.profile, options.seed, repetition);
  try {
    await traffic.begin(random);
    return await traffic.end(kind, random, generator);
  } finally {
    await traffic.close();
  }
}

/** The same traffic each time, as `kind` needs it; `fault`, if any, in the middle of it. */
async function once(
  kind: FaultKind,
  fault: FaultKind | undefined,
  repetition: number,
  options: BarSoloOptions,
): Promise<Run> {
  const traffic = new BarTraffic(options);
  const { world } = traffic;
  const random = new Prng(options.seed, repetition);
  const generator = new ProgramGenerator(options.profile, options.seed, repetition);
  const place = 2 + random.below(BATCHES - 4);
  try {
    await traffic.begin(random);
    const from = world.clock.now();
    for (let batch = 0; batch < BATCHES; batch++) {
      if (batch === place && kind.where === 'ends') await traffic.bear(kind, random, generator, fault !== undefined);
      else if (batch === place && fault !== undefined && !isAtRest(fault)) world.injure(fault, random);
      await traffic.submit(traffic.answered(generator.next(BATCH_COMMANDS)));
    }
    await traffic.drain();
    if (isAtRest(kind)) await traffic.atRest(fault, random, generator);
    const ms = world.clock.now() - from;
    await traffic.mended();
    return { counters: await world.counters(), ms, injected: true };
  } finally {
    await traffic.close();
  }
}
