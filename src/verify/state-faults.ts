// Faults of the state: a snapshot in which one command is changed.
import { COMMAND_BYTES } from '../contract/definition.js';
import { FAIR_MAX, Opcode } from '../contract/generated/records.js';
import type { FaultName } from './faults.js';
import type { Prng } from './prng.js';

/** Changes the record that starts at byte `at`. */
type Change = (record: DataView, at: number) => void;

const COMMIT_BIT = 1;
const OUTCOME_BIT = 2;
const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);

const CHANGES: Partial<Record<FaultName, { readonly opcodes: readonly number[]; readonly change: Change }>> = {
  // A size is never 0 in a snapshot; the lowest bit of a size of 1 would make it so.
  'state-size': {
    opcodes: [Opcode.LEVEL_SET],
    change: (view, at) => view.setUint32(at + 8, view.getUint32(at + 8, true) ^ 2, true),
  },
  'state-fee': {
    opcodes: [Opcode.BOOK_FEE],
    change: (view, at) => view.setUint32(at + 4, view.getUint32(at + 4, true) ^ 0x8000, true),
  },
  'state-threshold': {
    opcodes: [Opcode.BASKET_ARM],
    change: (view, at) => view.setInt32(at + 4, view.getInt32(at + 4, true) > 0 ? INT32_MIN : INT32_MAX, true),
  },
  'state-leg': {
    opcodes: [Opcode.BASKET_LEG],
    change: (view, at) => view.setUint8(at + 1, view.getUint8(at + 1) ^ OUTCOME_BIT),
  },
  'state-fair': {
    opcodes: [Opcode.FAIR_SET],
    change: (view, at) => {
      const fair = view.getUint32(at + 4, true);
      view.setUint32(at + 4, fair > FAIR_MAX / 2 ? fair - FAIR_MAX / 2 : fair + FAIR_MAX / 2, true);
    },
  },
  'state-mask': {
    opcodes: [Opcode.BOOK_MASK, Opcode.BASKET_MASK],
    change: (view, at) => view.setUint8(at + 4, view.getUint8(at + 4) ^ 1),
  },
  'state-row': {
    opcodes: [Opcode.LEVEL_SET],
    change: (view, at) => view.setUint32(at + 8, view.getUint32(at + 8, true) ^ 2, true),
  },
};

/** Candidates tried at one place; each costs two restores. */
const TRIES = 12;

/**
 * Snapshots that differ from the given one in one command, in random order.
 * @returns none when the state has nothing of the kind
 */
export function* alteredSnapshots(snapshot: Uint8Array, fault: FaultName, random: Prng): Generator<Uint8Array> {
  const rule = CHANGES[fault];
  if (rule === undefined) return;
  const from = fault === 'state-row' ? 0 : COMMAND_BYTES;
  const until = fault === 'state-row' ? startOfDirty(snapshot) : snapshot.length;
  const dirty = fault === 'state-row' ? dirtyBooks(snapshot, until) : undefined;
  const places: number[] = [];
  for (let at = from; at < until; at += COMMAND_BYTES) {
    if (!rule.opcodes.includes(snapshot[at] as number)) continue;
    if (dirty === undefined || dirty.has(bookOf(snapshot, at))) places.push(at);
  }
  for (let i = 0; i < TRIES && places.length > 0; i++) {
    const [at] = places.splice(random.below(places.length), 1) as [number];
    const altered = snapshot.slice();
    rule.change(new DataView(altered.buffer), at);
    yield altered;
  }
}

const bookOf = (snapshot: Uint8Array, at: number) => (snapshot[at + 2] as number) | ((snapshot[at + 3] as number) << 8);

const touchesBook = (opcode: number) => opcode >= Opcode.BOOK_BEGIN && opcode <= Opcode.BOOK_FEE;

/** The dirty books come last, uncommitted (clause RST-5). */
function startOfDirty(snapshot: Uint8Array): number {
  let start = 0;
  for (let at = 0; at < snapshot.length; at += COMMAND_BYTES) {
    const committed = ((snapshot[at + 1] as number) & COMMIT_BIT) !== 0;
    if (touchesBook(snapshot[at] as number) && committed) start = at + COMMAND_BYTES;
  }
  return start;
}

function dirtyBooks(snapshot: Uint8Array, start: number): ReadonlySet<number> {
  const books = new Set<number>();
  for (let at = start; at < snapshot.length; at += COMMAND_BYTES) {
    if (touchesBook(snapshot[at] as number)) books.add(bookOf(snapshot, at));
  }
  return books;
}
