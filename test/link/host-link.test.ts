// Goal: the host's side of the link keeps the clauses LNK-1 to LNK-15 against a device written from the same page.
import { describe, expect, it } from 'vitest';
import { CONTRACT_DIGEST, CommandWriter } from '../../src/contract/generated/records.js';
import { Timer } from '../../src/link/clock.js';
import { Repeater } from '../../src/link/repeater.js';
import { cutRandomly, oneTop, randomProgram, TINY } from '../hal/programs.js';
import { Bench } from './bench.js';
import { le, ModelCodec } from './model-codec.js';
import { ModelDevice } from './model-device.js';
import { direct } from './reference.js';

/** IDENTITY as the device would say it, with the nonce of the last HELLO of this seed. */
function identityFor(bench: Bench, nonce?: number): Uint8Array {
  const model = new ModelDevice({ profile: TINY });
  const hello = nonce ?? (bench.link as unknown as { hello: { nonce: number } }).hello.nonce;
  model.receive(new ModelCodec('').block([1, 1, 0, 0, ...le(hello, 4)]));
  return model.pull() as Uint8Array;
}

describe('the host link', () => {
  it('says who is there, and begins an epoch', async () => {
    const bench = new Bench({ profile: TINY, board: 'model-board', commit: 'ab'.repeat(20) });
    const identity = await bench.clock.settle(bench.link.identify());
    expect(identity).toMatchObject({ board: 'model-board', commit: 'ab'.repeat(20), epoch: 0, commandWindow: 64 });
    await bench.clock.settle(bench.link.reset(77));
    await bench.clock.pass(10);
    expect(bench.events).toEqual(direct(new Uint8Array(0), TINY, 77));
    expect(bench.device.epoch).toBeGreaterThan(0);
  });

  it('delivers the events of a program once and in order', async () => {
    const bench = new Bench({ profile: TINY });
    await bench.open();
    let state = 5;
    const random = () => {
      state = (state * 1103515245 + 12345) & 0x7fffffff;
      return state / 0x80000000;
    };
    const commands = randomProgram(5000, 3);
    const expected = direct(commands, TINY);
    await bench.submit(cutRandomly(commands, random).filter((batch) => batch.length > 0));
    await bench.clock.until(() => bench.events.length >= expected.length, 1000);
    await bench.clock.pass(50);
    expect(Buffer.compare(bench.events, expected)).toBe(0);
    expect(bench.faults).toEqual([]);
    expect(bench.link.counters).toMatchObject({ retransmissions: 0, badFrames: 0, gaps: 0, duplicates: 0 });
  });

  it('sends a command at once when the line is idle', async () => {
    const bench = new Bench({ profile: TINY, latencyMs: 0 });
    await bench.open();
    await bench.clock.pass(100);
    const from = bench.clock.now();
    bench.clear();
    bench.link.submit(new CommandWriter().fence(1).bytes());
    await bench.clock.until(() => bench.events.length === 32, 10);
    // 16 + 9 + 4 + 2 bytes there with a 0x00 before them, 32 + 9 + 4 + 2 bytes back: 790 bits.
    expect(bench.clock.now() - from).toBeCloseTo(790 / 3000, 2);
  });

  it('reads registers of the kernel and of the link', async () => {
    const bench = new Bench({ profile: TINY, registers: (address) => (BigInt(address) << 40n) + 1n });
    await bench.clock.settle(bench.link.identify());
    // Before any epoch too.
    expect(await bench.clock.settle(bench.link.read(3))).toBe((3n << 40n) + 1n);
    await bench.open();
    await bench.submit([oneTop()]);
    const [resets, kernel] = await bench.clock.settle(Promise.all([bench.link.read(0x10b), bench.link.read(255)]));
    expect([resets, kernel]).toEqual([1n, (255n << 40n) + 1n]);
  });
});

