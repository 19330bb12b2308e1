/** Highest receive time: u64 nanoseconds since the Unix epoch, in the year 2554. */
export const MAX_TIME_NS = 0xffff_ffff_ffff_ffffn;

const TIME_DIGITS = 20;
const NS_DIGITS = 9;

/**
 * Reads a non-negative decimal time exactly, without floats.
 * @param text decimal digits, optionally a point and further digits; no sign, exponent or blank
 * @param fractionDigits digits of the unit that lie above 1 ns: 9 for seconds, 6 for milliseconds, 0 for nanoseconds
 * @returns nanoseconds, or undefined if the text is no such number, has a digit below 1 ns other than 0, or is
 * above MAX_TIME_NS
 */
function decimalToNs(text: string, fractionDigits: number): bigint | undefined {
  const match = /^(\d{1,20})(?:\.(\d{1,30}))?$/.exec(text);
  if (match === null) return undefined;
  const whole = match[1] ?? '';
  const fraction = match[2] ?? '';
  const kept = fraction.slice(0, fractionDigits).padEnd(fractionDigits, '0');
  if (/[1-9]/.test(fraction.slice(fractionDigits))) return undefined;
  const timeNs = BigInt(whole + kept);
  return timeNs <= MAX_TIME_NS ? timeNs : undefined;
}

/** Seconds with up to nine decimals ("1775028136.217") to nanoseconds, exactly; undefined if it is not that. */
export function secondsToNs(text: string): bigint | undefined {
  return decimalToNs(text, NS_DIGITS);
}

/** Milliseconds ("1786728432337") to nanoseconds, exactly; undefined if it is not that. */
export function millisecondsToNs(text: string): bigint | undefined {
  return decimalToNs(text, NS_DIGITS - 3);
}

/** Whole nanoseconds ("1723161255030314667"), up to 20 digits; undefined if it is not that. */
export function parseNs(text: string): bigint | undefined {
  return text.length <= TIME_DIGITS ? decimalToNs(text, 0) : undefined;
}

// One cell seen as a u64 and as two u32: turning a bigint into numbers without a division.
const CELL_64 = new BigUint64Array(1);
const CELL_32 = new Uint32Array(CELL_64.buffer);
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

/** The upper 32 bits of a u64. */
export function highWord(timeNs: bigint): number {
  CELL_64[0] = timeNs;
  return CELL_32[HIGH] ?? 0;
}

/** The lower 32 bits of a u64. */
export function lowWord(timeNs: bigint): number {
  CELL_64[0] = timeNs;
  return CELL_32[LOW] ?? 0;
}

/** high * 2^32 + low, both 0..2^32-1. */
export function joinWords(high: number, low: number): bigint {
  CELL_32[HIGH] = high;
  CELL_32[LOW] = low;
  return CELL_64[0] ?? 0n;
}
