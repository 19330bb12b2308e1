// Goal: docs/faults.md says what the kept runs measured, of every kind of fault there is, and what tests prove.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CARD_FAULTS, PORT_FAULTS } from '../../src/faults/access-faults.js';
import { BAR_FAULT_KINDS } from '../../src/faults/bar-kinds.js';
import { FAULT_KINDS } from '../../src/faults/kinds.js';
import { type FaultResults, faultsPage } from '../../src/faults/report.js';
import { PACKAGE_ROOT } from '../../src/hal/build-info.js';
import { HAL_ERRORS } from '../../src/hal/errors.js';

const read = (name: string) => readFileSync(join(PACKAGE_ROOT, 'docs', name), 'utf8');
const results = JSON.parse(read('link-faults.json')) as FaultResults;
const barResults = JSON.parse(read('bar-faults.json')) as FaultResults;
const PLACES = [
  { kinds: FAULT_KINDS, results, where: ['byte port', 'pins'] },
  { kinds: BAR_FAULT_KINDS, results: barResults, where: ['BAR'] },
];

describe('the page of faults', () => {
  it('is the one that the results make: `npm run link-faults -- --document`', () => {
    expect(read('faults.md')).toBe(faultsPage(results, barResults));
  });

  it('names every kind, each measured, and errors that there are', () => {
    for (const place of PLACES) {
      const alone = place.results.solo.map(({ kind }) => kind);
      for (const { name, error, where } of place.kinds) {
        expect(read('faults.md')).toContain(`\`${name}\``);
        if (error === undefined && where !== 'wires') expect(alone).toContain(name);
        if (error !== undefined && /^[A-Z_]+$/.test(error)) expect(Object.keys(HAL_ERRORS)).toContain(error);
      }
    }
  });

  it('tells of campaigns in which nothing was lost', () => {
    for (const place of PLACES) {
      expect(place.results.campaigns.map(({ where }) => where)).toEqual(place.where);
      for (const { faults, total, lost } of place.results.campaigns) {
        expect(Object.values(faults).reduce((sum, count) => sum + count, 0)).toBe(total);
        expect(lost).toBe(0);
      }
    }
  });

  it('tells of every kind of fault of a BAR in each campaign', () => {
    for (const { faults } of barResults.campaigns) {
      expect(Object.keys(faults).sort()).toEqual(BAR_FAULT_KINDS.map(({ name }) => name).sort());
    }
  });

  it('names codes of docs/errors.md, and tests that there are, for ports and cards', () => {
    for (const { what, code, test } of [...PORT_FAULTS, ...CARD_FAULTS]) {
      expect(read('errors.md'), what).toContain(`\n| ${code} | ${HAL_ERRORS[code]} |\n`);
      const [file, name] = test;
      const text = readFileSync(join(PACKAGE_ROOT, file), 'utf8');
      expect(text.includes(name), `${file} has a test '${name}'`).toBe(true);
      // Programs match on the code: whoever proves the row has looked at it.
      expect(text.includes(code), `${file} names ${code}`).toBe(true);
    }
  });
});
