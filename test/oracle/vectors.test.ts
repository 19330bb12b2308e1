// Goal: the oracle, written from the clauses, gives the events that were worked out by hand from the same clauses.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../src/contract/profile.js';
import { loadVectors, runVector } from '../vectors/load.js';
import { OracleEngine } from './oracle-engine.js';

const vectors = loadVectors();

for (const file of new Set(vectors.map((vector) => vector.file))) {
  describe(file, () => {
    for (const vector of vectors.filter((one) => one.file === file)) {
      it(vector.name, () => {
        expect(runVector(new OracleEngine(vector.profile), vector), vector.why).toBeUndefined();
      });
    }
  });
}

/** The oracle with its event bytes changed on the way out. */
class Liar extends OracleEngine {
  constructor(
    profile: Profile,
    private readonly spoil: (events: Uint8Array) => number,
  ) {
    super(profile);
  }

  override consume(commands: Uint8Array, from: number, out: Uint8Array): number {
    const next = super.consume(commands, from, out);
    this.eventBytes += this.spoil(out.subarray(0, this.eventBytes));
    return next;
  }
}

it('a wrong bit, a missing event and one too many are found', () => {
  // Goal: the comparison itself can fail.
  const vector = vectors.find((one) => one.name === 'masked TOP events');
  if (vector === undefined) throw new Error('the vector of this test is gone');
  const flip = (events: Uint8Array) => {
    // Bit 255 of a TOP belongs to no field: names alone would not show it.
    if (events[0] === 1) events[31] = 0x80;
    return 0;
  };
  expect(runVector(new Liar(vector.profile, flip), vector)).toMatch(/^one record at a time: event 0: .*; bytes 01/);
  const drop = (events: Uint8Array) => (events[0] === 4 ? -events.length : 0);
  expect(runVector(new Liar(vector.profile, drop), vector)).toMatch(/event 1: expected .*FENCE.*, got .*TOP/);
  const add = (events: Uint8Array) => (events.length === 0 ? 32 : 0);
  expect(runVector(new Liar(vector.profile, add), vector)).toMatch(/event 0: expected .*TOP.*, got /);
});

it('every vector has a name of its own, clauses, and a reason', () => {
  // Goal: a failing vector can be found by its name, and tells which reading it rules out.
  const names = vectors.map((vector) => vector.name);
  expect(names.filter((name, position) => names.indexOf(name) !== position)).toEqual([]);
  for (const vector of vectors) {
    expect(vector.clauses.length, vector.name).toBeGreaterThan(0);
    expect(vector.why.length, vector.name).toBeGreaterThan(20);
    expect(vector.origin, vector.name).toMatch(/worked by hand/);
  }
});

it('the CRCs of the vectors are those of zlib in Python', (context) => {
  // Goal: a vector edited by hand without its CRC does not reach the engines.
  const script = fileURLToPath(new URL('../vectors/crc.py', import.meta.url));
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
  } catch {
    context.skip('NOT RUN: python3 is absent');
  }
  expect(execFileSync('python3', [script], { encoding: 'utf8' }).trim()).toBe('every CRC and refused record agrees');
});