describe('a single lost frame under load', () => {
  /** Loses the first full frame after 10 ms. */
  const loser = (bench: () => Bench) => {
    let lost = 0;
    return (block: Uint8Array) => {
      const lose = lost === 0 && block.length > 230 && bench().clock.now() > 10;
      if (lose) lost += 1;
      return lose ? [] : [{ bytes: block, lateMs: 0 }];
    };
  };
  const load = randomProgram(3000, 6);

  it('of commands is gone back to once, though the device asks for each frame behind it', async () => {
    const bench: Bench = new Bench({ profile: TINY, commandWindow: 256, latencyMs: 2, toDevice: loser(() => bench) });
    await bench.open();
    await bench.submit([load]);
    await bench.clock.pass(50);
    expect(bench.device.counters.gaps).toBeGreaterThan(3);
    expect(bench.link.counters.rewinds).toBe(1);
    expect(bench.device.counters.duplicates).toBe(0);
    expect(bench.link.counters.retransmissions).toBeLessThanOrEqual(256);
    expect(bench.device.counters.wrong_epochs).toBe(0);
  });

  it('of events is asked for once, though each frame behind it shows the gap', async () => {
    const bench: Bench = new Bench({ profile: TINY, eventWindow: 256, latencyMs: 2, toHost: loser(() => bench) });
    await bench.open();
    await bench.submit([load]);
    await bench.clock.pass(50);
    expect(bench.link.counters.gaps).toBeGreaterThan(3);
    expect(bench.device.counters.rewinds).toBe(1);
    expect(bench.link.counters.duplicates).toBe(0);
  });
});

describe('single commands', () => {
  it('gather while the line is busy', async () => {
    const bench = new Bench({ profile: TINY, commandWindow: 1024 });
    await bench.open();
    await bench.clock.pass(100);
    const before = bench.link.counters.framesOut;
    const commands = new CommandWriter();
    for (let i = 0; i < 60; i++) commands.bookFee(0, i, true);
    const bytes = commands.bytes();
    for (let at = 0; at < bytes.length; at += 16) {
      bench.link.submit(bytes.subarray(at, at + 16));
      await bench.clock.pass(0.05);
    }
    await bench.clock.until(() => bench.link.counters.creditCommands === 1024, 100);
    // One by one they would need 60 frames of 0.1 ms, twice the time in which they came.
    expect(bench.link.counters.framesOut - before).toBeLessThanOrEqual(20);
    expect(bench.faults).toEqual([]);
  });
});

describe('credit', () => {
  it('lets a submit wait while the device has no room, and no longer', async () => {
    const bench = new Bench({ profile: TINY, commandWindow: 8 });
    await bench.open();
    bench.device.kernelRuns = false;
    const commands = randomProgram(30, 2);
    let done = false;
    const taken = Promise.resolve(bench.link.submit(commands)).then(() => {
      done = true;
    });
    // Seconds of back-pressure are no fault: the device answers every poll.
    await bench.clock.pass(8000);
    expect([done, bench.faults]).toEqual([false, []]);
    expect(bench.link.counters.creditCommands).toBe(0);
    bench.device.release();
    await bench.clock.settle(taken);
    const expected = direct(commands, TINY);
    await bench.clock.until(() => bench.events.length >= expected.length, 1000);
    expect(Buffer.compare(bench.events, expected)).toBe(0);
    expect(bench.device.counters.overruns).toBe(0);
  });

  it('comes with DATA: that of a VALUE grants nothing', async () => {
    const bench = new Bench({ profile: TINY, commandWindow: 8 });
    await bench.open();
    bench.device.kernelRuns = false;
    bench.link.submit(randomProgram(30, 2));
    await bench.clock.pass(50);
    expect(bench.link.counters.creditCommands).toBe(0);
    const header = [0x13, ...le(bench.device.epoch, 2), ...le(1, 2), ...le(8, 2), ...le(100, 2)];
    bench.link.receive(new ModelCodec(CONTRACT_DIGEST).block([...header, ...new Array(12).fill(0)]));
    expect(bench.link.counters.creditCommands).toBe(0);
    await bench.clock.pass(50);
    expect([bench.device.counters.overruns, bench.faults]).toEqual([0, []]);
  });

  it('for events stands still while the consumer cannot follow', async () => {
    const bench = new Bench({ profile: TINY, eventWindow: 4, host: { eventCredit: 10 } });
    await bench.open();
    const fences = new CommandWriter();
    for (let i = 0; i < 64; i++) fences.fence(i);
    await bench.clock.pass(5);
    bench.link.hold();
    await bench.submit([fences.bytes()]);
    await bench.clock.pass(3000);
    // RESET_DONE had come; ten more were granted before.
    expect([bench.eventCount, bench.link.counters.creditEvents, bench.faults]).toEqual([11, 0, []]);
    bench.link.release();
    await bench.clock.until(() => bench.eventCount === 65, 1000);
    expect(Buffer.compare(bench.events, direct(fences.bytes(), TINY))).toBe(0);
  });

  it('is never less than the window of the device', async () => {
    const bench = new Bench({ profile: TINY, eventWindow: 64, host: { eventCredit: 1 } });
    await bench.open();
    await bench.clock.pass(1);
    expect(bench.link.counters.creditEvents).toBe(64);
  });
});

