// `npm run prove [-- OPTIONS]`: the proofs listed in hdl/formal/proofs.json, two at a time, by Yosys and an SMT solver.
//
// A proof: { name, top, files, parameters, mode, depth, ... }
//   files       of hdl/formal, or of hdl/rtl where it is not there; other modules are found in hdl/rtl and hdl/link
//   parameters  of the top
//   mode        'bmc': no assertion fails within depth steps; 'induction': that, and depth steps without a failure
//               imply the next, so none ever fails; 'cover': every cover statement is reached within depth steps
//   seconds     about how long it takes; ten times that, and at least two minutes, ends it as failed
//   ci          false: only when it is asked for
//   solver      'yices' unless given; flags: more for yosys-smtbmc
//   passes      Yosys passes between reading and writing, where not DEFAULT_PASSES
//   defines     macros; so one source may hold a wrong property, with expect: 'fail', to show that the proof can fail
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HdlToolsMissing, hdlTools } from './hdl-tools.mjs';
import { ROOT } from './node-version.mjs';
import { closingLine, NOT_RUN } from './verdict.mjs';

const USAGE = `usage: npm run prove [-- OPTIONS]
  --ci               without the proofs that take long
  --only NAME        of the list; may be repeated
  --jobs N           at a time, 2 unless given
  --manifest FILE    another list
  --rtl FOLDER       other sources than hdl/rtl`;
const LINK = join(ROOT, 'hdl', 'link');
const JOBS = 2;
const STATUS_NOT_RUN = 77;
const LEAST_LIMIT_S = 120;
const SHOWN_LINES = 12;
/** Memories become registers with free first contents: a proof may not lean on what a memory starts with. */
const DEFAULT_PASSES = ['proc', 'flatten', 'opt_clean', 'memory -nordff -nomap', 'memory_map -formal', 'opt_clean'];
const LAST_PASSES = ['async2sync', 'dffunmap', 'opt_clean'];
const MODES = {
  bmc: [['base', []]],
  induction: [
    ['base', []],
    ['step', ['-i']],
  ],
  cover: [['cover', ['-c']]],
};

/**
 * @typedef {object} Proof
 * @property {string} name
 * @property {string} top
 * @property {string[]} files
 * @property {Record<string, number>} [parameters]
 * @property {'bmc' | 'induction' | 'cover'} mode
 * @property {number} depth
 * @property {number} seconds
 * @property {boolean} ci
 * @property {string} [solver]
 * @property {string[]} [flags]
 * @property {string[]} [passes]
 * @property {string[]} [defines]
 * @property {'pass' | 'fail'} [expect]
 * @typedef {{ rtl: string, formal: string, work: string, tools: import('./hdl-tools.mjs').HdlTools }} Place
 */

/** @returns {Proof[]} @throws {Error} naming the proof that is not of the form above */
export function readProofs(manifest) {
  const proofs = JSON.parse(readFileSync(manifest, 'utf8'));
  for (const proof of proofs) {
    const texts = [proof.name, proof.top].every((text) => typeof text === 'string' && text !== '');
    const numbers = [proof.depth, proof.seconds].every((number) => Number.isFinite(number) && number > 0);
    const known = MODES[proof.mode] !== undefined && typeof proof.ci === 'boolean' && Array.isArray(proof.files);
    if (!texts || !numbers || !known) throw new Error(`${basename(manifest)}: incomplete: ${JSON.stringify(proof)}`);
  }
  return proofs;
}

/** The sandbox of YoWASP does not see a clone below the temporary folder but by its own working folder. */
const fromRoot = (path) => relative(ROOT, resolve(ROOT, path));

/** @param {Proof} proof @param {Place} place */
function yosysScript(proof, { rtl, formal }, smt) {
  const files = proof.files.map((file) =>
    fromRoot([join(formal, file), join(rtl, file)].find((path) => existsSync(path)) ?? file),
  );
  const library = [rtl, LINK].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.v') && !files.some((file) => basename(file) === name))
      .map((name) => fromRoot(join(folder, name))),
  );
  const defines = (proof.defines ?? []).map((macro) => `-D${macro}`);
  const options = ['-formal', '-defer', ...defines, `-I${fromRoot(rtl)}`, `-I${fromRoot(formal)}`, '-Ihdl/generated'];
  const parameters = Object.entries(proof.parameters ?? {}).flatMap(([name, value]) => ['-chparam', name, `${value}`]);
  return [
    `read_verilog ${[...options, ...library, ...files].join(' ')}`,
    `hierarchy -check -top ${proof.top} ${parameters.join(' ')}`,
    ...(proof.passes ?? DEFAULT_PASSES),
    ...LAST_PASSES,
    'check',
    `write_smt2 -wires ${fromRoot(smt)}`,
  ].join('\n');
}

/** Groups that run: they are not ended with this process by themselves. */
const groups = new Set();

function endGroups() {
  for (const pid of groups) process.kill(-pid, 'SIGKILL');
  process.exit(1);
}

/** A group of its own, so that the solver ends with the program that started it. */
function run(command, args, { cwd, env, limitMs }) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    if (child.pid !== undefined) groups.add(child.pid);
    let output = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      process.kill(-child.pid, 'SIGKILL');
    }, limitMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('error', (error) => {
      clearTimeout(timer);
      done({ code: 127, output: error.message });
    });
    child.on('close', (code) => {
      groups.delete(child.pid);
      clearTimeout(timer);
      done({ code: late ? 124 : (code ?? 128), output: late ? `${output}\nended after ${limitMs / 1000} s` : output });
    });
  });
}

