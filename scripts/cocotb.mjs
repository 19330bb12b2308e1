// `npm run cocotb [-- OPTIONS]`: the benches of sim/cocotb on their simulators, two at a time.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HdlToolsMissing, hdlTools } from './hdl-tools.mjs';
import { ROOT } from './node-version.mjs';
import { prepare } from './prepare.mjs';
import { closingLine, NOT_RUN } from './verdict.mjs';

const USAGE = `usage: npm run cocotb [-- OPTIONS]
  --bench NAME       of sim/cocotb/benches.json; all but the long ones unless given
  --long             the long ones alone
  --simulator NAME   verilator or icarus
  --test REGEX       only the tests whose name it finds
  --seed N           of everything random, 1 unless given; 'commit': drawn from the commit
  --scale N          random programs N times as long
  --jobs N           benches at a time, 2 unless given
  --rtl FOLDER       other sources than hdl/rtl
  --waves            leaves a wave dump in build/cocotb/SIMULATOR/BENCH`;
const JOBS = 2;
const STATUS_NOT_RUN = 77;
const LIMIT_MS = 30 * 60_000;
const SHOWN_LOG_LINES = 40;

/**
 * @typedef {{ name: string, simulators: string[], long?: string[] }} Bench
 *   long: the simulators with which it is none of `npm test`: it takes too long, or a shorter one shows the same
 */

/** @returns {Bench[]} */
const readBenches = () => JSON.parse(readFileSync(join(ROOT, 'sim', 'cocotb', 'benches.json'), 'utf8'));

const isLong = ({ long = [] }, simulator) => long.includes(simulator);

/**
 * Runs benches. Without the tools, or without its simulator, a bench counts as one check that was not run.
 * @param {object} [options]
 * @param {string} [options.bench]
 * @param {boolean} [options.long]
 * @param {string} [options.simulator]
 * @param {string[]} [options.flags] for sim/cocotb/run.py
 * @param {number} [options.scale]
 * @param {number} [options.jobs] benches at a time
 * @param {(line: string) => void} [options.log] told of failures
 * @returns {Promise<import('./verdict.mjs').Result[]>}
 */
export async function runBenches(options = {}) {
  const { bench, long = false, simulator, flags = [], scale = 1, jobs = JOBS, log = console.log } = options;
  const runs = readBenches()
    .flatMap((each) => each.simulators.map((one) => ({ bench: each.name, simulator: one, long: isLong(each, one) })))
    .filter((run) => (bench === undefined ? run.long === long : run.bench === bench))
    .filter((run) => simulator === undefined || run.simulator === simulator)
    // What takes longest first: the compiler is at work while the short ones run.
    .sort((a, b) => Number(b.simulator === 'verilator') - Number(a.simulator === 'verilator'));
  let tools;
  try {
    tools = await hdlTools('test', { log });
  } catch (error) {
    if (!(error instanceof HdlToolsMissing)) throw error;
    return runs.map((run) => ({ name: nameOf(run), state: 'skipped', note: `${NOT_RUN} ${error.message}` }));
  }
  const env = { ...tools.env, GATEBOOK_NODE: process.execPath, GATEBOOK_COCOTB_SCALE: `${scale}` };
  const results = [];
  const work = async () => {
    for (let run = runs.shift(); run !== undefined; run = runs.shift()) {
      results.push(...(await runOne(run, { tools, env, flags, log })));
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return results;
}

const nameOf = (run) => `cocotb > ${run.bench} (${run.simulator})`;

async function runOne(run, { tools, env, flags, log }) {
  const name = nameOf(run);
  if (run.simulator === 'icarus' && tools.iverilog === undefined) {
    return [{ name, state: 'skipped', note: `${NOT_RUN} Icarus Verilog (iverilog) on the path` }];
  }
  const folder = join(ROOT, 'build', 'cocotb', run.simulator, run.bench);
  rmSync(join(folder, 'results.json'), { force: true });
  const output = await start(tools.python, ['sim/cocotb/run.py', run.bench, run.simulator, ...flags], env);
  if (!existsSync(join(folder, 'results.json'))) {
    log(`${name}: left no results\n${output}`);
    return [{ name, state: 'failed' }];
  }
  const { tests, problem } = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
  const failed = tests.filter((test) => test.state === 'failed');
  for (const test of failed) log(`${name} > ${test.name}: ${test.note}`);
  if (problem !== null) log(`${name}: ${problem}\n${endOfLog(folder)}`);
  if (problem !== null || failed.length > 0) log(`${name}: logs in ${folder.slice(ROOT.length + 1)}`);
  const results = tests.map((test) => ({ name: `${name} > ${test.name}`, state: test.state, note: test.note }));
  return problem === null ? results : [...results, { name: `${name} > the run itself`, state: 'failed' }];
}

function endOfLog(folder) {
  const path = ['run.log', 'build.log'].map((name) => join(folder, name)).find((each) => existsSync(each));
  return path === undefined ? '' : readFileSync(path, 'utf8').trimEnd().split('\n').slice(-SHOWN_LOG_LINES).join('\n');
}

function start(command, args, env) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('error', (error) => done(error.message));
    child.on('close', () => done(output));
  });
}

function parseArguments(argv) {
  const options = { flags: [] };
  for (let i = 0; i < argv.length; i += 1) {
    const name = argv[i];
    const value = argv[i + 1];
    if (name === '--waves') options.flags.push(name);
    if (name === '--long') options.long = true;
    if (name === '--waves' || name === '--long') continue;
    i += 1;
    if (value === undefined) return undefined;
    if (name === '--bench' || name === '--simulator') options[name.slice(2)] = value;
    else if ((name === '--scale' || name === '--jobs') && /^[1-9]\d*$/.test(value)) {
      options[name.slice(2)] = Number(value);
    } else if (name === '--seed') options.flags.push(name, value === 'commit' ? seedOfCommit() : value);
    else if (name === '--test' || name === '--rtl') options.flags.push(name, value);
    else return undefined;
  }
  return options;
}

function seedOfCommit() {
  const head = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).stdout;
  return `${Number.parseInt(head.slice(0, 7) || '1', 16)}`;
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  if (options === undefined) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  await prepare({ kind: 'run', steps: ['install', 'compile'], quiet: true });
  const results = await runBenches(options);
  const count = (state) => results.filter((result) => result.state === state).length;
  for (const { name, note } of results.filter((result) => result.state === 'skipped')) console.log(`${name}: ${note}`);
  if (options.flags.includes('--seed')) console.log(`seed ${options.flags[options.flags.indexOf('--seed') + 1]}`);
  console.log(closingLine({ passed: count('passed'), failed: count('failed'), skipped: count('skipped') }));
  if (count('failed') > 0 || results.length === 0) process.exitCode = 1;
  else if (count('passed') === 0) {
    // As a campaign: its last line says what it would take.
    console.log(results[0].note);
    process.exitCode = STATUS_NOT_RUN;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
