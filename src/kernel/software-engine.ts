// The TypeScript engine: the reference implementation of the contract, plain and still fast. A function of its profile
// and its command bytes alone (REC-1, RESET-2).
import { crc32 } from 'node:zlib';
import {
  BookState,
  basketArmBasket,
  basketArmMinEdge,
  basketArmMinSizeHigh,
  basketArmMinSizeLow,
  basketCreateBasket,
  basketCreateKind,
  basketCreatePayout,
  basketLegBasket,
  basketLegBook,
  basketLegOutcome,
  basketMaskMaskSignal,
  bookBeginTick,
  bookFeeBook,
  bookFeeRate,
  ErrorCode,
  FAIR_MAX,
  fairSetBand,
  fairSetFair,
  fenceToken,
  levelSetBook,
  levelSetLevel,
  levelSetSide,
  levelSetSizeHigh,
  levelSetSizeLow,
  MICRO_ONE,
  Opcode,
  PAYOUT_MAX,
  RESERVED_WORDS,
  restoreCountsEventsHigh,
  restoreCountsEventsLow,
  restoreCountsIndex,
  restoreEndCrc,
  Side,
  SignalAction,
  SignalKind,
  TICK_VALUES,
} from '../contract/generated/records.js';
import type { Profile } from '../contract/profile.js';
import { Baskets, Field } from './baskets.js';
import { Books, Column } from './books.js';
import type { SnapshotEngine } from './engine.js';
import { EventSink } from './event-sink.js';
import { BUY, FairValues, SELL } from './fair-values.js';
import { Ladders } from './ladders.js';
import { writeSnapshot } from './snapshot.js';

const { ARMED, COST_SUM, EXISTS, KIND, LAST_EDGE, LAST_SIZE_HIGH, LAST_SIZE_LOW, LEG_COUNT } = Field;
const { MASKED, MIN_EDGE, MIN_SIZE_HIGH, MIN_SIZE_LOW, MISSING, OPEN, PAYOUT } = Field;
const { STATE, TICK, MAX_LEVEL, RATE, MASK, MASK_FAIR, MASK_TOP, QUOTE_CHANGED } = Column;
const { ASK_SIZE_LOW, BID_SIZE_LOW, COST_YES, COST_NO, DIRTY_BID, DIRTY_COST, DIRTY_ROW } = Column;
const { LIVE, BUILDING } = BookState;
const { NO_SLOT } = Ladders;
const { BID } = Side;

/** Bits that are 0 in every LEVEL_SET besides its opcode (REC-3), by word. */
const LEVEL_SET = Opcode.LEVEL_SET;
const LEVEL_SET_RESERVED_0 = (RESERVED_WORDS[LEVEL_SET * 4] as number) | 0;
const LEVEL_SET_RESERVED_1 = (RESERVED_WORDS[LEVEL_SET * 4 + 1] as number) | 0;
const LEVEL_SET_RESERVED_3 = (RESERVED_WORDS[LEVEL_SET * 4 + 3] as number) | 0;
if (RESERVED_WORDS[LEVEL_SET * 4 + 2] !== 0) throw new Error('LEVEL_SET: word 2 has reserved bits by now');

const ACCEPTED = 0;
const COMMIT_BIT = 0x100;
const COMMAND_WORDS = 4;
const EVENT_WORDS = 8;
const ASK_FLAG = 0x8000;

export class SoftwareEngine implements SnapshotEngine {
  readonly profile: Profile;
  readonly maxEventBytes: number;

  private readonly books: Books;
  private readonly baskets: Baskets;
  private readonly fairs: FairValues;
  private readonly sink = new EventSink();
  private scratch = new Int32Array(1024);
  private commands: Uint8Array = new Uint8Array(0);
  private words: Int32Array = new Int32Array(0);
  private digestBytes = Buffer.alloc(0);

