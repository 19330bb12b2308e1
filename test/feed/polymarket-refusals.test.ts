// Goal: every frame that is wrong in any way is refused whole, by the right name, and the stream goes on.
import { describe, expect, it } from 'vitest';
import { Side } from '../../src/contract/generated/records.js';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { losesUpdates, REFUSAL_DOCS, Refusal, refusalNames } from '../../src/feed/refusals.js';
import { book, change, changes, commands, frameBytes, market, NO, other, rung, session, YES } from './fixtures.js';

const { BID } = Side;
const good = changes([change(YES, '0.5', '7', 'BUY')]);
const text = JSON.stringify(good);
const withChange = (more: object) => changes([{ ...change(YES, '0.5', '7', 'BUY'), ...more }]);
const cases: [keyof typeof Refusal, string | object][] = [
  ['TOO_DEEP', `{"a":${'['.repeat(65)}${']'.repeat(65)}}`],
  ['JSON_SYNTAX', ''],
  ['JSON_SYNTAX', ' '],
  ['JSON_SYNTAX', 'PONG '],
  ['JSON_SYNTAX', `${text}x`],
  ['JSON_SYNTAX', `\ufeff${text}`],
  ['JSON_SYNTAX', text.slice(0, -1)],
  ['JSON_SYNTAX', text.replace('"BUY"', '"BUY",')],
  ['JSON_SYNTAX', text.replace('"0x1"', '01')],
  ['KEY_ESCAPED', text.replace('"price"', '"pric\\u0065"')],
  ['KEY_DUPLICATE', text.replace('"price":"0.5"', '"price":"0.5","price":"0.5"')],
  ['KEY_DUPLICATE', text.replace('{"event_type', '{"timestamp":null,"event_type')],
  ['FIELD_MISSING', { ...good, timestamp: undefined }],
  ['FIELD_MISSING', { ...good, timestamp: null }],
  ['FIELD_MISSING', { ...good, price_changes: undefined }],
  ['FIELD_MISSING', withChange({ price: undefined })],
  ['FIELD_MISSING', withChange({ size: null })],
  ['FIELD_MISSING', withChange({ side: undefined })],
  ['FIELD_MISSING', withChange({ asset_id: undefined })],
  ['FIELD_MISSING', { ...good, event_type: undefined }],
  ['FIELD_MISSING', {}],
  ['FIELD_MISSING', book(YES, [], [], '1', { bids: null })],
  ['FIELD_MISSING', { event_type: 'market_resolved' }],
  ['FIELD_MISSING', { event_type: 'tick_size_change', asset_id: YES, timestamp: '1' }],
  ['FIELD_TYPE', '1'],
  ['FIELD_TYPE', [[good]]],
  ['FIELD_TYPE', { ...good, timestamp: 1001 }],
  ['FIELD_TYPE', { ...good, event_type: 1 }],
  ['FIELD_TYPE', { ...good, price_changes: {} }],
  ['FIELD_TYPE', { ...good, price_changes: ['0.5'] }],
  ['FIELD_TYPE', withChange({ price: 0.5 })],
  ['FIELD_TYPE', withChange({ size: true })],
  ['FIELD_TYPE', { event_type: 'market_resolved', assets_ids: [111] }],
  ['FIELD_AMBIGUOUS', { ...good, changes: [] }],
  ['FIELD_AMBIGUOUS', { ...good, bids: [] }],
  ['FIELD_AMBIGUOUS', book(YES, [], [], '1', { price_changes: [] })],
  ['FIELD_AMBIGUOUS', { ...good, asset_id: YES, price_changes: undefined, changes: good.price_changes }],
  ['EVENT_UNKNOWN', { ...good, event_type: 'price_changed' }],
  ['EVENT_UNKNOWN', { ...good, event_type: '' }],
  ['EVENT_UNKNOWN', { ...good, event_type: 'x'.repeat(1000) }],
  ['TOKEN_UNKNOWN', withChange({ asset_id: '112' })],
  ['TOKEN_UNKNOWN', withChange({ asset_id: '' })],
  ['TOKEN_UNKNOWN', withChange({ asset_id: '1111' })],
  ['TOKEN_UNKNOWN', book('9', [], [])],
  ['PRICE_SYNTAX', withChange({ price: 'NaN' })],
  ['PRICE_SYNTAX', withChange({ price: '1e-3' })],
  ['PRICE_SYNTAX', withChange({ price: '-0.5' })],
  ['PRICE_SYNTAX', withChange({ price: '' })],
  ['PRICE_SYNTAX', withChange({ price: '1'.repeat(40) })],
  ['PRICE_SYNTAX', text.replace('"0.5"', '"0\\u002e5"')],
  ['PRICE_RANGE', withChange({ price: '0' })],
  ['PRICE_RANGE', withChange({ price: '1.0' })],
  ['PRICE_RANGE', withChange({ price: '1.5' })],
  ['PRICE_RANGE', withChange({ price: '99999999999999999999' })],
  ['PRICE_OFF_GRID', withChange({ price: '0.505' })],
  ['PRICE_OFF_GRID', withChange({ price: '0.50001' })],
  ['SIZE_SYNTAX', withChange({ size: '+1' })],
  ['SIZE_SYNTAX', withChange({ size: '1 ' })],
  ['SIZE_PRECISION', withChange({ size: '0.0000001' })],
  ['SIZE_RANGE', withChange({ size: '281474976.710656' })],
  ['SIDE_UNKNOWN', withChange({ side: 'buy' })],
  ['TICK_INVALID', book(YES, [], [], '1', { tick_size: '0.02' })],
  ['TICK_INVALID', { event_type: 'tick_size_change', asset_id: YES, timestamp: '1', new_tick_size: '1' }],
  ['TIMESTAMP_INVALID', { ...good, timestamp: '' }],
  ['TIMESTAMP_INVALID', { ...good, timestamp: '1.5' }],
  ['LEVEL_DUPLICATE', book(YES, [rung('0.5', '1'), rung('0.50', '1')], [])],
  ['NO_SNAPSHOT', changes([change('333', '0.5', '7', 'BUY')])],
];

