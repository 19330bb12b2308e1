// Random and extreme symbolic records of any kind, derived from the definition, and where each bit of them belongs.
import fc from 'fast-check';
import { ENUMS, type Field, type RecordDefinition } from '../../src/contract/definition.js';
import type { SymbolicRecord } from '../../src/contract/symbolic.js';

export type Value = string | number | boolean;

export const isFlag = (field: Field): boolean => field.bits === 1 && field.enum === undefined;

/** Least and largest value of a numeric field. */
export function rangeOf(field: Field): readonly [number, number] {
  const low = field.signed === true ? -(2 ** (field.bits - 1)) : 0;
  return [low, low + 2 ** field.bits - 1];
}

/** Enum values by name where there is one, as decode writes them. */
export function spelled(field: Field, value: number): Value {
  const values = field.enum === undefined ? {} : (ENUMS[field.enum]?.values ?? {});
  return Object.keys(values).find((name) => values[name] === value) ?? value;
}

function anyValue(field: Field): fc.Arbitrary<Value> {
  if (isFlag(field)) return fc.boolean();
  if (field.bits > 53) {
    const bytes = field.bits / 8;
    return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((content) => Buffer.from(content).toString('hex'));
  }
  const [low, high] = rangeOf(field);
  return fc
    .oneof(fc.constantFrom(low, high), fc.integer({ min: low, max: high }))
    .map((value) => spelled(field, value));
}

/** A record with every field there. */
export function recordOf(definition: RecordDefinition, key: 'op' | 'type'): fc.Arbitrary<SymbolicRecord> {
  const fields = Object.fromEntries(definition.fields.map((field) => [field.name, anyValue(field)]));
  return fc.record({ [key]: fc.constant(definition.name), ...fields });
}

/** The field value as an unsigned number of `field.bits` bits. */
export function bitsOf(field: Field, value: Value | undefined): bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'string' && field.enum !== undefined) return BigInt(ENUMS[field.enum]?.values[value] ?? 0);
  if (typeof value === 'string') return BigInt(`0x${Buffer.from(value, 'hex').reverse().toString('hex')}`);
  return BigInt.asUintN(field.bits, BigInt(value ?? 0));
}

/** The bytes of a record, one bit at a time: bit n is bit n % 8 of byte n / 8. */
export function bytesByBit(definition: RecordDefinition, record: SymbolicRecord, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const put = (lsb: number, bits: number, value: bigint) => {
    for (let bit = 0; bit < bits; bit++) {
      const at = lsb + bit;
      const one = Number((value >> BigInt(bit)) & 1n);
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (one << (at & 7));
    }
  };
  put(0, 8, BigInt(definition.code));
  for (const field of definition.fields) put(field.lsb, field.bits, bitsOf(field, record[field.name]));
  return bytes;
}
