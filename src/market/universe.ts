// The universe of a run: instruments and baskets with the ids that the kernel knows them by, checked against a profile.
import { type CommandWriter, FEE_RATE_MAX, Outcome, SIZE_MAX } from '../contract/generated/records.js';
import type { Profile } from '../contract/profile.js';
import { type Basket, type BasketPlan, bookKey, isRefused, type RefusedBasket } from './baskets.js';
import { MarketError } from './errors.js';
import type { BookMode, Instrument } from './instruments.js';

export interface UniverseBook {
  /** Book id of the kernel. */
  readonly id: number;
  /** What legs call it. */
  readonly key: string;
  readonly instrument: Instrument;
  /** The token that the book's YES stands for. */
  readonly token: string;
  /** For people: the slug, with the outcome where a market has two books. */
  readonly label: string;
  /** 1e-4 USD, when the universe was built; a venue may change it. */
  readonly tick: number;
  /** Fee rate of the contract, 24 bits. */
  readonly feeRate: number;
}

export interface UniverseLeg {
  readonly book: number;
  readonly outcome: Outcome;
}

export interface UniverseBasket {
  /** Basket id of the kernel. */
  readonly id: number;
  readonly name: string;
  readonly kind: Basket['kind'];
  readonly payout: number;
  readonly legs: readonly UniverseLeg[];
  /** Micro a share. */
  readonly minEdge: number;
  /** 1e-6 share. */
  readonly minSize: number;
}

/** Where the updates of one asset id go. */
export interface TokenBinding {
  readonly token: string;
  readonly book: number;
  /** The token is the NO of its book: a bid at p is an ask at 1 - p. */
  readonly mirrored: boolean;
}

export interface Universe {
  readonly mode: BookMode;
  readonly profile: Profile;
  readonly books: readonly UniverseBook[];
  readonly baskets: readonly UniverseBasket[];
  readonly refused: readonly RefusedBasket[];
  readonly tokens: readonly TokenBinding[];
}

export interface UniverseOptions {
  readonly mode: BookMode;
  readonly profile: Profile;
  readonly instruments: readonly Instrument[];
  /** Refused plans are carried along, for reporting. */
  readonly baskets?: readonly BasketPlan[];
  /** Replaces the fee rate of every instrument, 24 bits. */
  readonly feeRate?: number;
  /** Micro a share, signed 32 bits; default 1: anything that pays. */
  readonly minEdge?: number;
  /** 1e-6 share; default 1: anything that is there. */
  readonly minSize?: number;
}

/**
 * Assigns ids in the order given and checks everything that the profile limits, before a command is written.
 * @throws MarketError PROFILE_EXCEEDED, TICK_TOO_FINE, TOKEN_DUPLICATE, BASKET_BOOK_UNKNOWN, FEE_RATE_RANGE,
 *   BASKET_THRESHOLD_RANGE
 */
export function buildUniverse(options: UniverseOptions): Universe {
  const { mode, profile, instruments, feeRate, minEdge = 1, minSize = 1 } = options;
  within('minEdge', minEdge, -(2 ** 31), 2 ** 31 - 1, 'BASKET_THRESHOLD_RANGE');
  within('minSize', minSize, 0, SIZE_MAX, 'BASKET_THRESHOLD_RANGE');
  if (feeRate !== undefined) within('feeRate', feeRate, 0, FEE_RATE_MAX, 'FEE_RATE_RANGE');
  const books: UniverseBook[] = [];
  const tokens: TokenBinding[] = [];
  for (const instrument of instruments) addBooks(instrument, mode, feeRate, books, tokens);
  checkBooks(books, tokens, profile);

  const ids = new Map(books.map((book) => [book.key, book.id]));
  const plans = options.baskets ?? [];
  const built = plans.filter((plan): plan is Basket => !isRefused(plan));
  const baskets = built.map((basket, id) => {
    const legs = basket.legs.map((leg) => ({ book: bookOf(leg.bookKey, basket, ids), outcome: leg.outcome }));
    return { id, name: basket.name, kind: basket.kind, payout: basket.payout, legs, minEdge, minSize };
  });
  checkBaskets(baskets, profile);
  return { mode, profile, books, baskets, refused: plans.filter(isRefused), tokens };
}

