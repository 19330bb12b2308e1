// Random programs: lists of symbolic commands, most of them valid, over small ids so that they meet. Plain arrays of
// fragments, so that fast-check can shrink them; `reduceProgram` then takes out every record that is not needed.
import fc from 'fast-check';
import { COMMANDS, TICKS } from '../../src/contract/definition.js';
import { type Profile, parseProfile } from '../../src/contract/profile.js';
import { encodeCommand, type SymbolicRecord } from '../../src/contract/symbolic.js';

/** A program: commands, and `{control: 'RESET', epoch}`. */
export type Program = readonly SymbolicRecord[];

const SIZE_MAX = 2 ** 48 - 1;
const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;

/** Profiles that random programs run under: small ones, so that limits are met, and one with the finest tick. */
export const PROGRAM_PROFILES: readonly Profile[] = [
  'tiny',
  'bare',
  'ecp5',
  'ice40',
  'tiny,pages=2,books_per_message=2',
  'tiny,pages=40,legs=5,legs_per_basket=3,books_per_message=1',
  'books=3,pages=400,baskets=5,legs=12,legs_per_basket=6,fairs=3,books_per_message=3,finest_tick=1',
].map((text) => {
  const profile = parseProfile(text);
  if (typeof profile === 'string') throw new Error(profile);
  return profile;
});

/** Base seed of all random tests, from GATEBOOK_SEED. */
export const SEED = Number(process.env['GATEBOOK_SEED'] ?? 20_261_121);

/** Runs of each property, from GATEBOOK_FC_RUNS. */
export const RUNS = Number(process.env['GATEBOOK_FC_RUNS'] ?? 300);

type One = fc.Arbitrary<SymbolicRecord>;
type Some = fc.Arbitrary<SymbolicRecord[]>;

const oneOf = <T>(...weighted: (readonly [number, fc.Arbitrary<T>])[]) =>
  fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
const among = (...values: number[]) => fc.constantFrom(...values);

/** Ids that meet often; now and then the last one, the first beyond, and the largest. */
function idBelow(count: number): fc.Arbitrary<number> {
  const few = count === 0 ? fc.constant(0) : fc.nat({ max: Math.min(count, 4) - 1 });
  return oneOf(
    [40, few],
    [2, fc.constant(Math.max(0, count - 1))],
    [1, fc.constant(count % 65_536)],
    [1, among(65_535)],
  );
}

const level = oneOf(
  [6, fc.integer({ min: 1, max: 9 })],
  [10, fc.integer({ min: 1, max: 9 }).map((tenths) => tenths * 10)],
  [3, fc.integer({ min: 1, max: 99 })],
  [3, among(127, 128, 129, 256, 257, 743, 744, 871, 872, 998, 999)],
  [1, among(0, 10, 99, 100, 199, 200, 271, 272, 399, 400, 1000, 5000, 9871, 9872, 9999, 10_000, 65_535)],
);
const size = oneOf([4, fc.constant(0)], [12, fc.integer({ min: 1, max: 6 })], [1, among(1_000_000, 2 ** 32, SIZE_MAX)]);
const rate = oneOf([3, among(0, 3_006_478, 4_194_304)], [1, among(1, 2 ** 24 - 1)], [1, fc.nat({ max: 2 ** 24 - 1 })]);
const payout = oneOf(
  [12, among(1_000_000, 2_000_000, 800_000)],
  [1, among(1, 256_000_000)],
  [1, among(0, 256_000_001, 2 ** 32 - 1)],
);
const kind = oneOf([14, fc.integer({ min: 1, max: 7 })], [1, among(0, 8, 9, 255)]);
const minEdge = oneOf(
  [5, fc.constant(INT_MIN)],
  [6, fc.integer({ min: -10, max: 10 }).map((steps) => steps * 100_000)],
  [1, among(INT_MAX, 1, -1)],
);
const minSize = oneOf([6, fc.constant(0)], [4, fc.integer({ min: 1, max: 6 })], [1, among(SIZE_MAX)]);
const money = oneOf([10, fc.integer({ min: 0, max: 20 }).map((n) => n * 50_000)], [1, among(1_000_001, 2 ** 32 - 1)]);
const band = oneOf([8, fc.constant(0)], [4, among(50_000, 100_000, 1)], [1, among(1_000_000, 1_000_001)]);
const counter = oneOf(
  [3, fc.nat({ max: 1000 })],
  [2, fc.nat({ max: 3 }).map((n) => SIZE_MAX - n)],
  [1, among(2 ** 32)],
);
const u32 = oneOf([3, fc.nat({ max: 9 })], [1, among(2 ** 32 - 1)], [1, fc.nat({ max: 2 ** 31 - 1 })]);
const side = fc.constantFrom('BID', 'ASK');
const outcome = fc.constantFrom('YES', 'NO');
const commit = oneOf([1, fc.constant(true)], [2, fc.constant(false)]);
const flag = fc.boolean();

