// Polymarket's market channel: raw frames to commands. A frame is read whole (FrameReader), then applied here.
//
// Timestamps. The stream has no sequence numbers; TCP keeps the order in which the venue sent. So a price_change older
// than the last one of its book is applied (sizes are absolute, so what is merely sent again does no harm) and counted.
// A snapshot older than what its live book has applied cannot hold what came since: it is skipped and counted. The time
// compared with is that of the message applied last, not the highest, so that one wrong time does no lasting harm.
//
// Two snapshots of one mirrored book in a frame (its two tokens): the newer one is applied, the YES token's on a tie;
// the other is checked like any, skipped and counted. Why a tick change waits for a snapshot: docs/decisions/0002.
import { type CommandWriter, PRICE_ONE } from '../../contract/generated/records.js';
import type { Universe } from '../../market/universe.js';
import { DecodeOutcome, type DecodeResult, DecodeTally, type FrameDecoder, MessageKind, Note } from '../decoder.js';
import { FrameRefused, Refusal, refuse } from '../refusals.js';
import { TokenIndex } from '../token-index.js';
import { BookTable, Phase } from './book-table.js';
import { FrameReader } from './frame-reader.js';
import { MirrorCheck } from './mirror-check.js';

export interface PolymarketDecoderOptions {
  /** Bytes of one frame; an initial dump of hundreds of assets has some MiB. */
  readonly maxFrameBytes?: number;
  /** Levels, and messages, of one frame. */
  readonly maxLevels?: number;
}

export const DEFAULT_MAX_FRAME_BYTES = 32 * 2 ** 20;
export const DEFAULT_MAX_LEVELS = 2 ** 18;

export class PolymarketDecoder implements FrameDecoder {
  readonly tally = new DecodeTally();
  private readonly result = new DecodeOutcome();
  private readonly tokens: TokenIndex;
  private readonly reader: FrameReader;
  private readonly books: BookTable;
  private readonly mirror = new MirrorCheck();
  private readonly booksPerMessage: number;
  private readonly finestTick: number;
  /** By book: the snapshot of this frame to apply, and the number of the frame that this was found in. */
  private readonly chosen: Int32Array;
  private readonly chosenIn: Float64Array;
  private frames = 0;
  /** By side and price: the number of the snapshot that named it last. */
  private readonly named = new Float64Array(2 * PRICE_ONE);
  private snapshots = 0;

  constructor(universe: Pick<Universe, 'books' | 'tokens' | 'profile'>, options: PolymarketDecoderOptions = {}) {
    this.tokens = new TokenIndex(universe.tokens);
    this.reader = new FrameReader(this.tokens, {
      maxBytes: options.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES,
      maxLevels: options.maxLevels ?? DEFAULT_MAX_LEVELS,
    });
    this.books = new BookTable(universe.books.map((book) => book.tick));
    this.booksPerMessage = universe.profile.booksPerMessage;
    this.finestTick = universe.profile.finestTick;
    this.chosen = new Int32Array(universe.books.length);
    this.chosenIn = new Float64Array(universe.books.length);
  }

  decode(frame: Uint8Array, out: CommandWriter): DecodeResult {
    const { result, books } = this;
    const before = out.count;
    result.clear();
    books.begin();
    this.mirror.clear();
    try {
      this.reader.read(frame);
      this.apply(out);
      result.commands = out.count - before;
      if (result.commands > 0) out.commitLast();
      else if (books.changed === 0 && (result.notes[Note.NO_SNAPSHOT] as number) > 0) refuse(Refusal.NO_SNAPSHOT, 0);
    } catch (error) {
      out.truncate(before);
      books.rollBack();
      if (!(error instanceof FrameRefused)) throw error;
      result.clear();
      result.refused = error.refusal;
      result.offset = error.offset;
      result.book = error.book;
    }
    this.reader.release();
    this.tally.add(frame.length, result);
    return result;
  }

  stale(out: CommandWriter, book?: number): number {
    const { phase } = this.books;
    let count = 0;
    for (let id = 0; id < phase.length; id++) {
      if (phase[id] !== Phase.LIVE || (book !== undefined && book !== id)) continue;
      phase[id] = Phase.STALE;
      out.bookStale(id, true);
      count++;
    }
    return count;
  }

  private apply(out: CommandWriter): void {
    const { result, reader, mirror } = this;
    const { messages, levels } = reader;
    this.frames++;
    if (messages.count > 1) this.chooseSnapshots();
    for (let index = 0; index < messages.count; index++) {
      const kind = messages.kind[index] as MessageKind;
      const from = messages.from[index] as number;
      const to = index + 1 < messages.count ? (messages.from[index + 1] as number) : levels.count;
      result.addKind(kind);
      if (kind === MessageKind.PRICE_CHANGE) this.change(index, from, to, out);
      else if (kind === MessageKind.BOOK || kind === MessageKind.REST_BOOK) this.snapshot(index, from, to, out);
      else if (kind === MessageKind.TICK_SIZE_CHANGE) this.retick(index, out);
      else if (kind === MessageKind.MARKET_RESOLVED) this.resolve(from, to, out);
    }
    const conflicts = mirror.conflicts();
    if (conflicts > 0) result.addNote(Note.MIRROR_CONFLICT, conflicts);
    if (this.books.changed > this.booksPerMessage) refuse(Refusal.TOO_MANY_BOOKS, 0);
  }

