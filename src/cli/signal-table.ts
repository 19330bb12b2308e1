// How signals, books and figures look to a person. Everything here is text out of numbers: no decision is made here.
import Table from 'cli-table3';
import type { Quote, SignalLeg, SignalReport } from '../host/signal-tracker.js';
import { formatMicro, formatPrice, formatSize } from '../market/decimal.js';
import type { Universe } from '../market/universe.js';

const NS_PER_SECOND = 1e9;
/** No colours and no lines between rows: it must read well in a narrow terminal, a pager and a file. */
const PLAIN = {
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1, compact: true },
  chars: {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: ' ',
  },
};

/** One signal from its opening to its end. */
export interface SignalLife {
  readonly opened: SignalReport;
  bestEdge: number;
  largestSize: number;
  changes: number;
  lifeNs: bigint | undefined;
}

/** Joins the reports of a signal, in the order in which signals opened. */
export class SignalLives {
  readonly all: SignalLife[] = [];
  private readonly open = new Map<string, SignalLife>();

  add(signal: SignalReport): void {
    const key = `${signal.kind} ${signal.market}`;
    if (signal.event === 'open') {
      const life: SignalLife = {
        opened: signal,
        bestEdge: signal.edge,
        largestSize: signal.size,
        changes: 0,
        lifeNs: undefined,
      };
      this.all.push(life);
      this.open.set(key, life);
      return;
    }
    const life = this.open.get(key);
    if (life === undefined) return;
    if (signal.event === 'change') {
      life.changes += 1;
      life.bestEdge = Math.max(life.bestEdge, signal.edge);
      life.largestSize = Math.max(life.largestSize, signal.size);
    } else {
      life.lifeNs = signal.lifeNs;
      this.open.delete(key);
    }
  }
}

export function clockTime(timeNs: bigint): string {
  return new Date(Number(timeNs / 1_000_000n)).toISOString().slice(11, 23);
}

export function duration(ns: bigint | undefined): string {
  if (ns === undefined) return 'open at the end';
  return `${(Number(ns) / NS_PER_SECOND).toFixed(3)} s`;
}

/** USD a share without the zeros that say nothing: `0.01`, `0.016801`. */
function dollars(micro: number): string {
  return formatMicro(micro).replace(/(\.\d\d+?)0+$/, '$1');
}

/** `YES Up 0.48 x 120`; the market's name is left out where it is said already. */
function legText(leg: SignalLeg, market: string): string {
  const book = leg.book.startsWith(`${market}:`) ? leg.book.slice(market.length + 1) : leg.book;
  return `${leg.outcome} ${book === market ? '' : `${book} `}${formatPrice(leg.price)} x ${formatSize(leg.size)}`;
}

/** The signals as they opened, at most `limit` of them. Money in USD a share. */
export function signalTable(lives: readonly SignalLife[], limit: number): string {
  const table = new Table({ head: ['time', 'signal', 'buy', 'gross', 'fee', 'edge', 'size', 'life'], ...PLAIN });
  for (const { opened, lifeNs } of lives.slice(0, limit)) {
    const { gross, edge } = opened;
    table.push([
      clockTime(opened.timeNs),
      `${opened.kind}\n${opened.market}`,
      opened.legs.map((leg) => legText(leg, opened.market)).join('\n'),
      gross === undefined ? '' : dollars(gross),
      gross === undefined ? '' : dollars(gross - edge),
      dollars(edge),
      formatSize(opened.size),
      duration(lifeNs),
    ]);
  }
  const rest = lives.length - limit;
  return rest > 0 ? `${table.toString()}\n  and ${rest} more: --json has them all` : table.toString();
}

/** The books as they stood at the end, at most `limit` of them. */
export function bookTable(universe: Universe, quotes: readonly Quote[], limit: number): string {
  const table = new Table({ head: ['book', 'bid size', 'bid', 'ask', 'ask size'], ...PLAIN });
  const side = (price: number, size: number) => (price === 0 ? ['-', '-'] : [formatPrice(price), formatSize(size)]);
  for (const [id, book] of universe.books.slice(0, limit).entries()) {
    const quote = quotes[id];
    if (quote === undefined) continue;
    const [bid = '', bidSize = ''] = side(quote.bidPrice, quote.bidSize);
    const [ask = '', askSize = ''] = side(quote.askPrice, quote.askSize);
    table.push([book.label, bidSize, bid, ask, askSize]);
  }
  const rest = universe.books.length - limit;
  return rest > 0 ? `${table.toString()}\n  and ${rest} more books` : table.toString();
}
