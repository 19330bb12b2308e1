// Goal: every backend of the registry keeps every promise of device.ts; one that cannot run here says NOT RUN. A queue
// in front of the software engine stands for links: it takes the asynchronous half of the life cycle the same way.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { type Profile, profileValues } from '../../src/contract/profile.js';
import { checkProfile } from '../../src/hal/checks.js';
import { openDevice } from '../../src/hal/lifecycle.js';
import { LARGEST_PROFILE } from '../../src/hal/profile-limits.js';
import { listBackends, open } from '../../src/hal/registry.js';
import { connectSerial } from '../../src/hal/serial/serial-backend.js';
import { connectPair } from '../../src/hal/supervised/connect-pair.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { modelMachine } from '../link/model-machine.js';
import { type ConformanceRow, describeConformance, profilesOf } from './conformance.js';
import { ModelBar } from './model-bar.js';
import { TINY } from './programs.js';
import { QueuedTransport } from './queued-transport.js';
import { REQUIRED_IN_CI } from './required-backends.js';
import { boardsMissing, verilatedBar, verilatedMachine } from './verilated-boards.js';

const addonFile = (path: string) => fileURLToPath(new URL(`../../build/${path}`, import.meta.url));
const NATIVE = addonFile('Release/gatebook_native.node');
const VERILATOR = addonFile('verilator/build/Release/gatebook_verilator.node');

/** Plain JavaScript: a worker of a test run has no TypeScript loader. */
const WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { NativeEngine, VerilatedEngine } = require(workerData.addon);
  const profile = Uint32Array.from(workerData.profile);
  const engine = NativeEngine ? new NativeEngine(profile) : new VerilatedEngine('sim', profile, {});
  const out = new Uint8Array(engine.maxEventBytes + 65536);
  engine.reset(1, out);
  const fence = Buffer.alloc(16);
  fence[0] = 0xf0;
  const commands = new Uint8Array(Buffer.concat([workerData.commands, fence]));
  for (let from = 0; from < commands.length; ) from = engine.consume(commands, from, out);
  parentPort.postMessage(Buffer.from(out.buffer).readUInt32LE(engine.state[0] - 4));
  engine.close();
