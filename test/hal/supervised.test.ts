// Goal: whatever happens to the primary of a pair, its listener gets the events of one engine alone, each once and in
// order; what happened is named; and a primary that returns takes over again without a trace in the stream.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CommandWriter } from '../../src/contract/generated/records.js';
import type { Profile } from '../../src/contract/profile.js';
import { checkSnapshot } from '../../src/hal/checks.js';
import { DueEvents } from '../../src/hal/due-events.js';
import { HalError } from '../../src/hal/errors.js';
import { openDevice } from '../../src/hal/lifecycle.js';
import { LARGEST_PROFILE } from '../../src/hal/profile-limits.js';
import { defaultProfile, open as openSpec } from '../../src/hal/registry.js';
import { connectPair } from '../../src/hal/supervised/connect-pair.js';
import { parsePairSpec } from '../../src/hal/supervised/pair-spec.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { Prng } from '../../src/verify/prng.js';
import { type Attempt, FailingPair, RETRY_MS, reference, TIMEOUT_MS, turn } from './failing-pair.js';
import { CODE_OF, DEATHS, type Death, FailingPrimary, LINK_DEATHS } from './failing-primary.js';
import { ManualClock } from './manual-clock.js';
import { cutRandomly, oneTop, randomProgram, TINY } from './programs.js';

const opened: FailingPair[] = [];
afterEach(async () => {
  for (const pair of opened.splice(0)) await pair.device.close();
});

async function open(...args: Parameters<typeof FailingPair.open>): Promise<FailingPair> {
  const pair = await FailingPair.open(...args);
  opened.push(pair);
  return pair;
}

/** A random program that ends outside of any restore, in batches. */
function program(commands: number, seed: number): { whole: Uint8Array; batches: Uint8Array[] } {
  const end = new CommandWriter().restoreEnd(0).bytes();
  const whole = new Uint8Array(Buffer.concat([randomProgram(commands, seed), end]));
  const random = new Prng(seed);
  return { whole, batches: cutRandomly(whole, () => random.u32() / 2 ** 32) };
}

const MODES = [
  { synchronous: true, deaths: Object.keys(DEATHS) as Death[], name: 'in this process' },
  {
    synchronous: false,
    deaths: [...Object.keys(DEATHS), ...Object.keys(LINK_DEATHS)] as Death[],
    name: 'at the other end of a link',
  },
];

/** Submits all, letting time pass; and a fence at the end. */
async function run(pair: FailingPair, batches: readonly Uint8Array[]): Promise<void> {
  for (const batch of batches) await pair.finish(pair.device.submit(batch));
}

/** The pair's events are those of one engine for the commands and the FENCEs behind them. */
function expectStream(pair: FailingPair, commands: Uint8Array, fences: number): void {
  const asked = new CommandWriter(1);
  for (let token = 0; token < fences; token++) asked.fence(token);
  const expected = reference(new Uint8Array(Buffer.concat([commands, asked.bytes()])));
  expect(pair.events.length).toBe(expected.length);
  expect(Buffer.compare(pair.events, expected)).toBe(0);
}

const switches = (pair: FailingPair) => pair.supervision.status().reports.map(({ to, code }) => `${to}: ${code}`);