  /** Of several snapshots of one book in the frame, notes the one to apply. */
  private chooseSnapshots(): void {
    const { chosen, chosenIn, tokens, frames } = this;
    const { messages } = this.reader;
    for (let index = 0; index < messages.count; index++) {
      const kind = messages.kind[index];
      if (kind !== MessageKind.BOOK && kind !== MessageKind.REST_BOOK) continue;
      const token = messages.token[index] as number;
      const book = tokens.books[token] as number;
      if (chosenIn[book] === frames) {
        const rival = chosen[book] as number;
        const lead = (messages.time[index] as number) - (messages.time[rival] as number);
        const rivalToken = messages.token[rival] as number;
        if (lead < 0 || (lead === 0 && (tokens.mirrored[token] as number) > (tokens.mirrored[rivalToken] as number)))
          continue;
      }
      chosenIn[book] = frames;
      chosen[book] = index;
    }
  }

  private change(index: number, from: number, to: number, out: CommandWriter): void {
    const { books, tokens, result, mirror } = this;
    const { messages, levels } = this.reader;
    const time = messages.time[index] as number;
    const messageToken = messages.token[index] as number;
    let older = false;
    for (let place = from; place < to; place++) {
      const own = levels.token[place] as number;
      const token = own < 0 ? messageToken : own;
      const book = tokens.books[token] as number;
      const phase = books.phase[book];
      if (phase !== Phase.LIVE) {
        result.addNote(phase === Phase.RESOLVED ? Note.RESOLVED : Note.NO_SNAPSHOT);
        continue;
      }
      const mirrored = tokens.mirrored[token] as number;
      const level = this.level(book, books.tick[book] as number, place, mirrored);
      const side = (levels.side[place] as number) ^ mirrored;
      const size = levels.size[place] as number;
      if (time < (books.time[book] as number)) older = true;
      books.touch(book);
      books.time[book] = time;
      mirror.note(book, side, level, mirrored, size);
      out.levelSet(book, side, level, size);
    }
    if (older) result.addNote(Note.OLDER_CHANGE);
  }

  /** The level of a staged price in its book, YES terms: a NO at p is a YES at 1 - p. */
  private level(book: number, tick: number, place: number, mirrored: number): number {
    const { levels } = this.reader;
    const stated = levels.price[place] as number;
    if (stated % tick !== 0) refuse(Refusal.PRICE_OFF_GRID, levels.at[place] as number, book);
    // 1 USD is a multiple of every tick, so the mirror of a price on the grid is on the grid.
    return (mirrored === 0 ? stated : PRICE_ONE - stated) / tick;
  }

  private snapshot(index: number, from: number, to: number, out: CommandWriter): void {
    const { books, tokens, result } = this;
    const { messages } = this.reader;
    const token = messages.token[index] as number;
    const book = tokens.books[token] as number;
    const time = messages.time[index] as number;
    if (books.phase[book] === Phase.RESOLVED) return result.addNote(Note.RESOLVED);
    const tick = this.allowed((messages.tick[index] as number) || (books.tick[book] as number), index, book);

    // A snapshot that is skipped is checked like any other, so it is written first.
    const before = out.count;
    out.bookBegin(book, tick);
    this.rungs(book, tick, tokens.mirrored[token] as number, from, to, out);
    out.bookLive(book);
    const superseded = this.chosenIn[book] === this.frames && this.chosen[book] !== index;
    const older = books.phase[book] === Phase.LIVE && time < (books.time[book] as number);
    if (superseded || older) {
      out.truncate(before);
      return result.addNote(superseded ? Note.SUPERSEDED_BOOK : Note.OLDER_BOOK);
    }
    books.touch(book);
    books.phase[book] = Phase.LIVE;
    books.tick[book] = tick;
    books.time[book] = time;
  }

  private rungs(book: number, tick: number, mirrored: number, from: number, to: number, out: CommandWriter): void {
    const { levels } = this.reader;
    this.snapshots++;
    for (let place = from; place < to; place++) {
      const level = this.level(book, tick, place, mirrored);
      const side = (levels.side[place] as number) ^ mirrored;
      const name = side * PRICE_ONE + level;
      if (this.named[name] === this.snapshots) refuse(Refusal.LEVEL_DUPLICATE, levels.at[place] as number, book);
      this.named[name] = this.snapshots;
      const size = levels.size[place] as number;
      if (size > 0) out.levelSet(book, side, level, size);
    }
  }

  private retick(index: number, out: CommandWriter): void {
    const { books, tokens, result } = this;
    const { messages } = this.reader;
    const book = tokens.books[messages.token[index] as number] as number;
    const tick = this.allowed(messages.tick[index] as number, index, book);
    if (books.phase[book] === Phase.RESOLVED) return result.addNote(Note.RESOLVED);
    // The second token of a mirrored market says it again, perhaps after a snapshot with the new tick has come.
    if (books.tick[book] === tick) return result.addNote(Note.SAME_TICK);
    books.touch(book);
    books.tick[book] = tick;
    if (books.phase[book] !== Phase.LIVE) return;
    books.phase[book] = Phase.WAITING;
    out.bookBegin(book, tick);
  }

  private allowed(tick: number, index: number, book: number): number {
    if (tick < this.finestTick) refuse(Refusal.TICK_TOO_FINE, this.reader.messages.at[index] as number, book);
    return tick;
  }

  private resolve(from: number, to: number, out: CommandWriter): void {
    const { books, tokens, result } = this;
    const { levels } = this.reader;
    for (let place = from; place < to; place++) {
      const token = levels.token[place] as number;
      if (token < 0) {
        // The message goes to everybody: markets that are not followed are the rule.
        result.addNote(Note.FOREIGN_TOKEN);
        continue;
      }
      const book = tokens.books[token] as number;
      if (books.phase[book] === Phase.RESOLVED) {
        result.addNote(Note.RESOLVED);
        continue;
      }
      books.touch(book);
      if (books.phase[book] === Phase.LIVE) out.bookStale(book);
      books.phase[book] = Phase.RESOLVED;
    }
  }
}
