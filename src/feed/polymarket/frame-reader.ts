// Frame bytes to staged messages: the syntax of Polymarket's market channel, without regard to what books there are.
import { PRICE_ONE, Side, TICK_VALUES } from '../../contract/generated/records.js';
import { priceField, sizeField, timeField } from '../decimal-fields.js';
import { MessageKind } from '../decoder.js';
import { BRACE_CLOSE, BRACE_OPEN, BRACKET_CLOSE, BRACKET_OPEN, JsonScanner, LETTER_N, QUOTE } from '../json-scanner.js';
import { Refusal, refuse } from '../refusals.js';
import type { TokenIndex } from '../token-index.js';
import { StagedLevels, StagedMessages } from './staging.js';
import { isHeartbeat, KEY_COUNT, Key, keyAt, kindAt, sideAt } from './vocabulary.js';

export interface FrameLimits {
  /** Bytes of a frame. */
  readonly maxBytes: number;
  /** Levels of all messages of a frame. */
  readonly maxLevels: number;
}

/** What one object holds, by Key; a key whose value is null counts as absent. Sets of keys are bit masks. */
class Fields {
  readonly start = new Int32Array(KEY_COUNT);
  readonly stop = new Int32Array(KEY_COUNT);
  private seen = 0;
  /** Keys with a string, with an array, with anything else but null. */
  private texts = 0;
  private lists = 0;
  private others = 0;

  clear(): void {
    this.seen = 0;
    this.texts = 0;
    this.lists = 0;
    this.others = 0;
  }

  /** Notes that a key stands in the object; a second time is refused. */
  mark(key: Key, at: number): void {
    if ((this.seen & (1 << key)) !== 0) refuse(Refusal.KEY_DUPLICATE, at);
    this.seen |= 1 << key;
  }

  has(key: Key): boolean {
    return ((this.texts | this.lists | this.others) & (1 << key)) !== 0;
  }

  /** Notes that `key` has an array, which the caller reads. */
  list(key: Key): void {
    this.lists |= 1 << key;
  }

  /** Of the keys in `mask`, those that have an array. */
  listsAmong(mask: number): number {
    return this.lists & mask;
  }

  /** Reads the value of `key`. */
  read(key: Key, scanner: JsonScanner, depth: number): void {
    const byte = scanner.peek();
    if (byte === QUOTE) {
      scanner.string();
      this.texts |= 1 << key;
      this.start[key] = scanner.start;
      this.stop[key] = scanner.stop;
      return;
    }
    this.start[key] = scanner.at;
    scanner.value(depth);
    if (byte !== LETTER_N) this.others |= 1 << key;
  }

  /** True when the key has a string. Anything but a string or null is refused. */
  text(key: Key): boolean {
    if ((this.others & (1 << key)) !== 0) refuse(Refusal.FIELD_TYPE, this.start[key] as number);
    return (this.texts & (1 << key)) !== 0;
  }

  /** The key must have a string. */
  require(key: Key, at: number): void {
    if (!this.text(key)) refuse(Refusal.FIELD_MISSING, at);
  }
}

const NO_TOKEN = -1;

/**
 * Reads frames into `messages` and `levels`. What a message is follows from event_type, or, without one, from being the
 * body of a REST /book reply. The keys that decide may stand in any order.
 */
export class FrameReader {
  readonly messages = new StagedMessages();
  readonly levels = new StagedLevels();
  private readonly scanner = new JsonScanner();
  private readonly message = new Fields();
  private readonly entry = new Fields();

  constructor(
    private readonly tokens: TokenIndex,
    private readonly limits: FrameLimits,
  ) {}

  /** Stages a frame, or refuses it (FrameRefused). */
  read(frame: Uint8Array): void {
    const { scanner, messages, levels } = this;
    messages.count = 0;
    levels.count = 0;
    if (frame.length > this.limits.maxBytes) refuse(Refusal.FRAME_TOO_LARGE, this.limits.maxBytes);
    if (isHeartbeat(frame)) return messages.add(MessageKind.HEARTBEAT, NO_TOKEN, 0, 0, 0, 0);
    scanner.load(frame);
    if (scanner.take(BRACKET_OPEN)) {
      if (!scanner.take(BRACKET_CLOSE)) {
        do this.object(2);
        while (scanner.more(BRACKET_CLOSE));
      }
    } else {
      this.object(1);
    }
    scanner.finish();
  }

  /** Lets go of the frame read last. */
  release(): void {
    this.scanner.unload();
  }