  // The restore under way (RST-1 to RST-4).
  private restoring = false;
  private restoreOrdinal = 0;
  private firstRefusal = ACCEPTED;
  private firstRefusalOrdinal = 0;
  private hasCounts = false;
  private restoredIndex = 0;
  private restoredEvents = 0;
  /** Set when RESTORE_END put the counters where they belong, so that the record itself is not counted. */
  private countersSet = false;

  /** profile: within the limits of docs/contract.md (the device layer checks it). */
  constructor(profile: Profile) {
    this.profile = profile;
    this.books = new Books(profile);
    this.baskets = new Baskets(profile);
    this.fairs = new FairValues(profile);
    const dirty = this.books.dirty.length;
    const events = dirty + profile.baskets + 2 * Math.min(dirty, profile.fairs) + 2;
    this.maxEventBytes = events * EVENT_WORDS * 4;
  }

  get eventBytes(): number {
    return this.sink.at * 4;
  }

  consume(commands: Uint8Array, from: number, out: Uint8Array): number {
    const words = this.view(commands);
    const sink = this.sink;
    sink.attach(out);
    const lastRoom = (out.length - this.maxEventBytes) >> 2;
    const end = words.length;
    let at = from >> 2;
    while (at < end && sink.at <= lastRoom) {
      this.consumeRecord(words, at);
      at += COMMAND_WORDS;
    }
    sink.settle();
    return at * 4;
  }

  reset(epoch: number, out: Uint8Array): void {
    this.clear();
    this.sink.attach(out);
    this.sink.resetDone(epoch);
  }

  snapshot(): Uint8Array | undefined {
    if (this.restoring) return undefined;
    return writeSnapshot(this.books, this.baskets, this.fairs, this.sink.counters());
  }

  close(): void {}

  /** A view of signed words on the batch (small integers to the JIT); unaligned batches are copied. */
  private view(commands: Uint8Array): Int32Array {
    if ((commands.byteOffset & 3) !== 0) {
      if (this.scratch.byteLength < commands.length) this.scratch = new Int32Array(commands.length >> 2);
      new Uint8Array(this.scratch.buffer).set(commands);
      return this.scratch.subarray(0, commands.length >> 2);
    }
    const last = this.commands;
    if (commands.buffer !== last.buffer || commands.byteOffset !== last.byteOffset || commands.length !== last.length) {
      this.commands = commands;
      this.words = new Int32Array(commands.buffer, commands.byteOffset, commands.length >> 2);
    }
    return this.words;
  }

  /** Most records by far are well-formed LEVEL_SETs: they take the short way. */
  private consumeRecord(words: Int32Array, at: number): void {
    const w0 = words[at] as number;
    const reserved =
      (w0 & LEVEL_SET_RESERVED_0) |
      ((words[at + 1] as number) & LEVEL_SET_RESERVED_1) |
      ((words[at + 3] as number) & LEVEL_SET_RESERVED_3);
    if ((w0 & 0xff) !== LEVEL_SET || reserved !== 0) {
      this.consumeOther(words, at);
      return;
    }
    const error = this.levelSet(words, at);
    if (error !== ACCEPTED) this.refuse(error, words, at);
    else if ((w0 & COMMIT_BIT) !== 0) this.publish();
    if (this.restoring) this.restoreOrdinal = (this.restoreOrdinal + 1) >>> 0;
    else this.sink.nextRecord();
  }

  private consumeOther(words: Int32Array, at: number): void {
    const w0 = words[at] as number;
    const w1 = words[at + 1] as number;
    const w2 = words[at + 2] as number;
    const w3 = words[at + 3] as number;
    const opcode = w0 & 0xff;
    const r = opcode * 4;
    const reserved =
      (w0 & (RESERVED_WORDS[r] as number)) |
      (w1 & (RESERVED_WORDS[r + 1] as number)) |
      (w2 & (RESERVED_WORDS[r + 2] as number)) |
      (w3 & (RESERVED_WORDS[r + 3] as number));
    const error = reserved !== 0 ? malformed(opcode) : this.execute(opcode, w0, w1, w2, w3);
    if (error === ACCEPTED) {
      // MSG-2. Commands without a commit field have a reserved bit there.
      if ((w0 & COMMIT_BIT) !== 0) this.publish();
    } else {
      this.refuse(error, words, at);
    }
    if (this.restoring) {
      if (opcode !== Opcode.RESTORE_BEGIN || error !== ACCEPTED) this.restoreOrdinal = (this.restoreOrdinal + 1) >>> 0;
    } else if (this.countersSet) {
      this.countersSet = false;
    } else {
      this.sink.nextRecord();
    }
  }

