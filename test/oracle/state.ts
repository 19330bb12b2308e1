// The whole state of the kernel as plain objects, as the clauses speak of it. Nothing here is derived:
// held pages, best levels and signals are counted again from these values each time they are needed.
import { type Profile, profileFault } from '../../src/contract/profile.js';

export type BookStateName = 'EMPTY' | 'BUILDING' | 'LIVE' | 'STALE';
export type SideName = 'BID' | 'ASK';
export type OutcomeName = 'YES' | 'NO';
export type ActionName = 'OPEN' | 'CHANGE' | 'CLOSE';

export interface Book {
  state: BookStateName;
  /** 0 while EMPTY (INT-3). */
  tick: number;
  rate: number;
  maskTop: boolean;
  maskFair: boolean;
  /** level -> size; a level of size 0 has no entry. */
  readonly levels: { readonly BID: Map<number, number>; readonly ASK: Map<number, number> };
}

/** ROW-1: what is published of a book. A cost is undefined where its side is absent. */
export interface Row {
  readonly bidPrice: number;
  readonly bidSize: number;
  readonly askPrice: number;
  readonly askSize: number;
  readonly costYes: bigint | undefined;
  readonly costNo: bigint | undefined;
}

/** Edge and size: of a signal as it should be now, or as the last OPEN or CHANGE said. */
export interface Quote {
  readonly edge: bigint;
  readonly size: number;
}

export interface Leg {
  readonly book: number;
  readonly outcome: OutcomeName;
}

export interface Basket {
  readonly kind: string;
  readonly payout: number;
  readonly legs: Leg[];
  armed: boolean;
  minEdge: number;
  minSize: number;
  mask: boolean;
  /** What the last OPEN or CHANGE said, while open; masked or not (BOOK-8). */
  said: Quote | undefined;
}

export interface Fair {
  fair: number;
  band: number;
  buySaid: Quote | undefined;
  sellSaid: Quote | undefined;
}

export interface Restore {
  /** Ordinal of the next record (RST-2). */
  ordinal: number;
  firstRefused: { readonly ordinal: number; readonly error: string } | undefined;
  counts: { readonly index: number; readonly events: number } | undefined;
}

export interface State {
  readonly books: Map<number, Book>;
  readonly rows: Map<number, Row>;
  readonly baskets: Map<number, Basket>;
  readonly fairs: Map<number, Fair>;
  /** Books of the unfinished message in order of their first touch (MSG-1). */
  readonly dirty: number[];
  index: number;
  events: number;
  crc: number;
  restore: Restore | undefined;
}

/** ROW-2: the row of a book that is not LIVE, and of every book after reset. */
export const EMPTY_ROW: Row = {
  bidPrice: 0,
  bidSize: 0,
  askPrice: 0,
  askSize: 0,
  costYes: undefined,
  costNo: undefined,
};

/** RESET-1: everything cleared, index, count and CRC 0. Books come into being when they are first looked at. */
export function freshState(): State {
  return {
    books: new Map(),
    rows: new Map(),
    baskets: new Map(),
    fairs: new Map(),
    dirty: [],
    index: 0,
    events: 0,
    crc: 0,
    restore: undefined,
  };
}

/** RESET-1: a book after reset is EMPTY with tick, fee rate and mask 0. */
export function bookOf(state: State, id: number): Book {
  const there = state.books.get(id);
  if (there !== undefined) return there;
  const fresh: Book = {
    state: 'EMPTY',
    tick: 0,
    rate: 0,
    maskTop: false,
    maskFair: false,
    levels: { BID: new Map(), ASK: new Map() },
  };
  state.books.set(id, fresh);
  return fresh;
}

export function rowOf(state: State, id: number): Row {
  return state.rows.get(id) ?? EMPTY_ROW;
}

/** @throws Error where the profile is not a legal one: a mistake of the test */
export function assertProfile(profile: Profile): void {
  const fault = profileFault(profile);
  if (fault !== undefined) throw new Error(fault);
}

const ascending = <T>(map: ReadonlyMap<number, T>) => [...map].sort(([a], [b]) => a - b);
const quoteText = (quote: Quote | undefined) =>
  quote === undefined ? null : { edge: Number(quote.edge), size: quote.size };

/** The whole state as plain JSON with one spelling: ascending ids, levels as [level, size], no untouched books. */
export function describeState(state: State): unknown {
  const untouched = JSON.stringify(describeBook(bookOf(freshState(), 0)));
  const emptyRow = JSON.stringify(describeRow(EMPTY_ROW));
  return {
    index: state.index,
    events: state.events,
    crc: state.crc,
    dirty: [...state.dirty],
    restore: state.restore === undefined ? null : JSON.parse(JSON.stringify(state.restore)),
    books: ascending(state.books)
      .map(([id, book]) => ({ id, ...describeBook(book) }))
      .filter(({ id: _, ...book }) => JSON.stringify(book) !== untouched),
    rows: ascending(state.rows)
      .map(([id, row]) => ({ id, ...describeRow(row) }))
      .filter(({ id: _, ...row }) => JSON.stringify(row) !== emptyRow),
    baskets: ascending(state.baskets).map(([id, basket]) => ({
      id,
      kind: basket.kind,
      payout: basket.payout,
      // The set of legs matters, the order in which they came does not (BSK-1).
      legs: basket.legs.map((leg) => `${leg.outcome} ${leg.book}`).sort(),
      armed: basket.armed,
      // Thresholds of a disarmed basket have no effect: BASKET_ARM sets both (BSK-5).
      minEdge: basket.armed ? basket.minEdge : null,
      minSize: basket.armed ? basket.minSize : null,
      mask: basket.mask,
      said: quoteText(basket.said),
    })),
    fairs: ascending(state.fairs).map(([id, fair]) => ({
      id,
      fair: fair.fair,
      band: fair.band,
      buySaid: quoteText(fair.buySaid),
      sellSaid: quoteText(fair.sellSaid),
    })),
  };
}

function describeBook(book: Book) {
  const { state, tick, rate, maskTop, maskFair } = book;
  return { state, tick, rate, maskTop, maskFair, bids: ascending(book.levels.BID), asks: ascending(book.levels.ASK) };
}

function describeRow(row: Row) {
  const text = (cost: bigint | undefined) => (cost === undefined ? null : Number(cost));
  return { ...row, costYes: text(row.costYes), costNo: text(row.costNo) };
}
