// Work W2: price_change frames of about 600 bytes, each with the YES and the NO of one change, over 500 markets; and
// snapshots with 16 levels a side. Bytes as the venue sends them.
import { MICRO_ONE } from '../contract/generated/records.js';
import type { Profile } from '../contract/profile.js';
import { marketBaskets } from '../market/baskets.js';
import type { Instrument } from '../market/instruments.js';
import { buildUniverse, type Universe } from '../market/universe.js';
import { Prng } from '../verify/prng.js';

export const W2_FRAMES = 20_000;
export const W2_BOOK_FRAMES = 2_000;
const MARKETS = 500;
const LEVELS = 16;
const CENTS = 100;
/** Best bid of every market at the start, in cents; its ask stands two cents above. */
const BEST_BID = 48;
const BEST_ASK = 50;
const FIRST_TIME = 1_786_728_438_000;
/** Every basket is open at any price, so that each change of a top of book is a signal. */
const ALWAYS_OPEN = -4 * MICRO_ONE;

/** Frames for a universe, in the order in which they arrive. */
export interface FrameWork {
  readonly universe: Universe;
  /** A snapshot of every market: what comes before the first change. */
  readonly opening: readonly Buffer[];
  readonly changes: readonly Buffer[];
  readonly books: readonly Buffer[];
  /** Bytes of one change, on average. */
  readonly changeBytes: number;
}

interface Market {
  readonly id: string;
  readonly yes: string;
  readonly no: string;
  /** Best prices in cents; a change may go one cent better and come back. */
  bid: number;
  ask: number;
}

/** Makes W2, or a shorter piece of it; equal arguments give equal bytes. */
export function frameWork(profile: Profile, frames = W2_FRAMES, bookFrames = W2_BOOK_FRAMES, seed = 1): FrameWork {
  const prng = new Prng(seed, frames);
  const markets = Array.from({ length: MARKETS }, (): Market => {
    const [id, yes, no] = [`0x${hex(prng, 64)}`, digits(prng, 77), digits(prng, 77)];
    return { id, yes, no, bid: BEST_BID, ask: BEST_ASK };
  });
  const instruments = markets.map(instrumentOf);
  const universe = buildUniverse({
    mode: 'mirrored',
    profile,
    instruments,
    baskets: instruments.flatMap((instrument) => marketBaskets(instrument, 'mirrored')),
    minEdge: ALWAYS_OPEN,
  });
  let time = FIRST_TIME;
  const snapshot = (market: Market): Buffer => {
    time += 1;
    return Buffer.from(bookFrame(market, prng, time));
  };
  const opening = markets.map(snapshot);
  const changes = Array.from({ length: frames }, () => {
    time += 1;
    return Buffer.from(changeFrame(markets[prng.below(MARKETS)] as Market, prng, time));
  });
  for (const market of markets) [market.bid, market.ask] = [BEST_BID, BEST_ASK];
  const books = Array.from({ length: bookFrames }, (_, index) => snapshot(markets[index % MARKETS] as Market));
  const bytes = changes.reduce((sum, frame) => sum + frame.length, 0);
  return { universe, opening, changes, books, changeBytes: bytes / Math.max(1, frames) };
}

function instrumentOf({ id, yes, no }: Market): Instrument {
  return {
    conditionId: id,
    slug: `market-${id.slice(2, 10)}`,
    question: 'bench',
    outcomes: ['Yes', 'No'],
    yesToken: yes,
    noToken: no,
    tick: 100,
    minOrderSize: 5_000_000,
    negRisk: false,
    negRiskOther: false,
    feeRate: 0,
    state: 'open',
  };
}

/** Half of the changes are at the best price, a fifth moves it, the rest is deeper in the book. */
function changeFrame(market: Market, prng: Prng, time: number): string {
  const buy = prng.below(2) === 0;
  const draw = prng.below(10);
  let [price, size] = [0, shares(prng)];
  if (draw < 2) {
    const home = buy ? market.bid === BEST_BID : market.ask === BEST_ASK;
    const step = home ? 1 : 0;
    // One cent better than at the start, or back; the sides never meet, as the other one is then left alone.
    price = buy ? BEST_BID + 1 : BEST_ASK - 1;
    if (home && (buy ? market.ask : market.bid) !== (buy ? BEST_ASK : BEST_BID)) {
      price = buy ? market.bid : market.ask;
    } else {
      if (!home) size = '0';
      if (buy) market.bid = BEST_BID + step;
      else market.ask = BEST_ASK - step;
    }
  } else {
    const depth = draw < 7 ? 0 : prng.between(1, LEVELS - 1);
    price = buy ? market.bid - depth : market.ask + depth;
  }
  const bestBid = usd(market.bid);
  const bestAsk = usd(market.ask);
  const side = buy ? 'BUY' : 'SELL';
  const other = buy ? 'SELL' : 'BUY';
  const change = (token: string, p: number, to: string, bid: string, ask: string) =>
    `{"asset_id":"${token}","price":"${usd(p)}","size":"${size}","side":"${to}","hash":"${hex(prng, 40)}",` +
    `"best_bid":"${bid}","best_ask":"${ask}"}`;
  const yes = change(market.yes, price, side, bestBid, bestAsk);
  const no = change(market.no, CENTS - price, other, usd(CENTS - market.ask), usd(CENTS - market.bid));
  return `{"market":"${market.id}","price_changes":[${yes},${no}],"timestamp":"${time}","event_type":"price_change"}`;
}

function bookFrame({ id, yes, bid, ask }: Market, prng: Prng, time: number): string {
  const level = (price: number) => `{"price":"${usd(price)}","size":"${shares(prng)}"}`;
  // Worst price first, as the venue sends them.
  const bids = Array.from({ length: LEVELS }, (_, index) => level(bid - LEVELS + 1 + index));
  const asks = Array.from({ length: LEVELS }, (_, index) => level(ask + LEVELS - 1 - index));
  return (
    `{"market":"${id}","asset_id":"${yes}","timestamp":"${time}","hash":"${hex(prng, 40)}",` +
    `"bids":[${bids.join(',')}],"asks":[${asks.join(',')}],` +
    '"tick_size":"0.01","event_type":"book","last_trade_price":"0.480"}'
  );
}

/** As the venue writes sizes. */
const shares = (prng: Prng): string => `${prng.between(1, 5000)}.${prng.between(10, 99)}`;

const usd = (cents: number): string => (cents / CENTS).toFixed(2);

function hex(prng: Prng, length: number): string {
  let text = '';
  while (text.length < length) text += prng.u32().toString(16).padStart(8, '0');
  return text.slice(0, length);
}

/** The first digit is never 0, as in a number. */
function digits(prng: Prng, length: number): string {
  let text = `${prng.between(1, 9)}`;
  while (text.length < length) text += String(prng.below(10));
  return text;
}
