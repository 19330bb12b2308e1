// The generated part of docs/hardware.md: a function of bench/results/hardware.json and of the cycles in docs/hdl.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './node-version.mjs';
import { BUILDS } from './synth-parts.mjs';

const RESULTS = join(ROOT, 'bench', 'results', 'hardware.json');
/** Its table of cycles to the output, which a bench of sim/cocotb checks. */
const CYCLES = join(ROOT, 'docs', 'hdl.md');
/** In cycles: what the kernel has to keep to. */
const AT_MOST = { ecp5: { TOP: 20, signal: 32 }, 'ecp5-dense': { TOP: 11 } };
const PAGE = join(ROOT, 'docs', 'hardware.md');
const START = '<!-- synth:start -->';
const END = '<!-- synth:end -->';

/** The lower one of two in the middle, so that it is the figure of a placement that was made. */
export const median = (values) => [...values].sort((a, b) => a - b)[(values.length - 1) >> 1];

const readJson = (path, otherwise) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : otherwise);

export const readResults = () => readJson(RESULTS, { builds: {} });

export function writeResults(results) {
  const order = BUILDS.map(({ name }) => name).filter((name) => results.builds[name] !== undefined);
  const builds = Object.fromEntries(order.map((name) => [name, results.builds[name]]));
  writeFileSync(RESULTS, `${JSON.stringify({ ...results, builds }, null, 1)}\n`);
}

const grouped = (n) => n.toLocaleString('en-US');

/** What is used, and of how much, where the tools know. */
function share(resource) {
  if (resource === undefined) return '';
  const { used, available } = resource;
  if (available === undefined || available === 0) return used === 0 ? '' : grouped(used);
  return `${grouped(used)} (${Math.round((100 * used) / available)} %)`;
}

const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (columns, rows) => (rows.length === 0 ? [] : [row(columns), row(columns.map(() => '---')), ...rows, '']);

function areaLines(builds) {
  const rows = builds.map(([name, { part, area, memories }]) => {
    const blocks = [share(area.block_ram), area.ultra_ram?.used ? `${area.ultra_ram.used} ultra` : ''];
    const bits = memories.reduce((sum, memory) => sum + memory.kept, 0);
    const figures = [area.lut, area.ff].map(share);
    const rest = [share(area.lut_ram), share(area.dsp), `${grouped(Math.round(bits / 1024))} Kibit`];
    return row([name, part, ...figures, blocks.filter((text) => text !== '').join(' + '), ...rest]);
  });
  const columns = ['build', 'part', 'LUT', 'FF', 'block RAM', 'LUT RAM', 'DSP', 'memories'];
  return ['### Area', '', ...table(columns, rows)];
}

function clockLines(builds) {
  const placed = builds.filter(([, build]) => build.seeds.length > 0);
  const rows = placed.map(([name, { seeds, unrouted = [], median_mhz: mhz }]) => {
    const target = BUILDS.find((build) => build.name === name)?.targetMhz;
    const verdict = target === undefined ? 'none' : `${target}: ${mhz >= target ? 'met' : '**missed**'}`;
    const clocks = seeds.map((each) => each.mhz.toFixed(1)).join(', ');
    const given = unrouted.length === 0 ? '' : `; seed ${unrouted.join(', ')} was given up by the router`;
    return row([name, `**${mhz.toFixed(1)}**`, verdict, clocks + given]);
  });
  return ['### Clock, MHz', '', ...table(['build', 'median', 'target', 'by seed, from 1'], rows)];
}

function pathLines(builds) {
  const rows = builds.flatMap(([name, { critical_path: path }]) => {
    if (path === undefined) return [];
    const parts = `${path.ns} = ${path.logicNs} + ${path.routingNs}`;
    const ends = [path.from, path.to].map((end) => `\`${end.replace('u_gatebook.u_kernel.', '')}\``);
    return [row([name, parts, path.cells, ...ends])];
  });
  const columns = ['build', 'ns = cells + wires', 'cells', 'from', 'to'];
  return ['### What limits the clock (the median placement)', '', ...table(columns, rows)];
}

