// `npm run synth [-- --part NAME ...]`: synthesises, places and routes the kernel for the parts of synth-parts.mjs,
// writes bench/results/hardware.json and docs/hardware.md. Fails where some of it was trimmed or does not fit.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HdlToolsMissing, hdlTools } from './hdl-tools.mjs';
import { ROOT } from './node-version.mjs';
import { prepare } from './prepare.mjs';
import { cellCounts, checkNetlist } from './synth-netlist.mjs';
import { areaOf, BUILDS, FAMILIES, parametersOf } from './synth-parts.mjs';
import { median, readResults, writePage, writeResults } from './synth-report.mjs';
import { clockOf, criticalPath } from './synth-timing.mjs';
import {
  conflicts,
  EXCUSES,
  MODULES,
  readJson,
  run,
  sourcesIn,
  ToolFailed,
  toolVersions,
  Unrouted,
} from './synth-tools.mjs';

const USAGE = `usage: npm run synth [-- OPTIONS]
  --part NAME   of ${BUILDS.map((build) => build.name).join(', ')}; may be repeated; all of them unless given
  --seeds N     placements of each, 5 unless given; the median counts
  --quick       one build of each family, chosen by the commit, one placement; writes no results
  --report      only writes docs/hardware.md again, from the results as they are`;
const TOP = 'synth_top';
const STATUS_NOT_RUN = 77;
/**
 * In s, for one placement. The longest that ends takes 240; the router can go on for ever about one wire, and another
 * seed then helps.
 */
const PLACE_LIMIT = 900;
/** Seeds that may be passed over for that. */
const UNROUTED_LIMIT = 3;
/** Of the recorded median: below it a quick run fails. Placements of one netlist lie within about 10 %. */
const QUICK_FLOOR = 0.8;

function parseArguments(argv) {
  const options = { parts: [], seeds: 5, quick: false, report: false };
  for (let i = 0; i < argv.length; i += 1) {
    const name = argv[i];
    if (name === '--quick' || name === '--report') options[name.slice(2)] = true;
    else if (name === '--part' && BUILDS.some((build) => build.name === argv[i + 1])) options.parts.push(argv[++i]);
    else if (name === '--seeds' && /^[1-9]\d?$/.test(argv[i + 1] ?? '')) options.seeds = Number(argv[++i]);
    else {
      console.error(USAGE);
      process.exit(2);
    }
  }
  return options;
}

const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();

/** The commit, and whether the hardware in the working tree is another one. */
function commitOf() {
  const changed = git('status', '--porcelain', '--', 'hdl') !== '';
  return git('rev-parse', 'HEAD') + (changed ? ' with changes in hdl' : '');
}

function chosenBuilds({ parts, quick }) {
  if (parts.length > 0) return BUILDS.filter((build) => parts.includes(build.name));
  if (!quick) return BUILDS;
  const draw = Number.parseInt(git('rev-parse', 'HEAD').slice(0, 6), 16);
  return Object.keys(FAMILIES).map((family) => {
    const candidates = BUILDS.filter((build) => build.family === family);
    return candidates[draw % candidates.length];
  });
}

/** Three netlists: the sources elaborated, flat with whole memories, and mapped to the part. */
function synthesisScript(build, parameters, folder) {
  const { synth, memoriesAt } = FAMILIES[build.family];
  const command = [synth, ...build.synthArgs, '-top', TOP].join(' ');
  const sources = [...sourcesIn('hdl/rtl'), ...sourcesIn('hdl/boards/synth')];
  const values = Object.entries(parameters).map(([name, value]) => `-chparam ${name} ${value}`);
  return [
    `read_verilog -defer -Ihdl/generated -Ihdl/rtl ${sources.join(' ')}`,
    `hierarchy -check -top ${TOP} ${values.join(' ')}`,
    'proc',
    `write_json ${folder}/elaborated.json`,
    `${command} -run begin:${memoriesAt}`,
    `select =${TOP}`,
    `write_json -selected ${folder}/coarse.json`,
    'select -clear',
    `${command} -run ${memoriesAt}:`,
    `select =${TOP}`,
    `write_json -selected ${folder}/mapped.json`,
    '',
  ].join('\n');
}

async function synthesise(tools, build, parameters, folder) {
  writeFileSync(join(ROOT, folder, 'synth.ys'), synthesisScript(build, parameters, folder));
  await run(tools, 'yowasp-yosys', ['-q', '-l', `${folder}/yosys.log`, `${folder}/synth.ys`]);
  const mapped = readJson(`${folder}/mapped.json`);
  const checked = checkNetlist({
    elaborated: readJson(`${folder}/elaborated.json`),
    coarse: readJson(`${folder}/coarse.json`),
    mapped,
    top: TOP,
    family: FAMILIES[build.family],
    expected: MODULES.filter(({ when }) => when(parameters)).map(({ module }) => module),
    leastMemoryBits: parameters.Pages * 128 * 48,
    excused: (path) => EXCUSES.some((excuse) => excuse.path.test(path) && excuse.when(parameters, build)),
  });
  checked.problems.push(...conflicts(readFileSync(join(ROOT, folder, 'yosys.log'), 'utf8'), TOP));
  return { ...checked, module: mapped.modules[TOP], cells: cellCounts(mapped, TOP) };
}

