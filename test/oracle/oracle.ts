// The oracle: the kernel function written from docs/contract.md alone, slow and obvious. It shares the codec and the
// generated constants with the engines and nothing else. Each rule names its clause.
import { COMMANDS, ENUMS } from '../../src/contract/definition.js';
import { COUNTER_MODULO } from '../../src/contract/generated/records.js';
import type { Profile } from '../../src/contract/profile.js';
import { decodeCommand, encodeEvent, type SymbolicRecord } from '../../src/contract/symbolic.js';
import { Command, leavesSize, REFUSALS } from './refusals.js';
import {
  basketQuote,
  crc32,
  fairBuyQuote,
  fairSellQuote,
  levelsCrc,
  pageOf,
  pagesOf,
  rowFrom,
  signalStep,
  topDiffers,
} from './rules.js';
import {
  type ActionName,
  assertProfile,
  type Book,
  bookOf,
  describeState,
  freshState,
  type OutcomeName,
  type Quote,
  rowOf,
  type State,
} from './state.js';

/** What the oracle tells of itself while it works, for coverage. Methods are called before the state moves on. */
export interface Observer {
  /** A record was judged: `error` is undefined where it is accepted; `state` is as before the record. */
  judged(record: Uint8Array, command: Command | undefined, error: string | undefined, state: State): void;
  /** RESTORE_END was refused and names this error. */
  restoreFailed(error: string): void;
  /** A commit publishes that many books. */
  committed(dirtyBooks: number): void;
  /** A top of book changed; `masked`: it is suppressed. */
  topChanged(masked: boolean): void;
  /** A signal moved; `masked`: it is suppressed. */
  signalMoved(kind: string, action: ActionName, masked: boolean): void;
  /** An event was emitted while some book or basket mask was set (`masks`). */
  emitted(type: string, masks: boolean): void;
  /** A page was taken or given back: `BID 0`, `ASK 7`, ... of `book`. */
  pageMoved(book: number, page: string, taken: boolean): void;
  /** A record was consumed; `state` is as after it. */
  finished(state: State): void;
}

const masksSet = (state: State) =>
  [...state.books.values()].some((book) => book.maskTop || book.maskFair) ||
  [...state.baskets.values()].some((basket) => basket.mask);

export class Oracle {
  private state: State = freshState();
  /** Events of the record under way. */
  private out: Uint8Array[] = [];

  /**
   * RESET-2: the profile is a parameter of the function; nothing else limits it.
   * @throws Error where the profile is not legal
   */
  constructor(
    readonly profile: Profile,
    private readonly observer?: Observer,
  ) {
    assertProfile(profile);
  }

  /** RESET-1: clears everything; the answer is outside index, count and CRC. */
  reset(epoch: number): Uint8Array {
    this.state = freshState();
    return encodeEvent({ type: 'RESET_DONE', epoch });
  }

  /** The whole state as plain JSON, spelled in one way only. */
  describe(): unknown {
    return describeState(this.state);
  }

  /** Consumes one record of 16 bytes and returns the events it emits, 32 bytes each. */
  apply(record: Uint8Array): Uint8Array[] {
    if (record.length !== 16) throw new Error(`a record has 16 bytes, not ${record.length}`); // REC-1
    this.out = [];
    const command = readCommand(record);
    const error = this.refusalOf(record, command);
    this.observer?.judged(record, command, error, this.state);
    const restoring = this.state.restore;
    if (error !== undefined) this.refuse(record, error);
    else if (command !== undefined) this.accept(command);
    // RST-2: ordinals count every record inside; RESTORE_BEGIN starts a new count of its own.
    if (restoring !== undefined && this.state.restore === restoring) restoring.ordinal += 1;
    this.observer?.finished(this.state);
    return this.out;
  }

  /** REC-5: the order of the checks. */
  private refusalOf(record: Uint8Array, command: Command | undefined): string | undefined {
    const definition = COMMANDS.find((candidate) => candidate.code === record[0]);
    if (definition === undefined) return 'UNKNOWN_OPCODE'; // REC-2
    if (command === undefined) return 'RESERVED_BITS'; // REC-3
    return definition.refusals.find((name) => {
      const applies = REFUSALS[name];
      if (applies === undefined) throw new Error(`the oracle has no rule for the refusal ${name}`);
      return applies(command, this.state, this.profile);
    });
  }