function addBooks(
  instrument: Instrument,
  mode: BookMode,
  override: number | undefined,
  books: UniverseBook[],
  tokens: TokenBinding[],
): void {
  const { slug, outcomes, tick } = instrument;
  const add = (outcome: Outcome, token: string, label: string) => {
    const id = books.length;
    const feeRate = override ?? instrument.feeRate;
    books.push({ id, key: bookKey(instrument, outcome, mode), instrument, token, label, tick, feeRate });
    tokens.push({ token, book: id, mirrored: false });
    return id;
  };
  if (mode === 'mirrored') {
    const book = add(Outcome.YES, instrument.yesToken, slug);
    tokens.push({ token: instrument.noToken, book, mirrored: true });
  } else {
    add(Outcome.YES, instrument.yesToken, `${slug}:${outcomes[0]}`);
    add(Outcome.NO, instrument.noToken, `${slug}:${outcomes[1]}`);
  }
}

function checkBooks(books: readonly UniverseBook[], tokens: readonly TokenBinding[], profile: Profile): void {
  fits('books', books.length, profile.books);
  for (const { label, tick } of books) {
    if (tick >= profile.finestTick) continue;
    throw new MarketError(
      'TICK_TOO_FINE',
      `${label}.tick`,
      tick,
      `at least ${profile.finestTick} (profile.finest_tick)`,
    );
  }
  const seen = new Set<string>();
  for (const name of [...tokens.map((each) => each.token), ...books.map((each) => `book ${each.key}`)]) {
    if (seen.has(name)) throw new MarketError('TOKEN_DUPLICATE', 'instruments', name, 'every token and market once');
    seen.add(name);
  }
}

function checkBaskets(baskets: readonly UniverseBasket[], profile: Profile): void {
  fits('baskets', baskets.length, profile.baskets);
  let legs = 0;
  for (const basket of baskets) {
    fits(`baskets[${basket.id}].legs (${basket.name})`, basket.legs.length, profile.legsPerBasket, 'legs_per_basket');
    legs += basket.legs.length;
  }
  fits('legs', legs, profile.legs);
}

function bookOf(key: string, basket: Basket, ids: ReadonlyMap<string, number>): number {
  const id = ids.get(key);
  if (id === undefined) {
    throw new MarketError('BASKET_BOOK_UNKNOWN', `${basket.name}.legs`, key, 'a book of the universe');
  }
  return id;
}

function fits(what: string, count: number, limit: number, limitName = what): void {
  if (count > limit) {
    throw new MarketError('PROFILE_EXCEEDED', `universe.${what}`, count, `0..${limit} (profile.${limitName})`);
  }
}

type RangeCode = 'BASKET_THRESHOLD_RANGE' | 'FEE_RATE_RANGE';

function within(field: string, value: number, min: number, max: number, code: RangeCode): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new MarketError(code, field, value, `${min}..${max}, a whole number`);
  }
}

/**
 * Writes the commands that set up an engine after a reset: the fee of every book, each a message of its own so that no
 * profile's books_per_message is met, then every basket with its legs, armed.
 */
export function emitSetup(universe: Universe, out: CommandWriter): void {
  for (const { id, feeRate } of universe.books) out.bookFee(id, feeRate, true);
  for (const { id, kind, payout, legs, minEdge, minSize } of universe.baskets) {
    out.basketCreate(id, payout, kind);
    for (const { book, outcome } of legs) out.basketLeg(id, book, outcome);
    out.basketArm(id, minEdge, minSize);
  }
}
