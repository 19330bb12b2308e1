// What a run leaves behind: lines for people, and its counts in a file for whoever sums several runs up.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './node-version.mjs';
import { checkSkips } from './verdict.mjs';

/** Of CI more is demanded: there, what is listed as not running must indeed not run. */
export const WHERE = process.env.CI === 'true' ? 'ci' : 'user';

/** Names of campaigns in test/skips.json start with this; all others are of tests. */
export const CAMPAIGN = 'campaign > ';

export const resultsPath = (name) => join(ROOT, 'build', 'results', `${name}.json`);

/** @param {boolean} campaigns those of campaigns, or those of tests */
export function readSkips(campaigns) {
  const list = checkSkips(JSON.parse(readFileSync(join(ROOT, 'test', 'skips.json'), 'utf8')));
  return list.filter((entry) => entry.test.replace(/^\/\^?/, '').startsWith(CAMPAIGN) === campaigns);
}

/** Prints what did not run and what is wrong, and leaves the counts in the file; status 1 on any failure. */
export function report(name, verdict) {
  for (const line of verdict.notRun) console.log(line);
  for (const line of verdict.problems) console.log(`FAILED ${line}`);
  const { passed, failed, skipped } = verdict;
  mkdirSync(dirname(resultsPath(name)), { recursive: true });
  writeFileSync(resultsPath(name), JSON.stringify({ passed, failed, skipped }));
  if (failed > 0) process.exitCode = 1;
}

/** Prints the name of a step, runs it, prints how it went. @returns {Promise<boolean>} */
export async function timedStep(name, step) {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const ok = await step();
  console.log(`== ${name}: ${ok ? 'ok' : 'FAILED'} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return ok;
}
