// Which answers the device owes. Commands are watched on their way out and events on their way in, so that an answer
// is matched by its place in the stream: a FENCE of the caller with the same token cannot be mistaken for one of ours.
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import { ErrorCode, EventType, Opcode, RESERVED_WORDS } from '../contract/generated/records.js';
import { commandField, eventField, wordAt } from './record-fields.js';

const fenceToken = commandField('FENCE', 'token');
const digestBook = commandField('BOOK_DIGEST', 'book');
const fenceEventToken = eventField('FENCE', 'token');
const digestEventBook = eventField('BOOK_DIGEST', 'book');
const refusedError = eventField('REFUSED', 'error');
const refusedId = eventField('REFUSED', 'id');
const restoreRecord = eventField('REFUSED', 'restore_record');
const restoreError = eventField('REFUSED', 'restore_error');
const REFUSED_RECORD = 16;

/** Commands below are never answered: one compare keeps them out of the watch. */
const FIRST_WATCHED = Opcode.RESTORE_BEGIN;

/** Whether a bit is set that the opcode of the command at byte `at` has no field for (clauses REC-2, REC-3). */
export function isMalformed(commands: Uint8Array, at: number): boolean {
  const reserved = (commands[at] as number) * 4;
  for (let i = 0; i < 4; i++) {
    if ((wordAt(commands, at + 4 * i) & (RESERVED_WORDS[reserved + i] as number)) !== 0) return true;
  }
  return false;
}

/** A FENCE or BOOK_DIGEST under way. */
export interface Expectation {
  readonly opcode: number;
  /** Token of the FENCE, book of the BOOK_DIGEST. */
  readonly key: number;
  /** A FENCE, and a restore ended since the one before: its counts are a new beginning, not a continuation. */
  readonly afterRestore: boolean;
  /** Called with the answer, which starts at byte `at`; left out for records of the caller. */
  onAnswer?: (events: Uint8Array, at: number) => void;
}

export interface RestoreFailure {
  /** 0 for the record after RESTORE_BEGIN. */
  readonly ordinal: number;
  readonly error: number;
}

export class Answers {
  /** True between RESTORE_BEGIN and RESTORE_END of the commands handed over so far. */
  inRestore = false;
  /** Set while a restore of ours is under way. */
  watchRestore = false;
  restoreFailure: RestoreFailure | undefined;

  private expected: Expectation[] = [];
  private head = 0;
  private restoreEnded = false;

  /** Whether events need to be looked at. */
  get waiting(): boolean {
    return this.head < this.expected.length || this.watchRestore;
  }

  /** The first answer that is still owed, in words, or undefined. */
  get owed(): string | undefined {
    const first = this.expected[this.head];
    if (first === undefined) return undefined;
    return first.opcode === Opcode.FENCE ? `FENCE ${first.key}` : `BOOK_DIGEST of book ${first.key}`;
  }

  /** The expectation of the record noted last. */
  get last(): Expectation | undefined {
    return this.expected[this.expected.length - 1];
  }

  /** Watches commands go out; whole records. */
  noteCommands(commands: Uint8Array): void {
    for (let at = 0; at < commands.length; at += COMMAND_BYTES) {
      if ((commands[at] as number) >= FIRST_WATCHED) this.noteControl(commands, at);
    }
  }

  private noteControl(commands: Uint8Array, at: number): void {
    const opcode = commands[at] as number;
    // What is refused as UNKNOWN_OPCODE or RESERVED_BITS answers nothing and moves nothing.
    if (isMalformed(commands, at)) return;
    if (opcode === Opcode.RESTORE_BEGIN) {
      this.inRestore = true;
    } else if (opcode === Opcode.RESTORE_END) {
      if (this.inRestore) this.restoreEnded = true;
      this.inRestore = false;
    } else if (!this.inRestore && (opcode === Opcode.FENCE || opcode === Opcode.BOOK_DIGEST)) {
      const isFence = opcode === Opcode.FENCE;
      const key = isFence ? fenceToken(commands, at) : digestBook(commands, at);
      this.expected.push({ opcode, key, afterRestore: isFence && this.restoreEnded });
      if (isFence) this.restoreEnded = false;
    }
  }

  /**
   * Watches events come in.
   * @param visit sees every answer with its expectation before its owner does; it may return a sentence too
   * @returns a sentence that says what cannot be, or undefined
   */
  noteEvents(
    events: Uint8Array,
    from: number,
    visit?: (expectation: Expectation, events: Uint8Array, at: number) => string | undefined,
  ): string | undefined {
    for (let at = from; at < events.length; at += EVENT_BYTES) {
      const type = events[at] as number;
      if (type === EventType.TOP || type === EventType.SIGNAL) continue;
      const problem = this.noteEvent(type, events, at, visit);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  private noteEvent(
    type: number,
    events: Uint8Array,
    at: number,
    visit?: (expectation: Expectation, events: Uint8Array, at: number) => string | undefined,
  ): string | undefined {
    switch (type) {
      case EventType.FENCE:
        return this.answer(Opcode.FENCE, fenceEventToken(events, at), events, at, visit);
      case EventType.BOOK_DIGEST:
        return this.answer(Opcode.BOOK_DIGEST, digestEventBook(events, at), events, at, visit);
      case EventType.REFUSED:
        return this.noteRefusal(events, at);
      case EventType.RESET_DONE:
        return 'a RESET_DONE that no reset asked for';
      default:
        return `an event of unknown type ${type}`;
    }
  }

  private answer(
    opcode: number,
    key: number,
    events: Uint8Array,
    at: number,
    visit?: (expectation: Expectation, events: Uint8Array, at: number) => string | undefined,
  ): string | undefined {
    const owed = this.owed ?? 'no answer';
    const first = this.take();
    if (first === undefined || first.opcode !== opcode || first.key !== key) {
      const name = opcode === Opcode.FENCE ? `FENCE ${key}` : `BOOK_DIGEST of book ${key}`;
      return `an answer to ${name} where ${owed} was due`;
    }
    const problem = visit?.(first, events, at);
    if (problem === undefined) first.onAnswer?.(events, at);
    return problem;
  }

  private noteRefusal(events: Uint8Array, at: number): string | undefined {
    const error = refusedError(events, at);
    if (error === ErrorCode.RESTORE_FAILED) {
      this.restoreFailure = { ordinal: restoreRecord(events, at), error: restoreError(events, at) };
      return undefined;
    }
    // The one refusal that takes the place of an answer: BOOK_DIGEST of a book above the profile.
    if (events[at + REFUSED_RECORD] !== Opcode.BOOK_DIGEST || error !== ErrorCode.BOOK_RANGE) return undefined;
    const owed = this.owed ?? 'no answer';
    const first = this.take();
    const book = refusedId(events, at);
    if (first?.opcode === Opcode.BOOK_DIGEST && first.key === book) return undefined;
    return `a refusal of BOOK_DIGEST of book ${book} where ${owed} was due`;
  }

  private take(): Expectation | undefined {
    const first = this.expected[this.head];
    this.head += 1;
    if (this.head >= this.expected.length) {
      this.expected = [];
      this.head = 0;
    }
    return first;
  }

  /** As after a reset. */
  clear(): void {
    this.expected = [];
    this.head = 0;
    this.inRestore = false;
    this.watchRestore = false;
    this.restoreFailure = undefined;
    this.restoreEnded = false;
  }
}
