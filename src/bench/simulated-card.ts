// A simulated PCIe card as a device: the verilated shell in another process, behind a BAR file, as `board sim` has it.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PACKAGE_ROOT } from '../hal/build-info.js';
import type { Device } from '../hal/device.js';
import { open } from '../hal/registry.js';

const BOARD = 'litefury';

export interface SimulatedCard {
  readonly device: Device;
  close(): Promise<void>;
}

/** @throws Error where the simulation does not start; HalError as `open` */
export async function simulatedCard(): Promise<SimulatedCard> {
  const command = [join(PACKAGE_ROOT, 'bin', 'gatebook.js'), 'board', 'sim', '--board', BOARD];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const device = await open(`pcie:${await portOf(child)}`);
    return {
      device,
      close: async () => {
        await device.close();
        child.kill('SIGINT');
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function portOf(child: ChildProcess): Promise<string> {
  return new Promise((done, failed) => {
    if (child.stdout === null) throw new Error('board sim: no stdout');
    createInterface({ input: child.stdout }).once('line', done);
    child.once('exit', (status) => failed(new Error(`board sim ended with ${status}`)));
  });
}