describe('a reset', () => {
  it('discards what waits, and nothing of the epoch before comes after it', async () => {
    const bench = new Bench({ profile: TINY, commandWindow: 4, eventWindow: 2 });
    await bench.open();
    for (let epoch = 2; epoch < 12; epoch++) {
      const waiting = bench.link.submit(randomProgram(400, epoch));
      await bench.clock.pass(0.3 * epoch);
      bench.clear();
      const reset = bench.link.reset(epoch);
      await expect(Promise.resolve(waiting)).rejects.toMatchObject({ code: 'RESET_DISCARDED' });
      await bench.clock.settle(reset);
      await bench.submit([oneTop()]);
      const expected = direct(oneTop(), TINY, epoch);
      await bench.clock.until(() => bench.events.length >= expected.length, 1000);
      await bench.clock.pass(20);
      expect(Buffer.compare(bench.events, expected)).toBe(0);
    }
    expect(bench.faults).toEqual([]);
    expect(bench.device.counters.resets).toBe(11);
  });

  it('is repeated until it is answered, and resets once', async () => {
    let lost = 0;
    const bench = new Bench({
      profile: TINY,
      toHost: (block) => (lost-- > 0 ? [] : [{ bytes: block, lateMs: 0 }]),
    });
    await bench.clock.settle(bench.link.identify());
    lost = 5;
    await bench.clock.settle(bench.link.reset(9));
    await bench.clock.until(() => bench.eventCount === 1, 1000);
    expect([bench.device.counters.resets, bench.faults]).toEqual([1, []]);
    expect(bench.events).toEqual(direct(new Uint8Array(0), TINY, 9));
  });

  it('takes another epoch than the one of the device, whatever chance says', async () => {
    for (const drawn of [0, 4, 65_534, 2 ** 32 - 1]) {
      const bench = new Bench({ profile: TINY, host: { random: () => drawn } });
      await bench.open();
      const epochs = [bench.device.epoch];
      for (let i = 0; i < 3; i++) {
        await bench.clock.settle(bench.link.reset(i));
        epochs.push(bench.device.epoch);
      }
      expect(new Set(epochs).size).toBe(4);
      expect(Math.min(...epochs)).toBeGreaterThan(0);
      expect(Math.max(...epochs)).toBeLessThan(65_536);
    }
  });

  it('is not undone by a late frame of the epoch before', async () => {
    const held: Uint8Array[] = [];
    let hold = false;
    const bench = new Bench({
      profile: TINY,
      toHost: (block) => {
        if (!hold) return [{ bytes: block, lateMs: 0 }];
        held.push(block);
        return [];
      },
    });
    await bench.open();
    hold = true;
    bench.link.submit(oneTop());
    await bench.clock.pass(2);
    hold = false;
    await bench.clock.settle(bench.link.reset(2));
    await bench.clock.pass(1);
    bench.clear();
    expect(held.length).toBeGreaterThan(0);
    for (const block of held) bench.link.receive(block);
    await bench.clock.pass(500);
    expect([bench.events.length, bench.faults]).toEqual([0, []]);
    expect(bench.link.counters.wrongEpochs).toBe(held.length);
    await bench.submit([oneTop()]);
    await bench.clock.until(() => bench.eventCount === 1, 100);
  });
});

describe('a timer', () => {
  it('is never set for longer than a timer of Node can be', () => {
    const set: number[] = [];
    const clock = {
      now: () => 0,
      after: (ms: number) => {
        set.push(ms);
        return () => {};
      },
    };
    const timer = new Timer(clock, () => {});
    for (const ms of [5, 2 ** 31, Number.POSITIVE_INFINITY]) timer.set(ms);
    expect(set).toEqual([5, 2 ** 31 - 1, 2 ** 31 - 1]);
  });
});

describe('a question that is repeated', () => {
  /** What is said of a question whose timers go off at `times`. */
  function toldAt(firstMs: number, boundMs: number, times: readonly number[]): string[] {
    let [now, timer] = [0, () => {}];
    const after = (_ms: number, action: () => void) => {
      timer = action;
      return () => {};
    };
    const told: string[] = [];
    const say = (what: string) => () => told.push(what);
    new Repeater({ now: () => now, after }).start(firstMs, boundMs, say('asked'), say('given up'));
    for (const at of times) {
      now = at;
      timer();
    }
    return told;
  }

  it('is not given up for the time in which this process itself was held up', () => {
    // Ten ms were to pass, and five hundred did; then each timer is on time.
    expect(toldAt(10, 40, [500, 520, 530, 531])).toEqual(['asked', 'asked', 'asked', 'given up']);
  });

  it('is not asked again for a timer that goes off a little before its time', () => {
    expect(toldAt(60, 60, [59.4])).toEqual(['asked', 'given up']);
  });
});