  /** REC-4; inside a restore the first refusal is remembered instead (RST-2). */
  private refuse(error: number, words: Int32Array, at: number): void {
    if (this.restoring) {
      if (this.firstRefusal === ACCEPTED) {
        this.firstRefusal = error;
        this.firstRefusalOrdinal = this.restoreOrdinal;
      }
      return;
    }
    if (error === ErrorCode.RESTORE_FAILED) {
      this.sink.refused(error, this.firstRefusalOrdinal, this.firstRefusal, words, at);
      this.firstRefusal = ACCEPTED;
      this.firstRefusalOrdinal = 0;
    } else {
      this.sink.refused(error, 0, 0, words, at);
    }
  }

  /** The refusals of each command stand in the order of the command table (REC-5). */
  private execute(opcode: number, w0: number, w1: number, w2: number, w3: number): number {
    switch (opcode) {
      case Opcode.BOOK_BEGIN:
        return this.bookBegin(w0 >>> 16, bookBeginTick(w1));
      case Opcode.BOOK_LIVE:
        return this.bookMove(w0 >>> 16, BookState.LIVE);
      case Opcode.BOOK_STALE:
        return this.bookMove(w0 >>> 16, BookState.STALE);
      case Opcode.BOOK_FEE:
        return this.bookFee(bookFeeBook(w0), bookFeeRate(w1));
      case Opcode.BOOK_MASK:
        return this.bookMask(w0 >>> 16, w1);
      case Opcode.BASKET_CREATE:
        return this.basketCreate(basketCreateBasket(w0), basketCreateKind(w2), basketCreatePayout(w1));
      case Opcode.BASKET_LEG:
        return this.basketLeg(basketLegBasket(w0), basketLegBook(w1), basketLegOutcome(w0));
      case Opcode.BASKET_ARM:
        return this.basketArm(w0, w1, w2, w3);
      case Opcode.BASKET_DISARM:
        return this.basketDisarm(w0 >>> 16);
      case Opcode.BASKET_REMOVE:
        return this.basketRemove(w0 >>> 16);
      case Opcode.BASKET_MASK:
        return this.basketMask(w0 >>> 16, basketMaskMaskSignal(w1));
      case Opcode.FAIR_SET:
        return this.fairSet(w0 >>> 16, fairSetFair(w1), fairSetBand(w2));
      case Opcode.FAIR_CLEAR:
        return this.fairClear(w0 >>> 16);
      case Opcode.RESTORE_BEGIN:
        return this.restoreBegin();
      case Opcode.RESTORE_COUNTS:
        return this.restoreCounts(
          restoreCountsIndex(w0, w1),
          restoreCountsEventsHigh(w3) * 2 ** 32 + (restoreCountsEventsLow(w2) >>> 0),
        );
      case Opcode.RESTORE_END:
        return this.restoreEnd(restoreEndCrc(w1));
      case Opcode.FENCE:
        return this.fence(fenceToken(w1));
      case Opcode.BOOK_DIGEST:
        return this.bookDigest(w0 >>> 16);
      default:
        return ErrorCode.UNKNOWN_OPCODE;
    }
  }

  // Books.

