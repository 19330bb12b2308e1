// Decides what a run of checks amounts to. A check that could not run is not a pass: it says what it would take, and
// test/skips.json must list it. Lists of skips go stale, so one that need not be skipped any more is a failure too.

/**
 * @typedef {object} Result
 * @property {string} name of a test: its file and titles joined by ' > '
 * @property {'passed' | 'failed' | 'skipped'} state
 * @property {string} [note] given by the test when it skipped itself
 *
 * @typedef {object} SkipEntry
 * @property {string} test a name, or a regular expression between slashes
 * @property {('ci' | 'user')[]} where it may be skipped; in CI it must be
 * @property {string} why
 *
 * @typedef {object} Verdict
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} notRun each skipped check with what it would take
 * @property {string[]} problems failures that no check reported by itself
 */

/** What a check that cannot run here says before what it would take. */
export const NOT_RUN = 'NOT RUN:';

/**
 * @param {object} run
 * @param {Result[]} run.results
 * @param {SkipEntry[]} run.skips
 * @param {'ci' | 'user'} run.where
 * @param {string[]} [run.errors] outside of any check: files that do not load, errors that nobody caught
 * @param {number} [run.atLeast] checks that must have run: none at all is how a broken runner looks
 * @returns {Verdict}
 */
export function judge({ results, skips, where, errors = [], atLeast = 1 }) {
  const problems = [...errors];
  const notRun = [];
  const matched = new Set();
  let passed = 0;
  let failed = 0;
  for (const result of results) {
    const entries = skips.filter((entry) => matches(entry, result.name));
    for (const entry of entries) matched.add(entry);
    const listed = entries.some((entry) => entry.where.includes(where));
    if (result.state === 'failed') failed += 1;
    if (result.state === 'passed' && !(listed && where === 'ci')) passed += 1;
    if (result.state === 'passed' && listed && where === 'ci') {
      problems.push(
        `${result.name}: passed, though test/skips.json says that it cannot run in CI: take it off the list`,
      );
    }
    if (result.state !== 'skipped') continue;
    const line = skipLine(result);
    if (line === undefined) problems.push(`${result.name}: skipped without saying "${NOT_RUN} <what it would take>"`);
    else if (!listed) problems.push(`${line}; not listed for ${where} in test/skips.json`);
    else notRun.push(line);
  }
  for (const entry of skips.filter((e) => !matched.has(e))) {
    problems.push(`test/skips.json: no check is called ${entry.test}: take it off the list`);
  }
  if (passed + failed < atLeast) problems.push(`${passed + failed} checks ran, at least ${atLeast} must`);
  return { passed, failed: failed + problems.length, skipped: notRun.length, notRun, problems };
}

function matches(entry, name) {
  const pattern = /^\/(.+)\/$/.exec(entry.test);
  return pattern === null ? entry.test === name : new RegExp(pattern[1]).test(name);
}

/** Name and reason; a test that was skipped before it could leave a note has the reason in its title. */
function skipLine({ name, note }) {
  const line = note?.includes(NOT_RUN) ? `${name}: ${note}` : name;
  const reason = line.split(NOT_RUN)[1]?.trim() ?? '';
  return reason === '' ? undefined : line;
}

/** @param {{ passed: number, failed: number, skipped: number }} counts */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** The sum of several counts. */
export function total(counts) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const count of counts) for (const key of Object.keys(sum)) sum[key] += count[key];
  return sum;
}

/**
 * @param {unknown} list as read from test/skips.json
 * @returns {SkipEntry[]}
 * @throws {Error} naming the entry that is not of this form
 */
export function checkSkips(list) {
  if (!Array.isArray(list)) throw new Error('test/skips.json: not a list');
  for (const entry of list) {
    const known = Array.isArray(entry?.where) && entry.where.every((place) => place === 'ci' || place === 'user');
    const complete = known && entry.where.length > 0 && isText(entry.test) && isText(entry.why);
    if (!complete) throw new Error(`test/skips.json: not {test, where: ["ci", "user"], why}: ${JSON.stringify(entry)}`);
  }
  return list;
}

const isText = (value) => typeof value === 'string' && value.trim() !== '';