describe('the end of a link', () => {
  it('is LINK_LOST when a device falls silent, in use and idle, within its bound', async () => {
    for (const busy of [true, false]) {
      const bench = new Bench({ profile: TINY });
      await bench.open();
      await bench.clock.pass(100);
      bench.device.alive = false;
      const from = bench.clock.now();
      const waiting = busy ? bench.link.submit(randomProgram(500, 1)) : bench.link.read(0);
      await bench.clock.until(() => bench.faults.length > 0, 3000);
      expect(bench.faults.map((fault) => fault.code)).toEqual(['LINK_LOST']);
      expect(bench.clock.now() - from).toBeGreaterThanOrEqual(1000);
      expect(bench.clock.now() - from).toBeLessThan(1400);
      await expect(Promise.resolve(waiting)).rejects.toThrow();
      expect(() => bench.link.submit(oneTop())).toThrow(/closed/);
      // Nothing is left that would run for ever.
      await bench.clock.pass(10_000);
      expect(bench.clock.step(Number.POSITIVE_INFINITY)).toBe(false);
    }
  });

  it('takes longer to believe it of a slow line and of a simulation', async () => {
    const cases = [
      [{ baud: 9600 }, (64 * 255 * 10_000) / 9600],
      [{ baud: 3_000_000, timeScale: 20_000 }, 20_000],
      // Nobody waits for hours because a device says so.
      [{ baud: 3_000_000, timeScale: 0xffff_ffff }, 600_000],
      [{ baud: 300, lineBaud: 3_000_000, timeScale: 0xffff_ffff }, 600_000],
    ] as const;
    for (const [options, bound] of cases) {
      const bench = new Bench({ profile: TINY, ...options });
      await bench.open();
      await bench.clock.pass(100);
      bench.device.alive = false;
      const from = bench.clock.now();
      bench.link.submit(oneTop());
      await bench.clock.until(() => bench.faults.length > 0, 10 * bound);
      expect((bench.clock.now() - from) / bound).toBeGreaterThanOrEqual(1);
      expect((bench.clock.now() - from) / bound).toBeLessThan(1.5);
    }
  });

  it('is no end when this process was held up, and what came meanwhile is still to be read', async () => {
    const bench = new Bench({ profile: TINY });
    await bench.open();
    await bench.clock.pass(100);
    bench.device.alive = false;
    bench.link.submit(oneTop());
    await bench.clock.pass(900);
    bench.device.alive = true;
    // Timers that are due go off before anything is read.
    const clock = bench.clock as unknown as { nowMs: number };
    clock.nowMs += 500;
    await bench.clock.pass(500);
    expect(bench.faults).toEqual([]);
    expect(bench.eventCount).toBeGreaterThan(0);
  });

  it('is no end when the silence is shorter, and costs nothing', async () => {
    const bench = new Bench({ profile: TINY });
    await bench.open();
    const commands = randomProgram(2000, 8);
    const submitted = bench.submit([commands]);
    await bench.clock.pass(5);
    bench.device.alive = false;
    await bench.clock.pass(700);
    bench.device.alive = true;
    await submitted;
    const expected = direct(commands, TINY);
    await bench.clock.until(() => bench.events.length >= expected.length, 5000);
    expect(Buffer.compare(bench.events, expected)).toBe(0);
    expect(bench.faults).toEqual([]);
  });

  it('is DEVICE_RESTARTED when the device was switched off and on, in use and idle', async () => {
    for (const busy of [true, false]) {
      const bench = new Bench({ profile: TINY });
      await bench.open();
      if (busy) bench.link.submit(randomProgram(500, 1));
      await bench.clock.pass(3);
      bench.device.powerCycle();
      await bench.clock.until(() => bench.faults.length > 0, 1000);
      expect(bench.faults).toMatchObject([
        { code: 'DEVICE_RESTARTED', message: expect.stringContaining('switched on') },
      ]);
      // The first such frame says it.
      expect(bench.link.counters.wrongEpochs).toBe(1);
    }
  });

  it('is DEVICE_RESTARTED when another host took the device', async () => {
    const bench = new Bench({ profile: TINY });
    await bench.open();
    await bench.clock.pass(10);
    const other = new Bench({ profile: TINY, seed: 99, host: {} });
    // The other host's RESET reaches the device of the first.
    other.downlink.send = (block) => bench.device.receive(block);
    other.device.onReady = () => {};
    const identified = other.link.identify();
    other.link.receive(identityFor(other));
    await other.clock.settle(identified);
    other.link.reset(1);
    await bench.clock.until(() => bench.faults.length > 0, 1000);
    expect(bench.faults).toMatchObject([{ code: 'DEVICE_RESTARTED' }]);
  });

  it('is DEVICE_RESTARTED when an old RESET brings back an epoch of before', async () => {
    const resets: Uint8Array[] = [];
    const bench = new Bench({
      profile: TINY,
      toDevice: (block) => {
        resets.push(block);
        return [{ bytes: block, lateMs: 0 }];
      },
    });
    await bench.clock.settle(bench.link.identify());
    resets.length = 0;
    await bench.clock.settle(bench.link.reset(1));
    const [first] = resets;
    await bench.clock.settle(bench.link.reset(2));
    await bench.clock.pass(10);
    bench.device.receive(first as Uint8Array);
    await bench.clock.until(() => bench.faults.length > 0, 2000);
    expect(bench.faults).toMatchObject([{ code: 'DEVICE_RESTARTED' }]);
  });

  it('answers everybody who waits when it is closed, and stays closed', async () => {
    const bench = new Bench({ profile: TINY, commandWindow: 1 });
    await bench.open();
    bench.device.kernelRuns = false;
    const waits = [bench.link.submit(randomProgram(9, 1)), bench.link.read(1), bench.link.identify()];
    // The READ goes out a turn later.
    await Promise.resolve();
    bench.link.close();
    bench.link.close();
    for (const wait of waits) await expect(Promise.resolve(wait)).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
    await expect(bench.link.identify()).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
    await expect(bench.link.reset(1)).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
    await bench.clock.pass(5000);
    expect(bench.clock.step(Number.POSITIVE_INFINITY)).toBe(false);
    expect(bench.faults).toEqual([]);
  });
});