  private levelSet(words: Int32Array, at: number): number {
    const books = this.books;
    const { ladders } = books;
    const w0 = words[at] as number;
    const book = levelSetBook(w0);
    const side = levelSetSide(w0);
    const level = levelSetLevel(words[at + 1] as number);
    const low = levelSetSizeLow(words[at + 2] as number);
    const high = levelSetSizeHigh(words[at + 3] as number);
    if (book >= books.count) return ErrorCode.BOOK_RANGE;
    const state = books.get(book, STATE);
    // BOOK-3: neither EMPTY nor STALE takes levels.
    if (state !== LIVE && state !== BUILDING) return ErrorCode.BOOK_STATE;
    const max = books.get(book, MAX_LEVEL);
    if (level === 0 || level > max) return ErrorCode.LEVEL_RANGE;
    const slot = side === BID ? max - level : level - 1;
    const ladder = book * 2 + side;
    // BOOK-4: what changes nothing touches nothing.
    if (ladders.hasSize(ladder, slot, low, high)) return ACCEPTED;
    if (books.wouldExceedMessage(book)) return ErrorCode.MESSAGE_LIMIT;
    // A level behind the best moves no row.
    const parts = slot > ladders.best(ladder) ? 0 : DIRTY_BID << side;
    if (!ladders.replace(ladder, slot, low, high)) return ErrorCode.PAGE_LIMIT;
    books.touch(book, parts);
    return ACCEPTED;
  }

  private bookBegin(book: number, tick: number): number {
    if (book >= this.books.count) return ErrorCode.BOOK_RANGE;
    if (!TICK_VALUES.includes(tick)) return ErrorCode.TICK_INVALID;
    if (tick < this.profile.finestTick) return ErrorCode.TICK_TOO_FINE;
    if (this.books.wouldExceedMessage(book)) return ErrorCode.MESSAGE_LIMIT;
    this.books.begin(book, tick);
    this.books.touch(book, DIRTY_ROW);
    return ACCEPTED;
  }

  /** BOOK-1: LIVE from BUILDING or STALE, STALE from LIVE. */
  private bookMove(book: number, to: number): number {
    if (book >= this.books.count) return ErrorCode.BOOK_RANGE;
    const from = this.books.get(book, STATE);
    const allowed =
      to === BookState.LIVE ? from === BookState.BUILDING || from === BookState.STALE : from === BookState.LIVE;
    if (!allowed) return ErrorCode.BOOK_STATE;
    if (this.books.wouldExceedMessage(book)) return ErrorCode.MESSAGE_LIMIT;
    this.books.set(book, STATE, to);
    this.books.touch(book, DIRTY_ROW);
    return ACCEPTED;
  }

  /** BOOK-7. */
  private bookFee(book: number, rate: number): number {
    if (book >= this.books.count) return ErrorCode.BOOK_RANGE;
    if (this.books.wouldExceedMessage(book)) return ErrorCode.MESSAGE_LIMIT;
    this.books.set(book, RATE, rate);
    this.books.touch(book, DIRTY_COST);
    return ACCEPTED;
  }

  /** BOOK-8: touches nothing. */
  private bookMask(book: number, mask: number): number {
    if (book >= this.books.count) return ErrorCode.BOOK_RANGE;
    this.books.set(book, MASK, mask);
    return ACCEPTED;
  }

  // Publishing.

  /** MSG-2, MSG-3, MSG-4. */
  private publish(): void {
    const books = this.books;
    const dirty = books.dirty;
    const count = books.dirtyCount;
    for (let i = 0; i < count; i++) {
      const book = dirty[i] as number;
      const changed = books.publish(book);
      if (changed === 0) continue;
      if ((changed & QUOTE_CHANGED) !== 0 && (books.get(book, MASK) & MASK_TOP) === 0) {
        // ROW-4.
        this.sink.top(book, books.table);
      }
      this.baskets.applyRow(book, books);
    }
    while (this.baskets.touchedCount !== 0) this.evaluateBasket(this.baskets.takeTouched());
    if (this.fairs.count > 0) {
      for (let i = 0; i < count; i++) this.evaluateFair(dirty[i] as number);
    }
    books.endMessage();
  }

  // Baskets.

