// Decodes recorded tables of the top of both books of a market (format `polymarket-tob-csv`): one row, one message.
// The frame is the row as it stands in the file; the header is known to the decoder.
import { type CommandWriter, PRICE_ONE, Side } from '../contract/generated/records.js';
import { parseTick } from '../market/decimal.js';
import { MarketError } from '../market/errors.js';
import type { Instrument } from '../market/instruments.js';
import type { Universe } from '../market/universe.js';
import { priceField, sizeField, timeField } from './decimal-fields.js';
import { DecodeOutcome, type DecodeResult, DecodeTally, type FrameDecoder, MessageKind } from './decoder.js';
import { FrameRefused, Refusal, refuse } from './refusals.js';
import { TokenIndex } from './token-index.js';

export const TOP_OF_BOOK_FORMAT = 'polymarket-tob-csv';

/** The columns that are read; others may stand anywhere. */
const COLUMNS = [
  'market_slug',
  'question',
  'up_token_id',
  'down_token_id',
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
] as const;
type Column = (typeof COLUMNS)[number];

const COMMA = 0x2c;
const QUOTE = 0x22;
const RETURN = 0x0d;
const NEWLINE = 0x0a;

/** Splits rows of one table into the columns above. */
class RowReader {
  private readonly places: Readonly<Record<Column, number>>;
  private readonly columns: number;
  private readonly starts: Int32Array;
  private readonly stops: Int32Array;
  private row: Uint8Array = new Uint8Array(0);

  /** @throws MarketError TABLE_COLUMN */
  constructor(header: Uint8Array) {
    const names = new TextDecoder().decode(header).trim().split(',');
    this.columns = names.length;
    this.starts = new Int32Array(names.length);
    this.stops = new Int32Array(names.length);
    const place = (column: Column) => {
      const index = names.indexOf(column);
      if (index < 0) throw new MarketError('TABLE_COLUMN', 'header', names.join(), `a column ${column}`);
      return [column, index] as const;
    };
    this.places = Object.fromEntries(COLUMNS.map(place)) as Record<Column, number>;
  }

  load(row: Uint8Array): void {
    let end = row.length;
    if (end > 0 && row[end - 1] === NEWLINE) end--;
    if (end > 0 && row[end - 1] === RETURN) end--;
    let column = 0;
    let at = 0;
    for (;;) {
      if (column === this.columns) refuse(Refusal.ROW_COLUMNS, at);
      at = row[at] === QUOTE && at < end ? this.quoted(row, at, end, column) : this.plain(row, at, end, column);
      column++;
      if (at >= end) break;
      if (row[at] !== COMMA) refuse(Refusal.ROW_SYNTAX, at);
      at++;
    }
    if (column !== this.columns) refuse(Refusal.ROW_COLUMNS, at);
    this.row = row;
  }

  start(column: Column): number {
    return this.starts[this.places[column]] as number;
  }

  stop(column: Column): number {
    return this.stops[this.places[column]] as number;
  }

  text(column: Column): string {
    return new TextDecoder().decode(this.row.subarray(this.start(column), this.stop(column)));
  }

  private plain(row: Uint8Array, from: number, end: number, column: number): number {
    let at = from;
    while (at < end && row[at] !== COMMA) {
      if (row[at] === QUOTE) refuse(Refusal.ROW_SYNTAX, at);
      at++;
    }
    this.starts[column] = from;
    this.stops[column] = at;
    return at;
  }

  /** A doubled quote stands for one; it is left as it is: no column that is read as a number may hold one. */
  private quoted(row: Uint8Array, from: number, end: number, column: number): number {
    let at = from + 1;
    while (at < end && (row[at] !== QUOTE || (at + 1 < end && row[at + 1] === QUOTE))) at += row[at] === QUOTE ? 2 : 1;
    if (at >= end) refuse(Refusal.ROW_SYNTAX, from);
    this.starts[column] = from + 1;
    this.stops[column] = at;
    return at + 1;
  }
}

