// Goal: every promise of device.ts, held by every backend. A backend joins by adding a row to conformance.test.ts.
import { crc32 } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { CONTRACT_DIGEST, CommandWriter, EventType } from '../../src/contract/generated/records.js';
import { type Profile, parseProfile } from '../../src/contract/profile.js';
import { decodeEvent } from '../../src/contract/symbolic.js';
import type { Device } from '../../src/hal/device.js';
import { HalError, type HalErrorCode } from '../../src/hal/errors.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { Prng } from '../../src/verify/prng.js';
import { cutRandomly, oneTop, randomProgram, TINY } from './programs.js';

export interface ConformanceRow {
  /** The backend that it says it is. */
  readonly name: string;
  /** What is opened, where that is more than the name. */
  readonly spec?: string;
  /** Why it cannot run here, or undefined. */
  readonly unavailable: string | undefined;
  /** Profiles it can be opened with, TINY first; a board has its own alone. */
  readonly profiles: readonly Profile[];
  open(options: {
    readonly profile: Profile;
    readonly shadow?: boolean;
    readonly epoch?: number;
    readonly onListenerError?: (error: unknown) => void;
  }): Promise<Device>;
  /** Opens and uses the device inside a worker thread, and returns the fence there; left out where that cannot be. */
  inWorker?(commands: Uint8Array): Promise<number>;
  /** Commands of one random program: fewer where a device is slow. */
  readonly commands: number;
}

/** All events of a device from here on. */
function record(device: Device): { bytes(): Uint8Array; clear(): void } {
  let chunks: Uint8Array[] = [];
  device.onEvents((events) => chunks.push(events.slice()));
  return {
    bytes: () => new Uint8Array(Buffer.concat(chunks)),
    clear: () => {
      chunks = [];
    },
  };
}

/** What the reference engine answers to the same commands. */
function reference(commands: Uint8Array, profile: Profile): Uint8Array {
  const engine = new SoftwareEngine(profile);
  const out = new Uint8Array(engine.maxEventBytes + 4096);
  engine.reset(0, out);
  const chunks: Uint8Array[] = [];
  for (let from = 0; from < commands.length; ) {
    from = engine.consume(commands, from, out);
    chunks.push(out.slice(0, engine.eventBytes));
  }
  return new Uint8Array(Buffer.concat(chunks));
}

async function codeOf(action: () => unknown): Promise<HalErrorCode | 'no error'> {
  try {
    await action();
    return 'no error';
  } catch (error) {
    if (error instanceof HalError) return error.code;
    throw error;
  }
}

const tops = (events: Uint8Array) => {
  let n = 0;
  for (let at = 0; at < events.length; at += 32) if (events[at] === EventType.TOP) n += 1;
  return n;
};

/** A random program without restores: FENCE counts then cover the whole stream. */
function plainProgram(commands: number, seed: number, profile: Profile): Uint8Array {
  const program = randomProgram(commands, seed, profile);
  const kept: Uint8Array[] = [];
  for (let at = 0; at < program.length; at += 16) {
    if ((program[at] as number) < 0xe0 || (program[at] as number) > 0xe2) kept.push(program.subarray(at, at + 16));
  }
  return new Uint8Array(Buffer.concat(kept));
}

export function describeConformance(row: ConformanceRow): void {
  describe(`device conformance: ${row.spec ?? row.name}`, () => {
    const opened: Device[] = [];
    const open = async (
      options: Omit<Parameters<ConformanceRow['open']>[0], 'profile'> & { profile?: Profile } = {},
    ) => {
      const device = await row.open({ profile: TINY, ...options });
      opened.push(device);
      return device;
    };
    afterEach(async () => {
      for (const device of opened.splice(0)) await device.close();
    });
    const promise = (text: string, check: () => Promise<void>) =>
      it(text, async (ctx) => {
        if (row.unavailable !== undefined) return ctx.skip(`NOT RUN: ${row.unavailable}`);
        await check();
      });

    describeIdentity(row, promise, open);
    describeStream(row, promise, open);
    describeListeners(promise, open);
    describeState(row, promise, open);
    describeEnd(row, promise, open);
  });
}

type PromiseTest = (text: string, check: () => Promise<void>) => void;
type Open = (
  options?: Omit<Parameters<ConformanceRow['open']>[0], 'profile'> & { profile?: Profile },
) => Promise<Device>;

