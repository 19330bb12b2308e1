// Goal: the largest basket and the largest message of the profile `standard`, against sums worked out in closed form:
// too long for a vector file, but no less exact. Run against the oracle and every engine.
import { describe, expect, it } from 'vitest';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { encodeCommand, encodeEvent, type SymbolicRecord } from '../../src/contract/symbolic.js';
import type { Engine } from '../../src/kernel/engine.js';
import { OracleEngine } from '../oracle/oracle-engine.js';
import { difference, feed } from '../vectors/load.js';
import { ENGINES } from './engines.js';

const STANDARD = NAMED_PROFILES['standard'] as Profile;
const LEGS = 256;
const SMALLEST = 200;

const BACKENDS: readonly {
  readonly name: string;
  readonly missing: string | undefined;
  create(profile: Profile): Engine | undefined;
}[] = [
  { name: 'oracle', missing: undefined, create: (profile) => new OracleEngine(profile) },
  ...ENGINES.filter((entry) => entry.takes(STANDARD)),
];

/** Size at the best level of book i: 1000 + i, but 7 in one book. */
const sizeOf = (book: number) => (book === SMALLEST ? 7 : 1000 + book);
const books = Array.from({ length: LEGS }, (_, book) => book);
const last = LEGS - 1;

function compare(engine: Engine, commands: readonly SymbolicRecord[], expected: readonly SymbolicRecord[]): void {
  const bytes = new Uint8Array(Buffer.concat(commands.map(encodeCommand)));
  const events = new Uint8Array(Buffer.concat(expected.map(encodeEvent)));
  expect(difference(events, feed(engine, bytes, 1 << 20))).toBeUndefined();
}