  /** One message. `depth`: of its object. */
  private object(depth: number): void {
    const { scanner, message, levels } = this;
    const from = levels.count;
    if (scanner.peek() !== BRACE_OPEN) this.notAnObject(depth);
    scanner.at++;
    message.clear();
    if (!scanner.take(BRACE_CLOSE)) {
      do {
        const key = this.key(message);
        switch (key) {
          case Key.OTHER:
            scanner.value(depth);
            break;
          case Key.BIDS:
          case Key.ASKS:
          case Key.CHANGES:
          case Key.PRICE_CHANGES:
          case Key.ASSETS_IDS:
            this.list(key, depth + 1);
            break;
          default:
            message.read(key, scanner, depth);
        }
      } while (scanner.more(BRACE_CLOSE));
    }
    this.stage(from);
  }

  /** JSON of another shape is a wrong type, what is not JSON is a mistake of syntax. */
  private notAnObject(depth: number): never {
    const { at } = this.scanner;
    this.scanner.value(depth);
    refuse(Refusal.FIELD_TYPE, at);
  }

  private key(fields: Fields): Key {
    const { scanner } = this;
    scanner.key();
    if (scanner.escaped) refuse(Refusal.KEY_ESCAPED, scanner.start);
    const key = keyAt(scanner.bytes, scanner.start, scanner.stop);
    if (key !== Key.OTHER) fields.mark(key, scanner.start);
    return key;
  }

  /** The array of a list key of the message. `depth`: of the array. */
  private list(key: Key, depth: number): void {
    const { scanner } = this;
    const byte = scanner.peek();
    if (byte !== BRACKET_OPEN) {
      const { at } = scanner;
      scanner.value(depth);
      if (byte !== LETTER_N) refuse(Refusal.FIELD_TYPE, at);
      return;
    }
    scanner.at++;
    this.message.list(key);
    if (scanner.take(BRACKET_CLOSE)) return;
    do {
      if (key === Key.ASSETS_IDS) this.assetId(depth);
      else if (key === Key.BIDS) this.rung(Side.BID, depth + 1);
      else if (key === Key.ASKS) this.rung(Side.ASK, depth + 1);
      else this.listedChange(key, depth + 1);
    } while (scanner.more(BRACKET_CLOSE));
  }

  /** {price, size} of a snapshot. */
  private rung(side: Side, depth: number): void {
    const { entry } = this;
    const at = this.fields(depth);
    entry.require(Key.PRICE, at);
    entry.require(Key.SIZE, at);
    this.level(NO_TOKEN, side, entry);
  }

  /** {asset_id, price, size, side}; in `changes` the asset id stands in the message instead. */
  private listedChange(key: Key, depth: number): void {
    const { entry } = this;
    const at = this.fields(depth);
    let token = NO_TOKEN;
    if (key === Key.PRICE_CHANGES) {
      entry.require(Key.ASSET_ID, at);
      token = this.token(entry);
    } else if (entry.has(Key.ASSET_ID)) {
      refuse(Refusal.FIELD_AMBIGUOUS, at);
    }
    this.change(token, entry, at);
  }

  private change(token: number, fields: Fields, at: number): void {
    fields.require(Key.PRICE, at);
    fields.require(Key.SIZE, at);
    fields.require(Key.SIDE, at);
    const start = fields.start[Key.SIDE] as number;
    const word = sideAt(this.scanner.bytes, start, fields.stop[Key.SIDE] as number);
    if (word === undefined) refuse(Refusal.SIDE_UNKNOWN, start);
    this.level(token, word === 'BUY' ? Side.BID : Side.ASK, fields);
  }

  /** Reads one object into `entry`; returns the byte at which it starts. */
  private fields(depth: number): number {
    const { scanner, entry } = this;
    if (scanner.peek() !== BRACE_OPEN) this.notAnObject(depth);
    const { at } = scanner;
    scanner.at++;
    entry.clear();
    if (scanner.take(BRACE_CLOSE)) return at;
    do {
      const key = this.key(entry);
      if (key === Key.OTHER) scanner.value(depth);
      else entry.read(key, scanner, depth);
    } while (scanner.more(BRACE_CLOSE));
    return at;
  }

  private level(token: number, side: Side, fields: Fields): void {
    const { bytes } = this.scanner;
    const { start, stop } = fields;
    const at = start[Key.PRICE] as number;
    const price = priceField(bytes, at, stop[Key.PRICE] as number);
    if (price === 0 || price === PRICE_ONE) refuse(Refusal.PRICE_RANGE, at);
    const size = sizeField(bytes, start[Key.SIZE] as number, stop[Key.SIZE] as number);
    this.room(this.levels, at);
    this.levels.add(token, side, price, size, at);
  }

