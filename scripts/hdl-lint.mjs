// `npm run lint:hdl`: Verilator, Icarus and Yosys each read the kernel of every build in hdl/builds.json, the devices
// around it and every board of hdl/boards, without a warning, and Verible finds no fault with the style. What they are
// let off stands in hdl/lint, with reasons. Parameters out of their range have to be refused, by all three.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { boardChecks } from './hdl-lint-boards.mjs';
import { HdlToolsMissing, hdlTools } from './hdl-tools.mjs';
import { ROOT } from './node-version.mjs';
import { prepare } from './prepare.mjs';
import { parametersOf } from './synth-parts.mjs';
import { closingLine, NOT_RUN } from './verdict.mjs';

const FOLDERS = ['hdl/rtl', 'hdl/link'];
const TOPS = ['gb_kernel', 'gatebook_axis', 'gb_serial_device', 'gb_bar_device'];
const AT_ONCE = 2;
const SHOWN_LINES = 40;
const INCLUDES = [...FOLDERS, 'hdl/generated'].map((folder) => `-I${folder}`);
const PATHS = [...INCLUDES, ...FOLDERS.flatMap((folder) => ['-y', folder])];

/** What must not elaborate: a top, one parameter of it, values out of its range, and what the message names. */
const REFUSALS = [
  ['gb_link', 'CommandWindow', [24, 8, 2048], 'gb_command_window_is_a_power_of_two_from_16_to_1024'],
  ['gb_link', 'EventWindow', [24, 4, 256], 'gb_event_window_is_a_power_of_two_from_8_to_128'],
  ['gb_uart_rx', 'Baud', [6_000_001, 700], 'gb_clock_hz_over_baud_is_from_8_to_65536'],
  ['gb_uart_tx', 'Baud', [24_000_001, 700], 'gb_clock_hz_over_baud_is_from_2_to_65536'],
  ['gb_bar_device', 'Lines', [24, 1, 512], 'gb_lines_is_a_power_of_two_from_2_to_256'],
];

/** Folders of Verilog that Verible reads. */
const STYLED = ['hdl/rtl', 'hdl/boards', 'hdl/link', 'hdl/formal', 'sim/cocotb/tops', 'sim/cocotb/rtl'];

/**
 * How each tool reads one top with its parameters. Whatever it says is a fault: some exit with 0 on warnings.
 * @type {Record<string, (top: string, parameters: [string, number][], tools: import('./hdl-tools.mjs').HdlTools) =>
 *   [string, string[]]>}
 */
const TOOLS = {
  verilator: (top, parameters, tools) => [
    tools.verilator,
    ['--lint-only', '--quiet', '-Wall', ...PATHS, ...parameters.map(([name, value]) => `-G${name}=${value}`)].concat(
      ['--top-module', top, 'hdl/lint/verilator.vlt'],
      sourceOf(top),
    ),
  ],
  icarus: (top, parameters, tools) => [
    tools.iverilog,
    [
      '-g2005',
      '-Wall',
      '-t',
      'null',
      ...PATHS,
      ...parameters.map(([name, value]) => `-P${top}.${name}=${value}`),
    ].concat(['-s', top], sourceOf(top)),
  ],
  yosys: (top, parameters, tools) => [
    join(tools.bin, 'yowasp-yosys'),
    [
      '-q',
      '-e',
      '.*',
      '-p',
      [
        `read_verilog -defer ${INCLUDES.join(' ')} ${verilogFiles(FOLDERS).join(' ')}`,
        `hierarchy -check -top ${top} ${parameters.map(([name, value]) => `-chparam ${name} ${value}`).join(' ')}`,
        'proc',
        'check -assert',
      ].join('; '),
    ],
  ],
};

/** The file of a module: one module a file, of the same name. */
function sourceOf(module) {
  return FOLDERS.map((folder) => `${folder}/${module}.v`).find((path) => existsSync(join(ROOT, path)));
}

function verilogFiles(folders) {
  const below = (folder) =>
    readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return below(path);
      return entry.name.endsWith('.v') ? [path] : [];
    });
  return folders
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap(below)
    .sort();
}

/** Different parameter sets for the kernel, named by the builds that have them: two boards may share one. */
async function parameterSets() {
  const contract = await import(pathToFileURL(join(ROOT, 'dist', 'contract', 'definition.js')).href);
  const builds = JSON.parse(readFileSync(join(ROOT, 'hdl', 'builds.json'), 'utf8'));
  const sets = new Map();
  for (const name of Object.keys(builds)) {
    const { parameters } = parametersOf(name, contract);
    const key = JSON.stringify(parameters);
    sets.set(key, { names: [...(sets.get(key)?.names ?? []), name], parameters });
  }
  return [...sets.values()].map(({ names, parameters }) => ({ name: names.join(', '), parameters }));
}