/** @returns {{ build: string, what: string, cycles: number, at_most?: number }[]} */
export function readCycles(page = readFileSync(CYCLES, 'utf8')) {
  const text = page.split('<!-- output:start -->')[1]?.split('<!-- output:end -->')[0] ?? '';
  return [...text.matchAll(/^\| ([\w, -]+) \| (\d+) \| (\d+) \|$/gm)].flatMap(([, names, top, signal]) =>
    names.split(', ').flatMap((build) => [
      { build, what: 'TOP', cycles: Number(top), at_most: AT_MOST[build]?.TOP },
      { build, what: 'signal of a basket of two legs', cycles: Number(signal), at_most: AT_MOST[build]?.signal },
    ]),
  );
}

function latencyLines(builds, cycleRows) {
  const clocks = new Map(builds.map(([name, build]) => [name, build]));
  const rows = cycleRows.flatMap(({ build, what, cycles, at_most: most }) => {
    const { median_mhz: mhz, parameters } = clocks.get(build) ?? {};
    if (mhz === undefined || (what !== 'TOP' && parameters.Baskets === 0)) return [];
    const verdict = most === undefined ? '' : `${most}: ${cycles <= most ? 'met' : '**missed**'}`;
    return [row([build, what, cycles, verdict, Math.round((cycles * 1000) / mhz)])];
  });
  const columns = ['build', 'from the handshake to the output', 'cycles', 'at most', 'ns at the median clock'];
  return rows.length === 0 ? [] : ['### Latency', '', ...table(columns, rows)];
}

function toolLines(results, builds) {
  const tools = Object.entries(results.tools ?? {}).map(([name, version]) => `${name} ${version}`);
  const commits = [...new Set(builds.map(([, build]) => build.commit))];
  return [`Made ${results.date} with ${tools.join(', ')}, from ${commits.join(', ')}.`, ''];
}

/** Boards: what was asked and what was routed, in the order of their names. */
function boardLines(boards = {}) {
  const all = Object.entries(boards).sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = all.map(([name, { part, area, memories, bitstream, ...figures }]) => {
    const bits = memories.reduce((sum, memory) => sum + memory.kept, 0);
    const size = [share(area.lut), share(area.block_ram), `${grouped(Math.round(bits / 1024))} Kibit`];
    const link = figures.baud === undefined ? 'PCIe' : `${figures.baud / 1e6} Mbaud`;
    const asked = (figures.clock_hz / 1e6).toFixed(1);
    const mapped = ['NOT BUILT HERE', 'none'];
    const above = () => Math.round((figures.routed_mhz * 1e8) / figures.clock_hz - 100);
    const built = () => [
      `**${figures.routed_mhz.toFixed(1)}** (${above()} % above)`,
      `${grouped(bitstream.bytes)} bytes, sha256 \`${bitstream.sha256.slice(0, 16)}\``,
    ];
    const ends = bitstream === undefined ? mapped : built();
    return row([name, part, link, asked, ...ends, ...size, figures.seconds, figures.commit.slice(0, 12)]);
  });
  const head = ['board', 'part', 'link', 'MHz asked', 'MHz routed', 'bitstream'];
  const columns = [...head, 'LUT', 'block RAM', 'memories', 's', 'commit'];
  return rows.length === 0 ? [] : ['### Boards', '', ...table(columns, rows)];
}

/** @returns {string} what stands between the markers */
export function hardwareTables(results, cycleRows = []) {
  const builds = Object.entries(results.builds);
  if (builds.length === 0) return 'Nothing was built yet.';
  const parts = [toolLines(results, builds), areaLines(builds), clockLines(builds), pathLines(builds)];
  return [...parts.flat(), ...latencyLines(builds, cycleRows), ...boardLines(results.boards)].join('\n').trimEnd();
}

/** The page with the tables between its markers. */
export function withTables(page, tables) {
  const [from, to] = [page.indexOf(START), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/hardware.md has lost its markers ${START} and ${END}`);
  return `${page.slice(0, from + START.length)}\n${tables}\n${page.slice(to)}`;
}

/** docs/hardware.md as it is, and as the results have it. */
export function pages() {
  const now = readFileSync(PAGE, 'utf8');
  return { now, due: withTables(now, hardwareTables(readResults(), readCycles())) };
}

export function writePage() {
  writeFileSync(PAGE, pages().due);
}
