// Brings this folder from a fresh clone, or from whatever an interrupted run left, to a program that can be started.
// Five steps, install, compile, addon, verilator and boards, each done only where the stamp of the last run does not
// cover it.
// Plain JavaScript without dependencies: it runs when nothing is installed yet.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './node-version.mjs';
import { forget, remember, timed } from './prepare-job.mjs';
import { withLock } from './prepare-lock.mjs';
import { compilerIdentity, findToolchain, nodeFolder, nodeGyp, thisMachine } from './prepare-machine.mjs';
import { fileDigest, isSame, listFiles, readStamp, takeSnapshot } from './prepare-stamp.mjs';
import { buildVerilator, isBuilt, verilatorIsFresh, verilatorReason } from './prepare-verilator.mjs';

const SOURCES = ['src', 'tsconfig.json'];
const ADDON_SOURCES = ['native', 'binding.gyp'];
const ADDON_FILE = 'build/Release/gatebook_native.node';
const ADDON_LOG = 'build/addon.log';
const SAME_RESULTS = 'the TypeScript engine gives the same results';

/** In the order in which they need each other. */
const STEPS = {
  install: { isFresh: installIsFresh, run: install },
  compile: { isFresh: compileIsFresh, run: compile },
  addon: { isFresh: addonIsFresh, run: buildAddon },
  verilator: { isFresh: (job, stamp) => verilatorIsFresh(job, stamp), run: (job) => buildVerilator(job) },
  boards: {
    isFresh: (job, stamp) => verilatorIsFresh(job, stamp, 'boards'),
    run: (job) => buildVerilator(job, 'boards'),
  },
};

/** A step that the program cannot do without has failed; the message is for the user. */
export class PrepareError extends Error {}

/**
 * Installs, compiles and builds what is missing or out of date; costs a few milliseconds where nothing is.
 * @param {object} [options]
 * @param {'run' | 'all'} [options.kind] 'all' includes what only tests and development need
 * @param {('install' | 'compile' | 'addon' | 'verilator' | 'boards')[]} [options.steps] all unless told otherwise; the
 *   last two do nothing for kind 'run'
 * @param {boolean} [options.quiet] tell only of work and failures, on stderr; otherwise on stdout, and also what is
 *   absent on this machine
 * @param {(line: string) => void} [options.log]
 * @param {string} [options.root]
 * @param {import('./prepare-machine.mjs').Machine} [options.machine]
 * @returns {Promise<{ did: string[], addon: 'built' | 'failed' | 'absent' }>} the steps done now, and the addon's state
 * @throws {PrepareError} when packages cannot be installed or the sources do not compile
 */
export async function prepare(options = {}) {
  const job = newJob(options);
  const { root } = job;
  // npm leaves the lock file out of the packages it makes: this is an installed package, complete as it is.
  if (!existsSync(join(root, 'package-lock.json'))) return asInstalled(job);
  if (allFresh(job)) return outcome(job);
  try {
    await withLock(root, job.say, (addProcess) => runSteps(job, addProcess));
  } catch (error) {
    if (error.code !== 'EROFS' && error.code !== 'EACCES') throw error;
    if (!existsSync(join(root, 'dist/cli/main.js')))
      throw new PrepareError(`cannot write to ${root}: ${error.message}`);
    job.say(`${root} cannot be written to, so it is used as it is`);
  }
  return outcome(job);
}

/** Builds the addon whether or not it is out of date. */
export async function rebuildAddon(options = {}) {
  const job = newJob(options);
  if (existsSync(join(job.root, 'package-lock.json'))) await prepare({ ...options, steps: ['install', 'compile'] });
  await withLock(job.root, job.say, async (addProcess) => {
    job.addProcess = addProcess;
    rmSync(join(job.root, 'build', 'Release'), { recursive: true, force: true });
    await buildAddon(job);
  });
  return outcome(job);
}

/**
 * Builds an addon of verilated models whether or not it is out of date.
 * @param {object} [options] as for prepare
 * @param {'plain' | 'trace' | 'boards'} [which]
 * @returns {Promise<boolean>} whether it is built now
 */
export async function rebuildVerilator(options = {}, which = 'plain') {
  const job = newJob({ kind: 'all', ...options });
  await prepare({ kind: 'all', ...options, steps: ['install', 'compile'] });
  return await withLock(job.root, job.say, async (addProcess) => {
    job.addProcess = addProcess;
    return await buildVerilator(job, which);
  });
}

