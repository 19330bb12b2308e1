// The bundled session through the whole path: capture, decoder, device, events, signals.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Profile } from '../contract/profile.js';
import { PACKAGE_ROOT } from '../hal/build-info.js';
import type { Device } from '../hal/device.js';
import { open } from '../hal/registry.js';
import { type ReplaySummary, replay } from '../host/replay.js';
import { openSource, type Source } from '../host/source.js';
import type { Derived, Group, Subject } from './measure.js';
import { STANDARD } from './programs.js';
import { SIM } from './simulation-suite.js';
import { engineKinds, type Plan, simulatedKind, type Wanted } from './suite.js';

const NS_PER_S = 1e9;
const DATA = join(PACKAGE_ROOT, 'data');

/** The captures that come with the checkout; packages leave them out. */
export function bundledCaptures(): string[] {
  try {
    const names = readdirSync(DATA).filter((name) => name.endsWith('.capture'));
    return names.sort().map((name) => join(DATA, name));
  } catch {
    return [];
  }
}

/** One plan a capture. */
export function replayPlans(): Plan[] {
  return bundledCaptures().map((path, index) => {
    const name = index === 0 ? 'replay' : `replay ${index + 1}`;
    return { name, group: (wanted) => replayGroup(name, path, wanted) };
  });
}

/** The clock of a replay only paces and reports; nothing is paced here. */
export const UNPACED = { nowMs: () => performance.now(), sleep: () => Promise.resolve() };

function replayGroup(name: string, path: string, wanted: Wanted): Group {
  const subjects: Subject[] = [];
  const derived: Derived[] = [];
  // The same for every engine, or the engines would differ; learnt from the first turn.
  let summary: ReplaySummary | undefined;
  const simulated = simulatedKind();
  for (const kind of [...engineKinds(), ...(simulated === undefined ? [] : [simulated])]) {
    const row = `${name}: ${kind.name}`;
    if (!wanted(row)) continue;
    const profile = kind === simulated ? SIM : STANDARD;
    const seen = (done: ReplaySummary) => {
      summary = done;
    };
    subjects.push(replaySubject(row, path, { engine: kind.name, profile }, seen));
    const combine = (framesPerS: number) => ((summary?.fence.records ?? 0) / (summary?.frames ?? 1)) * framesPerS;
    derived.push({ name: `${row}, commands`, unit: 'commands/s', from: [row], combine });
  }
  const figure = (nanoseconds: number) => ((summary?.frames ?? 0) * NS_PER_S) / nanoseconds;
  return { name, unit: 'frames/s', subjects, derived, figure };
}

function replaySubject(
  name: string,
  path: string,
  { engine, profile }: { readonly engine: string; readonly profile: Profile },
  seen: (done: ReplaySummary) => void,
): Subject {
  let source: Source | undefined;
  let device: Device | undefined;
  const close = async () => {
    source?.reader.close();
    await device?.close();
    source = undefined;
    device = undefined;
  };
  return {
    name,
    most: 1,
    async restart() {
      await close();
      source = openSource({ path, mode: 'mirrored', profile });
      device = await open(engine, { profile });
    },
    async run() {
      if (source === undefined || device === undefined) throw new Error(`${name}: not restarted`);
      const done = await replay({ ...source, device, clock: UNPACED, onSignal: () => {} });
      seen(done);
      return done.fence.crc32;
    },
    close,
  };
}
