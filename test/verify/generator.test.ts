// Goal: programs are the same for the same seed, reach everything that the profile can reach, and are mostly valid.
import { describe, expect, it } from 'vitest';
import { ErrorCode, Opcode, opcodeNames } from '../../src/contract/generated/records.js';
import { NAMED_PROFILES, type Profile, parseProfile } from '../../src/contract/profile.js';
import { decodeEvent } from '../../src/contract/symbolic.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { ProgramGenerator } from '../../src/verify/generator.js';
import { Prng } from '../../src/verify/prng.js';

/** COUNTS_MISSING and IN_RESTORE are never the error of an event: they are named inside RESTORE_FAILED. */
const EVENT_ERRORS = Object.keys(ErrorCode).filter((name) => name !== 'COUNTS_MISSING' && name !== 'IN_RESTORE');

const named = (name: string) => NAMED_PROFILES[name] as Profile;

/** What a program makes of an engine. */
function census(profile: Profile, seed: number, commands: number) {
  const generator = new ProgramGenerator(profile, seed, 0);
  const engine = new SoftwareEngine(profile);
  const out = new Uint8Array(engine.maxEventBytes + 65536);
  engine.reset(0, out);
  const opcodes = new Set<string>();
  const errors = new Map<string, number>();
  const kinds = new Map<string, number>();
  const add = (map: Map<string, number>, key: unknown) => map.set(String(key), (map.get(String(key)) ?? 0) + 1);
  let records = 0;
  while (records < commands) {
    const block = generator.next(4096);
    records += block.length / 16;
    for (let at = 0; at < block.length; at += 16) {
      const name = opcodeNames[block[at] as number];
      if (name !== undefined) opcodes.add(name);
    }
    for (let from = 0; from < block.length; ) {
      from = engine.consume(block, from, out);
      for (let at = 0; at < engine.eventBytes; at += 32) {
        const type = out[at] as number;
        if (type === 1) {
          add(kinds, 'TOP');
          continue;
        }
        const event = decodeEvent(out, at);
        add(kinds, event['type'] === 'SIGNAL' ? `${event['action']}` : event['type']);
        if (event['type'] === 'REFUSED') add(errors, event['error']);
      }
    }
  }
  return { opcodes, errors, kinds, records };
}

describe('the generator', () => {
  it('writes the same program for the same seed, segment and profile, however it is asked', () => {
    const whole = new ProgramGenerator(named('tiny'), 5, 3).next(30_000).slice(0, 16 * 20_000);
    const pieces = new ProgramGenerator(named('tiny'), 5, 3);
    const parts: Uint8Array[] = [];
    for (let bytes = 0; bytes < whole.length; ) {
      const part = pieces.next(777).slice();
      parts.push(part);
      bytes += part.length;
    }
    expect(Buffer.compare(Buffer.concat(parts).subarray(0, whole.length), whole)).toBe(0);
  });

  it('writes other programs for another seed, segment or profile', () => {
    const of = (profile: Profile, seed: number, segment: number) =>
      Buffer.from(new ProgramGenerator(profile, seed, segment).next(200).slice(0, 3200)).toString('hex');
    const tiny = named('tiny');
    const texts = [of(tiny, 1, 0), of(tiny, 2, 0), of(tiny, 1, 1), of({ ...tiny, pages: 7 }, 1, 0)];
    expect(new Set(texts).size).toBe(4);
  });

  it('reaches every opcode and every refusal of the smallest profile', () => {
    const { opcodes, errors, kinds, records } = census(named('tiny'), 1, 400_000);
    expect([...opcodes].sort()).toEqual(Object.keys(Opcode).sort());
    for (const error of EVENT_ERRORS) expect(errors.get(error) ?? 0, error).toBeGreaterThan(0);
    for (const kind of ['TOP', 'OPEN', 'CHANGE', 'CLOSE', 'FENCE', 'BOOK_DIGEST']) {
      expect(kinds.get(kind) ?? 0, kind).toBeGreaterThan(100);
    }
    // Four books share six pages here: what is refused is mostly a page.
    expect((kinds.get('REFUSED') ?? 0) / records).toBeLessThan(0.3);
  });

  for (const name of ['standard', 'large', 'ecp5', 'ice40', 'bare']) {
    it(`writes something sensible for the profile ${name}`, () => {
      const profile = named(name);
      const { kinds, records } = census(profile, 2, 30_000);
      const refused = (kinds.get('REFUSED') ?? 0) / records;
      expect(refused).toBeGreaterThan(0.005);
      if (profile.pages > 0) expect(refused).toBeLessThan(0.12);
      if (profile.pages > 0) expect(kinds.get('TOP') ?? 0).toBeGreaterThan(500);
      if (profile.pages > 0) expect(kinds.get('OPEN') ?? 0).toBeGreaterThan(200);
    });
  }

  it('takes every profile at the ends of its ranges', () => {
    for (const text of [
      'bare,books=1',
      'tiny,books=1,books_per_message=65536',
      'tiny,legs=0',
      'tiny,legs_per_basket=0',
    ]) {
      const profile = parseProfile(text) as Profile;
      expect(new ProgramGenerator(profile, 1, 0).next(20_000).length).toBeGreaterThanOrEqual(320_000);
    }
  });
});

describe('the random numbers', () => {
  it('are those of xoshiro128** 1.1', () => {
    // The published algorithm in BigInt, from the state that the seeding leaves.
    const prng = new Prng(1, 2, 3);
    const s = Array.from((prng as unknown as { s: Int32Array }).s, (word) => BigInt.asUintN(32, BigInt(word)));
    const u32 = (value: bigint) => BigInt.asUintN(32, value);
    const rotl = (x: bigint, k: bigint) => u32((x << k) | (u32(x) >> (32n - k)));
    for (let i = 0; i < 1000; i++) {
      const [s0, s1, s2, s3] = s as [bigint, bigint, bigint, bigint];
      expect(prng.u32()).toBe(Number(u32(rotl(u32(s1 * 5n), 7n) * 9n)));
      const t2 = s2 ^ s0;
      const t3 = s3 ^ s1;
      s[1] = s1 ^ t2;
      s[0] = s0 ^ t3;
      s[2] = t2 ^ u32(s1 << 9n);
      s[3] = rotl(t3, 11n);
    }
  });

  it('stay inside their limits', () => {
    const prng = new Prng(9);
    for (let i = 0; i < 10_000; i++) {
      expect(prng.below(1)).toBe(0);
      const value = prng.between(-3, 4);
      expect(value >= -3 && value <= 4 && Number.isInteger(value)).toBe(true);
    }
  });
});
