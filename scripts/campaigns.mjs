// Longer checks than `npm test` has time for; CI runs them after it, two at a time: each keeps one core busy.
// A campaign that cannot run here ends with status 77, its last line saying `NOT RUN: <what it would take>`.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ROOT } from './node-version.mjs';
import { CAMPAIGN, readSkips, report, timedStep, WHERE } from './results.mjs';
import { closingLine, judge } from './verdict.mjs';

/**
 * Begun in this order, so what takes longest stands first.
 * @type {{ name: string, command: string[], minutes: number }[]} minutes: after which it is ended and has failed
 */
const CAMPAIGNS = [
  { name: 'hardware, quick', command: ['node', 'scripts/synth.mjs', '--quick'], minutes: 25 },
  { name: 'bitstreams', command: ['node', 'scripts/bitstreams.mjs', '--check'], minutes: 30 },
  { name: 'proofs', command: ['node', 'scripts/prove.mjs', '--ci', '--jobs', '1'], minutes: 20 },
  {
    name: 'benches, the long ones',
    command: ['node', 'scripts/cocotb.mjs', '--long', '--jobs', '1'],
    minutes: 20,
  },
  {
    name: 'mutants of the Verilog',
    command: ['node', 'scripts/mutants.mjs', '--engine', 'rtl', '--tenth', 'commit'],
    minutes: 15,
  },
  {
    name: 'benches, longer',
    command: ['node', 'scripts/cocotb.mjs', '--bench', 'kernel', '--scale', '4', '--seed', 'commit', '--jobs', '1'],
    minutes: 12,
  },
  {
    name: 'properties, longer',
    command: ['env', 'GATEBOOK_FC_RUNS=3000', 'node', 'scripts/tool.mjs', 'vitest', 'run', 'test/oracle'],
    minutes: 15,
  },
  { name: 'mutants', command: ['node', 'scripts/mutants.mjs', '--engine', 'software,native'], minutes: 12 },
  {
    name: 'mutants of the host',
    command: ['node', 'scripts/mutants.mjs', '--engine', 'host,link', '--tenth', 'commit'],
    minutes: 10,
  },
  {
    name: 'link faults at the byte port',
    command: ['node', 'scripts/link-faults.mjs', '--faults', '100000', '--seed', 'commit'],
    minutes: 10,
  },
  {
    name: 'link faults at the pins',
    command: ['node', 'scripts/link-faults.mjs', '--pins', '--faults', '1000', '--seed', 'commit'],
    minutes: 10,
  },
  {
    name: 'faults of the BAR',
    command: ['node', 'scripts/link-faults.mjs', '--bar', '--faults', '20000', '--seed', 'commit'],
    minutes: 10,
  },
  { name: 'fresh programs on the RTL', command: ['node', 'scripts/verify-rtl-log.mjs', 'fresh'], minutes: 8 },
  {
    name: 'mutated frames',
    command: [
      'env',
      'GATEBOOK_FUZZ_FRAMES=200000',
      'node',
      'scripts/tool.mjs',
      'vitest',
      'run',
      'test/feed/fuzz.test.ts',
    ],
    minutes: 5,
  },
  { name: 'fresh programs on both engines', command: ['node', 'scripts/verify-log.mjs', 'fresh'], minutes: 5 },
  { name: 'logged segments made again', command: ['node', 'scripts/verify-log.mjs', 'sample'], minutes: 5 },
];

const STATUS_NOT_RUN = 77;

/** Its lines carry its name, so that a count that it prints is not taken for the count of the whole run. */
function run({ name, command, minutes }) {
  return new Promise((done) => {
    const [program, ...args] = command;
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], timeout: minutes * 60_000 });
    let last = '';
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      if (line.trim() !== '') last = line;
      console.log(`[${name}] ${line}`);
    });
    child.on('error', (error) => done({ status: 1, last: error.message }));
    child.on('close', (status, signal) => {
      if (signal !== null) console.log(`[${name}] ended by ${signal} (limit: ${minutes} minutes)`);
      done({ status: status ?? 1, last });
    });
  });
}

const AT_ONCE = 2;

const results = [];
const waiting = [...CAMPAIGNS];
async function inTurn() {
  for (let campaign = waiting.shift(); campaign !== undefined; campaign = waiting.shift()) {
    const name = CAMPAIGN + campaign.name;
    await timedStep(name, async () => {
      const { status, last } = await run(campaign);
      const state = status === 0 ? 'passed' : status === STATUS_NOT_RUN ? 'skipped' : 'failed';
      results.push({ name, state, note: last });
      return state !== 'failed';
    });
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
const verdict = judge({ results, skips: readSkips(true), where: WHERE, atLeast: 0 });
report('campaigns', verdict);
console.log(CAMPAIGNS.length === 0 ? 'campaigns: none are listed' : `campaigns: ${closingLine(verdict)}`);
