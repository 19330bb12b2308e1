// Goal: every in-process engine gives the events that were worked out by hand, byte for byte, however the records
// are cut into batches.
import { describe, expect, it } from 'vitest';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { loadVectors, runVector } from '../vectors/load.js';
import { canSnapshot, ENGINES } from './engines.js';

const vectors = loadVectors();

for (const entry of ENGINES) {
  describe(entry.name, () => {
    for (const vector of vectors.filter(({ profile }) => entry.takes(profile))) {
      it(`${vector.file}: ${vector.name}`, (context) => {
        if (entry.missing !== undefined) context.skip(entry.missing);
        const engine = entry.create(vector.profile);
        if (engine === undefined) throw new Error(`${entry.name} refuses the profile of '${vector.name}'`);
        try {
          expect(runVector(engine, vector), vector.why).toBeUndefined();
        } finally {
          engine.close();
        }
      });
    }

    it('exports snapshots as the table says', (context) => {
      // Goal: the tests of snapshots leave out nobody who has them.
      if (entry.missing !== undefined) context.skip(entry.missing);
      const engine = entry.create(NAMED_PROFILES['tiny'] as Profile);
      if (engine === undefined) throw new Error(`${entry.name} refuses the profile tiny`);
      expect(canSnapshot(engine)).toBe(entry.snapshots);
      engine.close();
    });
  });
}

it('at least one engine is here', () => {
  // Goal: a table of nothing but missing engines is not a pass.
  expect(ENGINES.filter((entry) => entry.missing === undefined).map((entry) => entry.name)).toContain('software');
});
