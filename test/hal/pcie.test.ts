// Goal: whatever goes wrong between host and BAR, no event is lost, invented or repeated, what happened is counted by
// kind, and what cannot be mended is said by name within a bound.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, type TestContext, vi } from 'vitest';
import { CommandWriter } from '../../src/contract/generated/records.js';
import { BAR_MAGIC } from '../../src/contract/generated/transports.js';
import { decodeEvent } from '../../src/contract/symbolic.js';
import type { Identity } from '../../src/hal/device.js';
import type { HalError } from '../../src/hal/errors.js';
import { type AddonBarWindow, loadNative } from '../../src/hal/native-addon.js';
import { BarState, BarWindow } from '../../src/hal/pcie/bar-window.js';
import { PcieTransport } from '../../src/hal/pcie/pcie-transport.js';
import { boundsFor, systemTiming } from '../../src/hal/pcie/timing.js';
import { open } from '../../src/hal/registry.js';
import { Prng } from '../../src/verify/prng.js';
import { ModelBar } from './model-bar.js';
import { barPath, cleanUp, codeOf, openRig, type Rig } from './pcie-rig.js';
import { oneTop, randomProgram, TINY } from './programs.js';

const ADDON = fileURLToPath(new URL('../../build/Release/gatebook_native.node', import.meta.url));
const WAIT = { timeout: 30_000, interval: 2 };

/** A random program that ends outside of a restore, so that its FENCE is answered. */
const program = (count: number, seed: number) =>
  new Uint8Array(Buffer.concat([randomProgram(count, seed), new CommandWriter().restoreEnd(0).bytes()]));

function expectNothingLost(rig: Rig): void {
  const { received, expected } = rig.bytes;
  expect(received.length).toBe(expected.length);
  expect(Buffer.compare(received, expected)).toBe(0);
}

/** Hundreds of faults cost milliseconds each here, and a machine that does much else takes many times as long. */
const MOST_MS = 90_000;

const test = (name: string, check: (context: TestContext) => Promise<void>) =>
  it(name, { timeout: MOST_MS }, async (context) => {
    const loaded = loadNative();
    if ('reason' in loaded) return context.skip(`NOT RUN: ${loaded.reason}`);
    if (loaded.addon.BarWindow === undefined) return context.skip('NOT RUN: no memory of devices is mapped here');
    await check(context);
  });

afterEach(cleanUp);

