// The recorded Gamma events, as JSON and as instruments, and ways to change them.
import { readFileSync } from 'node:fs';
import { readGammaEvents } from '../../src/market/gamma.js';
import type { MarketEvent } from '../../src/market/instruments.js';

export type RawMarket = Record<string, unknown>;
export type RawEvent = Record<string, unknown> & { markets: RawMarket[] };

/** A fresh copy: the neg-risk event with nine outcomes, then the binary event. */
export function rawEvents(): [RawEvent, RawEvent] {
  const text = readFileSync(new URL('../fixtures/gamma_events_2026-01.json', import.meta.url), 'utf8');
  return JSON.parse(text) as [RawEvent, RawEvent];
}

/** The event with nine outcomes after a change to its JSON. */
export function nineOutcomes(change: (event: RawEvent) => void = () => {}): MarketEvent {
  const [raw] = rawEvents();
  change(raw);
  const { events, rejected } = readGammaEvents([raw]);
  const [event] = events;
  if (event === undefined) throw rejected[0]?.error ?? new Error('no event');
  return event;
}

/** The binary event's market after a change to its JSON: read, or the error that rejects it. */
export function binaryMarket(change: (market: RawMarket) => void = () => {}) {
  const [, raw] = rawEvents();
  change(raw.markets[0] as RawMarket);
  const event = readGammaEvents(raw).events[0];
  return { instrument: event?.instruments[0], error: event?.rejected[0]?.error };
}
