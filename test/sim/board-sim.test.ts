// Goal: `gatebook board sim` says where its port is, ends cleanly, and a host at the port gets the software's fence.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadBoard } from '../../src/board/boards.js';
import { PACKAGE_ROOT } from '../../src/hal/build-info.js';
import { open } from '../../src/hal/registry.js';
import { ProgramGenerator } from '../../src/verify/generator.js';

const MINUTES = 300_000;
const COMMAND = join(PACKAGE_ROOT, 'dist', 'cli', 'main.js');

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatebook-sim-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Simulated {
  readonly child: ChildProcess;
  readonly first: string;
  /** Status and stderr. */
  readonly end: Promise<{ status: number | null; stderr: string }>;
}

/** Starts `gatebook board sim`; done when it has said its first line, or ended. */
async function simulate(...args: string[]): Promise<Simulated> {
  const run = `import { runCli } from '${COMMAND}'; process.exitCode = await runCli(process.argv.slice(1));`;
  const argv = ['--input-type=module', '-e', run, '--', 'board', 'sim', ...args];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const end = new Promise<{ status: number | null; stderr: string }>((done) => {
    child.on('close', (status) => done({ status, stderr }));
  });
  const said = new Promise<string>((done) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (text.includes('\n')) done(text.slice(0, text.indexOf('\n')));
    });
  });
  return { child, first: await Promise.race([said, end.then(() => '')]), end };
}

async function fenceOf(engine: string, board: string) {
  const { profile } = loadBoard(PACKAGE_ROOT, board);
  const device = await open(engine, engine === 'software' ? { profile } : {});
  const generator = new ProgramGenerator(profile, 21, 1);
  await device.submit(generator.next(300).slice());
  const fence = await device.fence();
  await device.close();
  return fence;
}

