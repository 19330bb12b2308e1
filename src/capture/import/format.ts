/**
 * Why a line was refused. Stable: scripts and tests match on them.
 *
 * | code | meaning |
 * |---|---|
 * | LINE_TOO_LONG | longer than a record may be (or than the caller's limit) |
 * | LINE_EMPTY | nothing in the line |
 * | LINE_ENDING | LF where the first line had CR LF, or the other way round: it could not be given back exactly |
 * | BAD_UTF8 | text that is not UTF-8 |
 * | BAD_JSON | not JSON, or not the JSON the format calls for |
 * | BAD_TIME | a receive time that is no exact number of ns from 0 to 2^64-1 |
 * | TIME_MISSING | no receive time, though the format, or the first line, has one |
 * | TIME_UNEXPECTED | a receive time, though the first line had none |
 * | FRAME_MISSING | no raw frame in the line |
 * | CSV_QUOTE | quotes that do not match; so is a quoted line break, since a record is a line |
 * | CSV_COLUMNS | not as many fields as the header has |
 */
export type RefusalCode =
  | 'LINE_TOO_LONG'
  | 'LINE_EMPTY'
  | 'LINE_ENDING'
  | 'BAD_UTF8'
  | 'BAD_JSON'
  | 'BAD_TIME'
  | 'TIME_MISSING'
  | 'TIME_UNEXPECTED'
  | 'FRAME_MISSING'
  | 'CSV_QUOTE'
  | 'CSV_COLUMNS';

export interface Refusal {
  readonly code: RefusalCode;
  /** In words, with the value that was wrong. */
  readonly reason: string;
}

/** What becomes of a line. */
export type LineResult = { readonly timeNs: bigint; readonly bytes: Uint8Array } | Refusal;

/** Turns the lines of one input into records. */
export interface LineReader {
  /** What its receive times are; kept as metadata. */
  readonly timeSource: string;
  /** @param index number of the line among those that can be records, from 0 */
  read(line: Buffer, index: number): LineResult;
}

/** A text format with one record a line. */
export interface ImportFormat {
  readonly name: string;
  readonly description: string;
  /** Venue, unless the caller names one. */
  readonly venue: string;
  /** Whether the first line names columns, and is no record. */
  readonly hasHeader: boolean;
  /** What the caller may choose receive times from; the first is the default. */
  readonly timeSources: readonly string[];
  /**
   * Starts an import.
   * @param firstLine the header, or the first line that is neither empty nor too long
   * @param timeSource one of `timeSources`
   * @throws CaptureError IMPORT_HEADER
   */
  begin(firstLine: Buffer, timeSource: string, path: string): LineReader;
}

/** Quotes the beginning of a value for a message, so that a message is one short line. */
export function shown(value: string): string {
  const short = value.length > 60 ? `${value.slice(0, 60)}...` : value;
  return JSON.stringify(short);
}
