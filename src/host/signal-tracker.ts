// Turns the event stream into signals that a person can follow: legs with prices and sizes, gross edge, fee, life.
import {
  EventType,
  eventRefusedError,
  eventRefusedId,
  eventSignalAction,
  eventSignalCommand,
  eventSignalEdge,
  eventSignalId,
  eventSignalKind,
  eventSignalSize,
  eventTopAskPrice,
  eventTopAskSize,
  eventTopBidPrice,
  eventTopBidSize,
  eventTopBook,
  MICRO_PER_PRICE,
  Outcome,
  PRICE_ONE,
  SignalAction,
  SignalKind,
  signalKindNames,
} from '../contract/generated/records.js';
import type { Universe, UniverseBasket } from '../market/universe.js';

const EVENT_WORDS = 8;

export type SignalPhase = 'open' | 'change' | 'close';

/** Best prices and sizes of a book as last published; price 0 where a side is empty. */
export interface Quote {
  bidPrice: number;
  bidSize: number;
  askPrice: number;
  askSize: number;
}

/** One token to buy, at the price and size of the moment; price 0 when the side has gone. */
export interface SignalLeg {
  readonly book: string;
  readonly outcome: 'YES' | 'NO';
  /** 1e-4 USD. */
  readonly price: number;
  /** 1e-6 share. */
  readonly size: number;
}

export interface SignalReport {
  readonly event: SignalPhase;
  /** Lower-case name of the SignalKind. */
  readonly kind: string;
  readonly market: string;
  readonly legs: readonly SignalLeg[];
  /** Net of fees, micro a share; of a close: what the signal last said. */
  readonly edge: number;
  /** Before fees, micro a share; undefined when a leg has no price any more. */
  readonly gross: number | undefined;
  /** 1e-6 share. */
  readonly size: number;
  /** Index of the command that caused it. */
  readonly command: number;
  /** Receive time of its frame, ns since the Unix epoch. */
  readonly timeNs: bigint;
  /** Of a close: how long it was open, ns by receive times. */
  readonly lifeNs: bigint | undefined;
}

export type SignalCounts = Record<string, { open: number; change: number; close: number }>;

const PHASES: readonly (SignalPhase | undefined)[] = (() => {
  const phases: SignalPhase[] = [];
  phases[SignalAction.OPEN] = 'open';
  phases[SignalAction.CHANGE] = 'change';
  phases[SignalAction.CLOSE] = 'close';
  return phases;
})();

/** Names of a basket are `kind:market`. */
function marketOf(basket: UniverseBasket): string {
  return basket.name.slice(basket.name.indexOf(':') + 1);
}

export class SignalTracker {
  readonly quotes: Quote[];
  readonly counts: SignalCounts = {};
  /** REFUSED events by book or basket id are the caller's to act on; here they are counted by error. */
  readonly refused = new Map<number, number>();
  /** Ids of records that the kernel refused since the caller last cleared this. */
  readonly refusedIds: number[] = [];

  private readonly opened = new Map<number, bigint>();
  private words = new Int32Array(0);

  constructor(
    private readonly universe: Universe,
    private readonly onSignal: (signal: SignalReport) => void,
  ) {
    this.quotes = universe.books.map(() => ({ bidPrice: 0, bidSize: 0, askPrice: 0, askSize: 0 }));
  }

  /** Consumes whole events; `timeNs` is the receive time of the frame that caused them. */
  consume(events: Uint8Array, timeNs: bigint): void {
    const words = this.view(events);
    for (let at = 0; at < words.length; at += EVENT_WORDS) {
      const type = (words[at] as number) & 0xff;
      if (type === EventType.TOP) this.top(words, at);
      else if (type === EventType.SIGNAL) this.signal(words, at, timeNs);
      else if (type === EventType.REFUSED) this.refuse(words, at);
    }
  }

