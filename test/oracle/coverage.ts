// What the vectors and the random programs have exercised, in cells. The cells are derived from the definition: a new
// command, refusal, enum value, event or profile field adds cells by itself, and the test fails until one covers them.
import { COMMANDS, type CommandDefinition, ENUMS, EVENTS, PROFILE_FIELDS } from '../../src/contract/definition.js';
import { FAIR_MAX, FEE_RATE_MAX, PAYOUT_MAX, SIZE_MAX } from '../../src/contract/generated/records.js';
import type { Profile } from '../../src/contract/profile.js';
import type { Observer } from './oracle.js';
import { ALLOWED_STATES, type Command } from './refusals.js';
import { heldPages } from './rules.js';
import { type ActionName, bookOf, type State } from './state.js';

/** The refusal that guards a field of the profile; a field without one here shows up as an empty cell. */
const GUARDS: Readonly<Record<string, string>> = {
  books: 'BOOK_RANGE',
  pages: 'PAGE_LIMIT',
  baskets: 'BASKET_RANGE',
  legs: 'LEGS_LIMIT',
  legs_per_basket: 'BASKET_LEGS_LIMIT',
  fairs: 'FAIR_LIMIT',
  books_per_message: 'MESSAGE_LIMIT',
  finest_tick: 'TICK_TOO_FINE',
};

/** Fields with a largest legal value: reached in an accepted record. */
const LARGEST: readonly (readonly [command: string, field: string, value: number])[] = [
  ['LEVEL_SET', 'size', SIZE_MAX],
  ['BOOK_FEE', 'rate', FEE_RATE_MAX],
  ['BASKET_CREATE', 'payout', PAYOUT_MAX],
  ['FAIR_SET', 'fair', FAIR_MAX],
  ['FAIR_SET', 'band', FAIR_MAX],
  ['BASKET_ARM', 'min_edge', 2 ** 31 - 1],
  ['BASKET_ARM', 'min_edge', -(2 ** 31)],
  ['BASKET_ARM', 'min_size', SIZE_MAX],
];

const hasCommit = (command: CommandDefinition) => command.fields.some((field) => field.name === 'commit');
const namesOf = (name: string) => Object.keys(ENUMS[name]?.values ?? {});

/** RST-2: what a command can come to outside a restore, and inside one. */
function outcomes(command: CommandDefinition, inside: boolean): string[] {
  const only = inside ? 'IN_RESTORE' : 'NOT_RESTORING';
  const never = inside ? 'NOT_RESTORING' : 'IN_RESTORE';
  if (command.refusals.includes(only)) return ['RESERVED_BITS', only];
  return ['accepted', 'RESERVED_BITS', ...command.refusals.filter((refusal) => refusal !== never)];
}

function commandCells(): string[] {
  const cells: string[] = [];
  for (const inside of [false, true]) {
    const place = inside ? 'in a restore' : 'outside';
    cells.push(`command (none) ${place}: UNKNOWN_OPCODE`);
    for (const command of COMMANDS) {
      for (const outcome of outcomes(command, inside)) cells.push(`command ${command.name} ${place}: ${outcome}`);
    }
  }
  const inside = COMMANDS.flatMap((command) => outcomes(command, true));
  const named = new Set(['UNKNOWN_OPCODE', ...inside, 'COUNTS_MISSING']);
  for (const none of ['accepted', 'RESTORE_FAILED']) named.delete(none);
  for (const error of named) cells.push(`restore fails, naming ${error}`);
  return cells;
}

function bookCells(): string[] {
  return COMMANDS.filter(hasCommit).flatMap((command) =>
    namesOf('BookState').map((state) => {
      const allowed =
        !command.refusals.includes('BOOK_STATE') || ALLOWED_STATES[command.name]?.includes(state) === true;
      return `book ${state}: ${command.name} ${allowed ? 'accepted' : 'refused'}`;
    }),
  );
}

