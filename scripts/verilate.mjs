// What the addon of the verilated kernels is compiled from: the RTL as C++, once for each build of hdl/builds.json that
// asks for it, and one file a build that takes all of it in.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HdlToolsMissing, hdlTools } from './hdl-tools.mjs';
import { parametersOf } from './synth-parts.mjs';

const OLDEST = '5.006';
const WARNINGS = ['-Wno-fatal'];
/** Without -fno-case and -fno-split a cycle takes some per cent longer. */
const FLAGS = [
  ...['--cc', '-O3', '-fno-case', '-fno-split', '--threads', '1', '-Ihdl/generated'],
  ...['--x-assign', 'unique', '--x-initial', 'unique'],
];
/** A kernel that does everything a kernel must not do: the tests of the harness. */
const MISBEHAVING = {
  name: 'misbehaving',
  id: 'misbehaving',
  top: 'gb_kernel',
  folder: 'sim/verilator/test',
  profile: 'tiny',
};

/**
 * @typedef {object} Verilator
 * @property {string} command
 * @property {string} root folder that holds include/verilated.h
 * @property {string} version
 */

/**
 * The Verilator of VERILATOR_ROOT, else that of the hardware tools, else the system's.
 * @param {import('./prepare-job.mjs').Job} job
 * @returns {Promise<Verilator | string>} or what is missing, in words
 */
export async function findVerilator({ machine, addProcess, say }) {
  const given = machine.env.VERILATOR_ROOT;
  if (given) return describe(join(given, 'bin', 'verilator'), given);
  try {
    const log = (line) => say(line.replace(/^gatebook: /, ''));
    const { verilator, verilatorRoot } = await hdlTools('test', { log, addProcess });
    return describe(verilator, verilatorRoot);
  } catch (error) {
    if (!(error instanceof HdlToolsMissing)) throw error;
    const command = machine.which('verilator');
    if (command === undefined) return error.message;
    const { output } = await machine.run(command, ['--getenv', 'VERILATOR_ROOT'], { cwd: '.' });
    return describe(command, output.trim());
  }
}

/** The package's `--version` prints no number: its header has it. */
function describe(command, root) {
  let text = '';
  try {
    text = readFileSync(join(root, 'include', 'verilated_config.h'), 'utf8');
  } catch {
    return `no Verilator in ${root}`;
  }
  const version = /VERILATOR_VERSION "([^"]*)"/.exec(text)?.[1] ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST.split('.').map(Number);
  const fits = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  return fits ? { command, root, version } : `Verilator ${OLDEST} or later (${command} is ${version})`;
}

/**
 * Fills `folder` with everything that is compiled there.
 * @param {import('./prepare-job.mjs').Job} job
 * @param {Verilator} verilator
 * @param {{ folder: string, trace: boolean }} options trace: the builds of any profile alone, with code for FST files
 * @returns {Promise<string | undefined>} what Verilator said where it failed
 */
export async function verilate(job, verilator, { folder, trace }) {
  const { root } = job;
  const load = (path) => import(pathToFileURL(join(root, 'dist', path)).href);
  const contract = await load('contract/definition.js');
  const { sourceDigest } = await load('hal/verilator/source-digest.js');
  // Before anything is read: what changes meanwhile makes an addon that is out of date.
  const sources = sourceDigest(root);
  const builds = buildsOf(root, contract).filter((build) => !trace || !build.exact);
  rmSync(join(root, folder, 'units'), { recursive: true, force: true });
  mkdirSync(join(root, folder, 'units'), { recursive: true });
  for (const build of builds) {
    const problem = await verilateBuild(job, verilator, build, { folder, trace });
    if (problem !== undefined) return problem;
    write(root, folder, `${build.id}.cc`, unitOf(build, cppFiles(join(root, folder, build.id))));
  }
  const header = headerOf(builds, {
    contract: contractDigest(root),
    sources,
    version: `Verilator ${verilator.version}`,
  });
  write(root, folder, 'kernel_builds.h', header);
  for (const name of ['addon.cc', 'runtime.cc']) {
    write(root, folder, name, `#include "../../../sim/verilator/${name}"\n`);
  }
  cpSync(join(root, 'sim/verilator/binding.gyp'), join(root, folder, 'binding.gyp'));
  return undefined;
}

