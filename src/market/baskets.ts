// Baskets: sets of tokens with a guaranteed payout, one builder for each row of the basket table of the design.
// A basket that is not what it seems is refused as data, with a code and a sentence, so that a scan can show why.
import { PROFILE_FIELDS } from '../contract/definition.js';
import { MICRO_ONE, Outcome, SignalKind } from '../contract/generated/records.js';
import type { BookMode, Instrument, MarketEvent } from './instruments.js';

/** A token to buy: YES of a book costs its ask, NO of it 1 - its bid. */
export interface Leg {
  readonly bookKey: string;
  readonly outcome: Outcome;
}

export interface Basket {
  readonly name: string;
  /** 1..7 of SignalKind. */
  readonly kind: SignalKind;
  /** Micro a share of every leg, net of the venue's conversion fee. */
  readonly payout: number;
  readonly legs: readonly Leg[];
}

/** Why a basket is not built. */
export const BASKET_REFUSALS = {
  NOT_NEG_RISK: 'nothing says that exactly one of the outcomes pays',
  AUGMENTED: 'outcomes may still be added or named: those listed are not exhaustive',
  OUTCOME_MISSING: 'an outcome cannot be bought: the rest is not exhaustive',
  TOO_FEW_LEGS: 'fewer than two outcomes can be bought',
  TOO_MANY_LEGS: 'more legs than the contract allows in one basket',
  PAYOUT_ZERO: 'the conversion fee takes the whole payout',
} as const;
export type BasketRefusal = keyof typeof BASKET_REFUSALS;

export interface RefusedBasket {
  readonly name: string;
  readonly kind: SignalKind;
  readonly refused: BasketRefusal;
  /** A sentence with the particulars. */
  readonly reason: string;
}

export type BasketPlan = Basket | RefusedBasket;

export function isRefused(plan: BasketPlan): plan is RefusedBasket {
  return 'refused' in plan;
}

const MOST_LEGS = PROFILE_FIELDS.find((field) => field.name === 'legs_per_basket')?.max ?? 0;

/** The book in which a token of an instrument trades. */
export function bookKey(instrument: Instrument, outcome: Outcome, mode: BookMode): string {
  if (mode === 'mirrored') return instrument.conditionId;
  return outcome === Outcome.YES ? instrument.yesToken : instrument.noToken;
}

/** Buying one token of an instrument. In a book of its own every token is bought at the ask, as YES. */
export function buy(instrument: Instrument, outcome: Outcome, mode: BookMode): Leg {
  return { bookKey: bookKey(instrument, outcome, mode), outcome: mode === 'mirrored' ? outcome : Outcome.YES };
}

/**
 * The baskets inside one market. Mirrored: the cross of its book. Independent: both tokens bought (long), both sold
 * (short: NO of either book).
 */
export function marketBaskets(instrument: Instrument, mode: BookMode): readonly Basket[] {
  const { slug } = instrument;
  if (mode === 'mirrored') {
    const legs = [buy(instrument, Outcome.YES, mode), buy(instrument, Outcome.NO, mode)];
    return [{ name: `cross:${slug}`, kind: SignalKind.CROSS, payout: MICRO_ONE, legs }];
  }
  const books = [instrument.yesToken, instrument.noToken];
  const long = books.map((key): Leg => ({ bookKey: key, outcome: Outcome.YES }));
  const short = books.map((key): Leg => ({ bookKey: key, outcome: Outcome.NO }));
  return [
    { name: `complement-long:${slug}`, kind: SignalKind.COMPLEMENT_LONG, payout: MICRO_ONE, legs: long },
    { name: `complement-short:${slug}`, kind: SignalKind.COMPLEMENT_SHORT, payout: MICRO_ONE, legs: short },
  ];
}

/** The long and the short basket over the outcomes of an event, each built or refused. */
export function eventBaskets(event: MarketEvent, mode: BookMode): readonly BasketPlan[] {
  return [multiLong(event, mode), multiShort(event, mode)];
}

