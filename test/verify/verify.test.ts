// Goal: engines that are equal are found equal; one that is not is found out, whatever is wrong with it, and the
// program that shows it is small and runs in `exec`.
import { describe, expect, it } from 'vitest';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { encodeCommand, type SymbolicRecord } from '../../src/contract/symbolic.js';
import { profileMisfit } from '../../src/hal/profile-limits.js';
import { createEngine, listBackends } from '../../src/hal/registry.js';
import type { Engine } from '../../src/kernel/engine.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { differenceText, programText } from '../../src/verify/divergence.js';
import { FAULT_NAMES } from '../../src/verify/faults.js';
import { shrink } from '../../src/verify/shrink.js';
import { recomputeSlice, type VerifyEngine, type VerifyOptions, verify } from '../../src/verify/verify.js';

const TINY = NAMED_PROFILES['tiny'] as Profile;

const software: VerifyEngine = { name: 'software', create: (profile) => new SoftwareEngine(profile) };

const run = (options: Partial<VerifyOptions> = {}) =>
  verify({ engines: [software, software], profile: TINY, commands: 20_000, seed: 1, shrinkMs: 5000, ...options });

/** A software engine that something is wrong with. */
function broken(change: (inner: SoftwareEngine) => Partial<Engine>): VerifyEngine {
  return {
    name: 'broken',
    create: (profile) => {
      const inner = new SoftwareEngine(profile);
      const engine: Engine = {
        profile,
        maxEventBytes: inner.maxEventBytes,
        get eventBytes() {
          return inner.eventBytes;
        },
        consume: (commands, from, out) => inner.consume(commands, from, out),
        reset: (epoch, out) => inner.reset(epoch, out),
        close: () => inner.close(),
      };
      return Object.defineProperties(engine, Object.getOwnPropertyDescriptors(change(inner)));
    },
  };
}

