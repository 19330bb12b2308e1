// Reads the JSON of Polymarket's Gamma API: events and their markets become instruments.
// Unknown fields are ignored; a field that is used and wrong rejects its market, not the reply.
import { z } from 'zod';
import { type DecimalInput, parseFeeRate, parseSize, parseTick } from './decimal.js';
import { MarketError } from './errors.js';
import type { Instrument, MarketEvent, RejectedMarket, TradingState } from './instruments.js';

/** Gamma writes arrays of strings as JSON inside a string, except where it does not (`positionIds`). */
const stringArray = z.preprocess((value) => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}, z.array(z.string()));

const decimal = z.union([z.number(), z.string()]);
const flag = z.boolean().nullish();

const feeScheduleSchema = z.looseObject({
  rate: decimal,
  exponent: decimal.nullish(),
  takerOnly: flag,
});

const marketSchema = z.looseObject({
  conditionId: z.string().min(1),
  slug: z.string().min(1),
  question: z.string().nullish(),
  version: z.string().nullish(),
  outcomes: stringArray,
  clobTokenIds: stringArray.nullish(),
  positionIds: stringArray.nullish(),
  orderPriceMinTickSize: decimal,
  orderMinSize: decimal,
  negRisk: flag,
  negRiskOther: flag,
  active: flag,
  closed: flag,
  archived: flag,
  enableOrderBook: flag,
  acceptingOrders: flag,
  feesEnabled: flag,
  feeSchedule: feeScheduleSchema.nullish(),
});
type GammaMarket = z.infer<typeof marketSchema>;

const eventSchema = z.looseObject({
  slug: z.string().min(1),
  title: z.string().nullish(),
  negRisk: flag,
  enableNegRisk: flag,
  negRiskAugmented: flag,
  negRiskFeeBips: z.number().int().min(0).max(10_000).nullish(),
  markets: z.array(z.unknown()),
});

/** What a Gamma reply holds: `rejected` names events without a legal shape. */
export interface GammaReading {
  readonly events: readonly MarketEvent[];
  readonly rejected: readonly RejectedMarket[];
}

/**
 * Reads a reply of /events: an array of events, or one event.
 * @param reply parsed JSON
 * @throws MarketError GAMMA_SHAPE when it is neither
 */
export function readGammaEvents(reply: unknown): GammaReading {
  const events: MarketEvent[] = [];
  const rejected: RejectedMarket[] = [];
  for (const [index, raw] of listOf(reply, 'events').entries()) {
    try {
      events.push(readEvent(raw, `events[${index}]`));
    } catch (error) {
      rejected.push(rejection(raw, index, error));
    }
  }
  return { events, rejected };
}

/**
 * Reads a reply of /markets: an array of markets, or one market.
 * @param reply parsed JSON
 * @throws MarketError GAMMA_SHAPE when it is neither
 */
export function readGammaMarkets(reply: unknown): {
  readonly instruments: readonly Instrument[];
  readonly rejected: readonly RejectedMarket[];
} {
  return readMarkets(listOf(reply, 'markets'), 'markets');
}

function listOf(reply: unknown, name: string): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  if (typeof reply === 'object' && reply !== null) return [reply];
  throw new MarketError('GAMMA_SHAPE', name, reply, 'an array of objects, or one object');
}

function readMarkets(list: readonly unknown[], path: string) {
  const instruments: Instrument[] = [];
  const rejected: RejectedMarket[] = [];
  for (const [index, raw] of list.entries()) {
    try {
      instruments.push(readMarket(raw, `${path}[${index}]`));
    } catch (error) {
      rejected.push(rejection(raw, index, error));
    }
  }
  return { instruments, rejected };
}

function rejection(raw: unknown, index: number, error: unknown): RejectedMarket {
  if (!(error instanceof MarketError)) throw error;
  const slug = typeof raw === 'object' && raw !== null && 'slug' in raw ? raw.slug : undefined;
  return { name: typeof slug === 'string' ? slug : `[${index}]`, error };
}

function readEvent(raw: unknown, path: string): MarketEvent {
  const event = shaped(eventSchema, raw, path);
  const { instruments, rejected } = readMarkets(event.markets, `${path}.markets`);
  return {
    slug: event.slug,
    title: event.title ?? event.slug,
    negRisk: (event.negRisk ?? event.enableNegRisk) === true,
    // The venue means enableNegRisk && negRiskAugmented; one flag alone is taken as the warning that it is.
    augmented: event.negRiskAugmented === true,
    conversionFeeBips: event.negRiskFeeBips ?? 0,
    instruments,
    rejected,
  };
}

function shaped<T>(schema: z.ZodType<T>, raw: unknown, path: string): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = (issue?.path ?? []).map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  let value: unknown = raw;
  for (const step of issue?.path ?? []) value = (value as Record<PropertyKey, unknown>)[step];
  throw new MarketError('GAMMA_SHAPE', path + field.join(''), value, issue?.message ?? 'another shape');
}

function readMarket(raw: unknown, path: string): Instrument {
  const market = shaped(marketSchema, raw, path);
  const [yesToken, noToken] = tokens(market, path);
  return {
    conditionId: market.conditionId,
    slug: market.slug,
    question: market.question ?? market.slug,
    outcomes: pair(market.outcomes, `${path}.outcomes`),
    yesToken,
    noToken,
    tick: parseTick(market.orderPriceMinTickSize, `${path}.orderPriceMinTickSize`),
    minOrderSize: parseSize(market.orderMinSize, `${path}.orderMinSize`),
    negRisk: market.negRisk === true,
    negRiskOther: market.negRiskOther === true,
    feeRate: feeRate(market, path),
    state: tradingState(market),
  };
}

function pair(list: readonly string[], field: string): readonly [string, string] {
  const [first, second, ...more] = list;
  if (first === undefined || second === undefined || more.length > 0) {
    throw new MarketError('GAMMA_FIELD', field, list, 'exactly two strings');
  }
  return [first, second];
}

/** 256 bits have at most 78 decimal digits. */
const TOKEN = /^(?:0|[1-9][0-9]{0,77})$/;

/** The documentation says to choose by `version`, even where both lists are there. */
function tokens(market: GammaMarket, path: string): readonly [string, string] {
  const name = market.version === 'v2' ? 'positionIds' : 'clobTokenIds';
  const field = `${path}.${name}`;
  const list = pair(market[name] ?? [], field);
  if (!list.every((token) => TOKEN.test(token)) || list[0] === list[1]) {
    throw new MarketError('GAMMA_FIELD', field, list, 'two different asset ids of 1..78 decimal digits');
  }
  return list;
}

/** From feeSchedule alone: makerBaseFee and takerBaseFee are legacy and say nothing about cost. */
function feeRate(market: GammaMarket, path: string): number {
  if (market.feesEnabled === false) return 0;
  const schedule = market.feeSchedule;
  if (schedule === undefined || schedule === null) {
    if (market.feesEnabled !== true) return 0;
    throw new MarketError('GAMMA_FIELD', `${path}.feeSchedule`, undefined, 'a schedule, because feesEnabled is true');
  }
  const exponent: DecimalInput = schedule.exponent ?? 1;
  return parseFeeRate(schedule.rate, exponent, `${path}.feeSchedule`);
}

/** A flag that is absent is taken for the one that stops trading, except `archived` and `closed`. */
function tradingState(market: GammaMarket): TradingState {
  if (market.archived === true) return 'archived';
  if (market.closed === true) return 'closed';
  if (market.active !== true) return 'inactive';
  if (market.enableOrderBook !== true) return 'no-order-book';
  return market.acceptingOrders === true ? 'open' : 'not-accepting-orders';
}
