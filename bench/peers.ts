// Order books of other libraries on the same work, as subjects that take turns with ours. They lie in bench/peers, a
// package of its own, so that nobody who uses gatebook installs them.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FrameWork } from '../dist/bench/frame-work.js';
import type { LadderWork } from '../dist/bench/ladder-work.js';
import { frameLoop, type Subject } from '../dist/bench/measure.js';
import type { Peers } from '../dist/bench/run.js';

/** What is used of each library. */
interface Tree {
  set(key: number, value: number): void;
  delete(key: number): void;
  maxKey(): number | undefined;
  minKey(): number | undefined;
}
interface CcxtSide {
  readonly [place: number]: readonly [number, number] | undefined;
  store(price: number, size: number): void;
}
interface CcxtBook {
  readonly bids: CcxtSide;
  readonly asks: CcxtSide;
}
interface Level {
  readonly price: string;
  readonly size: string;
}
interface BookEvent {
  readonly asset_id: string;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}
interface ChangeEvent {
  readonly price_changes: readonly unknown[];
}
interface Cache {
  replaceBook(event: BookEvent): void;
  upsertPriceChange(event: ChangeEvent): void;
}
interface Libraries {
  readonly Tree: new () => Tree;
  readonly OrderBook: new (snapshot: object) => CcxtBook;
  readonly Cache: new () => Cache;
}

/** A book as the ladder work drives it; `best` is 0 without levels. */
interface LadderBook {
  set(side: number, level: number, size: number): void;
  best(side: number): number;
}

/** Micro-shares in a share, and levels of the 0.001 grid in 1 USD. */
const SHARE = 1_000_000;
const LEVELS_IN_USD = 1000;
const NAMES = ['sorted-btree', 'ccxt', '@nevuamarkets/poly-websockets'] as const;

/** folder: bench/peers with its packages installed. */
export async function loadPeers(folder: string): Promise<{ subjects: Peers; versions: Record<string, string> }> {
  const require = createRequire(join(folder, 'package.json'));
  const inPackage = (path: string) => join(folder, 'node_modules', path);
  const tree = require('sorted-btree') as { readonly default: Libraries['Tree'] };
  // Neither of the two books is an export of its package, so they are taken by file.
  const ccxt = (await import(pathToFileURL(inPackage('ccxt/js/src/base/ws/OrderBook.js')).href)) as Libraries;
  const cache = require(inPackage('@nevuamarkets/poly-websockets/dist/modules/OrderBookCache.js')) as {
    readonly OrderBookCache: Libraries['Cache'];
  };
  const libraries = { Tree: tree.default, OrderBook: ccxt.OrderBook, Cache: cache.OrderBookCache };
  const version = (name: string) => (require(inPackage(`${name}/package.json`)) as { version: string }).version;
  return {
    subjects: {
      ladder: (work) => ladderSubjects(work, libraries),
      decode: (work) => [cacheSubject(work, libraries)],
    },
    versions: Object.fromEntries(NAMES.map((name) => [name, version(name)])),
  };
}

function ladderSubjects(work: LadderWork, { Tree, OrderBook }: Libraries): Subject[] {
  return [
    ladderSubject('JavaScript Map', work, () => new MapBook()),
    ladderSubject('sorted-btree', work, () => new TreeBook(new Tree(), new Tree())),
    ladderSubject('ccxt ws OrderBook', work, () => new CcxtLadder(new OrderBook({}))),
  ];
}

function ladderSubject(name: string, work: LadderWork, make: () => LadderBook): Subject {
  const { sides, levels, sizes, opening } = work;
  let book = make();
  const walk = (from: number, to: number): number => {
    let sum = 0;
    for (let at = from; at < to; at++) {
      book.set(sides[at] as number, levels[at] as number, sizes[at] as number);
      sum = (sum + book.best(0) * 3 + book.best(1)) | 0;
    }
    return sum;
  };
  return {
    name: `ladder W1: ${name}`,
    most: sizes.length - opening,
    restart() {
      book = make();
      walk(0, opening);
    },
    run: (count) => walk(opening, opening + count),
  };
}

/** What one writes first: a Map a side, and a walk over the grid when the best level goes. */
class MapBook implements LadderBook {
  private readonly sides = [new Map<number, number>(), new Map<number, number>()] as const;
  private readonly bests = [0, 0];

  set(side: number, level: number, size: number): void {
    const levels = side === 0 ? this.sides[0] : this.sides[1];
    const best = this.best(side);
    if (size > 0) {
      levels.set(level, size);
      if (best === 0 || (side === 0 ? level > best : level < best)) this.bests[side] = level;
      return;
    }
    if (!levels.delete(level) || level !== best) return;
    const step = side === 0 ? -1 : 1;
    let next = levels.size === 0 ? 0 : level + step;
    while (next !== 0 && !levels.has(next)) next += step;
    this.bests[side] = next;
  }

  best(side: number): number {
    return this.bests[side] as number;
  }
}

class TreeBook implements LadderBook {
  constructor(
    private readonly bids: Tree,
    private readonly asks: Tree,
  ) {}

  set(side: number, level: number, size: number): void {
    const tree = side === 0 ? this.bids : this.asks;
    if (size > 0) tree.set(level, size);
    else tree.delete(level);
  }

  best(side: number): number {
    return (side === 0 ? this.bids.maxKey() : this.asks.minKey()) ?? 0;
  }
}

/** Prices and sizes as ccxt has them: numbers in USD and shares. */
class CcxtLadder implements LadderBook {
  constructor(private readonly book: CcxtBook) {}

  set(side: number, level: number, size: number): void {
    const { bids, asks } = this.book;
    (side === 0 ? bids : asks).store(level / LEVELS_IN_USD, size / SHARE);
  }

  best(side: number): number {
    const row = side === 0 ? this.book.bids[0] : this.book.asks[0];
    return row === undefined ? 0 : row[0] * LEVELS_IN_USD;
  }
}

/** What its socket handler does with a message: JSON.parse, then the cache. */
function cacheSubject(work: FrameWork, { Cache }: Libraries): Subject {
  const cache = new Cache();
  const instruments = work.universe.books.map((book) => book.instrument);
  const noOf = new Map(instruments.map(({ yesToken, noToken }) => [yesToken, noToken]));
  for (const frame of work.opening) {
    const event = JSON.parse(frame.toString()) as BookEvent;
    cache.replaceBook(event);
    cache.replaceBook(mirrored(event, noOf.get(event.asset_id) ?? ''));
  }
  const texts = work.changes.map((frame) => frame.toString());
  return frameLoop('decode price_change: poly-websockets, JSON.parse and its cache', texts, (text) => {
    const event = JSON.parse(text) as ChangeEvent;
    cache.upsertPriceChange(event);
    return event.price_changes.length;
  });
}

/** The book of the other token: a bid at p is an ask at 1 - p. */
function mirrored({ bids, asks }: BookEvent, token: string): BookEvent {
  const flip = ({ price, size }: Level) => ({ price: (1 - Number(price)).toFixed(2), size });
  return { asset_id: token, bids: asks.map(flip), asks: bids.map(flip) };
}