describe('verify', () => {
  it('finds equal engines equal, and gives the same result for the same seed', () => {
    const first = run({ engines: [software, software, software], commands: 50_000 });
    expect(first.divergence).toBeUndefined();
    expect(first.commands).toBe(50_000);
    expect(first.log).toHaveLength(1);
    expect(first.log[0]?.stream).toEqual({
      records: first.records,
      events: first.events,
      crc32: first.crc32.toString(16).padStart(8, '0'),
    });
    expect(run({ commands: 50_000 })).toEqual(first);
    expect(run({ commands: 50_000, seed: 2 }).crc32).not.toBe(first.crc32);
  });

  for (const { name, reason, limits } of listBackends().filter(({ inProcess }) => inProcess)) {
    it(`finds ${name} equal to software`, (ctx) => {
      if (reason !== undefined) return ctx.skip(`NOT RUN: ${reason}`);
      const other: VerifyEngine = { name, create: (profile) => createEngine(name, profile) };
      for (const [profile, commands] of [
        ['tiny', 200_000],
        ['bare', 20_000],
        ['ice40', 50_000],
        ['ecp5', 100_000],
        ['sim', 50_000],
        ['standard', 50_000],
      ] as const) {
        const named = NAMED_PROFILES[profile] as Profile;
        if (profileMisfit(named, limits) !== undefined) continue;
        const result = run({ engines: [software, other], profile: named, commands });
        expect(result.divergence).toBeUndefined();
      }
    });
  }

  for (const inject of FAULT_NAMES) {
    for (const seed of [1, 2]) {
      it(`catches ${inject} with seed ${seed}`, () => {
        const { divergence, struckAt } = run({ inject, seed });
        expect(struckAt).toBeGreaterThan(0);
        expect(divergence?.engines).toEqual(['software', 'software']);
        // Shrunk to what it needs: the longest are a few tens.
        expect(divergence?.shrunk?.commands.length).toBeLessThanOrEqual(60 * 16);
        expect(divergence?.shrunk?.difference.offset).toBeGreaterThan(31);
      });
    }
  }

  it('puts a fault into the middle of several segments, and says in which', () => {
    const { divergence } = run({ inject: 'event-bit-flip', commands: 1_000_001 });
    expect(divergence?.segment).toBe(1);
  }, 60_000);

  it('shrinks a mistake of an engine to the commands that show it, ready for exec', () => {
    const wrong = broken((inner) => ({
      // Says TOP of book 2 with an ask size that is 1 too much.
      consume: (commands, from, out) => {
        const next = inner.consume(commands, from, out);
        for (let at = 0; at < inner.eventBytes; at += 32) {
          if (out[at] === 1 && out[at + 2] === 2) out[at + 24] = (out[at + 24] as number) + 1;
        }
        return next;
      },
    }));
    const { divergence } = run({ engines: [software, wrong] });
    const { commands, difference } = divergence?.shrunk ?? { commands: new Uint8Array(0), difference: undefined };
    const lines = programText(TINY, commands).trim().split('\n');
    expect(JSON.parse(lines[0] as string)).toEqual({ profile: expect.stringContaining('books=5,') });
    // BOOK_BEGIN, a level, BOOK_LIVE: no less shows a TOP event; where none of them commits, something else must.
    expect(lines.length - 1).toBeGreaterThanOrEqual(3);
    expect(lines.length - 1).toBeLessThanOrEqual(6);
    const last = lines.length - 2;
    const again = lines.slice(1).map((line) => encodeCommand(JSON.parse(line) as SymbolicRecord));
    expect(Buffer.concat(again)).toEqual(Buffer.from(commands));
    expect(difference).toMatchObject({ event: 1, byte: 24, offset: 56, commandIndex: last });
    expect(difference?.actual?.['ask_size']).toBe(Number(difference?.expected?.['ask_size']) + 1);
    const text = differenceText(difference as NonNullable<typeof difference>, ['software', 'broken']);
    expect(text).toContain('byte 56 of the event stream (event 1, byte 24)');
    expect(text).toContain(`caused by command ${last}: {"op":`);
  });

  it('finds out an engine that throws, and one that goes nowhere', () => {
    for (const consume of [
      () => {
        throw new Error('no memory');
      },
      (_commands: Uint8Array, from: number) => from,
    ]) {
      const { divergence } = run({ engines: [software, broken(() => ({ consume }))] });
      expect(divergence?.shrunk?.commands.length).toBe(16);
      expect(divergence?.shrunk?.difference.thrown).toMatch(/no memory|went from byte 0 to 0/);
    }
  });

  it('finds out a reset that leaves something behind, and says that new engines do not differ', () => {
    const forgetful = broken((inner) => {
      let resets = 0;
      return {
        reset: (epoch, out) => {
          inner.reset(epoch, out);
          resets += 1;
          if (resets < 2) return;
          const scratch = new Uint8Array(inner.maxEventBytes);
          inner.consume(encodeCommand({ op: 'BOOK_MASK', book: 0, mask_top: true }), 0, scratch);
          inner.reset(epoch, out);
          inner.consume(encodeCommand({ op: 'BOOK_MASK', book: 0, mask_top: true }), 0, scratch);
          out[0] = 6;
        },
      };
    });
    const { divergence } = run({ engines: [software, forgetful], commands: 1_000_001, shrinkMs: 100 });
    expect(divergence?.segment).toBe(1);
    expect(divergence?.shrunk).toBeUndefined();
    expect(divergence?.commands.length).toBeGreaterThan(0);
  }, 60_000);

  it('refuses what it cannot do', () => {
    expect(() => run({ engines: [software] })).toThrow(/1 engines are not two or more/);
    expect(() => run({ commands: 0 })).toThrow(/commands = 0/);
    expect(() => run({ seed: -1 })).toThrow(/seed = -1/);
  });
});

describe('the log', () => {
  it('lets any segment be made again alone', () => {
    const { log } = run({ commands: 1_020_000, seed: 9 });
    expect(log.map(({ segment, commands }) => [segment, commands])).toEqual([
      [0, 1_000_000],
      [1, 20_000],
    ]);
    const line = JSON.parse(JSON.stringify(log[1])) as (typeof log)[0];
    expect(recomputeSlice(line)).toEqual(line);
    expect(recomputeSlice({ ...line, seed: 10 }).stream.crc32).not.toBe(line.stream.crc32);
  }, 60_000);

  it('refuses a line of another generator or profile', () => {
    const [line] = run({ commands: 100 }).log as [ReturnType<typeof run>['log'][0]];
    expect(() => recomputeSlice({ ...line, generator: 0 })).toThrow(/generator 0/);
    expect(() => recomputeSlice({ ...line, profile: 'huge' })).toThrow(/'huge'/);
  });
});

describe('shrinking', () => {
  it('keeps just the records that matter', () => {
    const commands = new Uint8Array(16 * 1000);
    for (let i = 0; i < 1000; i++) new DataView(commands.buffer).setUint32(i * 16, i);
    const idsOf = (bytes: Uint8Array) =>
      Array.from({ length: bytes.length / 16 }, (_, i) =>
        new DataView(bytes.buffer).getUint32(bytes.byteOffset + i * 16),
      );
    const fails = (bytes: Uint8Array) => [3, 500, 999].every((id) => idsOf(bytes).includes(id));
    expect(idsOf(shrink(commands, fails, () => true))).toEqual([3, 500, 999]);
    expect(shrink(commands, fails, () => false)).toEqual(commands);
  });
});