/** A top need not have all parameters of a profile: some limits cost no memory, and are ports alone. */
function parametersFor(top, parameters) {
  const text = readFileSync(join(ROOT, sourceOf(top)), 'utf8');
  return Object.entries(parameters).filter(([name]) => new RegExp(`^\\s*parameter\\s+${name}\\b`, 'm').test(text));
}

/** @returns {Promise<string>} what it said, with its status where that is not 0 */
function run(command, args, env) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('error', (error) => done(error.message));
    child.on('close', (code) => done(code === 0 ? output.trim() : `${output.trim()}\n(status ${code})`));
  });
}

async function checks() {
  const sets = await parameterSets();
  const list = [];
  for (const tool of Object.keys(TOOLS)) {
    for (const [at, { name, parameters }] of sets.entries()) {
      // The wrappers add constants to the kernel, which only Verilator looks at once more for each build.
      for (const top of tool === 'verilator' || at === 0 ? TOPS : TOPS.slice(0, 1)) {
        const command = (tools) => TOOLS[tool](top, parametersFor(top, parameters), tools);
        list.push({ name: `hdl lint > ${tool} > ${top}: ${name}`, needsIcarus: tool === 'icarus', command });
      }
    }
  }
  const style = ['--rules_config', 'hdl/lint/verible.rules', '--waiver_files', 'hdl/lint/verible.waiver'];
  const command = (tools) => [join(tools.verible, 'verible-verilog-lint'), [...style, ...verilogFiles(STYLED)]];
  const verible = { name: 'hdl lint > verible', needsIcarus: false, command };
  return [...list, ...refusals(), ...(await boardChecks()), verible];
}

/** Yosys reads all files each time: one value of each has to do. */
function refusals() {
  return Object.keys(TOOLS).flatMap((tool) =>
    REFUSALS.flatMap(([top, parameter, values, refusal]) =>
      values.slice(0, tool === 'yosys' ? 1 : values.length).map((value) => {
        const name = `hdl lint > ${tool} > ${top}: ${parameter} = ${value} is refused`;
        const command = (tools) => TOOLS[tool](top, [[parameter, value]], tools);
        return { name, needsIcarus: tool === 'icarus', command, refusal };
      }),
    ),
  );
}

/**
 * Runs all checks, two at a time.
 * @param {(line: string) => void} [log] told of faults
 * @returns {Promise<import('./verdict.mjs').Result[]>}
 */
export async function hdlLint(log = console.log) {
  const list = await checks();
  let tools;
  try {
    tools = await hdlTools('test', { log });
  } catch (error) {
    if (!(error instanceof HdlToolsMissing)) throw error;
    return list.map(({ name }) => ({ name, state: 'skipped', note: `${NOT_RUN} ${error.message}` }));
  }
  const results = [];
  const work = async () => {
    for (let check = list.shift(); check !== undefined; check = list.shift()) {
      results.push(await runCheck(check, tools, log));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

async function runCheck({ name, needsIcarus, command, refusal }, tools, log) {
  if (needsIcarus && tools.iverilog === undefined) {
    return { name, state: 'skipped', note: `${NOT_RUN} Icarus Verilog (iverilog) on the path` };
  }
  const said = await run(...command(tools), tools.env);
  const right = refusal === undefined ? said === '' : said.includes(refusal) && /\(status \d+\)$/.test(said);
  if (right) return { name, state: 'passed' };
  const lines = said.split(`${ROOT}/`).join('').split('\n');
  const more = lines.length > SHOWN_LINES ? [`... and ${lines.length - SHOWN_LINES} lines more`] : [];
  log([`${name}:`, ...lines.slice(0, SHOWN_LINES), ...more].join('\n'));
  return { name, state: 'failed' };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await prepare({ kind: 'run', steps: ['install', 'compile'], quiet: true });
  const results = await hdlLint();
  const count = (state) => results.filter((result) => result.state === state).length;
  for (const { note } of results.filter((result) => result.state === 'skipped').slice(0, 1)) console.log(note);
  console.log(closingLine({ passed: count('passed'), failed: count('failed'), skipped: count('skipped') }));
  if (count('failed') > 0) process.exitCode = 1;
}