describe('a wrong frame', () => {
  it.each(cases)('%s: %o', (name, frame) => {
    const { feed, out, decoder } = session([market, other]);
    feed(book(YES, [rung('0.5', '1')], []));
    expect(feed(frame)).toBe(name);
    expect(out.count).toBe(0);
    // In an array behind a good message the whole frame is refused.
    const wrapped = typeof frame === 'string' ? `[${text},${frame}]` : JSON.stringify([good, frame]);
    if (name !== 'NO_SNAPSHOT' && frame !== 'PONG ') {
      expect(feed(wrapped)).not.toBe('NONE');
      expect(out.count).toBe(0);
    }
    expect(decoder.tally.report().notes).toEqual({});
    // The stream goes on.
    expect(feed(good)).toBe('NONE');
    expect(out.bytes()).toEqual(commands((to) => to.levelSet(0, BID, 50, 7_000_000, true)));
  });

  it('bad UTF-8, wherever it stands', () => {
    const { feed, decoder } = session([market]);
    feed(book(YES, [], []));
    const bytes = frameBytes(text.replace('0x1', '0x1??'));
    for (const [first, second] of [
      [0xc0, 0x80],
      [0xff, 0x20],
      [0xe2, 0x82],
      [0xc3, 0x28],
    ] as const) {
      const broken = bytes.slice();
      broken.set([first, second], text.indexOf('0x1') + 3);
      expect(feed(broken)).toBe('UTF8_INVALID');
    }
    expect(feed(text.replace('0x1', '\u00e9\u20ac\u{1f600}'))).toBe('NONE');
    expect(decoder.tally.refused).toBe(4);
  });
});

