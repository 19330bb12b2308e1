// Goal: decimal strings become integer units exactly or are refused; the stream's byte loop and decimal.js agree.
import { describe, expect, it } from 'vitest';
import { SIZE_MAX } from '../../src/contract/generated/records.js';
import {
  formatMicro,
  formatPrice,
  formatSize,
  MAX_DECIMAL_DIGITS,
  PARSE_DIGITS,
  PARSE_PRECISION,
  PARSE_RANGE,
  PARSE_SYNTAX,
  parseDecimal,
  parseFeeRate,
  parseMoney,
  parsePrice,
  parseSize,
  parseTick,
  priceFromBytes,
  priceFromText,
  sizeFromBytes,
  sizeFromText,
} from '../../src/market/decimal.js';
import { MarketError } from '../../src/market/errors.js';
import { randomSource } from './random-source.js';

const encoder = new TextEncoder();

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MarketError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('prices of the stream', () => {
  it('equals decimal.js over every price in every spelling', () => {
    for (let price = 1; price <= 9999; price++) {
      const four = `0.${String(price).padStart(4, '0')}`;
      const short = four.replace(/0+$/, '');
      const spellings = [four, short, four.slice(1), short.slice(1), `${four}000`, `0${four}`, `00${short}0`];
      for (const text of spellings) {
        const framed = encoder.encode(`"${text}"`);
        expect(parsePrice(text)).toBe(price);
        if (priceFromText(text) !== price || priceFromBytes(framed, 1, framed.length - 1) !== price) {
          expect.fail(`${text} is not ${price}`);
        }
      }
    }
  });

  it.each([
    ['0', 0],
    ['1', 10_000],
    ['12.', 120_000],
    ['.48', 4800],
    ['0.4800000', 4800],
    ['', PARSE_SYNTAX],
    ['.', PARSE_SYNTAX],
    ['-1', PARSE_SYNTAX],
    ['+1', PARSE_SYNTAX],
    ['1e-3', PARSE_SYNTAX],
    ['NaN', PARSE_SYNTAX],
    [' 1', PARSE_SYNTAX],
    ['1 ', PARSE_SYNTAX],
    ['1_0', PARSE_SYNTAX],
    ['1.2.3', PARSE_SYNTAX],
    ['0x1', PARSE_SYNTAX],
    ['\u0660', PARSE_SYNTAX], // an Arabic-Indic digit whose low byte is not one
    ['\u0130', PARSE_SYNTAX], // low byte 0x30, a "0" if truncated
    ['1'.repeat(40), PARSE_DIGITS],
    [`0.${'0'.repeat(MAX_DECIMAL_DIGITS)}`, PARSE_DIGITS],
    ['0'.repeat(MAX_DECIMAL_DIGITS), 0],
    ['0.48001', PARSE_PRECISION],
    ['0.00001', PARSE_PRECISION],
    ['28147497671.0655', SIZE_MAX],
    ['28147497671.0656', PARSE_RANGE],
    ['99999999999999999999999', PARSE_RANGE],
    [`${'x'.repeat(100)}`, PARSE_SYNTAX],
  ])('reads %s as %i', (text, expected) => {
    expect(priceFromText(text)).toBe(expected);
    const bytes = encoder.encode(text);
    expect(priceFromBytes(bytes, 0, bytes.length)).toBe(expected);
  });
});

describe('sizes of the stream', () => {
  it('equals decimal.js over a million random sizes', () => {
    const random = randomSource(1);
    for (let round = 0; round < 1_000_000; round++) {
      const size = Math.floor(random.unit() ** 4 * SIZE_MAX);
      const text = formatSize(size);
      if (sizeFromText(text) !== size) expect.fail(`${text} is not ${size}`);
      // decimal.js is some hundred times slower: it sees every 16th.
      if (round % 16 === 0 && parseSize(text) !== size) expect.fail(`decimal.js: ${text} is not ${size}`);
    }
  });

  it('stops at 48 bits', () => {
    expect(sizeFromText('281474976.710655')).toBe(SIZE_MAX);
    expect(sizeFromText('281474976.710656')).toBe(PARSE_RANGE);
    expect(sizeFromText('2814749767106550000000')).toBe(PARSE_RANGE);
    expect(sizeFromText('1.0000001')).toBe(PARSE_PRECISION);
  });
});

/** The stated grammar once more, as a regular expression and BigInt. */
function stated(text: string, decimals: number): number {
  if (!/^(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text)) return PARSE_SYNTAX;
  const [whole = '', fraction = ''] = text.split('.');
  if (whole.length + fraction.length > MAX_DECIMAL_DIGITS) return PARSE_DIGITS;
  if (/[1-9]/.test(fraction.slice(decimals))) return PARSE_PRECISION;
  const units = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  return units > BigInt(SIZE_MAX) ? PARSE_RANGE : Number(units);
}

