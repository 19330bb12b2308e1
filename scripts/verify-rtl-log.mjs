// The long comparison of the RTL with both software engines: a list of runs, done once, in as many sittings as needed.
//   node scripts/verify-rtl-log.mjs record [--minutes N] [--jobs N]   goes on with the list, appends to the log
//   node scripts/verify-rtl-log.mjs fresh     programs that no log has, seeded by the current commit; CI runs it
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './node-version.mjs';
import { prepare } from './prepare.mjs';

const LOG = join(ROOT, 'docs', 'verify-rtl-log.ndjson');
const SUMMARY = join(ROOT, 'docs', 'verify-rtl-log.json');
const RUNS = 100;
const COMMANDS = 10_000_000;
const FIRST_SEED = 1000;
const FRESH_COMMANDS = 2_000_000;
/** In cycles per record the first costs 20, the last 7. `ecp5` and `ice40` are the exact builds of those boards. */
const PROFILES = [
  'sim',
  'ecp5',
  'tiny',
  'ice40',
  'tiny,books=2,pages=3,baskets=2,legs=3,fairs=1,books_per_message=1,finest_tick=100',
];
/** Shares of cycles, in per cent, in which the command stream and the event stream stall. */
const STALLS = [
  [0, 0],
  [0, 30],
  [20, 0],
  [10, 60],
];

/** Run `number` of the list: its engine starts from memories and registers filled by its own seed. */
function runOf(number) {
  const [commands, events] = STALLS[Math.floor(number / PROFILES.length) % STALLS.length];
  return {
    number,
    seed: FIRST_SEED + number,
    profile: PROFILES[number % PROFILES.length],
    engine: `verilator:stall-commands=${commands},stall-events=${events},seed=${number}`,
  };
}

function argumentsOf({ seed, profile, engine }, commands) {
  const program = [join(ROOT, 'bin', 'gatebook.js'), 'verify', '--engines', `software,native,${engine}`];
  return [...program, '--seed', `${seed}`, '--profile', profile, '--commands', `${commands}`, '--json'];
}

/** @returns {Promise<object[]>} the lines of the run, the summary last. @throws where the engines differ */
function verify(run, commands) {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, argumentsOf(run, commands), { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', failed);
    child.on('close', (status) => {
      const lines = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const last = lines.at(-1);
      if (status === 0 && last?.type === 'summary' && last.divergences === 0) done(lines);
      else failed(new Error(`run ${run.number} (${run.engine}, ${run.profile}, seed ${run.seed}): not equal`));
    });
  });
}

const logged = () =>
  existsSync(LOG)
    ? readFileSync(LOG, 'utf8')
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];

function writeSummary() {
  const runs = logged();
  const sum = (pick) => runs.reduce((total, run) => total + pick(run), 0);
  const summary = {
    runs: runs.length,
    of: RUNS,
    records: sum(({ records }) => records),
    events: sum(({ events }) => events),
    divergences: sum(({ divergences }) => divergences),
    byProfile: Object.fromEntries(
      PROFILES.map((profile) => {
        const of = runs.filter((run) => run.asked === profile);
        return [profile, of.reduce((total, { records }) => total + records, 0)];
      }),
    ),
  };
  writeFileSync(SUMMARY, `${JSON.stringify(summary, null, 1)}\n`);
  console.log(JSON.stringify(summary));
}

async function record(minutes, jobs) {
  const end = Date.now() + minutes * 60_000;
  const done = new Set(logged().map(({ number }) => number));
  const waiting = Array.from({ length: RUNS }, (_, number) => number).filter((number) => !done.has(number));
  const commit = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).stdout.trim();
  mkdirSync(join(ROOT, 'docs'), { recursive: true });
  const worker = async () => {
    while (waiting.length > 0 && Date.now() < end) {
      const run = runOf(waiting.shift());
      const summary = (await verify(run, COMMANDS)).at(-1);
      const { records, events, divergences, crc32, profile } = summary;
      const { number, seed, engine, profile: asked } = run;
      const line = { number, seed, asked, profile, engine, records, events, divergences, crc32, commit };
      appendFileSync(LOG, `${JSON.stringify(line)}\n`);
      console.log(JSON.stringify(line));
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  writeSummary();
}

/** Ten million commands, over all profiles. */
async function fresh() {
  const head = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).stdout.trim();
  const seed = Number.parseInt(head.slice(0, 8) || '1', 16);
  for (const index of PROFILES.keys()) {
    const run = { ...runOf(index + (seed % STALLS.length) * PROFILES.length), seed };
    const summary = (await verify(run, FRESH_COMMANDS)).at(-1);
    console.log(JSON.stringify({ engine: run.engine, ...summary }));
  }
}

function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

await prepare({ kind: 'all', quiet: true });
const { listBackends } = await import(pathToFileURL(join(ROOT, 'dist', 'hal', 'registry.js')).href);
const backend = listBackends().find(({ name }) => name === 'verilator');
if (!backend.available) {
  console.log(`NOT RUN: ${backend.reason}`);
  process.exit(77);
}
if (process.argv[2] === 'record') await record(option('minutes', 600), option('jobs', 2));
else if (process.argv[2] === 'fresh') await fresh();
else {
  console.error('usage: node scripts/verify-rtl-log.mjs record [--minutes N] [--jobs N] | fresh');
  process.exitCode = 2;
}
