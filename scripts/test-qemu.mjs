// `npm run test:qemu [-- OPTIONS]`: the shipped host code in a QEMU guest, a simulated board outside.
//
// The guest's PCI bus carries two devices with a memory BAR, each a file of this machine: that of `gatebook board sim`,
// and one that is no board. The guest opens the board as it would a card; what it must find is decided here, by the
// software engine. --port: that board's BAR file, served by another process already; --log keeps what the guest printed.
// Status 77 where QEMU or the simulation cannot be had.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ROOT, requireNode } from './node-version.mjs';
import { prepare } from './prepare.mjs';
import { runGuest } from './qemu-guest.mjs';
import { QemuMissing, qemuMachine } from './qemu-machine.mjs';
import { ANSWER, ANSWER_AT, BOARD_SLOT, boots, equal, findings, OTHER_SLOT, summaryOf, WORD } from './qemu-steps.mjs';
import { report } from './results.mjs';
import { closingLine, judge, NOT_RUN } from './verdict.mjs';

const USAGE = 'usage: npm run test:qemu [-- [--board NAME] [--port FILE] [--log FILE]]';
const STATUS_NOT_RUN = 77;
const FOLDER = join(ROOT, 'build', 'qemu');
const SESSION = 'data/btc-updown-15m-2026-04-01.capture';
const PROGRAM = join(ROOT, 'test', 'qemu', 'program.ndjson');
const BOARD = 'litefury';
const GUEST_SECONDS = 900;
/** Building the simulation is part of it. */
const BOARD_SECONDS = 600;
const HERE_SECONDS = 120;

/** Runs the command on this machine. */
function here(args, input = '') {
  const options = { cwd: ROOT, input, encoding: 'utf8', timeout: HERE_SECONDS * 1000 };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/gatebook.js', ...args], options);
  if (status !== 0) throw new Error(`gatebook ${args[0]} on this machine: status ${status}: ${stderr}`);
  return stdout;
}

/** What the software makes of session and program under the profile of the board. */
async function factsFor(board) {
  const load = async (path) => await import(pathToFileURL(join(ROOT, 'dist/contract', path)).href);
  const bar = await load('generated/transports.js');
  const { PROFILE_FIELDS } = await load('definition.js');
  const { profile: built } = JSON.parse(readFileSync(join(ROOT, 'hdl', 'boards', board, 'board.json'), 'utf8'));
  const fields = Array.isArray(built) ? PROFILE_FIELDS.map(({ name }, at) => `${name}=${built[at]}`) : [built];
  const engine = ['--engine', 'software', '--profile', fields.join(',')];
  const summary = summaryOf(here(['replay', SESSION, '--json', ...engine]));
  const events = createHash('sha256')
    .update(here(['exec', ...engine], readFileSync(PROGRAM)))
    .digest('hex');
  return { session: SESSION, summary, events, bar };
}

/** @returns {Promise<{ port: string, end: () => Promise<string> }>} the file of the BAR; end tells how it ended */
async function startBoard(board) {
  const args = ['bin/gatebook.js', 'board', 'sim', '--board', board, '--json', '--time-limit', '3600'];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise((done) => child.once('close', (status, signal) => done(`status ${status ?? signal}`)));
  const first = new Promise((done) => createInterface({ input: child.stdout }).once('line', done));
  const late = new Promise((done) => setTimeout(done, BOARD_SECONDS * 1000, undefined).unref());
  const line = await Promise.race([first, ended.then(() => undefined), late]);
  if (line === undefined) {
    kill();
    throw new QemuMissing(`a simulation of ${board}: gatebook board sim --board ${board}`);
  }
  const end = async () => {
    child.kill('SIGTERM');
    const how = await Promise.race([ended, new Promise((done) => setTimeout(done, 10_000, 'still runs').unref())]);
    process.removeListener('exit', kill);
    if (child.exitCode === null) kill();
    return how;
  };
  return { port: JSON.parse(line).port, end };
}

function otherDevice(bytes) {
  const file = join(FOLDER, 'other.bar');
  const memory = Buffer.alloc(bytes);
  memory.writeUInt32LE(WORD, 0);
  writeFileSync(file, memory);
  return file;
}

async function main({ board, port: served, log }) {
  mkdirSync(FOLDER, { recursive: true });
  const { addon } = await prepare({ kind: 'run' });
  if (addon !== 'built') throw new QemuMissing('the native addon: npm run addon');
  const machine = qemuMachine(FOLDER, console.log);
  const facts = await factsFor(board);
  const bytes = facts.bar.BAR_BYTES;
  const other = otherDevice(bytes);
  const { port, end } = served === undefined ? await startBoard(board) : { port: served, end: undefined };
  const memories = [
    { slot: OTHER_SLOT, file: other, bytes },
    { slot: BOARD_SLOT, file: port, bytes },
  ];
  const head = `${machine.version}; guest: Linux ${machine.kernelVersion}, Node ${process.version}; board: ${board}\n`;
  process.stdout.write(head);
  const printed = [head];
  const found = [];
  for (const { name, kernelOptions, steps } of boots(facts)) {
    const files = { '/program.ndjson': readFileSync(PROGRAM) };
    const show = (text) => process.stdout.write(text);
    const limits = { seconds: GUEST_SECONDS, show };
    const run = await runGuest({ machine, folder: FOLDER, kernelOptions, memories, steps, files, ...limits });
    const time = `\nguest (${name}): ended by ${run.ended} after ${run.seconds.toFixed(1)} s\n`;
    process.stdout.write(time);
    printed.push(run.console, time);
    found.push(...findings({ name, steps }, run));
  }
  const word = (file, at) => readFileSync(file).readUInt32LE(at);
  found.push(['what the guest wrote is read here', equal(word(other, ANSWER_AT), ANSWER)]);
  const lines = word(port, facts.bar.MAP_CONTROL + facts.bar.CONTROL_COMMAND_LINES);
  found.push(['the simulated board has taken commands', lines > 0 || `${lines} lines`]);
  if (end !== undefined) found.push(['the simulated board ends when it is told to', equal(await end(), 'status 0')]);
  conclude(found, printed, log);
}

function conclude(found, printed, log) {
  const lines = found.map(([name, finding]) => (finding === true ? `ok     ${name}` : `FAILED ${name}: ${finding}`));
  const results = found.map(([name, finding]) => ({ name, state: finding === true ? 'passed' : 'failed' }));
  const verdict = judge({ results, skips: [], where: 'user', atLeast: found.length });
  console.log(`\n${lines.join('\n')}`);
  report('qemu', verdict);
  console.log(closingLine(verdict));
  if (log !== undefined) writeFileSync(log, readable([...printed, '\n', ...lines].join('\n')));
}

/** Without what the firmware sends to a terminal, and without line ends of one. */
const readable = (text) =>
  `${text
    .replace(/\r/g, '')
    .replace(/[^\n]*SeaBIOS.*?(?=\n== )/gs, '')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;

function options() {
  try {
    const known = { board: { type: 'string', default: BOARD }, port: { type: 'string' }, log: { type: 'string' } };
    return parseArgs({ options: known }).values;
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

requireNode();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
try {
  await main(options());
} catch (error) {
  if (!(error instanceof QemuMissing)) throw error;
  console.log(`${NOT_RUN} ${error.message}`);
  process.exitCode = STATUS_NOT_RUN;
}
