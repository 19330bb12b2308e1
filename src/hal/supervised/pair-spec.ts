// What stands behind `supervised:`: PRIMARY,STANDBY[,every=N][,ms=T][,retry=MS].
import { HalError } from '../errors.js';
import { splitAtCommas, unwrap } from '../spec.js';

export interface PairSpec {
  readonly primary: string;
  readonly standby: string;
  /** A FENCE of its own after so many records. */
  readonly every?: number;
  /** A FENCE of its own after so many ms. */
  readonly ms?: number;
  /** Time between two attempts to open a primary that died, ms. */
  readonly retry?: number;
}

export const PAIR_SPEC_DOC = 'PRIMARY,STANDBY[,every=N][,ms=T][,retry=MS]';

const OPTION = /^(every|ms|retry)=(.*)$/;
const MOST = 2 ** 31 - 1;

/**
 * The options stand last, the standby before them, and all before that is the primary, commas and all. Parentheses
 * around either part are allowed; they are needed where the primary ends in a word that an option of the pair has.
 * @throws HalError ARGUMENT_INVALID
 */
export function parsePairSpec(text: string): PairSpec {
  const parts = splitAtCommas(text);
  const options: Record<string, number> = {};
  while (parts.length > 0) {
    const [whole, name, value] = OPTION.exec(parts[parts.length - 1] as string) ?? [];
    if (whole === undefined || name === undefined || value === undefined) break;
    if (name in options) throw new HalError('ARGUMENT_INVALID', `supervised: '${name}=' stands there twice`);
    options[name] = wholeNumber(whole, value);
    parts.pop();
  }
  const standby = unwrap(parts.pop() ?? '');
  const primary = unwrap(parts.join(','));
  if (primary === '' || standby === '') {
    throw new HalError('ARGUMENT_INVALID', `'supervised:${text}' is not supervised:${PAIR_SPEC_DOC}`);
  }
  return { primary, standby, ...options };
}

function wholeNumber(part: string, value: string): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= 1 && number <= MOST) return number;
  throw new HalError('ARGUMENT_INVALID', `supervised: '${part}': not a whole number in 1..${MOST}`);
}