/** One arbitrary for each command of the table, under a profile. */
function commands(profile: Profile): Readonly<Record<string, One>> {
  const book = idBelow(profile.books);
  const basket = idBelow(profile.baskets);
  const legal = TICKS.filter((tick) => tick >= profile.finestTick);
  const tick = oneOf([20, fc.constantFrom(...legal)], [1, fc.constantFrom(...TICKS)], [1, among(0, 2, 10_000, 65_535)]);
  const op = (name: string, fields: Record<string, fc.Arbitrary<string | number | boolean>>): One =>
    fc.record({ op: fc.constant(name), ...fields });
  return {
    BOOK_BEGIN: op('BOOK_BEGIN', { commit, book, tick }),
    BOOK_LIVE: op('BOOK_LIVE', { commit, book }),
    BOOK_STALE: op('BOOK_STALE', { commit, book }),
    LEVEL_SET: op('LEVEL_SET', { commit, side, book, level, size }),
    BOOK_FEE: op('BOOK_FEE', { commit, book, rate }),
    BOOK_MASK: op('BOOK_MASK', { book, mask_top: flag, mask_fair: flag }),
    BASKET_CREATE: op('BASKET_CREATE', { basket, payout, kind }),
    BASKET_LEG: op('BASKET_LEG', { outcome, basket, book }),
    BASKET_ARM: op('BASKET_ARM', { basket, min_edge: minEdge, min_size: minSize }),
    BASKET_DISARM: op('BASKET_DISARM', { basket }),
    BASKET_REMOVE: op('BASKET_REMOVE', { basket }),
    BASKET_MASK: op('BASKET_MASK', { basket, mask_signal: flag }),
    FAIR_SET: op('FAIR_SET', { book, fair: money, band }),
    FAIR_CLEAR: op('FAIR_CLEAR', { book }),
    RESTORE_BEGIN: op('RESTORE_BEGIN', {}),
    RESTORE_COUNTS: op('RESTORE_COUNTS', { index: counter, events: counter }),
    RESTORE_END: op('RESTORE_END', { crc: u32 }),
    FENCE: op('FENCE', { token: u32 }),
    BOOK_DIGEST: op('BOOK_DIGEST', { book }),
  };
}

/** How often a command stands alone in a program; the ones not named here have weight 4. */
const WEIGHTS: Readonly<Record<string, number>> = {
  LEVEL_SET: 30,
  BOOK_BEGIN: 3,
  BOOK_LIVE: 8,
  BASKET_REMOVE: 2,
  FAIR_SET: 8,
  RESTORE_BEGIN: 1,
  RESTORE_COUNTS: 1,
  RESTORE_END: 1,
};

/** @throws Error where a command of the table has no arbitrary: a new command is not left out by mistake */
function anyCommand(table: Readonly<Record<string, One>>): One {
  return oneOf(
    ...COMMANDS.map(({ name }) => {
      const arbitrary = table[name];
      if (arbitrary === undefined) throw new Error(`programs.ts has no arbitrary for ${name}`);
      return [WEIGHTS[name] ?? 4, arbitrary] as const;
    }),
  );
}

const hex = (bytes: Uint8Array): SymbolicRecord => ({ raw: Buffer.from(bytes).toString('hex') });

/** A valid record with one bit turned: mostly reserved bits, sometimes another command or value. */
function broken(any: One): One {
  return fc.tuple(any, fc.nat({ max: 127 })).map(([command, bit]) => {
    const bytes = encodeCommand(command);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return hex(bytes);
  });
}