/** Every cell, in the order of the table. */
export function allCells(): string[] {
  const told = ['told', 'masked'];
  return [
    ...commandCells(),
    ...bookCells(),
    ...namesOf('SignalKind').flatMap((kind) =>
      namesOf('SignalAction').flatMap((action) => told.map((how) => `signal ${kind} ${action} ${how}`)),
    ),
    ...told.map((how) => `TOP ${how}`),
    // RESET_DONE is no event of a record (RESET-1).
    ...EVENTS.filter((event) => event.name !== 'RESET_DONE').flatMap((event) => [
      `event ${event.name} emitted`,
      `event ${event.name} emitted while a mask is set`,
    ]),
    ...PROFILE_FIELDS.flatMap((field) => [`limit ${field.name} reached`, `limit ${field.name} exceeded`]),
    ...LARGEST.map(([command, field, value]) => `value ${command}.${field} = ${value}`),
    ...['no', 'one', 'several', 'the most'].map((books) => `message with ${books} dirty book${plural(books)}`),
    ...namesOf('Side').flatMap((side) => [
      `page ${side} taken`,
      `page ${side} beyond the first taken`,
      `page ${side} given back`,
      `page ${side} given back and taken again in one message`,
    ]),
    'restore ends inside a message',
    'restore ends with every book clean',
    'restore begins inside a restore',
    'restore begins inside a message',
    'index wraps',
    'event count wraps',
  ];
}

/** Whether a refused command went just beyond the limit: the ranges by the first id that is not allowed. */
function beyond(field: string, command: Command, profile: Profile): boolean {
  if (field === 'books') return command.number('book') === profile.books;
  if (field === 'baskets') return command.number('basket') === profile.baskets;
  return true;
}

const plural = (books: string) => (books === 'one' ? '' : 's');

/** Collects the cells that one oracle or several have covered. */
export class Coverage {
  readonly covered = new Set<string>();

  private note(cell: string): void {
    this.covered.add(cell);
  }

  /** An observer for one oracle. */
  observer(profile: Profile): Observer {
    const given = new Set<string>();
    let indexBefore = 0;
    let eventsBefore = 0;
    let judged: { command: Command | undefined; accepted: boolean } = { command: undefined, accepted: false };
    return {
      judged: (record, command, error, state) => {
        judged = { command, accepted: error === undefined };
        indexBefore = state.index;
        eventsBefore = state.events;
        this.judged(record, command, error, state, profile);
      },
      restoreFailed: (error) => this.note(`restore fails, naming ${error}`),
      committed: (books) => {
        given.clear();
        const size = books === 0 ? 'no' : books === 1 ? 'one' : 'several';
        this.note(`message with ${size} dirty book${plural(size)}`);
        if (books === profile.booksPerMessage) {
          this.note('message with the most dirty books');
          this.note('limit books_per_message reached');
        }
      },
      topChanged: (masked) => this.note(`TOP ${masked ? 'masked' : 'told'}`),
      signalMoved: (kind: string, action: ActionName, masked: boolean) =>
        this.note(`signal ${kind} ${action} ${masked ? 'masked' : 'told'}`),
      emitted: (type, masks) => {
        this.note(`event ${type} emitted`);
        if (masks) this.note(`event ${type} emitted while a mask is set`);
      },
      pageMoved: (book, page, taken) => {
        const [side = '', number = ''] = page.split(' ');
        this.note(`page ${side} ${taken ? 'taken' : 'given back'}`);
        if (taken && number !== '0') this.note(`page ${side} beyond the first taken`);
        if (!taken) given.add(`${book} ${page}`);
        else if (given.has(`${book} ${page}`)) this.note(`page ${side} given back and taken again in one message`);
      },
      finished: (state) => this.finished(state, profile, judged, indexBefore, eventsBefore),
    };
  }

