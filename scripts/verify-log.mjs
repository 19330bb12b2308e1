// The long comparison of engines, run once and logged, and its check by samples.
//   node scripts/verify-log.mjs record    runs all of it and writes docs/verify-log.ndjson (about ten minutes)
//   node scripts/verify-log.mjs sample    makes some segments of the log again, chosen by the current commit
//   node scripts/verify-log.mjs fresh     programs that no log has, seeded by the current commit
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './node-version.mjs';
import { prepare } from './prepare.mjs';

const LOG = join(ROOT, 'docs', 'verify-log.ndjson');
const COMMANDS = 100_000_000;
const RUNS = [
  { seed: 1, profile: 'standard' },
  { seed: 2, profile: 'sim' },
  { seed: 3, profile: 'ecp5' },
  { seed: 4, profile: 'ice40' },
  { seed: 5, profile: 'tiny' },
];
const SAMPLES = 10;

async function record() {
  rmSync(LOG, { force: true });
  const summaries = [];
  for (const { seed, profile } of RUNS) {
    const args = ['verify', '--engines', 'software,native', '--commands', `${COMMANDS}`, '--seed', `${seed}`];
    const run = spawnSync(
      process.execPath,
      [join(ROOT, 'bin', 'gatebook.js'), ...args, '--profile', profile, '--log', LOG, '--json'],
      { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const summary = JSON.parse(run.stdout.trim().split('\n').at(-1));
    console.log(JSON.stringify(summary));
    if (run.status !== 0 || summary.divergences !== 0) throw new Error(`seed ${seed}, ${profile}: not equal`);
    summaries.push(summary);
  }
  writeFileSync(join(ROOT, 'docs', 'verify-log.json'), `${JSON.stringify(summaries, null, 1)}\n`);
}

/** Equal commits draw equal samples, so that a failure can be run again. */
function draw(lines, seed) {
  const ranked = lines.map((text) => ({ text, rank: createHash('sha256').update(`${seed}${text}`).digest('hex') }));
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).slice(0, SAMPLES);
}

async function sample() {
  const dist = (path) => import(pathToFileURL(join(ROOT, 'dist', path)).href);
  const { recomputeSlice } = await dist('verify/verify.js');
  const { createEngine, listBackends } = await dist('hal/registry.js');
  const { parseProfile } = await dist('contract/profile.js');
  const native = listBackends().find((backend) => backend.name === 'native');
  if (!native.available) {
    console.log(`NOT RUN: ${native.reason}`);
    process.exit(77);
  }
  const lines = readFileSync(LOG, 'utf8').trim().split('\n');
  let differ = 0;
  for (const { text } of draw(lines, headCommit())) {
    const line = JSON.parse(text);
    for (const name of ['software', 'native']) {
      const { commit: _, ...now } = recomputeSlice(line, createEngine(name, parseProfile(line.profile)));
      const { commit: __, ...then } = line;
      const same = JSON.stringify(now) === JSON.stringify(then);
      if (!same) differ += 1;
      const { crc32 } = now.stream;
      const verdict = same ? 'as logged' : `NOT ${then.stream.crc32}`;
      console.log(`seed ${line.seed}, segment ${line.segment}, ${name}: ${crc32} ${verdict}`);
    }
  }
  console.log(`${lines.length} segments in the log, ${SAMPLES} made again on two engines, ${differ} differ`);
  if (differ > 0 || lines.length < RUNS.length * (COMMANDS / 1_000_000)) process.exitCode = 1;
}

function headCommit() {
  return spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).stdout.trim();
}

function fresh() {
  const seed = Number.parseInt(headCommit().slice(0, 8) || '1', 16);
  for (const { profile } of RUNS) {
    const args = ['verify', '--engines', 'software,native', '--commands', '3000000', '--seed', `${seed}`];
    const program = [join(ROOT, 'bin', 'gatebook.js'), ...args, '--profile', profile];
    const run = spawnSync(process.execPath, program, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (run.status !== 0) process.exitCode = 1;
  }
}

await prepare({ kind: 'run', quiet: true });
const verbs = { record, sample, fresh };
const verb = verbs[process.argv[2]];
if (verb === undefined) {
  console.error('usage: node scripts/verify-log.mjs record|sample|fresh');
  process.exitCode = 2;
} else {
  await verb();
}
