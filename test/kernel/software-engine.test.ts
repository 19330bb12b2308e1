import { describe, expect, it } from 'vitest';
import { CommandWriter, EventType, Side } from '../../src/contract/generated/records.js';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { decodeEvent } from '../../src/contract/symbolic.js';
import { feePerShare } from '../../src/kernel/books.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';

const TINY = NAMED_PROFILES['tiny'] as Profile;
const EVENT_BYTES = 32;

function run(engine: SoftwareEngine, commands: Uint8Array): Buffer {
  const out = new Uint8Array(engine.maxEventBytes + EVENT_BYTES * commands.length);
  expect(engine.consume(commands, 0, out)).toBe(commands.length);
  return Buffer.from(out.subarray(0, engine.eventBytes));
}

function busyProgram(): Uint8Array {
  const out = new CommandWriter();
  out.basketCreate(0, 1_000_000, 2).basketLeg(0, 0, 0).basketLeg(0, 1, 0).basketArm(0, 1, 1);
  for (const book of [0, 1]) out.bookBegin(book, 10).bookLive(book);
  for (let i = 0; i < 200; i++) {
    out.levelSet(i & 1, Side.ASK, 300 + (i % 7), ((i * 7919) % 5) * 1_000_000, i % 3 === 0);
    if (i % 20 === 0) out.fence(i);
  }
  return out.bytes().slice();
}

describe('SoftwareEngine', () => {
  // Goal: the fee formula on doubles is exact (ROW-3): every price, rates at the edges and in between.
  it('computes fees as the clause says, in integers', () => {
    for (const rate of [0, 1, 2, 429_497, 3_006_478, 8_388_607, 16_777_215]) {
      for (let price = 1; price < 10_000; price++) {
        const product = BigInt(rate) * BigInt(price) * BigInt(10_000 - price);
        const exact = (product + (1n << 32n) - 1n) >> 32n;
        if (BigInt(feePerShare(rate, price)) !== exact) expect([rate, price]).toBe(exact);
      }
    }
    expect(feePerShare(3_006_478, 5_000)).toBe(17_501);
  });

  // Goal: a buffer that holds the events of one command at a time gives the same bytes as a large one (REC-1).
  it('stops before a command whose events might not fit, and goes on', () => {
    const program = busyProgram();
    const whole = run(new SoftwareEngine(TINY), program);
    const engine = new SoftwareEngine(TINY);
    const out = new Uint8Array(engine.maxEventBytes);
    const pieces: Buffer[] = [];
    let calls = 0;
    for (let at = 0; at < program.length; calls++) {
      at = engine.consume(program, at, out);
      pieces.push(Buffer.from(out.subarray(0, engine.eventBytes)));
    }
    expect(calls).toBeGreaterThan(10);
    expect(Buffer.concat(pieces).equals(whole)).toBe(true);
  });

  // Goal: commands may come at any address; the bytes are those of an aligned copy.
  it('takes unaligned batches', () => {
    const program = busyProgram();
    const whole = run(new SoftwareEngine(TINY), program);
    for (const offset of [1, 2, 3]) {
      const memory = new Uint8Array(program.length + offset);
      memory.set(program, offset);
      const engine = new SoftwareEngine(TINY);
      // Twice through the scratch memory, with another length, so that a stale view would show.
      const cut = 160;
      const first = run(engine, memory.subarray(offset, offset + cut));
      const rest = run(engine, memory.subarray(offset + cut));
      expect(Buffer.concat([first, rest]).equals(whole)).toBe(true);
    }
  });

  // Goal: the record index carries from bit 31 to bit 32, where the engine splits it into words (REC-6).
  it('counts across 2^32', () => {
    const engine = new SoftwareEngine(TINY);
    const out = new CommandWriter();
    out
      .restoreBegin()
      .restoreCounts(2 ** 32 - 2, 2 ** 32 - 1)
      .restoreEnd(0)
      .fence(1)
      .fence(2)
      .fence(3);
    const events = run(engine, out.bytes());
    const fences = [0, 1, 2].map((i) => decodeEvent(events, i * EVENT_BYTES));
    expect(fences.map((f) => [f['command'], f['records'], f['events']])).toEqual([
      [2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32 - 1],
      [2 ** 32 - 1, 2 ** 32, 2 ** 32],
      [2 ** 32, 2 ** 32 + 1, 2 ** 32 + 1],
    ]);
  });

  // Goal: reset leaves nothing behind: the same program gives the same bytes as on a new engine (RESET-1).
  it('is as new after a reset', () => {
    const program = busyProgram();
    const whole = run(new SoftwareEngine(TINY), program);
    const engine = new SoftwareEngine(TINY);
    run(engine, program.subarray(0, 16 * 100));
    const out = new Uint8Array(EVENT_BYTES * 4);
    engine.reset(7, out);
    expect(engine.eventBytes).toBe(EVENT_BYTES);
    expect(decodeEvent(out)).toEqual({ type: 'RESET_DONE', epoch: 7 });
    expect(out[0]).toBe(EventType.RESET_DONE);
    expect(run(engine, program).equals(whole)).toBe(true);
  });
});