  private judged(
    record: Uint8Array,
    command: Command | undefined,
    error: string | undefined,
    state: State,
    profile: Profile,
  ): void {
    const name = COMMANDS.find((definition) => definition.code === record[0])?.name ?? '(none)';
    this.note(`command ${name} ${state.restore === undefined ? 'outside' : 'in a restore'}: ${error ?? 'accepted'}`);
    if (command === undefined) return;
    for (const [field, guard] of Object.entries(GUARDS)) {
      if (error === guard && beyond(field, command, profile)) this.note(`limit ${field} exceeded`);
    }
    const definition = COMMANDS.find((candidate) => candidate.name === name);
    if (definition !== undefined && hasCommit(definition) && (error === undefined || error === 'BOOK_STATE')) {
      const before = bookOf(state, command.number('book')).state;
      this.note(`book ${before}: ${name} ${error === undefined ? 'accepted' : 'refused'}`);
    }
    if (error !== undefined) return;
    for (const [of, field, value] of LARGEST) {
      if (name === of && command.number(field) === value) this.note(`value ${of}.${field} = ${value}`);
    }
    this.reachedById(name, command, profile);
    if (name === 'RESTORE_BEGIN' && state.restore !== undefined) this.note('restore begins inside a restore');
    if (name === 'RESTORE_BEGIN' && state.dirty.length > 0) this.note('restore begins inside a message');
  }

  private reachedById(name: string, command: Command, profile: Profile): void {
    if (name === 'BOOK_BEGIN' && command.number('book') === profile.books - 1) this.note('limit books reached');
    if (name === 'BOOK_BEGIN' && command.number('tick') === profile.finestTick) this.note('limit finest_tick reached');
    if (name === 'BASKET_CREATE' && command.number('basket') === profile.baskets - 1) {
      this.note('limit baskets reached');
    }
  }

  private finished(
    state: State,
    profile: Profile,
    judged: { command: Command | undefined; accepted: boolean },
    indexBefore: number,
    eventsBefore: number,
  ): void {
    const legs = [...state.baskets.values()].map((basket) => basket.legs.length);
    const total = legs.reduce((sum, count) => sum + count, 0);
    if (total > 0 && total === profile.legs) this.note('limit legs reached');
    if (legs.some((count) => count > 0 && count === profile.legsPerBasket)) this.note('limit legs_per_basket reached');
    if (state.fairs.size > 0 && state.fairs.size === profile.fairs) this.note('limit fairs reached');
    if (profile.pages > 0 && heldPages(state) === profile.pages) this.note('limit pages reached');
    const ended = judged.command?.name === 'RESTORE_END' && judged.accepted;
    if (ended) this.note(`restore ends ${state.dirty.length > 0 ? 'inside a message' : 'with every book clean'}`);
    const begun = judged.command?.name === 'RESTORE_BEGIN' || judged.command?.name === 'RESTORE_END';
    if (begun || state.restore !== undefined) return;
    if (state.index < indexBefore) this.note('index wraps');
    if (state.events < eventsBefore) this.note('event count wraps');
  }

  /** Cells that were noted but are in no table: a mistake in this file. */
  strays(): string[] {
    const known = new Set(allCells());
    return [...this.covered].filter((cell) => !known.has(cell));
  }
}

/** The committed table: which cell is covered by what. */
export function coverageTable(vectors: ReadonlySet<string>, random: ReadonlySet<string>): string {
  const mark = (covered: boolean) => (covered ? 'yes' : '');
  return [
    '<!-- Written by `UPDATE_COVERAGE=1 npx vitest run test/oracle/coverage.test.ts`. Do not edit. -->',
    '# Coverage of the kernel contract',
    '',
    'What the vectors (`test/vectors`) and a fixed set of random programs (`test/oracle/programs.ts`) exercise, as the',
    'oracle sees it. Cells are derived from `src/contract/definition.ts`; `npm test` fails while one is empty.',
    '',
    '| cell | vectors | random programs |',
    '|---|---|---|',
    ...allCells().map((cell) => `| ${cell} | ${mark(vectors.has(cell))} | ${mark(random.has(cell))} |`),
    '',
  ].join('\n');
}
