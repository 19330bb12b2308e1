// Goal: rows of recorded tops become one message each, in both ways of seeing a market, and bad rows become none.
import { describe, expect, it } from 'vitest';
import { CommandWriter, SignalKind } from '../../src/contract/generated/records.js';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { refusalNames } from '../../src/feed/refusals.js';
import { TopOfBookDecoder, topOfBookInstruments } from '../../src/feed/tob.js';
import { marketBaskets } from '../../src/market/baskets.js';
import type { BookMode } from '../../src/market/instruments.js';
import { buildUniverse, emitSetup } from '../../src/market/universe.js';
import { NaiveKernel } from './naive-kernel.js';
import { hasSharedData, lines, notRun, sharedData } from './shared-data.js';

const profile = NAMED_PROFILES.standard as Profile;
const encoder = new TextEncoder();
const HEADER =
  'up_token_id,market_slug,down_token_id,question,up_book_ts,down_book_ts,' +
  'up_bid,up_bid_size,up_ask,up_ask_size,down_bid,down_bid_size,down_ask,down_ask_size';
const header = encoder.encode(HEADER);

function session(rows: readonly Uint8Array[], mode: BookMode, head: Uint8Array = header) {
  const instruments = topOfBookInstruments(head, rows);
  const baskets = instruments.flatMap((instrument) => marketBaskets(instrument, mode));
  const universe = buildUniverse({ mode, profile, instruments, baskets });
  const out = new CommandWriter();
  const kernel = new NaiveKernel();
  const decoder = new TopOfBookDecoder(head, universe);
  emitSetup(universe, out);
  kernel.apply(out.bytes());
  const feed = (row: Uint8Array) => {
    out.clear();
    const { refused } = decoder.decode(row, out);
    kernel.apply(out.bytes());
    return refusalNames[refused];
  };
  return { universe, decoder, kernel, feed, out };
}

const ROW = '11,m,22,"Up, or ""down""?",1000,1000,0.48,10,0.5,20,0.5,20,0.52,10.000001';
const row = (text: string) => encoder.encode(text);

describe('the recorded session', () => {
  const file = 'polymarket_btc_updown_tob/btc_orderbook.csv.gz';
  for (const mode of ['independent', 'mirrored'] as const) {
    it.skipIf(!hasSharedData(file))(notRun(`gives the known number of signals, ${mode} books`, file), () => {
      const [head, ...rows] = lines(sharedData(file));
      const { decoder, kernel, feed, universe } = session(rows, mode, head as Uint8Array);
      for (const each of rows) expect(feed(each)).toBe('NONE');
      expect(decoder.tally.frames).toBe(13_749);
      expect(decoder.tally.refused).toBe(0);
      expect(universe.books.length).toBe(mode === 'mirrored' ? 5 : 10);
      const opened = Object.fromEntries(kernel.opened);
      // Counted apart from this project. All are rows in which the two books are of different times.
      const independent = { [SignalKind.COMPLEMENT_LONG]: 30, [SignalKind.COMPLEMENT_SHORT]: 20 };
      expect(opened).toEqual(mode === 'mirrored' ? {} : independent);
    });
  }
});

