// What every emitter needs of the definition: the digest, the masks of reserved bits, names in each style.
import { createHash } from 'node:crypto';
import {
  COMMAND_BYTES,
  COMMANDS,
  ENUMS,
  EVENT_BYTES,
  EVENTS,
  type Field,
  LIMITS,
  PROFILE_FIELDS,
  REVISION,
  type RecordDefinition,
  TICKS,
} from './definition.js';

const OPCODE_BITS = 8;

/** Bits 0..7 of every record hold its opcode or event type. */
export function fieldMask(record: RecordDefinition): bigint {
  let mask = (1n << BigInt(OPCODE_BITS)) - 1n;
  for (const field of record.fields) {
    mask |= ((1n << BigInt(field.bits)) - 1n) << BigInt(field.lsb);
  }
  return mask;
}

/** Bits of a command that must be 0, as four 32-bit words (clause REC-3). */
export function reservedWords(record: RecordDefinition): number[] {
  const reserved = ~fieldMask(record) & ((1n << BigInt(COMMAND_BYTES * 8)) - 1n);
  return [0, 1, 2, 3].map((word) => Number((reserved >> BigInt(32 * word)) & 0xffffffffn));
}

/** The part of the definition that decides bytes: layouts, enums, limits, refusal order and REVISION; no prose. */
export function canonicalDefinition(): string {
  const layout = (record: RecordDefinition) => ({
    name: record.name,
    code: record.code,
    fields: record.fields.map((f) => [f.name, f.lsb, f.bits, f.signed === true, f.enum ?? '']),
  });
  return JSON.stringify({
    revision: REVISION,
    bytes: [COMMAND_BYTES, EVENT_BYTES],
    limits: Object.entries(LIMITS).map(([name, limit]) => [name, limit.value]),
    ticks: TICKS,
    enums: Object.entries(ENUMS).map(([name, e]) => [name, e.bits, Object.entries(e.values)]),
    commands: COMMANDS.map((c) => ({ ...layout(c), refusals: c.refusals })),
    events: EVENTS.map(layout),
    profile: PROFILE_FIELDS.map((f) => [f.name, f.min, f.max]),
  });
}

/** First 8 bytes of the SHA-256 of the canonical definition, as 16 hex digits. */
export function contractDigest(): string {
  return createHash('sha256').update(canonicalDefinition()).digest('hex').slice(0, 16);
}

export function upperCamel(name: string): string {
  return name
    .toLowerCase()
    .split('_')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

export function lowerCamel(name: string): string {
  const camel = upperCamel(name);
  return camel.charAt(0).toLowerCase() + camel.slice(1);
}

/** Overlaps and overruns are mistakes in the definition, found before anything is emitted. */
export function checkDefinition(): void {
  for (const [records, bytes] of [
    [COMMANDS, COMMAND_BYTES],
    [EVENTS, EVENT_BYTES],
  ] as const) {
    const codes = new Set<number>();
    for (const record of records) {
      if (codes.has(record.code)) throw new Error(`${record.name}: code ${record.code} is used twice`);
      codes.add(record.code);
      checkFields(record.name, record.fields, bytes);
    }
  }
  for (const command of COMMANDS) {
    for (const refusal of command.refusals) {
      if (ENUMS['ErrorCode']?.values[refusal] === undefined) {
        throw new Error(`${command.name}: unknown refusal ${refusal}`);
      }
    }
  }
}

function checkFields(record: string, fields: readonly Field[], bytes: number): void {
  let used = (1n << BigInt(OPCODE_BITS)) - 1n;
  for (const field of fields) {
    const mask = ((1n << BigInt(field.bits)) - 1n) << BigInt(field.lsb);
    if ((used & mask) !== 0n) throw new Error(`${record}.${field.name} overlaps another field`);
    if (field.lsb + field.bits > bytes * 8) throw new Error(`${record}.${field.name} leaves the record`);
    if (field.enum !== undefined && ENUMS[field.enum] === undefined) {
      throw new Error(`${record}.${field.name}: unknown enum ${field.enum}`);
    }
    used |= mask;
  }
}