describe('who is there', () => {
  it('is asked until somebody answers, and not for ever', async () => {
    const bench = new Bench({ profile: TINY });
    bench.device.alive = false;
    const nobody = bench.link.identify(500);
    await expect(bench.clock.settle(nobody)).rejects.toMatchObject({ code: 'NO_ANSWER' });
    const somebody = bench.link.identify(2000);
    await bench.clock.pass(300);
    bench.device.alive = true;
    expect(await bench.clock.settle(somebody)).toMatchObject({ board: 'model' });
  });

  it('is not taken from an answer to another question', async () => {
    const bench = new Bench({ profile: TINY });
    const stale = identityFor(bench, 12_345);
    const asked = bench.link.identify(100);
    bench.device.alive = false;
    bench.link.receive(stale);
    await expect(bench.clock.settle(asked)).rejects.toMatchObject({ code: 'NO_ANSWER' });
  });

  it('is refused with windows and rates that no device can have', async () => {
    for (const [window, name] of [
      [{ commandWindow: 0 }, 'command_window = 0'],
      [{ eventWindow: 32_768 }, 'event_window = 32768'],
      [{ baud: 299, lineBaud: 3_000_000 }, 'baud = 299'],
      [{ baud: 100_000_001, lineBaud: 3_000_000 }, 'baud = 100000001'],
    ] as const) {
      const bench = new Bench({ profile: TINY, ...window });
      const asked = bench.clock.settle(bench.link.identify());
      await expect(asked).rejects.toMatchObject({ code: 'STREAM_CORRUPT', message: expect.stringContaining(name) });
    }
  });

  it('is told by a device of another contract too, which then understands nothing else', async () => {
    const bench = new Bench({ profile: TINY, digest: '0123456789abcdef' });
    const identity = await bench.clock.settle(bench.link.identify());
    expect(identity.contractDigest).toBe('0123456789abcdef');
    const reset = bench.clock.settle(bench.link.reset(1));
    await expect(reset).rejects.toMatchObject({ code: 'LINK_LOST' });
    expect(bench.device.counters.crc_errors).toBeGreaterThan(3);
    expect(bench.device.counters.resets).toBe(0);
  });
});
