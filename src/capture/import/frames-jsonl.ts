import { millisecondsToNs } from '../time.js';
import { type ImportFormat, type LineReader, type LineResult, shown } from './format.js';
import { parseJsonObject } from './json-text.js';

class FrameLines implements LineReader {
  readonly timeSource: string;

  constructor(timeSource: string) {
    this.timeSource = timeSource;
  }

  read(line: Buffer, index: number): LineResult {
    const outer = parseJsonObject(line);
    if ('code' in outer) return outer;
    const { frame } = outer.value;
    if (typeof frame !== 'string') return { code: 'FRAME_MISSING', reason: 'the line has no string "frame"' };
    const bytes = Buffer.from(frame, 'utf8');
    // Half a surrogate pair has no UTF-8: no socket ever sent it, and the frame could not be given back.
    if (bytes.toString('utf8') !== frame) return { code: 'BAD_UTF8', reason: 'the frame has no UTF-8' };
    if (this.timeSource === 'line-ordinal') return { timeNs: BigInt(index), bytes };
    const inner = parseJsonObject(bytes);
    if ('code' in inner) return inner;
    const { timestamp } = inner.value;
    if (timestamp === undefined) return { code: 'TIME_MISSING', reason: 'the frame has no "timestamp"' };
    const timeNs = typeof timestamp === 'string' ? millisecondsToNs(timestamp) : undefined;
    if (timeNs !== undefined) return { timeNs, bytes };
    return { code: 'BAD_TIME', reason: `timestamp ${shown(JSON.stringify(timestamp))} is no string of ms` };
  }
}

/**
 * Lines `{"name": ..., "frame": "<raw frame>"}`: the record is the frame, its JSON escapes undone; `name`, a label for
 * readers of the file, is not kept. Such a file knows no receive times: taken in their place is the venue's own
 * `timestamp` (ms) of the frame, or, if the caller says `line-ordinal`, the line's ordinal in ns from 0.
 */
export const FRAMES_JSONL: ImportFormat = {
  name: 'frames-jsonl',
  description: '{"name", "frame": "<raw frame>"} a line',
  venue: 'polymarket',
  hasHeader: false,
  timeSources: ['frame-timestamp', 'line-ordinal'],
  begin: (_firstLine, timeSource) => new FrameLines(timeSource),
};