describe('faults that heal', () => {
  test('torn lines are read again', async () => {
    const rig = await openRig();
    const random = new Prng(1);
    for (let n = 0; n < 40; n++) {
      // At least the sequence is new and at most all but the CRC.
      rig.model.tear = { bytes: 8 + 4 * (random.u32() % 13), until: () => rig.faults.host_torn_lines > n };
      await rig.play(program(100, n));
      expect(rig.faults.host_torn_lines).toBe(n + 1);
    }
    expect(rig.model.happened.torn).toBe(40);
    expectNothingLost(rig);
  });

  test('lines of a former lap are read again', async () => {
    const rig = await openRig({ lines: 16 });
    for (let n = 0; n < 10; n++) {
      rig.model.hold = { until: () => rig.faults.host_stale_lines > n };
      await rig.play(program(100, n));
    }
    expect([rig.model.happened.stale, rig.faults.host_stale_lines]).toEqual([10, 10]);
    expectNothingLost(rig);
  });

  test('a lost command doorbell is rung again', async () => {
    const rig = await openRig();
    for (let n = 0; n < 10; n++) {
      rig.model.loseCommandDoorbells = 1;
      await rig.play(new Uint8Array(0));
      expect(rig.faults.host_lost_doorbells).toBe(n + 1);
    }
    expect(rig.model.happened.commandDoorbells).toBe(10);
    expectNothingLost(rig);
  });

  test('a lost event doorbell is rung again while nothing else happens', async () => {
    const rig = await openRig();
    for (let n = 0; n < 5; n++) {
      await vi.waitFor(() => expect(rig.model.isQuiet).toBe(true), WAIT);
      rig.model.loseEventDoorbells = 1;
      await rig.play(new Uint8Array(0));
      await vi.waitFor(() => expect(rig.faults.host_lost_doorbells).toBe(n + 1), WAIT);
    }
    expect(rig.model.happened.eventDoorbells).toBe(5);
    expectNothingLost(rig);
  });

  test('an event ring that is full for two seconds holds everything up and loses nothing', async () => {
    const rig = await openRig({ lines: 8 });
    rig.model.loseEventDoorbells = Number.POSITIVE_INFINITY;
    const played = rig.play(program(3000, 5));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const before = rig.bytes.received.length;
    expect(before).toBeLessThan(32 * 20);
    rig.model.loseEventDoorbells = 0;
    await played;
    expect(rig.faults.host_lost_doorbells).toBeGreaterThan(0);
    expectNothingLost(rig);
  });

  test('refused command lines are written again', async () => {
    const rig = await openRig();
    const random = new Prng(2);
    for (let n = 0; n < 40; n++) {
      const bit = random.u32() % 512;
      rig.model.spoil = (line) => {
        line[bit >> 3] = (line[bit >> 3] as number) ^ (1 << (bit & 7));
      };
      await rig.play(program(100, n));
      expect(rig.faults.device_refused_lines).toBe(n + 1);
    }
    expect(rig.model.happened.refused).toBe(40);
    expect(rig.transport.telemetry().retransmissions).toBeGreaterThanOrEqual(40);
    expectNothingLost(rig);
  });

  test('a device that answers late is waited for', async () => {
    const rig = await openRig();
    for (const ms of [3, 30, 300]) {
      rig.model.stopped = true;
      setTimeout(() => {
        rig.model.stopped = false;
      }, ms);
      await rig.play(program(2000, ms));
    }
    expectNothingLost(rig);
  });

  test('all of them at random, with rings of eight lines at odd places', async () => {
    const rig = await openRig({ lines: 8, elsewhere: true });
    const random = new Prng(3);
    for (let n = 0; n < 150; n++) {
      const { host_torn_lines: torn, host_stale_lines: stale } = rig.faults;
      const faults = [
        () => {
          rig.model.tear = { bytes: 8 + 8 * (random.u32() % 7), until: () => rig.faults.host_torn_lines > torn };
        },
        () => {
          rig.model.hold = { until: () => rig.faults.host_stale_lines > stale };
        },
        () => {
          rig.model.loseCommandDoorbells = 1 + (random.u32() % 3);
        },
        () => {
          rig.model.loseEventDoorbells = 1 + (random.u32() % 3);
        },
        () => {
          rig.model.spoil = (line) => line.fill(random.u32() & 0xff, random.u32() % 64);
        },
      ];
      faults[random.u32() % faults.length]?.();
      await rig.play(program(1 + (random.u32() % 100), n));
    }
    const { happened } = rig.model;
    expect(rig.faults).toMatchObject({ host_torn_lines: happened.torn, host_stale_lines: happened.stale });
    expect(rig.faults.device_refused_lines).toBe(happened.refused);
    expect(Math.min(happened.torn, happened.stale, happened.refused, happened.commandDoorbells)).toBeGreaterThan(10);
    // A doorbell behind the lost one says the same, before the host looks.
    expect(rig.faults.host_lost_doorbells).toBeLessThanOrEqual(happened.commandDoorbells + happened.eventDoorbells);
    expect(rig.faults.host_lost_doorbells).toBeGreaterThan(0);
    expectNothingLost(rig);
  });
});

