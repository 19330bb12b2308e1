// Work W1: one ladder, no commit. Subjects of other libraries join this group in bench/.
import { CommandWriter } from '../contract/generated/records.js';
import { NAMED_PROFILES, type Profile } from '../contract/profile.js';
import type { Engine } from '../kernel/engine.js';
import { Ladders } from '../kernel/ladders.js';
import { type LadderWork, ladderWork, W1_TICK } from './ladder-work.js';
import type { Group, Subject } from './measure.js';
import { COMMAND_BYTES, STANDARD } from './programs.js';
import { engineKinds, type Plan, type Wanted } from './suite.js';

const BATCH = 1024;
const MAX_LEVEL = 999;

export const LADDER_GROUP = 'ladder W1';

/** peers: ladders of other libraries, made from the same work. */
export function ladderPlan(peers: (work: LadderWork) => readonly Subject[] = () => []): Plan {
  return { name: LADDER_GROUP, group: (wanted, effort) => ladderGroup(wanted, effort.turnMs < 20, peers) };
}

function ladderGroup(wanted: Wanted, quick: boolean, peers: (work: LadderWork) => readonly Subject[]): Group {
  const work = quick ? ladderWork(100_000) : ladderWork();
  const engines = engineKinds().map((kind) => commandSubject(kind.name, kind.create(STANDARD), work));
  const own = [ladderSubject(work), ...engines];
  const subjects = [...own, ...peers(work)].filter(({ name }) => wanted(name));
  const base = subjects[0]?.name;
  const ratios = subjects.slice(1).map(({ name }): [string, string] => [name, base ?? name]);
  return { name: LADDER_GROUP, unit: 'ns/set', subjects, ratios };
}

/** Calls of the ladder class, the best levels read after each: what peers do too. */
function ladderSubject(work: LadderWork): Subject {
  const profile: Profile = { ...(NAMED_PROFILES['tiny'] as Profile), books: 1, pages: 64 };
  const ladders = new Ladders(profile);
  const { sides, levels, sizes, opening } = work;
  const lows = Int32Array.from(sizes, (size) => size | 0);
  const highs = Int32Array.from(sizes, (size) => Math.floor(size / 2 ** 32));
  const set = (from: number, to: number): number => {
    let sum = 0;
    for (let at = from; at < to; at++) {
      const side = sides[at] as number;
      const level = levels[at] as number;
      const slot = side === 0 ? MAX_LEVEL - level : level - 1;
      const low = lows[at] as number;
      const high = highs[at] as number;
      if (!ladders.hasSize(side, slot, low, high)) ladders.replace(side, slot, low, high);
      sum = (sum + ladders.best(0) * 3 + ladders.best(1)) | 0;
    }
    return sum;
  };
  return {
    name: `${LADDER_GROUP}: software, ladder class`,
    most: sizes.length - opening,
    restart() {
      ladders.clear();
      set(0, opening);
    },
    run: (count) => set(opening, opening + count),
  };
}

/** The same sets as commands of an engine: checked, counted, applied, never committed. */
export function commandSubject(name: string, engine: Engine, work: LadderWork): Subject {
  const { sides, levels, sizes, opening } = work;
  const out = new Uint8Array(engine.maxEventBytes);
  const writer = new CommandWriter(sizes.length);
  for (let at = 0; at < sizes.length; at++) {
    writer.levelSet(0, sides[at] as number, levels[at] as number, sizes[at] as number);
  }
  const all = writer.bytes();
  const first = opening * COMMAND_BYTES;
  const batches: Uint8Array[] = [];
  for (let from = first; from < all.length; from += BATCH * COMMAND_BYTES) {
    batches.push(all.subarray(from, Math.min(all.length, from + BATCH * COMMAND_BYTES)));
  }
  const begin = new CommandWriter().bookBegin(0, W1_TICK).bookLive(0).bytes();
  return {
    name: `${LADDER_GROUP}: ${name}, commands`,
    // Whole batches only.
    most: Math.floor((sizes.length - opening) / BATCH) * BATCH,
    piece: BATCH,
    restart() {
      engine.consume(begin, 0, out);
      engine.consume(all.subarray(0, first), 0, out);
    },
    run(count) {
      let sum = 0;
      for (let at = 0; at < count / BATCH; at++) sum += engine.consume(batches[at] as Uint8Array, 0, out);
      return sum + engine.eventBytes;
    },
    close: () => engine.close(),
  };
}
