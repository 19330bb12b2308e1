// How a bug in hdl/rtl is put to the test. `Killed-by:` of its patch names one of
//   sim/cocotb/BENCH/SIMULATOR :: <test of the bench>
//   hdl/formal :: <name of a proof>
//   test/... :: <test of vitest>, which finds the verilated kernels built anew
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const RUN_TIMEOUT_MS = 300_000;
const BENCH = /^sim\/cocotb\/([\w-]+)\/(icarus|verilator)$/;
const PROOFS = 'hdl/formal';

/** Whether a patch is killed by vitest, for which its bug has to be built into the addon. */
export const needsVerilatedAddon = ({ engine, file }) => engine === 'rtl' && !BENCH.test(file) && file !== PROOFS;

/** What it would take to run the patch here; undefined where it can run. */
export function missingFor({ file }, tools) {
  return BENCH.exec(file)?.[2] === 'icarus' && tools.iverilog === undefined ? 'Icarus Verilog (iverilog)' : undefined;
}

/** @returns {string | undefined} why the kernels of the work folder do not build */
export function buildVerilated(work, tools) {
  const env = { ...tools.env, VERILATOR_ROOT: tools.verilatorRoot };
  const built = spawnSync(process.execPath, [join(work, 'scripts', 'build-verilator.mjs')], {
    cwd: work,
    env,
    encoding: 'utf8',
    timeout: RUN_TIMEOUT_MS,
  });
  return built.status === 0 ? undefined : (built.stderr + built.stdout).slice(-1500);
}

/**
 * Runs the bench or the proof that the patch names, on the sources of the work folder.
 * @returns {string} 'failed', 'passed', or why it says neither
 */
export function runHardwareTest(work, { file, test }, tools) {
  const bench = BENCH.exec(file);
  return bench === null ? runProof(work, test, tools) : runBench(work, bench[1], bench[2], test, tools);
}

function runBench(work, bench, simulator, test, tools) {
  const results = join(work, 'build', 'cocotb', simulator, bench, 'results.json');
  rmSync(results, { force: true });
  const filter = `${test.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
  const args = ['sim/cocotb/run.py', bench, simulator, '--test', filter];
  const env = { ...tools.env, GATEBOOK_NODE: process.execPath };
  const ran = spawnSync(tools.python, args, { cwd: work, env, encoding: 'utf8', timeout: RUN_TIMEOUT_MS });
  if (ran.error) return ran.error.message;
  let report;
  try {
    report = JSON.parse(readFileSync(results, 'utf8'));
  } catch {
    return `no report: ${(ran.stderr + ran.stdout).slice(-600)}`;
  }
  const { tests, problem } = report;
  // Where it does not build, or ends before its end, the bug was not found: it stopped the search.
  if (problem !== null) return problem;
  return tests.some(({ state }) => state === 'failed') ? 'failed' : 'passed';
}

function runProof(work, name, tools) {
  const args = [join(work, 'scripts', 'prove.mjs'), '--only', name];
  const ran = spawnSync(process.execPath, args, {
    cwd: work,
    env: tools.env,
    encoding: 'utf8',
    timeout: RUN_TIMEOUT_MS,
  });
  if (ran.error) return ran.error.message;
  if (/^1 passed, 0 failed/m.test(ran.stdout)) return 'passed';
  // A bug is found by a counterexample, or where the induction does not go through any more.
  if (/ (fails|unproven) FAILED$/m.test(ran.stdout)) return 'failed';
  return `no verdict: ${(ran.stderr + ran.stdout).slice(-600)}`;
}
