// Mutation check: each patch in test/mutants plants one bug, and the test that the patch names must then fail.
// A patch starts with three header lines: `Bug:`, `Engine: software|native`, `Killed-by: <file> :: <test name>`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const PATCHES = join(ROOT, 'test', 'mutants');
const TEST_TIMEOUT_MS = 180_000;

function parseArguments(argv) {
  const options = { engine: undefined, only: undefined, tenth: undefined };
  for (let i = 0; i < argv.length; i += 2) {
    const name = argv[i]?.replace(/^--/, '');
    const value = argv[i + 1];
    if (!(name in options) || value === undefined) {
      console.error('usage: npm run mutants -- [--engine software|native] [--only NAME] [--tenth SEED]');
      process.exit(2);
    }
    options[name] = value;
  }
  return options;
}

function readPatch(name) {
  const text = readFileSync(join(PATCHES, name), 'utf8');
  const header = (key) => new RegExp(`^${key}: (.+)$`, 'm').exec(text)?.[1]?.trim();
  const [file, test] = (header('Killed-by') ?? '').split(' :: ');
  const patch = { name, path: join(PATCHES, name), bug: header('Bug'), engine: header('Engine'), file, test };
  for (const key of ['bug', 'engine', 'file', 'test']) {
    if (!patch[key]) throw new Error(`test/mutants/${name}: header has no ${key}`);
  }
  return patch;
}

function run(command, args, cwd, timeout = TEST_TIMEOUT_MS) {
  return spawnSync(command, args, { cwd, encoding: 'utf8', timeout, maxBuffer: 1 << 28 });
}

/** A copy of the working tree without its build results, so that the bugs never touch the user's files. */
function copyTree() {
  const work = mkdtempSync(join(tmpdir(), 'gatebook-mutants-'));
  const listed = run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], ROOT);
  if (listed.status !== 0) throw new Error(`git ls-files failed: ${listed.stderr}`);
  for (const file of listed.stdout.split('\0').filter((f) => f !== '' && existsSync(join(ROOT, f)))) {
    mkdirSync(dirname(join(work, file)), { recursive: true });
    cpSync(join(ROOT, file), join(work, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(work, 'node_modules'));
  if (existsSync(join(ROOT, 'build'))) cpSync(join(ROOT, 'build'), join(work, 'build'), { recursive: true });
  return work;
}

function buildAddon(work) {
  const nodedir = resolve(process.execPath, '../..');
  const gyp = join(work, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const verb = existsSync(join(work, 'build', 'Makefile')) ? 'build' : 'rebuild';
  const built = run(process.execPath, [gyp, verb, `--nodedir=${nodedir}`], work);
  return built.status === 0 ? undefined : (built.stderr + built.stdout).slice(-1500);
}

/** vitest takes a pattern; the patch names a test. */
const escaped = (name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** 'failed', 'passed', or why the named test says neither. */
function runTest(work, patch) {
  const vitest = join(work, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', patch.file, '-t', escaped(patch.test), '--reporter=json', '--retry=0'];
  const result = run(process.execPath, args, work);
  if (result.error) return `${result.error.message}`;
  const start = result.stdout.indexOf('{"num');
  if (start < 0) return `no report: ${(result.stderr + result.stdout).slice(-600)}`;
  const report = JSON.parse(result.stdout.slice(start));
  const ran = report.testResults
    .flatMap((f) => f.assertionResults)
    .filter((t) => (t.status === 'passed' || t.status === 'failed') && t.fullName.includes(patch.test));
  if (ran.length === 0) return 'the named test did not run';
  return ran.some((t) => t.status === 'failed') ? 'failed' : 'passed';
}

function check(work, patch, baseline) {
  const key = `${patch.file} :: ${patch.test}`;
  if (!baseline.has(key)) baseline.set(key, runTest(work, patch));
  if (baseline.get(key) !== 'passed') return `without the bug the test says: ${baseline.get(key)}`;
  const applied = run('patch', ['-p1', '--forward', '-i', patch.path], work);
  if (applied.status !== 0) return `the patch does not apply: ${applied.stdout}`;
  try {
    if (patch.engine === 'native') {
      const broken = buildAddon(work);
      if (broken) return `the bug does not compile: ${broken}`;
    }
    const outcome = runTest(work, patch);
    return outcome === 'failed' ? undefined : `the bug lives: ${outcome}`;
  } finally {
    run('patch', ['-p1', '-R', '-i', patch.path], work);
  }
}

const inTenth = (patch, seed) => createHash('sha256').update(`${seed}:${patch.name}`).digest()[0] % 10 === 0;

function main() {
  const options = parseArguments(process.argv.slice(2));
  const patches = readdirSync(PATCHES)
    .filter((name) => name.endsWith('.patch'))
    .sort()
    .map(readPatch)
    .filter((p) => options.engine === undefined || p.engine === options.engine)
    .filter((p) => options.only === undefined || p.name.includes(options.only))
    .filter((p, i) => options.tenth === undefined || i === 0 || inTenth(p, options.tenth));
  const work = copyTree();
  let killed = 0;
  let failed = 0;
  try {
    if (patches.some((p) => p.engine === 'native')) {
      const broken = buildAddon(work);
      if (broken) throw new Error(`the addon does not build: ${broken}`);
    }
    const baseline = new Map();
    for (const patch of patches) {
      const started = Date.now();
      const why = check(work, patch, baseline);
      if (why === undefined) killed += 1;
      else failed += 1;
      const verdict = why === undefined ? `killed by ${patch.file} :: ${patch.test}` : `ALIVE (${why})`;
      console.log(`${patch.engine.padEnd(8)} ${patch.name}: ${patch.bug}: ${verdict} (${Date.now() - started} ms)`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.log(`${killed} passed, ${failed} failed, 0 skipped`);
  process.exitCode = failed === 0 && killed > 0 ? 0 : 1;
}

main();
