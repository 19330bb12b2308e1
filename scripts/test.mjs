// `npm test`: everything that decides whether a change is good, in the order in which it is cheapest to know.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runBenches } from './cocotb.mjs';
import { hdlLint } from './hdl-lint.mjs';
import { ROOT, requireNode } from './node-version.mjs';
import { prepare } from './prepare.mjs';
import { readSkips, report, timedStep, WHERE } from './results.mjs';
import { closingLine, judge, total } from './verdict.mjs';

requireNode();
if (process.argv.length > 2) {
  console.error('npm test runs everything; for some files only: npx vitest run FILE...');
  process.exit(2);
}

const node = (script, ...args) =>
  spawnSync(process.execPath, [join(ROOT, script), ...args], { cwd: ROOT, stdio: 'inherit' }).status === 0;

/** Name and work of each stage that counts as one check. */
const STAGES = [
  ['format and lint (biome)', () => node('scripts/tool.mjs', 'biome', 'check', '--error-on-warnings')],
  ['types of sources and tests (tsc)', () => node('scripts/tool.mjs', 'tsc', '-p', 'tsconfig.test.json')],
  ['generated files', () => node('scripts/generate.mjs', '--check')],
];

const results = [];

async function stage(name, work) {
  const ok = await timedStep(name, work);
  results.push({ name, state: ok ? 'passed' : 'failed' });
  return ok;
}

async function tryPrepare() {
  try {
    await prepare({ kind: 'all' });
    return true;
  } catch (error) {
    console.error(error.message);
    return false;
  }
}

/** A step of many checks, each of which counts; its results go to the others. */
async function checks(name, results, run) {
  await timedStep(name, async () => {
    const found = await run();
    results.push(...found);
    return found.every(({ state }) => state !== 'failed');
  });
}

/** @returns {Promise<{ results: import('./verdict.mjs').Result[], errors: string[] }>} */
async function runTests() {
  const { startVitest } = await import('vitest/node');
  const vitest = await startVitest('test', [], { root: ROOT, watch: false, reporters: ['default'] });
  const tests = [];
  const errors = vitest.state.getUnhandledErrors().map((error) => `outside of the tests: ${error?.message ?? error}`);
  for (const module of vitest.state.getTestModules()) {
    for (const error of module.errors()) errors.push(`${module.relativeModuleId}: ${error.message}`);
    for (const test of module.children.allTests()) {
      const { state, note } = test.result();
      // A test that was begun and never ended is no pass.
      const known = state === 'passed' || state === 'skipped' ? state : 'failed';
      tests.push({ name: `${module.relativeModuleId} > ${test.fullName}`, state: known, note });
    }
    for (const suite of module.children.allSuites()) {
      for (const error of suite.errors())
        errors.push(`${module.relativeModuleId} > ${suite.fullName}: ${error.message}`);
    }
  }
  await vitest.close();
  return { results: tests, errors };
}

let verdict;
if (await stage('install and build', tryPrepare)) {
  for (const [name, work] of STAGES) await stage(name, work);
  const ran = { results: [], errors: [] };
  await checks('hdl lint', ran.results, hdlLint);
  await timedStep('tests (vitest)', async () => {
    const { results: tests, errors } = await runTests();
    ran.results.push(...tests);
    ran.errors.push(...errors);
    return errors.length === 0 && tests.every((r) => r.state !== 'failed');
  });
  await checks('benches (cocotb)', ran.results, runBenches);
  verdict = judge({ ...ran, skips: readSkips(false), where: WHERE });
}
// Judged apart: however many stages passed, no test at all is a failure.
const stages = judge({ results, skips: [], where: WHERE });
verdict = verdict === undefined ? stages : { ...verdict, ...total([verdict, stages]) };
console.log('');
report('tests', verdict);
console.log(closingLine(verdict));
