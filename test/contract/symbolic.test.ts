// Goal: records written by name are the bytes of the contract, come back as they were, and say what is wrong with them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMAND_BYTES, COMMANDS, EVENT_BYTES, EVENTS } from '../../src/contract/definition.js';
import { reservedWords } from '../../src/contract/derive.js';
import {
  decodeCommand,
  decodeEvent,
  encodeCommand,
  encodeEvent,
  SymbolicError,
  type SymbolicRecord,
} from '../../src/contract/symbolic.js';
import { SEED } from '../oracle/programs.js';
import { bytesByBit, recordOf } from './random-fields.js';

const options = { seed: SEED, numRuns: 100 };

for (const command of COMMANDS)
  describe(`command ${command.name}`, () => {
    it('is laid out bit by bit as defined, and comes back', () => {
      fc.assert(
        fc.property(recordOf(command, 'op'), (record) => {
          const bytes = encodeCommand(record);
          expect(bytes).toEqual(bytesByBit(command, record, COMMAND_BYTES));
          expect(decodeCommand(bytes)).toEqual(record);
        }),
        options,
      );
    });

    it('with any reserved bit set comes back raw', () => {
      // Goal: decode does not hide a bit that the kernel refuses (REC-3).
      const bytes = bytesByBit(command, {}, COMMAND_BYTES);
      for (let bit = 8; bit < COMMAND_BYTES * 8; bit++) {
        const reserved = ((reservedWords(command)[bit >> 5] ?? 0) >>> (bit & 31)) & 1;
        const changed = bytes.slice();
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) | (1 << (bit & 7));
        const decoded = decodeCommand(changed);
        expect(decoded['raw'] !== undefined, `bit ${bit}`).toBe(reserved === 1);
        expect(encodeCommand(decoded)).toEqual(changed);
      }
    });
  });

for (const event of EVENTS)
  describe(`event ${event.name}`, () => {
    it('is laid out bit by bit as defined, and comes back', () => {
      fc.assert(
        fc.property(recordOf(event, 'type'), (record) => {
          const bytes = encodeEvent(record);
          expect(bytes).toEqual(bytesByBit(event, record, EVENT_BYTES));
          expect(decodeEvent(bytes)).toEqual(record);
        }),
        options,
      );
    });
  });

describe('records that are none', () => {
  it('come back raw, at any offset', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 24 }), fc.nat({ max: 8 }), (bytes, offset) => {
        const decoded = decodeCommand(bytes, offset);
        expect(encodeCommand(decoded)).toEqual(bytes.slice(offset, offset + COMMAND_BYTES));
      }),
      options,
    );
    expect(decodeEvent(new Uint8Array(EVENT_BYTES).fill(0xff))).toEqual({ raw: 'ff'.repeat(EVENT_BYTES) });
  });

  it('raw commands are 32 hex digits, alone', () => {
    expect(encodeCommand({ raw: '00112233445566778899AABBCCDDEEFF' })[15]).toBe(0xff);
    for (const record of [{ raw: '00' }, { raw: 'g'.repeat(32) }, { raw: 7 }, { raw: '0'.repeat(32), op: 'FENCE' }]) {
      expect(() => encodeCommand(record)).toThrow(/raw = .* is not 32 hex digits alone/);
    }
  });
});

describe('a record that cannot be encoded', () => {
  const level = { op: 'LEVEL_SET', side: 'ASK', book: 1, level: 40, size: 5 };
  const cases: readonly (readonly [SymbolicRecord, RegExp])[] = [
    [{ op: 'NONE' }, /op = "NONE" is not one of BOOK_BEGIN, BOOK_LIVE, .*BOOK_DIGEST/],
    [{}, /op = nothing is not one of/],
    [{ op: 'TOP' }, /op = "TOP" is not one of/],
    [{ ...level, book: 65_536 }, /LEVEL_SET\.book = 65536 is not a whole number in 0\.\.65535/],
    [{ ...level, book: -1 }, /LEVEL_SET\.book = -1 is not a whole number in 0\.\.65535/],
    [{ ...level, book: 1.5 }, /LEVEL_SET\.book = 1\.5 is not a whole number in 0\.\.65535/],
    [{ ...level, book: '1' }, /LEVEL_SET\.book = "1" is not a whole number in 0\.\.65535/],
    [{ ...level, size: 2 ** 48 }, /LEVEL_SET\.size = 281474976710656 is not a whole number in 0\.\.281474976710655/],
    [{ ...level, side: 'MID' }, /LEVEL_SET\.side = "MID" is not a whole number in 0\.\.1 or one of BID, ASK/],
    [{ ...level, commit: 1 }, /LEVEL_SET\.commit = 1 is not true or false/],
    [{ ...level, price: 1 }, /LEVEL_SET has no field 'price'/],
    [{ op: 'BOOK_LIVE' }, /BOOK_LIVE\.book = nothing is not a whole number in 0\.\.65535/],
    [
      { op: 'BASKET_ARM', basket: 0, min_edge: 2 ** 31, min_size: 0 },
      /BASKET_ARM\.min_edge = 2147483648 is not a whole number in -2147483648\.\.2147483647/,
    ],
    [{ op: 'FENCE', token: null as unknown as string }, /FENCE\.token = null is not a whole number/],
    // A name that every object inherits is no enum value and no field.
    [{ ...level, side: 'constructor' }, /LEVEL_SET\.side = "constructor" is not a whole number/],
    [{ op: 'constructor' }, /op = "constructor" is not one of/],
  ];

  it.for(cases)('%o', ([record, message]) => {
    // Goal: the message names the field, the value and the range.
    expect(() => encodeCommand(record)).toThrow(SymbolicError);
    expect(() => encodeCommand(record)).toThrow(message);
  });

  it('carries a stable code', () => {
    try {
      encodeCommand({ op: 'NONE' });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'SYMBOLIC_INVALID' });
    }
  });

  it('names the digits that a wide field of an event needs', () => {
    const refused = { type: 'REFUSED', error: 1, id: 0, restore_record: 0, command: 0, restore_error: 0 };
    expect(() => encodeEvent({ ...refused, record: '00' })).toThrow(
      /REFUSED\.record = "00" is not 32 hex digits, byte 0 first/,
    );
    expect(() => encodeEvent({ ...refused, record: '0'.repeat(32), error: 256 })).toThrow(
      /REFUSED\.error = 256 is not a whole number in 0\.\.255 or one of UNKNOWN_OPCODE/,
    );
  });
});
