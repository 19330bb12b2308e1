// Goal: the generated Python module packs and unpacks the same bytes as the symbolic codec.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it, type TestContext } from 'vitest';
import { COMMANDS, EVENTS, type RecordDefinition } from '../../src/contract/definition.js';
import { CONTRACT_DIGEST } from '../../src/contract/generated/records.js';
import { encodeCommand, encodeEvent, type SymbolicRecord } from '../../src/contract/symbolic.js';
import { SEED } from '../oracle/programs.js';
import { bitsOf, recordOf } from './random-fields.js';

const MODULE_FOLDER = fileURLToPath(new URL('../../sim/generated', import.meta.url));

/** Packs every [table, name, fields] of the input and unpacks the result again. */
const SCRIPT = `
import json, sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import gatebook_contract as contract
tables = {"op": (contract.COMMANDS, contract.COMMAND_BYTES), "type": (contract.EVENTS, contract.EVENT_BYTES)}
answers = []
for key, name, fields in json.load(sys.stdin):
    table, size = tables[key]
    fields = {k: int(v[1:]) if isinstance(v, str) and v.startswith("#") else v for k, v in fields.items()}
    record = contract.pack(table, size, name, **fields)
    back, values = contract.unpack(table, record)
    answers.append([record.hex(), back, {k: str(v) for k, v in values.items()}])
print(json.dumps({"digest": contract.CONTRACT_DIGEST, "answers": answers}))
`;

interface Answer {
  readonly digest: string;
  readonly answers: readonly (readonly [hex: string, name: string, values: Readonly<Record<string, string>>])[];
}

function python(context: TestContext, input: unknown): Answer {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
  } catch {
    context.skip('NOT RUN: python3 is absent');
  }
  const output = execFileSync('python3', ['-c', SCRIPT, MODULE_FOLDER], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  return JSON.parse(output) as Answer;
}

/** Names and small numbers as they are, wide fields as exact decimal digits after '#'. */
function fieldsFor(definition: RecordDefinition, record: SymbolicRecord): Record<string, unknown> {
  return Object.fromEntries(
    definition.fields.map((field) => {
      const value = record[field.name];
      const asIs = field.bits <= 53 && (typeof value === 'number' || field.enum !== undefined);
      return [field.name, asIs ? value : `#${bitsOf(field, value)}`];
    }),
  );
}

it('packs commands and events as the codec does', (context) => {
  const sample = (key: 'op' | 'type', definitions: readonly RecordDefinition[]) =>
    definitions.flatMap((definition) =>
      fc.sample(recordOf(definition, key), { seed: SEED, numRuns: 20 }).map((record) => ({ key, definition, record })),
    );
  const all = [...sample('op', COMMANDS), ...sample('type', EVENTS)];
  const answer = python(
    context,
    all.map(({ key, definition, record }) => [key, definition.name, fieldsFor(definition, record)]),
  );
  expect(answer.digest).toBe(CONTRACT_DIGEST);
  expect(answer.answers).toHaveLength(all.length);
  for (const [at, { key, definition, record }] of all.entries()) {
    const bytes = key === 'op' ? encodeCommand(record) : encodeEvent(record);
    const [hex, name, values] = answer.answers[at] ?? ['', '', {}];
    expect(hex, JSON.stringify(record)).toBe(Buffer.from(bytes).toString('hex'));
    expect(name).toBe(definition.name);
    for (const field of definition.fields) {
      const bits = bitsOf(field, record[field.name]);
      expect(values[field.name]).toBe(String(field.signed === true ? BigInt.asIntN(field.bits, bits) : bits));
    }
  }
});
