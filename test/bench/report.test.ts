// Goal: the figures in README.md and docs/benchmarks.md are those of bench/results/latest.json, and verdicts are right.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { docsPage, figureText, type Results, readmeTable, reportPaths, withTable } from '../../bench/report.js';
import { judge, TARGETS } from '../../bench/targets.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { results: path, readme, docs } = reportPaths(ROOT);
const HINT = 'the results are newer than the pages: `npm run bench -- --report` mends it';

describe('the pages', () => {
  it('exist', () => {
    expect([path, readme, docs].filter((file) => !existsSync(file))).toEqual([]);
  });

  it('say what the results say', () => {
    const results = JSON.parse(readFileSync(path, 'utf8')) as Results;
    expect(readFileSync(docs, 'utf8'), HINT).toBe(docsPage(results));
    const text = readFileSync(readme, 'utf8');
    expect(withTable(text, readmeTable(results)), HINT).toBe(text);
    expect(text).toContain(readmeTable(results));
  });

  it('cover every target with a row, or say that it was not run', () => {
    const results = JSON.parse(readFileSync(path, 'utf8')) as Results;
    const names = new Set(results.rows.map(({ name }) => name));
    const absent = TARGETS.filter(({ row }) => !names.has(row));
    for (const { row } of absent) {
      expect(
        results.not_run.some(({ name }) => row.startsWith(name) || row.includes(`${name},`)),
        row,
      ).toBe(true);
    }
  });
});

describe('the table', () => {
  it('goes between its markers and nowhere else', () => {
    const text = 'a\n<!-- bench:start -->\nold\n<!-- bench:end -->\nb\n';
    expect(withTable(text, 'new')).toBe('a\n<!-- bench:start -->\nnew\n<!-- bench:end -->\nb\n');
    expect(withTable('no markers', 'new')).toBe('no markers');
  });
});

describe('a target', () => {
  const rows = new Map([
    ['a', { median: 50, unit: 'ns' }],
    ['b', { median: 20, unit: 'ns' }],
  ]);

  it('is met up to its limit, missed above it, and neither where nothing was measured', () => {
    expect(judge({ what: '', row: 'a', most: 50 }, rows)).toEqual({ value: 50, unit: 'ns', met: true });
    expect(judge({ what: '', row: 'a', most: 49 }, rows).met).toBe(false);
    expect(judge({ what: '', row: 'a', over: 'b', most: 2.5 }, rows)).toEqual({ value: 2.5, unit: 'times', met: true });
    expect(judge({ what: '', row: 'none', most: 1 }, rows).met).toBeUndefined();
    expect(judge({ what: '', row: 'a', over: 'none', most: 1 }, rows).met).toBeUndefined();
  });
});

describe('figures', () => {
  it('have three digits', () => {
    expect([0.004712, 1.5, 49.96, 999.6, 1234, 421_600].map(figureText)).toEqual([
      '0.00471',
      '1.5',
      '50',
      '1,000',
      '1,230',
      '422,000',
    ]);
  });
});