  private basketCreate(basket: number, kind: number, payout: number): number {
    if (basket >= this.baskets.count) return ErrorCode.BASKET_RANGE;
    if (this.baskets.get(basket, EXISTS) !== 0) return ErrorCode.BASKET_EXISTS;
    if (kind < SignalKind.CROSS || kind > SignalKind.TWO_VENUE) return ErrorCode.KIND_INVALID;
    if (payout === 0 || payout > PAYOUT_MAX) return ErrorCode.PAYOUT_RANGE;
    this.baskets.create(basket, kind, payout);
    return ACCEPTED;
  }

  private basketLeg(basket: number, book: number, outcome: number): number {
    const missing = this.basketFault(basket);
    if (missing !== ACCEPTED) return missing;
    if (this.baskets.get(basket, ARMED) !== 0) return ErrorCode.BASKET_ARMED;
    if (book >= this.books.count) return ErrorCode.BOOK_RANGE;
    if (this.baskets.hasLeg(basket, book, outcome)) return ErrorCode.LEG_DUPLICATE;
    if (this.baskets.get(basket, LEG_COUNT) >= this.profile.legsPerBasket) return ErrorCode.BASKET_LEGS_LIMIT;
    if (this.baskets.totalLegs >= this.profile.legs) return ErrorCode.LEGS_LIMIT;
    this.baskets.addLeg(basket, book, outcome, this.books);
    return ACCEPTED;
  }

  /** BSK-5. */
  private basketArm(w0: number, w1: number, w2: number, w3: number): number {
    const basket = basketArmBasket(w0);
    const missing = this.basketFault(basket);
    if (missing !== ACCEPTED) return missing;
    if (this.baskets.get(basket, LEG_COUNT) === 0) return ErrorCode.BASKET_NO_LEGS;
    this.baskets.set(basket, MIN_EDGE, basketArmMinEdge(w1));
    this.baskets.set(basket, MIN_SIZE_LOW, basketArmMinSizeLow(w2));
    this.baskets.set(basket, MIN_SIZE_HIGH, basketArmMinSizeHigh(w3));
    this.baskets.set(basket, ARMED, 1);
    this.evaluateBasket(basket);
    return ACCEPTED;
  }

  private basketDisarm(basket: number): number {
    const missing = this.basketFault(basket);
    if (missing !== ACCEPTED) return missing;
    this.baskets.set(basket, ARMED, 0);
    this.evaluateBasket(basket);
    return ACCEPTED;
  }

  private basketRemove(basket: number): number {
    const error = this.basketDisarm(basket);
    if (error === ACCEPTED) this.baskets.remove(basket);
    return error;
  }

  /** BSK-6. */
  private basketMask(basket: number, masked: number): number {
    const missing = this.basketFault(basket);
    if (missing === ACCEPTED) this.baskets.set(basket, MASKED, masked);
    return missing;
  }

  private basketFault(basket: number): number {
    if (basket >= this.baskets.count) return ErrorCode.BASKET_RANGE;
    return this.baskets.get(basket, EXISTS) === 0 ? ErrorCode.BASKET_ABSENT : ACCEPTED;
  }

  /** BSK-3, BSK-4; the legs are scanned for their size only when everything else holds. */
  private evaluateBasket(basket: number): void {
    const b = this.baskets;
    const wasOpen = b.get(basket, OPEN) !== 0;
    let action = 0;
    if (b.get(basket, ARMED) !== 0 && b.get(basket, MISSING) === 0) {
      const edge = b.get(basket, PAYOUT) - b.get(basket, COST_SUM);
      if (edge >= b.get(basket, MIN_EDGE)) {
        b.findSmallestSize(basket, this.books);
        if (b.sizeSuffices(basket)) {
          const low = b.smallestLow;
          const high = b.smallestHigh;
          const same =
            edge === b.get(basket, LAST_EDGE) &&
            low === b.get(basket, LAST_SIZE_LOW) &&
            high === b.get(basket, LAST_SIZE_HIGH);
          if (wasOpen && same) return;
          action = wasOpen ? SignalAction.CHANGE : SignalAction.OPEN;
          b.set(basket, OPEN, 1);
          b.set(basket, LAST_EDGE, edge);
          b.set(basket, LAST_SIZE_LOW, low);
          b.set(basket, LAST_SIZE_HIGH, high);
        }
      }
    }
    if (action === 0) {
      if (!wasOpen) return;
      action = SignalAction.CLOSE;
      b.set(basket, OPEN, 0);
    }
    if (b.get(basket, MASKED) !== 0) return;
    this.sink.signal(
      action,
      basket,
      b.get(basket, LAST_EDGE),
      b.get(basket, KIND),
      b.get(basket, LAST_SIZE_LOW),
      b.get(basket, LAST_SIZE_HIGH),
    );
  }