/** The tick of the recorded tables. */
const TICK = parseTick('0.001');

/**
 * The instruments of a table in order of their first row, with the market's slug as id. The table says neither tick
 * nor fee nor smallest order: tick 0.001 holds every price in it, fee and smallest order are 0.
 * @throws MarketError TABLE_COLUMN
 */
export function topOfBookInstruments(header: Uint8Array, rows: Iterable<Uint8Array>): readonly Instrument[] {
  const reader = new RowReader(header);
  const instruments = new Map<string, Instrument>();
  for (const row of rows) {
    try {
      reader.load(row);
    } catch (error) {
      if (error instanceof FrameRefused) continue; // counted when the row is decoded
      throw error;
    }
    const slug = reader.text('market_slug');
    if (instruments.has(slug)) continue;
    instruments.set(slug, {
      conditionId: slug,
      slug,
      question: reader.text('question'),
      outcomes: ['Up', 'Down'],
      yesToken: reader.text('up_token_id'),
      noToken: reader.text('down_token_id'),
      tick: TICK,
      minOrderSize: 0,
      negRisk: false,
      negRiskOther: false,
      feeRate: 0,
      state: 'open',
    });
  }
  return [...instruments.values()];
}

/** The best levels of one token; price 0 means that the side is empty, whatever its size says. */
interface Top {
  bid: number;
  bidSize: number;
  ask: number;
  askSize: number;
}

const emptyTop = (): Top => ({ bid: 0, bidSize: 0, ask: 0, askSize: 0 });

/**
 * Turns rows into messages. With independent books both tokens' books are set; with a mirrored one the token whose
 * book is newer (up on a tie) says what it is, in up-terms. A side whose size is 0 is empty, and so are a bid of 0 and
 * an ask of 1. The first row of a market begins its books and makes them live.
 */
export class TopOfBookDecoder implements FrameDecoder {
  readonly tally = new DecodeTally();
  private readonly result = new DecodeOutcome();
  private readonly reader: RowReader;
  private readonly tokens: TokenIndex;
  /** By book: 1 when it is live, and the best prices that the kernel holds then. */
  private readonly live: Uint8Array;
  private readonly bids: Int32Array;
  private readonly asks: Int32Array;
  private readonly ticks: readonly number[];
  private readonly up = emptyTop();
  private readonly down = emptyTop();
  private readonly flipped = emptyTop();

  /** @throws MarketError TABLE_COLUMN */
  constructor(header: Uint8Array, universe: Pick<Universe, 'tokens' | 'books'>) {
    this.reader = new RowReader(header);
    this.tokens = new TokenIndex(universe.tokens);
    this.live = new Uint8Array(universe.books.length);
    this.bids = new Int32Array(universe.books.length);
    this.asks = new Int32Array(universe.books.length);
    this.ticks = universe.books.map((book) => book.tick);
  }

  decode(frame: Uint8Array, out: CommandWriter): DecodeResult {
    const { result } = this;
    const before = out.count;
    result.clear();
    try {
      this.row(frame, out);
      result.commands = out.count - before;
      if (result.commands > 0) out.commitLast();
      result.addKind(MessageKind.TOP_OF_BOOK_ROW);
    } catch (error) {
      // A row is read whole before a command is written or a top is changed: nothing to take back.
      if (!(error instanceof FrameRefused)) throw error;
      result.refused = error.refusal;
      result.offset = error.offset;
      result.book = error.book;
    }
    this.tally.add(frame.length, result);
    return result;
  }

  stale(out: CommandWriter, book?: number): number {
    let count = 0;
    for (let id = 0; id < this.live.length; id++) {
      if (this.live[id] === 0 || (book !== undefined && book !== id)) continue;
      this.live[id] = 0;
      out.bookStale(id, true);
      count++;
    }
    return count;
  }