function describeIdentity(row: ConformanceRow, promise: PromiseTest, open: Open): void {
  promise('says who it is', async () => {
    const { identity } = await open();
    expect(identity.backend).toBe(row.name);
    expect(identity.contractDigest).toBe(CONTRACT_DIGEST);
    expect(identity.build).not.toBe('');
    expect(identity.commit).toMatch(/^([0-9a-f]{40}|unknown)$/);
    expect(identity.profile).toEqual(TINY);
  });

  for (const profile of row.profiles) {
    const size = `${profile.books} books, ${profile.pages} pages, ${profile.baskets} baskets`;
    promise(`refuses exactly at the limits of the profile with ${size}`, async () => {
      const device = await open({ profile });
      const events = record(device);
      const out = new CommandWriter();
      out.bookFee(profile.books - 1, 1, true).bookFee(profile.books, 1, true);
      out.basketCreate(profile.baskets, 1, 1);
      for (const tick of [1, 10, 25, 50, 100, 1000]) out.bookBegin(0, tick, true);
      const commands = out.bytes().slice();
      await device.submit(commands);
      await device.fence();
      expect(device.identity.profile).toEqual(profile);
      const expected = reference(commands, profile);
      expect(events.bytes().subarray(0, expected.length)).toEqual(expected);
    });
  }

  promise('refuses a profile that is out of range, by name', async () => {
    expect(await codeOf(() => open({ profile: { ...TINY, books: 0 } }))).toBe('PROFILE_INVALID');
    expect(await codeOf(() => open({ profile: { ...TINY, finestTick: 7 } }))).toBe('PROFILE_INVALID');
  });
}

function describeStream(row: ConformanceRow, promise: PromiseTest, open: Open): void {
  promise('delivers every event once, in order, however the commands are cut', async () => {
    for (const profile of row.profiles) {
      const whole = randomProgram(row.commands, 11, profile);
      // An unfinished restore at the end would have no answer to wait for: it is ended.
      const commands = new Uint8Array(Buffer.concat([whole, new CommandWriter().restoreEnd(0).bytes()]));
      const expected = reference(commands, profile);
      // A profile without pages has no levels, and so no TOP.
      if (profile.pages > 0) expect(tops(expected)).toBeGreaterThan(row.commands / 200);
      for (const seed of [1, 2]) {
        const random = new Prng(seed);
        const device = await open({ profile });
        const events = record(device);
        for (const batch of cutRandomly(commands, () => random.u32() / 2 ** 32)) await device.submit(batch);
        await device.fence();
        expect(Buffer.compare(events.bytes().subarray(0, expected.length), expected)).toBe(0);
        expect(events.bytes().length - expected.length).toBe(32);
      }
    }
  });

  promise('gives the same for one record a batch as for one big batch', async () => {
    const commands = plainProgram(Math.min(row.commands, 3000), 12, TINY);
    const [one, big] = [await open(), await open()];
    const [eventsOfOne, eventsOfBig] = [record(one), record(big)];
    for (let at = 0; at < commands.length; at += 16) await one.submit(commands.subarray(at, at + 16));
    await big.submit(commands);
    expect(await one.fence()).toEqual(await big.fence());
    expect(Buffer.compare(eventsOfOne.bytes(), eventsOfBig.bytes())).toBe(0);
  });

  promise('counts in its fence what the host received', async () => {
    const device = await open();
    const events = record(device);
    const commands = plainProgram(row.commands, 13, TINY);
    await device.submit(commands);
    const first = await device.fence();
    const received = events.bytes();
    const before = received.subarray(0, received.length - 32);
    expect(first).toEqual({ records: commands.length / 16 + 1, events: before.length / 32, crc32: crc32(before) });
    const second = await device.fence();
    expect(second).toEqual({
      records: first.records + 1,
      events: first.events + 1,
      crc32: crc32(received.subarray(received.length - 32), first.crc32),
    });
  });

  promise('does not mistake a FENCE or BOOK_DIGEST of the caller for its own', async () => {
    const device = await open();
    await device.submit(new CommandWriter().fence(0).fence(1).bookDigest(0).bookDigest(9).fence(0).bytes());
    expect((await device.fence()).records).toBe(6);
    await device.submit(oneTop());
    await device.submit(new CommandWriter().bookDigest(0).bytes());
    const [fence, digest] = await Promise.all([device.fence(), device.digest(0)]);
    expect([fence.records, digest.bids]).toEqual([12, 1]);
  });

  promise('takes views that are not aligned', async () => {
    const commands = plainProgram(500, 14, TINY);
    const [aligned, shifted] = [await open(), await open()];
    const [expected, events] = [record(aligned), record(shifted)];
    await aligned.submit(commands);
    for (const shift of [1, 2, 3, 5]) {
      const memory = new Uint8Array(commands.length + 8);
      memory.set(commands, shift);
      await shifted.reset(shift);
      events.clear();
      await shifted.submit(memory.subarray(shift, shift + commands.length));
      await shifted.fence();
      // RESET_DONE came before `clear`; the FENCE of `fence` stands behind.
      expect(Buffer.compare(events.bytes().subarray(0, expected.bytes().length), expected.bytes())).toBe(0);
    }
  });

  promise('refuses a batch that is not whole records, and takes an empty one', async () => {
    const device = await open();
    for (const bytes of [1, 15, 17, 31]) {
      expect(await codeOf(() => device.submit(new Uint8Array(bytes)))).toBe('BATCH_INVALID');
    }
    expect(await codeOf(() => device.submit([1, 2] as unknown as Uint8Array))).toBe('BATCH_INVALID');
    expect(await codeOf(() => device.submit(null as unknown as Uint8Array))).toBe('BATCH_INVALID');
    await device.submit(new Uint8Array(0));
    expect((await device.fence()).records).toBe(1);
  });

  promise('keeps two devices apart', async () => {
    const [a, b] = [await open(), await open()];
    const [eventsOfA, eventsOfB] = [record(a), record(b)];
    await Promise.all([a.submit(oneTop(1_000_000)), b.submit(oneTop(2_000_000))]);
    await a.fence();
    await b.fence();
    expect(decodeEvent(eventsOfA.bytes())['bid_size']).toBe(1_000_000);
    expect(decodeEvent(eventsOfB.bytes())['bid_size']).toBe(2_000_000);
    await a.close();
    expect((await b.fence()).records).toBe(6);
  });

  promise('works inside a worker thread', async () => {
    if (row.inWorker === undefined) return;
    const commands = plainProgram(Math.min(row.commands, 2000), 15, TINY);
    const device = await open();
    await device.submit(commands);
    const [first, second] = await Promise.all([row.inWorker(commands), row.inWorker(commands)]);
    expect([first, second]).toEqual(Array(2).fill((await device.fence()).crc32));
  });
}

