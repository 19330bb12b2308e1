// The in-process engines that the contract is held against. One line here puts an engine under every vector and every
// random program that it has room for; boards are held to the same vectors through their devices.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Profile } from '../../src/contract/profile.js';
import type { Backend } from '../../src/hal/backend.js';
import { LARGEST_PROFILE, profileMisfit } from '../../src/hal/profile-limits.js';
import type { Engine, SnapshotEngine } from '../../src/kernel/engine.js';

export interface EngineEntry {
  readonly name: string;
  /** Why the engine is not here; undefined where it is. A test that skips for it says NOT RUN. */
  readonly missing: string | undefined;
  /** Whether it exports snapshots (clause RST-5). */
  readonly snapshots: boolean;
  /** Whether it can be opened with the profile; one that is too small for a vector is not asked for it. */
  takes(profile: Profile): boolean;
  /** @returns undefined where the engine is not here */
  create(profile: Profile): Engine | undefined;
}

type Maker = (profile: Profile) => Engine | undefined;

/** Loads a module that may not be part of this build; a module that is there and does not load is an error. */
async function load(path: string): Promise<Record<string, unknown> | undefined> {
  const source = fileURLToPath(new URL(path.replace(/\.js$/, '.ts'), import.meta.url));
  if (!existsSync(source)) return undefined;
  return (await import(/* @vite-ignore */ source)) as Record<string, unknown>;
}

const software = await load('../../src/kernel/software-engine.js');
const native = await load('../../src/hal/native/native-engine.js');
const verilator = await load('../../src/hal/verilator/verilator-backend.js');

const SMALLEST: Profile = {
  books: 1,
  pages: 1,
  baskets: 1,
  legs: 1,
  legsPerBasket: 1,
  fairs: 1,
  booksPerMessage: 1,
  finestTick: 1000,
};

function entry(
  name: string,
  source: string,
  snapshots: boolean,
  maker: Maker | undefined,
  limits: Profile = LARGEST_PROFILE,
): EngineEntry {
  const takes = (profile: Profile) => profileMisfit(profile, limits) === undefined;
  if (maker === undefined) {
    return { name, snapshots, takes, missing: `NOT RUN: ${name}: ${source} is not there`, create: () => undefined };
  }
  const probe = maker(SMALLEST);
  probe?.close();
  const missing = probe === undefined ? `NOT RUN: ${name}: it is not built here` : undefined;
  return { name, snapshots, takes, missing, create: missing === undefined ? maker : () => undefined };
}

const softwareClass = software?.['SoftwareEngine'] as (new (profile: Profile) => Engine) | undefined;
const createNative = native?.['createNativeEngine'] as Maker | undefined;
const simulation = verilator?.['verilatorBackend'] as Backend | undefined;
const createSimulated =
  simulation &&
  ((profile: Profile) => (simulation.unavailable === undefined ? simulation.createEngine?.('', profile) : undefined));

export const ENGINES: readonly EngineEntry[] = [
  entry('software', 'src/kernel/software-engine.ts', true, softwareClass && ((profile) => new softwareClass(profile))),
  entry('native', 'src/hal/native/native-engine.ts', false, createNative),
  entry('verilator', 'src/hal/verilator/verilator-backend.ts', false, createSimulated, simulation?.limits),
];

/** Whether the engine can export its state (clause RST-5). */
export function canSnapshot(engine: Engine): engine is SnapshotEngine {
  return typeof (engine as { snapshot?: unknown }).snapshot === 'function';
}