  private view(events: Uint8Array): Int32Array {
    const aligned = (events.byteOffset & 3) === 0 ? events : events.slice();
    this.words = new Int32Array(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.length >> 2);
    return this.words;
  }

  private top(words: Int32Array, at: number): void {
    const quote = this.quotes[eventTopBook(words[at] as number)];
    if (quote === undefined) return;
    const prices = words[at + 1] as number;
    quote.bidPrice = eventTopBidPrice(prices);
    quote.askPrice = eventTopAskPrice(prices);
    quote.bidSize = eventTopBidSize(words[at + 4] as number, words[at + 5] as number);
    quote.askSize = eventTopAskSize(words[at + 6] as number, words[at + 7] as number);
  }

  private refuse(words: Int32Array, at: number): void {
    const error = eventRefusedError(words[at] as number);
    this.refused.set(error, (this.refused.get(error) ?? 0) + 1);
    this.refusedIds.push(eventRefusedId(words[at] as number));
  }

  private signal(words: Int32Array, at: number, timeNs: bigint): void {
    const w0 = words[at] as number;
    const w3 = words[at + 3] as number;
    const phase = PHASES[eventSignalAction(w0)];
    const kindValue = eventSignalKind(w3);
    const kind = (signalKindNames[kindValue] ?? `kind ${kindValue}`).toLowerCase();
    if (phase === undefined) return;
    const counts = this.counts[kind] ?? { open: 0, change: 0, close: 0 };
    this.counts[kind] = counts;
    counts[phase] += 1;

    const id = eventSignalId(w0);
    const edge = eventSignalEdge(words[at + 1] as number);
    const { market, legs, gross } = this.describe(kindValue, id);
    const key = kindValue * 65_536 + id;
    let lifeNs: bigint | undefined;
    if (phase === 'open') {
      this.opened.set(key, timeNs);
    } else if (phase === 'close') {
      const since = this.opened.get(key);
      lifeNs = since === undefined ? undefined : timeNs - since;
      this.opened.delete(key);
    }
    this.onSignal({
      event: phase,
      kind,
      market,
      legs,
      edge,
      gross,
      size: eventSignalSize(words[at + 4] as number, words[at + 5] as number),
      command: eventSignalCommand(words[at + 2] as number, w3),
      timeNs,
      lifeNs,
    });
  }

  private describe(kind: number, id: number): { market: string; legs: SignalLeg[]; gross: number | undefined } {
    if (kind === SignalKind.FAIR_BUY || kind === SignalKind.FAIR_SELL) {
      const book = this.universe.books[id];
      const leg = this.leg(id, kind === SignalKind.FAIR_BUY ? Outcome.YES : Outcome.NO);
      return { market: book?.label ?? `book ${id}`, legs: [leg], gross: undefined };
    }
    const basket = this.universe.baskets[id];
    if (basket === undefined) return { market: `basket ${id}`, legs: [], gross: undefined };
    const legs = basket.legs.map((leg) => this.leg(leg.book, leg.outcome));
    const priced = legs.every((leg) => leg.price !== 0);
    const cost = legs.reduce((sum, leg) => sum + leg.price * MICRO_PER_PRICE, 0);
    return { market: marketOf(basket), legs, gross: priced ? basket.payout - cost : undefined };
  }

  /** Buying YES costs the ask, buying NO costs 1 - bid. */
  private leg(bookId: number, outcome: Outcome): SignalLeg {
    const quote = this.quotes[bookId];
    const book = this.universe.books[bookId]?.label ?? `book ${bookId}`;
    if (quote === undefined) return { book, outcome: 'YES', price: 0, size: 0 };
    if (outcome === Outcome.YES) return { book, outcome: 'YES', price: quote.askPrice, size: quote.askSize };
    const price = quote.bidPrice === 0 ? 0 : PRICE_ONE - quote.bidPrice;
    return { book, outcome: 'NO', price, size: quote.bidSize };
  }
}