describe('a large frame', () => {
  it('limits: bytes, levels, books, tick', () => {
    const small = { ...(NAMED_PROFILES.tiny as Profile), booksPerMessage: 1 };
    const { feed, decoder } = session([market, other], 'mirrored', {
      maxFrameBytes: 200,
      maxLevels: 2,
      profile: small,
    });
    expect(feed(' '.repeat(201))).toBe('FRAME_TOO_LARGE');
    expect(
      feed(
        book(
          YES,
          ['0.1', '0.2'].map((price) => rung(price, '1')),
          [],
        ),
      ),
    ).toBe('NONE');
    expect(
      feed(
        book(
          YES,
          ['0.1', '0.2'].map((price) => rung(price, '1')),
          [rung('0.3', '1')],
        ),
      ),
    ).toBe('TOO_MANY_LEVELS');
    expect(feed(Array.from({ length: 3 }, () => ({ event_type: 'new_market' })))).toBe('TOO_MANY_LEVELS');
    expect(feed([book(YES, [], []), book('333', [], [])])).toBe('TOO_MANY_BOOKS');
    expect(feed(book(YES, [], [], '1', { tick_size: '0.0001' }))).toBe('TICK_TOO_FINE');
    expect(decoder.tally.refused).toBe(5);
  });

  it('a large array of nonsense, and a large one of sense', () => {
    const { feed, out } = session([market]);
    expect(feed(`[${'1,'.repeat(2_500_000)}1]`)).toBe('FIELD_TYPE');
    expect(feed(`{"a":[${'1,'.repeat(2_500_000)}1]}`)).toBe('FIELD_MISSING');
    expect(feed(`{"event_type":"new_market","a":[${'[],'.repeat(1_600_000)}1]}`)).toBe('NONE');
    feed(book(YES, [], []));
    const many = Array.from({ length: 60_000 }, (_, index) => change(YES, '0.5', String(index), 'BUY'));
    expect(feed(changes(many))).toBe('NONE');
    expect(out.count).toBe(60_000);
  });
});

describe('a refusal', () => {
  it('takes back the state of every book of a refused frame', () => {
    const { feed, out } = session([market, other]);
    feed(book(YES, [], []));
    const bad = book('333', [rung('0.5555', '1')], []);
    expect(feed([book(YES, [], [], '9999', { tick_size: '0.001' }), bad])).toBe('PRICE_OFF_GRID');
    expect(feed([{ event_type: 'market_resolved', assets_ids: [YES] }, bad])).toBe('PRICE_OFF_GRID');
    expect(feed([{ event_type: 'tick_size_change', asset_id: NO, new_tick_size: '0.001', timestamp: '5' }, bad])).toBe(
      'PRICE_OFF_GRID',
    );
    expect(feed(changes([change(YES, '0.555', '1', 'BUY')]))).toBe('PRICE_OFF_GRID');
    expect(feed(book(YES, [], [], '1000'))).toBe('NONE');
    expect(out.count).toBe(2);
  });

  it('leaves what the writer held before', () => {
    const { decoder, out } = session([market]);
    out.fence(1);
    decoder.decode(frameBytes(book(YES, [rung('0.5', '1')], [rung('0.5', 'x')])), out);
    expect(out.bytes()).toEqual(commands((to) => to.fence(1)));
  });

  it('says where', () => {
    const { decoder, out } = session([market, other]);
    decoder.decode(frameBytes(book('333', [], [])), out);
    const frame = JSON.stringify(changes([change('333', '0.55555', '1', 'BUY')]));
    const result = decoder.decode(frameBytes(frame), out);
    expect(result).toMatchObject({ refused: Refusal.PRICE_OFF_GRID, offset: frame.indexOf('0.55555') });
    const late = JSON.stringify(changes([change('333', '0.5555', '1', 'BUY')]));
    expect(decoder.decode(frameBytes(late), out)).toMatchObject({ offset: late.indexOf('0.5555'), book: 1 });
  });

  it('every code has a sentence and a place', () => {
    expect(Object.keys(REFUSAL_DOCS)).toEqual(refusalNames);
    expect(Object.values(Refusal)).toEqual(refusalNames.map((_, index) => index));
    expect(refusalNames.filter((name) => !losesUpdates(Refusal[name]))).toEqual(['NONE', 'NO_SNAPSHOT']);
  });
});