describe('faults that end it', () => {
  /** The code of the fault, and everybody who waits hears of it. */
  async function endOf(rig: Rig, happen: () => void): Promise<HalError> {
    const waiting = rig.play(program(3000, 1));
    waiting.catch(() => {});
    await vi.waitFor(() => expect(rig.received.length).toBeGreaterThan(0), WAIT);
    happen();
    const error = await waiting.then(
      () => undefined,
      (thrown: HalError) => thrown,
    );
    expect(await codeOf(() => rig.device.fence())).toBe(error?.code);
    return error as HalError;
  }

  test('a card that is unplugged in the middle reads all ones', async () => {
    const rig = await openRig();
    expect(await endOf(rig, () => rig.model.unplug())).toMatchObject({
      code: 'DEVICE_GONE',
      message: expect.stringContaining('all ones'),
    });
  });

  test('one that is unplugged while nothing happens is noticed all the same', async () => {
    const rig = await openRig();
    await rig.play(oneTop());
    await new Promise((resolve) => setTimeout(resolve, 50));
    rig.model.unplug();
    await vi.waitFor(async () => expect(await codeOf(() => rig.device.submit(oneTop()))).toBe('DEVICE_GONE'), WAIT);
  });

  for (const bytes of [0, 4096, 0x4000]) {
    test(`a file that is truncated to ${bytes} bytes does not end the process`, async () => {
      const rig = await openRig();
      expect((await endOf(rig, () => rig.model.truncate(bytes))).code).toBe('DEVICE_GONE');
    });
  }

  test('a device that stops is given up on after the time-out', async () => {
    const rig = await openRig({}, { timeoutMs: 300 });
    const error = await endOf(rig, () => {
      rig.model.stopped = true;
    });
    expect(error.code).toBe('TIMEOUT');
  });

  test('a device that takes no more commands is a fault though nobody waits', async () => {
    const model = new ModelBar(barPath(), TINY).run();
    const bar = BarWindow.open(model.path);
    const identity = { ...bar.description, backend: 'pcie', build: 'test' };
    const transport = new PcieTransport(identity, bar, systemTiming, { ...boundsFor(0), stallMs: 100 });
    const faults: HalError[] = [];
    const events: string[] = [];
    transport.start({
      events: (bytes) => events.push(String(decodeEvent(bytes)['type'])),
      fault: (error) => faults.push(error),
    });
    transport.reset(5);
    await vi.waitFor(() => expect(events).toEqual(['RESET_DONE']), WAIT);
    model.stopped = true;
    expect(transport.submit(oneTop())).toBeUndefined();
    await vi.waitFor(() => expect(faults.map(({ code }) => code)).toEqual(['TIMEOUT']), WAIT);
    transport.close();
    model.close();
  });

  it('a device of which nothing moves is dead within seconds, and one that moves is slow', () => {
    // A simulation that is 171 times slower: the wait for an answer is ten minutes.
    const bounds = boundsFor(171_000);
    expect([bounds.stallMs, bounds.waitMs]).toEqual([10_000, 600_000]);
    const NEVER = Number.POSITIVE_INFINITY;
    /** Ms from one step of the device to the next, and which steps it takes; when and how it ends. */
    const endOf = (stepMs: number, steps: readonly ('reset' | 'greeting' | 'line')[]) => {
      const state = new Float64Array(15);
      let now = 1_000_000;
      const [left, started] = [[...steps], { at: now }];
      let look: (() => void) | undefined;
      const timing = {
        now: () => now,
        soon: (action: () => void) => timing.after(1, action),
        after: (ms: number, action: () => void) => {
          look = () => {
            now += ms;
            action();
          };
          return () => {
            look = undefined;
          };
        },
      };
      const isDue = (step: string) => {
        const isSo = left[0] === step && now - started.at >= stepMs;
        if (isSo) started.at = now;
        return isSo && left.shift() !== undefined;
      };
      const window = {
        state,
        reset: (_: number, generation: number) => {
          state[BarState.GENERATION] = generation;
          started.at = now;
        },
        readControl: () => {
          state[BarState.MAGIC] = BAR_MAGIC;
          if (isDue('reset')) state[BarState.GENERATION_DONE] = state[BarState.GENERATION] as number;
          if (isDue('line')) state[BarState.TAKEN] = (state[BarState.TAKEN] as number) + 1;
        },
        write: (commands: Uint8Array) => {
          state[BarState.WRITTEN] = (state[BarState.WRITTEN] as number) + commands.length / 16;
          started.at = now;
          return commands.length;
        },
        poll: (out: Uint8Array) => (isDue('greeting') ? out.fill(0, 0, 32) && 32 : 0),
        ring: () => {},
        close: () => {},
      } as unknown as AddonBarWindow;
      const bar = { window, path: 'bar', description: { layout: { eventLines: 256 } } } as unknown as BarWindow;
      const transport = new PcieTransport({} as Identity, bar, timing, bounds);
      let fault: HalError | undefined;
      let greeted = false;
      transport.start({
        events: () => {
          greeted = true;
        },
        fault: (error) => {
          fault = error;
        },
      });
      transport.reset(1);
      const begun = now;
      for (let n = 0; n < 100_000 && fault === undefined && look !== undefined; n++) {
        look();
        if (greeted && state[BarState.WRITTEN] === 0) transport.submit(new Uint8Array(16 * 12));
      }
      return { code: fault?.code, what: fault?.message.replace(/\d{5,}/, 'N'), ms: now - begun };
    };
    const lines = Array.from({ length: 11 }, () => 'line' as const);
    const message = (what: string) => `bar: ${what} for N ms, and nothing moved`;
    for (const [steps, what] of [
      [[], message('the reset to generation 1 is not done')],
      [['reset'], message('the reset is done and RESET_DONE did not come')],
      [['reset', 'greeting'], message('no command line was taken')],
      [['reset', 'greeting', ...lines], message('no command line was taken')],
    ] as const) {
      const { code, what: said, ms } = endOf(9000, steps);
      expect([code, said]).toEqual(['TIMEOUT', what]);
      expect(ms).toBeGreaterThan(9000 * steps.length + bounds.stallMs);
      expect(ms).toBeLessThan(9200 * steps.length + bounds.stallMs + 1000);
    }
    // One that is never late is never given up on, and one that was not looked at is no dead one.
    expect(endOf(9000, ['reset', 'greeting', ...lines, 'line']).code).toBeUndefined();
    expect(endOf(NEVER, ['reset']).ms).toBeLessThan(11_000);
  });

  it('bounds grow with the time scale, and what nothing moves for grows least', () => {
    const stalls = [0, 1000, 171_000, 20_000_000, 0xffff_ffff].map((scale) => boundsFor(scale).stallMs);
    expect(stalls).toEqual([5000, 5000, 10_000, 200_000, 600_000]);
  });

  test('a line that stays torn, or of another lap, is corrupt', async () => {
    for (const kind of ['tear', 'hold'] as const) {
      const rig = await openRig({ lines: 16 });
      const error = await endOf(rig, () => {
        if (kind === 'tear') rig.model.tear = { bytes: 40, until: () => false };
        else rig.model.hold = { until: () => false };
      });
      expect(error).toMatchObject({
        code: 'STREAM_CORRUPT',
        message: expect.stringMatching(/event line \d+ is counted/),
      });
    }
  });

  test('a device that begins anew by itself is said to have done so', async () => {
    const rig = await openRig();
    await rig.play(oneTop());
    rig.model.restart();
    await vi.waitFor(
      async () => expect(await codeOf(() => rig.device.submit(oneTop()))).toBe('DEVICE_RESTARTED'),
      WAIT,
    );
    await expect(rig.device.fence()).rejects.toThrow(/generation 0 where 1 was/);
  });
});

