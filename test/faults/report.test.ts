// Goal: docs/faults.md says what the kept run measured, of every kind of fault there is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../src/faults/kinds.js';
import { type FaultResults, faultsPage } from '../../src/faults/report.js';
import { PACKAGE_ROOT } from '../../src/hal/build-info.js';
import { HAL_ERRORS } from '../../src/hal/errors.js';

const read = (name: string) => readFileSync(join(PACKAGE_ROOT, 'docs', name), 'utf8');
const results = JSON.parse(read('link-faults.json')) as FaultResults;

describe('the page of faults', () => {
  it('is the one that the results make: `npm run link-faults -- --document`', () => {
    expect(read('faults.md')).toBe(faultsPage(results));
  });

  it('names every kind, each measured, and errors that there are', () => {
    const alone = results.solo.map(({ kind }) => kind);
    for (const { name, error, where } of FAULT_KINDS) {
      expect(read('faults.md')).toContain(`\`${name}\``);
      if (error === undefined && where !== 'wires') expect(alone).toContain(name);
      if (error !== undefined && /^[A-Z_]+$/.test(error)) expect(Object.keys(HAL_ERRORS)).toContain(error);
    }
  });

  it('tells of campaigns in which nothing was lost', () => {
    expect(results.campaigns.map(({ where }) => where)).toEqual(['byte port', 'pins']);
    for (const { faults, total, lost } of results.campaigns) {
      expect(Object.values(faults).reduce((sum, count) => sum + count, 0)).toBe(total);
      expect(lost).toBe(0);
    }
  });
});
