// `npm run test:qemu [-- OPTIONS]`: the shipped host code in a QEMU guest, a simulated board outside.
//
// The guest's PCI bus carries two devices with a memory BAR, each a file of this machine: that of `gatebook board sim`,
// and one that is no board. The guest opens the board as it would a card; what it must find is decided here, by the
// software engine. Options: --board NAME; --port FILE, the BAR of that board, served by another process already; --log
// FILE for what the guest prints. Status 77 where QEMU or the simulation cannot be had.
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
import {
  ANSWER,
  ANSWER_AT,
  BOARD_SLOT,
  boots,
  equal,
  findings,
  OTHER_SLOT,
  SWITCH_OFF,
  summaryOf,
  WORD,
} from './qemu-steps.mjs';
import { report } from './results.mjs';
import { closingLine, judge, NOT_RUN } from './verdict.mjs';

const USAGE = 'usage: npm run test:qemu [-- [--board NAME] [--port FILE] [--log FILE]]';
const STATUS_NOT_RUN = 77;
const FOLDER = join(ROOT, 'build', 'qemu');
const SESSION = 'data/btc-updown-15m-2026-04-01.capture';
const PROGRAM = join(ROOT, 'test', 'qemu', 'program.ndjson');
const BOARD = 'litefury';
const GUEST_SECONDS = 1800;
/** Building the simulation is part of it. */
const BOARD_SECONDS = 600;
const HERE_SECONDS = 120;
const LIFE_SECONDS = 3600;
const END_SECONDS = 30;
const POLL_SECONDS = 0.05;

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
  return { capture: SESSION, summary, events, bar };
}

/**
 * Starts the simulation behind a file that stays when it ends.
 * @returns {Promise<{ port: string, end: () => Promise<string> }>} the file; end tells how it ended
 */
async function startBoard(board) {
  const port = join(FOLDER, 'board.bar');
  const args = ['bin/gatebook.js', 'board', 'sim', '--board', board, '--bar', port, '--time-limit', `${LIFE_SECONDS}`];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise((done) => child.once('close', (status, signal) => done(`status ${status ?? signal}`)));
  const first = new Promise((done) => createInterface({ input: child.stdout }).once('line', done));
  const line = await Promise.race([first, ended.then(() => undefined), after(BOARD_SECONDS, undefined)]);
  if (line === undefined) {
    kill();
    throw new QemuMissing(`a simulation of ${board}: gatebook board sim --board ${board}`);
  }
  const end = async () => {
    child.kill('SIGTERM');
    const how = await Promise.race([ended, after(END_SECONDS, 'still runs')]);
    process.removeListener('exit', kill);
    if (child.exitCode === null) kill();
    return how;
  };
  return { port, end };
}

/** Does not keep the process alive. */
const after = (seconds, value) => new Promise((done) => setTimeout(done, seconds * 1000, value).unref());

const wordOf = (file, at) => readFileSync(file).readUInt32LE(at);

/**
 * Ends the board in the step that is made for it, once a session has begun there and its commands are taken.
 * @returns {{ show: (text: string) => void, ended: () => Promise<string> }} show is to be told what the guest prints
 */
function switchOff({ port, end }, bar) {
  const control = (field) => wordOf(port, bar.MAP_CONTROL + field);
  let printed = '';
  let how;
  const watch = async (generation) => {
    while (control(bar.CONTROL_GENERATION) === generation || control(bar.CONTROL_COMMAND_LINES) === 0) {
      await after(POLL_SECONDS);
    }
    return await end();
  };
  const show = (text) => {
    process.stdout.write(text);
    printed += text;
    if (how === undefined && printed.includes(`== ${SWITCH_OFF}`)) how = watch(control(bar.CONTROL_GENERATION));
  };
  return { show, ended: () => Promise.race([how ?? end(), after(END_SECONDS, 'was not switched off')]) };
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
  const facts = { ...(await factsFor(board)), canSwitchOff: served === undefined };
  const bytes = facts.bar.BAR_BYTES;
  const other = otherDevice(bytes);
  const { port, end } = served === undefined ? await startBoard(board) : { port: served, end: async () => 'status 0' };
  const memories = [
    { slot: OTHER_SLOT, file: other, bytes },
    { slot: BOARD_SLOT, file: port, bytes },
  ];
  const head = `${machine.version}; guest: Linux ${machine.kernelVersion}, Node ${process.version}; board: ${board}\n`;
  process.stdout.write(head);
  const printed = [head];
  const found = [];
  const { show, ended } = switchOff({ port, end }, facts.bar);
  for (const { name, kernelOptions, steps } of boots(facts)) {
    const files = { '/program.ndjson': readFileSync(PROGRAM) };
    const place = { machine, folder: FOLDER, memories };
    const run = await runGuest({ ...place, kernelOptions, steps, files, seconds: GUEST_SECONDS, show });
    const time = `\nguest (${name}): ended by ${run.ended} after ${run.seconds.toFixed(1)} s\n`;
    process.stdout.write(time);
    printed.push(run.console, time);
    found.push(...findings({ name, steps }, run));
  }
  found.push(['what the guest wrote is read here', equal(wordOf(other, ANSWER_AT), ANSWER)]);
  found.push(['the simulated board ends when it is told to', equal(await ended(), 'status 0')]);
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