  private assetId(depth: number): void {
    const { scanner } = this;
    if (scanner.peek() !== QUOTE) {
      const { at } = scanner;
      scanner.value(depth);
      refuse(Refusal.FIELD_TYPE, at);
    }
    scanner.string();
    const token = this.tokens.find(scanner.bytes, scanner.start, scanner.stop);
    this.room(this.levels, scanner.start);
    this.levels.add(token, Side.BID, 0, 0, scanner.start);
  }

  /** Staging is bounded: one more must fit. */
  private room(staged: StagedLevels | StagedMessages, at: number): void {
    if (staged.count >= this.limits.maxLevels) refuse(Refusal.TOO_MANY_LEVELS, at);
  }

  /** A whole message was walked: decides what it is and stages it. */
  private stage(from: number): void {
    const { message, scanner } = this;
    const { at } = scanner;
    this.room(this.messages, at);
    const kind = this.kind(at);
    switch (kind) {
      case MessageKind.BOOK:
      case MessageKind.REST_BOOK:
        return this.stageBook(kind, from, at);
      case MessageKind.PRICE_CHANGE:
        return this.stageChange(from, at);
      case MessageKind.TICK_SIZE_CHANGE: {
        this.only(0);
        const [token, time] = [this.messageToken(at), this.time(at)];
        message.require(Key.NEW_TICK_SIZE, at);
        return this.messages.add(kind, token, time, this.tick(Key.NEW_TICK_SIZE), from, at);
      }
      case MessageKind.MARKET_RESOLVED:
        this.only(1 << Key.ASSETS_IDS);
        if (!message.has(Key.ASSETS_IDS)) refuse(Refusal.FIELD_MISSING, at);
        return this.messages.add(kind, NO_TOKEN, 0, 0, from, at);
      default:
        // What these messages say does not reach a book.
        return this.messages.add(kind, NO_TOKEN, 0, 0, from, at);
    }
  }

  private kind(at: number): MessageKind {
    const { message } = this;
    if (!message.text(Key.EVENT_TYPE)) {
      if (message.has(Key.BIDS) && message.has(Key.ASKS)) return MessageKind.REST_BOOK;
      refuse(Refusal.FIELD_MISSING, at);
    }
    const start = message.start[Key.EVENT_TYPE] as number;
    const kind = kindAt(this.scanner.bytes, start, message.stop[Key.EVENT_TYPE] as number);
    if (kind === undefined) refuse(Refusal.EVENT_UNKNOWN, start);
    return kind;
  }

  private stageBook(kind: MessageKind, from: number, at: number): void {
    const { message } = this;
    if (!message.has(Key.BIDS) || !message.has(Key.ASKS)) refuse(Refusal.FIELD_MISSING, at);
    this.only((1 << Key.BIDS) | (1 << Key.ASKS));
    const tick = message.text(Key.TICK_SIZE) ? this.tick(Key.TICK_SIZE) : 0;
    this.messages.add(kind, this.messageToken(at), this.time(at), tick, from, at);
  }

  private stageChange(from: number, at: number): void {
    const { message } = this;
    const time = this.time(at);
    let token = NO_TOKEN;
    if (message.has(Key.PRICE_CHANGES)) {
      this.only(1 << Key.PRICE_CHANGES);
    } else if (message.has(Key.CHANGES)) {
      this.only(1 << Key.CHANGES);
      token = this.messageToken(at);
    } else {
      this.only(0);
      token = this.messageToken(at);
      this.change(token, message, at);
    }
    this.messages.add(MessageKind.PRICE_CHANGE, token, time, 0, from, at);
  }

  /** The message has no arrays of levels or asset ids but these (a mask of keys). */
  private only(allowed: number): void {
    if (this.message.listsAmong(~allowed) !== 0) refuse(Refusal.FIELD_AMBIGUOUS, this.scanner.at);
  }

  private messageToken(at: number): number {
    this.message.require(Key.ASSET_ID, at);
    return this.token(this.message);
  }

  private token(fields: Fields): number {
    const start = fields.start[Key.ASSET_ID] as number;
    const token = this.tokens.find(this.scanner.bytes, start, fields.stop[Key.ASSET_ID] as number);
    if (token < 0) refuse(Refusal.TOKEN_UNKNOWN, start);
    return token;
  }

  private time(at: number): number {
    const { message } = this;
    message.require(Key.TIMESTAMP, at);
    const start = message.start[Key.TIMESTAMP] as number;
    return timeField(this.scanner.bytes, start, message.stop[Key.TIMESTAMP] as number);
  }

  private tick(key: Key): number {
    const start = this.message.start[key] as number;
    const tick = priceField(this.scanner.bytes, start, this.message.stop[key] as number);
    if (!TICK_VALUES.includes(tick)) refuse(Refusal.TICK_INVALID, start);
    return tick;
  }
}