/**
 * Builds the addon of the simulated boards where it is not there or out of date, without what only tests need.
 * @param {object} [options] as for prepare
 * @returns {Promise<boolean>} whether it is built now
 */
export async function prepareBoards(options = {}) {
  const job = newJob({ ...options, kind: 'all' });
  await prepare({ ...options, steps: ['install', 'compile'] });
  return await withLock(job.root, job.say, async (addProcess) => {
    job.addProcess = addProcess;
    // Read within the lock: whoever held it before may have built it.
    if (isBuilt(job, 'boards') && verilatorIsFresh(job, readStamp(job.root), 'boards')) return true;
    return await buildVerilator(job, 'boards');
  });
}

function newJob(options) {
  const { kind = 'run', steps = Object.keys(STEPS), quiet = false, root = ROOT, machine = thisMachine() } = options;
  const log = options.log ?? (quiet ? console.error : console.log);
  return { kind, steps, quiet, root, machine, say: (text) => log(`gatebook: ${text}`), did: [] };
}

function asInstalled(job) {
  if (!existsSync(join(job.root, 'dist/cli/main.js'))) {
    throw new PrepareError(`${job.root} has neither package-lock.json nor dist: install gatebook anew`);
  }
  return outcome(job);
}

function allFresh(job) {
  const stamp = readStamp(job.root);
  return job.steps.every((step) => STEPS[step].isFresh(job, stamp));
}

async function runSteps(job, addProcess) {
  job.addProcess = addProcess;
  for (const step of job.steps) {
    // Read anew each time: whoever held the lock before may have done it all.
    if (!STEPS[step].isFresh(job, readStamp(job.root))) await STEPS[step].run(job);
  }
}

function outcome(job) {
  const reason = job.steps.includes('addon') && !job.quiet ? addonReason(job) : undefined;
  if (reason !== undefined) job.say(reason);
  for (const [step, which] of [
    ['verilator', 'plain'],
    ['boards', 'boards'],
  ]) {
    const more = job.steps.includes(step) && !job.quiet ? verilatorReason(job, which) : undefined;
    if (more !== undefined) job.say(more);
  }
  const failed = readStamp(job.root).addon?.ok === false;
  return { did: job.did, addon: existsSync(join(job.root, ADDON_FILE)) ? 'built' : failed ? 'failed' : 'absent' };
}

/** One line on why the program runs without the addon, or undefined where it has it. */
function addonReason(job) {
  if (job.machine.env.GATEBOOK_NO_ADDON === '1') return `GATEBOOK_NO_ADDON=1: no native engine; ${SAME_RESULTS}`;
  if (existsSync(join(job.root, ADDON_FILE))) return undefined;
  if (job.told) return undefined;
  const { missing } = findToolchain(job.machine);
  if (missing.length > 0) return `no native engine: ${missing.join(', ')} not found; ${SAME_RESULTS}`;
  if (readStamp(job.root).addon?.ok !== false) return undefined;
  return `no native engine: its build failed, see ${ADDON_LOG} (again: npm run addon); ${SAME_RESULTS}`;
}

// ---- install ----

function lockDigest(job) {
  return fileDigest(join(job.root, 'package-lock.json'));
}

function installIsFresh(job, { install: done }) {
  return (
    done !== undefined &&
    done.lock === lockDigest(job) &&
    done.abi === job.machine.abi &&
    done.platform === job.machine.platform &&
    (done.kind === 'all' || job.kind === 'run') &&
    done.packages.every((path) => existsSync(join(job.root, path, 'package.json')))
  );
}

async function install(job) {
  // A developer's folder keeps its test tools when the lock changes and the program is what is started first.
  const kind = readStamp(job.root).install?.kind === 'all' ? 'all' : job.kind;
  forget(job, 'install');
  const args = ['ci', '--include=optional', kind === 'all' ? '--include=dev' : '--omit=dev'];
  const [command, ...first] = npm(job.machine);
  const { code, output } = await timed(job, 'installing packages (npm ci)', command, [...first, ...args]);
  if (code !== 0) throw new PrepareError(`npm ci failed; started again, it begins anew\n${output}`);
  const { abi, platform } = job.machine;
  remember(job, 'install', { lock: lockDigest(job), abi, platform, kind, packages: installedPackages(job) });
}

