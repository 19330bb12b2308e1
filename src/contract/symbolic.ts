// Records as plain objects with the contract's names, and back: what `exec` reads and writes, and what tests state.
import {
  COMMAND_BYTES,
  COMMANDS,
  ENUMS,
  EVENT_BYTES,
  EVENTS,
  type Field,
  type RecordDefinition,
} from './definition.js';
import { reservedWords } from './derive.js';

/** `op` or `type` and the fields by name: numbers, enum names, booleans for one-bit flags, hex for wide fields. */
export type SymbolicRecord = { readonly [field: string]: string | number | boolean };

/** A symbolic record that cannot be encoded: the message names the field, the value and the range. */
export class SymbolicError extends Error {
  readonly code = 'SYMBOLIC_INVALID';
}

const byName = (records: readonly RecordDefinition[]) => new Map(records.map((r) => [r.name, r]));
const byCode = (records: readonly RecordDefinition[]) => new Map(records.map((r) => [r.code, r]));
const COMMANDS_BY_NAME = byName(COMMANDS);
const COMMANDS_BY_CODE = byCode(COMMANDS);
const EVENTS_BY_NAME = byName(EVENTS);
const EVENTS_BY_CODE = byCode(EVENTS);

/**
 * Encodes one command of 16 bytes: `{op, ...fields}`, `commit` optional; or `{raw: '<32 hex digits>'}` for any bytes.
 * Flags may be left out (false); every other field must be there.
 * @throws SymbolicError
 */
export function encodeCommand(record: SymbolicRecord): Uint8Array {
  if (record['raw'] !== undefined) return encodeRaw(record);
  return encode(record, 'op', COMMANDS_BY_NAME, COMMAND_BYTES);
}

/** Encodes one event of 32 bytes from `{type, ...fields}`. @throws SymbolicError */
export function encodeEvent(record: SymbolicRecord): Uint8Array {
  return encode(record, 'type', EVENTS_BY_NAME, EVENT_BYTES);
}

/** Decodes one command; what encodeCommand could not have written by name comes back as `{raw}`. */
export function decodeCommand(bytes: Uint8Array, offset = 0): SymbolicRecord {
  const word = toBigInt(bytes, offset, COMMAND_BYTES);
  const definition = COMMANDS_BY_CODE.get(Number(word & 0xffn));
  if (definition === undefined || hasReservedBits(definition, word)) {
    return { raw: Buffer.from(bytes.subarray(offset, offset + COMMAND_BYTES)).toString('hex') };
  }
  return decode(definition, word, 'op');
}

/** Decodes one event; bytes that are no event come back as `{raw}`. */
export function decodeEvent(bytes: Uint8Array, offset = 0): SymbolicRecord {
  const word = toBigInt(bytes, offset, EVENT_BYTES);
  const definition = EVENTS_BY_CODE.get(Number(word & 0xffn));
  if (definition === undefined) {
    return { raw: Buffer.from(bytes.subarray(offset, offset + EVENT_BYTES)).toString('hex') };
  }
  return decode(definition, word, 'type');
}

function hasReservedBits(definition: RecordDefinition, word: bigint): boolean {
  return reservedWords(definition).some((mask, w) => ((word >> BigInt(32 * w)) & BigInt(mask)) !== 0n);
}

function encodeRaw(record: SymbolicRecord): Uint8Array {
  const raw = record['raw'];
  if (typeof raw !== 'string' || !/^[0-9a-fA-F]{32}$/.test(raw) || Object.keys(record).length !== 1) {
    throw new SymbolicError(`raw = ${shown(raw)} is not 32 hex digits alone`);
  }
  return new Uint8Array(Buffer.from(raw, 'hex'));
}

function encode(
  record: SymbolicRecord,
  nameKey: 'op' | 'type',
  definitions: ReadonlyMap<string, RecordDefinition>,
  size: number,
): Uint8Array {
  const name = record[nameKey];
  const definition = typeof name === 'string' ? definitions.get(name) : undefined;
  if (definition === undefined) {
    throw new SymbolicError(`${nameKey} = ${shown(name)} is not one of ${[...definitions.keys()].join(', ')}`);
  }
  let word = BigInt(definition.code);
  for (const field of definition.fields) {
    word |= encodeField(definition.name, field, record[field.name]) << BigInt(field.lsb);
  }
  for (const key of Object.keys(record)) {
    if (key !== nameKey && !definition.fields.some((field) => field.name === key)) {
      throw new SymbolicError(`${definition.name} has no field '${key}'`);
    }
  }
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i += 8) bytes.writeBigUInt64LE((word >> BigInt(8 * i)) & 0xffffffffffffffffn, i);
  return new Uint8Array(bytes);
}

const SHOWN_CHARACTERS = 80;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
}

const isFlag = (field: Field) => field.bits === 1 && field.enum === undefined;

function encodeField(record: string, field: Field, value: string | number | boolean | undefined): bigint {
  const fail = (range: string): never => {
    throw new SymbolicError(`${record}.${field.name} = ${shown(value)} is not ${range}`);
  };
  if (isFlag(field)) {
    if (value === undefined || value === false) return 0n;
    return value === true ? 1n : fail('true or false');
  }
  if (field.bits > 53) {
    const digits = field.bits / 4;
    if (typeof value !== 'string' || !new RegExp(`^[0-9a-f]{${digits}}$`, 'i').test(value)) {
      return fail(`${digits} hex digits, byte 0 first`);
    }
    return BigInt(`0x${Buffer.from(value, 'hex').reverse().toString('hex')}`);
  }
  const values = field.enum === undefined ? undefined : ENUMS[field.enum]?.values;
  if (typeof value === 'string' && values !== undefined && Object.hasOwn(values, value)) {
    return BigInt(values[value] ?? 0);
  }
  const low = field.signed === true ? -(2 ** (field.bits - 1)) : 0;
  const high = low + 2 ** field.bits - 1;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
    const names = values === undefined ? '' : ` or one of ${Object.keys(values).join(', ')}`;
    return fail(`a whole number in ${low}..${high}${names}`);
  }
  return BigInt.asUintN(field.bits, BigInt(value));
}

function decode(definition: RecordDefinition, word: bigint, nameKey: 'op' | 'type'): SymbolicRecord {
  const record: Record<string, string | number | boolean> = { [nameKey]: definition.name };
  for (const field of definition.fields) {
    const bits = BigInt.asUintN(field.bits, word >> BigInt(field.lsb));
    record[field.name] = decodeField(field, bits);
  }
  return record;
}

function decodeField(field: Field, bits: bigint): string | number | boolean {
  if (isFlag(field)) return bits === 1n;
  if (field.bits > 53) {
    return Buffer.from(bits.toString(16).padStart(field.bits / 4, '0'), 'hex')
      .reverse()
      .toString('hex');
  }
  const value = Number(field.signed === true ? BigInt.asIntN(field.bits, bits) : bits);
  const values = field.enum === undefined ? undefined : ENUMS[field.enum]?.values;
  const name = values === undefined ? undefined : Object.keys(values).find((key) => values[key] === value);
  return name ?? value;
}

function toBigInt(bytes: Uint8Array, offset: number, size: number): bigint {
  return BigInt(
    `0x${Buffer.from(bytes.subarray(offset, offset + size))
      .reverse()
      .toString('hex')}`,
  );
}