/** One placement. @returns {Promise<{ mhz: number, path: object, utilization: object }>} */
async function place(tools, build, netlist, { folder, seed }) {
  const { program, netlist: option, unconstrained } = FAMILIES[build.family].place;
  const report = `${folder}/seed-${seed}.json`;
  const files = [option, `${folder}/mapped.json`, '--report', report, '--log', `${folder}/seed-${seed}.log`, '--quiet'];
  const effort = ['--seed', String(seed), '--freq', String(build.freqMhz), '--timing-allow-fail', unconstrained];
  await run(tools, program, [...build.placeArgs, ...files, ...effort], PLACE_LIMIT);
  const found = readJson(report);
  const family = FAMILIES[build.family];
  return { mhz: clockOf(found), path: criticalPath(found, { ...netlist, family }), utilization: found.utilization };
}

/** As many as are wanted, from seed 1 on. @returns {Promise<{ placed: object[], unrouted: number[] }>} */
async function placements(tools, build, netlist, { folder, wanted }) {
  const placed = [];
  const unrouted = [];
  for (let seed = 1; placed.length < wanted; seed += 1) {
    try {
      const placement = await place(tools, build, netlist, { folder, seed });
      placed.push({ seed, ...placement });
      console.log(`${build.name}: seed ${seed}: ${placement.mhz.toFixed(1)} MHz, ${pathText(placement.path)}`);
    } catch (error) {
      if (!(error instanceof Unrouted) || unrouted.length === UNROUTED_LIMIT) throw error;
      unrouted.push(seed);
      console.log(`${build.name}: seed ${seed}: ${error.message}`);
    }
  }
  return { placed, unrouted };
}

/** @returns {Promise<{ result: object, problems: string[] }>} */
async function measure(tools, build, contract, seeds) {
  const started = performance.now();
  const folder = `build/synth/${build.name}`;
  mkdirSync(join(ROOT, folder), { recursive: true });
  const { profile, parameters } = parametersOf(build.name, contract);
  const netlist = await synthesise(tools, build, parameters, folder);
  const wanted = netlist.problems.length === 0 && FAMILIES[build.family].place ? seeds : 0;
  const { placed, unrouted } = await placements(tools, build, netlist, { folder, wanted });
  const clocks = placed.map(({ mhz }) => mhz);
  const middle = placed.find(({ mhz }) => mhz === median(clocks));
  const result = {
    part: build.part,
    profile,
    parameters,
    commit: commitOf(),
    area: areaOf(build.family, netlist.cells, placed[0]?.utilization),
    unrouted,
    seeds: placed.map(({ seed, mhz, path }) => ({ seed, mhz: Number(mhz.toFixed(2)), path })),
    median_mhz: middle && Number(middle.mhz.toFixed(2)),
    critical_path: middle?.path,
    modules: netlist.modules,
    memories: netlist.memories,
    seconds: Math.round((performance.now() - started) / 1000),
  };
  return { result, problems: netlist.problems };
}

/** As measure; a tool that gives up, as where the part is too small, is a problem of this build and not of the next. */
async function attempt(tools, build, contract, seeds) {
  try {
    const { result, problems } = await measure(tools, build, contract, seeds);
    const { median_mhz: mhz, critical_path: path, seconds } = result;
    console.log(`${build.name}: ${mhz === undefined ? 'mapped' : `${mhz} MHz, ${pathText(path)}`} (${seconds} s)`);
    return { result, problems };
  } catch (error) {
    if (!(error instanceof ToolFailed)) throw error;
    return { result: undefined, problems: [error.message] };
  }
}

const pathText = ({ from, to, ns }) => `${ns} ns from ${from} to ${to}`;

/** @returns {string[]} what a quick run holds against the recorded one */
function compared(name, result, recorded) {
  const before = recorded.builds[name]?.median_mhz;
  if (before === undefined || result.median_mhz === undefined || result.median_mhz >= QUICK_FLOOR * before) return [];
  return [`${result.median_mhz} MHz with one placement; ${before} MHz are recorded (median)`];
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  if (options.report) return writePage();
  const tools = await hdlTools('synth');
  await prepare({ kind: 'run', quiet: true });
  const contract = await import('../dist/contract/definition.js');
  const tooling = { tools: toolVersions(tools), date: new Date().toISOString().slice(0, 10) };
  let failed = 0;
  const chosen = chosenBuilds(options);
  for (const build of chosen) {
    const { result, problems } = await attempt(tools, build, contract, options.quick ? 1 : options.seeds);
    const results = readResults();
    if (options.quick && result !== undefined) problems.push(...compared(build.name, result, results));
    for (const problem of problems) console.log(`FAILED ${build.name}: ${problem}`);
    if (problems.length > 0) failed += 1;
    if (options.quick) continue;
    // What could not be built now has no figure: an older one would be of other sources.
    results.builds[build.name] = problems.length === 0 ? result : undefined;
    writeResults({ ...results, ...tooling });
    writePage();
  }
  console.log(`${chosen.length - failed} passed, ${failed} failed, 0 skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof HdlToolsMissing)) throw error;
  console.log(`NOT RUN: ${error.message}`);
  process.exitCode = STATUS_NOT_RUN;
}