/** YES of every outcome pays 1: only if every outcome that may win is among the legs. */
function multiLong(event: MarketEvent, mode: BookMode): BasketPlan {
  const name = `multi-long:${event.slug}`;
  const kind = SignalKind.MULTI_LONG;
  const refuse = (refused: BasketRefusal, detail: string) => refusal(name, kind, refused, detail);
  if (!event.negRisk) return refuse('NOT_NEG_RISK', event.slug);
  if (event.augmented) return refuse('AUGMENTED', event.slug);
  const rejected = event.rejected[0];
  if (rejected !== undefined) return refuse('OUTCOME_MISSING', `${rejected.name} could not be read`);
  const missing = event.instruments.find((instrument) => !isOutcome(instrument));
  if (missing !== undefined) {
    const why = missing.negRisk ? missing.state : 'not neg-risk';
    return refuse('OUTCOME_MISSING', `${missing.slug} is ${why}`);
  }
  const legs = event.instruments.map((instrument) => buy(instrument, Outcome.YES, mode));
  return sized({ name, kind, payout: MICRO_ONE, legs });
}

/**
 * NO of k outcomes pays at least k - 1, whichever wins and whatever is added later, because at most one YES pays: so
 * outcomes that cannot be bought are left out and the rest stays valid. The payout is net of the conversion fee,
 * because only converting pays at once. Of an augmented event the outcome "Other" is left out as well: the venue
 * narrows what it means.
 */
function multiShort(event: MarketEvent, mode: BookMode): BasketPlan {
  const name = `multi-short:${event.slug}`;
  const kind = SignalKind.MULTI_SHORT;
  if (!event.negRisk) return refusal(name, kind, 'NOT_NEG_RISK', event.slug);
  const outcomes = event.instruments.filter((each) => isOutcome(each) && !(event.augmented && each.negRiskOther));
  const legs = outcomes.map((instrument) => buy(instrument, Outcome.NO, mode));
  const gross = (legs.length - 1) * MICRO_ONE;
  const payout = Math.floor((gross * (BIPS_ONE - event.conversionFeeBips)) / BIPS_ONE);
  return sized({ name, kind, payout, legs });
}

const BIPS_ONE = 10_000;

function isOutcome(instrument: Instrument): boolean {
  return instrument.negRisk && instrument.state === 'open';
}

function sized(basket: Basket): BasketPlan {
  const { name, kind, payout, legs } = basket;
  if (legs.length < 2) return refusal(name, kind, 'TOO_FEW_LEGS', `${legs.length} legs`);
  if (legs.length > MOST_LEGS) return refusal(name, kind, 'TOO_MANY_LEGS', `${legs.length} legs, at most ${MOST_LEGS}`);
  if (payout < 1) return refusal(name, kind, 'PAYOUT_ZERO', `payout ${payout} micro`);
  return basket;
}

function refusal(name: string, kind: SignalKind, refused: BasketRefusal, detail: string): RefusedBasket {
  return { name, kind, refused, reason: `${BASKET_REFUSALS[refused]} (${detail})` };
}

/** a => b (an earlier date, a higher threshold): YES of b or NO of a pays, whatever happens. */
export function implicationBasket(a: Instrument, b: Instrument, mode: BookMode): Basket {
  const legs = [buy(b, Outcome.YES, mode), buy(a, Outcome.NO, mode)];
  return { name: `implication:${a.slug}=>${b.slug}`, kind: SignalKind.IMPLICATION, payout: MICRO_ONE, legs };
}

/** The same question on two venues, with the same rules of settlement: YES here and NO there, and the reverse. */
export function twoVenueBaskets(a: Instrument, b: Instrument, mode: BookMode): readonly Basket[] {
  const pairOf = (yes: Instrument, no: Instrument): Basket => ({
    name: `two-venue:${yes.slug}/${no.slug}`,
    kind: SignalKind.TWO_VENUE,
    payout: MICRO_ONE,
    legs: [buy(yes, Outcome.YES, mode), buy(no, Outcome.NO, mode)],
  });
  return [pairOf(a, b), pairOf(b, a)];
}