describe('resets', () => {
  test('take the next generation, and 1 behind the last one', async () => {
    const rig = await openRig({ generation: 65533 });
    const seen = [];
    for (const epoch of [7, 8, 9]) {
      seen.push(readFileSync(rig.model.path).readUInt32LE(0x1004));
      await rig.device.reset(epoch);
    }
    expect([...seen, readFileSync(rig.model.path).readUInt32LE(0x1004)]).toEqual([65534, 65535, 1, 2]);
    expect((await rig.device.fence()).records).toBe(1);
  });

  test('wait for generation_done, however late, and drop what is older', async () => {
    const rig = await openRig();
    rig.model.resetTurns = 200;
    for (let epoch = 10; epoch < 20; epoch++) {
      const sent = rig.device.submit(program(2000, epoch));
      const reset = rig.device.reset(epoch);
      expect(await codeOf(() => sent)).toBe('RESET_DISCARDED');
      await reset;
      expect(decodeEvent(rig.received.at(-1) as Uint8Array)).toEqual({ type: 'RESET_DONE', epoch });
      expect((await rig.device.fence()).records).toBe(1);
    }
  });

  test('that overtake each other end in the last one', async () => {
    const model = new ModelBar(barPath(), TINY).run();
    model.resetTurns = 20;
    const bar = BarWindow.open(model.path);
    const transport = new PcieTransport({ ...bar.description, backend: 'pcie', build: 'test' }, bar);
    const epochs: unknown[] = [];
    transport.start({
      events: (bytes) => epochs.push(decodeEvent(bytes)['epoch']),
      fault: (error) => {
        throw error;
      },
    });
    for (const epoch of [1, 2, 3]) {
      transport.reset(epoch);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await vi.waitFor(() => expect(epochs).toEqual([3]), WAIT);
    transport.close();
    model.close();
  });

  test('do not take a line of the same generation from before the device began anew', async () => {
    const model = new ModelBar(barPath(), TINY).run();
    const first = await open(`pcie:${model.path}`);
    // Less than a lap, so that what is left begins with sequence 0.
    await first.submit(oneTop());
    await first.fence();
    await first.close();
    // As after a reset of the shell: generation 0, and the rings as they were.
    model.restart();
    model.resetTurns = 50;
    const second = await open(`pcie:${model.path}`, { epoch: 77 });
    expect((await second.fence()).records).toBe(1);
    await second.close();
    model.close();
  });
});

describe('two hosts', () => {
  test('the second one is told that the BAR is in use', async () => {
    const rig = await openRig();
    await expect(open(`pcie:${rig.model.path}`)).rejects.toMatchObject({
      code: 'PORT_BUSY',
      message: expect.stringContaining(rig.model.path),
    });
    expect((await rig.device.fence()).records).toBe(1);
    await rig.device.close();
    const next = await open(`pcie:${rig.model.path}`);
    expect((await next.fence()).records).toBe(1);
    await next.close();
  });

  test('a host that is killed in the middle of a batch leaves nothing behind', async () => {
    const model = new ModelBar(barPath(), TINY).run();
    for (let n = 0; n < 3; n++) {
      const child = spawn(process.execPath, ['-e', KILLED_HOST, ADDON, model.path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const device = await open(`pcie:${model.path}`);
      const events: Uint8Array[] = [];
      device.onEvents((bytes) => events.push(bytes.slice()));
      await device.submit(oneTop());
      expect(await device.fence()).toMatchObject({ records: 5, events: 1 });
      expect(Buffer.concat(events).length).toBe(64);
      await device.close();
    }
    expect(model.happened.resets).toBe(6);
    model.close();
  });
});

/** Resets, writes lines for ever and says so once: there is no good moment to be killed. */
const KILLED_HOST = `
  const { BarWindow } = require(process.argv[1]);
  const window = new BarWindow(process.argv[2]);
  window.attach(Uint32Array.from([0x8000, 256, 0x1040, 0x4000, 256, 0x1080, 0x1000, 0x2000]));
  window.readControl();
  const generation = (window.state[8] % 65535) + 1;
  window.reset(1, generation);
  const commands = new Uint8Array(16 * 100);
  const out = new Uint8Array(64);
  let told = false;
  setInterval(() => {}, 1000);
  (function turn() {
    window.readControl();
    if (window.state[9] === generation) {
      window.write(commands, 0);
      window.poll(out);
      if (!told && window.state[3] > 50) {
        told = true;
        console.log('midway');
      }
    }
    setImmediate(turn);
  })();
`;

describe('what is not a board', () => {
  const expectCode = async (path: string, code: string, message: RegExp) => {
    await expect(open(`pcie:${path}`)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  };

  test('is told apart', async () => {
    await expectCode(barPath(), 'DEVICE_ABSENT', /no such file/);
    await expectCode('/', 'ARGUMENT_INVALID', /folder/);
    await expectCode('/dev/null', 'ARGUMENT_INVALID', /^\/dev\/null: is a character device/);
    const [fifo, loop, nothing] = [barPath(), barPath(), barPath()];
    execFileSync('mkfifo', [fifo]);
    await expectCode(fifo, 'ARGUMENT_INVALID', /bar\d+: is a FIFO/);
    symlinkSync(loop, loop);
    await expectCode(loop, 'ARGUMENT_INVALID', /bar\d+: its symbolic links run in a circle/);
    writeFileSync(nothing, '');
    await expectCode(nothing, 'NOT_GATEBOOK', /bar\d+: is empty/);
    const empty = barPath();
    writeFileSync(empty, Buffer.alloc(65536));
    await expectCode(empty, 'NOT_GATEBOOK', /begins with 0x00000000, not with 0x31424247/);
    writeFileSync(empty, Buffer.alloc(65536, 0xff));
    await expectCode(empty, 'DEVICE_GONE', /all ones/);
    truncateSync(empty, 100);
    await expectCode(empty, 'BAR_LOST', /too short/);
    const model = (options: object) => {
      const each = new ModelBar(barPath(), TINY, options).run();
      each.close();
      return each.path;
    };
    await expectCode(model({ contractDigest: '0011223344556677' }), 'CONTRACT_MISMATCH', /'0011223344556677'/);
    await expectCode(model({ barVersion: 2 }), 'LINK_VERSION_MISMATCH', /bar_version 2, this host speaks 1/);
  });

  test('a profile that is not the one of the board is refused by its numbers', async () => {
    const model = new ModelBar(barPath(), TINY).run();
    await expect(open(`pcie:${model.path}`, { profile: { ...TINY, books: 4 } })).rejects.toMatchObject({
      code: 'PROFILE_MISMATCH',
    });
    // Nothing of it stays open.
    const device = await open(`pcie:${model.path}`, { profile: TINY });
    expect(device.identity).toMatchObject({ build: 'board model', commit: 'ab'.repeat(20), clockHz: 125_000_000 });
    await device.close();
    model.close();
  });

  /** Offset of a block of the model by its type. */
  const blockAt = (window: Buffer, type: number) => {
    for (let at = 4; at !== 0; at = window.readUInt32LE(at + 4)) if (window.readUInt16LE(at) === type) return at;
    throw new Error(`no block ${type}`);
  };
  const BROKEN: Readonly<Record<string, (window: Buffer) => void>> = {
    'the block at 4 says that the next one is at 4': (window) => window.writeUInt32LE(4, 8),
    'a block at 65534 lies outside': (window) => window.writeUInt32LE(65534, 8),
    'there is no block CONTROL of version 1': (window) => window.writeUInt16LE(2, blockAt(window, 4) + 2),
    'COMMAND_RING.lines = 255 is not a power of two': (window) => window.writeUInt32LE(255, blockAt(window, 2) + 12),
    'COMMAND_RING.offset = 32772': (window) => window.writeUInt32LE(0x8004, blockAt(window, 2) + 8),
    'EVENT_RING.offset = 65472': (window) => window.writeUInt32LE(65472, blockAt(window, 3) + 8),
    'EVENT_RING.doorbell = 65536': (window) => window.writeUInt32LE(65536, blockAt(window, 3) + 16),
    'CONTROL.offset = 2': (window) => window.writeUInt32LE(2, blockAt(window, 4) + 8),
    'REGISTERS.offset = 4': (window) => window.writeUInt32LE(4, blockAt(window, 5) + 8),
    'profile.books = 0': (window) => window.writeUInt32LE(0, blockAt(window, 1) + 8 + 12),
  };

  for (const [message, breakIt] of Object.entries(BROKEN)) {
    test(`a list of blocks that makes no sense is refused: ${message}`, async () => {
      const model = new ModelBar(barPath(), TINY).run();
      model.close();
      const window = readFileSync(model.path);
      breakIt(window);
      writeFileSync(model.path, window);
      await expect(open(`pcie:${model.path}`)).rejects.toMatchObject({
        code: 'DEVICE_FAULT',
        message: expect.stringContaining(message),
      });
    });
  }
});

describe('beside the stream', () => {
  test('lines, bytes and round trips are counted', async () => {
    const rig = await openRig();
    for (let n = 0; n < 20; n++) await rig.play(new CommandWriter().fence(1).bytes());
    const telemetry = await rig.device.telemetry?.();
    // Two events a turn and RESET_DONE; two lines a turn.
    expect(telemetry).toMatchObject({ framesIn: 41, bytesIn: 41 * 64, framesOut: 40, bytesOut: 40 * 64 });
    expect(telemetry).toMatchObject({ retransmissions: 0, creditCommands: 768, creditEvents: 256 });
    expect(telemetry?.roundTripUs.p50).toBeGreaterThan(0);
    expect(telemetry?.roundTripUs.p99).toBeGreaterThanOrEqual(telemetry?.roundTripUs.p50 ?? 0);
    expect(new Set(Object.values(rig.faults))).toEqual(new Set([0]));
  });

  test('what is sent again is counted in commands, and a refusal once', async () => {
    for (const registers of [300, 0]) {
      const rig = await openRig({ registers });
      rig.model.spoil = (line) => line.fill(0, 30);
      // Lines of 3, 3 and 1; all of them are written before the device looks at the first.
      await rig.device.submit(new Uint8Array(Buffer.concat([oneTop(), oneTop().subarray(0, 3 * 16)])));
      await vi.waitFor(() => expect(rig.faults.device_refused_lines).toBe(1), WAIT);
      // The model has no counters of its own.
      if (registers > 0) rig.model.setRegister(0x101, 1n);
      const telemetry = await rig.device.telemetry?.();
      expect(telemetry?.retransmissions).toBe(7);
      const faults = Object.entries(telemetry?.faults ?? {}).filter(([, count]) => count > 0);
      expect(faults).toEqual([[registers > 0 ? 'device_crc_refusals' : 'device_refused_lines', 1]]);
    }
  });

  test('counters of the device count from when it was opened', async () => {
    const model = new ModelBar(barPath(), TINY).run();
    // REGISTER_LINK + 1: CRC refusals, 32 bits that wrap.
    model.setRegister(0x101, 0xffff_fffen);
    const device = await open(`pcie:${model.path}`);
    expect((await device.telemetry?.())?.faults).toMatchObject({ device_crc_refusals: 0, device_stray_writes: 0 });
    model.setRegister(0x101, 3n);
    expect((await device.telemetry?.())?.faults).toMatchObject({ device_crc_refusals: 5, device_stray_writes: 0 });
    await device.close();
    model.close();
  });

  test('registers are read by number, and beyond the last one as 0', async () => {
    const rig = await openRig();
    rig.model.setRegister(3, 0x0123_4567_89ab_cdefn);
    rig.model.setRegister(299, 1n);
    expect(await rig.device.readRegister?.(3)).toBe(0x0123_4567_89ab_cdefn);
    expect(await rig.device.readRegister?.(299)).toBe(1n);
    expect(await rig.device.readRegister?.(300)).toBe(0n);
    expect(await codeOf(() => rig.device.readRegister?.(-1))).toBe('ARGUMENT_INVALID');
  });
});
