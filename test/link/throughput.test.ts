// Goal: the link fills the line, and is back within two round trips after a fault. Measured on the virtual clock, where
// time is exact; printed as figures.
import { describe, expect, it } from 'vitest';
import { CommandWriter, Side } from '../../src/contract/generated/records.js';
import { TINY } from '../hal/programs.js';
import { Bench, type BenchOptions } from './bench.js';
import { FaultyLine } from './faulty-line.js';

const BAUD = 3_000_000;
/** A USB 2 bridge with its latency timer at 1 ms or flushed by its event character. */
const LATENCY_MS = 0.5;
const OPTIONS: BenchOptions = { profile: TINY, baud: BAUD, latencyMs: LATENCY_MS, commandWindow: 256, eventWindow: 64 };

/** Commands without events: fees of a book. */
function quiet(count: number): Uint8Array {
  const out = new CommandWriter();
  for (let i = 0; i < count; i++) out.bookFee(0, i % 1000, true);
  return out.bytes().slice();
}

/** Every command changes the top of the book: one event of 32 bytes for each command of 16. */
function loud(count: number): Uint8Array {
  const out = new CommandWriter();
  out.bookBegin(0, 100).levelSet(0, Side.BID, 40, 1).bookLive(0, true);
  for (let i = 0; i < count; i++) out.levelSet(0, Side.BID, 40, 2 + i, true);
  return out.bytes().slice();
}

/** Two commands an event: as much as the line can carry of either. */
function mixed(count: number): Uint8Array {
  const out = new CommandWriter();
  out.bookBegin(0, 100).levelSet(0, Side.BID, 40, 1).bookLive(0, true);
  for (let i = 0; i < count - 3; i++) {
    if (i % 2 === 0) out.levelSet(0, Side.BID, 40, 2 + i, true);
    else out.bookFee(1, i % 1000, true);
  }
  return out.bytes().slice();
}

/** Share of what the line can carry: records of `bytes` bytes in frames of `perFrame`. */
function share(records: number, bytes: number, perFrame: number, elapsedMs: number): number {
  const wireBytes = perFrame * bytes + 9 + 4 + 2;
  const best = (BAUD / 10 / wireBytes) * perFrame;
  return records / (elapsedMs / 1000) / best;
}

describe('the line at 3 Mbaud', () => {
  it('is full of commands when there are enough', async () => {
    const bench = new Bench(OPTIONS);
    await bench.open();
    const from = bench.clock.now();
    await bench.submit([quiet(20_000)]);
    const full = share(20_000, 16, 15, bench.clock.now() - from);
    console.log(`commands: ${(100 * full).toFixed(2)} % of the line`);
    expect(full).toBeGreaterThan(0.95);
    // The window of the device is let in before it is sent.
    expect(full).toBeLessThan(1.02);
  });

  it('is full of events, and carries the commands that cause them', async () => {
    const bench = new Bench(OPTIONS);
    await bench.open();
    await bench.submit([loud(2000)]);
    const [from, before] = [bench.clock.now(), bench.eventCount];
    await bench.submit([loud(20_000)]);
    const full = share(bench.eventCount - before, 32, 7, bench.clock.now() - from);
    console.log(`events: ${(100 * full).toFixed(2)} % of the line`);
    expect(full).toBeGreaterThan(0.95);
    expect(full).toBeLessThan(1.02);
  });

  for (const eventWindow of [64, 16]) {
    it(`is full both ways at once, with room for ${eventWindow} events`, async () => {
      const bench = new Bench({ ...OPTIONS, latencyMs: eventWindow === 16 ? 0.05 : LATENCY_MS, eventWindow });
      await bench.open();
      await bench.submit([mixed(2000)]);
      const [from, before] = [bench.clock.now(), bench.eventCount];
      await bench.submit([mixed(20_000)]);
      const elapsed = bench.clock.now() - from;
      const commands = share(20_000, 16, 15, elapsed);
      const events = share(bench.eventCount - before, 32, 7, elapsed);
      console.log(
        `${eventWindow} events: commands ${(100 * commands).toFixed(2)} %, events ${(100 * events).toFixed(2)} %`,
      );
      expect(commands).toBeGreaterThan(0.95);
      expect(events).toBeGreaterThan(0.95);
    });
  }

  for (const side of ['host', 'device'] as const) {
    it(`is back within two round trips after the next good frame to the ${side}`, async () => {
      let [worst, bare] = [0, 0];
      for (let seed = 1; seed <= 24; seed++) {
        const { ms, roundTripMs } = await recovery(seed, side);
        worst = Math.max(worst, ms / roundTripMs);
        bare = Math.max(bare, ms / BARE_ROUND_TRIP_MS);
      }
      const text = `${worst.toFixed(2)} round trips under this load (${bare.toFixed(2)} of an empty line)`;
      console.log(`recovery to the ${side}: at worst ${text} after the next good frame`);
      expect(worst).toBeLessThanOrEqual(2);
    });
  }
});

/** One full frame each way and the latency of both. */
const BARE_ROUND_TRIP_MS = ((239 + 255) * 10_000) / BAUD + 2 * LATENCY_MS;

/** From the first good frame after a loss to the next one that is in order, and the median round trip of the link. */
async function recovery(seed: number, side: 'host' | 'device'): Promise<{ ms: number; roundTripMs: number }> {
  let now = () => 0;
  const line = new FaultyLine({ permille: 1000, now: () => now(), kinds: [seed % 2 === 0 ? 'drop' : 'flip'], seed });
  let [lostAt, goodAt, mendedAt] = [-1, -1, -1];
  const harm = (block: Uint8Array) => {
    if (lostAt >= 0 || now() < 20 + (seed % 7) * 0.37) return [{ bytes: block, lateMs: 0 }];
    lostAt = now();
    return line.pass(block);
  };
  const bench: Bench = new Bench({ ...OPTIONS, seed, ...(side === 'host' ? { toHost: harm } : { toDevice: harm }) });
  now = () => bench.clock.now();
  const received = () => (side === 'host' ? bench.link.counters : undefined);
  const gaps = () => received()?.gaps ?? bench.device.counters.gaps;
  const inOrder = () => received()?.framesIn ?? bench.device.counters.frames_received;
  const end = side === 'host' ? bench.link : bench.device;
  const receive = end.receive.bind(end);
  end.receive = (bytes: Uint8Array) => {
    const [gapsBefore, inOrderBefore] = [gaps(), inOrder()];
    receive(bytes);
    if (goodAt < 0 && gaps() > gapsBefore) goodAt = now();
    else if (goodAt >= 0 && mendedAt < 0 && inOrder() > inOrderBefore) mendedAt = now();
  };
  await bench.open();
  await bench.submit([mixed(1500)]);
  await bench.clock.until(() => mendedAt >= 0, 100);
  expect(Math.min(lostAt, goodAt - lostAt)).toBeGreaterThan(0);
  return { ms: mendedAt - goodAt, roundTripMs: bench.link.counters.roundTripUs.p50 / 1000 };
}
