// Reads the vector files and holds an engine to a vector: by single records, in one batch, and with the least room.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMAND_BYTES, EVENT_BYTES } from '../../src/contract/definition.js';
import { type Profile, parseProfile } from '../../src/contract/profile.js';
import { decodeEvent, encodeCommand, encodeEvent, type SymbolicRecord } from '../../src/contract/symbolic.js';
import type { Engine } from '../../src/kernel/engine.js';

export interface Vector {
  readonly file: string;
  readonly name: string;
  readonly clauses: readonly string[];
  /** By what the expected events were made. */
  readonly origin: string;
  /** What a tempting wrong reading would give instead. */
  readonly why: string;
  readonly profile: Profile;
  /** Commands, and `{control: 'RESET', epoch}`. */
  readonly commands: readonly SymbolicRecord[];
  /** Every event, RESET_DONE included, in order. */
  readonly events: readonly SymbolicRecord[];
}

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const KEYS = ['name', 'clauses', 'origin', 'why', 'profile', 'commands', 'events'];
/** Of what travels below the contract: no programs with events. */
const TRANSPORTS = ['link.json', 'bar.json'];
/** Read by crc.py alone. */
const EXTRA_KEYS = ['digest_levels', 'fence_bases'];

/** @throws Error that names the file and the vector where one is malformed */
export function loadVectors(): Vector[] {
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json') && !TRANSPORTS.includes(file))
    .sort();
  return files.flatMap((file) => {
    const parsed: unknown = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
    if (!Array.isArray(parsed)) throw new Error(`${file} is no array of vectors`);
    return parsed.map((entry: unknown) => readVector(file, entry));
  });
}

function readVector(file: string, entry: unknown): Vector {
  const vector = entry as Record<string, unknown>;
  const fail = (what: string): never => {
    throw new Error(`${file}: vector '${String(vector['name'])}': ${what}`);
  };
  for (const key of KEYS) if (vector[key] === undefined) fail(`${key} is missing`);
  for (const key of Object.keys(vector)) {
    if (!KEYS.includes(key) && !EXTRA_KEYS.includes(key)) fail(`${key} is not one of ${KEYS.join(', ')}`);
  }
  const profile = parseProfile(String(vector['profile']));
  if (typeof profile === 'string') return fail(profile);
  return {
    file,
    name: String(vector['name']),
    clauses: vector['clauses'] as string[],
    origin: String(vector['origin']),
    why: String(vector['why']),
    profile,
    commands: vector['commands'] as SymbolicRecord[],
    events: vector['events'] as SymbolicRecord[],
  };
}

/** A run of records between two resets. */
export interface Stretch {
  /** Epoch of the reset before it; undefined for the first. */
  readonly epoch: number | undefined;
  readonly commands: Uint8Array;
}

/** Splits the commands of a vector or program at its resets. */
export function stretches(commands: readonly SymbolicRecord[]): Stretch[] {
  const found: { epoch: number | undefined; records: Uint8Array[] }[] = [{ epoch: undefined, records: [] }];
  for (const command of commands) {
    if (command['control'] === 'RESET') found.push({ epoch: Number(command['epoch']), records: [] });
    else if (command['control'] !== undefined) throw new Error(`unknown control ${String(command['control'])}`);
    else found.at(-1)?.records.push(encodeCommand(command));
  }
  return found.map(({ epoch, records }) => ({ epoch, commands: new Uint8Array(Buffer.concat(records)) }));
}

/**
 * Feeds records to an engine until all are consumed and returns the bytes of all events.
 * @param room bytes of the event buffer, at least maxEventBytes
 * @param cut bytes of commands to offer at once, a multiple of 16
 * @throws Error where the engine consumes nothing, or reports impossible counts
 */
export function feed(engine: Engine, commands: Uint8Array, room: number, cut = commands.length): Uint8Array {
  const out = new Uint8Array(Math.max(room, engine.maxEventBytes));
  const events: Uint8Array[] = [];
  for (let start = 0; start < commands.length; start += cut) {
    const batch = commands.subarray(start, Math.min(start + cut, commands.length));
    for (let from = 0; from < batch.length; ) {
      const next = engine.consume(batch, from, out);
      if (next <= from || next > batch.length || (next - from) % COMMAND_BYTES !== 0) {
        throw new Error(`consume went from byte ${from} to ${next} of ${batch.length}`);
      }
      if (engine.eventBytes % EVENT_BYTES !== 0 || engine.eventBytes > out.length) {
        throw new Error(`eventBytes = ${engine.eventBytes}, with room for ${out.length}`);
      }
      events.push(out.slice(0, engine.eventBytes));
      from = next;
    }
  }
  return new Uint8Array(Buffer.concat(events));
}

/** Bytes that an engine answers a reset with. */
export function resetBytes(engine: Engine, epoch: number): Uint8Array {
  const out = new Uint8Array(Math.max(EVENT_BYTES, engine.maxEventBytes));
  engine.reset(epoch, out);
  return out.slice(0, engine.eventBytes);
}

/** Where two event streams first differ, in words; undefined where they are equal. */
export function difference(expected: Uint8Array, actual: Uint8Array): string | undefined {
  const count = Math.max(expected.length, actual.length);
  for (let at = 0; at < count; at += EVENT_BYTES) {
    const one = Buffer.from(expected.subarray(at, at + EVENT_BYTES));
    const other = Buffer.from(actual.subarray(at, at + EVENT_BYTES));
    if (one.equals(other)) continue;
    const text = (bytes: Buffer) => (bytes.length === 0 ? 'nothing' : JSON.stringify(decodeEvent(bytes)));
    // The bytes tell what names cannot: bits that no field covers (REC-1).
    const bits = text(one) === text(other) ? `; bytes ${one.toString('hex')} and ${other.toString('hex')}` : '';
    return `event ${at / EVENT_BYTES}: expected ${text(one)}, got ${text(other)}${bits}`;
  }
  return undefined;
}

const MODES = [
  { name: 'one record at a time', cut: COMMAND_BYTES, room: 0 },
  { name: 'one batch, much room', cut: undefined, room: 1 << 20 },
  { name: 'one batch, least room', cut: undefined, room: 0 },
] as const;

/**
 * Runs a vector from a reset, once in each way of cutting it up (REC-1), and compares event bytes.
 * @param engine opened with the profile of the vector
 * @returns what differs first, or undefined
 */
export function runVector(engine: Engine, vector: Vector): string | undefined {
  const expected = new Uint8Array(Buffer.concat(vector.events.map(encodeEvent)));
  for (const mode of MODES) {
    resetBytes(engine, 0);
    const parts = stretches(vector.commands).map(({ epoch, commands }) => {
      const reset = epoch === undefined ? new Uint8Array(0) : resetBytes(engine, epoch);
      return Buffer.concat([reset, feed(engine, commands, mode.room, mode.cut)]);
    });
    const found = difference(expected, new Uint8Array(Buffer.concat(parts)));
    if (found !== undefined) return `${mode.name}: ${found}`;
  }
  return undefined;
}
