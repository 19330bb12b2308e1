// Goal: recorded Gamma replies become instruments; what is wrong is named and keeps out its market alone.
import { describe, expect, it } from 'vitest';
import { MarketError } from '../../src/market/errors.js';
import { readGammaEvents, readGammaMarkets } from '../../src/market/gamma.js';
import { hasSharedData, notRun, sharedData } from '../feed/shared-data.js';
import { binaryMarket, nineOutcomes, type RawMarket, rawEvents } from './gamma-fixture.js';

describe('the recorded events', () => {
  it('nine outcomes of one neg-risk event', () => {
    const event = nineOutcomes();
    expect(event).toMatchObject({
      slug: 'how-many-people-will-trump-deport-in-2025',
      title: 'How many people will Trump deport in 2025?',
      negRisk: true,
      augmented: false,
      conversionFeeBips: 0,
      rejected: [],
    });
    expect(event.instruments).toHaveLength(9);
    expect(event.instruments[0]).toEqual({
      conditionId: '0xaf9d0e448129a9f657f851d49495ba4742055d80e0ef1166ba0ee81d4d594214',
      slug: 'will-trump-deport-less-than-250000',
      question: 'Will Trump deport less than 250,000?',
      outcomes: ['Yes', 'No'],
      yesToken: '101676997363687199724245607342877036148401850938023978421879460310389391082353',
      noToken: '4153292802911610701832309484716814274802943278345248636922528170020319407796',
      tick: 10,
      minOrderSize: 5_000_000,
      negRisk: true,
      negRiskOther: false,
      feeRate: 0,
      state: 'open',
    });
    expect(event.instruments.every((each) => each.tick === 10 && each.state === 'open')).toBe(true);
  });

  it('one binary market', () => {
    const { instrument } = binaryMarket();
    expect(instrument).toMatchObject({ slug: 'will-trump-deport-750000-or-more-people-in-2025', negRisk: false });
  });

  const file = 'gamma/active_markets_2026-01.json';
  it.skipIf(!hasSharedData(file))(notRun('the whole recording', file), () => {
    const { events, rejected } = readGammaEvents(JSON.parse(sharedData(file).toString('utf8')));
    expect(rejected).toEqual([]);
    expect(events.map((event) => event.instruments.length)).toEqual([4, 3, 3, 9, 1]);
    expect(events.flatMap((event) => event.rejected)).toEqual([]);
    const states = events.flatMap((event) => event.instruments.map((each) => each.state));
    expect(states.filter((state) => state === 'closed')).toHaveLength(4);
  });
});

