// Decimal strings to the integer units of the contract, and back.
// Two ways that agree: decimal.js for configuration (throws MarketError), a byte loop for the stream (returns codes).
import { Decimal } from 'decimal.js';
import { FEE_RATE_MAX, PRICE_ONE, SIZE_MAX, TICK_VALUES } from '../contract/generated/records.js';
import { MarketError } from './errors.js';

/** A price has 4 decimals: 1e-4 USD. */
export const PRICE_DECIMALS = 4;
/** A size has 6 decimals: 1e-6 share. */
export const SIZE_DECIMALS = 6;
/** Money has 6 decimals: micro, 1e-6 USD. */
export const MONEY_DECIMALS = 6;

/** More digits than this, leading and trailing zeros included, are refused: no venue sends them. */
export const MAX_DECIMAL_DIGITS = 24;

// ---------------------------------------------------------------------------------------------------------------
// The stream: no float, no allocation. Grammar: digits [ '.' digits ] with a digit on at least one side, nothing else.

/** Not the grammar: empty, no digit, a sign, a space, an exponent, a second point. */
export const PARSE_SYNTAX = -1;
/** More than MAX_DECIMAL_DIGITS digits. */
export const PARSE_DIGITS = -2;
/** A digit other than 0 beyond the unit: it would have to be rounded. */
export const PARSE_PRECISION = -3;
/** Above 2^48 - 1 units. */
export const PARSE_RANGE = -4;

const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * The decimal in bytes[start, end) in units of 10^-decimals, 0..2^48 - 1, or a PARSE_ code. Of several mistakes the
 * one with the code nearest to 0 is reported.
 * @param decimals 0..12
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number, decimals: number): number {
  let value = 0;
  let digits = 0;
  let fraction = -1; // digits behind the point; -1 before it
  let finer = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte >= ZERO && byte <= NINE) {
      digits++;
      if (fraction >= 0 && fraction++ >= decimals) {
        if (byte !== ZERO) finer = true;
      } else if (value <= SIZE_MAX) {
        // Stops growing once out of range, so that it stays exact: at most 2^48 * 10 + 9 here.
        value = value * 10 + (byte - ZERO);
      }
    } else if (byte === POINT && fraction < 0) {
      fraction = 0;
    } else {
      return PARSE_SYNTAX;
    }
  }
  if (digits === 0) return PARSE_SYNTAX;
  if (digits > MAX_DECIMAL_DIGITS) return PARSE_DIGITS;
  if (finer) return PARSE_PRECISION;
  for (let missing = fraction < 0 ? decimals : decimals - fraction; missing > 0; missing--) value *= 10;
  return value > SIZE_MAX ? PARSE_RANGE : value;
}

/** A price in 1e-4 USD, or a PARSE_ code; 0, 1 and more are left to the caller to refuse. */
export function priceFromBytes(bytes: Uint8Array, start: number, end: number): number {
  return parseDecimal(bytes, start, end, PRICE_DECIMALS);
}

/** A size in 1e-6 share, or a PARSE_ code. */
export function sizeFromBytes(bytes: Uint8Array, start: number, end: number): number {
  return parseDecimal(bytes, start, end, SIZE_DECIMALS);
}

const scratch = new Uint8Array(64);

/** As parseDecimal, from a string; only one of more than 64 characters costs an allocation. */
export function parseDecimalText(text: string, decimals: number): number {
  const { length } = text;
  const bytes = length > scratch.length ? new Uint8Array(length) : scratch;
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at);
    // A byte would keep the low bits of a wide character, which may look like a digit.
    bytes[at] = unit < 0x80 ? unit : 0xff;
  }
  return parseDecimal(bytes, 0, length, decimals);
}

/** A price in 1e-4 USD, or a PARSE_ code. */
export function priceFromText(text: string): number {
  return parseDecimalText(text, PRICE_DECIMALS);
}

/** A size in 1e-6 share, or a PARSE_ code. */
export function sizeFromText(text: string): number {
  return parseDecimalText(text, SIZE_DECIMALS);
}

// ---------------------------------------------------------------------------------------------------------------
// Configuration: exact through decimal.js, refused with a MarketError.

/** JSON numbers are taken by their shortest decimal form: 0.07 is 7/100. */
export type DecimalInput = string | number;

// Enough digits that no product here is ever rounded.
const Exact = Decimal.clone({ precision: 100 });
const PLAIN = /^(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/;

function exact(value: DecimalInput, field: string, allowed: string, signed = false): Decimal {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new MarketError('DECIMAL_SYNTAX', field, String(value), allowed);
    return new Exact(value);
  }
  const magnitude = signed && value.startsWith('-') ? value.slice(1) : value;
  if (!PLAIN.test(magnitude) || magnitude.replace('.', '').length > MAX_DECIMAL_DIGITS) {
    throw new MarketError('DECIMAL_SYNTAX', field, value, allowed);
  }
  return new Exact(value);
}

