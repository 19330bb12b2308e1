// Goal: no way of not checking something looks like a pass.
import { describe, expect, it } from 'vitest';
import { checkSkips, closingLine, judge, total } from '../../scripts/verdict.mjs';

const passed = (name: string) => ({ name, state: 'passed' as const });
const failed = (name: string) => ({ name, state: 'failed' as const });
const skipped = (name: string, note?: string) => ({ name, state: 'skipped' as const, ...(note && { note }) });
const entry = (test: string, ...where: ('ci' | 'user')[]) => ({ test, where, why: 'for this test' });

describe('a verdict', () => {
  it('counts', () => {
    const verdict = judge({ results: [passed('a'), passed('b'), failed('c')], skips: [], where: 'ci' });
    expect(verdict).toMatchObject({ passed: 2, failed: 1, skipped: 0, problems: [] });
  });

  it('fails where nothing ran', () => {
    expect(judge({ results: [], skips: [], where: 'user' })).toMatchObject({ passed: 0, failed: 1 });
    const onlySkipped = [skipped('a', 'NOT RUN: a board')];
    expect(judge({ results: onlySkipped, skips: [entry('a', 'user')], where: 'user' })).toMatchObject({ failed: 1 });
    expect(judge({ results: [], skips: [], where: 'ci', atLeast: 0 })).toMatchObject({ failed: 0 });
  });

  it('fails for errors outside of the tests', () => {
    const verdict = judge({ results: [passed('a')], skips: [], where: 'user', errors: ['x.test.ts does not load'] });
    expect(verdict).toMatchObject({ passed: 1, failed: 1, problems: ['x.test.ts does not load'] });
  });

  it('accepts a listed skip that says what it would take, in the note or in the title', () => {
    const results = [passed('a'), skipped('b', 'NOT RUN: python3'), skipped('c > NOT RUN: d: a compiler')];
    const verdict = judge({ results, skips: [entry('b', 'user'), entry('/^c > .*d/', 'user')], where: 'user' });
    expect(verdict).toMatchObject({ passed: 1, failed: 0, skipped: 2 });
    expect(verdict.notRun).toEqual(['b: NOT RUN: python3', 'c > NOT RUN: d: a compiler']);
  });

  it('fails for a skip that is not listed here', () => {
    const results = [passed('a'), skipped('b', 'NOT RUN: python3')];
    expect(judge({ results, skips: [], where: 'user' })).toMatchObject({ failed: 1, skipped: 0 });
    expect(judge({ results, skips: [entry('b', 'user')], where: 'ci' })).toMatchObject({ failed: 1, skipped: 0 });
  });

  it('fails for a skip that does not say what it would take, though it is listed', () => {
    for (const silent of [skipped('b'), skipped('b', 'not today'), skipped('b', 'NOT RUN: ')]) {
      const verdict = judge({ results: [passed('a'), silent], skips: [entry('b', 'ci')], where: 'ci' });
      expect(verdict).toMatchObject({ failed: 1, skipped: 0 });
    }
  });

  it('fails in CI for a listed test that ran, and not for users', () => {
    const results = [passed('a'), passed('b')];
    const skips = [entry('b', 'ci', 'user')];
    expect(judge({ results, skips, where: 'ci' })).toMatchObject({ passed: 1, failed: 1 });
    expect(judge({ results, skips, where: 'user' })).toMatchObject({ passed: 2, failed: 0 });
    expect(judge({ results, skips: [entry('b', 'user')], where: 'ci' })).toMatchObject({ passed: 2, failed: 0 });
  });

  it('fails for an entry that no test bears', () => {
    const verdict = judge({ results: [passed('a')], skips: [entry('gone', 'user')], where: 'user' });
    expect(verdict.problems).toHaveLength(1);
    expect(verdict.problems[0]).toContain('gone');
  });
});

describe('counts', () => {
  it('are summed and closed with one line', () => {
    const sum = total([
      { passed: 1, failed: 2, skipped: 3 },
      { passed: 10, failed: 0, skipped: 1 },
    ]);
    expect(closingLine(sum)).toBe('11 passed, 2 failed, 4 skipped');
  });
});

describe('the list of skips', () => {
  it('is refused where an entry is incomplete', () => {
    const good = entry('a', 'ci');
    expect(checkSkips([good])).toEqual([good]);
    for (const bad of [{}, null, { ...good, where: [] }, { ...good, where: ['home'] }, { ...good, why: ' ' }]) {
      expect(() => checkSkips([bad])).toThrow(/skips.json/);
    }
    expect(() => checkSkips({})).toThrow(/not a list/);
  });
});