const malformed: One = oneOf(
  [1, fc.uint8Array({ minLength: 16, maxLength: 16 }).map(hex)],
  [1, fc.constantFrom(0x00, 0xff).map((byte) => hex(new Uint8Array(16).fill(byte)))],
);

/** A book that is built and brought to life, as a host does it. */
function builtBook(table: Readonly<Record<string, One>>, profile: Profile): Some {
  const id = fc.nat({ max: Math.min(profile.books, 4) - 1 });
  const levels = fc.array(fc.record({ side, level: fc.integer({ min: 1, max: 9 }), size }), { maxLength: 5 });
  const tick = fc.constantFrom(...TICKS.filter((value) => value >= profile.finestTick));
  return fc
    .tuple(id, tick, levels, commit, table['BOOK_FEE'] ?? fc.constant({}))
    .map(([book, step, sets, last, fee]) => [
      { op: 'BOOK_BEGIN', commit: false, book, tick: step },
      ...(sets.length > 3 ? [fee] : []),
      ...sets.map((set) => tenthsLevel(book, set.side, step, set.level, set.size)),
      { op: 'BOOK_LIVE', commit: last, book },
    ]);
}

/** A level at 0.10, 0.20, ... whatever the tick, so that books of different ticks compete; they lie on many pages. */
function tenthsLevel(book: number, side: string, tick: number, tenths: number, size: number): SymbolicRecord {
  return { op: 'LEVEL_SET', commit: false, side, book, level: (tenths * 1000) / tick, size };
}

/** A state in which signals open: up to three books with both sides, up to three armed baskets on them. */
function warmUp(profile: Profile): Some {
  const legal = TICKS.filter((tick) => tick >= profile.finestTick);
  const price = fc.integer({ min: 1, max: 9 });
  const amount = fc.integer({ min: 1, max: 6 });
  const tick = oneOf([3, among(100)], [2, fc.constantFrom(...legal)]);
  const book = fc.record({ tick, bid: price, bidSize: amount, ask: price, askSize: amount });
  const books = fc.array(book, { minLength: Math.min(profile.books, 3), maxLength: Math.min(profile.books, 3) });
  const count = Math.min(profile.baskets, 3);
  const leg = fc.record({ outcome, book: fc.nat({ max: Math.min(profile.books, 3) - 1 }) });
  const legs = fc.uniqueArray(leg, { minLength: 1, maxLength: 3, selector: (one) => `${one.outcome} ${one.book}` });
  const basket = fc.record({ kind: fc.integer({ min: 1, max: 7 }), legs, minEdge });
  const baskets = fc.array(basket, { minLength: count, maxLength: count });
  return fc
    .tuple(books, baskets)
    .map(([ladders, nets]) => [
      ...ladders.flatMap((ladder, id) => [
        { op: 'BOOK_BEGIN', commit: false, book: id, tick: ladder.tick },
        tenthsLevel(id, 'BID', ladder.tick, ladder.bid, ladder.bidSize),
        tenthsLevel(id, 'ASK', ladder.tick, ladder.ask, ladder.askSize),
        { op: 'BOOK_LIVE', commit: true, book: id },
      ]),
      ...nets.flatMap((net, id) => [
        { op: 'BASKET_CREATE', basket: id, payout: 1_000_000, kind: net.kind },
        ...net.legs.map((one) => ({ op: 'BASKET_LEG', outcome: one.outcome, basket: id, book: one.book })),
        { op: 'BASKET_ARM', basket: id, min_edge: net.minEdge, min_size: 0 },
      ]),
    ]);
}

/** A basket with some legs, armed. */
function builtBasket(profile: Profile): Some {
  const id = fc.nat({ max: Math.max(0, Math.min(profile.baskets, 4) - 1) });
  const leg = fc.record({ outcome, book: fc.nat({ max: Math.min(profile.books, 3) - 1 }) });
  const legs = fc.array(leg, { minLength: 1, maxLength: 4 });
  return fc
    .tuple(id, payout, kind, legs, minEdge, minSize, flag)
    .map(([basket, pay, label, many, edge, least, anew]) => [
      ...(anew ? [{ op: 'BASKET_REMOVE', basket }] : []),
      { op: 'BASKET_CREATE', basket, payout: pay, kind: label },
      ...many.map((one) => ({ op: 'BASKET_LEG', outcome: one.outcome, basket, book: one.book })),
      { op: 'BASKET_ARM', basket, min_edge: edge, min_size: least },
    ]);
}