  // Fair values.

  private fairSet(book: number, fair: number, band: number): number {
    if (book >= this.books.count) return ErrorCode.BOOK_RANGE;
    if (fair > FAIR_MAX) return ErrorCode.FAIR_RANGE;
    if (band > FAIR_MAX) return ErrorCode.BAND_RANGE;
    // FAIR-1: replacing needs no room.
    if (this.fairs.exists[book] === 0 && this.fairs.count >= this.profile.fairs) return ErrorCode.FAIR_LIMIT;
    this.fairs.set(book, fair, band);
    this.evaluateFair(book);
    return ACCEPTED;
  }

  private fairClear(book: number): number {
    if (book >= this.books.count) return ErrorCode.BOOK_RANGE;
    if (this.fairs.exists[book] === 0) return ErrorCode.FAIR_ABSENT;
    this.moveFairSignal(book, BUY, false, 0, ASK_SIZE_LOW);
    this.moveFairSignal(book, SELL, false, 0, BID_SIZE_LOW);
    this.fairs.remove(book);
    return ACCEPTED;
  }

  /** FAIR-2. The sell edge, 100 * bid - fee - fair, is 1 USD - cost of NO - fair. */
  private evaluateFair(book: number): void {
    if (this.fairs.exists[book] === 0) return;
    const fair = this.fairs.fair[book] as number;
    const band = this.fairs.band[book] as number;
    const books = this.books;
    const costYes = books.get(book, COST_YES);
    const buyEdge = fair - costYes;
    this.moveFairSignal(book, BUY, costYes !== 0 && buyEdge >= band, buyEdge, ASK_SIZE_LOW);
    const costNo = books.get(book, COST_NO);
    const sellEdge = MICRO_ONE - costNo - fair;
    this.moveFairSignal(book, SELL, costNo !== 0 && sellEdge >= band, sellEdge, BID_SIZE_LOW);
  }

  /** BSK-4 for one of the two signals of a book; `sizeColumn` is where its size stands in the row. */
  private moveFairSignal(book: number, which: number, holds: boolean, edge: number, sizeColumn: number): void {
    const f = this.fairs;
    const at = book * 2 + which;
    const wasOpen = f.open[at] !== 0;
    let action: number;
    if (holds) {
      const low = this.books.get(book, sizeColumn);
      const high = this.books.get(book, sizeColumn + 1);
      if (wasOpen && edge === f.lastEdge[at] && low === f.lastSizeLow[at] && high === f.lastSizeHigh[at]) return;
      action = wasOpen ? SignalAction.CHANGE : SignalAction.OPEN;
      f.open[at] = 1;
      f.lastEdge[at] = edge;
      f.lastSizeLow[at] = low;
      f.lastSizeHigh[at] = high;
    } else {
      if (!wasOpen) return;
      action = SignalAction.CLOSE;
      f.open[at] = 0;
    }
    if ((this.books.get(book, MASK) & MASK_FAIR) !== 0) return;
    const kind = which === BUY ? SignalKind.FAIR_BUY : SignalKind.FAIR_SELL;
    const low = f.lastSizeLow[at] as number;
    this.sink.signal(action, book, f.lastEdge[at] as number, kind, low, f.lastSizeHigh[at] as number);
  }

