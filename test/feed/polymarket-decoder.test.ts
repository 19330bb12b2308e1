// Goal: frames of Polymarket's market channel become the commands that the venue's rules ask for.
import { describe, expect, it } from 'vitest';
import { Side } from '../../src/contract/generated/records.js';
import { MessageKind, Note } from '../../src/feed/decoder.js';
import {
  book,
  change,
  changes,
  commands,
  market,
  NO,
  other,
  recorded,
  recordedFrames,
  recordedInstruments,
  rung,
  session,
  YES,
} from './fixtures.js';

const { BID, ASK } = Side;

describe('recorded frames', () => {
  it('has all seven', () => {
    expect([...recordedFrames.keys()]).toHaveLength(7);
  });

  it('book: a whole snapshot in one message', () => {
    const { feed, out, decoder } = session(recordedInstruments);
    expect(feed(recorded('bookFrame'))).toBe('NONE');
    const expected = commands((to) => {
      to.bookBegin(0, 10);
      to.levelSet(0, BID, 1, 2_200_800_000).levelSet(0, BID, 4, 100_000_000);
      to.levelSet(0, ASK, 999, 50_000_000).levelSet(0, ASK, 9, 25_000_000);
      to.bookLive(0, true);
    });
    expect(out.bytes()).toEqual(expected);
    expect(decoder.tally.kinds[MessageKind.BOOK]).toBe(1);
  });

  it('price_change: both tokens, the second in YES terms', () => {
    const { feed, out, decoder } = session(recordedInstruments);
    const [, pair] = recordedInstruments;
    feed(book(pair?.yesToken as string, [], []));
    expect(feed(recorded('priceChangeFrame'))).toBe('NONE');
    // YES BUY 0.06; NO SELL 0.94 is a YES bid at 0.06 too, here with size 0: the two differ in the recording itself.
    expect(decoder.tally.notes[Note.MIRROR_CONFLICT]).toBe(1);
    const expected = commands((to) => {
      to.levelSet(1, BID, 6, 374_340_000).levelSet(1, BID, 6, 0, true);
    });
    expect(out.bytes()).toEqual(expected);
  });

  it('price_change with independent books: each token its own', () => {
    const { feed, out } = session(recordedInstruments, 'independent');
    const [, pair] = recordedInstruments;
    feed([book(pair?.yesToken as string, [], []), book(pair?.noToken as string, [], [])]);
    expect(feed(recorded('priceChangeFrame'))).toBe('NONE');
    expect(out.bytes()).toEqual(commands((to) => to.levelSet(2, BID, 6, 374_340_000).levelSet(3, ASK, 94, 0, true)));
  });

  it('last_trade_price and best_bid_ask: counted, no commands', () => {
    const { feed, out, decoder } = session(recordedInstruments);
    expect(feed(recorded('lastTradeFrame'))).toBe('NONE');
    expect(feed(recorded('bestBidAskFrame'))).toBe('NONE');
    expect(out.count).toBe(0);
    expect(decoder.tally.report().kinds).toEqual({ LAST_TRADE_PRICE: 1, BEST_BID_ASK: 1 });
  });

  it('tick_size_change: the book is rebuilt from the next snapshot', () => {
    const { feed, out, decoder } = session(recordedInstruments);
    feed(book('658186', [rung('0.04', '5')], []));
    expect(feed(recorded('tickSizeChangeFrame'))).toBe('NONE');
    expect(out.bytes()).toEqual(commands((to) => to.bookBegin(3, 10, true)));
    expect(feed(changes([change('658186', '0.041', '1', 'BUY')]))).toBe('NO_SNAPSHOT');
    // the same again for the other token: nothing is lost a second time
    expect(feed(recorded('tickSizeChangeFrame').replace('658186', '1003'))).toBe('NONE');
    expect(out.count).toBe(0);
    expect(feed(book('658186', [rung('0.041', '5')], []))).toBe('NONE');
    expect(out.bytes()).toEqual(commands((to) => to.bookBegin(3, 10).levelSet(3, BID, 41, 5e6).bookLive(3, true)));
    expect(feed(recorded('tickSizeChangeFrame').replace('658186', '1003'))).toBe('NONE');
    expect(out.count).toBe(0);
    expect(decoder.tally.notes[Note.SAME_TICK]).toBe(2);
  });

  it('market_resolved: the book is stale for good', () => {
    const { feed, out, decoder } = session(recordedInstruments);
    feed(book('7604307', [rung('0.9', '5')], []));
    expect(feed(recorded('marketResolvedFrame'))).toBe('NONE');
    expect(out.bytes()).toEqual(commands((to) => to.bookStale(4, true)));
    expect(feed(recorded('marketResolvedFrame'))).toBe('NONE');
    expect(feed(book('7604307', [rung('0.9', '5')], []))).toBe('NONE');
    expect(feed(changes([change('3169093', '0.1', '1', 'SELL')]))).toBe('NONE');
    expect(out.count).toBe(0);
    // the other token of the first resolution, both of the second, the book, the change
    expect(decoder.tally.notes[Note.RESOLVED]).toBe(5);
  });

  it('REST /book body: as a snapshot', () => {
    const { feed, out, decoder } = session(recordedInstruments);
    expect(feed(recorded('restBookBody'))).toBe('NONE');
    const expected = commands((to) => {
      to.bookBegin(5, 10).levelSet(5, BID, 1, 28_195_330_000).levelSet(5, ASK, 999, 231_080_000).bookLive(5, true);
    });
    expect(out.bytes()).toEqual(expected);
    expect(decoder.tally.kinds[MessageKind.REST_BOOK]).toBe(1);
  });
});

