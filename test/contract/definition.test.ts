// Goal: a mistake in the definition is found before anything is generated from it, and the digest moves with every
// change that moves bytes or refusals, and with nothing else.
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as definition from '../../src/contract/definition.js';
import { canonicalDefinition, checkDefinition, contractDigest } from '../../src/contract/derive.js';
import { generate } from '../../src/contract/generate.js';
import { CONTRACT_DIGEST } from '../../src/contract/generated/records.js';

type Definition = typeof definition;
const SOURCE = '../../src/contract/definition.js';

/** derive.ts over a definition with some parts replaced. */
async function deriveFrom(changed: Partial<Definition>) {
  vi.resetModules();
  vi.doMock(SOURCE, () => ({ ...definition, ...changed }));
  return import('../../src/contract/derive.js');
}

afterEach(() => {
  vi.doUnmock(SOURCE);
  vi.resetModules();
});

/** The commands with one of them replaced. */
function withCommand(name: string, change: Partial<definition.CommandDefinition>) {
  return { COMMANDS: definition.COMMANDS.map((c) => (c.name === name ? { ...c, ...change } : c)) };
}

const field = (name: string, lsb: number, bits: number) => ({ name, lsb, bits, doc: '' });

describe('the definition', () => {
  it('is sound, and what is generated from it is up to date', () => {
    expect(() => checkDefinition()).not.toThrow();
    const root = fileURLToPath(new URL('../..', import.meta.url));
    expect(generate({ root, check: true }), 'stale: run `npm run generate`').toEqual([]);
  });

  it.for([
    [
      'two fields that overlap',
      withCommand('FENCE', { fields: [field('a', 32, 9), field('b', 40, 8)] }),
      /FENCE\.b over/,
    ],
    [
      'a field over the opcode',
      withCommand('FENCE', { fields: [field('a', 7, 2)] }),
      /FENCE\.a overlaps another field/,
    ],
    ['a field beyond the record', withCommand('FENCE', { fields: [field('a', 127, 2)] }), /FENCE\.a leaves the record/],
    ['an opcode used twice', withCommand('FENCE', { code: 0xf1 }), /BOOK_DIGEST: code 241 is used twice/],
    ['a refusal that is no error', withCommand('FENCE', { refusals: ['NO_SUCH'] }), /FENCE: unknown refusal NO_SUCH/],
    [
      'an enum that is not there',
      withCommand('FENCE', { fields: [{ ...field('a', 32, 8), enum: 'Mood' }] }),
      /FENCE\.a: unknown enum Mood/,
    ],
    [
      'an event that overlaps itself',
      {
        EVENTS: definition.EVENTS.map((e) =>
          e.name === 'TOP' ? { ...e, fields: [...e.fields, field('x', 200, 1)] } : e,
        ),
      },
      /TOP\.x overlaps another field/,
    ],
    [
      'an event beyond the record',
      {
        EVENTS: definition.EVENTS.map((e) =>
          e.name === 'TOP' ? { ...e, fields: [...e.fields, field('x', 255, 2)] } : e,
        ),
      },
      /TOP\.x leaves the record/,
    ],
  ] as const)('with %s is refused', async ([, changed, message]) => {
    const { checkDefinition: check } = await deriveFrom(changed);
    expect(() => check()).toThrow(message);
  });
});

describe('the digest', () => {
  it('is 16 hex digits and the one that was generated', () => {
    expect(contractDigest()).toMatch(/^[0-9a-f]{16}$/);
    expect(CONTRACT_DIGEST).toBe(contractDigest());
  });

  it.for([
    ['a field that moves', withCommand('FENCE', { fields: [field('token', 64, 32)] })],
    ['the order of refusals', withCommand('BOOK_LIVE', { refusals: ['BOOK_STATE', 'BOOK_RANGE', 'MESSAGE_LIMIT'] })],
    ['an opcode', withCommand('FENCE', { code: 0xf2 })],
    ['the revision', { REVISION: definition.REVISION + 1 }],
    ['a limit', { LIMITS: { ...definition.LIMITS, FAIR_MAX: { value: 1, doc: '' } } }],
    ['a tick', { TICKS: [1, 10, 25, 50, 100, 500] }],
    [
      'the range of a profile field',
      { PROFILE_FIELDS: definition.PROFILE_FIELDS.map((f) => ({ ...f, max: f.max + 1 })) },
    ],
  ] as const)('changes with %s', async ([, changed]) => {
    const { contractDigest: digest } = await deriveFrom(changed as unknown as Partial<Definition>);
    expect(digest()).not.toBe(contractDigest());
  });

  it('does not change with prose or with the named profiles', async () => {
    const { canonicalDefinition: canonical } = await deriveFrom({
      PROFILES: {},
      ERROR_DOCS: {},
      COMMANDS: definition.COMMANDS.map((c) => ({
        ...c,
        doc: 'other',
        fields: c.fields.map((f) => ({ ...f, doc: 'x' })),
      })),
    });
    expect(canonical()).toBe(canonicalDefinition());
  });
});

describe('the tables', () => {
  it('name every error: as a refusal of some command, or as one that every record or restore can meet', () => {
    // Goal: no ErrorCode that nothing can cause, and each with its sentence.
    const everywhere = ['UNKNOWN_OPCODE', 'RESERVED_BITS', 'COUNTS_MISSING'];
    const refusals = new Set([...everywhere, ...definition.COMMANDS.flatMap((c) => c.refusals)]);
    const errors = Object.keys(definition.ENUMS['ErrorCode']?.values ?? {});
    expect([...refusals].sort()).toEqual([...errors].sort());
    expect(Object.keys(definition.ERROR_DOCS).sort()).toEqual([...errors].sort());
  });

  it('leave the opcodes that are kept for later free', () => {
    for (const { from, to } of definition.RESERVED_OPCODES) {
      expect(definition.COMMANDS.filter((c) => c.code >= from && c.code <= to)).toEqual([]);
    }
  });
});
