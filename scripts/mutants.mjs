// Mutation check: each patch in test/mutants plants one bug, and the test that the patch names must then fail.
// A patch starts with three header lines: `Bug:`, `Engine: software|native|host|link|rtl`, and
// `Killed-by: <file> :: <test name>`; what may stand there for a bug in hdl/rtl says mutants-rtl.mjs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HdlToolsMissing, hdlTools } from './hdl-tools.mjs';
import { buildVerilated, missingFor, needsVerilatedAddon, runHardwareTest } from './mutants-rtl.mjs';
import { prepare } from './prepare.mjs';
import { closingLine, NOT_RUN } from './verdict.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const PATCHES = join(ROOT, 'test', 'mutants');
const STATUS_NOT_RUN = 77;
const TEST_TIMEOUT_MS = 180_000;
const USAGE = `usage: npm run mutants -- [--engine NAMES] [--only NAME] [--tenth SEED]
  --engine   software, native, host, link, rtl, or several, separated by commas; all unless given
  --only     patches whose name contains NAME
  --tenth    about every tenth, drawn by SEED; 'commit': by the commit`;
/** In build: what an addon is built from. All else there would be copied in vain, or is the copy itself. */
const ADDON_BUILD = /^(Release|Makefile|.*\.Makefile|.*\.target\.mk|config\.gypi)$/;

function parseArguments(argv) {
  const options = { engine: undefined, only: undefined, tenth: undefined };
  for (let i = 0; i < argv.length; i += 2) {
    const name = argv[i]?.replace(/^--/, '');
    const value = argv[i + 1];
    if (!(name in options) || value === undefined) {
      console.error(USAGE);
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
function copyTree(work, rtl) {
  const listed = run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], ROOT);
  if (listed.status !== 0) throw new Error(`git ls-files failed: ${listed.stderr}`);
  for (const file of listed.stdout.split('\0').filter((f) => f !== '' && existsSync(join(ROOT, f)))) {
    mkdirSync(dirname(join(work, file)), { recursive: true });
    cpSync(join(ROOT, file), join(work, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(work, 'node_modules'));
  mkdirSync(join(work, 'build'));
  const built = existsSync(join(ROOT, 'build')) ? readdirSync(join(ROOT, 'build')) : [];
  for (const name of built.filter((each) => ADDON_BUILD.test(each))) {
    cpSync(join(ROOT, 'build', name), join(work, 'build', name), { recursive: true });
  }
  copyBoards(work);
  if (rtl) {
    // The benches ask the software engine as it is compiled; the stamp says that nothing need be installed there.
    symlinkSync(join(ROOT, 'dist'), join(work, 'dist'));
    mkdirSync(join(work, '.prepared'));
    cpSync(join(ROOT, '.prepared', 'stamp.json'), join(work, '.prepared', 'stamp.json'));
  }
}

/** The simulated boards as they are built: what is put into the host meets them too. */
function copyBoards(work) {
  const file = join('build', 'boards-sim', 'build', 'Release', 'gatebook_boards.node');
  if (!existsSync(join(ROOT, file))) return;
  mkdirSync(dirname(join(work, file)), { recursive: true });
  cpSync(join(ROOT, file), join(work, file));
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
function runTest(work, patch, tools) {
  if (patch.engine === 'rtl' && !needsVerilatedAddon(patch)) return runHardwareTest(work, patch, tools);
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

/** @returns {string | undefined} why the bug does not build, or what was built before it does not */
function build(work, patch, tools) {
  if (patch.engine === 'native') return buildAddon(work);
  return needsVerilatedAddon(patch) ? buildVerilated(work, tools) : undefined;
}

function check(work, patch, baseline, tools) {
  const key = `${patch.file} :: ${patch.test}`;
  if (!baseline.has(key)) baseline.set(key, runTest(work, patch, tools));
  if (baseline.get(key) !== 'passed') return `without the bug the test says: ${baseline.get(key)}`;
  const applied = run('patch', ['-p1', '--forward', '-i', patch.path], work);
  if (applied.status !== 0) return `the patch does not apply: ${applied.stdout}`;
  try {
    const broken = build(work, patch, tools);
    if (broken) return `the bug does not compile: ${broken}`;
    const outcome = runTest(work, patch, tools);
    return outcome === 'failed' ? undefined : `the bug lives: ${outcome}`;
  } finally {
    run('patch', ['-p1', '-R', '-i', patch.path], work);
  }
}

function inTenth(patch, seed) {
  const text = seed === 'commit' ? run('git', ['rev-parse', 'HEAD'], ROOT).stdout.trim() : seed;
  return createHash('sha256').update(`${text}:${patch.name}`).digest()[0] % 10 === 0;
}

/** The tools, where a patch needs them. @throws {HdlToolsMissing} */
async function toolsFor(patches) {
  if (!patches.some(({ engine }) => engine === 'rtl')) return undefined;
  await prepare({ kind: 'run', steps: ['install', 'compile'], quiet: true });
  return await hdlTools('test');
}

/** Whatever the bugs are put into has to build without them. */
function buildBaseline(work, patches, tools) {
  const first = [patches.find(({ engine }) => engine === 'native'), patches.find(needsVerilatedAddon)];
  for (const patch of first.filter((found) => found !== undefined)) {
    const broken = build(work, patch, tools);
    if (broken) throw new Error(`the addon does not build: ${broken}`);
  }
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  const patches = readdirSync(PATCHES)
    .filter((name) => name.endsWith('.patch'))
    .sort()
    .map(readPatch)
    .filter((p) => options.engine === undefined || options.engine.split(',').includes(p.engine))
    .filter((p) => options.only === undefined || p.name.includes(options.only))
    .filter((p, i) => options.tenth === undefined || i === 0 || inTenth(p, options.tenth));
  const tools = await toolsFor(patches);
  const rtl = patches.some(({ engine }) => engine === 'rtl');
  // The hardware tools see nothing outside of the project.
  const parent = rtl ? join(ROOT, 'build') : tmpdir();
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, 'gatebook-mutants-'));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    copyTree(work, rtl);
    buildBaseline(work, patches, tools);
    const baseline = new Map();
    for (const patch of patches) {
      const started = Date.now();
      const missing = patch.engine === 'rtl' ? missingFor(patch, tools) : undefined;
      const why = missing === undefined ? check(work, patch, baseline, tools) : missing;
      const state = missing !== undefined ? 'skipped' : why === undefined ? 'passed' : 'failed';
      counts[state] += 1;
      const killed = `killed by ${patch.file} :: ${patch.test}`;
      const verdict = { passed: killed, failed: `ALIVE (${why})`, skipped: `NOT RUN: ${why}` }[state];
      console.log(`${patch.engine.padEnd(8)} ${patch.name}: ${patch.bug}: ${verdict} (${Date.now() - started} ms)`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.log(closingLine(counts));
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof HdlToolsMissing)) throw error;
  console.log(`${NOT_RUN} ${error.message}`);
  process.exitCode = STATUS_NOT_RUN;
}