describe('older formats of price_change', () => {
  it('the format of 2024: an array of one message a token', () => {
    const { feed, out } = session([market]);
    feed(book(YES, [], []));
    const message = (asset: string, price: string, side: string) => ({
      asset_id: asset,
      changes: [{ price, side, size: '3581.76' }],
      event_type: 'price_change',
      hash: '7c82',
      market: '0x9c66',
      timestamp: '1733156594352',
    });
    expect(feed([message(YES, '0.25', 'BUY'), message(NO, '0.75', 'SELL')])).toBe('NONE');
    const expected = commands((to) => {
      to.levelSet(0, BID, 25, 3_581_760_000).levelSet(0, BID, 25, 3_581_760_000, true);
    });
    expect(out.bytes()).toEqual(expected);
  });

  it('the flat format before', () => {
    const { feed, out } = session([market]);
    feed(book(YES, [], []));
    const flat = { asset_id: NO, event_type: 'price_change', price: '0.51', side: 'SELL', size: '2', timestamp: '1' };
    expect(feed(flat)).toBe('NONE');
    expect(out.bytes()).toEqual(commands((to) => to.levelSet(0, BID, 49, 2_000_000, true)));
  });
});

describe('snapshots', () => {
  it('the NO token alone builds the book in YES terms', () => {
    const { feed, out } = session([market]);
    feed(book(NO, [rung('0.40', '1'), rung('.41', '2')], [rung('0.45', '3')]));
    const expected = commands((to) => {
      to.bookBegin(0, 100)
        .levelSet(0, ASK, 60, 1e6)
        .levelSet(0, ASK, 59, 2e6)
        .levelSet(0, BID, 55, 3e6)
        .bookLive(0, true);
    });
    expect(out.bytes()).toEqual(expected);
  });

  it.each([
    ['the YES token on a tie', '5', '5', 48],
    ['the YES token when newer', '6', '5', 48],
    ['the NO token when newer', '5', '6', 40],
  ])('of both tokens in one frame: %s', (_, yesTime, noTime, level) => {
    for (const reversed of [false, true]) {
      const { feed, out, decoder } = session([market, other]);
      const both = [book(YES, [rung('0.48', '1')], [], yesTime), book(NO, [], [rung('0.6', '1')], noTime)];
      expect(feed([...(reversed ? both.reverse() : both), book('333', [], [])])).toBe('NONE');
      const expected = commands((to) => {
        to.bookBegin(0, 100).levelSet(0, BID, level, 1e6).bookLive(0).bookBegin(1, 10).bookLive(1, true);
      });
      expect(out.bytes()).toEqual(expected);
      expect(decoder.tally.notes[Note.SUPERSEDED_BOOK]).toBe(1);
    }
  });

  it('an older one does not replace a newer book; after a lost connection any does', () => {
    const { feed, out, decoder } = session([market]);
    feed(book(YES, [rung('0.48', '1')], [], '2000'));
    expect(feed(book(NO, [], [], '1999'))).toBe('NONE');
    expect(out.count).toBe(0);
    expect(decoder.tally.notes[Note.OLDER_BOOK]).toBe(1);
    out.clear();
    expect(decoder.stale(out)).toBe(1);
    expect(out.bytes()).toEqual(commands((to) => to.bookStale(0, true)));
    expect(feed(changes([change(YES, '0.48', '1', 'BUY')]))).toBe('NO_SNAPSHOT');
    expect(feed(book(YES, [], [], '1999'))).toBe('NONE');
    expect(out.bytes()).toEqual(commands((to) => to.bookBegin(0, 100).bookLive(0, true)));
  });

  it('brings its own tick', () => {
    const { feed, out } = session([market]);
    expect(feed(book(YES, [rung('0.485', '1')], []))).toBe('PRICE_OFF_GRID');
    expect(feed(book(YES, [rung('0.485', '1')], [], '1', { tick_size: '0.001' }))).toBe('NONE');
    expect(feed(changes([change(NO, '0.001', '1', 'BUY')]))).toBe('NONE');
    expect(out.bytes()).toEqual(commands((to) => to.levelSet(0, ASK, 999, 1e6, true)));
  });

  it('leaves out levels of size 0', () => {
    const { feed, out } = session([market]);
    feed(book(YES, [rung('0.48', '0')], []));
    expect(out.bytes()).toEqual(commands((to) => to.bookBegin(0, 100).bookLive(0, true)));
  });
});

