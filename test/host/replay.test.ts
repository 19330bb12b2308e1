import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { Decimal } from 'decimal.js';
import { afterAll, describe, expect, it } from 'vitest';
import { CaptureReader, CaptureWriter } from '../../src/capture/index.js';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { defaultProfile, listBackends, open } from '../../src/hal/registry.js';
import { type ReplayClock, replay } from '../../src/host/replay.js';
import type { SignalReport } from '../../src/host/signal-tracker.js';
import { openSource, type SourceOptions } from '../../src/host/source.js';

const SESSION = resolve(import.meta.dirname, '../../data/btc-updown-15m-2026-04-01.capture');
const PROFILE = NAMED_PROFILES['standard'] as Profile;
const clock: ReplayClock = { nowMs: () => performance.now(), sleep: async () => {} };
const folder = mkdtempSync(join(tmpdir(), 'gatebook-host-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(engine: string, options: Partial<SourceOptions> & { path: string; quarantineFrames?: boolean }) {
  const profile = options.profile ?? defaultProfile(engine);
  const source = openSource({ mode: 'mirrored', ...options, profile });
  const device = await open(engine, { profile });
  const signals: SignalReport[] = [];
  let crc = 0;
  device.onEvents((events) => {
    crc = crc32(events, crc);
  });
  try {
    const { reader, universe, decoder } = source;
    const onSignal = (signal: SignalReport) => {
      signals.push(signal);
    };
    const quarantineFrames = options.quarantineFrames ?? false;
    const summary = await replay({ reader, universe, decoder, device, clock, quarantineFrames, onSignal });
    return { summary, signals, universe, crc };
  } finally {
    source.reader.close();
    await device.close();
  }
}

/** Opened signals counted from the rows alone, with exact decimals: nothing of the program but the capture reader. */
function countFromRows(): { long: number; short: number } {
  const reader = CaptureReader.open(SESSION);
  const names = (reader.metadata.headerLine ?? '').split(',');
  const open = new Map<string, { long: boolean; short: boolean }>();
  const counts = { long: 0, short: 0 };
  for (const record of reader) {
    // The question is quoted and holds commas; every column that is read stands behind it, counted from the end.
    const cells = Buffer.from(record.bytes).toString('utf8').split(',');
    const cell = (name: string) => new Decimal(cells[cells.length - names.length + names.indexOf(name)] as string);
    const market = cells[1] as string;
    const before = open.get(market) ?? { long: false, short: false };
    const [upAsk, downAsk, upBid, downBid] = ['up_ask', 'down_ask', 'up_bid', 'down_bid'].map(cell) as Decimal[];
    if (upAsk === undefined || downAsk === undefined || upBid === undefined || downBid === undefined) throw new Error();
    const asks = upAsk.lt(1) && downAsk.lt(1) && upAsk.plus(downAsk).lt(1);
    const bids = upBid.gt(0) && downBid.gt(0) && upBid.plus(downBid).gt(1);
    if (asks && !before.long) counts.long += 1;
    if (bids && !before.short) counts.short += 1;
    open.set(market, { long: asks, short: bids });
  }
  reader.close();
  return counts;
}

describe('replay of the bundled session', () => {
  const engines = listBackends()
    .filter(({ inProcess }) => inProcess)
    .map(({ name, available, reason }) => ({ name, available, reason }));

  // Goal: the detector finds what an independent count of the rows finds, and that is 30 and 20.
  it.for(engines)('opens as many complements as the rows show: $name', async ({ name, available, reason }, context) => {
    if (!available) context.skip(`NOT RUN: ${reason}`);
    expect(countFromRows()).toEqual({ long: 30, short: 20 });
    const { summary, signals } = await run(name, { path: SESSION, mode: 'independent', feeRate: 0 });
    expect(summary.frames).toBe(13_749);
    expect(summary.refusedFrames).toBe(0);
    expect(Object.keys(summary.signals).sort()).toEqual(['complement_long', 'complement_short']);
    expect(summary.signals['complement_long']?.open).toBe(30);
    expect(summary.signals['complement_short']?.open).toBe(20);
    for (const signal of signals.filter((each) => each.event === 'open')) {
      // Without fees the net edge is the gross one, and the legs must add up to it.
      const cost = signal.legs.reduce((sum, leg) => sum + leg.price * 100, 0);
      expect(signal.edge).toBe(1_000_000 - cost);
      expect(signal.size).toBe(Math.min(...signal.legs.map((leg) => leg.size)));
    }
  });

  // Goal: with the venue's fee, and as one mirrored book, nothing opens.
  it('finds nothing once fees or the mirror are taken into account', async () => {
    const withFee = await run('software', { path: SESSION, mode: 'independent', feeRate: 3_006_478 });
    const mirrored = await run('software', { path: SESSION, mode: 'mirrored', feeRate: 0 });
    expect(withFee.summary.signals).toEqual({});
    expect(mirrored.summary.signals).toEqual({});
    expect(mirrored.summary.frames).toBe(13_749);
  });

  // Goal: the fence is the CRC of the events that a listener saw, on every engine the same.
  it.for(engines)('ends with the same fence: $name', async ({ name, available, reason }, context) => {
    if (!available) context.skip(`NOT RUN: ${reason}`);
    const reference = await run('software', { path: SESSION, mode: 'independent', feeRate: 0 });
    const { summary, crc } = await run(name, { path: SESSION, mode: 'independent', feeRate: 0 });
    // The listener saw the fence itself too: its CRC is that of the events before it.
    expect(crc).not.toBe(summary.fence.crc32);
    expect(summary.fence).toEqual(reference.summary.fence);
  });
});

describe('replay', () => {
  function capture(name: string, frames: readonly (readonly [bigint, string])[]): string {
    const path = join(folder, name);
    const metadata = { sourceFormat: 'raw-lines', venue: 'polymarket', createdBy: 'test' };
    const writer = CaptureWriter.open(path, metadata);
    for (const [timeNs, frame] of frames) writer.write(timeNs, new TextEncoder().encode(frame));
    writer.close();
    return path;
  }
  const book = (token: string, asks: [string, string][], bids: [string, string][]) => ({
    event_type: 'book',
    market: '0xm',
    asset_id: token,
    timestamp: '1000',
    hash: 'h',
    tick_size: '0.01',
    bids: bids.map(([price, size]) => ({ price, size })),
    asks: asks.map(([price, size]) => ({ price, size })),
  });

  // Goal: raw frames without any description of their market replay, with a bad frame counted and stepped over, and a
  // signal lives from the receive time of its frame to that of the frame that ends it.
  it('discovers the markets of raw frames and reports lives', async () => {
    const change = (price: string, size: string) =>
      JSON.stringify({
        event_type: 'price_change',
        market: '0xm',
        timestamp: '1001',
        price_changes: [{ asset_id: '22', price, size, side: 'SELL', hash: 'h', best_bid: '0', best_ask: '1' }],
      });
    const path = capture('frames.capture', [
      [1_000n, JSON.stringify([book('11', [['0.50', '10']], []), book('22', [['0.60', '7']], [])])],
      [2_000n, change('0.40', '5')],
      [2_500n, '{"event_type":"price_change"'],
      [4_000n, change('0.40', '0')],
    ]);
    const { summary, signals } = await run('software', { path, mode: 'independent', minEdge: 50_000 });
    expect(summary.frames).toBe(4);
    expect(summary.refusedFrames).toBe(1);
    expect(
      signals.map(({ event, kind, edge, size, timeNs, lifeNs }) => [event, kind, edge, size, timeNs, lifeNs]),
    ).toEqual([
      ['open', 'complement_long', 100_000, 5_000_000, 2_000n, undefined],
      ['close', 'complement_long', 100_000, 5_000_000, 4_000n, 2_000n],
    ]);
    expect(signals[0]?.legs).toEqual([
      { book: '0xm:first token', outcome: 'YES', price: 5_000, size: 10_000_000 },
      { book: '0xm:second token', outcome: 'YES', price: 4_000, size: 5_000_000 },
    ]);
  });

  // Goal: a book of which the kernel refused a level goes STALE: no signal stands on a book that lacks an update.
  it('quarantines a book that the kernel refused a record of', async () => {
    const wide = book('11', [['0.50', '10']], [['0.01', '1']]);
    const path = capture('pages.capture', [
      [1n, JSON.stringify(book('11', [['0.50', '10']], []))],
      [2n, JSON.stringify({ ...wide, timestamp: '2000' })],
    ]);
    const profile = { ...PROFILE, pages: 1 };
    const { summary } = await run('software', { path, profile });
    expect([...summary.refusedCommands.values()]).toEqual([1]);
    expect(summary.quotes[0]).toEqual({ bidPrice: 0, bidSize: 0, askPrice: 0, askSize: 0 });
  });

  // Goal: asked to, replay takes a refused frame as a lost update: the signal closes, and nothing follows on that book
  // until its next snapshot. A frame that names no book could have been any.
  it.for([
    ['a bad price of one book', JSON.stringify({ ...book('11', [['0.505', '10']], []), timestamp: '1500' })],
    ['no JSON', '{'],
  ] as const)('quarantines on request: %s', async ([, bad]) => {
    const path = capture(`quarantine-${bad.length}.capture`, [
      [1n, JSON.stringify([book('11', [['0.50', '10']], []), book('22', [['0.40', '7']], [])])],
      [2n, bad],
      [3n, JSON.stringify([{ ...book('11', [['0.50', '5']], []), timestamp: '2000' }])],
    ]);
    const kinds = async (quarantineFrames: boolean) =>
      (await run('software', { path, mode: 'independent', quarantineFrames })).signals.map(({ event, command }) => [
        event,
        command > 0,
      ]);
    const [open, change, close] = [
      ['open', true],
      ['change', true],
      ['close', true],
    ];
    expect(await kinds(false)).toEqual([open, change]);
    expect((await kinds(true)).slice(0, 2)).toEqual([open, close]);
  });

  // Goal: relations between markets become implication and two-venue baskets; a bad one is named.
  it('reads relations', async () => {
    const two = (market: string, token: string, ask: string, bid: string) =>
      JSON.stringify({ ...book(token, [[ask, '3']], [[bid, '4']]), market });
    const path = capture('relations.capture', [
      [1n, two('0xa', '11', '0.60', '0.55')],
      [2n, two('0xb', '33', '0.50', '0.40')],
    ]);
    const relationsPath = join(folder, 'relations.json');
    writeFileSync(relationsPath, JSON.stringify([{ implies: ['0xa', '0xb'] }, { same: ['0xa', '0xb'] }]));
    const { signals } = await run('software', { path, relationsPath });
    // Buy YES of b at 0.50 and NO of a at 1 - 0.55: 0.95 for what pays 1.
    expect(signals.map(({ kind, edge, size }) => [kind, edge, size])).toEqual([
      ['implication', 50_000, 3_000_000],
      ['two_venue', 50_000, 3_000_000],
    ]);
    writeFileSync(relationsPath, JSON.stringify([{ implies: ['0xa', 'nowhere'] }]));
    await expect(run('software', { path, relationsPath })).rejects.toThrow(/^SOURCE_RELATIONS: .*relation 0 .*nowhere/);
  });

  // Goal: pacing sleeps by receive times and speed, and changes no byte.
  it('paces by receive times', async () => {
    const path = capture('pace.capture', [
      [0n, JSON.stringify(book('11', [['0.50', '10']], []))],
      [4_000_000_000n, JSON.stringify({ ...book('11', [['0.51', '10']], []), timestamp: '2000' })],
    ]);
    const source = openSource({ path, mode: 'mirrored', profile: PROFILE });
    const device = await open('software', { profile: PROFILE });
    const slept: number[] = [];
    const paced: ReplayClock = { nowMs: () => 0, sleep: async (ms) => void slept.push(ms) };
    const { reader, universe, decoder } = source;
    await replay({ reader, universe, decoder, device, clock: paced, speed: 2, onSignal: () => {} });
    expect(slept).toEqual([2_000]);
    reader.close();
    await device.close();
  });

  // Goal: what replay cannot decode is refused by name before anything is opened.
  it('refuses a format without a decoder', async () => {
    const path = join(folder, 'binance.capture');
    CaptureWriter.open(path, { sourceFormat: 'binance-raw', venue: 'binance', createdBy: 'test' }).close();
    await expect(run('software', { path })).rejects.toThrow(/^SOURCE_FORMAT: .*binance-raw/);
  });
});
