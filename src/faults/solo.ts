// One fault at a time, on a fresh device and a fresh host, beside the same traffic without it: what the user sees of
// each kind, which counters move, and how much later everything is there.
import { LINK_COUNTER_NAMES, REGISTER_LINK } from '../contract/generated/transports.js';
import type { Profile } from '../contract/profile.js';
import { ProgramGenerator } from '../verify/generator.js';
import { Prng } from '../verify/prng.js';
import type { BlockFault } from './channel.js';
import type { DevicePort } from './device-port.js';
import type { FaultKind, Sign } from './kinds.js';
import { median } from './median.js';
import { Divergence, Reference } from './reference.js';
import { World } from './world.js';

export interface SoloOptions {
  /** A fresh device each time. */
  readonly port: () => DevicePort;
  readonly profile: Profile;
  readonly repetitions: number;
  readonly seed: number;
}

export interface SoloResult {
  readonly kind: string;
  /** In how many of the repetitions each counter moved further than without the fault. */
  readonly moved: Readonly<Record<string, number>>;
  readonly repetitions: number;
  /** Virtual time by which everything came later, in ms; of faults that the link bears. */
  readonly laterMs: { readonly median: number; readonly most: number };
}

const PATIENCE_MS = 120_000;
const BATCHES = 12;
const BATCH_COMMANDS = 40;
/** Blocks of at least so many bytes hold records. */
const RECORDS_BYTES = 40;
/** Counters that move with any traffic. */
const TRAFFIC = ['frames_received', 'frames_sent', 'bytesIn', 'bytesOut', 'framesIn', 'framesOut', 'creditEvents'];

export interface Run {
  readonly counters: Map<string, number>;
  readonly ms: number;
  readonly injected: boolean;
}

/** @throws Divergence; also where none of the counters that should move did */
export function solo(kind: FaultKind, options: SoloOptions): Promise<SoloResult> {
  return aloneAndWithout(kind, options.repetitions, (fault, repetition) => once(fault, repetition, options));
}

/** @param run the same traffic each time, with the fault in the middle of it or, undefined, without */
export async function aloneAndWithout(
  kind: FaultKind,
  repetitions: number,
  run: (fault: FaultKind | undefined, repetition: number) => Promise<Run>,
): Promise<SoloResult> {
  const moved: Record<string, number> = {};
  const later: number[] = [];
  let injected = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const without = await run(undefined, repetition);
    const injured = await run(kind, repetition);
    if (!injured.injected) continue;
    injected += 1;
    later.push(injured.ms - without.ms);
    for (const [name, value] of injured.counters) {
      if (!TRAFFIC.includes(name.replace(/^\w+ /, '')) && value > (without.counters.get(name) ?? 0)) {
        moved[name] = (moved[name] ?? 0) + 1;
      }
    }
  }
  if (injected === 0) throw new Divergence(`${kind.name}: none was possible in ${repetitions} runs`);
  const shows = kind.signs.length === 0 || kind.signs.some((sign) => (moved[nameOf(sign)] ?? 0) > 0);
  if (!shows) throw new Divergence(`${kind.name}: none of ${kind.signs.map(nameOf).join(', ')} has moved`);
  const laterMs = { median: median(later), most: Math.max(...later) };
  return { kind: kind.name, moved, repetitions: injected, laterMs };
}

export const nameOf = ({ side, counter }: Sign): string => `${side} ${counter}`;

/** The same traffic each time; the fault, if any, in the middle of it. */
async function once(kind: FaultKind | undefined, repetition: number, options: SoloOptions): Promise<Run> {
  const { profile, seed } = options;
  const port = options.port();
  const random = new Prng(seed, repetition);
  const reference = new Reference(profile);
  const world = new World(port, seed + repetition, (events) => reference.take(events));
  const link = world.startHost();
  await world.settle(link.identify(), PATIENCE_MS);
  reference.reset(repetition);
  await world.settle(link.reset(repetition), PATIENCE_MS);
  const generator = new ProgramGenerator(profile, seed, repetition);
  const from = world.clock.now();
  const at = 2 + random.below(BATCHES - 4);
  let injected = false;
  for (let batch = 0; batch < BATCHES; batch++) {
    if (batch === at && kind !== undefined) {
      if (kind.where === 'ends') {
        injected = true;
        await befall(world, kind, random);
      } else {
        injectOnce(world, kind, random, () => {
          injected = true;
        });
      }
    }
    const commands = generator.next(BATCH_COMMANDS).slice();
    reference.submit(commands);
    const taken = link.submit(commands);
    if (taken !== undefined) await world.settle(taken, PATIENCE_MS);
  }
  const done = await world.until(() => reference.outstanding === 0 || world.ended !== undefined, PATIENCE_MS);
  if (!done || world.ended !== undefined) {
    throw new Divergence(`${kind?.name ?? 'no fault'}: ${reference.outstanding} events are lost: ${world.ended}`);
  }
  const ms = world.clock.now() - from;
  world.injury = undefined;
  await world.until(() => world.lineEmpty, PATIENCE_MS);
  const counters = await readCounters(world);
  link.close();
  port.close();
  return { counters, ms, injected };
}

async function readCounters(world: World): Promise<Map<string, number>> {
  const { link } = world;
  const counters = new Map<string, number>();
  for (const [i, name] of LINK_COUNTER_NAMES.entries()) {
    const value = link === undefined ? 0n : await world.settle(link.read(REGISTER_LINK + i), PATIENCE_MS);
    counters.set(`device ${name}`, Number(value));
  }
  for (const [name, value] of Object.entries(link?.counters ?? {})) {
    if (typeof value === 'number') counters.set(`host ${name}`, value);
  }
  return counters;
}

/** The next block of its direction that holds records. */
function injectOnce(world: World, { name, where }: FaultKind, random: Prng, done: () => void): void {
  let left = random.below(3);
  world.injury = (direction, block) => {
    if (direction !== where || block.length < RECORDS_BYTES) return undefined;
    left -= 1;
    if (left >= 0) return undefined;
    world.injury = undefined;
    done();
    return name.replace(/_to_(device|host)$/, '') as BlockFault;
  };
}

async function befall(world: World, { name }: FaultKind, random: Prng): Promise<void> {
  const ms = 50 + random.below(250);
  const set = (on: boolean) => {
    if (name === 'device_stopped') world.stopped = on;
    else if (name === 'unplugged_briefly') world.plugged = !on;
    else if (name === 'line_back_pressure') world.port.hold(on);
    else if (on) world.link?.hold();
    else world.link?.release();
  };
  set(true);
  world.clock.after(ms, () => set(false));
}
