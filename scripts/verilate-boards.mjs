// What the addon of the simulated boards is compiled from: the top of each UART board as its FPGA has it, the link and
// the BAR shell behind their ports, and the devices that test the harness; as C++, and one file a model that takes it
// in.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { contractDigest, cppFiles, runVerilator, verilogFiles } from './verilate.mjs';

const BOARDS = 'hdl/boards';
/** In place of the module of a device, which says 0. */
const TIME_SCALE = 'sim/boards/rtl/gb_time_scale.v';
const UNITS = ['addon.cc', 'bar_device.cc', 'bar_file.cc', 'bar_mirror.cc', 'pty.cc'];

/**
 * @typedef {object} Model
 * @property {string} name what programs call it
 * @property {string} id
 * @property {'uart' | 'link' | 'bar'} kind
 * @property {string} top
 * @property {string[]} files
 * @property {Record<string, number | string>} parameters
 * @property {number[]} profile
 */

/**
 * Fills `folder` with everything that is compiled there.
 * @param {import('./prepare-job.mjs').Job} job
 * @param {import('./verilate.mjs').Verilator} verilator
 * @param {{ folder: string }} options
 * @returns {Promise<string | undefined>} what Verilator said where it failed
 */
export async function verilateBoards(job, verilator, { folder }) {
  const { root } = job;
  const load = (path) => import(pathToFileURL(join(root, 'dist', path)).href);
  const { boardSourceDigest } = await load('sim/source-digest.js');
  // Before anything is read: what changes meanwhile makes an addon that is out of date.
  const sources = boardSourceDigest(root);
  const { loadBoards, topParameters } = await load('board/boards.js');
  const { NAMED_PROFILES, profileValues } = await load('contract/profile.js');
  const models = modelsOf(root, NAMED_PROFILES, { loadBoards, topParameters, profileValues });
  const next = `${folder}/next`;
  const units = join(root, next, 'units');
  rmSync(join(root, next), { recursive: true, force: true });
  mkdirSync(units, { recursive: true });
  for (const model of models) {
    const more = ['-Ihdl/rtl', '-Ihdl/link', 'sim/boards/rtl/public.vlt'];
    const problem = await runVerilator(job, verilator, { ...model, more, folder: next });
    if (problem !== undefined) return problem;
    writeFileSync(join(units, `${model.id}.cc`), unitOf(model, join(root, next, model.id)));
  }
  writeFileSync(join(units, 'board_builds.h'), headerOf(models, { contract: contractDigest(root), sources }));
  for (const name of UNITS) writeFileSync(join(units, name), `#include "../../../sim/boards/${name}"\n`);
  writeFileSync(join(units, 'runtime.cc'), '#include "../../../sim/verilator/runtime.cc"\n');
  cpSync(join(root, 'sim/boards/binding.gyp'), join(root, next, 'binding.gyp'));
  replace(join(root, next), join(root, folder));
  rmSync(join(root, next), { recursive: true, force: true });
  return undefined;
}

/** Makes `into` what `from` is, but leaves alone what is the same: it need not be compiled again. */
function replace(from, into) {
  mkdirSync(into, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(into, entry.name)];
    if (entry.isDirectory()) {
      mkdirSync(target, { recursive: true });
      const names = new Set(readdirSync(source));
      for (const name of readdirSync(target)) if (!names.has(name)) rmSync(join(target, name), { recursive: true });
      replace(source, target);
    } else if (!existsSync(target) || !readFileSync(source).equals(readFileSync(target))) {
      cpSync(source, target);
    }
  }
}

/** @returns {Model[]} */
function modelsOf(root, { tiny }, { loadBoards, topParameters, profileValues }) {
  const boards = loadBoards(root);
  const rtl = [...verilogFiles(root, 'hdl/rtl'), ...verilogFiles(root, 'hdl/link')];
  const around = verilogFiles(root, BOARDS).filter((file) => !file.endsWith('/gb_time_scale.v'));
  const stand = [...around, TIME_SCALE, ...verilogFiles(root, `${BOARDS}/stubs`)];
  const of = ({ transport }) => boards.filter((board) => board.transport === transport);
  const model = (name, board, more) => ({ ...named(name), profile: profileValues(board.profile), ...more });
  const uarts = of({ transport: 'uart' }).map((board) => {
    const files = [...rtl, ...stand, ...verilogFiles(root, `${BOARDS}/${board.name}`)];
    return model(board.name, board, { kind: 'uart', top: board.top, files, parameters: topParameters(board) });
  });
  const links = linkBoards(boards, tiny).map((board) => {
    const parameters = { ...topParameters(board), BoardName: boardName(board.name) };
    return model(`link-${board.name}`, board, { kind: 'link', top: 'gb_link_device', files: rtl, parameters });
  });
  const bars = barBoards(of({ transport: 'pcie' }), tiny).map((board) => {
    const parameters = { ...topParameters(board), BoardName: boardName(board.name) };
    return model(board.name, board, { kind: 'bar', top: 'gb_bar_device', files: rtl, parameters });
  });
  return [...uarts, ...links, ...bars, ...testModels(root, profileValues(tiny))];
}

