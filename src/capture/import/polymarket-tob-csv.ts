import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { CaptureError } from '../errors.js';
import { secondsToNs } from '../time.js';
import { type ImportFormat, type LineReader, type LineResult, type Refusal, shown } from './format.js';

const TIME_COLUMN = 'recorded_at_ts';
/** Without these a row is no top of book of both tokens; further columns are kept and not looked at. */
const NEEDED_COLUMNS: readonly string[] = [
  TIME_COLUMN,
  'market_slug',
  'up_token_id',
  'down_token_id',
  'market_end_ts',
  'up_book_ts',
  'down_book_ts',
  'up_bid',
  'up_bid_size',
  'up_ask',
  'up_ask_size',
  'down_bid',
  'down_bid_size',
  'down_ask',
  'down_ask_size',
];

/** The fields of one CSV line, or why it is none. */
function fieldsOf(line: Buffer): readonly string[] | Refusal {
  if (!isUtf8(line)) return { code: 'BAD_UTF8', reason: 'the line is not UTF-8' };
  const text = line.toString('utf8');
  try {
    // LF cannot occur in a line, so the parser sees one record, or finds a quote open at its end.
    const rows: string[][] = parse(text, { record_delimiter: '\n', relax_column_count: true });
    const [fields] = rows;
    return fields ?? { code: 'CSV_COLUMNS', reason: 'the line has no fields' };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { code: 'CSV_QUOTE', reason: `${error.code} in ${shown(text)}` };
  }
}

class TopOfBookLines implements LineReader {
  readonly timeSource = TIME_COLUMN;
  readonly #columns: number;
  readonly #timeAt: number;

  constructor(columns: readonly string[]) {
    this.#columns = columns.length;
    this.#timeAt = columns.indexOf(TIME_COLUMN);
  }

  read(line: Buffer): LineResult {
    const fields = fieldsOf(line);
    if ('code' in fields) return fields;
    if (fields.length !== this.#columns) {
      return { code: 'CSV_COLUMNS', reason: `${fields.length} fields, the header has ${this.#columns}` };
    }
    const text = fields[this.#timeAt] ?? '';
    if (text === '') return { code: 'TIME_MISSING', reason: `${TIME_COLUMN} is empty` };
    const timeNs = secondsToNs(text);
    if (timeNs !== undefined) return { timeNs, bytes: line };
    return { code: 'BAD_TIME', reason: `${TIME_COLUMN} ${shown(text)} is no exact number of ns` };
  }
}

/**
 * Top of book of both tokens of Polymarket's up/down markets, as polymarket-backtest records it: CSV with a header,
 * one row a line, kept byte for byte without its line ending. Receive time: `recorded_at_ts`, seconds with decimals.
 */
export const POLYMARKET_TOB_CSV: ImportFormat = {
  name: 'polymarket-tob-csv',
  description: 'CSV of top of book, both tokens a row, with recorded_at_ts in seconds',
  venue: 'polymarket',
  hasHeader: true,
  timeSources: [TIME_COLUMN],
  begin(firstLine, _timeSource, path) {
    const columns = fieldsOf(firstLine);
    if ('code' in columns) {
      throw new CaptureError('IMPORT_HEADER', `${path}: header line: ${columns.code}: ${columns.reason}`, { path });
    }
    const missing = NEEDED_COLUMNS.filter((column) => !columns.includes(column));
    if (missing.length > 0) {
      throw new CaptureError('IMPORT_HEADER', `${path}: the header lacks ${missing.join(', ')}`, { path });
    }
    const twice = columns.find((column, at) => columns.indexOf(column) !== at);
    if (twice !== undefined) {
      throw new CaptureError('IMPORT_HEADER', `${path}: the header names ${shown(twice)} twice`, { path });
    }
    return new TopOfBookLines(columns);
  },
};
