// Runs programs through engines and compares: event bytes, and streams continued from a snapshot.
import { formatProfile, type Profile } from '../../src/contract/profile.js';
import { decodeCommand } from '../../src/contract/symbolic.js';
import type { Engine, SnapshotEngine } from '../../src/kernel/engine.js';
import { ENGINES, type EngineEntry } from '../contract/engines.js';
import { difference, feed, resetBytes, stretches } from '../vectors/load.js';
import { OracleEngine } from './oracle-engine.js';
import { type Program, revealing } from './programs.js';

const RECORD = 16;

/** Sizes of batches in records, used in turn, and the room for events in bytes (0: the least). */
export interface Cuts {
  readonly sizes: readonly number[];
  readonly room: number;
}

/** All event bytes of a program, from a reset. */
export function run(engine: Engine, program: Program, cut: Cuts): Uint8Array {
  const parts: Uint8Array[] = [resetBytes(engine, 0)];
  for (const { epoch, commands } of stretches(program)) {
    if (epoch !== undefined) parts.push(resetBytes(engine, epoch));
    parts.push(runRecords(engine, commands, cut));
  }
  return new Uint8Array(Buffer.concat(parts));
}

function runRecords(engine: Engine, commands: Uint8Array, cut: Cuts): Uint8Array {
  // Room of 1: one event more than the least, so that the boundary moves.
  const room = cut.room === 1 ? engine.maxEventBytes + 32 : cut.room;
  const parts: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < commands.length; turn++) {
    const bytes = RECORD * (cut.sizes[turn % cut.sizes.length] ?? 1);
    parts.push(feed(engine, commands.slice(at, at + bytes), room));
    at += bytes;
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** @throws Error where the engine is not here */
export function create(entry: EngineEntry, profile: Profile): Engine {
  const engine = entry.create(profile);
  if (engine === undefined) throw new Error(`${entry.name} refuses ${formatProfile(profile)}`);
  return engine;
}

/** Closes the engine after use. */
export function holding<T>(engine: Engine, use: (engine: Engine) => T): T {
  try {
    return use(engine);
  } finally {
    engine.close();
  }
}

/** Where a snapshot goes: every engine that is here and has the room, and the oracle. */
const targetsOf = (
  profile: Profile,
): readonly { readonly name: string; readonly create: (profile: Profile) => Engine }[] => [
  { name: 'oracle', create: (each) => new OracleEngine(each) },
  ...ENGINES.filter((entry) => entry.missing === undefined && entry.takes(profile)).map((entry) => ({
    name: entry.name,
    create: (each: Profile) => create(entry, each),
  })),
];

export interface SnapshotCase {
  /** How much of the program runs before the snapshot, in 1/1000. */
  readonly point: number;
  /** Runs in the engine that is restored into before it is. */
  readonly before: Program;
  readonly cut: Cuts;
}

/** What goes wrong when a snapshot is taken after a part of the program, and every target goes on from it. */
export function snapshotFault(
  entry: EngineEntry,
  profile: Profile,
  program: Program,
  { point, before, cut }: SnapshotCase,
): string | undefined {
  const split = Math.round((program.length * point) / 1000);
  const prefix = program.slice(0, split);
  // A reset would end what is to be compared.
  const suffix = [...program.slice(split).filter((command) => command['control'] === undefined), ...revealing(profile)];
  const oracle = new OracleEngine(profile);
  run(oracle, prefix, cut);
  const state = JSON.stringify(oracle.oracle.describe());
  return holding(create(entry, profile), (engine) => {
    run(engine, prefix, cut);
    const snapshot = (engine as SnapshotEngine).snapshot()?.slice();
    const restoring = !state.includes('"restore":null');
    if ((snapshot === undefined) !== restoring) return `snapshot is ${typeof snapshot}, restoring: ${restoring}`;
    const expected = runSuffix(engine, suffix, cut);
    if (snapshot === undefined) return undefined;
    const last = decodeCommand(snapshot, snapshot.length - RECORD);
    if (decodeCommand(snapshot)['op'] !== 'RESTORE_BEGIN' || last['op'] !== 'RESTORE_END') {
      return `the snapshot goes from ${JSON.stringify(decodeCommand(snapshot))} to ${JSON.stringify(last)}`;
    }
    return restoredFault(profile, snapshot, state, before, expected, suffix, cut);
  });
}

const runSuffix = (engine: Engine, suffix: Program, cut: Cuts) =>
  runRecords(engine, stretches(suffix)[0]?.commands ?? new Uint8Array(0), cut);

/** Restores the snapshot into every target and compares events, and for the oracle the whole state. */
function restoredFault(
  profile: Profile,
  snapshot: Uint8Array,
  state: string,
  before: Program,
  expected: Uint8Array,
  suffix: Program,
  cut: Cuts,
): string | undefined {
  for (const target of targetsOf(profile)) {
    const found = holding(target.create(profile), (engine) => {
      run(engine, before, cut);
      const answers = runRecords(engine, snapshot, cut);
      if (answers.length > 0) return `the restore emits: ${difference(new Uint8Array(0), answers)}`;
      if (engine instanceof OracleEngine) {
        const restored = JSON.stringify(engine.oracle.describe());
        if (restored !== state) return `the restored state differs:\n${restored}\n${state}`;
      }
      return difference(expected, runSuffix(engine, suffix, cut));
    });
    if (found !== undefined) {
      const records = Array.from({ length: snapshot.length / RECORD }, (_, at) =>
        JSON.stringify(decodeCommand(snapshot, at * RECORD)),
      );
      return `restored into ${target.name}: ${found}\nsnapshot:\n${records.join('\n')}\n`;
    }
  }
  return undefined;
}
