// What may stand behind `verilator:`: a build, then options, with commas between them.
import { HalError } from '../errors.js';
import type { KernelOptions } from './verilator-addon.js';

export interface EngineArguments {
  /** Undefined: an exact build of the profile where there is one, else the one that takes any profile. */
  readonly build?: string;
  readonly options: KernelOptions;
}

const MOST_STALL = 95;
const MOST_SEED = 2 ** 32 - 1;
const MOST_RECORDS = 1e15;

/** For messages. */
export const ARGUMENTS_DOC =
  'BUILD, stall=PERCENT, stall-commands=PERCENT, stall-events=PERCENT, seed=N, trace=FILE, from=N';

/** @throws HalError ARGUMENT_INVALID */
export function parseEngineArguments(text: string): EngineArguments {
  const parts = text === '' ? [] : text.split(',');
  const build = parts[0]?.includes('=') === false ? parts.shift() : undefined;
  const options = Object.assign({}, ...parts.map(parsePart)) as KernelOptions;
  if (options.traceFrom !== undefined && options.trace === undefined) {
    throw new HalError('ARGUMENT_INVALID', 'verilator: from= without trace=');
  }
  return { ...(build === undefined ? {} : { build }), options };
}

function parsePart(part: string): KernelOptions {
  const [name = '', ...rest] = part.split('=');
  const value = rest.join('=');
  switch (name) {
    case 'stall': {
      const share = wholeNumber(part, value, MOST_STALL);
      return { stallCommands: share, stallEvents: share };
    }
    case 'stall-commands':
      return { stallCommands: wholeNumber(part, value, MOST_STALL) };
    case 'stall-events':
      return { stallEvents: wholeNumber(part, value, MOST_STALL) };
    case 'seed':
      return { seed: wholeNumber(part, value, MOST_SEED) };
    case 'from':
      return { traceFrom: wholeNumber(part, value, MOST_RECORDS) };
    case 'trace':
      if (value !== '') return { trace: value };
  }
  throw new HalError('ARGUMENT_INVALID', `verilator: '${part}' is not one of ${ARGUMENTS_DOC}`);
}

function wholeNumber(part: string, value: string, most: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number <= most) return number;
  throw new HalError('ARGUMENT_INVALID', `verilator: '${part}': not a whole number in 0..${most}`);
}
