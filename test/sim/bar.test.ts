// Goal: a host that maps the file sees a BAR: the events of the software engine whatever is torn, stale or lost between
// the two, read-only parts that cannot be written, and all ones when the device is gone.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadBoard } from '../../src/board/boards.js';
import { BAR_BYTES, BAR_MAGIC, CONTROL_GENERATION, MAP_CONTROL } from '../../src/contract/generated/transports.js';
import { PACKAGE_ROOT } from '../../src/hal/build-info.js';
import type { Device } from '../../src/hal/device.js';
import { open } from '../../src/hal/registry.js';
import { BarSimulation } from '../../src/sim/bar-simulation.js';
import { BAR_FAULT, BAR_STATE, loadBoards } from '../../src/sim/boards-addon.js';
import { ProgramGenerator } from '../../src/verify/generator.js';

const BOARD = loadBoard(PACKAGE_ROOT, 'litefury');
const MINUTES = 300_000;

let simulation: BarSimulation;
let running: boolean;

function turn(): void {
  if (!running) return;
  simulation.step();
  setImmediate(turn);
}

beforeEach(() => {
  const loaded = loadBoards();
  if ('reason' in loaded) throw new Error(loaded.reason);
  simulation = new BarSimulation(loaded.addon, BOARD);
  running = true;
  turn();
});

afterEach(() => {
  running = false;
  simulation.close();
});

function word(offset: number): number {
  const file = openSync(simulation.port, 'r');
  const bytes = Buffer.alloc(4);
  readSync(file, bytes, 0, 4, offset);
  closeSync(file);
  return bytes.readUInt32LE();
}

function write(offset: number, value: number): void {
  const file = openSync(simulation.port, 'r+');
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  writeSync(file, bytes, 0, 4, offset);
  closeSync(file);
}

/** The program on a device, in batches, with `between` in the middle. @returns its events */
async function eventsOf(device: Device, between?: () => void): Promise<Buffer> {
  const events: Buffer[] = [];
  device.onEvents((bytes) => events.push(Buffer.from(bytes)));
  const generator = new ProgramGenerator(BOARD.profile, 5, 1);
  for (let batch = 0; batch < 12; batch++) {
    if (batch >= 4 && batch < 8) between?.();
    await device.submit(generator.next(200).slice());
  }
  await device.fence();
  return Buffer.concat(events);
}

async function expected(): Promise<Buffer> {
  const device = await open('software', { profile: BOARD.profile });
  const events = await eventsOf(device);
  await device.close();
  return events;
}

async function through(between?: () => void): Promise<Buffer> {
  const device = await open(`pcie:${simulation.port}`);
  const events = await eventsOf(device, between);
  await device.close();
  return events;
}

describe('a BAR file', () => {
  it('costs nothing while no host has begun, nor when one has ended', { timeout: MINUTES }, async () => {
    const still = async () => {
      // Bounded; a board that never comes to rest runs through all of it.
      for (let turns = 0; turns < 100 && simulation.step(); turns++) await new Promise((done) => setImmediate(done));
      return simulation.device.state[BAR_STATE.QUIET];
    };
    expect(await still()).toBe(1);
    await through();
    expect(await still()).toBe(1);
  });

  it('gives the events of the software engine', { timeout: MINUTES }, async () => {
    const [ours, theirs] = [await through(), await expected()];
    expect(ours.equals(theirs)).toBe(true);
    expect(simulation.device.state[BAR_STATE.BUS_ERRORS]).toBe(0);
  });

  const FAULTS: readonly (readonly [name: string, fault: number, cycles: number])[] = [
    ['command lines are torn', BAR_FAULT.TORN_COMMAND, 0],
    ['event lines are torn for a while', BAR_FAULT.TORN_EVENT, 20_000],
    ['event lines of the former lap stand for a while', BAR_FAULT.STALE_EVENT, 20_000],
    ['doorbells are lost', BAR_FAULT.LOST_DOORBELL, 0],
  ];
  for (const [name, fault, cycles] of FAULTS) {
    it(`gives them when ${name}`, { timeout: MINUTES }, async () => {
      const ours = await through(() => simulation.device.inject(fault, 1, cycles));
      expect(ours.equals(await expected())).toBe(true);
    });
  }

  it('is an error when an event line stays torn', { timeout: MINUTES }, async () => {
    const device = await open(`pcie:${simulation.port}`);
    const events = eventsOf(device, () => simulation.device.inject(BAR_FAULT.TORN_EVENT, 1, 0));
    await expect(events).rejects.toMatchObject({ code: 'STREAM_CORRUPT' });
    await device.close();
  });

  it('is an error by name when the device is gone', { timeout: MINUTES }, async () => {
    const device = await open(`pcie:${simulation.port}`);
    const events = eventsOf(device, () => simulation.device.inject(BAR_FAULT.ALL_ONES, 1, 0));
    await expect(events).rejects.toMatchObject({ code: 'DEVICE_GONE' });
    await device.close();
    expect(word(0)).toBe(0xffffffff);
    expect(word(BAR_BYTES - 4)).toBe(0xffffffff);
  });

  it('puts back what cannot be written, and takes no generation that is none', async () => {
    const settled = () => new Promise((done) => setTimeout(done, 50));
    write(0, 0);
    write(MAP_CONTROL + CONTROL_GENERATION, 0x10000);
    // Bounded: a step runs until the file and the device say the same.
    await settled();
    for (let turns = 0; turns < 100 && word(0) !== BAR_MAGIC; turns++) await settled();
    expect(word(0)).toBe(BAR_MAGIC);
    for (let turns = 0; turns < 100 && word(MAP_CONTROL + CONTROL_GENERATION) !== 0; turns++) await settled();
    expect(word(MAP_CONTROL + CONTROL_GENERATION)).toBe(0);
  });
});