for (const { synchronous, deaths, name } of MODES) {
  describe(`a primary ${name} that`, () => {
    for (const death of deaths) {
      it(`${death}: the standby goes on at the exact command, and the primary comes back`, async () => {
        const pair = await open([{ death, at: 1234 }], synchronous);
        const { whole, batches } = program(3000, 5);
        await run(pair, batches);
        // A fence is answered whoever has to answer it.
        const fence = await pair.finish(pair.device.fence());
        expect(fence?.records).toBeGreaterThan(0);
        expect(switches(pair)[0]).toBe(`standby: ${CODE_OF[death]}`);
        const { alarm } = pair.supervision.status();
        expect(alarm?.code).toBe(CODE_OF[death] === 'SUPERVISED_MISMATCH' ? 'SUPERVISED_MISMATCH' : undefined);
        if (alarm !== undefined) expect(pair.supervision.status().state).toBe('DEGRADED');
        pair.supervision.acknowledge();
        expect(await pair.until(() => pair.supervision.status().state === 'PAIRED')).toBe(true);
        expect(switches(pair)).toEqual([`standby: ${CODE_OF[death]}`, 'primary: PRIMARY_RETURNED']);
        // What the old one still had to say is nobody's any more.
        for (const primary of pair.primaries) if (primary.closed > 0) primary.release();
        const compared = pair.supervision.status().comparedEvents;
        const more = program(1000, 6);
        await run(pair, more.batches);
        await pair.finish(pair.device.fence());
        expect(pair.supervision.status().comparedEvents).toBeGreaterThan(compared + 50);
        expect(pair.supervision.status()).toMatchObject({ state: 'PAIRED', active: 'primary', switches: 2 });
        expect(pair.primaries.map(({ closed }) => closed)).toEqual([1, 0]);
        const asked = new CommandWriter().fence(0).bytes();
        expectStream(
          pair,
          new Uint8Array(Buffer.concat([whole, asked, more.whole, new CommandWriter().fence(1).bytes()])),
          0,
        );
      });
    }

    it('dies at any command in any way, again and again: nothing is lost, and nothing comes twice', async () => {
      const seen = { switches: 0, returns: 0, failedReturns: 0, alarms: 0 };
      for (let seed = 0; seed < 60; seed++) {
        const random = new Prng(0x70616972, seed, synchronous ? 1 : 0);
        const one = (): Attempt => {
          if (random.oneIn(6)) return 'absent';
          return { death: deaths[random.below(deaths.length)] as Death, at: random.below(random.oneIn(2) ? 60 : 4000) };
        };
        const first: Attempt = { death: deaths[random.below(deaths.length)] as Death, at: random.below(2000) };
        const pair = await FailingPair.open([first, one(), one(), one()], synchronous);
        const { whole, batches } = program(2500, 100 + seed);
        for (const batch of batches) {
          await pair.finish(pair.device.submit(batch));
          if (random.oneIn(3)) pair.clock.advance(random.below(2 * RETRY_MS));
          if (random.oneIn(2)) await turn();
          if (random.oneIn(5)) pair.supervision.acknowledge();
        }
        await pair.finish(pair.device.fence());
        expectStream(pair, whole, 1);
        const { reports, failedReturns } = pair.supervision.status();
        seen.switches += reports.filter(({ to }) => to === 'standby').length;
        seen.returns += reports.filter(({ to }) => to === 'primary').length;
        seen.alarms += pair.changes.filter(({ kind }) => kind === 'alarm').length;
        seen.failedReturns += failedReturns;
        await pair.device.close();
      }
      // Otherwise the programs were harmless, and this showed nothing.
      expect(Math.min(...Object.values(seen))).toBeGreaterThan(15);
    });
  });
}

const stateOf = (pair: FailingPair) => pair.supervision.status().state;

async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action();
    return 'no error';
  } catch (error) {
    return error instanceof HalError ? error.code : String(error);
  }
}

