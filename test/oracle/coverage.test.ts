// Goal: vectors and random programs together exercise every cell that the definition of the contract spans, and the
// committed table says which of the two does.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadVectors, runVector, stretches } from '../vectors/load.js';
import { allCells, Coverage, coverageTable } from './coverage.js';
import { Oracle } from './oracle.js';
import { OracleEngine } from './oracle-engine.js';
import { PROGRAM_PROFILES, programs } from './programs.js';

const TABLE = fileURLToPath(new URL('../../docs/coverage.md', import.meta.url));
/** Fixed here, apart from GATEBOOK_SEED and GATEBOOK_FC_RUNS: the table is committed. */
const TABLE_SEED = 1;
const PROGRAMS = 300;

function byVectors(): Coverage {
  const coverage = new Coverage();
  for (const vector of loadVectors()) {
    runVector(new OracleEngine(vector.profile, coverage.observer(vector.profile)), vector);
  }
  return coverage;
}

function byPrograms(): Coverage {
  const coverage = new Coverage();
  for (const profile of PROGRAM_PROFILES) {
    for (const program of fc.sample(programs(profile), { seed: TABLE_SEED, numRuns: PROGRAMS })) {
      const oracle = new Oracle(profile, coverage.observer(profile));
      for (const { epoch, commands } of stretches(program)) {
        if (epoch !== undefined) oracle.reset(epoch);
        for (let at = 0; at < commands.length; at += 16) oracle.apply(commands.slice(at, at + 16));
      }
    }
  }
  return coverage;
}

const vectors = byVectors();
const random = byPrograms();

it('every cell of the contract is covered', () => {
  // Goal: a command, refusal, transition, signal, limit or message shape that nothing exercises is named.
  expect([...vectors.strays(), ...random.strays()]).toEqual([]);
  expect(allCells().filter((cell) => !vectors.covered.has(cell) && !random.covered.has(cell))).toEqual([]);
});

it('docs/coverage.md is up to date', () => {
  // Goal: a reader of the table can trust it; rewrite it with UPDATE_COVERAGE=1.
  const table = coverageTable(vectors.covered, random.covered);
  if (process.env['UPDATE_COVERAGE'] === '1') writeFileSync(TABLE, table);
  expect(readFileSync(TABLE, 'utf8')).toBe(table);
});
