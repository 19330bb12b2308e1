// Goal: every clause is carried by the oracle, by a vector and by each engine, and nobody cites one that is not there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CLAUSE_GROUPS } from '../../src/contract/clauses.js';
import { loadVectors } from '../vectors/load.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const IDS = CLAUSE_GROUPS.flatMap((group) => group.clauses.map((clause) => clause.id));
const CITATION = /\b(?:REC|BOOK|ROW|MSG|BSK|FAIR|INT|RST|RESET)-\d+\b/g;

/** Text of the files in a folder whose names end so; undefined where there are none. */
function text(folder: string, endings: readonly string[]): string | undefined {
  const path = join(ROOT, folder);
  if (!existsSync(path)) return undefined;
  const files = readdirSync(path).filter((file) => endings.some((ending) => file.endsWith(ending)));
  return files.length === 0 ? undefined : files.map((file) => readFileSync(join(path, file), 'utf8')).join('\n');
}

const CARRIERS = [
  { name: 'the oracle', folder: 'test/oracle', endings: ['.ts'] },
  { name: 'the software engine', folder: 'src/kernel', endings: ['.ts'] },
  { name: 'the native engine', folder: 'native', endings: ['.cc', '.h'] },
] as const;

for (const { name, folder, endings } of CARRIERS)
  describe(name, () => {
    it('cites every clause, and only clauses that exist', (context) => {
      const content = text(folder, endings);
      if (content === undefined) context.skip(`NOT RUN: ${name}: ${folder} holds no sources`);
      const cited = new Set((content ?? '').match(CITATION) ?? []);
      expect({
        missing: IDS.filter((id) => !cited.has(id)),
        unknown: [...cited].filter((id) => !IDS.includes(id)),
      }).toEqual({
        missing: [],
        unknown: [],
      });
    });
  });

it('every clause has a vector, and vectors cite only clauses that exist', () => {
  const cited = new Set(loadVectors().flatMap((vector) => vector.clauses));
  expect(IDS.filter((id) => !cited.has(id))).toEqual([]);
  expect([...cited].filter((id) => !IDS.includes(id))).toEqual([]);
});

it('clause ids are unique and numbered from 1 within their letters', () => {
  // Goal: a citation means one clause, and none was dropped without its number being given again.
  expect(new Set(IDS).size).toBe(IDS.length);
  for (const letters of new Set(IDS.map((id) => id.split('-')[0]))) {
    const numbers = IDS.filter((id) => id.startsWith(`${letters}-`)).map((id) => Number(id.split('-')[1]));
    expect(numbers).toEqual(numbers.map((_, at) => at + 1));
  }
});

it('the oracle shares nothing with the engines but the contract', () => {
  // Goal: an engine and the oracle cannot be wrong together by sharing code.
  const files = ['oracle.ts', 'rules.ts', 'refusals.ts', 'state.ts'];
  const imports = files.flatMap((file) => {
    const source = readFileSync(join(ROOT, 'test/oracle', file), 'utf8');
    return [...source.matchAll(/from '([^']+)'/g)].map((match) => match[1] ?? '');
  });
  const own = files.map((file) => `./${file.replace(/\.ts$/, '.js')}`);
  const shared = ['definition', 'profile', 'symbolic', 'generated/records'].map(
    (name) => `../../src/contract/${name}.js`,
  );
  expect(imports.length).toBeGreaterThan(5);
  expect(imports.filter((path) => !own.includes(path) && !shared.includes(path))).toEqual([]);
});