for (const entry of BACKENDS)
  describe(entry.name, () => {
    it('a basket of 256 legs of YES', (context) => {
      // Goal: BSK-2, BSK-3. 256 asks at 0.01 cost 256 * 10,000 micro; at 0.99 they cost 256 * 990,000.
      if (entry.missing !== undefined) context.skip(entry.missing);
      const engine = entry.create(STANDARD);
      if (engine === undefined) throw new Error(`${entry.name} refuses the profile standard`);
      const payout = 256_000_000;
      const opened = payout - LEGS * 10_000;
      const changed = payout - LEGS * 990_000;
      const beyond = { op: 'BASKET_LEG', outcome: 'YES', basket: 8191, book: 256 };
      const commands: SymbolicRecord[] = [
        { op: 'BASKET_CREATE', basket: 8191, payout, kind: 'MULTI_LONG' },
        ...books.map((book) => ({ op: 'BASKET_LEG', outcome: 'YES', basket: 8191, book })),
        beyond,
        { op: 'BASKET_ARM', basket: 8191, min_edge: 0, min_size: 7 },
        ...books.flatMap((book) => [
          { op: 'BOOK_BEGIN', book, tick: 100 },
          { op: 'LEVEL_SET', side: 'ASK', book, level: 1, size: sizeOf(book) },
          { op: 'BOOK_LIVE', commit: book === last, book },
        ]),
        ...books.flatMap((book) => [
          { op: 'LEVEL_SET', side: 'ASK', book, level: 1, size: 0 },
          { op: 'LEVEL_SET', commit: book === last, side: 'ASK', book, level: 99, size: sizeOf(book) },
        ]),
        { op: 'LEVEL_SET', commit: true, side: 'ASK', book: SMALLEST, level: 99, size: 6 },
      ];
      const refused = 1 + LEGS;
      const first = refused + 1 + 3 * LEGS;
      const second = first + 2 * LEGS;
      const top = (command: number, ask: number) => (book: number) => {
        return { type: 'TOP', book, bid_price: 0, ask_price: ask, command, bid_size: 0, ask_size: sizeOf(book) };
      };
      const signal = { type: 'SIGNAL', id: 8191, kind: 'MULTI_LONG', size: 7 };
      compare(engine, commands, [
        {
          ...{ type: 'REFUSED', error: 'BASKET_LEGS_LIMIT', id: 8191, restore_record: 0, command: refused },
          ...{ restore_error: 0, record: Buffer.from(encodeCommand(beyond)).toString('hex') },
        },
        ...books.map(top(first, 100)),
        { ...signal, action: 'OPEN', edge: opened, command: first },
        ...books.map(top(second, 9900)),
        { ...signal, action: 'CHANGE', edge: changed, command: second },
        { ...top(second + 1, 9900)(SMALLEST), ask_size: 6 },
        { ...signal, action: 'CLOSE', edge: changed, command: second + 1 },
      ]);
      engine.close();
    });

    it('the lowest edge there is: 256 legs of NO with the largest fee', (context) => {
      // Goal: BSK-3, ROW-3. Bids at 0.01: 990,000 + ceil(16,777,215 * 990,000 / 2^32) = 990,000 + 3,868 each, payout 1.
      if (entry.missing !== undefined) context.skip(entry.missing);
      const engine = entry.create(STANDARD);
      if (engine === undefined) throw new Error(`${entry.name} refuses the profile standard`);
      const commands: SymbolicRecord[] = [
        ...books.flatMap((book) => [
          { op: 'BOOK_BEGIN', book, tick: 100 },
          { op: 'BOOK_FEE', book, rate: 2 ** 24 - 1 },
          { op: 'LEVEL_SET', side: 'BID', book, level: 1, size: 2 ** 48 - 1 },
          { op: 'BOOK_LIVE', commit: book === last, book },
        ]),
        { op: 'BASKET_CREATE', basket: 0, payout: 1, kind: 'MULTI_SHORT' },
        ...books.map((book) => ({ op: 'BASKET_LEG', outcome: 'NO', basket: 0, book })),
        { op: 'BASKET_ARM', basket: 0, min_edge: -(2 ** 31), min_size: 2 ** 48 - 1 },
      ];
      const published = 4 * LEGS - 1;
      const cost = 990_000 + 3_868;
      compare(engine, commands, [
        ...books.map((book) => {
          return {
            ...{ type: 'TOP', book, bid_price: 100, ask_price: 0, command: published },
            ...{ bid_size: 2 ** 48 - 1, ask_size: 0 },
          };
        }),
        {
          ...{ type: 'SIGNAL', action: 'OPEN', id: 0, edge: 1 - LEGS * cost, command: 5 * LEGS + 1 },
          ...{ kind: 'MULTI_SHORT', size: 2 ** 48 - 1 },
        },
      ]);
      engine.close();
    });

    it('the largest message: 1024 books, each in a basket of its own', (context) => {
      // Goal: MSG-4, MSG-5. Books are touched from the highest down; baskets answer from the lowest up.
      if (entry.missing !== undefined) context.skip(entry.missing);
      const profile = { ...STANDARD, books: 1025, baskets: 1024, pages: 1100 };
      const engine = entry.create(profile);
      if (engine === undefined) throw new Error(`${entry.name} refuses a smaller standard`);
      const many = Array.from({ length: 1024 }, (_, at) => 1023 - at);
      const beyond = { op: 'BOOK_BEGIN', commit: true, book: 1024, tick: 1 };
      const commands: SymbolicRecord[] = [
        ...many.flatMap((book) => [
          { op: 'BASKET_CREATE', basket: book, payout: 1_000_000, kind: 'CROSS' },
          { op: 'BASKET_LEG', outcome: 'YES', basket: book, book },
          { op: 'BASKET_ARM', basket: book, min_edge: 0, min_size: 0 },
          { op: 'BOOK_BEGIN', book, tick: 1 },
          { op: 'LEVEL_SET', side: 'ASK', book, level: 1 + book, size: 1 + book },
          { op: 'BOOK_LIVE', book },
        ]),
        beyond,
        { op: 'LEVEL_SET', commit: true, side: 'ASK', book: 0, level: 9999, size: 0 },
      ];
      const refused = 6 * 1024;
      compare(engine, commands, [
        {
          ...{ type: 'REFUSED', error: 'MESSAGE_LIMIT', id: 1024, restore_record: 0, command: refused },
          ...{ restore_error: 0, record: Buffer.from(encodeCommand(beyond)).toString('hex') },
        },
        ...many.map((book) => {
          return {
            ...{ type: 'TOP', book, bid_price: 0, ask_price: 1 + book, command: refused + 1 },
            ...{ bid_size: 0, ask_size: 1 + book },
          };
        }),
        ...[...many].reverse().map((book) => {
          return {
            ...{ type: 'SIGNAL', action: 'OPEN', id: book, edge: 1_000_000 - 100 * (1 + book) },
            ...{ command: refused + 1, kind: 'CROSS', size: 1 + book },
          };
        }),
      ]);
      engine.close();
    });
  });
