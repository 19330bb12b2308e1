// `npm run doctor-page`: runs `gatebook doctor` against what it has to tell apart and writes docs/doctor.md: a bare
// machine, each simulated board, a port without permission (as another user; needs root), a board of another contract.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ROOT } from './node-version.mjs';
import { prepareBoards } from './prepare.mjs';

const COMMAND = join(ROOT, 'bin', 'gatebook.js');
const LIMIT_S = 120;
const NOBODY = 65534;
const DIGEST_AT = 8;
const CRC_BYTES = 4;
const TYPE_IDENTITY = 2;

const HEAD = `<!-- Written by \`npm run doctor-page\`. Do not edit. -->
# What the doctor says

\`gatebook doctor [--engine SPEC]... [--json]\` looks at this machine, its serial ports and PCI cards, and at each
device that is named: it opens, resets and measures it beside a shadow that checks each answer. It ends with 0 where
nothing is wrong, else with the status of the first error. Figures below are of simulated boards, slower than life by
the factor that the simulation says; paths are those of one run.
`;

/** @returns {string} what it printed, and its status */
function doctor(args, options = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, 'doctor', ...args], {
    encoding: 'utf8',
    timeout: LIMIT_S * 1000,
    cwd: ROOT,
    ...options,
  });
  const text = `${stdout}${stderr}`.replaceAll(process.execPath, 'node');
  const line = `$ gatebook doctor${args.map((arg) => ` ${arg}`).join('')}`;
  return `\`\`\`\n${line}\n${text}(status ${status})\n\`\`\`\n`;
}

/** From the device on: what stands before it is that of the machine, shown once. */
function deviceOnly(text, spec) {
  const [first, command, ...lines] = text.split('\n');
  return [first, command, '...', ...lines.slice(lines.indexOf(spec))].join('\n');
}

/** Starts a simulated board and waits for its port. */
async function simulated(board) {
  const args = [COMMAND, 'board', 'sim', '--board', board, '--time-limit', String(LIMIT_S)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: ROOT });
  const port = await new Promise((done, failed) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more) => {
      text += more;
      if (text.includes('\n')) done(text.slice(0, text.indexOf('\n')));
    });
    child.on('exit', (status) => failed(new Error(`board sim --board ${board} ended with ${status}`)));
  });
  const ended = new Promise((done) => child.on('close', done));
  return {
    port,
    end: () => {
      child.removeAllListeners('exit');
      child.kill('SIGINT');
      return ended;
    },
  };
}

function boards() {
  const folder = join(ROOT, 'hdl', 'boards');
  const named = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return named.flatMap(({ name }) => {
    try {
      return [JSON.parse(readFileSync(join(folder, name, 'board.json'), 'utf8'))];
    } catch {
      return [];
    }
  });
}

// ---- a device of another contract: the RTL, its IDENTITY changed on the way ----

function decoded(block) {
  const bytes = [];
  for (let at = 0; at < block.length; ) {
    const code = block[at];
    bytes.push(...block.subarray(at + 1, at + code));
    at += code;
    if (code < 255 && at < block.length) bytes.push(0);
  }
  return Buffer.from(bytes);
}

function encoded(frame) {
  const out = [];
  let run = [];
  for (const byte of [...frame, 0]) {
    if (byte === 0) {
      out.push(run.length + 1, ...run);
      run = [];
    } else run.push(byte);
  }
  return Buffer.from([...out, 0]);
}

function ofAnotherContract(block) {
  const frame = decoded(block);
  if (frame[0] !== TYPE_IDENTITY) return Buffer.concat([block, Buffer.from([0])]);
  Buffer.from('0123456789abcdef', 'hex').copy(frame, DIGEST_AT);
  const body = frame.subarray(0, frame.length - CRC_BYTES);
  frame.writeUInt32LE(crc32(body), body.length);
  return encoded(frame);
}

/** Behind a pseudo-terminal of this process. @returns what `doctor` says of it */
async function anotherContract() {
  const { loadBoards, STOP } = await import('../dist/sim/boards-addon.js');
  const { addon, reason } = loadBoards();
  if (addon === undefined) throw new Error(reason);
  const pty = new addon.Pty();
  const device = new addon.LinkDevice('link-tiny', {});
  device.setTimeScale(0);
  const room = new Uint8Array(1 << 16);
  let rest = Buffer.alloc(0);
  const turn = () => {
    const length = pty.read(room);
    if (length > 0) device.send(room.slice(0, length));
    device.run(1 << 14, STOP.QUIET);
    rest = Buffer.concat([rest, room.slice(0, device.receive(room))]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      if (end > 0) pty.write(ofAnotherContract(rest.subarray(0, end)));
      rest = rest.subarray(end + 1);
    }
  };
  const spec = `serial:${pty.path}`;
  const child = spawn(process.execPath, [COMMAND, 'doctor', '--engine', spec], { cwd: ROOT });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (more) => {
      text += more;
    });
  }
  const timer = setInterval(turn, 1);
  const status = await new Promise((done) => child.on('close', done));
  clearInterval(timer);
  device.close();
  pty.close();
  return deviceOnly(`\`\`\`\n$ gatebook doctor --engine ${spec}\n${text}(status ${status})\n\`\`\`\n`, spec);
}

async function page() {
  const bare = { env: { PATH: '/nonexistent', GATEBOOK_NO_ADDON: '1' } };
  const parts = [HEAD, '## A bare machine: Node and nothing else\n', doctor([], bare)];
  for (const { name, title, transport } of boards()) {
    const { port, end } = await simulated(name);
    const spec = `${transport === 'uart' ? 'serial' : 'pcie'}:${port}`;
    parts.push(`## ${title}, simulated\n`, deviceOnly(doctor(['--engine', spec]), spec));
    await end();
  }
  const closed = await simulated('icebreaker');
  chmodSync(closed.port, 0o660);
  const spec = `serial:${closed.port}`;
  const asOther = doctor(['--engine', spec], { uid: NOBODY, gid: NOBODY });
  parts.push('## A port that this user may not open\n', deviceOnly(asOther, spec));
  await closed.end();
  parts.push('## A board whose contract differs\n', await anotherContract());
  return parts.join('\n');
}

if (process.getuid?.() !== 0) {
  console.error('doctor-page: another user can be taken by root alone');
  process.exitCode = 1;
} else if (await prepareBoards({})) writeFileSync(join(ROOT, 'docs', 'doctor.md'), await page());
else process.exitCode = 1;