/** RESTORE_BEGIN, some fragments, counts or none, the end or none: valid and broken ones. */
function restore(inside: Some, table: Readonly<Record<string, One>>): Some {
  const counts = table['RESTORE_COUNTS'] ?? fc.constant({});
  const end = table['RESTORE_END'] ?? fc.constant({});
  const usually = (one: One): Some => oneOf([9, one.map((record) => [record])], [1, fc.constant([])]);
  return fc
    .tuple(usually(counts), fc.array(inside, { maxLength: 4 }), usually(counts), usually(end))
    .map(([early, middle, late, last]) => [{ op: 'RESTORE_BEGIN' }, ...early, ...middle.flat(), ...late, ...last]);
}

/** Programs under a profile; `fragments` is the largest number of fragments, each of 1 to about 12 records. */
export function programs(profile: Profile, fragments = 40): fc.Arbitrary<Program> {
  const table = commands(profile);
  const any = anyCommand(table);
  const single = any.map((record) => [record]);
  const levels = fc.array(table['LEVEL_SET'] ?? any, { minLength: 1, maxLength: 6 });
  const built = builtBook(table, profile);
  const valid = oneOf([5, built], [2, builtBasket(profile)], [2, levels]);
  const fragment: Some = oneOf(
    [60, single],
    [24, levels],
    [16, built],
    [14, builtBasket(profile)],
    [2, fc.oneof(broken(any), malformed).map((record) => [record])],
    [1, restore(single, table)],
    [1, restore(oneOf([8, valid], [1, single]), table)],
    [1, restore(valid, table)],
  );
  const reset = u32.map((epoch) => [{ control: 'RESET', epoch }]);
  // 'max': fast-check would otherwise keep arrays near 10, too short for a signal to open, change and close.
  const body = (minLength: number) =>
    fc.array(oneOf([200, fragment], [1, reset]), { minLength, maxLength: fragments, size: 'max' });
  const start = oneOf<SymbolicRecord[]>([6, warmUp(profile)], [1, fc.constant([])]);
  return fc
    .tuple(start, oneOf([1, body(0)], [2, body(Math.floor(fragments / 2))]))
    .map(([first, parts]) => [...first, ...parts.flat()]);
}

/** Records that lay the whole state open at the end of a program: digests, tops and signals unmasked, a fence. */
export function revealing(profile: Profile): SymbolicRecord[] {
  const books = Math.min(profile.books, 5);
  const records: SymbolicRecord[] = [{ op: 'FENCE', token: 1 }];
  for (let book = 0; book < books; book++) records.push({ op: 'BOOK_DIGEST', book });
  for (let basket = 0; basket < Math.min(profile.baskets, 5); basket++) {
    records.push({ op: 'BASKET_MASK', basket, mask_signal: false });
  }
  for (let book = 0; book < books; book++) records.push({ op: 'BOOK_MASK', book, mask_top: false, mask_fair: false });
  for (let book = 0; book < books; book++) records.push({ op: 'BOOK_STALE', commit: true, book });
  for (let book = 0; book < books; book++) records.push({ op: 'BOOK_LIVE', commit: true, book });
  for (let book = 0; book < books; book++) records.push({ op: 'FAIR_CLEAR', book });
  for (let basket = 0; basket < Math.min(profile.baskets, 5); basket++) records.push({ op: 'BASKET_REMOVE', basket });
  return [...records, { op: 'FENCE', token: 2 }];
}

/** Takes records out one by one while `fails` still holds: what is left is needed. */
export function reduceProgram(program: Program, fails: (program: Program) => boolean): Program {
  let smallest = program;
  for (let again = true; again; ) {
    again = false;
    for (let at = smallest.length - 1; at >= 0; at--) {
      const without = smallest.filter((_, position) => position !== at);
      if (!fails(without)) continue;
      smallest = without;
      again = true;
    }
  }
  return smallest;
}
