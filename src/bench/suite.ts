// What a suite is: groups made one after another, so that only one holds its engines and its data at a time.
import type { Profile } from '../contract/profile.js';
import { createEngine, listBackends } from '../hal/registry.js';
import type { Engine } from '../kernel/engine.js';
import type { Effort, Group } from './measure.js';
import type { BenchRow } from './rows.js';

/** Rows that take no turns: memory, percentiles. */
export interface Probe {
  readonly name: string;
  rows(effort: Effort): Promise<readonly BenchRow[]>;
}

export interface Plan {
  /** What `--filter` of the command line looks at, besides the names of rows. */
  readonly name: string;
  /** Makes the group; subjects that the predicate turns down are left out before anything is built for them. */
  group?(wanted: Wanted, effort: Effort): Group;
  probe?: Probe;
}

/** Whether a row is asked for. */
export type Wanted = (row: string) => boolean;

/** An engine by the name that rows end in. */
export interface EngineKind {
  readonly name: string;
  create(profile: Profile): Engine;
}

/** The two engines that most rows are about. */
const NAMES: readonly string[] = ['software', 'native'];

/** Those that this machine has. */
export function engineKinds(): readonly EngineKind[] {
  const found = listBackends().filter(({ name, available }) => available && NAMES.includes(name));
  return found.map(({ name }) => ({ name, create: (profile) => createEngine(name, profile) }));
}

/** A hundred times slower than an engine, so that it has a suite of its own. */
const SIMULATED = 'verilator';

/** The simulated RTL, where it is built. */
export function simulatedKind(): EngineKind | undefined {
  const found = listBackends().find(({ name, available }) => available && name === SIMULATED);
  return found && { name: SIMULATED, create: (profile) => createEngine(SIMULATED, profile) };
}

/** What rows are about and this machine has not, and why. */
export function missingEngines(): readonly { readonly name: string; readonly reason: string }[] {
  const names = [...NAMES, SIMULATED];
  const found = listBackends().filter(({ name, available }) => !available && names.includes(name));
  return found.map(({ name, reason }) => ({ name, reason: reason ?? 'not available' }));
}
