import { describe, expect, it } from 'vitest';
import { discoverInstruments } from '../../src/feed/polymarket/discovery.js';

const frame = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

describe('discoverInstruments', () => {
  // Goal: the tokens of a market are found in the order in which they were seen, with the tick that the venue said.
  it('groups tokens by market and takes the tick that was said first', () => {
    const found = discoverInstruments([
      frame([{ market: '0xa', asset_id: '1', tick_size: '0.001', bids: [{ price: '0.5', size: '1' }] }]),
      frame({ market: '0xa', price_changes: [{ asset_id: '2', price: '0.4', size: '1', side: 'BUY' }] }),
      frame({ market: '0xb', asset_id: '3', old_tick_size: '0.01', new_tick_size: '0.001' }),
    ]);
    expect(found.map(({ conditionId, yesToken, noToken, tick }) => [conditionId, yesToken, noToken, tick])).toEqual([
      ['0xa', '1', '2', 10],
      ['0xb', '3', '0xb:second', 100],
    ]);
  });

  // Goal: without a tick, the coarsest usual grid that holds every price seen.
  it('guesses a tick that holds every price', () => {
    const withPrice = (price: string) =>
      discoverInstruments([frame({ market: '0xa', asset_id: '1', bids: [{ price, size: '1' }] })])[0]?.tick;
    expect([
      withPrice('0.5'),
      withPrice('0.505'),
      withPrice('0.501'),
      withPrice('0.0025'),
      withPrice('0.5001'),
    ]).toEqual([100, 50, 10, 25, 1]);
  });

  // Goal: a damaged frame cannot take a token away from its market, nor make a capture impossible to replay.
  it('leaves a token with the market that named it first, and passes over what is no JSON or no UTF-8', () => {
    const found = discoverInstruments([
      frame({ market: '0xa', asset_id: '1' }),
      frame({ market: '0xA', asset_id: '1' }),
      frame('{"market":"0xa"'),
      Uint8Array.from([...frame('{"market":"0xc'), 0xff, ...frame('","asset_id":"9"}')]),
    ]);
    expect(found.map(({ conditionId, yesToken }) => [conditionId, yesToken])).toEqual([['0xa', '1']]);
  });
});
