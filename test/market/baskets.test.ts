// Goal: every row of the basket table is built with the right legs and payout, and what is no arbitrage is refused.
import { describe, expect, it } from 'vitest';
import { MICRO_ONE, Outcome, SignalKind } from '../../src/contract/generated/records.js';
import {
  BASKET_REFUSALS,
  eventBaskets,
  implicationBasket,
  marketBaskets,
  twoVenueBaskets,
} from '../../src/market/baskets.js';
import type { Instrument } from '../../src/market/instruments.js';
import { instrument } from '../feed/fixtures.js';
import { nineOutcomes, type RawEvent, type RawMarket } from './gamma-fixture.js';

const { YES, NO } = Outcome;
const a = instrument('1', '2', 100);
const b = instrument('3', '4', 100);
const legs = (...list: [string, Outcome][]) => list.map(([bookKey, outcome]) => ({ bookKey, outcome }));

describe('one market', () => {
  it('mirrored: the cross of its book', () => {
    const cross = { kind: SignalKind.CROSS, payout: MICRO_ONE, legs: legs(['condition-1', YES], ['condition-1', NO]) };
    expect(marketBaskets(a, 'mirrored')).toEqual([{ name: 'cross:market-1', ...cross }]);
  });

  it('independent: both tokens bought, both sold', () => {
    expect(marketBaskets(a, 'independent')).toMatchObject([
      { kind: SignalKind.COMPLEMENT_LONG, payout: MICRO_ONE, legs: legs(['1', YES], ['2', YES]) },
      { kind: SignalKind.COMPLEMENT_SHORT, payout: MICRO_ONE, legs: legs(['1', NO], ['2', NO]) },
    ]);
  });
});

describe('two markets', () => {
  it('implication: YES of what follows, NO of what it follows from', () => {
    const mirrored = { kind: SignalKind.IMPLICATION, payout: MICRO_ONE };
    expect(implicationBasket(a, b, 'mirrored')).toMatchObject({
      ...mirrored,
      legs: legs(['condition-3', YES], ['condition-1', NO]),
    });
    // With a book a token, NO of a is its other token, bought at the ask of its own book.
    expect(implicationBasket(a, b, 'independent').legs).toEqual(legs(['3', YES], ['2', YES]));
  });

  it('two venues: both directions', () => {
    expect(twoVenueBaskets(a, b, 'mirrored')).toMatchObject([
      { kind: SignalKind.TWO_VENUE, payout: MICRO_ONE, legs: legs(['condition-1', YES], ['condition-3', NO]) },
      { kind: SignalKind.TWO_VENUE, payout: MICRO_ONE, legs: legs(['condition-3', YES], ['condition-1', NO]) },
    ]);
  });
});

describe('an event with nine outcomes', () => {
  const keys = (outcome: Outcome, list: readonly Instrument[]) =>
    list.map((each) => ({ bookKey: each.conditionId, outcome }));
  const third = (fields: object) => (event: RawEvent) => {
    Object.assign(event.markets[2] as RawMarket, fields);
  };

  it('long pays 1, short pays n - 1', () => {
    const event = nineOutcomes();
    expect(eventBaskets(event, 'mirrored')).toEqual([
      {
        name: `multi-long:${event.slug}`,
        kind: SignalKind.MULTI_LONG,
        payout: 1_000_000,
        legs: keys(YES, event.instruments),
      },
      {
        name: `multi-short:${event.slug}`,
        kind: SignalKind.MULTI_SHORT,
        payout: 8_000_000,
        legs: keys(NO, event.instruments),
      },
    ]);
    const [, short] = eventBaskets(event, 'independent');
    expect(short).toMatchObject({ legs: event.instruments.map(({ noToken }) => ({ bookKey: noToken, outcome: YES })) });
  });

  it('short is net of the conversion fee', () => {
    const fee = (bips: number) =>
      eventBaskets(
        nineOutcomes((event) => Object.assign(event, { negRiskFeeBips: bips })),
        'mirrored',
      );
    expect(fee(25)[1]).toMatchObject({ payout: 7_980_000 });
    expect(fee(1)[1]).toMatchObject({ payout: 7_999_200 });
    expect(fee(10_000)[1]).toMatchObject({ refused: 'PAYOUT_ZERO' });
    expect(fee(25)[0]).toMatchObject({ payout: 1_000_000 });
  });

  it('augmented: not exhaustive, and "Other" is not sold', () => {
    const augmented = (event: RawEvent) => {
      Object.assign(event, { enableNegRisk: true, negRiskAugmented: true });
      Object.assign(event.markets[8] as RawMarket, { negRiskOther: true });
      Object.assign(event.markets[7] as RawMarket, { active: false, clobTokenIds: '[]' }); // a placeholder
    };
    const event = nineOutcomes(augmented);
    const [long, short] = eventBaskets(event, 'mirrored');
    expect(long).toEqual({
      name: `multi-long:${event.slug}`,
      kind: SignalKind.MULTI_LONG,
      refused: 'AUGMENTED',
      reason: `${BASKET_REFUSALS.AUGMENTED} (${event.slug})`,
    });
    expect(event.rejected).toHaveLength(1);
    expect(short).toMatchObject({ payout: 6_000_000, legs: keys(NO, event.instruments.slice(0, 7)) });
  });

  it.each([
    ['closed', { closed: true }],
    ['inactive', { active: false }],
    ['not-accepting-orders', { acceptingOrders: false }],
    ['no-order-book', { enableOrderBook: false }],
    ['not neg-risk', { negRisk: false }],
  ])('an outcome that is %s is not long, and is left out of short', (why, fields) => {
    const event = nineOutcomes(third(fields));
    const [long, short] = eventBaskets(event, 'mirrored');
    expect(long).toMatchObject({ refused: 'OUTCOME_MISSING', reason: expect.stringContaining(why) });
    const others = event.instruments.filter((_, index) => index !== 2);
    expect(short).toMatchObject({ payout: 7_000_000, legs: keys(NO, others) });
  });

  it('an outcome that cannot be read is missing too', () => {
    const [long, short] = eventBaskets(nineOutcomes(third({ outcomes: 'x' })), 'mirrored');
    expect(long).toMatchObject({ refused: 'OUTCOME_MISSING' });
    expect(short).toMatchObject({ payout: 7_000_000 });
  });

  it('an event that is not neg-risk has neither', () => {
    const plain = nineOutcomes((event) => Object.assign(event, { negRisk: false, enableNegRisk: false }));
    expect(eventBaskets(plain, 'mirrored')).toMatchObject([{ refused: 'NOT_NEG_RISK' }, { refused: 'NOT_NEG_RISK' }]);
  });

  it('2 and 256 legs are built, 1 and 257 are not', () => {
    const sized = (count: number) => {
      const instruments = Array.from({ length: count }, (_, index) => ({
        ...instrument(`${index}`, `${index}n`, 10),
        negRisk: true,
      }));
      return eventBaskets({ ...nineOutcomes(), instruments }, 'mirrored');
    };
    expect(sized(2)).toMatchObject([{ payout: 1_000_000 }, { payout: 1_000_000 }]);
    expect(sized(256)).toMatchObject([{ payout: 1_000_000 }, { payout: 255_000_000 }]);
    expect(sized(1)).toMatchObject([{ refused: 'TOO_FEW_LEGS' }, { refused: 'TOO_FEW_LEGS' }]);
    expect(sized(257)).toMatchObject([{ refused: 'TOO_MANY_LEGS' }, { refused: 'TOO_MANY_LEGS' }]);
  });
});
