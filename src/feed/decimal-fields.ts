// Decimal fields of frames and rows: a PARSE_ code becomes the refusal of the frame.
import { PRICE_ONE } from '../contract/generated/records.js';
import { PARSE_PRECISION, PARSE_RANGE, parseDecimal, priceFromBytes, sizeFromBytes } from '../market/decimal.js';
import { Refusal, refuse } from './refusals.js';

/** The price in bytes[start, stop), 0..PRICE_ONE in 1e-4 USD, both ends included: what they mean is the caller's. */
export function priceField(bytes: Uint8Array, start: number, stop: number): number {
  const price = priceFromBytes(bytes, start, stop);
  if (price >= 0 && price <= PRICE_ONE) return price;
  if (price === PARSE_PRECISION) refuse(Refusal.PRICE_OFF_GRID, start);
  refuse(price > 0 || price === PARSE_RANGE ? Refusal.PRICE_RANGE : Refusal.PRICE_SYNTAX, start);
}

/** The size in bytes[start, stop), 0..SIZE_MAX in 1e-6 share. */
export function sizeField(bytes: Uint8Array, start: number, stop: number): number {
  const size = sizeFromBytes(bytes, start, stop);
  if (size >= 0) return size;
  if (size === PARSE_PRECISION) refuse(Refusal.SIZE_PRECISION, start);
  refuse(size === PARSE_RANGE ? Refusal.SIZE_RANGE : Refusal.SIZE_SYNTAX, start);
}

/** The time in bytes[start, stop), whole milliseconds, at most 2^48 - 1. */
export function timeField(bytes: Uint8Array, start: number, stop: number): number {
  const time = parseDecimal(bytes, start, stop, 0);
  if (time < 0) refuse(Refusal.TIMESTAMP_INVALID, start);
  return time;
}