  /** REC-4: a refused record adds to the index and emits REFUSED; nothing else changes. */
  private refuse(record: Uint8Array, error: string): void {
    const restore = this.state.restore;
    let named = { ordinal: 0, error: 'none' };
    if (error === 'RESTORE_FAILED' && restore !== undefined) {
      // RST-4: the first refused record, or COUNTS_MISSING at the ordinal of RESTORE_END; it answers as record 0.
      named = restore.firstRefused ?? { ordinal: restore.ordinal, error: 'COUNTS_MISSING' };
      this.observer?.restoreFailed(named.error);
      this.state = freshState();
    } else if (restore !== undefined) {
      restore.firstRefused ??= { ordinal: restore.ordinal, error }; // RST-2
    }
    this.emit({
      type: 'REFUSED',
      error,
      id: (record[2] ?? 0) + 256 * (record[3] ?? 0),
      restore_record: named.ordinal,
      command: this.state.index,
      restore_error: ENUMS['ErrorCode']?.values[named.error] ?? 0,
      record: Buffer.from(record).toString('hex'),
    });
    this.advanceIndex();
  }

  private accept(command: Command): void {
    if (command.name === 'RESTORE_END') return this.endRestore(command);
    if (command.name === 'RESTORE_BEGIN') {
      // RST-1: clears everything, an unfinished message or restore included, and mutes.
      this.state = freshState();
      this.state.restore = { ordinal: 0, firstRefused: undefined, counts: undefined };
      return;
    }
    if (command.name.startsWith('BOOK_') || command.name === 'LEVEL_SET') this.applyToBook(command);
    else if (command.name.startsWith('BASKET_')) this.applyToBasket(command);
    else if (command.name.startsWith('FAIR_')) this.applyToFair(command);
    else if (command.name === 'FENCE') this.answerFence(command);
    else if (command.name === 'RESTORE_COUNTS') this.keepCounts(command);
    else throw new Error(`the oracle has no rule for the command ${command.name}`);
    if (command.flag('commit')) this.publish(); // MSG-2: applied first, then published
    this.advanceIndex();
  }

  /** REC-6: every consumed record adds 1, modulo 2^48. */
  private advanceIndex(): void {
    this.state.index = (this.state.index + 1) % COUNTER_MODULO;
  }

  /** REC-6, INT-1: an event joins count and CRC; RST-1: inside a restore none is emitted. */
  private emit(event: SymbolicRecord): void {
    if (this.state.restore !== undefined) return;
    const bytes = encodeEvent(event);
    this.out.push(bytes);
    this.state.events = (this.state.events + 1) % COUNTER_MODULO;
    this.state.crc = crc32(this.state.crc, bytes);
    this.observer?.emitted(String(event['type']), masksSet(this.state));
  }

  // --- books

  private applyToBook(command: Command): void {
    const id = command.number('book');
    const book = bookOf(this.state, id);
    const pagesBefore = pagesOf(book);
    switch (command.name) {
      case 'BOOK_BEGIN': // BOOK-1, BOOK-2: fee rate, mask, fair value and legs stay
        book.levels.BID.clear();
        book.levels.ASK.clear();
        book.tick = command.number('tick');
        book.state = 'BUILDING';
        this.touch(id);
        break;
      case 'BOOK_LIVE': // BOOK-1
        book.state = 'LIVE';
        this.touch(id);
        break;
      case 'BOOK_STALE': // BOOK-1, BOOK-3: levels stay
        book.state = 'STALE';
        this.touch(id);
        break;
      case 'LEVEL_SET':
        if (!leavesSize(command, this.state)) this.touch(id); // BOOK-4, MSG-1
        this.setLevel(book, command);
        break;
      case 'BOOK_FEE': // BOOK-7: rows take it when they are published
        book.rate = command.number('rate');
        this.touch(id);
        break;
      case 'BOOK_MASK': // BOOK-8: publishes nothing and touches nothing
        book.maskTop = command.flag('mask_top');
        book.maskFair = command.flag('mask_fair');
        break;
      case 'BOOK_DIGEST':
        this.answerDigest(id, book);
        break;
      default:
        throw new Error(`the oracle has no rule for the command ${command.name}`);
    }
    this.reportPages(id, pagesBefore, pagesOf(book));
  }