describe('a simulated board', () => {
  it('with a UART gives the fence of software, and ends with the first signal', { timeout: MINUTES }, async () => {
    const link = join(folder, 'port');
    const { child, first, end } = await simulate('--board', 'ulx3s', '--link', link, '--json');
    const told = JSON.parse(first) as { port: string; board: string; pid: number };
    expect(told).toMatchObject({ board: 'ulx3s', pid: child.pid });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(await fenceOf(`serial:${link}`, 'ulx3s')).toEqual(await fenceOf('software', 'ulx3s'));
    child.kill('SIGTERM');
    const { status, stderr } = await end;
    expect(status).toBe(0);
    expect(stderr).toMatch(/ulx3s ran [\d.]+ s of its time in [\d.]+ s .* bytes in, [1-9]\d* bytes out/);
    expect(existsSync(link)).toBe(false);
  });

  it('gives it with a host whose UART is 3 % off, too', { timeout: MINUTES }, async () => {
    const { first } = await simulate('--board', 'ulx3s', '--baud-error', '3', '--seed', '4');
    expect(await fenceOf(`serial:${first}`, 'ulx3s')).toEqual(await fenceOf('software', 'ulx3s'));
  });

  it('behind a BAR gives the fence of software', { timeout: MINUTES }, async () => {
    const { child, first, end } = await simulate('--board', 'litefury', '--bar', join(folder, 'bar'));
    expect(first).toBe(join(folder, 'bar'));
    expect(await fenceOf(`pcie:${first}`, 'litefury')).toEqual(await fenceOf('software', 'litefury'));
    child.kill('SIGINT');
    expect((await end).status).toBe(0);
  });

  it('whose terminal is closed takes its temporary file with it', { timeout: MINUTES }, async () => {
    const { child, first, end } = await simulate('--board', 'litefury');
    expect(existsSync(first)).toBe(true);
    child.kill('SIGHUP');
    expect((await end).status).toBe(0);
    expect(existsSync(dirname(first))).toBe(false);
  });

  // Goal: the board is killed while it works; the standby ends the stream with the fence of software alone.
  it.each([
    ['serial', 'icebreaker'],
    ['pcie', 'litefury'],
  ])('killed behind a pair leaves the stream whole: %s', { timeout: MINUTES }, async (backend, board) => {
    const { child, first } = await simulate('--board', board);
    const device = await open(`supervised:${backend}:${first},software`);
    expect(device.supervision?.status()).toMatchObject({ active: 'primary', switches: 0 });
    const generator = new ProgramGenerator(device.identity.profile, 21, 1);
    const programs = Array.from({ length: 40 }, () => generator.next(100).slice());
    for (const [at, program] of programs.entries()) {
      if (at === 10) child.kill('SIGKILL');
      await device.submit(program);
    }
    const fence = await device.fence();
    expect(device.supervision?.status()).toMatchObject({ active: 'standby', switches: 1 });
    await device.close();
    const software = await open('software', { profile: device.identity.profile });
    for (const program of programs) await software.submit(program);
    expect(fence).toEqual(await software.fence());
    await software.close();
  });

  // Goal: the board is killed and started anew while the stream goes on; it is rebuilt from the standby and takes over.
  it('takes over again when it comes back', { timeout: MINUTES }, async () => {
    const link = join(folder, 'port');
    const { child, end } = await simulate('--board', 'icebreaker', '--link', link);
    const device = await open(`supervised:serial:${link},software,retry=200`);
    const generator = new ProgramGenerator(device.identity.profile, 5, 1);
    const programs: Uint8Array[] = [];
    const feed = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const program = generator.next(50).slice();
        programs.push(program);
        await device.submit(program);
        await sleep(20);
      }
    };
    await feed(5);
    child.kill('SIGKILL');
    await end;
    await feed(5);
    expect(device.supervision?.status().active).toBe('standby');
    await simulate('--board', 'icebreaker', '--link', link);
    for (let turn = 0; turn < 2000 && device.supervision?.status().active !== 'primary'; turn++) await feed(1);
    expect(device.supervision?.status()).toMatchObject({ state: 'PAIRED', active: 'primary', switches: 2 });
    await feed(5);
    const fence = await device.fence();
    await device.close();
    const software = await open('software', { profile: device.identity.profile });
    for (const program of programs) await software.submit(program);
    expect(fence).toEqual(await software.fence());
    await software.close();
  });

  it('ends by itself after its time limit', { timeout: MINUTES }, async () => {
    const { end } = await simulate('--board', 'icebreaker', '--time-limit', '1');
    expect((await end).status).toBe(0);
  });

  // Goal: a path that is mistyped costs nobody a file: only what a simulation made is taken over.
  it('takes over only what a simulation left, and leaves the rest as it is', { timeout: MINUTES }, async () => {
    const [file, mine, link] = [join(folder, 'file'), join(folder, 'mine'), join(folder, 'link')];
    const sim = async (...args: string[]) => (await simulate('--board', 'litefury', ...args, '--time-limit', '1')).end;
    for (const text of ['precious', 'x'.repeat(0x10000), 'GBB1 is the magic, and this a letter']) {
      writeFileSync(file, text);
      const { status, stderr } = await sim('--bar', file);
      expect([status, stderr]).toEqual([7, expect.stringContaining(`${file}: holds something else`)]);
      expect(readFileSync(file, 'latin1')).toBe(text);
    }
    // One that was never there, one that has ended (all ones), one that was killed before it had begun (zeros).
    for (const before of [undefined, 0xff, 0]) {
      if (before === 0) writeFileSync(mine, Buffer.alloc(0x10000));
      expect((await sim('--bar', mine)).status).toBe(0);
      expect(readFileSync(mine).every((byte) => byte === 0xff)).toBe(true);
    }
    symlinkSync(file, link);
    expect(await sim('--bar', mine, '--link', link)).toMatchObject({
      status: 7,
      stderr: expect.stringContaining(`cannot link ${link} to the port: it is a link to ${file}`),
    });
    expect(readlinkSync(link)).toBe(file);
  });

  it('leaves its link to the simulation that took it over', { timeout: MINUTES }, async () => {
    const [link, first, second] = [join(folder, 'link'), join(folder, 'first'), join(folder, 'second')];
    const one = await simulate('--board', 'litefury', '--bar', first, '--link', link);
    const two = await simulate('--board', 'litefury', '--bar', second, '--link', link);
    one.child.kill('SIGTERM');
    expect((await one.end).status).toBe(0);
    expect(readlinkSync(link)).toBe(second);
    two.child.kill('SIGTERM');
    await two.end;
    expect(existsSync(link)).toBe(false);
  });

  it('refuses what it cannot do, by code and status', { timeout: MINUTES }, async () => {
    writeFileSync(join(folder, 'file'), 'mine');
    symlinkSync('/nowhere', join(folder, 'stale'));
    const ends = async (...args: string[]) => (await simulate(...args, '--time-limit', '1')).end;
    expect(await ends('--board', 'nothing')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('BOARD_UNKNOWN'),
    });
    expect((await ends('--board', 'ulx3s', '--baud-error', '11')).status).toBe(2);
    const refused = async (status: number, message: string, ...args: string[]) =>
      expect(await ends(...args)).toMatchObject({ status, stderr: expect.stringContaining(`gatebook: ${message}`) });
    await refused(2, 'ARGUMENT_INVALID: --baud-error = 1: ', '--board', 'litefury', '--baud-error', '1');
    await refused(2, 'ARGUMENT_INVALID: --bar = foo: icebreaker ', '--board', 'icebreaker', '--bar', 'foo');
    await refused(7, 'SIMULATION_PORT: cannot link ', '--board', 'hx8k', '--link', join(folder, 'file'));
    await refused(7, 'SIMULATION_PORT: the file of the BAR', '--board', 'litefury', '--bar', join(folder, 'no', 'bar'));
    // A link that a killed simulation left behind is taken over.
    expect((await ends('--board', 'hx8k', '--link', join(folder, 'stale'))).status).toBe(0);
  });
});