describe('the grammar', () => {
  it('decides random garbage as stated, and decimal.js refuses what it refuses', () => {
    const random = randomSource(2);
    const alphabet = '0123456789...000-+eE _xN\u0130\u00e9';
    let accepted = 0;
    for (let round = 0; round < 200_000; round++) {
      let text = '';
      // Mostly digits, so that a good part is accepted.
      for (let left = random.below(30); left > 0; left--) {
        text += random.below(12) === 0 ? alphabet[random.below(alphabet.length)] : String(random.below(10));
      }
      const decimals = random.below(2) === 0 ? 4 : 6;
      const bytes = encoder.encode(text);
      const expected = stated(text, decimals);
      const got = parseDecimal(bytes, 0, bytes.length, decimals);
      if (got !== expected) expect.fail(`${JSON.stringify(text)}: ${got}, stated ${expected}`);
      if (decimals === 6) {
        if (sizeFromText(text) !== expected) expect.fail(`${JSON.stringify(text)} differs as text`);
        const slow = code(() => parseSize(text));
        if ((slow === 'accepted') !== expected >= 0) expect.fail(`${JSON.stringify(text)}: decimal.js ${slow}`);
        if (expected >= 0) accepted++;
      }
    }
    expect(accepted).toBeGreaterThan(10_000);
  });
});

describe('configuration', () => {
  it('names field, value and range', () => {
    expect(() => parsePrice('0.00005', 'limit.price')).toThrow(
      'DECIMAL_PRECISION: limit.price = "0.00005": finer than the unit can hold; ' +
        'allowed: 0.0001..0.9999 in steps of 0.0001',
    );
    expect(code(() => parsePrice('0'))).toBe('DECIMAL_RANGE');
    expect(code(() => parsePrice('1'))).toBe('DECIMAL_RANGE');
    expect(code(() => parsePrice(Number.NaN))).toBe('DECIMAL_SYNTAX');
    expect(code(() => parseSize('-0'))).toBe('DECIMAL_SYNTAX');
    expect(code(() => parseSize(-1))).toBe('DECIMAL_RANGE');
    expect(code(() => parseSize('281474976.710656'))).toBe('DECIMAL_RANGE');
    expect(parsePrice(0.07)).toBe(700);
    expect(parseSize(1824.21)).toBe(1_824_210_000);
  });

  it('reads money of either sign', () => {
    expect(parseMoney('-0.012345')).toBe(-12_345);
    expect(parseMoney('9007199254.740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(code(() => parseMoney('9007199254.740992'))).toBe('DECIMAL_RANGE');
    expect(code(() => parseMoney('--1'))).toBe('DECIMAL_SYNTAX');
    expect(Object.is(parseMoney('-0'), 0)).toBe(true);
  });

  it('knows the ticks of the contract only', () => {
    for (const [text, tick] of [
      ['0.0001', 1],
      ['0.001', 10],
      ['0.0025', 25],
      ['.005', 50],
      ['0.010', 100],
      ['0.1', 1000],
    ] as const) {
      expect(parseTick(text)).toBe(tick);
      expect(parseTick(Number(text))).toBe(tick);
    }
    for (const text of ['0', '0.002', '1', '0.00001', '0.01x'])
      expect(code(() => parseTick(text))).not.toBe('accepted');
  });

  it('turns fee schedules into rates that never undercharge', () => {
    // ceil(0.07 / 100 * 2^32) = ceil(3006477.1072)
    expect(parseFeeRate('0.07')).toBe(3_006_478);
    expect(parseFeeRate(0.07, 1)).toBe(3_006_478);
    expect(parseFeeRate('0')).toBe(0);
    // The old crypto schedule .25 with exponent 2: an upper bound of 0.25 / 4 = 0.0625, ceil(2684354.56).
    expect(parseFeeRate('0.25', 2)).toBe(2_684_355);
    // 4^-0.5 is a half: 0.14 * 0.5 = 0.07.
    expect(parseFeeRate('0.14', '1.5')).toBe(3_006_478);
    expect(code(() => parseFeeRate('0.07', '0.5'))).toBe('FEE_EXPONENT_RANGE');
    expect(code(() => parseFeeRate('0.07', 65))).toBe('FEE_EXPONENT_RANGE');
    expect(code(() => parseFeeRate('0.5'))).toBe('FEE_RATE_RANGE');
    expect(code(() => parseFeeRate(-0.01))).toBe('FEE_RATE_RANGE');
    expect(code(() => parseFeeRate('7%'))).toBe('DECIMAL_SYNTAX');
  });
});

describe('reporting', () => {
  it('writes units back', () => {
    expect(formatMicro(12_345)).toBe('0.012345');
    expect(formatMicro(-1)).toBe('-0.000001');
    expect(formatMicro(0)).toBe('0.000000');
    expect(formatMicro(9_223_372_036_854_775_807n)).toBe('9223372036854.775807');
    expect([0, 1, 4800, 9999, 10_000].map(formatPrice)).toEqual(['0', '0.0001', '0.48', '0.9999', '1']);
    expect([0, 1, 10_000_000, 1_824_210_000].map(formatSize)).toEqual(['0', '0.000001', '10', '1824.21']);
  });
});

it('reads slices without looking outside', () => {
  const bytes = encoder.encode('90.59');
  expect(sizeFromBytes(bytes, 1, 4)).toBe(500_000);
});
