// The steps of `prepare` that verilate the RTL and build the addons of it: the kernels, and the simulated boards. Only
// tests, development and the simulations need them: whoever starts the program needs no Verilator.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forget, remember, timed } from './prepare-job.mjs';
import { compilerIdentity, findToolchain, nodeFolder, nodeGyp } from './prepare-machine.mjs';
import { fileDigest, isSame, takeSnapshot } from './prepare-stamp.mjs';

/** Those of src/hal/verilator/source-digest.ts, and what turns them into an addon. */
const KERNEL_SOURCES = [
  'hdl/builds.json',
  'hdl/generated',
  'hdl/requirements/test.txt',
  'hdl/rtl',
  'native/addon_values.h',
  'native/generated',
  'sim/verilator',
  'src/contract/definition.ts',
  'scripts/verilate.mjs',
];
/** Those of src/sim/source-digest.ts, and what turns them into an addon. */
const BOARD_SOURCES = [
  ...KERNEL_SOURCES.filter((path) => path !== 'hdl/builds.json'),
  'hdl/boards',
  'hdl/link',
  'sim/boards',
  'scripts/verilate-boards.mjs',
];
const ABSENT = 'everything else is there';

/**
 * The addons: kernels, kernel with waveforms, which is slow to build and to run and made on demand, and boards.
 * step: of `prepare`, where it is one. fill: writes into the folder what is compiled there.
 */
const KINDS = {
  plain: {
    step: 'verilator',
    folder: 'build/verilator',
    target: 'gatebook_verilator',
    gyp: 'sim/verilator/binding.gyp',
    sources: KERNEL_SOURCES,
    text: 'verilating and building the kernels',
    what: 'verilated kernels',
    again: 'npm run verilator',
    fill: async (...args) =>
      (await import('./verilate.mjs')).verilate(...args, { folder: 'build/verilator', trace: false }),
  },
  trace: {
    folder: 'build/verilator-trace',
    target: 'gatebook_verilator',
    gyp: 'sim/verilator/binding.gyp',
    sources: KERNEL_SOURCES,
    text: 'verilating and building the kernel with waveforms',
    what: 'verilated kernel with waveforms',
    again: 'npm run verilator -- --trace',
    trace: true,
    fill: async (...args) =>
      (await import('./verilate.mjs')).verilate(...args, { folder: 'build/verilator-trace', trace: true }),
  },
  boards: {
    step: 'boards',
    folder: 'build/boards-sim',
    target: 'gatebook_boards',
    gyp: 'sim/boards/binding.gyp',
    sources: BOARD_SOURCES,
    text: 'verilating and building the boards',
    what: 'simulated boards',
    again: 'npm run boards-sim',
    fill: async (...args) =>
      (await import('./verilate-boards.mjs')).verilateBoards(...args, { folder: 'build/boards-sim' }),
  },
};
const logOf = ({ folder }) => `${folder}/build.log`;
const addonOf = ({ folder, target }) => `${folder}/build/Release/${target}.node`;
const isWanted = ({ root, machine, kind }, { gyp }) =>
  kind === 'all' && machine.env.GATEBOOK_NO_ADDON !== '1' && existsSync(join(root, gyp));

/** Whether the file is there, of whatever sources. */
export const isBuilt = ({ root }, which) => existsSync(join(root, addonOf(KINDS[which])));

/** Also where it cannot be built: whether it can is asked each time, as what it takes may have been installed since. */
export function verilatorIsFresh(job, stamp, which = 'plain') {
  const { root, machine } = job;
  const kind = KINDS[which];
  if (!isWanted(job, kind)) return true;
  const done = stamp[kind.step];
  const { compiler, missing } = findToolchain(machine);
  const built = existsSync(join(root, addonOf(kind)));
  const covers =
    done !== undefined &&
    done.abi === machine.abi &&
    done.platform === machine.platform &&
    done.lock === fileDigest(join(root, 'package-lock.json')) &&
    done.ok === built &&
    isSame(root, kind.sources, done.sources);
  if (missing.length > 0) return covers || !built;
  return covers && done.compiler === compilerIdentity(compiler);
}

/** One line on why there is no addon where there could be one; undefined where it is there, or was told of already. */
export function verilatorReason(job, which = 'plain') {
  const { root, machine } = job;
  const kind = KINDS[which];
  if (!isWanted(job, kind) || existsSync(join(root, addonOf(kind))) || job.toldOf?.includes(which)) return undefined;
  const { missing } = findToolchain(machine);
  if (missing.length > 0) return reasonText(kind, missing.join(', '));
  return reasonText(kind, `the build failed, see ${logOf(kind)}`);
}

const reasonText = ({ what, again }, why) => `no ${what}: ${why} (again: ${again}); ${ABSENT}`;

function tell(job, which, why) {
  job.toldOf = [...(job.toldOf ?? []), which];
  job.say(reasonText(KINDS[which], why));
}

/**
 * Builds an addon, whether or not it is out of date; what is missing is told in one line and stops nothing.
 * @param {import('./prepare-job.mjs').Job} job
 * @param {keyof typeof KINDS} [which]
 * @returns {Promise<boolean>} whether it is built now
 */
export async function buildVerilator(job, which = 'plain') {
  const { root, machine } = job;
  const kind = KINDS[which];
  const { compiler, missing } = findToolchain(machine);
  const { abi, platform } = machine;
  const entry = {
    lock: fileDigest(join(root, 'package-lock.json')),
    abi,
    platform,
    compiler: compilerIdentity(compiler),
    sources: takeSnapshot(root, kind.sources),
  };
  if (kind.step !== undefined) forget(job, kind.step);
  // An addon of other sources must not be loaded should this build fail.
  rmSync(join(root, addonOf(kind)), { force: true });
  // Read only here, as it reads what the steps before have compiled.
  const { findVerilator } = await import('./verilate.mjs');
  const verilator = missing.length > 0 ? missing.join(', ') : await findVerilator(job);
  if (typeof verilator === 'string') {
    tell(job, which, verilator);
    return false;
  }
  const problem = await kind.fill(job, verilator);
  const { output } = problem === undefined ? await compile(job, verilator, kind) : { output: problem };
  const ok = existsSync(join(root, addonOf(kind)));
  mkdirSync(join(root, kind.folder), { recursive: true });
  writeFileSync(join(root, logOf(kind)), output);
  if (kind.step !== undefined) remember(job, kind.step, { ok, ...entry });
  if (!ok) tell(job, which, `the build failed, see ${logOf(kind)}`);
  return ok;
}

async function compile(job, { root: home }, { folder, trace = false, text }) {
  const { root, machine } = job;
  const { compiler } = findToolchain(machine);
  const headers = nodeFolder(machine.execPath);
  const args = [nodeGyp(root), 'configure', 'build', `--directory=${join(root, folder)}`, '--jobs=2'];
  if (headers !== undefined) args.push(`--nodedir=${headers}`);
  const env = { CXX: compiler, VERILATOR_ROOT: home, GATEBOOK_TRACE: trace ? '1' : '' };
  return await timed(job, text, machine.execPath, args, env);
}
