// A second decoder of Polymarket's market channel, written to be read: JSON.parse, decimal.js, maps, no byte loops.
// It takes every frame that the rules allow, and some more: it does not see duplicate keys or escapes.
import { Decimal } from 'decimal.js';
import { CommandWriter } from '../../src/contract/generated/records.js';
import type { Universe } from '../../src/market/universe.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };
type NoteName =
  | 'NO_SNAPSHOT'
  | 'RESOLVED'
  | 'OLDER_CHANGE'
  | 'OLDER_BOOK'
  | 'SUPERSEDED_BOOK'
  | 'MIRROR_CONFLICT'
  | 'SAME_TICK'
  | 'FOREIGN_TOKEN';

interface BookView {
  phase: 'waiting' | 'live' | 'stale' | 'resolved';
  tick: number;
  time: number;
}

interface Level {
  /** Undefined: the asset id of the message. */
  readonly token: string | undefined;
  readonly bid: boolean;
  readonly price: number;
  readonly size: number;
}

interface Message {
  readonly kind: string;
  readonly token: string;
  readonly time: number;
  readonly tick: number | undefined;
  readonly levels: readonly Level[];
  readonly assets: readonly string[];
}

/** What an accepted frame means; `keep` makes the decoder remember it. */
export interface Meaning {
  readonly commands: Uint8Array;
  readonly notes: Record<string, number>;
  readonly keep: () => void;
}

class Bad extends Error {}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const TICKS = [1, 10, 25, 50, 100, 1000];
const KINDS = [
  'book',
  'price_change',
  'tick_size_change',
  'last_trade_price',
  'best_bid_ask',
  'market_resolved',
  'new_market',
];
const LISTS = ['bids', 'asks', 'price_changes', 'changes', 'assets_ids'] as const;

/** The text of a frame as JSON, or undefined. */
export function parseStrictly(frame: Uint8Array): Json | undefined {
  try {
    return JSON.parse(strict.decode(frame)) as Json;
  } catch {
    return undefined;
  }
}

