// Readers of record fields, made from the contract's definition, so that no offset is written down twice.
import { COMMANDS, EVENTS, type RecordDefinition } from '../contract/definition.js';

/** Reads one field of the record that starts at byte `at`. */
export type FieldReader = (bytes: Uint8Array, at: number) => number;

/**
 * A reader of an unsigned event field of whole bytes, at most 48 bits: exact as a number.
 * @throws Error for a field that is not such: a mistake in this program, found when it loads
 */
export function eventField(event: string, name: string): FieldReader {
  return reader(EVENTS, event, name);
}

/** The same for a field of a command. */
export function commandField(command: string, name: string): FieldReader {
  return reader(COMMANDS, command, name);
}

function reader(records: readonly RecordDefinition[], record: string, name: string): FieldReader {
  const field = records.find((r) => r.name === record)?.fields.find((f) => f.name === name);
  if (field === undefined || field.lsb % 8 !== 0 || field.bits % 8 !== 0 || field.bits > 48) {
    throw new Error(`${record}.${name} is no field of whole bytes`);
  }
  const first = field.lsb / 8;
  const last = first + field.bits / 8 - 1;
  return (bytes, at) => {
    let value = 0;
    for (let i = last; i >= first; i--) value = value * 256 + (bytes[at + i] as number);
    return value;
  };
}

/** A 32-bit little-endian word, unsigned. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}
