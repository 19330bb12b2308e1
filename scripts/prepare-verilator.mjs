// The step of `prepare` that verilates the RTL and builds the addon of it. Only tests and development need it: whoever
// starts the program needs no Verilator.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forget, remember, timed } from './prepare-job.mjs';
import { compilerIdentity, findToolchain, nodeFolder, nodeGyp } from './prepare-machine.mjs';
import { fileDigest, isSame, takeSnapshot } from './prepare-stamp.mjs';

/** Those of src/hal/verilator/source-digest.ts, and what turns them into an addon. */
const SOURCES = [
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
const GYP = 'sim/verilator/binding.gyp';
const ABSENT = 'everything else is there';

/** Addon, and addon with waveforms, which is slow to build and to run and made on demand. */
const KINDS = {
  plain: { folder: 'build/verilator', trace: false, text: 'verilating and building the kernels' },
  trace: { folder: 'build/verilator-trace', trace: true, text: 'verilating and building the kernel with waveforms' },
};
const logIn = (folder) => `${folder}/build.log`;
const addonIn = (folder) => `${folder}/build/Release/gatebook_verilator.node`;

/** Also where it cannot be built: whether it can is asked each time, as what it takes may have been installed since. */
export function verilatorIsFresh(job, { verilator: done }) {
  const { root, machine, kind } = job;
  if (kind !== 'all' || machine.env.GATEBOOK_NO_ADDON === '1' || !existsSync(join(root, GYP))) return true;
  const { compiler, missing } = findToolchain(machine);
  const built = existsSync(join(root, addonIn(KINDS.plain.folder)));
  const covers =
    done !== undefined &&
    done.abi === machine.abi &&
    done.platform === machine.platform &&
    done.lock === fileDigest(join(root, 'package-lock.json')) &&
    done.ok === built &&
    isSame(root, SOURCES, done.sources);
  if (missing.length > 0) return covers || !built;
  return covers && done.compiler === compilerIdentity(compiler);
}

/** One line on why there is no addon where there could be one; undefined where it is there, or was told of already. */
export function verilatorReason(job) {
  const { root, machine, kind } = job;
  if (kind !== 'all' || machine.env.GATEBOOK_NO_ADDON === '1' || !existsSync(join(root, GYP))) return undefined;
  const { folder } = KINDS.plain;
  if (existsSync(join(root, addonIn(folder))) || job.toldOfVerilator) return undefined;
  const { missing } = findToolchain(machine);
  if (missing.length > 0) return reasonText(missing.join(', '));
  return reasonText(`the build failed, see ${logIn(folder)}`);
}

const reasonText = (why) => `no verilated kernels: ${why} (again: npm run verilator); ${ABSENT}`;

/**
 * Builds the addon, whether or not it is out of date; what is missing is told in one line and stops nothing.
 * @param {import('./prepare-job.mjs').Job} job
 * @param {'plain' | 'trace'} [which]
 * @returns {Promise<boolean>} whether it is built now
 */
export async function buildVerilator(job, which = 'plain') {
  const { root, machine } = job;
  const { folder, trace } = KINDS[which];
  const { compiler, missing } = findToolchain(machine);
  const { abi, platform } = machine;
  const entry = {
    lock: fileDigest(join(root, 'package-lock.json')),
    abi,
    platform,
    compiler: compilerIdentity(compiler),
    sources: takeSnapshot(root, SOURCES),
  };
  if (which === 'plain') forget(job, 'verilator');
  // An addon of other sources must not be loaded should this build fail.
  rmSync(join(root, addonIn(folder)), { force: true });
  // Read only here, as it reads what the steps before have compiled.
  const { findVerilator, verilate } = await import('./verilate.mjs');
  const verilator = missing.length > 0 ? missing.join(', ') : await findVerilator(job);
  if (typeof verilator === 'string') {
    job.toldOfVerilator = true;
    job.say(reasonText(verilator));
    return false;
  }
  const problem = await verilate(job, verilator, { folder, trace });
  const { output } = problem === undefined ? await compile(job, verilator, KINDS[which]) : { output: problem };
  const ok = existsSync(join(root, addonIn(folder)));
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, logIn(folder)), output);
  if (which === 'plain') remember(job, 'verilator', { ok, ...entry });
  if (!ok) {
    job.toldOfVerilator = true;
    job.say(reasonText(`the build failed, see ${logIn(folder)}`));
  }
  return ok;
}

async function compile(job, { root: home }, { folder, trace, text }) {
  const { root, machine } = job;
  const { compiler } = findToolchain(machine);
  const headers = nodeFolder(machine.execPath);
  const args = [nodeGyp(root), 'configure', 'build', `--directory=${join(root, folder)}`, '--jobs=2'];
  if (headers !== undefined) args.push(`--nodedir=${headers}`);
  const env = { CXX: compiler, VERILATOR_ROOT: home, GATEBOOK_TRACE: trace ? '1' : '' };
  return await timed(job, text, machine.execPath, args, env);
}