/** Within `npm start` the npm that runs it, which need not be the first one on the PATH. */
function npm({ env, execPath }) {
  const script = env.npm_execpath ?? '';
  return script.endsWith('npm-cli.js') ? [execPath, script] : ['npm'];
}

/** Folders of all packages that npm says it installed: one that is deleted later is noticed. */
function installedPackages(job) {
  const list = JSON.parse(readFileSync(join(job.root, 'node_modules', '.package-lock.json'), 'utf8'));
  return Object.keys(list.packages);
}

// ---- compile ----

function compileIsFresh(job, { compile: done }) {
  return (
    done !== undefined &&
    done.lock === lockDigest(job) &&
    compiledFiles(job).every((path) => existsSync(join(job.root, path))) &&
    isSame(job.root, SOURCES, done.sources)
  );
}

function compiledFiles(job) {
  return listFiles(job.root, ['src'])
    .map(([path]) => path)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => path.replace(/^src/, 'dist').replace(/\.ts$/, '.js'));
}

async function compile(job) {
  const { root, machine } = job;
  const sources = takeSnapshot(root, SOURCES);
  forget(job, 'compile');
  const next = join(root, 'dist.next');
  rmSync(next, { recursive: true, force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-p', 'tsconfig.json', '--outDir', next];
  const { code, output } = await timed(job, 'compiling TypeScript', machine.execPath, args);
  if (code !== 0) throw new PrepareError(`the sources do not compile\n${output}`);
  // Swapped whole: the output of a source that is gone goes too, and an interruption leaves no half of a program.
  const last = join(root, 'dist.last');
  rmSync(last, { recursive: true, force: true });
  if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), last);
  renameSync(next, join(root, 'dist'));
  rmSync(last, { recursive: true, force: true });
  remember(job, 'compile', { lock: lockDigest(job), sources });
}

// ---- addon ----

/** Also where it cannot be built here: what would be needed is asked each time, as it may have been installed since. */
function addonIsFresh(job, { addon: done }) {
  if (job.machine.env.GATEBOOK_NO_ADDON === '1' || !existsSync(join(job.root, 'binding.gyp'))) return true;
  const { compiler, missing } = findToolchain(job.machine);
  const built = existsSync(join(job.root, ADDON_FILE));
  const covers =
    done !== undefined &&
    done.abi === job.machine.abi &&
    done.platform === job.machine.platform &&
    done.lock === lockDigest(job) &&
    done.ok === built &&
    isSame(job.root, ADDON_SOURCES, done.sources);
  if (missing.length > 0) return covers || !built;
  return covers && done.compiler === compilerIdentity(compiler);
}

async function buildAddon(job) {
  const { root, machine } = job;
  const { compiler, missing } = findToolchain(machine);
  const { abi, platform } = machine;
  const sources = takeSnapshot(root, ADDON_SOURCES);
  const entry = { lock: lockDigest(job), abi, platform, compiler: compilerIdentity(compiler), sources };
  const before = readStamp(root).addon;
  forget(job, 'addon');
  // An addon of other sources must not be loaded should this build fail; objects of another compiler not be linked.
  rmSync(join(root, ADDON_FILE), { force: true });
  if (before?.compiler !== entry.compiler || before?.abi !== abi) {
    rmSync(join(root, 'build', 'Release'), { recursive: true, force: true });
  }
  if (missing.length > 0) return;
  const headers = nodeFolder(machine.execPath);
  const args = [nodeGyp(root), 'configure', 'build', ...(headers === undefined ? [] : [`--nodedir=${headers}`])];
  const { code, output } = await timed(job, 'building the native engine', machine.execPath, args, { CXX: compiler });
  const ok = code === 0 && statSync(join(root, ADDON_FILE), { throwIfNoEntry: false }) !== undefined;
  mkdirSync(join(root, 'build'), { recursive: true });
  writeFileSync(join(root, ADDON_LOG), output);
  remember(job, 'addon', { ok, ...entry });
  if (ok) return;
  job.told = true;
  job.say(`the native engine did not build, see ${ADDON_LOG}; ${SAME_RESULTS}`);
}