describe('fields', () => {
  it('takes asset ids by version', () => {
    const both = (version: unknown) => (market: RawMarket) => {
      Object.assign(market, { version, positionIds: ['71', '72'], clobTokenIds: '["81", "82"]' });
    };
    expect(binaryMarket(both('v2')).instrument).toMatchObject({ yesToken: '71', noToken: '72' });
    expect(binaryMarket(both('v1')).instrument).toMatchObject({ yesToken: '81', noToken: '82' });
    expect(binaryMarket(both(undefined)).instrument).toMatchObject({ yesToken: '81', noToken: '82' });
  });

  it.each([
    ['no fees', { feesEnabled: false, feeSchedule: { rate: 0.07 } }, 0],
    [
      'crypto',
      { feesEnabled: true, feeSchedule: { rate: 0.07, exponent: 1, takerOnly: true, rebateRate: 0.2 } },
      3_006_478,
    ],
    ['legacy fields say nothing', { feesEnabled: false, makerBaseFee: 1000, takerBaseFee: 1000 }, 0],
    ['a schedule alone', { feesEnabled: null, feeSchedule: { rate: '0.04' } }, 1_717_987],
    [
      'an exponent above 1 is an upper bound',
      { feesEnabled: true, feeSchedule: { rate: 0.25, exponent: 2 } },
      2_684_355,
    ],
  ])('fee rate: %s', (_, fields, rate) => {
    expect(binaryMarket((market) => Object.assign(market, fields)).instrument?.feeRate).toBe(rate);
  });

  it.each([
    ['archived', { archived: true, closed: true }],
    ['closed', { closed: true }],
    ['inactive', { active: false }],
    ['inactive', { active: undefined }],
    ['no-order-book', { enableOrderBook: false }],
    ['not-accepting-orders', { acceptingOrders: false }],
    ['open', { somethingNew: { nested: [1] } }],
  ])('state %s', (state, fields) => {
    expect(binaryMarket((market) => Object.assign(market, fields)).instrument?.state).toBe(state);
  });

  it.each([
    ['TICK_INVALID', { orderPriceMinTickSize: 0.02 }, 'events[0].markets[0].orderPriceMinTickSize = 0.02'],
    ['TICK_INVALID', { orderPriceMinTickSize: 1e-7 }, 'orderPriceMinTickSize'],
    ['DECIMAL_RANGE', { orderMinSize: -5 }, 'orderMinSize = -5'],
    ['GAMMA_SHAPE', { conditionId: 7 }, 'events[0].markets[0].conditionId = 7'],
    ['GAMMA_SHAPE', { outcomes: '["Yes"' }, 'outcomes = "[\\"Yes\\""'],
    ['GAMMA_SHAPE', { clobTokenIds: '[1, 2]' }, 'clobTokenIds'],
    ['GAMMA_FIELD', { outcomes: '["Yes"]' }, 'outcomes = ["Yes"]'],
    ['GAMMA_FIELD', { clobTokenIds: undefined }, 'clobTokenIds = []'],
    ['GAMMA_FIELD', { clobTokenIds: '["1", "1"]' }, 'clobTokenIds'],
    ['GAMMA_FIELD', { clobTokenIds: '["1", "0x2"]' }, 'clobTokenIds'],
    ['GAMMA_FIELD', { version: 'v2' }, 'positionIds = []'],
    ['GAMMA_FIELD', { feesEnabled: true }, 'feeSchedule = nothing'],
    ['FEE_RATE_RANGE', { feesEnabled: true, feeSchedule: { rate: 0.5 } }, 'feeSchedule.rate = 0.5'],
    [
      'FEE_EXPONENT_RANGE',
      { feesEnabled: true, feeSchedule: { rate: 0.05, exponent: 0.5 } },
      'feeSchedule.exponent = 0.5',
    ],
  ])('%s: %o', (code, fields, text) => {
    const { instrument, error } = binaryMarket((market) => Object.assign(market, fields));
    expect(instrument).toBeUndefined();
    expect(error?.code).toBe(code);
    expect(error?.message).toContain(text);
    expect(error?.message).toContain('; allowed: ');
  });

  it('reads replies of /markets', () => {
    const [nine] = rawEvents();
    (nine.markets[3] as RawMarket).slug = '';
    const { instruments, rejected } = readGammaMarkets(nine.markets);
    expect(instruments).toHaveLength(8);
    expect(rejected[0]?.error.message).toContain('markets[3].slug = ""');
  });

  it('keeps a bad event from the others', () => {
    const [nine, binary] = rawEvents();
    for (const fields of [{ markets: 'none' }, { negRiskFeeBips: 10_001 }, { negRiskFeeBips: 0.5 }]) {
      const { events, rejected } = readGammaEvents([{ ...nine, ...fields }, binary]);
      expect(events).toHaveLength(1);
      expect(rejected[0]?.name).toBe(nine.slug);
      expect(rejected[0]?.error.code).toBe('GAMMA_SHAPE');
    }
    expect(readGammaEvents([7]).rejected[0]?.name).toBe('[0]');
    for (const reply of [null, 'x', 1]) expect(() => readGammaEvents(reply)).toThrow(MarketError);
  });
});
