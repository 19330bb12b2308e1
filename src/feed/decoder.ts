// What every decoder of a venue's stream offers: raw frame bytes in, kernel commands out.
import type { CommandWriter } from '../contract/generated/records.js';
import { Refusal, refusalNames } from './refusals.js';

/** What a frame says; a frame may hold several messages. */
export const MessageKind = {
  BOOK: 0,
  REST_BOOK: 1,
  PRICE_CHANGE: 2,
  TICK_SIZE_CHANGE: 3,
  LAST_TRADE_PRICE: 4,
  BEST_BID_ASK: 5,
  MARKET_RESOLVED: 6,
  NEW_MARKET: 7,
  HEARTBEAT: 8,
  TOP_OF_BOOK_ROW: 9,
} as const;
export type MessageKind = (typeof MessageKind)[keyof typeof MessageKind];
export const messageKindNames = Object.keys(MessageKind) as readonly (keyof typeof MessageKind)[];

/** What an accepted frame held that had no effect, or is worth a look. */
export const Note = {
  /** Changes skipped because their book waits for a snapshot, while others of the frame were applied. */
  NO_SNAPSHOT: 0,
  /** Messages skipped because their market is resolved. */
  RESOLVED: 1,
  /** price_change older than what its book applied last: applied. */
  OLDER_CHANGE: 2,
  /** Snapshots older than what their book applied last: skipped. */
  OLDER_BOOK: 3,
  /** Snapshots for which the same frame holds a newer one of the same book: skipped. */
  SUPERSEDED_BOOK: 4,
  /** Levels that the two tokens of a mirrored market give different sizes in one frame: the last one stays. */
  MIRROR_CONFLICT: 5,
  /** Tick changes to the tick that the book has: no effect. */
  SAME_TICK: 6,
  /** Asset ids of global messages that are none of the universe. */
  FOREIGN_TOKEN: 7,
} as const;
export type Note = (typeof Note)[keyof typeof Note];
export const noteNames = Object.keys(Note) as readonly (keyof typeof Note)[];

/** What one call of `decode` did. The decoder uses the same object again: valid until its next call. */
export interface DecodeResult {
  /** Refusal.NONE, or why nothing of the frame was kept. */
  readonly refused: Refusal;
  /** After a refusal: the byte of the frame at which it was noticed. */
  readonly offset: number;
  /** After a refusal: the book that it concerns, -1 when that is not known. */
  readonly book: number;
  /** Commands written; 0 or a whole message whose last command commits. */
  readonly commands: number;
  /** Messages by MessageKind; all 0 after a refusal. */
  readonly kinds: Uint32Array;
  /** Counts by Note; all 0 after a refusal. */
  readonly notes: Uint32Array;
}

export interface FrameDecoder {
  /** Sums over all calls. */
  readonly tally: DecodeTally;

  /**
   * Appends the commands of one frame to `out`: one committed message, or nothing. A frame is taken whole or refused
   * whole, an array of messages with one bad element included. Never throws for what a frame holds.
   */
  decode(frame: Uint8Array, out: CommandWriter): DecodeResult;

  /**
   * Appends BOOK_STALE, each a message of its own, for every live book, or for one: after a lost connection, or when a
   * book may lack an update. The next snapshot of the book makes it live again. Returns the number of books.
   */
  stale(out: CommandWriter, book?: number): number;
}

/** The result object of a decoder, and its only writer. */
export class DecodeOutcome implements DecodeResult {
  refused: Refusal = Refusal.NONE;
  offset = 0;
  book = -1;
  commands = 0;
  readonly kinds = new Uint32Array(messageKindNames.length);
  readonly notes = new Uint32Array(noteNames.length);

  clear(): void {
    this.refused = Refusal.NONE;
    this.offset = 0;
    this.book = -1;
    this.commands = 0;
    this.kinds.fill(0);
    this.notes.fill(0);
  }

  addKind(kind: MessageKind): void {
    this.kinds[kind] = (this.kinds[kind] as number) + 1;
  }

  addNote(note: Note, count = 1): void {
    this.notes[note] = (this.notes[note] as number) + count;
  }
}

/** Sums of results; numbers stay exact up to 2^53. */
export class DecodeTally {
  frames = 0;
  bytes = 0;
  commands = 0;
  /** Frames by Refusal; those accepted stand under NONE. */
  readonly refusals = new Float64Array(refusalNames.length);
  readonly kinds = new Float64Array(messageKindNames.length);
  readonly notes = new Float64Array(noteNames.length);

  add(bytes: number, result: DecodeResult): void {
    this.frames++;
    this.bytes += bytes;
    this.commands += result.commands;
    this.refusals[result.refused] = (this.refusals[result.refused] as number) + 1;
    if (result.refused !== Refusal.NONE) return;
    for (let kind = 0; kind < this.kinds.length; kind++) {
      this.kinds[kind] = (this.kinds[kind] as number) + (result.kinds[kind] as number);
    }
    for (let note = 0; note < this.notes.length; note++) {
      this.notes[note] = (this.notes[note] as number) + (result.notes[note] as number);
    }
  }

  /** Frames refused, for whatever reason. */
  get refused(): number {
    return this.frames - (this.refusals[Refusal.NONE] as number);
  }

  /** Counts that are not 0, by name, for reports. */
  report(): Record<'refusals' | 'kinds' | 'notes', Record<string, number>> {
    return {
      refusals: named(refusalNames.slice(1), this.refusals.subarray(1)),
      kinds: named(messageKindNames, this.kinds),
      notes: named(noteNames, this.notes),
    };
  }
}

function named(names: readonly string[], counts: Float64Array): Record<string, number> {
  const entries = names.map((name, index) => [name, counts[index] as number] as const);
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}