  // Integrity.

  private fence(token: number): number {
    if (this.restoring) return ErrorCode.IN_RESTORE;
    this.sink.fence(token);
    return ACCEPTED;
  }

  private bookDigest(book: number): number {
    if (this.restoring) return ErrorCode.IN_RESTORE;
    if (book >= this.books.count) return ErrorCode.BOOK_RANGE;
    const { ladders } = this.books;
    this.sink.bookDigest(book, {
      state: this.books.get(book, STATE),
      tick: this.books.get(book, TICK),
      bids: ladders.levels(book * 2 + Side.BID),
      asks: ladders.levels(book * 2 + Side.ASK),
      rate: this.books.get(book, RATE),
      mask: this.books.get(book, MASK),
      crc: this.levelsCrc(book),
    });
    return ACCEPTED;
  }

  /** INT-4. */
  private levelsCrc(book: number): number {
    const { ladders } = this.books;
    const levels = ladders.levels(book * 2) + ladders.levels(book * 2 + 1);
    if (this.digestBytes.length < levels * 8) this.digestBytes = Buffer.alloc(levels * 16);
    const bytes = this.digestBytes;
    let at = 0;
    for (const side of [Side.BID, Side.ASK]) {
      const ladder = book * 2 + side;
      for (let s = ladders.best(ladder); s !== NO_SLOT; s = ladders.nextSlot(ladder, s + 1)) {
        bytes.writeUInt16LE(this.books.levelOf(book, side, s) | (side === Side.ASK ? ASK_FLAG : 0), at);
        bytes.writeUIntLE(ladders.size(ladder, s), at + 2, 6);
        at += 8;
      }
    }
    return crc32(bytes.subarray(0, at));
  }

  // Restore and reset.

  /** RST-1. */
  private restoreBegin(): number {
    this.clear();
    this.restoring = true;
    this.sink.muted = true;
    return ACCEPTED;
  }

  private restoreCounts(index: number, events: number): number {
    if (!this.restoring) return ErrorCode.NOT_RESTORING;
    this.hasCounts = true;
    this.restoredIndex = index;
    this.restoredEvents = events;
    return ACCEPTED;
  }

  private restoreEnd(crc: number): number {
    if (!this.restoring) return ErrorCode.NOT_RESTORING;
    if (this.firstRefusal === ACCEPTED && !this.hasCounts) {
      this.firstRefusal = ErrorCode.COUNTS_MISSING;
      this.firstRefusalOrdinal = this.restoreOrdinal;
    }
    if (this.firstRefusal !== ACCEPTED) {
      // RST-4: as after reset; refuse() names the first refusal and forgets it.
      const error = this.firstRefusal;
      const ordinal = this.firstRefusalOrdinal;
      this.clear();
      this.firstRefusal = error;
      this.firstRefusalOrdinal = ordinal;
      return ErrorCode.RESTORE_FAILED;
    }
    // RST-3: the next record has the restored index.
    this.endRestore();
    this.sink.continueFrom(this.restoredIndex, this.restoredEvents, crc);
    this.countersSet = true;
    return ACCEPTED;
  }

  private endRestore(): void {
    this.restoring = false;
    this.restoreOrdinal = 0;
    this.firstRefusal = ACCEPTED;
    this.firstRefusalOrdinal = 0;
    this.hasCounts = false;
    this.sink.muted = false;
  }

  /** RESET-1. */
  private clear(): void {
    this.books.clear();
    this.baskets.clear();
    this.fairs.clear();
    this.endRestore();
    this.sink.settle();
    this.sink.continueFrom(0, 0, 0);
  }
}

/** REC-2, REC-3: an opcode that is not defined has only reserved bits. */
function malformed(opcode: number): number {
  return RESERVED_WORDS[opcode * 4] === 0xffffffff ? ErrorCode.UNKNOWN_OPCODE : ErrorCode.RESERVED_BITS;
}