/**
 * @param {Proof} proof
 * @param {Place} place
 * @returns {Promise<{ proof: Proof, ok: boolean, outcome: string, seconds: number, output: string }>}
 */
async function prove(proof, place) {
  const started = performance.now();
  const { output, outcome } = await proofOutcome(proof, place);
  const seconds = (performance.now() - started) / 1000;
  const ok = outcome === (proof.expect === 'fail' ? 'fails' : 'holds');
  return { proof, ok, outcome, seconds, output };
}

/** outcome: 'holds', 'fails' with a counterexample, 'unproven' where only the induction does not go through, 'error' */
async function proofOutcome(proof, place) {
  const folder = join(place.work, proof.name.replace(/[^\w.-]+/g, '-'));
  mkdirSync(folder, { recursive: true });
  const script = join(folder, 'model.ys');
  const smt = join(folder, 'model.smt2');
  writeFileSync(script, `${yosysScript(proof, place, smt)}\n`);
  const { bin, env } = place.tools;
  const limitMs = Math.max(LEAST_LIMIT_S, 10 * proof.seconds) * 1000;
  const made = await run(join(bin, 'yowasp-yosys'), ['-q', '-s', fromRoot(script)], { cwd: ROOT, env, limitMs });
  if (made.code !== 0) return { outcome: 'error', output: made.output };
  let output = made.output;
  for (const [part, flags] of MODES[proof.mode]) {
    const trace = ['--dump-vcd', join(folder, `${part}.vcd`)];
    const solver = ['-s', proof.solver ?? 'yices', '--noprogress', '-t', `${proof.depth}`, ...(proof.flags ?? [])];
    const ended = await run(join(bin, 'yowasp-yosys-smtbmc'), [...flags, ...solver, ...trace, smt], {
      cwd: folder,
      env,
      limitMs,
    });
    output += ended.output;
    const said = /Status: (\w+)/.exec(ended.output)?.[1];
    if (ended.code === 0 && said === 'PASSED') continue;
    if (said !== 'FAILED') return { outcome: 'error', output };
    return { outcome: part === 'step' ? 'unproven' : 'fails', output };
  }
  return { outcome: 'holds', output };
}

function report({ proof, ok, outcome, seconds, output }) {
  const what = `${proof.mode} ${proof.depth}`.padEnd(14);
  const times = `${seconds.toFixed(1)} s`.padStart(9);
  const wanted = proof.expect === 'fail' ? ', as it must' : '';
  console.log(`${proof.name.padEnd(40)} ${what}${times}  ${outcome}${ok ? wanted : ' FAILED'}`);
  if (ok) return;
  const lines = output.trimEnd().split('\n');
  const telling = lines.filter((line) => /ERROR|Assert failed|Unreached|Value for|BMC failed|Temporal/i.test(line));
  for (const line of (telling.length > 0 ? telling : lines).slice(-SHOWN_LINES)) console.log(`    ${line}`);
}

function parseArguments(argv) {
  const manifest = join(ROOT, 'hdl', 'formal', 'proofs.json');
  const options = { ci: false, only: [], jobs: JOBS, manifest, rtl: 'hdl/rtl' };
  for (let i = 0; i < argv.length; i += 1) {
    if (argv[i] === '--ci') options.ci = true;
    else if (argv[i] === '--only' && argv[i + 1] !== undefined) options.only.push(argv[++i]);
    else if (argv[i] === '--jobs' && /^[1-9]\d*$/.test(argv[i + 1])) options.jobs = Number(argv[++i]);
    else if (argv[i] === '--manifest' && argv[i + 1] !== undefined) options.manifest = resolve(argv[++i]);
    else if (argv[i] === '--rtl' && argv[i + 1] !== undefined) options.rtl = argv[++i];
    else return undefined;
  }
  return options;
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  if (options === undefined) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const chosen = readProofs(options.manifest)
    .filter(({ ci }) => ci || !options.ci)
    .filter(({ name }) => options.only.length === 0 || options.only.includes(name))
    .sort((a, b) => b.seconds - a.seconds);
  let tools;
  try {
    tools = await hdlTools('test');
  } catch (error) {
    if (!(error instanceof HdlToolsMissing)) throw error;
    console.log(`${NOT_RUN} ${error.message}`);
    process.exitCode = STATUS_NOT_RUN;
    return;
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, endGroups);
  // Of this run alone: another may prove the same at the same time.
  const work = join(ROOT, 'build', 'prove', `${process.pid}`);
  const place = { rtl: resolve(ROOT, options.rtl), formal: resolve(options.manifest, '..'), work, tools };
  let passed = 0;
  let failed = 0;
  const worker = async () => {
    for (let proof = chosen.shift(); proof !== undefined; proof = chosen.shift()) {
      const result = await prove(proof, place);
      if (result.ok) passed += 1;
      else failed += 1;
      report(result);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
  if (failed === 0) rmSync(work, { recursive: true, force: true });
  else console.log(`traces and models: build/prove/${process.pid}`);
  console.log(closingLine({ passed, failed, skipped: 0 }));
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
