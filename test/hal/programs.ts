// Programs for device tests: random commands, and small ones with known events.
import { CommandWriter, Side } from '../../src/contract/generated/records.js';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { ProgramGenerator } from '../../src/verify/generator.js';

export const TINY = NAMED_PROFILES['tiny'] as Profile;

/** `count` random commands for a profile; no restore among them unless asked for. */
export function randomProgram(count: number, seed: number, profile: Profile = TINY): Uint8Array {
  return new ProgramGenerator(profile, seed, 0).next(count).slice(0, count * 16);
}

/** A live book 0 with a bid and an ask: one TOP event, on the third of its records. */
export function oneTop(size = 5_000_000): Uint8Array {
  const out = new CommandWriter();
  out.bookBegin(0, 100).levelSet(0, Side.BID, 40, size).levelSet(0, Side.ASK, 60, size).bookLive(0, true);
  return out.bytes().slice();
}

/** Cuts at random record borders, zero-length batches among them. */
export function cutRandomly(commands: Uint8Array, random: () => number): Uint8Array[] {
  const batches: Uint8Array[] = [];
  for (let at = 0; at < commands.length; ) {
    const records = Math.floor(random() * random() * 200);
    batches.push(commands.subarray(at, Math.min(commands.length, at + records * 16)));
    at += records * 16;
  }
  return batches;
}
