import type { ImportFormat, LineReader, LineResult } from './format.js';
import { parseJsonObject } from './json-text.js';
import { splitTime } from './raw-lines.js';

class BinanceLines implements LineReader {
  readonly timeSource = 'line';

  read(line: Buffer): LineResult {
    const timed = splitTime(line);
    if ('code' in timed) return timed;
    const parsed = parseJsonObject(timed.bytes);
    return 'code' in parsed ? parsed : timed;
  }
}

/** `<receive time in ns> <JSON object>`, as hftbacktest's collector writes; the JSON is kept as it is. */
export const BINANCE_RAW: ImportFormat = {
  name: 'binance-raw',
  description: '"<receive time in ns> <JSON object>" a line',
  venue: 'binance',
  hasHeader: false,
  timeSources: ['line'],
  begin: () => new BinanceLines(),
};