describe('one row', () => {
  it('begins both books and sets their tops in one message', () => {
    const { feed, kernel, out } = session([row(ROW)], 'independent');
    const commits = kernel.commits;
    expect(feed(row(ROW))).toBe('NONE');
    expect(kernel.commits).toBe(commits + 1);
    expect(out.count).toBe(8);
    const expected = new CommandWriter();
    expected.bookBegin(0, 10).levelSet(0, 0, 480, 10_000_000).levelSet(0, 1, 500, 20_000_000).bookLive(0);
    expected.bookBegin(1, 10).levelSet(1, 0, 500, 20_000_000).levelSet(1, 1, 520, 10_000_001).bookLive(1).commitLast();
    expect(out.bytes()).toEqual(expected.bytes());
  });

  it('removes a best level that moved and an emptied side', () => {
    const { feed, out } = session([row(ROW)], 'independent');
    feed(row(ROW));
    feed(row('11,m,22,q,1001,1000,0.47,5,1.0,0.0,0.0,0.0,0.52,0\r\n'));
    const expected = new CommandWriter();
    expected.levelSet(0, 0, 480, 0).levelSet(0, 0, 470, 5_000_000).levelSet(0, 1, 500, 0);
    expected.levelSet(1, 0, 500, 0).levelSet(1, 1, 520, 0).commitLast();
    expect(out.bytes()).toEqual(expected.bytes());
  });

  it('sets a best level again that did not move, and takes a size of 0 for an empty side', () => {
    const { feed, out } = session([row(ROW)], 'independent');
    feed(row(ROW));
    feed(row('11,m,22,q,1001,1000,0.48,11,0.49,0,0.5,20,0.52,10'));
    const expected = new CommandWriter();
    expected.levelSet(0, 0, 480, 11_000_000).levelSet(0, 1, 500, 0);
    expected.levelSet(1, 0, 500, 20_000_000).levelSet(1, 1, 520, 10_000_000).commitLast();
    expect(out.bytes()).toEqual(expected.bytes());
  });

  it('takes the newer token of a mirrored book, up on a tie', () => {
    const { feed, kernel } = session([row(ROW)], 'mirrored');
    feed(row(ROW));
    const book = kernel.book(0);
    expect([...book.bids, ...book.asks]).toEqual([
      [4800, 10_000_000],
      [5000, 20_000_000],
    ]);
    // down is newer: its bid 0.61 is an ask at 0.39, its ask 0.63 a bid at 0.37
    feed(row('11,m,22,q,1000,1001,0.48,10,0.5,20,0.61,7,0.63,8'));
    expect([...book.bids, ...book.asks]).toEqual([
      [3700, 8_000_000],
      [3900, 7_000_000],
    ]);
    feed(row('11,m,22,q,1001,1001,0.48,10,0.5,20,0.61,7,0.63,8'));
    expect([...book.bids, ...book.asks]).toEqual([
      [4800, 10_000_000],
      [5000, 20_000_000],
    ]);
    feed(row('11,m,22,q,1001,1002,0.48,10,0.5,20,0,7,1,8'));
    expect(book.bids.size + book.asks.size).toBe(0);
  });

  it('begins again after it was made stale', () => {
    const { feed, kernel, out, decoder } = session([row(ROW)], 'independent');
    feed(row(ROW));
    out.clear();
    expect(decoder.stale(out)).toBe(2);
    expect(decoder.stale(out)).toBe(0);
    kernel.apply(out.bytes());
    expect(kernel.book(1).state).toBe('stale');
    feed(row(ROW.replace('0.48', '0.49')));
    expect(kernel.book(1).state).toBe('live');
    expect([...kernel.book(0).bids.keys()]).toEqual([4900]);
  });
});

describe('a malformed row', () => {
  it.each([
    ['ROW_COLUMNS', ROW.replace('11,', '')],
    ['ROW_COLUMNS', `${ROW},1`],
    ['ROW_COLUMNS', ''],
    ['ROW_SYNTAX', ROW.replace('"Up', 'Up')],
    ['ROW_SYNTAX', ROW.replace('?"', '?')],
    ['ROW_SYNTAX', ROW.replace('?"', '?"x')],
    ['TOKEN_UNKNOWN', ROW.replace('11', '12')],
    ['TOKEN_UNKNOWN', ROW.replace('22', '')],
    ['TIMESTAMP_INVALID', ROW.replace('1000,1000', '1000,-1')],
    ['TIMESTAMP_INVALID', ROW.replace('1000,1000', ',1000')],
    ['PRICE_SYNTAX', ROW.replace('0.48', 'nan')],
    ['PRICE_SYNTAX', ROW.replace('0.48', '')],
    ['PRICE_OFF_GRID', ROW.replace('0.48', '0.4805')],
    ['PRICE_OFF_GRID', ROW.replace('0.48', '0.48001')],
    ['PRICE_RANGE', ROW.replace('0.48', '1')],
    ['PRICE_RANGE', ROW.replace('0.52', '0')],
    ['PRICE_RANGE', ROW.replace('0.52', '1.001')],
    ['SIZE_SYNTAX', ROW.replace('10.000001', '1e3')],
    ['SIZE_PRECISION', ROW.replace('10.000001', '10.0000001')],
    ['SIZE_RANGE', ROW.replace('10.000001', '281474976.710656')],
  ])('is refused as %s: %s', (name, text) => {
    for (const mode of ['mirrored', 'independent'] as const) {
      const { feed, decoder, out } = session([row(ROW)], mode);
      expect(feed(row(ROW))).toBe('NONE');
      expect(feed(row(text))).toBe(name);
      expect(out.count).toBe(0);
      expect(decoder.tally.refused).toBe(1);
      expect(feed(row(ROW))).toBe('NONE');
    }
  });

  it('a header without a column is a mistake of the caller', () => {
    const short = row(HEADER.replace(',up_bid_size', ''));
    expect(() => new TopOfBookDecoder(short, { tokens: [], books: [] })).toThrow(
      /^TABLE_COLUMN: .*a column up_bid_size$/,
    );
  });
});
