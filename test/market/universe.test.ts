// Goal: ids are dense and stable, the set-up commands say all of it, and nothing above the profile gets that far.
import { describe, expect, it } from 'vitest';
import { CommandWriter, Outcome, SignalKind } from '../../src/contract/generated/records.js';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { eventBaskets, implicationBasket, marketBaskets } from '../../src/market/baskets.js';
import { MarketError } from '../../src/market/errors.js';
import { buildUniverse, emitSetup, type UniverseOptions } from '../../src/market/universe.js';
import { instrument } from '../feed/fixtures.js';
import { nineOutcomes } from './gamma-fixture.js';

const standard = NAMED_PROFILES.standard as Profile;
const a = { ...instrument('1', '2', 100), feeRate: 3_006_478 };
const b = instrument('3', '4', 10);

function options(more: Partial<UniverseOptions> = {}): UniverseOptions {
  return { mode: 'mirrored', profile: standard, instruments: [a, b], ...more };
}

describe('ids', () => {
  it('mirrored: a book a market', () => {
    const universe = buildUniverse(options({ baskets: [a, b].flatMap((each) => marketBaskets(each, 'mirrored')) }));
    expect(universe.books.map(({ id, key, tick, feeRate }) => [id, key, tick, feeRate])).toEqual([
      [0, 'condition-1', 100, 3_006_478],
      [1, 'condition-3', 10, 0],
    ]);
    expect(universe.tokens).toEqual([
      { token: '1', book: 0, mirrored: false },
      { token: '2', book: 0, mirrored: true },
      { token: '3', book: 1, mirrored: false },
      { token: '4', book: 1, mirrored: true },
    ]);
    expect(universe.baskets.map(({ id, name }) => [id, name])).toEqual([
      [0, 'cross:market-1'],
      [1, 'cross:market-3'],
    ]);
  });

  it('independent: a book a token', () => {
    const universe = buildUniverse(options({ mode: 'independent', baskets: marketBaskets(b, 'independent') }));
    expect(universe.books.map(({ label }) => label)).toEqual([
      'market-1:Yes',
      'market-1:No',
      'market-3:Yes',
      'market-3:No',
    ]);
    expect(universe.tokens.every(({ mirrored }) => !mirrored)).toBe(true);
    expect(universe.baskets[1]?.legs).toEqual([
      { book: 2, outcome: Outcome.NO },
      { book: 3, outcome: Outcome.NO },
    ]);
  });

  it('refused baskets are carried along', () => {
    const event = nineOutcomes((raw) => Object.assign(raw, { negRiskAugmented: true }));
    const { instruments } = event;
    const universe = buildUniverse(options({ instruments, baskets: eventBaskets(event, 'mirrored') }));
    expect(universe.baskets.map(({ kind }) => kind)).toEqual([SignalKind.MULTI_SHORT]);
    expect(universe.refused.map(({ refused }) => refused)).toEqual(['AUGMENTED']);
  });
});

it('writes the set-up commands', () => {
  const baskets = [implicationBasket(a, b, 'mirrored')];
  const universe = buildUniverse(options({ baskets, minEdge: -5, minSize: 7, feeRate: 9 }));
  const out = new CommandWriter();
  emitSetup(universe, out);
  const expected = new CommandWriter();
  expected.bookFee(0, 9, true).bookFee(1, 9, true);
  expected.basketCreate(0, 1_000_000, SignalKind.IMPLICATION);
  expected.basketLeg(0, 1, Outcome.YES).basketLeg(0, 0, Outcome.NO).basketArm(0, -5, 7);
  expect(out.bytes()).toEqual(expected.bytes());
});

describe('refuses', () => {
  const profile = (fields: Partial<Profile>): Profile => ({ ...standard, ...fields });
  const baskets = [a, b].flatMap((each) => marketBaskets(each, 'mirrored'));

  it.each<[string, Partial<UniverseOptions>, string]>([
    ['PROFILE_EXCEEDED', { profile: profile({ books: 1 }) }, 'universe.books = 2: .* 0..1 .profile.books'],
    ['PROFILE_EXCEEDED', { mode: 'independent', profile: profile({ books: 3 }) }, 'universe.books = 4'],
    [
      'PROFILE_EXCEEDED',
      { profile: profile({ baskets: 1 }), baskets },
      'universe.baskets = 2: .* 0..1 .profile.baskets',
    ],
    ['PROFILE_EXCEEDED', { profile: profile({ legs: 3 }), baskets }, 'universe.legs = 4: .* 0..3 .profile.legs'],
    [
      'PROFILE_EXCEEDED',
      { profile: profile({ legsPerBasket: 1 }), baskets },
      'cross:market-1.* 0..1 .profile.legs_per_basket',
    ],
    ['TICK_TOO_FINE', { profile: profile({ finestTick: 25 }) }, 'market-3.tick = 10: .* at least 25'],
    ['TOKEN_DUPLICATE', { instruments: [a, b, a] }, 'instruments = "1"'],
    ['TOKEN_DUPLICATE', { instruments: [a, { ...b, conditionId: a.conditionId }] }, 'condition-1'],
    ['BASKET_BOOK_UNKNOWN', { instruments: [a], baskets }, 'cross:market-3.legs = "condition-3"'],
    ['BASKET_BOOK_UNKNOWN', { mode: 'independent', baskets }, 'condition-1'],
    ['BASKET_THRESHOLD_RANGE', { minEdge: 2 ** 31 }, 'minEdge = 2147483648'],
    ['BASKET_THRESHOLD_RANGE', { minEdge: 0.5 }, 'minEdge = 0.5'],
    ['BASKET_THRESHOLD_RANGE', { minSize: -1 }, 'minSize = -1'],
    ['FEE_RATE_RANGE', { feeRate: 2 ** 24 }, 'feeRate = 16777216: .* 0..16777215'],
  ])('%s: %#', (code, more, text) => {
    let error: unknown;
    try {
      buildUniverse(options(more));
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(MarketError);
    expect((error as MarketError).code).toBe(code);
    expect((error as MarketError).message).toMatch(new RegExp(text));
  });

  it('nothing at the limits themselves', () => {
    const exact = profile({ books: 2, baskets: 2, legs: 4, legsPerBasket: 2, finestTick: 10 });
    expect(buildUniverse(options({ profile: exact, baskets })).baskets).toHaveLength(2);
  });
});