function describeListeners(promise: PromiseTest, open: Open): void {
  promise('calls a listener as often as it was added, and a removal takes one away', async () => {
    const device = await open();
    let calls = 0;
    const count = () => {
      calls += 1;
    };
    const removeFirst = device.onEvents(count);
    device.onEvents(count);
    await device.fence();
    expect(calls).toBe(2);
    removeFirst();
    removeFirst();
    await device.fence();
    expect(calls).toBe(3);
  });

  promise('delivers to the others and goes on when a listener throws', async () => {
    const errors: unknown[] = [];
    const device = await open({ onListenerError: (error) => errors.push(error) });
    device.onEvents(() => {
      throw new Error('listener');
    });
    const events = record(device);
    await device.submit(oneTop());
    expect((await device.fence()).records).toBe(5);
    expect(tops(events.bytes())).toBe(1);
    expect(String(errors[0])).toContain('listener');
  });

  promise('refuses calls from inside a listener, except close', async () => {
    const device = await open();
    const codes: Promise<string>[] = [];
    const remove = device.onEvents(() => {
      remove();
      codes.push(
        codeOf(() => device.submit(oneTop())),
        codeOf(() => device.fence()),
        codeOf(() => device.reset(1)),
      );
    });
    await device.submit(oneTop());
    await device.fence();
    expect(await Promise.all(codes)).toEqual(['REENTRANT', 'REENTRANT', 'REENTRANT']);
    let closed: Promise<void> | undefined;
    device.onEvents(() => {
      closed ??= device.close();
    });
    await device.fence().catch(() => {});
    await closed;
    expect(await codeOf(() => device.fence())).toBe('DEVICE_CLOSED');
  });
}