/** Behind the byte port: the ulx3s as it is, and the same with the smallest profile, for many frames a second. */
function linkBoards(boards, tiny) {
  const ulx3s = boards.find(({ name }) => name === 'ulx3s');
  if (ulx3s === undefined) return [];
  const structure = { ...ulx3s.structure, Pipelined: 0 };
  return [ulx3s, { ...ulx3s, name: 'tiny', profile: tiny, structure }];
}

/** Every card as it is, and one with the smallest profile, for tests that ask for it. */
function barBoards(cards, tiny) {
  const [card] = cards;
  return card === undefined ? [] : [...cards, { ...card, name: 'bar-tiny', profile: tiny }];
}

/** Devices that are no gatebook: what the harness does wrong shows without any of its RTL. */
function testModels(root, profile) {
  const echo = { files: verilogFiles(root, 'sim/boards/test'), profile };
  return [
    { ...named('echo'), ...echo, kind: 'uart', top: 'echo_board', parameters: { ClockHz: 50e6, Baud: 3e6 } },
    { ...named('link-echo'), ...echo, kind: 'link', top: 'echo_link', parameters: {} },
  ];
}

const named = (name) => ({ name, id: name.replaceAll('-', '_') });

/** The parameter: the first character in the lowest bits. */
function boardName(name) {
  const bytes = [...name].reverse().map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0'));
  return `128'h${bytes.join('')}`;
}

const CLASSES = { uart: 'UartModel', link: 'LinkModel', bar: 'BarModel' };

/** One unit a model: the loop of the harness and the model are compiled as one, faster both to build and to run. */
function unitOf({ id, kind }, folder) {
  const names = readFileSync(join(folder, `V${id}___024root.h`), 'utf8');
  const find = (pattern) => pattern.exec(names)?.[1];
  const idle = find(/\b(\w*__DOT__u_gatebook__DOT__idle_o)\b/);
  const scale = find(/\b(\w*__DOT__scale_q)\b/);
  const port = find(/\b(time_scale_i)\b/) === undefined ? undefined : 'time_scale_i';
  const target = port === undefined ? scale && `model.rootp->${scale}` : `model.${port}`;
  return [
    ...cppFiles(folder).map((file) => `#include <${id}/${file}>`),
    `#include "${kind}_model.h"`,
    'namespace gatebook {',
    `struct Access_${id} {`,
    `  using Model = V${id};`,
    `  static void eval(Model& model) { V${id}___024root___eval(model.rootp); }`,
    `  static bool idle(const Model&${idle ? ' model' : ''}) { return ${idle ? `model.rootp->${idle}` : 'true'}; }`,
    target
      ? `  static void set_time_scale(Model& model, uint32_t value) { ${target} = value; }`
      : '  static void set_time_scale(Model&, uint32_t) {}',
    '};',
    `${MAKERS[kind](id)} {`,
    `  return ${CLASSES[kind]}<Access_${id}>::make(${ARGUMENTS[kind]});`,
    '}',
    '}  // namespace gatebook',
    '',
  ].join('\n');
}

const ARGUMENTS = { uart: 'options, start', link: 'start', bar: 'path, start' };

const MAKERS = {
  uart: (id) => `std::unique_ptr<UartBoard> make_${id}(const UartOptions& options, const StartOptions& start)`,
  link: (id) => `std::unique_ptr<LinkDevice> make_${id}(const StartOptions& start)`,
  bar: (id) => `std::unique_ptr<BarDevice> make_${id}(const std::string& path, const StartOptions& start)`,
};

function headerOf(models, { contract, sources }) {
  const of = (kind) => models.filter((model) => model.kind === kind);
  const table = (kind, type, name) => [
    `const ${type} ${name}s[] = {`,
    ...of(kind).map(({ name, id, profile }) => `    {"${name}", {${profile.join(', ')}}, &make_${id}},`),
    '};',
    `constexpr size_t ${name}Count = ${of(kind).length};`,
  ];
  return [
    '// Written by scripts/verilate-boards.mjs.',
    '#pragma once',
    '#include "bar_device.h"',
    '#include "link_device.h"',
    '#include "model_start.h"',
    '#include "uart_board.h"',
    'namespace gatebook {',
    `constexpr char kRtlContractDigest[] = "${contract}";`,
    `constexpr char kSourceDigest[] = "${sources}";`,
    ...models.map(({ id, kind }) => `${MAKERS[kind](id)};`),
    ...table('uart', 'UartBuild', 'kUartBuild'),
    ...table('link', 'LinkBuild', 'kLinkBuild'),
    ...table('bar', 'BarBuild', 'kBarBuild'),
    '}  // namespace gatebook',
    '',
  ].join('\n');
}
