// Goal: beside a device that really works at the same time, in a process of its own, nothing is lost either; and a
// device whose process dies is given up on. The device is the one of the C++ tests, which builds it with sanitizers.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import { CommandWriter } from '../../src/contract/generated/records.js';
import { profileValues } from '../../src/contract/profile.js';
import type { Device } from '../../src/hal/device.js';
import { loadNative } from '../../src/hal/native-addon.js';
import { open } from '../../src/hal/registry.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { Prng } from '../../src/verify/prng.js';
import { barPath, cleanUp, codeOf } from '../hal/pcie-rig.js';
import { cutRandomly, randomProgram, TINY } from '../hal/programs.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TOOL = join(ROOT, 'build/native-test/bar_device');
const START_MS = 10_000;

const served: ChildProcess[] = [];

async function serve(): Promise<{ readonly path: string; readonly child: ChildProcess }> {
  const path = barPath();
  const child = spawn(TOOL, [path, profileValues(TINY).join(',')], { stdio: ['pipe', 'pipe', 'inherit'] });
  served.push(child);
  await once(child.stdout, 'data', { signal: AbortSignal.timeout(START_MS) });
  return { path, child };
}

function eventsOf(commands: Uint8Array, epoch: number): Buffer {
  const engine = new SoftwareEngine(TINY);
  const out = new Uint8Array(engine.maxEventBytes + 4096);
  engine.reset(epoch, out);
  const events = [Buffer.from(out.slice(0, engine.eventBytes))];
  for (let from = 0; from < commands.length; ) {
    from = engine.consume(commands, from, out);
    events.push(Buffer.from(out.slice(0, engine.eventBytes)));
  }
  return Buffer.concat(events);
}

/** missing: why the device could not be built, asked when a test runs. */
export function describeBarProcess(missing: () => string | undefined): void {
  describe('a device in another process', () => {
    afterEach(async () => {
      for (const child of served.splice(0)) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.stdin?.end();
        const [status] = await once(child, 'exit');
        expect(status, 'the sanitizers of the device found something').toBe(0);
      }
      await cleanUp();
    });

    const needAll = (context: TestContext) => {
      const reason = missing();
      if (reason !== undefined) context.skip(reason);
      const found = loadNative();
      if ('reason' in found) context.skip(`NOT RUN: ${found.reason}`);
      else if (found.addon.BarWindow === undefined) context.skip('NOT RUN: no memory of devices is mapped here');
    };

    it('is told everything once, in order, and so is the host, over several resets', {
      timeout: 60_000,
    }, async (context) => {
      needAll(context);
      const { path } = await serve();
      const device: Device = await open(`pcie:${path}`, { epoch: 0 });
      let events: Buffer[] = [];
      device.onEvents((bytes) => events.push(Buffer.from(bytes)));
      for (const epoch of [1, 2, 3]) {
        events = [];
        await device.reset(epoch);
        const random = new Prng(epoch);
        const whole = [randomProgram(60_000, epoch), new CommandWriter().restoreEnd(0).bytes()];
        const commands = new Uint8Array(Buffer.concat(whole));
        for (const batch of cutRandomly(commands, () => random.u32() / 2 ** 32)) await device.submit(batch);
        await device.fence();
        const fence = new CommandWriter().fence(0).bytes();
        const expected = eventsOf(new Uint8Array(Buffer.concat([commands, fence])), epoch);
        expect(Buffer.compare(Buffer.concat(events), expected)).toBe(0);
      }
      const faults = (await device.telemetry?.())?.faults ?? {};
      expect(Object.entries(faults).filter(([, count]) => count !== 0)).toEqual([]);
      await device.close();
    });

    it('that dies is given up on after the time-out, and its successor is served', async (context) => {
      needAll(context);
      const first = await serve();
      const device = await open(`pcie:${first.path}`, { timeoutMs: 500 });
      first.child.kill('SIGKILL');
      await once(first.child, 'exit');
      expect(await codeOf(() => device.fence())).toBe('TIMEOUT');
      await device.close();
      const second = await serve();
      const next = await open(`pcie:${second.path}`);
      expect((await next.fence()).records).toBe(1);
      await next.close();
    });
  });
}