`;

/** Answers from a worker thread that loads the addon itself. */
const inWorker = (addon: string) => (commands: Uint8Array) =>
  new Promise<number>((resolve, reject) => {
    const workerData = { addon, profile: profileValues(TINY), commands };
    const worker = new Worker(WORKER, { eval: true, workerData });
    worker.once('message', resolve);
    worker.once('error', reject);
  });

const reasonOf = (name: string) => listBackends().find((backend) => backend.name === name)?.reason;

const inProcess = (name: string): ConformanceRow => ({
  name,
  unavailable: reasonOf(name),
  profiles: profilesOf('tiny', 'bare', 'sim', 'tiny,books=1,books_per_message=1'),
  commands: 20_000,
  open: (options) => open(name, options),
});

/** Of files that stand for BARs. */
const folder = mkdtempSync(join(tmpdir(), 'gatebook-bar-'));
const models: ModelBar[] = [];
const bars: { close(): void }[] = [];
afterAll(() => {
  for (const bar of bars) bar.close();
  for (const model of models) model.close();
  rmSync(folder, { recursive: true });
});

/** A board is built for one profile: each one is a board of its own, on a file of its own. */
const pcie: ConformanceRow = {
  ...inProcess('pcie'),
  profiles: profilesOf('tiny', 'bare', 'tiny,books=1,books_per_message=1'),
  commands: 5000,
  open: async (options) => {
    checkProfile(options.profile);
    const model = new ModelBar(join(folder, `${models.length}`), options.profile).run();
    models.push(model);
    const device = await open(`pcie:${model.path}`, options);
    const close = device.close.bind(device);
    device.close = () => close().finally(() => model.close());
    return device;
  },
};

/** args: behind `supervised:`; needs: the backend among its parts that may be missing. */
const pair = (args: string, needs: string | undefined): ConformanceRow => ({
  name: 'supervised',
  spec: `supervised:${args}`,
  unavailable: needs === undefined ? undefined : reasonOf(needs),
  profiles: profilesOf('tiny', 'bare', 'sim', 'tiny,books=1,books_per_message=1'),
  commands: 20_000,
  open: (options) => open(`supervised:${args}`, options),
});

/** A primary at the other end of a link. */
const queuedPair = async (profile: Profile) => {
  checkProfile(profile);
  const primary = { name: 'queued', connect: () => new QueuedTransport(profile) };
  const standby = { name: 'software', limits: LARGEST_PROFILE, create: (of: Profile) => new SoftwareEngine(of) };
  return connectPair({ primary, standby }, { profile });
};

const ROWS: readonly ConformanceRow[] = [
  inProcess('software'),
  { ...inProcess('native'), inWorker: inWorker(NATIVE) },
  {
    ...inProcess('verilator'),
    // The last two are the profiles of exact builds.
    profiles: profilesOf('tiny', 'bare', 'sim', 'tiny,books=1,books_per_message=1', 'ecp5', 'ice40'),
    inWorker: inWorker(VERILATOR),
  },
  {
    // The whole backend but the operating system's port: a device written from docs/link.md answers in this process.
    ...inProcess('serial'),
    unavailable: undefined,
    open: async ({ profile, shadow, ...options }) => {
      checkProfile(profile);
      const transport = await connectSerial('/dev/model', profile, modelMachine({ profile }));
      return openDevice(transport, { ...options, shadow: shadow === true ? new SoftwareEngine(profile) : undefined });
    },
  },
  pcie,
  pair('native,software', 'native'),
];

/** Behind the backends of boards the RTL itself, verilated, with the one profile that it is built for. */
const VERILATED: readonly ConformanceRow[] = [
  {
    ...inProcess('serial'),
    spec: 'serial, verilated',
    unavailable: boardsMissing,
    profiles: profilesOf('tiny'),
    commands: 3000,
    open: async ({ profile, shadow, ...options }) => {
      checkProfile(profile);
      const transport = await connectSerial('/dev/verilated', profile, verilatedMachine());
      return openDevice(transport, { ...options, shadow: shadow === true ? new SoftwareEngine(profile) : undefined });
    },
  },
  {
    ...inProcess('pcie'),
    spec: 'pcie, verilated',
    unavailable: boardsMissing ?? reasonOf('pcie'),
    profiles: profilesOf('tiny'),
    commands: 3000,
    open: async (options) => {
      checkProfile(options.profile);
      const bar = verilatedBar();
      bars.push(bar);
      const device = await open(`pcie:${bar.path}`, options);
      const close = device.close.bind(device);
      device.close = () => close().finally(() => bar.close());
      return device;
    },
  },
];

/** Other pairs than the one that stands for the backend. */
const PAIRS: readonly ConformanceRow[] = [
  pair('software,native', 'native'),
  pair('software,software', undefined),
  { ...pair('(verilator:sim,stall=25),software', 'verilator'), commands: 5000 },
  {
    ...pair('queued,software', undefined),
    open: async ({ profile, shadow: _, ...options }) => openDevice(await queuedPair(profile), options),
  },
];

for (const row of ROWS) describeConformance(row);
for (const row of VERILATED) describeConformance(row);
for (const row of PAIRS) describeConformance(row);

describeConformance({
  ...inProcess('queued'),
  unavailable: undefined,
  open: async ({ profile, shadow, ...options }) => {
    checkProfile(profile);
    return openDevice(new QueuedTransport(profile), {
      ...options,
      shadow: shadow === true ? new SoftwareEngine(profile) : undefined,
    });
  },
});

describe('the conformance table', () => {
  it('has a row for every backend of the registry', () => {
    expect(ROWS.map((row) => row.name)).toEqual(listBackends().map((backend) => backend.name));
  });

  it('runs every backend that CI requires', (ctx) => {
    const missing = REQUIRED_IN_CI.filter((name) => ROWS.find((row) => row.name === name)?.unavailable !== undefined);
    if (process.env['CI'] === undefined && missing.length > 0) ctx.skip(`NOT RUN: ${missing.join(', ')}`);
    expect(missing).toEqual([]);
  });
});