function buildsOf(root, contract) {
  const table = JSON.parse(readFileSync(join(root, 'hdl', 'builds.json'), 'utf8'));
  const builds = Object.entries(table).flatMap(([name, { verilated }]) => {
    if (verilated === undefined) return [];
    const { profile, parameters } = parametersOf(name, contract);
    const exact = verilated === 'exact';
    const values = Array.isArray(profile) ? profile : contract.PROFILES[profile];
    // Legs limits, but builds no memory of its own: that of Baskets and LegsPerBasket holds them.
    const { Legs, ...built } = parameters;
    const [top, given] = exact ? ['gatebook', parameters] : ['gb_kernel', built];
    return [{ name, id: name.replaceAll('-', '_'), exact, values, parameters: given, folder: 'hdl/rtl', top }];
  });
  const { profile, ...misbehaving } = MISBEHAVING;
  return [...builds, { ...misbehaving, exact: false, values: contract.PROFILES[profile], parameters: {} }];
}

async function verilateBuild(job, verilator, build, { folder, trace }) {
  const files = verilogFiles(job.root, build.folder);
  const more = [...(trace ? ['--trace-fst'] : []), `-I${build.folder}`];
  return await runVerilator(job, verilator, { ...build, files, more, folder });
}

/** The Verilog files of a folder, by their paths from the root. */
export function verilogFiles(root, folder) {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.v'));
  return names.sort().map((name) => `${folder}/${name}`);
}

/**
 * One model as C++ in `folder`/`id`.
 * @param {import('./prepare-job.mjs').Job} job
 * @param {Verilator} verilator
 * @param {{ id: string, top: string, files: string[], parameters: Record<string, number | string>, more: string[],
 *   folder: string }} model
 * @returns {Promise<string | undefined>} what Verilator said where it failed
 */
export async function runVerilator(job, { command, root: home }, { id, top, files, parameters, more, folder }) {
  const { root, machine, addProcess } = job;
  const into = join(root, folder, id);
  rmSync(into, { recursive: true, force: true });
  const args = [
    ...FLAGS,
    ...WARNINGS,
    ...more,
    ...['--prefix', `V${id}`, '--Mdir', into, '--top-module', top],
    ...Object.entries(parameters).map(([name, value]) => `-G${name}=${value}`),
    ...files,
  ];
  const env = { VERILATOR_ROOT: home };
  const { code, output } = await machine.run(command, args, { cwd: root, env, onStart: addProcess });
  return code === 0 ? undefined : output;
}

/** What Verilator wrote into a folder, in a fixed order. */
export function cppFiles(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpp'))
    .sort();
}

/** One unit a build: the loop of the harness and the model are compiled as one, faster both to build and to run. */
function unitOf({ id }, files) {
  return [
    ...files.map((file) => `#include <${id}/${file}>`),
    '#include "model_kernel.h"',
    'namespace gatebook {',
    `static void eval_${id}(V${id}& model) { V${id}___024root___eval(model.rootp); }`,
    `std::unique_ptr<VerilatedKernel> make_${id}(const KernelOptions& options) {`,
    `  return ModelKernel<V${id}, &eval_${id}>::make(options);`,
    '}',
    '}  // namespace gatebook',
    '',
  ].join('\n');
}

function headerOf(builds, { contract, sources, version }) {
  const rows = builds.map(
    ({ name, id, values, exact }) => `    {"${name}", {${values.join(', ')}}, ${exact}, &make_${id}},`,
  );
  return [
    '// Written by scripts/verilate.mjs.',
    '#pragma once',
    '#include "kernel.h"',
    'namespace gatebook {',
    `constexpr char kRtlContractDigest[] = "${contract}";`,
    `constexpr char kSourceDigest[] = "${sources}";`,
    `constexpr char kVerilatorVersion[] = "${version}";`,
    ...builds.map(({ id }) => `std::unique_ptr<VerilatedKernel> make_${id}(const KernelOptions& options);`),
    'const KernelBuild kKernelBuilds[] = {',
    ...rows,
    '};',
    '}  // namespace gatebook',
    '',
  ].join('\n');
}

/** Of the generated header that the RTL includes. */
export function contractDigest(root) {
  const text = readFileSync(join(root, 'hdl/generated/contract.vh'), 'utf8');
  return /CONTRACT_DIGEST = 64'h([0-9a-f]{16});/.exec(text)?.[1] ?? '';
}

function write(root, folder, name, text) {
  writeFileSync(join(root, folder, 'units', name), text);
}
