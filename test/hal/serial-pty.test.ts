// Goal: the backend works through the operating system and the real package: a pseudo-terminal with the model device of
// docs/link.md behind it. What cannot be shown here (rates, USB) stands in serial.test.ts with fixtures.
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/hal/lifecycle.js';
import { open } from '../../src/hal/registry.js';
import { connectSerial, thisMachine } from '../../src/hal/serial/serial-backend.js';
import { serialportMissing } from '../../src/hal/serial/serialport-package.js';
import { gatebook } from '../cli/fake-process.js';
import { ModelDevice } from '../link/model-device.js';
import { direct } from '../link/reference.js';
import { randomProgram, TINY } from './programs.js';

const BRIDGE = fileURLToPath(new URL('pty-bridge.py', import.meta.url));
const missing = (() => {
  if (process.platform !== 'linux') return 'NOT RUN: pseudo-terminals are used as Linux has them';
  if (spawnSync('python3', ['-c', 'import pty']).status !== 0) return 'NOT RUN: no python3 on the path';
  const reason = serialportMissing();
  return reason === undefined ? undefined : `NOT RUN: ${reason}`;
})();

interface PtyBoard {
  readonly path: string;
  readonly device: ModelDevice;
  kill(): Promise<void>;
}

const boards: PtyBoard[] = [];

async function ptyBoard(): Promise<PtyBoard> {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn('python3', [BRIDGE], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const [first] = (await once(child.stderr, 'data')) as [Buffer];
  const device = new ModelDevice({ profile: TINY, baud: 12_000_000, eventWindow: 64, board: 'pty' });
  child.stdout.on('data', (bytes: Buffer) => device.receive(bytes));
  // What is written while the other end dies is lost, as on a pulled cable.
  child.stdin.on('error', () => {});
  device.onReady = () => {
    for (let block = device.pull(); block !== undefined; block = device.pull()) child.stdin.write(block);
  };
  const exited = once(child, 'exit');
  const board = {
    path: first.toString().trim(),
    device,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
  boards.push(board);
  return board;
}

afterEach(async () => {
  for (const board of boards.splice(0)) await board.kill();
});

describe('a board behind a pseudo-terminal', () => {
  const promise = (text: string, check: () => Promise<void>) =>
    it(text, async (context) => {
      if (missing !== undefined) context.skip(missing);
      await check();
    });

  promise('gives the events of the program, once and in order', async () => {
    const { path } = await ptyBoard();
    const device = await open(`serial:${path}`);
    expect(device.identity).toMatchObject({ backend: 'serial', board: 'pty', profile: TINY });
    const chunks: Uint8Array[] = [];
    device.onEvents((events) => chunks.push(events.slice()));
    const commands = randomProgram(20_000, 9);
    await device.submit(commands);
    await device.fence();
    await device.close();
    const expected = direct(commands, TINY).subarray(32);
    const received = Buffer.concat(chunks);
    expect(Buffer.compare(received.subarray(0, expected.length), expected)).toBe(0);
    expect(received.length - expected.length).toBe(32);
  });

  promise('is for one program at a time, and free again after close', async () => {
    const { path } = await ptyBoard();
    const device = await open(`serial:${path}`);
    await expect(open(`serial:${path}`)).rejects.toMatchObject({ code: 'PORT_BUSY' });
    expect((await device.fence()).records).toBe(1);
    await device.close();
    const again = await open(`serial:${path}`);
    expect((await again.fence()).records).toBe(1);
    await again.close();
  });

  promise('is LINK_LOST when the other end dies', async () => {
    const board = await ptyBoard();
    const transport = await connectSerial(board.path, undefined, { ...thisMachine, lostMs: 200 });
    const device = await openDevice(transport);
    await device.fence();
    await board.kill();
    await expect(device.fence()).rejects.toMatchObject({ code: 'LINK_LOST' });
    await device.close();
    await expect(open(`serial:${board.path}`)).rejects.toMatchObject({ code: 'PORT_ABSENT' });
  });

  promise('serves gatebook exec, whose output is that of the software', async () => {
    const { path } = await ptyBoard();
    const lines = [
      '{"op":"BOOK_BEGIN","book":0,"tick":100,"commit":true}',
      '{"op":"FENCE","token":5}',
      '{"control":"RESET","epoch":7}',
      '{"op":"BOOK_STALE","book":0}',
      '{"op":"FENCE","token":6}',
      '',
    ];
    // In one piece and line by line: what is under way at a reset, and at the end, comes out too.
    for (const input of [lines.join('\n'), lines.map((line) => `${line}\n`)]) {
      const board = await gatebook(['exec', '--engine', `serial:${path}`], input);
      const software = await gatebook(['exec', '--engine', 'software', '--profile', 'tiny'], input);
      expect(board).toEqual(software);
      expect(board.out.match(/"FENCE"/g)).toHaveLength(2);
    }
  });
});