  /** MSG-1: a touched book is dirty until published and keeps the place of its first touch. */
  private touch(id: number): void {
    if (!this.state.dirty.includes(id)) this.state.dirty.push(id);
  }

  /** BOOK-3: the size is absolute, 0 removes the level. */
  private setLevel(book: Book, command: Command): void {
    const level = command.number('level');
    const size = command.number('size');
    if (size === 0) book.levels[command.side].delete(level);
    else book.levels[command.side].set(level, size);
    // The page of a level that is held must be among the counted ones (BOOK-6).
    const page = `${command.side} ${pageOf(command.side, level, book.tick)}`;
    if (size !== 0 && !pagesOf(book).has(page)) throw new Error(`oracle: level ${level} holds no page`);
  }

  private reportPages(book: number, before: Set<string>, after: Set<string>): void {
    for (const page of before) if (!after.has(page)) this.observer?.pageMoved(book, page, false);
    for (const page of after) if (!before.has(page)) this.observer?.pageMoved(book, page, true);
  }

  /** INT-3, INT-4: as applied, committed or not. */
  private answerDigest(id: number, book: Book): void {
    this.emit({
      type: 'BOOK_DIGEST',
      state: book.state,
      book: id,
      crc: levelsCrc(book),
      command: this.state.index,
      tick: book.tick,
      bids: book.levels.BID.size,
      asks: book.levels.ASK.size,
      rate: book.rate,
      mask_top: book.maskTop,
      mask_fair: book.maskFair,
    });
  }

  // --- publishing

  /** MSG-2: all dirty books in two phases; none is dirty afterwards. */
  private publish(): void {
    const order = [...this.state.dirty];
    this.observer?.committed(order.length);
    for (const id of order) this.publishRow(id); // MSG-3: phase one
    this.state.dirty.length = 0;
    this.settle(order); // MSG-4: phase two
  }

  /** MSG-3, ROW-4. */
  private publishRow(id: number): void {
    const book = bookOf(this.state, id);
    const before = rowOf(this.state, id);
    const after = rowFrom(book);
    this.state.rows.set(id, after);
    if (!topDiffers(before, after)) return;
    this.observer?.topChanged(book.maskTop);
    if (book.maskTop) return; // BOOK-8: the row has moved, only the event is left out
    this.emit({
      type: 'TOP',
      book: id,
      bid_price: after.bidPrice,
      ask_price: after.askPrice,
      command: this.state.index,
      bid_size: after.bidSize,
      ask_size: after.askSize,
    });
  }

  /**
   * MSG-4: computes every signal of the kernel from the rows and emits what moved: baskets in ascending id, then the
   * fair values of `order`, buy before sell. Signals are a function of published state, so no other one can move.
   */
  private settle(order: readonly number[]): void {
    const basketIds = [...this.state.baskets.keys()].sort((a, b) => a - b);
    for (const id of basketIds) this.settleBasket(id);
    for (const id of order) this.settleFair(id);
    for (const id of this.state.fairs.keys()) {
      if (this.settleFair(id)) throw new Error(`oracle: the fair value of book ${id} moved without a cause`);
    }
  }

  private settleBasket(id: number): void {
    const basket = this.state.baskets.get(id);
    if (basket === undefined) return;
    const now = basketQuote(this.state, basket);
    const step = signalStep(basket.said, now);
    basket.said = now;
    if (step !== undefined) this.signal(basket.kind, id, step, basket.mask);
  }

  /** @returns whether a signal moved */
  private settleFair(id: number): boolean {
    const fair = this.state.fairs.get(id);
    if (fair === undefined) return false;
    const masked = bookOf(this.state, id).maskFair;
    const row = rowOf(this.state, id);
    const buy = fairBuyQuote(row, fair);
    const buyStep = signalStep(fair.buySaid, buy);
    fair.buySaid = buy;
    if (buyStep !== undefined) this.signal('FAIR_BUY', id, buyStep, masked); // FAIR-2: buy before sell
    const sell = fairSellQuote(row, fair);
    const sellStep = signalStep(fair.sellSaid, sell);
    fair.sellSaid = sell;
    if (sellStep !== undefined) this.signal('FAIR_SELL', id, sellStep, masked);
    return buyStep !== undefined || sellStep !== undefined;
  }