function units(text: Json | undefined, decimals: number): number {
  if (typeof text !== 'string' || !/^([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text)) throw new Bad();
  if (text.replace('.', '').length > 24) throw new Bad();
  const value = new Decimal(text).times(new Decimal(10).pow(decimals));
  if (!value.isInteger() || value.gt(2 ** 48 - 1)) throw new Bad();
  return value.toNumber();
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export class NaiveDecoder {
  private books: BookView[];

  constructor(private readonly universe: Universe) {
    Decimal.set({ precision: 60 });
    this.books = universe.books.map((book) => ({ phase: 'waiting', tick: book.tick, time: 0 }));
  }

  /** As FrameDecoder.stale. */
  stale(): void {
    for (const book of this.books) if (book.phase === 'live') book.phase = 'stale';
  }

  /** What the frame means, or undefined when it is to be refused. */
  read(frame: Uint8Array): Meaning | undefined {
    try {
      return this.meaning(frame);
    } catch (error) {
      if (error instanceof Bad) return undefined;
      throw error;
    }
  }

  private meaning(frame: Uint8Array): Meaning {
    const books = this.books.map((book) => ({ ...book }));
    const out = new CommandWriter();
    const notes: Record<string, number> = {};
    const add = (name: NoteName, count = 1) => {
      if (count > 0) notes[name] = (notes[name] ?? 0) + count;
    };
    const keep = () => {
      this.books = books;
    };
    const json = parseStrictly(frame);
    if (json === undefined) {
      if (Buffer.from(frame).toString('latin1') !== 'PONG') throw new Bad();
      return { commands: out.bytes(), notes, keep };
    }
    const messages = (Array.isArray(json) ? json : [json]).map((each) => this.message(each));
    const changed = new Map<string, { yes?: number; no?: number }>();
    for (const message of messages) {
      if (message.kind === 'price_change') this.change(message, books, out, add, changed);
      else if (message.kind === 'book') this.book(message, messages, books, out, add);
      else if (message.kind === 'tick_size_change') this.tick(message, books, out, add);
      else if (message.kind === 'market_resolved') this.resolved(message, books, out, add);
    }
    const said = [...changed.values()].filter(({ yes, no }) => yes !== undefined && no !== undefined && yes !== no);
    add('MIRROR_CONFLICT', said.length);
    if (out.count > 0) out.commitLast();
    else if (notes.NO_SNAPSHOT !== undefined && JSON.stringify(books) === JSON.stringify(this.books)) throw new Bad();
    return { commands: out.bytes(), notes, keep };
  }

  private binding(token: string) {
    const binding = this.universe.tokens.find((each) => each.token === token);
    if (binding === undefined) throw new Bad();
    return binding;
  }

  /** Shape and ranges of one message, whatever books there are. */
  private message(raw: Json): Message {
    if (!isObject(raw)) throw new Bad();
    const lists = Object.fromEntries(LISTS.map((name) => [name, this.list(raw[name] ?? null, name)]));
    const text = (name: string) => {
      const value = raw[name] ?? undefined;
      if (value !== undefined && typeof value !== 'string') throw new Bad();
      return value;
    };
    const needed = (name: string) => {
      const value = text(name);
      if (value === undefined) throw new Bad();
      return value;
    };
    const alone = (...names: string[]) => {
      if (LISTS.some((name) => lists[name] !== undefined && !names.includes(name))) throw new Bad();
    };
    const tickOf = (value: string) => {
      const tick = units(value, 4);
      if (!TICKS.includes(tick)) throw new Bad();
      return tick;
    };
    const token = () => this.binding(needed('asset_id')).token;
    const time = () => units(needed('timestamp'), 0);
    const event = text('event_type') ?? (lists.bids !== undefined && lists.asks !== undefined ? 'book' : '');
    if (!KINDS.includes(event)) throw new Bad();
    const empty = { kind: event, token: '', time: 0, tick: undefined, levels: [], assets: [] };
    if (event === 'book') {
      alone('bids', 'asks');
      if (lists.bids === undefined || lists.asks === undefined) throw new Bad();
      const tick = text('tick_size');
      // Levels come in the order of their keys in the frame.
      const bidsFirst = Object.keys(raw).indexOf('bids') < Object.keys(raw).indexOf('asks');
      const levels = bidsFirst ? [...lists.bids, ...lists.asks] : [...lists.asks, ...lists.bids];
      return { ...empty, token: token(), time: time(), tick: tick === undefined ? undefined : tickOf(tick), levels };
    }
    if (event === 'price_change') {
      if (lists.price_changes !== undefined) {
        alone('price_changes');
        return { ...empty, time: time(), levels: lists.price_changes };
      }
      if (lists.changes !== undefined) {
        alone('changes');
        return { ...empty, token: token(), time: time(), levels: lists.changes };
      }
      alone();
      return { ...empty, token: token(), time: time(), levels: [this.level(raw, 'flat')] };
    }
    if (event === 'tick_size_change') {
      alone();
      return { ...empty, token: token(), time: time(), tick: tickOf(needed('new_tick_size')) };
    }
    if (event === 'market_resolved') {
      alone('assets_ids');
      if (lists.assets_ids === undefined) throw new Bad();
      return { ...empty, assets: raw.assets_ids as string[] };
    }
    return empty;
  }

  private list(value: Json, name: (typeof LISTS)[number]): readonly Level[] | undefined {
    if (value === null) return undefined;
    if (!Array.isArray(value)) throw new Bad();
    if (name !== 'assets_ids') return value.map((each) => this.level(each, name));
    if (value.some((each) => typeof each !== 'string')) throw new Bad();
    return [];
  }

  private level(raw: Json, place: 'bids' | 'asks' | 'price_changes' | 'changes' | 'flat'): Level {
    if (!isObject(raw)) throw new Bad();
    const price = units(raw.price, 4);
    const size = units(raw.size, 6);
    if (price <= 0 || price >= 10_000) throw new Bad();
    if (place === 'bids' || place === 'asks') return { token: undefined, bid: place === 'bids', price, size };
    if (raw.side !== 'BUY' && raw.side !== 'SELL') throw new Bad();
    const asset = raw.asset_id ?? undefined;
    if (place === 'changes' && asset !== undefined) throw new Bad();
    if (place === 'price_changes' && typeof asset !== 'string') throw new Bad();
    const token = place === 'price_changes' ? this.binding(asset as string).token : undefined;
    return { token, bid: raw.side === 'BUY', price, size };
  }

  /** Side and level in YES terms. */
  private inYes(level: Level, mirrored: boolean, tick: number) {
    if (level.price % tick !== 0) throw new Bad();
    return { side: level.bid !== mirrored ? 0 : 1, level: (mirrored ? 10_000 - level.price : level.price) / tick };
  }

  private change(
    message: Message,
    books: BookView[],
    out: CommandWriter,
    add: (name: NoteName) => void,
    changed: Map<string, { yes?: number; no?: number }>,
  ): void {
    let older = false;
    for (const each of message.levels) {
      const { book: id, mirrored } = this.binding(each.token ?? message.token);
      const book = books[id] as BookView;
      if (book.phase !== 'live') {
        add(book.phase === 'resolved' ? 'RESOLVED' : 'NO_SNAPSHOT');
        continue;
      }
      const { side, level } = this.inYes(each, mirrored, book.tick);
      older ||= message.time < book.time;
      book.time = message.time;
      out.levelSet(id, side, level, each.size);
      const name = `${id} ${side} ${level}`;
      changed.set(name, { ...changed.get(name), [mirrored ? 'no' : 'yes']: each.size });
    }
    if (older) add('OLDER_CHANGE');
  }

  private book(
    message: Message,
    all: readonly Message[],
    books: BookView[],
    out: CommandWriter,
    add: (name: NoteName) => void,
  ): void {
    const { book: id, mirrored } = this.binding(message.token);
    const book = books[id] as BookView;
    if (book.phase === 'resolved') return add('RESOLVED');
    const tick = message.tick ?? book.tick;
    const levels = message.levels.map((each) => ({ ...this.inYes(each, mirrored, tick), size: each.size }));
    if (new Set(levels.map(({ side, level }) => `${side} ${level}`)).size !== levels.length) throw new Bad();
    const rivals = all.filter((each) => each.kind === 'book' && this.binding(each.token).book === id);
    const newest = Math.max(...rivals.map((each) => each.time));
    const best = rivals.filter((each) => each.time === newest);
    const ofYes = best.filter((each) => !this.binding(each.token).mirrored);
    if (message !== (ofYes.at(-1) ?? best.at(-1))) return add('SUPERSEDED_BOOK');
    if (book.phase === 'live' && message.time < book.time) return add('OLDER_BOOK');
    out.bookBegin(id, tick);
    for (const { side, level, size } of levels) if (size > 0) out.levelSet(id, side, level, size);
    out.bookLive(id);
    Object.assign(book, { phase: 'live', tick, time: message.time });
  }

  private tick(message: Message, books: BookView[], out: CommandWriter, add: (name: NoteName) => void): void {
    const { book: id } = this.binding(message.token);
    const book = books[id] as BookView;
    if (book.phase === 'resolved') return add('RESOLVED');
    if (book.tick === message.tick) return add('SAME_TICK');
    book.tick = message.tick as number;
    if (book.phase !== 'live') return;
    book.phase = 'waiting';
    out.bookBegin(id, book.tick);
  }

  private resolved(message: Message, books: BookView[], out: CommandWriter, add: (name: NoteName) => void): void {
    for (const token of message.assets) {
      const binding = this.universe.tokens.find((each) => each.token === token);
      if (binding === undefined) {
        add('FOREIGN_TOKEN');
        continue;
      }
      const book = books[binding.book] as BookView;
      if (book.phase === 'resolved') {
        add('RESOLVED');
        continue;
      }
      if (book.phase === 'live') out.bookStale(binding.book);
      book.phase = 'resolved';
    }
  }
}
