// Goal: the host's side of the link keeps the clauses LNK-1 to LNK-15 against a device written from the same page.
import { describe, expect, it } from 'vitest';
import { CommandWriter } from '../../src/contract/generated/records.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { cutRandomly, oneTop, randomProgram, TINY } from '../hal/programs.js';
import { Bench } from './bench.js';

/** What an engine fed without a link emits, RESET_DONE first. */
function direct(commands: Uint8Array, epoch = 1): Uint8Array {
  const engine = new SoftwareEngine(TINY);
  const out = new Uint8Array(engine.maxEventBytes + 4096);
  engine.reset(epoch, out);
  const chunks = [out.slice(0, engine.eventBytes)];
  for (let from = 0; from < commands.length; ) {
    from = engine.consume(commands, from, out);
    chunks.push(out.slice(0, engine.eventBytes));
  }
  return new Uint8Array(Buffer.concat(chunks));
}

describe('the host link', () => {
  it('says who is there, and begins an epoch', async () => {
    const bench = new Bench({ profile: TINY, board: 'model-board', commit: 'ab'.repeat(20) });
    const identity = await bench.clock.settle(bench.link.identify());
    expect(identity).toMatchObject({ board: 'model-board', commit: 'ab'.repeat(20), epoch: 0, commandWindow: 64 });
    await bench.clock.settle(bench.link.reset(77));
    await bench.clock.pass(10);
    expect(bench.events).toEqual(direct(new Uint8Array(0), 77));
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
    const expected = direct(commands);
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
