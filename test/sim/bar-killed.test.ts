// Goal: a simulated card whose process is killed is missed by name within seconds, however slow the simulation was; its
// file is not taken for a card, and is served by one simulation at a time.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/hal/build-info.js';
import type { HalError } from '../../src/hal/errors.js';
import { open } from '../../src/hal/registry.js';
import { loadBoards } from '../../src/sim/boards-addon.js';

const ADDON = join(PACKAGE_ROOT, 'build', 'boards-sim', 'build', 'Release', 'gatebook_boards.node');
/** What the host waits for a device that says that it is a hundred times slower than life: minutes. */
const BOUND_MS = 8000;
const SIMULATION = `
  const { BarDevice } = require(process.argv[1]);
  const device = new BarDevice('bar-tiny', process.argv[2], {});
  device.setTimeScale(100000);
  device.run(100000, true);
  console.log('ready');
  (function turn() {
    device.run(16384, true);
    if (device.state[1] === 1) device.wait(20);
    setImmediate(turn);
  })();
`;

let folder: string;
let path: string;
let child: ChildProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatebook-killed-'));
  path = join(folder, 'card');
  child = spawn(process.execPath, ['-e', SIMULATION, ADDON, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
});

afterEach(async () => {
  await kill();
  rmSync(folder, { recursive: true });
});

async function kill(): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const within = <T>(promise: Promise<T>): Promise<T> =>
  Promise.race([
    promise,
    new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`not within ${BOUND_MS} ms`)), BOUND_MS);
    }),
  ]);

describe('a simulated card whose process is killed', () => {
  it('is missed within seconds by a host that waits for an answer', async () => {
    const device = await open(`pcie:${path}`);
    expect((await device.fence()).records).toBe(1);
    await kill();
    await expect(within(device.fence())).rejects.toMatchObject({
      code: 'DEVICE_GONE',
      message: expect.stringContaining('the process that simulated the card has ended'),
    });
    await device.close();
  });

  it('is missed within seconds by a host that asks nothing', async () => {
    let told: ((error: HalError) => void) | undefined;
    const fault = new Promise<HalError>((resolve) => {
      told = resolve;
    });
    const device = await open(`pcie:${path}`, { onFault: (error) => told?.(error) });
    await kill();
    expect((await within(fault)).code).toBe('DEVICE_GONE');
    await device.close();
  });

  it('leaves a file that is no card any more', async () => {
    await kill();
    await expect(open(`pcie:${path}`)).rejects.toMatchObject({ code: 'DEVICE_GONE' });
  });
});

describe('the file of a simulated card', () => {
  it('is served by one simulation at a time', async () => {
    const loaded = loadBoards();
    if ('reason' in loaded) throw new Error(loaded.reason);
    const { BarDevice } = loaded.addon;
    expect(() => new BarDevice('bar-tiny', path, {})).toThrow(/another simulation serves it/);
    // It was not touched.
    const device = await open(`pcie:${path}`);
    expect((await device.fence()).records).toBe(1);
    await device.close();
    await kill();
    new BarDevice('bar-tiny', path, {}).close();
  });
});
