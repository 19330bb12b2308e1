// What is traded: one instrument a binary market, in the units of the contract. Venue formats are read elsewhere.
import type { MarketError } from './errors.js';

/** Why a market cannot be traded now, or `open`. */
export type TradingState = 'open' | 'closed' | 'archived' | 'inactive' | 'no-order-book' | 'not-accepting-orders';

/** One binary market: two tokens of which exactly one pays 1 USD. */
export interface Instrument {
  /** The venue's id of the question; unique within a universe. */
  readonly conditionId: string;
  readonly slug: string;
  readonly question: string;
  /** Names of the outcomes, that of the YES token first (`Up`, `Down`). */
  readonly outcomes: readonly [string, string];
  /** Asset ids, decimal digits. */
  readonly yesToken: string;
  readonly noToken: string;
  /** 1e-4 USD, one of TICK_VALUES. */
  readonly tick: number;
  /** 1e-6 share. */
  readonly minOrderSize: number;
  /** One of the mutually exclusive outcomes of a neg-risk event. */
  readonly negRisk: boolean;
  /** The outcome "anything else"; in an augmented event its meaning narrows as others get a name. */
  readonly negRiskOther: boolean;
  /** Taker fee rate of the contract, 24 bits. */
  readonly feeRate: number;
  readonly state: TradingState;
}

/** A market that could not be read, and why. */
export interface RejectedMarket {
  readonly name: string;
  readonly error: MarketError;
}

/** A question with one or more markets. */
export interface MarketEvent {
  readonly slug: string;
  readonly title: string;
  /** Exactly one YES of its markets pays. */
  readonly negRisk: boolean;
  /** Outcomes may still be added or named: the markets listed are not exhaustive. */
  readonly augmented: boolean;
  /** What converting NO shares costs, in 1/10,000 of what it gives. */
  readonly conversionFeeBips: number;
  readonly instruments: readonly Instrument[];
  readonly rejected: readonly RejectedMarket[];
}

/**
 * How the two tokens of a market become books. `mirrored`: one book in YES terms, because a bid for one token at p is
 * an ask of the other at 1 - p. `independent`: a book each.
 */
export type BookMode = 'mirrored' | 'independent';
