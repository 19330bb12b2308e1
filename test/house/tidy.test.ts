// Goal: the project keeps the rules of the house; what a rule forbids, it names with file and line.
import { describe, expect, it } from 'vitest';
import { generate } from '../../src/contract/generate.js';
import { listingNeeds, projectFiles, ROOT } from './project.js';
import { ENTRIES, LONG_LINES, ROOMS } from './rooms.js';
import * as rules from './rules.js';

const files = listingNeeds === undefined ? projectFiles() : [];

const RULES: Readonly<Record<string, () => string[]>> = {
  'rooms import only what the table allows': () => rules.dependencyProblems(files, ROOMS),
  'only the registry names backends': () => rules.backendProblems(files),
  'no room imports itself by way of others': () => rules.roomCycleProblems(files),
  'every file is reached by something': () => rules.deadFileProblems(files, ENTRIES),
  'lines are at most 120 columns': () => rules.lineLengthProblems(files, LONG_LINES),
  'nothing is put off in a comment': () => rules.promiseProblems(files),
  'names say what they hold': () => rules.nameProblems(files),
  'every room has a README of a page': () => rules.readmeProblems(files),
  'files end in a newline': () => rules.lastNewlineProblems(files),
  'nothing holds on one machine only': () => rules.machineProblems(files),
  'lock files record no addresses': () => rules.lockProblems(files),
  'packages are pinned and used': () => {
    const manifest = files.find((f) => f.path === 'package.json');
    return rules.packageProblems(JSON.parse(manifest?.text ?? '{}'), files);
  },
};

describe('house rules', () => {
  for (const [name, problems] of Object.entries(RULES)) {
    it(name, (context) => {
      if (listingNeeds !== undefined) context.skip(listingNeeds);
      expect(problems()).toEqual([]);
    });
  }

  it('reads the files that it judges', (context) => {
    if (listingNeeds !== undefined) context.skip(listingNeeds);
    expect(files.map((f) => f.path)).toContain('src/contract/definition.ts');
  });

  it('generated files are up to date', () => {
    const stale = generate({ root: ROOT, check: true });
    expect(stale, 'src/contract has changed since: `npm run generate` mends it').toEqual([]);
  });
});
