// `npm run test:qemu [-- --log FILE]`: the shipped host code in a QEMU guest, whose PCI bus carries shared memory.
//
// Two devices with a memory BAR of BAR_BYTES lie on the guest's bus, each a file of this machine: the board's, and one
// before it that is no board. --log keeps what the guest printed. Status 77 where QEMU cannot be had.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, requireNode } from './node-version.mjs';
import { prepare } from './prepare.mjs';
import { runGuest } from './qemu-guest.mjs';
import { QemuMissing, qemuMachine } from './qemu-machine.mjs';
import { report } from './results.mjs';
import { closingLine, judge, NOT_RUN } from './verdict.mjs';

const USAGE = 'usage: npm run test:qemu [-- --log FILE]';
const STATUS_NOT_RUN = 77;
const FOLDER = join(ROOT, 'build', 'qemu');
const SESSION = 'data/btc-updown-15m-2026-04-01.capture';
const PROGRAM = 'test/qemu/program.ndjson';
const GUEST_SECONDS = 600;
const HOST_SECONDS = 120;
/** Places on the guest's bus: the other one is found first. */
const OTHER_SLOT = 4;
const address = (slot) => `0000:00:0${slot}.0`;

/** Written on one side of the other device's memory and read on the other. */
const WORD = 0x6b7c8d9e;
const ANSWER_AT = 8;
const ANSWER = 0x13572468;

const gatebook = (...args) => ['node', 'bin/gatebook.js', ...args];
const shell = (text) => ['sh', '-c', text];

const LIST_BUS = `cd /sys/bus/pci/devices
for d in *; do
  echo "$d $(cat $d/class) $(cat $d/vendor):$(cat $d/device) driver: $(basename "$(readlink $d/driver)")"
  for r in $d/resource[0-9] $d/resource[0-9]_wc; do [ -e $r ] && echo "    $(basename $r) $(stat -c %s $r) bytes"; done
done
true`;

/** Through /dev/mem, which knows nothing of this project. */
const USE_MEMORY = `a=$(sed -n '3s/ .*//p' /sys/bus/pci/devices/${address(OTHER_SLOT)}/resource)
devmem $a 32 && devmem $((a + ${ANSWER_AT})) 32 ${ANSWER}`;

const STEPS = [
  { name: 'bus', command: shell(LIST_BUS), seconds: 30 },
  { name: 'memory', command: shell(USE_MEMORY), seconds: 30 },
  { name: 'engines', command: gatebook('engines'), seconds: 60 },
  { name: 'native', command: gatebook('replay', SESSION, '--engine', 'native', '--json'), seconds: 120 },
  { name: 'exec', command: gatebook('exec', '--engine', 'native'), input: '/program.ndjson', seconds: 60 },
];

/** Last line of a replay that ran with --json; empty where there is none. */
function summaryOf(stdout) {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1));
  } catch {
    return {};
  }
}

/** Runs the command on this machine, where the guest's results are judged by it. */
function here(args, input = '') {
  const options = { cwd: ROOT, input, encoding: 'utf8', timeout: HOST_SECONDS * 1000 };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/gatebook.js', ...args], options);
  if (status !== 0) throw new Error(`gatebook ${args[0]} on this machine: status ${status}: ${stderr}`);
  return stdout;
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hex = (word) => `0x${word.toString(16).toUpperCase().padStart(8, '0')}`;

/** What must be so, by name: true, or what is so instead. */
function findings(run, other) {
  const step = (name) => run.results.find((result) => result.name === name) ?? { stdout: '', stderr: 'did not run' };
  const equal = (found, wanted) => found === wanted || `${found}, not ${wanted}`;
  const [expected, events] = [
    summaryOf(here(['replay', SESSION, '--engine', 'software', '--json'])),
    here(['exec', '--engine', 'software'], readFileSync(join(ROOT, PROGRAM))),
  ];
  const ended = (name) => equal(step(name).status, 0);
  return {
    'the guest runs all steps and switches itself off': equal(
      `${run.ended} after ${run.results.length} steps`,
      `itself after ${STEPS.length + 1} steps`,
    ),
    'the guest reads what was written here': equal(step('memory').stdout.trim(), hex(WORD)),
    'what the guest wrote is read here': equal(readFileSync(other).readUInt32LE(ANSWER_AT), ANSWER),
    'gatebook lists its engines in the guest': ended('engines'),
    'a replay in the guest: fence of the software': equal(summaryOf(step('native').stdout).crc32, expected.crc32),
    'a program in the guest: events of the software': equal(step('exec').sha256, sha256(events)),
  };
}

async function main() {
  const [option, log, ...rest] = process.argv.slice(2);
  if (rest.length > 0 || (option !== undefined && (option !== '--log' || log === undefined))) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  mkdirSync(FOLDER, { recursive: true });
  const { addon } = await prepare({ kind: 'run' });
  if (addon !== 'built') throw new QemuMissing('the native addon: npm run addon');
  const machine = qemuMachine(FOLDER, console.log);
  console.log(`${machine.version}; guest: Linux ${machine.kernelVersion}, Node ${process.version}`);
  const { BAR_BYTES } = await import(pathToFileURL(join(ROOT, 'dist/contract/generated/transports.js')).href);
  const other = join(FOLDER, 'other.bar');
  const memory = Buffer.alloc(BAR_BYTES);
  memory.writeUInt32LE(WORD, 0);
  writeFileSync(other, memory);
  const run = await runGuest({
    machine,
    folder: FOLDER,
    memories: [{ slot: OTHER_SLOT, file: other, bytes: BAR_BYTES }],
    steps: STEPS,
    files: { '/program.ndjson': readFileSync(join(ROOT, PROGRAM)) },
    seconds: GUEST_SECONDS,
    show: (text) => process.stdout.write(text),
  });
  console.log(`\nguest: ended by ${run.ended}, ${run.seconds.toFixed(1)} s`);
  const results = Object.entries(findings(run, other)).map(([name, found]) => {
    console.log(`${found === true ? 'ok    ' : 'FAILED'} ${name}${found === true ? '' : `: ${found}`}`);
    return { name, state: found === true ? 'passed' : 'failed' };
  });
  if (log !== undefined) writeFileSync(log, run.console);
  const verdict = judge({ results, skips: [], where: 'user' });
  report('qemu', verdict);
  console.log(closingLine(verdict));
}

requireNode();
try {
  await main();
} catch (error) {
  if (!(error instanceof QemuMissing)) throw error;
  console.log(`${NOT_RUN} ${error.message}`);
  process.exitCode = STATUS_NOT_RUN;
}