describe('changes', () => {
  it('of a live and a waiting book in one frame: the live one does not lose its own', () => {
    const { feed, out, decoder } = session([market, other]);
    feed(book(YES, [], []));
    expect(feed(changes([change('333', '0.5', '1', 'BUY'), change(YES, '0.5', '1', 'BUY')]))).toBe('NONE');
    expect(out.bytes()).toEqual(commands((to) => to.levelSet(0, BID, 50, 1e6, true)));
    expect(decoder.tally.notes[Note.NO_SNAPSHOT]).toBe(1);
  });

  it('counts what the two tokens say differently, the last one stays', () => {
    const { feed, out, decoder } = session([market]);
    feed(book(YES, [], []));
    const mirrored = [change(YES, '0.5', '1', 'BUY'), change(NO, '0.5', '1', 'SELL')];
    feed(changes([...mirrored, change(YES, '0.6', '2', 'SELL'), change(NO, '0.4', '3', 'BUY')]));
    expect(out.count).toBe(4);
    expect(decoder.tally.notes[Note.MIRROR_CONFLICT]).toBe(1);
    // one token saying the same level twice is no conflict, and many levels are no problem
    feed(changes([change(YES, '0.5', '1', 'BUY'), change(YES, '0.5', '2', 'BUY'), change(NO, '0.5', '2', 'SELL')]));
    const prices = Array.from({ length: 99 }, (_, index) => ((index + 1) / 100).toFixed(2));
    feed(changes([...prices.map((p) => change(YES, p, '1', 'BUY')), ...prices.map((p) => change(NO, p, '2', 'SELL'))]));
    expect(decoder.tally.notes[Note.MIRROR_CONFLICT]).toBe(1 + 99);
    feed(
      changes([...prices.map((p) => change(YES, p, '1', 'BUY')), ...prices.map((p) => change(YES, p, '1', 'SELL'))]),
    );
    expect(decoder.tally.notes[Note.MIRROR_CONFLICT]).toBe(1 + 99);
  });

  it('many levels and many messages keep what they say', () => {
    const { feed, out, decoder } = session([other]);
    const sizes = Array.from({ length: 999 }, (_, index) => index + 1);
    const rungs = sizes.map((size) => rung((size / 1000).toFixed(3), String(size)));
    expect(feed(book('333', rungs, []))).toBe('NONE');
    const snapshot = commands((to) => {
      to.bookBegin(0, 10);
      for (const size of sizes) to.levelSet(0, BID, size, size * 1e6);
      to.bookLive(0, true);
    });
    expect(out.bytes()).toEqual(snapshot);
    const flat = sizes.map((size) => {
      const price = (size / 1000).toFixed(3);
      const said = { price, size: String(size + 1), side: 'BUY', timestamp: String(2000 + size) };
      return { event_type: 'price_change', asset_id: size % 2 === 0 ? '333' : '444', ...said };
    });
    expect(feed(flat)).toBe('NONE');
    const each = commands((to) => {
      for (const size of sizes) {
        if (size % 2 === 0) to.levelSet(0, BID, size, (size + 1) * 1e6);
        else to.levelSet(0, ASK, 1000 - size, (size + 1) * 1e6);
      }
      to.commitLast();
    });
    expect(out.bytes()).toEqual(each);
    expect(decoder.tally.report().notes).toEqual({});
  });

  it('older ones are applied and counted', () => {
    const { feed, out, decoder } = session([market]);
    feed(book(YES, [], [], '2000'));
    expect(feed(changes([change(YES, '0.5', '1', 'BUY')], '1999'))).toBe('NONE');
    expect(out.count).toBe(1);
    expect(decoder.tally.notes[Note.OLDER_CHANGE]).toBe(1);
  });

  it('an empty list is no message', () => {
    const { feed, out } = session([market]);
    expect(feed(changes([]))).toBe('NONE');
    expect(feed([])).toBe('NONE');
    expect(out.count).toBe(0);
  });
});

describe('messages without a book', () => {
  it('takes them', () => {
    const { feed, out, decoder } = session([market]);
    expect(feed('PONG')).toBe('NONE');
    expect(feed({ event_type: 'new_market', id: '1', assets_ids: ['9', '8'], outcomes: ['a'], active: true })).toBe(
      'NONE',
    );
    expect(feed({ event_type: 'new_market', id: '1', assets_ids: null })).toBe('NONE');
    expect(feed({ event_type: 'market_resolved', assets_ids: ['9', '8'], winning_asset_id: '9' })).toBe('NONE');
    expect(out.count).toBe(0);
    expect(decoder.tally.report()).toEqual({
      kinds: { HEARTBEAT: 1, NEW_MARKET: 2, MARKET_RESOLVED: 1 },
      notes: { FOREIGN_TOKEN: 2 },
      refusals: {},
    });
  });
});