  private row(frame: Uint8Array, out: CommandWriter): void {
    const { reader, tokens, up, down } = this;
    reader.load(frame);
    const upToken = this.token(frame, 'up_token_id');
    const downToken = this.token(frame, 'down_token_id');
    const upBook = tokens.books[upToken] as number;
    const downBook = tokens.books[downToken] as number;
    const tick = this.ticks[upBook] as number;
    this.side(frame, 'up_bid', 'up_bid_size', Side.BID, tick, up);
    this.side(frame, 'up_ask', 'up_ask_size', Side.ASK, tick, up);
    this.side(frame, 'down_bid', 'down_bid_size', Side.BID, tick, down);
    this.side(frame, 'down_ask', 'down_ask_size', Side.ASK, tick, down);
    if (upBook === downBook) {
      const newer = this.time(frame, 'down_book_ts') > this.time(frame, 'up_book_ts');
      // Which token is the book's YES is the universe's to say.
      this.set(upBook, newer ? this.inYes(downToken, down) : this.inYes(upToken, up), out);
    } else {
      this.time(frame, 'up_book_ts');
      this.time(frame, 'down_book_ts');
      this.set(upBook, up, out);
      this.set(downBook, down, out);
    }
  }

  private token(frame: Uint8Array, column: Column): number {
    const start = this.reader.start(column);
    const token = this.tokens.find(frame, start, this.reader.stop(column));
    if (token < 0) refuse(Refusal.TOKEN_UNKNOWN, start);
    return token;
  }

  private time(frame: Uint8Array, column: Column): number {
    return timeField(frame, this.reader.start(column), this.reader.stop(column));
  }

  private side(frame: Uint8Array, priceAt: Column, sizeAt: Column, side: Side, tick: number, top: Top): void {
    const { reader } = this;
    const start = reader.start(priceAt);
    let price = priceField(frame, start, reader.stop(priceAt));
    const size = sizeField(frame, reader.start(sizeAt), reader.stop(sizeAt));
    if (price % tick !== 0) refuse(Refusal.PRICE_OFF_GRID, start);
    if (price === (side === Side.BID ? PRICE_ONE : 0)) refuse(Refusal.PRICE_RANGE, start);
    if (price === PRICE_ONE || size === 0) price = 0;
    if (side === Side.BID) {
      top.bid = price;
      top.bidSize = size;
    } else {
      top.ask = price;
      top.askSize = size;
    }
  }

  /** The top in terms of the book's YES. */
  private inYes(token: number, top: Top): Top {
    if (this.tokens.mirrored[token] === 0) return top;
    const { flipped } = this;
    flipped.bid = top.ask === 0 ? 0 : PRICE_ONE - top.ask;
    flipped.bidSize = top.askSize;
    flipped.ask = top.bid === 0 ? 0 : PRICE_ONE - top.bid;
    flipped.askSize = top.bidSize;
    return flipped;
  }

  private set(book: number, top: Top, out: CommandWriter): void {
    const tick = this.ticks[book] as number;
    const begins = this.live[book] === 0;
    if (begins) out.bookBegin(book, tick);
    const oldBid = begins ? 0 : (this.bids[book] as number);
    const oldAsk = begins ? 0 : (this.asks[book] as number);
    if (oldBid !== 0 && oldBid !== top.bid) out.levelSet(book, Side.BID, oldBid / tick, 0);
    if (top.bid !== 0) out.levelSet(book, Side.BID, top.bid / tick, top.bidSize);
    if (oldAsk !== 0 && oldAsk !== top.ask) out.levelSet(book, Side.ASK, oldAsk / tick, 0);
    if (top.ask !== 0) out.levelSet(book, Side.ASK, top.ask / tick, top.askSize);
    if (begins) out.bookLive(book);
    this.live[book] = 1;
    this.bids[book] = top.bid;
    this.asks[book] = top.ask;
  }
}