function units(value: DecimalInput, field: string, decimals: number, min: number, max: number): number {
  const step = new Exact(10).pow(-decimals);
  const allowed = `${step.times(min).toFixed()}..${step.times(max).toFixed()} in steps of ${step.toFixed()}`;
  const scaled = exact(value, field, allowed, min < 0).div(step);
  if (!scaled.isInteger()) throw new MarketError('DECIMAL_PRECISION', field, value, allowed);
  if (scaled.lt(min) || scaled.gt(max)) throw new MarketError('DECIMAL_RANGE', field, value, allowed);
  return scaled.toNumber() + 0; // -0 becomes 0
}

/**
 * A price in USD to 1e-4 USD, 1..9999.
 * @throws MarketError DECIMAL_SYNTAX, DECIMAL_PRECISION, DECIMAL_RANGE
 */
export function parsePrice(value: DecimalInput, field = 'price'): number {
  return units(value, field, PRICE_DECIMALS, 1, PRICE_ONE - 1);
}

/**
 * A size in shares to 1e-6 share, 0..2^48 - 1.
 * @throws MarketError DECIMAL_SYNTAX, DECIMAL_PRECISION, DECIMAL_RANGE
 */
export function parseSize(value: DecimalInput, field = 'size'): number {
  return units(value, field, SIZE_DECIMALS, 0, SIZE_MAX);
}

/**
 * Money in USD, negative allowed, to micro, within +-(2^53 - 1).
 * @throws MarketError DECIMAL_SYNTAX, DECIMAL_PRECISION, DECIMAL_RANGE
 */
export function parseMoney(value: DecimalInput, field = 'money'): number {
  return units(value, field, MONEY_DECIMALS, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}

/**
 * A tick in USD to 1e-4 USD, one of TICK_VALUES.
 * @throws MarketError DECIMAL_SYNTAX, TICK_INVALID
 */
export function parseTick(value: DecimalInput, field = 'tick'): number {
  const allowed = TICK_VALUES.map((tick) => formatPrice(tick)).join(', ');
  const tick = exact(value, field, allowed).times(PRICE_ONE);
  const known = TICK_VALUES.find((candidate) => tick.eq(candidate));
  if (known === undefined) throw new MarketError('TICK_INVALID', field, value, allowed);
  return known;
}

/** Exponents above this are no fee schedule. */
const FEE_EXPONENT_MAX = 64;

/**
 * The fee rate R of the contract for a venue schedule `rate * (p * (1 - p)) ^ exponent`: ceil(rate * 4^(1 - exponent)
 * / 100 * 2^32), exact for exponent 1. Above 1 it is an upper bound, because p * (1 - p) <= 1/4; below 1 no multiple of
 * p * (1 - p) bounds the fee.
 * @param rate e.g. 0.07; at most about 0.39
 * @throws MarketError DECIMAL_SYNTAX, FEE_EXPONENT_RANGE, FEE_RATE_RANGE
 */
export function parseFeeRate(rate: DecimalInput, exponent: DecimalInput = 1, field = 'feeSchedule'): number {
  const power = exact(exponent, `${field}.exponent`, `1..${FEE_EXPONENT_MAX}`);
  if (power.lt(1) || power.gt(FEE_EXPONENT_MAX)) {
    throw new MarketError('FEE_EXPONENT_RANGE', `${field}.exponent`, exponent, `1..${FEE_EXPONENT_MAX}`);
  }
  const bound = new Exact(4).pow(new Exact(1).minus(power));
  const perMicro = new Exact(2).pow(32).div(100);
  const largest = `0..${new Exact(FEE_RATE_MAX).div(perMicro).div(bound).toSignificantDigits(6, Decimal.ROUND_DOWN)}`;
  const scaled = exact(rate, `${field}.rate`, largest).times(bound).times(perMicro).ceil();
  if (scaled.lt(0) || scaled.gt(FEE_RATE_MAX)) throw new MarketError('FEE_RATE_RANGE', `${field}.rate`, rate, largest);
  return scaled.toNumber() + 0;
}

// ---------------------------------------------------------------------------------------------------------------
// Reporting.

/** `value` in units of 10^-decimals with all its decimals: fixed(12345n, 6) is "0.012345". */
function fixed(value: number | bigint, decimals: number): string {
  const integer = BigInt(value);
  const magnitude = (integer < 0n ? -integer : integer).toString().padStart(decimals + 1, '0');
  const point = magnitude.length - decimals;
  return `${integer < 0n ? '-' : ''}${magnitude.slice(0, point)}.${magnitude.slice(point)}`;
}

function trimmed(text: string): string {
  return text.replace(/\.?0+$/, '');
}

/** Micro to USD with 6 decimals, so that columns align: 12345 is "0.012345". Whole numbers only. */
export function formatMicro(micro: number | bigint): string {
  return fixed(micro, MONEY_DECIMALS);
}

/** 1e-4 USD to USD as venues write it: 4800 is "0.48". */
export function formatPrice(price: number): string {
  return trimmed(fixed(price, PRICE_DECIMALS));
}

/** 1e-6 share to shares as venues write it: 1824210000 is "1824.21". */
export function formatSize(size: number | bigint): string {
  return trimmed(fixed(size, SIZE_DECIMALS));
}
