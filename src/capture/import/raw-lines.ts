import { parseNs } from '../time.js';
import { type ImportFormat, type LineReader, type LineResult, shown } from './format.js';

const SPACE = 0x20;
const MAX_TIME_DIGITS = 20;

/** Length of the digits a line begins with if exactly one space follows them, otherwise 0. */
function timeLength(line: Buffer): number {
  const space = line.subarray(0, MAX_TIME_DIGITS + 1).indexOf(SPACE);
  if (space < 1) return 0;
  for (const byte of line.subarray(0, space)) {
    if (byte < 0x30 || byte > 0x39) return 0;
  }
  return space;
}

/** `<ns> <rest>`, both halves checked for being there. */
export function splitTime(line: Buffer): LineResult {
  const length = timeLength(line);
  if (length === 0) return { code: 'TIME_MISSING', reason: `no "<ns> " in ${shown(line.toString('latin1'))}` };
  const digits = line.toString('latin1', 0, length);
  const timeNs = parseNs(digits);
  if (timeNs === undefined) return { code: 'BAD_TIME', reason: `time ${shown(digits)} is above 2^64-1 ns` };
  return { timeNs, bytes: line.subarray(length + 1) };
}

class TimedLines implements LineReader {
  readonly timeSource = 'line';

  read(line: Buffer): LineResult {
    return splitTime(line);
  }
}

class UntimedLines implements LineReader {
  readonly timeSource = 'line-ordinal';

  read(line: Buffer, index: number): LineResult {
    if (timeLength(line) === 0) return { timeNs: BigInt(index), bytes: line };
    return { code: 'TIME_UNEXPECTED', reason: `${shown(line.toString('latin1'))} has a time, the first line has none` };
  }
}

/**
 * One raw frame a line, kept as it is and not looked into. If the first line begins with a receive time in
 * ns and a space, every line has to; if it does not, none may, and the time is the line's ordinal in ns from 0.
 */
export const RAW_LINES: ImportFormat = {
  name: 'raw-lines',
  description: 'one raw frame a line, each after "<receive time in ns> " or none',
  venue: 'unknown',
  hasHeader: false,
  timeSources: ['auto'],
  begin: (firstLine) => (timeLength(firstLine) > 0 ? new TimedLines() : new UntimedLines()),
};
