// Goal: the generated fast paths (CommandWriter, event writers, field readers) are the symbolic codec, bit for bit.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMANDS, EVENTS, type Field, type RecordDefinition } from '../../src/contract/definition.js';
import { lowerCamel, reservedWords, upperCamel } from '../../src/contract/derive.js';
import * as records from '../../src/contract/generated/records.js';
import { encodeCommand, encodeEvent, type SymbolicRecord } from '../../src/contract/symbolic.js';
import { SEED } from '../oracle/programs.js';
import { bitsOf, isFlag, rangeOf, recordOf } from './random-fields.js';

const options = { seed: SEED, numRuns: 100 };
type Call = (...values: (number | boolean | Int32Array)[]) => unknown;
const generated = records as unknown as Readonly<Record<string, Call>>;

/** A field value as the generated code takes and gives it. */
function plain(field: Field, record: SymbolicRecord): number {
  const bits = bitsOf(field, record[field.name]);
  return Number(field.signed === true ? BigInt.asIntN(field.bits, bits) : bits);
}

/** Identity first, then the payload in layout order, the commit flag last. */
function writerOrder(command: RecordDefinition): Field[] {
  const rank = (field: Field) => {
    if (field.name === 'commit') return 2000;
    return field.name === 'book' || field.name === 'basket' ? field.lsb - 1000 : field.lsb;
  };
  return [...command.fields].sort((a, b) => rank(a) - rank(b));
}

function write(writer: records.CommandWriter, command: RecordDefinition, record: SymbolicRecord): void {
  const method = (writer as unknown as Readonly<Record<string, Call>>)[lowerCamel(command.name)];
  const values = writerOrder(command).map((field) =>
    isFlag(field) ? record[field.name] === true : plain(field, record),
  );
  method?.call(writer, ...values);
}

/** The record with every field at its least or at its largest value. */
function extreme(command: RecordDefinition, largest: boolean): SymbolicRecord {
  const value = (field: Field) => (isFlag(field) ? largest : rangeOf(field)[largest ? 1 : 0]);
  return { op: command.name, ...Object.fromEntries(command.fields.map((field) => [field.name, value(field)])) };
}

/** A field as an event writer takes it: what is wider than 32 bits as bits 0..31, signed, and the rest. */
function halves(field: Field, record: SymbolicRecord): number[] {
  const value = plain(field, record);
  return field.bits > 32 ? [value | 0, Math.floor(value / 2 ** 32)] : [value];
}

/** What the reader of a field gives, or its two readers for bits 0..31, signed, and the rest. */
function read(prefix: string, field: Field, words: Uint32Array): unknown {
  const name = `${prefix}${upperCamel(field.name)}`;
  const first = field.lsb >> 5;
  const last = (field.lsb + field.bits - 1) >> 5;
  const operands = Array.from({ length: last - first + 1 }, (_, at) => words[first + at] ?? 0);
  const whole = generated[name];
  if (whole !== undefined) return whole(...operands);
  const low = generated[`${name}Low`]?.(words[first] ?? 0);
  const high = generated[`${name}High`]?.(words[last] ?? 0);
  return typeof low === 'number' && typeof high === 'number' ? high * 2 ** 32 + (low >>> 0) : undefined;
}

const wordsOf = (bytes: Uint8Array) => new Uint32Array(bytes.slice().buffer);

for (const command of COMMANDS)
  describe(`command ${command.name}`, () => {
    it('CommandWriter writes what encodeCommand does', () => {
      fc.assert(
        fc.property(recordOf(command, 'op'), (record) => {
          const writer = new records.CommandWriter(1);
          write(writer, command, record);
          expect(writer.bytes()).toEqual(encodeCommand(record));
        }),
        options,
      );
      for (const largest of [false, true]) {
        const writer = new records.CommandWriter(1);
        write(writer, command, extreme(command, largest));
        expect(writer.bytes()).toEqual(encodeCommand(extreme(command, largest)));
      }
    });

    it('field readers read what encodeCommand wrote', () => {
      fc.assert(
        fc.property(recordOf(command, 'op'), (record) => {
          const words = wordsOf(encodeCommand(record));
          for (const field of command.fields) {
            expect(read(lowerCamel(command.name), field, words), field.name).toBe(plain(field, record));
          }
        }),
        options,
      );
    });

    it('has its reserved words in the table of all opcodes', () => {
      expect([...records.RESERVED_WORDS.slice(4 * command.code, 4 * command.code + 4)]).toEqual(reservedWords(command));
    });
  });

for (const event of EVENTS)
  describe(`event ${event.name}`, () => {
    it('the event writer writes what encodeEvent does, over whatever was there', () => {
      // Goal: REC-1, bits that no field covers are 0 even in a used buffer.
      const put = generated[`put${upperCamel(event.name)}`];
      fc.assert(
        fc.property(recordOf(event, 'type'), (record) => {
          const out = new Int32Array(10).fill(-1);
          const wide = event.fields.find((field) => field.bits > 64);
          const numbers = event.fields.filter((field) => field !== wide).flatMap((field) => halves(field, record));
          const content = Buffer.from(wide === undefined ? '' : String(record[wide.name]), 'hex');
          const source = new Int32Array(wordsOf(new Uint8Array([...new Uint8Array(4), ...content])));
          put?.(out, 1, ...numbers, ...(wide === undefined ? [] : [source, 1]));
          expect(new Uint8Array(out.buffer, 4, 32)).toEqual(encodeEvent(record));
          expect([out[0], out[9]]).toEqual([-1, -1]);
        }),
        options,
      );
    });

    it('field readers read what encodeEvent wrote', () => {
      fc.assert(
        fc.property(recordOf(event, 'type'), (record) => {
          const words = wordsOf(encodeEvent(record));
          for (const field of event.fields.filter((one) => one.bits <= 53)) {
            expect(read(`event${upperCamel(event.name)}`, field, words), field.name).toBe(plain(field, record));
          }
        }),
        options,
      );
    });
  });

describe('CommandWriter', () => {
  it('keeps what it holds while it grows, and takes back what it is told to', () => {
    // Goal: a batch of any length is what the single commands are.
    fc.assert(
      fc.property(fc.array(fc.oneof(...COMMANDS.map((c) => recordOf(c, 'op'))), { maxLength: 40 }), (list) => {
        const writer = new records.CommandWriter(1);
        for (const record of list) {
          write(writer, COMMANDS.find((c) => c.name === record['op']) as RecordDefinition, record);
        }
        expect(writer.count).toBe(list.length);
        expect(writer.bytes()).toEqual(new Uint8Array(Buffer.concat(list.map(encodeCommand))));
        const kept = Math.floor(list.length / 2);
        expect(
          writer
            .truncate(kept)
            .truncate(kept + 5)
            .bytes(),
        ).toEqual(new Uint8Array(Buffer.concat(list.slice(0, kept).map(encodeCommand))));
        expect(writer.clear().count).toBe(0);
      }),
      options,
    );
  });

  it('commitLast sets the commit flag of the last command, on nothing it does nothing', () => {
    const level = { op: 'LEVEL_SET', side: 'ASK', book: 1, level: 40, size: 5 };
    const writer = new records.CommandWriter().commitLast();
    expect(writer.count).toBe(0);
    writer.bookLive(3).levelSet(1, records.Side.ASK, 40, 5).commitLast();
    expect(writer.bytes().slice(0, 16)).toEqual(encodeCommand({ op: 'BOOK_LIVE', book: 3 }));
    expect(writer.bytes().slice(16)).toEqual(encodeCommand({ ...level, commit: true }));
  });
});
