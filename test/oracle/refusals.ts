// One predicate for each refusal name: whether it applies to a command in a state. The order in which they are
// asked is the command table's (REC-5), so it is not here.
import { ENUMS, TICKS } from '../../src/contract/definition.js';
import { FAIR_MAX, PAYOUT_MAX } from '../../src/contract/generated/records.js';
import type { Profile } from '../../src/contract/profile.js';
import type { SymbolicRecord } from '../../src/contract/symbolic.js';
import { heldPages, largestLevel } from './rules.js';
import { type Book, bookOf, type SideName, type State } from './state.js';

/** A command as decoded, with readers that hold the test to the field types of the definition. */
export class Command {
  readonly name: string;

  constructor(private readonly record: SymbolicRecord) {
    this.name = String(record['op']);
  }

  number(field: string): number {
    const value = this.record[field];
    if (typeof value !== 'number') throw new Error(`${this.name}.${field} = ${String(value)} is not a number`);
    return value;
  }

  flag(field: string): boolean {
    return this.record[field] === true;
  }

  text(field: string): string {
    return String(this.record[field]);
  }

  get side(): SideName {
    return this.record['side'] === 'ASK' ? 'ASK' : 'BID';
  }
}

type Predicate = (command: Command, state: State, profile: Profile) => boolean;

/** BOOK-1, BOOK-3: the states in which a command with the refusal BOOK_STATE is allowed. */
export const ALLOWED_STATES: Readonly<Record<string, readonly string[]>> = {
  BOOK_LIVE: ['BUILDING', 'STALE'],
  BOOK_STALE: ['LIVE'],
  LEVEL_SET: ['BUILDING', 'LIVE'],
};

const bookIn = (command: Command, state: State): Book => bookOf(state, command.number('book'));

/** BOOK-4: a LEVEL_SET that leaves the size of the level as it was. */
export function leavesSize(command: Command, state: State): boolean {
  if (command.name !== 'LEVEL_SET') return false;
  const levels = bookIn(command, state).levels[command.side];
  return (levels.get(command.number('level')) ?? 0) === command.number('size');
}

/** BOOK-6: whether more pages would be held after the command than the profile has, counted on a changed ladder. */
function needsPageBeyond(command: Command, state: State, profile: Profile): boolean {
  if (leavesSize(command, state)) return false; // BOOK-4
  const levels = bookIn(command, state).levels[command.side];
  const level = command.number('level');
  const before = levels.get(level);
  const heldBefore = heldPages(state);
  if (command.number('size') === 0) return false; // removing a level needs no page
  levels.set(level, command.number('size'));
  const heldAfter = heldPages(state);
  if (before === undefined) levels.delete(level);
  else levels.set(level, before);
  return heldAfter > heldBefore && heldAfter > profile.pages;
}

/** The code of a kind: the codec gives the name where there is one, else the number. */
function kindCode(command: Command): number {
  const name = command.text('kind');
  return ENUMS['SignalKind']?.values[name] ?? Number(name);
}

const legCount = (state: State) => [...state.baskets.values()].reduce((sum, basket) => sum + basket.legs.length, 0);
const basketIn = (command: Command, state: State) => state.baskets.get(command.number('basket'));

export const REFUSALS: Readonly<Record<string, Predicate>> = {
  BOOK_RANGE: (command, _, profile) => command.number('book') >= profile.books,
  TICK_INVALID: (command) => !(TICKS as readonly number[]).includes(command.number('tick')),
  TICK_TOO_FINE: (command, _, profile) => command.number('tick') < profile.finestTick, // BOOK-2
  BOOK_STATE: (command, state) => !(ALLOWED_STATES[command.name] ?? []).includes(bookIn(command, state).state),
  LEVEL_RANGE: (command, state) => {
    const level = command.number('level');
    return level < 1 || level > largestLevel(bookIn(command, state).tick); // BOOK-3
  },
  MESSAGE_LIMIT: (command, state, profile) =>
    // MSG-5; a command that touches nothing cannot be refused so (BOOK-4).
    !leavesSize(command, state) &&
    !state.dirty.includes(command.number('book')) &&
    state.dirty.length + 1 > profile.booksPerMessage,
  PAGE_LIMIT: needsPageBeyond,
  BASKET_RANGE: (command, _, profile) => command.number('basket') >= profile.baskets,
  BASKET_EXISTS: (command, state) => basketIn(command, state) !== undefined,
  BASKET_ABSENT: (command, state) => basketIn(command, state) === undefined,
  KIND_INVALID: (command) => kindCode(command) < 1 || kindCode(command) > 7,
  PAYOUT_RANGE: (command) => command.number('payout') < 1 || command.number('payout') > PAYOUT_MAX,
  BASKET_ARMED: (command, state) => basketIn(command, state)?.armed === true, // BSK-2
  BASKET_NO_LEGS: (command, state) => basketIn(command, state)?.legs.length === 0,
  LEG_DUPLICATE: (command, state) =>
    // BSK-2: YES and NO of one book may both be there, each once.
    basketIn(command, state)?.legs.some(
      (leg) => leg.book === command.number('book') && leg.outcome === command.text('outcome'),
    ) === true,
  BASKET_LEGS_LIMIT: (command, state, profile) =>
    (basketIn(command, state)?.legs.length ?? 0) + 1 > profile.legsPerBasket,
  LEGS_LIMIT: (_, state, profile) => legCount(state) + 1 > profile.legs,
  FAIR_RANGE: (command) => command.number('fair') > FAIR_MAX,
  BAND_RANGE: (command) => command.number('band') > FAIR_MAX,
  FAIR_LIMIT: (command, state, profile) =>
    !state.fairs.has(command.number('book')) && state.fairs.size + 1 > profile.fairs, // FAIR-1
  FAIR_ABSENT: (command, state) => !state.fairs.has(command.number('book')),
  NOT_RESTORING: (_, state) => state.restore === undefined, // RST-2
  IN_RESTORE: (_, state) => state.restore !== undefined,
  // RST-4: asked after NOT_RESTORING, so a restore is under way.
  RESTORE_FAILED: (_, state) => state.restore?.firstRefused !== undefined || state.restore?.counts === undefined,
};