  private signal(kind: string, id: number, step: { action: ActionName; quote: Quote }, masked: boolean): void {
    this.observer?.signalMoved(kind, step.action, masked);
    if (masked) return; // BOOK-8, BSK-6: the signal has moved, only the event is left out
    this.emit({
      type: 'SIGNAL',
      action: step.action,
      id,
      edge: Number(step.quote.edge),
      command: this.state.index,
      kind,
      size: step.quote.size,
    });
  }

  // --- baskets and fair values: they act at once, on the rows as last published (MSG-6)

  private applyToBasket(command: Command): void {
    const id = command.number('basket');
    if (command.name === 'BASKET_CREATE') {
      this.state.baskets.set(id, {
        kind: command.text('kind'),
        payout: command.number('payout'),
        legs: [], // BSK-1: no legs, disarmed, unmasked
        armed: false,
        minEdge: 0,
        minSize: 0,
        mask: false,
        said: undefined,
      });
      return;
    }
    const basket = this.state.baskets.get(id);
    if (basket === undefined) throw new Error(`oracle: ${command.name} was accepted without a basket`);
    switch (command.name) {
      case 'BASKET_LEG': // BSK-2
        basket.legs.push({ book: command.number('book'), outcome: command.text('outcome') as OutcomeName });
        break;
      case 'BASKET_ARM': // BSK-5: sets both thresholds, arms and evaluates
        basket.armed = true;
        basket.minEdge = command.number('min_edge');
        basket.minSize = command.number('min_size');
        this.settle([]);
        break;
      case 'BASKET_DISARM': // BSK-5
        basket.armed = false;
        this.settle([]);
        break;
      case 'BASKET_REMOVE': // BSK-5: closes, BSK-2: legs go back to the limit, BSK-6: so does the mask
        basket.armed = false;
        this.settle([]);
        this.state.baskets.delete(id);
        break;
      case 'BASKET_MASK': // BSK-6
        basket.mask = command.flag('mask_signal');
        break;
      default:
        throw new Error(`the oracle has no rule for the command ${command.name}`);
    }
  }

  private applyToFair(command: Command): void {
    const id = command.number('book');
    const there = this.state.fairs.get(id);
    if (command.name === 'FAIR_SET') {
      // FAIR-1: replaces the former ones; FAIR-2: evaluates at once, open signals go on as BSK-4 says.
      this.state.fairs.set(id, {
        fair: command.number('fair'),
        band: command.number('band'),
        buySaid: there?.buySaid,
        sellSaid: there?.sellSaid,
      });
      this.settle([id]);
      return;
    }
    if (there === undefined) throw new Error('oracle: FAIR_CLEAR was accepted without a fair value');
    // FAIR-1: open signals close, buy before sell.
    const masked = bookOf(this.state, id).maskFair;
    if (there.buySaid !== undefined) this.signal('FAIR_BUY', id, { action: 'CLOSE', quote: there.buySaid }, masked);
    if (there.sellSaid !== undefined) this.signal('FAIR_SELL', id, { action: 'CLOSE', quote: there.sellSaid }, masked);
    this.state.fairs.delete(id);
  }

  // --- integrity and restore

  /** INT-2: records with this one, events and CRC without it; it publishes nothing and ends no message. */
  private answerFence(command: Command): void {
    this.emit({
      type: 'FENCE',
      token: command.number('token'),
      command: this.state.index,
      records: (this.state.index + 1) % COUNTER_MODULO,
      events: this.state.events,
      crc: this.state.crc,
    });
  }

  /** RST-3: the last one counts. */
  private keepCounts(command: Command): void {
    if (this.state.restore === undefined) throw new Error('oracle: RESTORE_COUNTS was accepted outside a restore');
    this.state.restore.counts = { index: command.number('index'), events: command.number('events') };
  }

  /** RST-3: sets index, count and CRC, unmutes, emits nothing; dirty books stay dirty. */
  private endRestore(command: Command): void {
    const counts = this.state.restore?.counts;
    if (counts === undefined) throw new Error('oracle: RESTORE_END was accepted without counts');
    this.state.index = counts.index;
    this.state.events = counts.events;
    this.state.crc = command.number('crc');
    this.state.restore = undefined;
  }
}

/** The command in a record; undefined where the opcode is unknown or a reserved bit is set (REC-2, REC-3). */
function readCommand(record: Uint8Array): Command | undefined {
  const symbolic = decodeCommand(record);
  return symbolic['raw'] === undefined ? new Command(symbolic) : undefined;
}