function describeState(row: ConformanceRow, promise: PromiseTest, open: Open): void {
  promise('digests a book', async () => {
    const device = await open();
    await device.submit(oneTop(7));
    const answer = await device.digest(0);
    // INT-4: bid level 40, then ask level 60 with its flag, each with a size of 7.
    const levels = Buffer.from('2800070000000000' + '3c80070000000000', 'hex');
    expect(answer).toEqual({ state: 2, tick: 100, bids: 1, asks: 1, rate: 0, crc32: crc32(levels) });
    expect((await device.digest(4)).state).toBe(0);
    for (const book of [-1, 5, 1.5, Number.NaN]) {
      expect(await codeOf(() => device.digest(book))).toBe('ARGUMENT_INVALID');
    }
  });

  promise('goes on from a snapshot of another device, byte for byte', async () => {
    for (const profile of row.profiles) {
      const before = plainProgram(row.commands, 21, profile);
      const after = plainProgram(row.commands, 22, profile);
      const original = await open({ profile, shadow: true });
      await original.submit(before);
      const snapshot = await original.snapshot();
      const copy = await open({ profile });
      await copy.submit(oneTop());
      await copy.restore(snapshot);
      // The restore put one FENCE into the stream of the copy: the original gets an equal one.
      await original.submit(new CommandWriter().fence(0).bytes());
      // Answered: what comes from here on was caused from here on.
      await Promise.all([original.digest(0), copy.digest(0)]);
      const [expected, events] = [record(original), record(copy)];
      await Promise.all([original.submit(after), copy.submit(after)]);
      expect(await copy.fence()).toEqual(await original.fence());
      expect(Buffer.compare(events.bytes(), expected.bytes())).toBe(0);
      await original.close();
      await copy.close();
    }
  });

  promise('says which record of a snapshot was refused, and is then as after a reset', async () => {
    const device = await open();
    await device.submit(oneTop());
    const out = new CommandWriter();
    out.restoreBegin().bookBegin(0, 100, true).bookStale(0).bookFee(99, 1).restoreCounts(5, 5).restoreEnd(1);
    const error = await device.restore(out.bytes()).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'RESTORE_REJECTED' });
    expect(String(error)).toContain('record 1 after RESTORE_BEGIN was refused as BOOK_STATE');
    // The REFUSED event and the FENCE of the restore are in the stream.
    expect(await device.fence()).toMatchObject({ records: 3, events: 2 });
    expect((await device.digest(0)).state).toBe(0);
    const without = new CommandWriter().restoreBegin().restoreEnd(0).bytes();
    await expect(device.restore(without)).rejects.toThrow(/COUNTS_MISSING/);
    for (const bad of [new Uint8Array(0), oneTop(), without.subarray(0, 16), without.subarray(0, 17)]) {
      expect(await codeOf(() => device.restore(bad))).toMatch(/^(ARGUMENT|BATCH)_INVALID$/);
    }
  });

  promise('resets in the middle of a message and of a restore', async () => {
    const device = await open();
    const events = record(device);
    for (const [epoch, unfinished] of [
      [7, new CommandWriter().bookBegin(0, 100).levelSet(0, 0, 5, 5)],
      [2 ** 32 - 1, new CommandWriter().restoreBegin().bookBegin(0, 100)],
    ] as const) {
      await device.submit(unfinished.bytes());
      events.clear();
      await device.reset(epoch);
      await device.submit(oneTop());
      expect(await device.fence()).toMatchObject({ records: 5, events: 1 });
      const bytes = events.bytes();
      expect(decodeEvent(bytes)).toEqual({ type: 'RESET_DONE', epoch });
      expect([bytes.length, decodeEvent(bytes, 32)['type']]).toEqual([96, 'TOP']);
    }
    for (const epoch of [-1, 2 ** 32, 0.5]) expect(await codeOf(() => device.reset(epoch))).toBe('ARGUMENT_INVALID');
  });

  promise('asks nothing of a device that is muted by a restore', async () => {
    const device = await open({ shadow: true });
    await device.submit(new CommandWriter().restoreBegin().bytes());
    for (const ask of [() => device.fence(), () => device.digest(0), () => device.snapshot()]) {
      expect(await codeOf(ask)).toBe('IN_RESTORE');
    }
    await device.submit(new CommandWriter().restoreCounts(10, 3).restoreEnd(9).bytes());
    expect(await device.fence()).toEqual({ records: 11, events: 3, crc32: 9 });
  });
}

function describeEnd(row: ConformanceRow, promise: PromiseTest, open: Open): void {
  promise('closes any number of times, and every call after that fails by name', async () => {
    const device = await open({ shadow: true });
    await device.submit(oneTop());
    const snapshot = await device.snapshot();
    await Promise.all([device.close(), device.close()]);
    await device.close();
    const calls: (() => unknown)[] = [
      () => device.submit(oneTop()),
      () => device.fence(),
      () => device.digest(0),
      () => device.snapshot(),
      () => device.restore(snapshot),
      () => device.reset(1),
      () => device.onEvents(() => {}),
    ];
    for (const call of calls) expect(await codeOf(call)).toBe('DEVICE_CLOSED');
  });

  promise('can be opened again and again', async () => {
    for (let i = 0; i < 20; i++) {
      const device = await row.open({ profile: TINY, epoch: i });
      expect((await device.fence()).records).toBe(1);
      await device.close();
    }
  });
}

/** Used by rows whose backend takes any profile. */
export function profilesOf(...texts: readonly string[]): Profile[] {
  return texts.map((text) => {
    const profile = parseProfile(text);
    if (typeof profile === 'string') throw new Error(profile);
    return profile;
  });
}
