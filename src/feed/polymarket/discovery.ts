// Learns from raw frames alone which tokens share a market, for captures that come without the venue's description.
import { TICK_VALUES } from '../../contract/generated/records.js';
import { parseTick, priceFromText } from '../../market/decimal.js';
import type { Instrument } from '../../market/instruments.js';

interface Found {
  /** Asset ids in the order in which they were first seen. */
  readonly tokens: string[];
  /** As the venue said; undefined while it has not. */
  tick: number | undefined;
  /** Prices seen, 1e-4 USD: without a tick they say which grid holds them. */
  readonly prices: Set<number>;
}

/** Preferred when nothing is known: the venue's most usual tick. */
const USUAL_TICK = 100;

/**
 * One instrument a market, with the token seen first as its YES: which of the two that is, frames do not say. A second
 * token that never shows gets a name that no frame carries. Fee and smallest order are unknown: 0.
 * Frames that are not JSON or not UTF-8 are passed over here; the decoder counts them.
 */
export function discoverInstruments(frames: Iterable<Uint8Array>): readonly Instrument[] {
  const markets = new Map<string, Found>();
  const owners = new Map<string, string>();
  const text = new TextDecoder('utf-8', { fatal: true });
  for (const frame of frames) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text.decode(frame));
    } catch {
      continue;
    }
    for (const message of Array.isArray(parsed) ? parsed : [parsed]) learn(message, markets, owners);
  }
  const complete = [...markets].filter(([, found]) => found.tokens.length > 0);
  return complete.map(([market, found]) => instrumentOf(market, found));
}

function learn(message: unknown, markets: Map<string, Found>, owners: Map<string, string>): void {
  if (!isObject(message) || typeof message['market'] !== 'string') return;
  const market = message['market'];
  const found = markets.get(market) ?? { tokens: [], tick: undefined, prices: new Set<number>() };
  markets.set(market, found);
  // The first tick counts: a universe is built before the first frame, and a change has a frame of its own.
  found.tick ??= tickOf(message['old_tick_size'] ?? message['tick_size']);
  const lists = ['price_changes', 'changes', 'bids', 'asks'].map((key) => message[key]);
  for (const entry of [message, ...lists.filter(Array.isArray).flat()]) {
    if (!isObject(entry)) continue;
    const token = entry['asset_id'];
    if (typeof token === 'string') {
      // A token stays with the market that named it first: a frame that says otherwise is damaged.
      const owner = owners.get(token) ?? market;
      if (owner !== market) continue;
      owners.set(token, owner);
      if (!found.tokens.includes(token)) found.tokens.push(token);
    }
    const price = typeof entry['price'] === 'string' ? priceFromText(entry['price']) : -1;
    if (price > 0) found.prices.add(price);
  }
}

function tickOf(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  try {
    return parseTick(value);
  } catch {
    return undefined;
  }
}

function instrumentOf(market: string, found: Found): Instrument {
  const [yesToken = '', noToken = `${market}:second`] = found.tokens;
  const fits = (tick: number) => [...found.prices].every((price) => price % tick === 0);
  const guess = [USUAL_TICK, ...[...TICK_VALUES].filter((tick) => tick < USUAL_TICK).reverse()].find(fits);
  return {
    conditionId: market,
    slug: market,
    question: market,
    outcomes: ['first token', 'second token'],
    yesToken,
    noToken,
    tick: found.tick ?? guess ?? 1,
    minOrderSize: 0,
    negRisk: false,
    negRiskOther: false,
    feeRate: 0,
    state: 'open',
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
