// The one error of this room: it names the field, its value and what would have been allowed.

/** Stable codes; the text says what kind of mistake each is. */
export const MARKET_ERRORS = {
  DECIMAL_SYNTAX: 'not a plain decimal number',
  DECIMAL_PRECISION: 'finer than the unit can hold',
  DECIMAL_RANGE: 'out of range',
  TICK_INVALID: 'not a tick of the contract',
  TICK_TOO_FINE: 'finer than the finest tick of the profile',
  FEE_EXPONENT_RANGE: 'fee exponent that no upper bound covers',
  FEE_RATE_RANGE: 'fee rate that does not fit 24 bits',
  GAMMA_SHAPE: 'not the shape of a Gamma reply',
  GAMMA_FIELD: 'not a legal value of a Gamma field',
  TOKEN_DUPLICATE: 'token that another instrument has too',
  BASKET_BOOK_UNKNOWN: 'leg on a book that is not in the universe',
  BASKET_THRESHOLD_RANGE: 'threshold out of range',
  TABLE_COLUMN: 'column that the header of the table lacks',
  PROFILE_EXCEEDED: 'configuration above the profile',
} as const;
export type MarketErrorCode = keyof typeof MARKET_ERRORS;

/** `field` is the path of the offending value, `allowed` says what it should have been. */
export class MarketError extends Error {
  override readonly name = 'MarketError';

  constructor(
    readonly code: MarketErrorCode,
    readonly field: string,
    readonly value: unknown,
    readonly allowed: string,
  ) {
    super(`${code}: ${field} = ${shown(value)}: ${MARKET_ERRORS[code]}; allowed: ${allowed}`);
  }
}

const SHOWN_CHARACTERS = 80;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'bigint' ? value.toString() : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
}