describe('a switch', () => {
  it('is reported with its place, its reason and what the standby had to deliver', async () => {
    const pair = await open([{ death: 'throws', at: 4 + 2 }], true);
    pair.device.submit(oneTop());
    pair.device.submit(oneTop(7));
    const [change] = pair.changes;
    // RESET_DONE and one TOP were delivered; the TOP of the second program comes from the standby.
    const report = { to: 'standby', command: 8, event: 2, code: 'DEVICE_FAULT', eventsFromStandby: 1 };
    expect(change).toMatchObject({ kind: 'switch', report });
    expect(pair.supervision.status()).toMatchObject({ state: 'DEGRADED', active: 'standby', switches: 1 });
    expect(pair.supervision.status().lastFault?.message).toContain('the primary broke');
  });

  it('comes before anybody gives up on events that are due', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      // A primary has ten seconds, and is found out by its second look at the clock.
      const pair = await open([{ death: 'gives no events', at: 20 }], false, { timeoutMs: 30_000 });
      const due = new DueEvents(pair.device);
      const commands = randomProgram(200, 5);
      due.submitted(commands);
      await pair.device.submit(commands);
      let ended: unknown = 'no';
      const note = (how: unknown) => {
        ended = how;
      };
      due.settled().then(() => note('settled'), note);
      let seconds = 0;
      for (; ended === 'no' && seconds < 40; seconds++) {
        pair.clock.advance(1000);
        await vi.advanceTimersByTimeAsync(1000);
        await turn();
      }
      expect(ended).toBe('settled');
      expect(seconds).toBeGreaterThan(5);
      expect(switches(pair)[0]).toBe('standby: TIMEOUT');
      expectStream(pair, commands, 0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('answers questions that are under way from the standby', async () => {
    const pair = await open([{ death: 'gives no events', at: 0 }], false);
    await pair.finish(pair.device.submit(oneTop()));
    const asked = Promise.all([pair.device.fence(), pair.device.digest(0), pair.device.fence()]);
    const [fence, digest, second] = (await pair.finish(asked)) ?? [];
    expect([fence?.records, fence?.events, digest?.bids, second?.records]).toEqual([5, 1, 1, 7]);
    expect(switches(pair)).toEqual(['standby: TIMEOUT']);
  });

  it('lets a listener call the device: what it sends comes behind the call that it was told of', async () => {
    const fence = () => new CommandWriter(1).fence(0).bytes().slice();
    for (const synchronous of [true, false]) {
      for (const death of ['throws', 'flips a bit'] as const) {
        for (const use of ['fence', 'submit'] as const) {
          const pair = await open([{ death, at: 40 }], synchronous);
          const called: unknown[] = [];
          pair.supervision.onChange(() => {
            if (called.length === 0) called.push(use === 'fence' ? pair.device.fence() : pair.device.submit(fence()));
          });
          // More events than one step of the standby gives: the primary dies in the first one.
          const { whole } = program(60_000, 5);
          await pair.finish(pair.device.submit(whole));
          await pair.finish(Promise.all(called));
          await pair.finish(pair.device.fence());
          expect(called.length).toBe(1);
          const sent = use === 'fence' ? whole : new Uint8Array(Buffer.concat([whole, fence()]));
          expectStream(pair, sent, use === 'fence' ? 2 : 1);
        }
      }
    }
  });

  it('lets a listener call the device, and yet not into the middle of a restore or a snapshot', async () => {
    const source = await open([], true);
    source.device.submit(oneTop());
    const snapshot = await source.device.snapshot();
    const calling = async (at: number) => {
      const pair = await open([{ death: 'throws', at }], true);
      const told: string[] = [];
      pair.supervision.onChange(({ kind }) => {
        told.push(kind);
        pair.device.submit(oneTop(9));
      });
      return { pair, told };
    };
    const restored = await calling(1);
    await restored.pair.device.restore(snapshot);
    expect(restored.told).toEqual(['switch']);
    expect(await restored.pair.device.fence()).toMatchObject({ records: 5 + 1 + 4 + 1 });
    const taken = await calling(4);
    taken.pair.device.submit(oneTop());
    expect(checkSnapshot(await taken.pair.device.snapshot())).toMatchObject({ index: 5 });
    expect(taken.told).toEqual(['switch']);
    expect(await taken.pair.device.fence()).toMatchObject({ records: 4 + 1 + 4 + 1 });
  });

  it('takes at most two thirds of the time-out to find out a silent primary', async () => {
    for (const death of ['gives no events', 'takes no commands'] as const) {
      const pair = await open([{ death, at: 0 }], false);
      const done = Promise.resolve(pair.device.submit(oneTop())).then(() => pair.device.fence());
      for (let ms = 0; ms < (2 * TIMEOUT_MS) / 3; ms++) {
        for (let i = 0; i < 4; i++) await turn();
        pair.clock.advance(1);
      }
      expect(await done).toMatchObject({ records: 5, events: 1 });
      expect(switches(pair)[0]).toBe('standby: TIMEOUT');
    }
  });

  it('does not happen to a primary whose events have come by the time, and are still to be read', async () => {
    const pair = await open([{ death: 'answers late', at: 2 }], false);
    await pair.finish(pair.device.submit(oneTop()));
    // Its two looks at the clock, and what it said just before the second.
    pair.clock.advance(TIMEOUT_MS / 3);
    await turn();
    pair.clock.advance(TIMEOUT_MS / 3);
    for (const primary of pair.primaries) primary.release();
    for (let i = 0; i < 4; i++) await turn();
    expect(stateOf(pair)).toBe('PAIRED');
    expect(pair.supervision.status().switches).toBe(0);
  });

  // Goal: bounds that come of a time scale have fractions that nobody wants to read.
  it('names its bound in whole milliseconds', async () => {
    const pair = await FailingPair.open([{ death: 'gives no events', at: 0 }], false, {
      timeoutMs: TIMEOUT_MS + 0.976,
    });
    await pair.finish(Promise.resolve(pair.device.submit(oneTop())).then(() => pair.device.fence()));
    expect(pair.supervision.status().lastFault?.message).toMatch(/ for \d+ ms$/);
  });

  it('does not happen while a slow primary stays within its time; the stream waits for it meanwhile', async () => {
    const pair = await open([{ death: 'answers late', at: 0 }], false);
    // Digests: 32 bytes of events for each record, more than the queue holds.
    const many = new CommandWriter();
    for (let i = 0; i < 40_000; i++) many.bookDigest(0);
    let taken = false;
    const submitted = Promise.resolve(pair.device.submit(many.bytes().slice())).then(() => {
      taken = true;
    });
    for (let i = 0; i < 200; i++) await turn();
    expect(taken).toBe(false);
    expect(pair.events.length).toBe(0);
    const [primary] = pair.primaries;
    expect(primary?.commands).toBeLessThan(30_000);
    while (!taken) {
      await turn();
      primary?.release();
    }
    await submitted;
    expect(pair.events.length).toBe(40_000 * 32);
    expect(pair.supervision.status()).toMatchObject({ state: 'PAIRED', switches: 0, comparedEvents: 40_001 });
  });
});

describe('a difference', () => {
  it('is an alarm that names event, command and both records, and stays until it is acknowledged', async () => {
    const pair = await open([{ death: 'flips a bit', at: 0 }], true);
    const alarms: HalError[] = [];
    pair.supervision.onAlarm((error) => alarms.push(error));
    pair.device.submit(oneTop());
    const top = Buffer.from(pair.events).toString('hex');
    const flipped = Buffer.from(pair.events);
    flipped[9] = (flipped[9] as number) ^ 0x10;
    expect(alarms.map(({ code, message }) => [code, message])).toEqual([
      ['SUPERVISED_MISMATCH', `event 1, of command 3: primary ${flipped.toString('hex')}, standby ${top}`],
    ]);
    for (let i = 0; i < 5; i++) {
      pair.clock.advance(10 * RETRY_MS);
      await turn();
    }
    expect([stateOf(pair), pair.primaries.length]).toEqual(['DEGRADED', 1]);
    expect(pair.supervision.status().alarm).toBe(alarms[0]);
    pair.supervision.acknowledge();
    expect(pair.supervision.status().alarm).toBeUndefined();
    expect(await pair.until(() => stateOf(pair) === 'PAIRED')).toBe(true);
    expect(alarms.length).toBe(1);
  });

  it('is an event too many as well, and an event that is missing', async () => {
    const extra = await open([{ death: 'repeats an event', at: 0 }], true);
    extra.device.submit(oneTop());
    const top = Buffer.from(extra.events).toString('hex');
    expect(top.length).toBe(64);
    const message = (pair: FailingPair) => pair.supervision.status().alarm?.message;
    expect(message(extra)).toBe(`event 2, of command 3: primary ${top}, standby nothing`);
    const missing = await open([{ death: 'drops an event', at: 0 }], true);
    missing.device.submit(oneTop());
    expect(message(missing)).toBe(`event 1, of command 3: primary nothing, standby ${top}`);
    expect(Buffer.from(missing.events).toString('hex')).toBe(top);
  });

  it('while the primary is proven is no alarm: it is not taken, and is tried again', async () => {
    for (const synchronous of [true, false]) {
      const flips = { death: 'flips a bit', at: 5 } as const;
      const pair = await open([{ death: 'throws', at: 2 }, flips, flips], synchronous);
      await pair.finish(pair.device.submit(oneTop()));
      expect(await pair.until(() => stateOf(pair) === 'PAIRED')).toBe(true);
      const failed = pair.changes.flatMap((change) => (change.kind === 'return-failed' ? [change.error] : []));
      // Behind a link its own life cycle is the first to notice: the count and CRC of the host differ.
      const code = synchronous ? 'SUPERVISED_MISMATCH' : 'STREAM_CORRUPT';
      expect(failed.map((error) => error.code)).toEqual([code, code]);
      if (synchronous) expect(failed[0]?.message).toContain('while the primary was proven: event 0, of command ');
      expect(pair.supervision.status()).toMatchObject({ alarm: undefined, failedReturns: 2, switches: 2 });
      expect(pair.primaries.map(({ closed }) => closed)).toEqual([1, 1, 1, 0]);
      await pair.finish(pair.device.fence());
      expectStream(pair, oneTop(), 1);
    }
  });
});

describe('the way back', () => {
  /** Commands that proof and restore of a returning primary take, with a stream of `oneTop`. */
  const PROOF = 2 + 5 + 1 + TINY.books + 1;

  it('begins anew when the stream is reset meanwhile', async () => {
    for (const synchronous of [true, false]) {
      // Whatever the way back was at: the proof, the restore, its end.
      for (let turns = 0; turns < 24; turns++) {
        const pair = await open([{ death: 'throws', at: 1 }], synchronous);
        await pair.finish(pair.device.submit(oneTop()));
        expect(await pair.until(() => pair.primaries.length === 2)).toBe(true);
        for (let i = 0; i < turns; i++) await turn();
        await pair.finish(pair.device.reset(9));
        await pair.finish(pair.device.submit(oneTop(3)));
        expect(await pair.until(() => stateOf(pair) === 'PAIRED')).toBe(true);
        await pair.finish(pair.device.submit(oneTop(4)));
        expect(await pair.finish(pair.device.fence())).toMatchObject({ records: 9 });
        // Neither turned out again, nor tried a second time.
        expect(pair.supervision.status()).toMatchObject({ state: 'PAIRED', switches: 2, failedReturns: 0 });
        expect(pair.primaries.length).toBe(2);
      }
    }
  });

  it('waits for the end of a restore of the stream', async () => {
    const pair = await open([{ death: 'throws', at: 1 }], true);
    pair.device.submit(new CommandWriter().restoreBegin().bookBegin(0, 100).bytes());
    for (let i = 0; i < 10; i++) {
      pair.clock.advance(RETRY_MS);
      for (let j = 0; j < 5; j++) await turn();
    }
    expect([stateOf(pair), pair.primaries.length]).toEqual(['REBUILDING', 2]);
    pair.device.submit(new CommandWriter().restoreCounts(100, 7).restoreEnd(9).bytes());
    expect(await pair.until(() => stateOf(pair) === 'PAIRED')).toBe(true);
    expect(await pair.device.fence()).toEqual({ records: 101, events: 7, crc32: 9 });
    expect(stateOf(pair)).toBe('PAIRED');
  });

  it('goes on while the stream does, without a pause in it', async () => {
    for (const synchronous of [true, false]) {
      const pair = await open([{ death: 'throws', at: 100 }], synchronous);
      const { whole, batches } = program(60_000, 77);
      let back = 0;
      for (const batch of batches) {
        await pair.finish(pair.device.submit(batch));
        pair.clock.advance(1);
        await turn();
        if (stateOf(pair) === 'PAIRED' && back === 0 && pair.primaries.length > 1) back = pair.events.length;
      }
      expect(back).toBeGreaterThan(0);
      expect(back).toBeLessThan(pair.events.length / 2);
      await pair.finish(pair.device.fence());
      expectStream(pair, whole, 1);
      expect(switches(pair).length).toBe(2);
    }
  });

  it('does not let a backlog grow beyond its bound', async () => {
    const pair = await open([{ death: 'throws', at: 0 }], true);
    pair.device.submit(oneTop());
    expect(await pair.until(() => pair.primaries[1] !== undefined && pair.primaries[1].commands > PROOF)).toBe(true);
    // No turn of the event loop from here on: only the stream itself can bring the primary on.
    // And no events, which would be waited for first.
    const masks = new CommandWriter();
    for (let i = 0; i < 4096; i++) masks.bookMask(i % TINY.books, false, false);
    const batch = masks.bytes().slice();
    for (let i = 0; i < 40; i++) pair.device.submit(batch);
    expect(pair.primaries[1]?.commands).toBeGreaterThan(20 * 4096);
    expect(await pair.until(() => stateOf(pair) === 'PAIRED')).toBe(true);
    expect((await pair.device.fence()).records).toBe(4 + 40 * 4096 + 1);
    expect(stateOf(pair)).toBe('PAIRED');
  });

  it('ends with close, whatever it was doing, and leaves no timer', async () => {
    for (let turns = 0; turns < 40; turns += 3) {
      const pair = await FailingPair.open([{ death: 'is unplugged', at: 2 }], false);
      await pair.finish(pair.device.submit(oneTop()));
      pair.clock.advance(RETRY_MS);
      for (let i = 0; i < turns; i++) await turn();
      await pair.finish(pair.device.close());
      expect(pair.clock.pending).toBe(0);
      expect(pair.primaries.map(({ closed }) => closed)).toEqual(pair.primaries.map(() => 1));
    }
  });
});

describe('close', () => {
  /** A pair whose primary died, and is being opened again without an end until `arrive`. */
  async function returning() {
    const boards: FailingPrimary[] = [];
    let arrive!: () => void;
    const gate = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const connect = async () => {
      const first = boards.length === 0;
      const board = new FailingPrimary(TINY, false, first ? { death: 'throws', at: 2 } : undefined);
      boards.push(board);
      if (!first) await gate;
      return board;
    };
    const create = (of: Profile) => new SoftwareEngine(of);
    const standby = { name: 'software', limits: LARGEST_PROFILE, create };
    const clock = new ManualClock();
    const request = { profile: TINY, clock, timeoutMs: TIMEOUT_MS, retryMs: 1 };
    const pair = await connectPair({ primary: { name: 'board', connect }, standby }, request);
    const device = await openDevice(pair, { clock });
    await device.submit(oneTop());
    await device.fence();
    const advance = async () => {
      for (let i = 0; i < 8; i++) await turn();
      clock.advance(1);
    };
    while (boards.length < 2) await advance();
    return { device, boards, arrive, clock };
  }

  it('does not wait for an attempt to open the primary, and closes what it brings', async () => {
    const { device, boards, arrive, clock } = await returning();
    let closed = false;
    const closing = device.close().then(() => {
      closed = true;
    });
    for (let i = 0; i < 20; i++) await turn();
    expect([closed, boards.map((board) => board.closed)]).toEqual([true, [1, 0]]);
    await closing;
    arrive();
    for (let i = 0; i < 20; i++) await turn();
    expect(boards.map((board) => board.closed)).toEqual([1, 1]);
    expect(clock.pending).toBe(0);
  });
});

describe('a pair', () => {
  it('resets with a primary that dies of it', async () => {
    const pair = await open([{ death: 'gives no events', at: 4 }], false);
    await pair.finish(pair.device.submit(oneTop()));
    await pair.finish(pair.device.submit(oneTop(3)));
    await pair.finish(pair.device.reset(5));
    await pair.finish(pair.device.submit(oneTop(4)));
    expect(await pair.finish(pair.device.fence())).toMatchObject({ records: 5, events: 1 });
    expect(switches(pair)[0]).toBe('standby: TIMEOUT');
  });

  it('gives the snapshot of the very command, behind a link too', async () => {
    const pair = await open([], false);
    // Nobody waits: the snapshot stands between the two all the same.
    void pair.device.submit(oneTop());
    const taken = pair.device.snapshot();
    void pair.device.submit(oneTop(9));
    const snapshot = (await pair.finish(taken)) as Uint8Array;
    expect(checkSnapshot(snapshot)).toMatchObject({ index: 5, events: 2 });
    await pair.finish(pair.device.reset(1));
    await pair.finish(pair.device.restore(snapshot));
    expect((await pair.finish(pair.device.digest(0)))?.bids).toBe(1);
    expect(pair.supervision.status()).toMatchObject({ state: 'PAIRED', switches: 0 });
  });

  it('puts FENCEs of its own into both streams, the same as any device that is asked to', async () => {
    const { whole, batches } = program(3000, 9);
    const one = await openSpec('software', { profile: TINY, fences: { every: 100 } });
    const two = await openSpec('supervised:software,software,every=100', { profile: TINY });
    const answers = [];
    for (const device of [one, two]) {
      let fences = 0;
      device.onEvents((events) => {
        for (let at = 0; at < events.length; at += 32) if (events[at] === 4) fences += 1;
      });
      for (const batch of device === one ? batches : [whole]) await device.submit(batch);
      answers.push({ ...(await device.fence()), fences });
      await device.close();
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.fences).toBeGreaterThan(25);
  });

  it('puts a FENCE into both streams every so many ms, and none inside a restore', async () => {
    const pair = await open([], true, { fences: { ms: 50 } });
    for (let i = 0; i < 3; i++) pair.clock.advance(50);
    expect(pair.events.length).toBe(3 * 32);
    pair.device.submit(new CommandWriter().restoreBegin().bytes());
    pair.clock.advance(50);
    pair.device.submit(new CommandWriter().restoreCounts(0, 0).restoreEnd(0).bytes());
    expect(pair.events.length).toBe(3 * 32);
    pair.clock.advance(50);
    expect(pair.events.length).toBe(4 * 32);
    expect(pair.supervision.status()).toMatchObject({ state: 'PAIRED', comparedEvents: 5 });
    await pair.device.close();
    expect(pair.clock.pending).toBe(0);
  });

  it('has no longer time-out than a timer can be, however long its primary needs', async () => {
    const slow = { timeoutMs: 2 ** 31 - 2 };
    const connect = () => Object.assign(new FailingPrimary(TINY, false, undefined), slow);
    const create = (of: Profile) => new SoftwareEngine(of);
    const parts = {
      primary: { name: 'slow', connect },
      standby: { name: 'software', limits: LARGEST_PROFILE, create },
    };
    const transport = await connectPair(parts, { profile: TINY });
    expect(transport.timeoutMs).toBe(2 ** 31 - 1);
    await (await openDevice(transport)).close();
  });

  it('reads its spec from the end', () => {
    const plain = { primary: 'verilator:sim,stall=25', standby: 'native' };
    expect(parsePairSpec('verilator:sim,stall=25,native')).toEqual(plain);
    expect(parsePairSpec('(verilator:sim,stall=25),(native)')).toEqual(plain);
    const all = { every: 5, ms: 20, retry: 300 };
    expect(parsePairSpec('serial:/dev/ttyUSB0,software,every=5,ms=20,retry=300')).toEqual({
      primary: 'serial:/dev/ttyUSB0',
      standby: 'software',
      ...all,
    });
    expect(parsePairSpec('(supervised:a,b,every=1),software').primary).toBe('supervised:a,b,every=1');
    const wrong = ['', 'native', ',native', 'native,', 'a,b,every=0', 'a,b,every=x', 'a,b,ms=1,ms=2', '(a,b', 'a),b'];
    for (const text of wrong) expect(() => parsePairSpec(text), text).toThrow(HalError);
  });

  it('refuses a standby that is not of this process, and names what it cannot open', async () => {
    expect(await codeOf(() => openSpec('supervised:software,verilator'))).toMatch(/ARGUMENT_INVALID|UNAVAILABLE/);
    expect(await codeOf(() => openSpec('supervised:software,supervised:software'))).toBe('ARGUMENT_INVALID');
    await expect(openSpec('supervised:(supervised:software,software),software')).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: "supervised: the primary 'supervised:software,software' is itself a supervised pair",
    });
    expect(await codeOf(() => openSpec('supervised:fpga,software'))).toBe('BACKEND_UNKNOWN');
    expect(await codeOf(() => openSpec('supervised:software'))).toBe('ARGUMENT_INVALID');
    expect(await codeOf(() => FailingPair.open(['absent'], true))).toBe('BACKEND_UNAVAILABLE');
  });

  it('refuses a primary of the caller that is a pair, and closes it', async () => {
    const create = (of: Profile) => new SoftwareEngine(of);
    const standby = { name: 'software', limits: LARGEST_PROFILE, create };
    const board = new FailingPrimary(TINY, true, undefined);
    const inner = await connectPair({ primary: { name: 'board', connect: () => board }, standby }, {});
    const primary = { name: 'inner', connect: () => inner };
    expect(await codeOf(() => connectPair({ primary, standby }, {}))).toBe('ARGUMENT_INVALID');
    expect(board.closed).toBe(1);
  });

  it('is opened under the profile that both take', async () => {
    expect(defaultProfile('supervised:software,software')).toEqual(defaultProfile('software'));
    const made: FailingPrimary[] = [];
    const primary = {
      name: 'board',
      connect: () => {
        const board = new FailingPrimary(TINY, true, undefined);
        made.push(board);
        return board;
      },
    };
    const create = () => {
      throw new Error('not reached');
    };
    const small = { name: 'small', limits: { ...TINY, books: 4 }, create };
    // Only the board knows its profile: the standby has to take it.
    expect(await codeOf(() => connectPair({ primary, standby: small }, {}))).toBe('PROFILE_MISMATCH');
    const other = { ...TINY, books: 4 };
    expect(await codeOf(() => connectPair({ primary, standby: small }, { profile: other }))).toBe('PROFILE_MISMATCH');
    expect(made.map(({ closed }) => closed)).toEqual([1, 1]);
  });
});
