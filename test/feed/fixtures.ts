// What the feed tests share: the recorded frames, instruments made for them, and a decoder with its output.
import { readFileSync } from 'node:fs';
import { CommandWriter } from '../../src/contract/generated/records.js';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { PolymarketDecoder, type PolymarketDecoderOptions } from '../../src/feed/polymarket/decoder.js';
import { refusalNames } from '../../src/feed/refusals.js';
import type { BookMode, Instrument } from '../../src/market/instruments.js';
import { buildUniverse } from '../../src/market/universe.js';

export const STANDARD = NAMED_PROFILES.standard as Profile;

/** The recorded frames by name, as text. */
export const recordedFrames: ReadonlyMap<string, string> = new Map(
  readFileSync(new URL('../fixtures/polymarket_frames_2026-08.jsonl', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { name: string; frame: string })
    .map(({ name, frame }) => [name, frame]),
);

export function recorded(name: string): string {
  const frame = recordedFrames.get(name);
  if (frame === undefined) throw new Error(`no recorded frame ${name}`);
  return frame;
}

export function instrument(yesToken: string, noToken: string, tick: number): Instrument {
  return {
    conditionId: `condition-${yesToken}`,
    slug: `market-${yesToken}`,
    question: '?',
    outcomes: ['Yes', 'No'],
    yesToken,
    noToken,
    tick,
    minOrderSize: 5_000_000,
    negRisk: false,
    negRiskOther: false,
    feeRate: 0,
    state: 'open',
  };
}

/** The asset ids of the recorded frames; those whose other token is not in them get a made-up one. */
export const recordedInstruments: readonly Instrument[] = [
  instrument('63691357964355397861776339416833450653158434687925250159757815624217137833471', '1001', 10),
  instrument(
    '40600137944982070120020561148201046074034528738262880058756488608210871246278',
    '79597156840177168343562124064866301094619106642263695929345529947536386203124',
    100,
  ),
  instrument('72710166409980712002774407052535905861151156175854323762835102340552522606004', '1002', 10),
  instrument('658186', '1003', 100),
  instrument('7604307', '3169093', 100),
  instrument('27146956652877944551877724690365745048289675287536243265951843487691050802191', '1004', 10),
];

/** A decoder and what it wrote. */
export function session(
  instruments: readonly Instrument[],
  mode: BookMode = 'mirrored',
  options: PolymarketDecoderOptions & { readonly profile?: Profile } = {},
) {
  const universe = buildUniverse({ mode, profile: options.profile ?? STANDARD, instruments });
  const decoder = new PolymarketDecoder(universe, options);
  const out = new CommandWriter();
  return {
    universe,
    decoder,
    out,
    /** Decodes one frame into an empty writer; returns the name of the refusal. */
    feed(frame: string | Uint8Array | object): string {
      out.clear();
      const { refused } = decoder.decode(frameBytes(frame), out);
      return refusalNames[refused] as string;
    },
  };
}

/** Text and bytes as they are, other values as JSON. */
export function frameBytes(frame: string | Uint8Array | object): Uint8Array {
  if (frame instanceof Uint8Array) return frame;
  return new TextEncoder().encode(typeof frame === 'string' ? frame : JSON.stringify(frame));
}

/** Asset ids of two small markets, tick 0.01 and 0.001. */
export const YES = '111';
export const NO = '222';
export const market = instrument(YES, NO, 100);
export const other = instrument('333', '444', 10);

/** A `book` message. */
export function book(asset: string, bids: object[], asks: object[], timestamp = '1000', more: object = {}): object {
  return { event_type: 'book', asset_id: asset, market: '0x1', timestamp, bids, asks, ...more };
}

/** One level of a `book`. */
export function rung(price: string, size: string): object {
  return { price, size };
}

/** A `price_change` message. */
export function changes(list: object[], timestamp = '1001') {
  return { event_type: 'price_change', market: '0x1', price_changes: list, timestamp };
}

/** One change of it. */
export function change(asset: string, price: string, size: string, side: string): object {
  return { asset_id: asset, price, size, side };
}

/** The bytes of commands. */
export function commands(write: (out: CommandWriter) => void): Uint8Array {
  const out = new CommandWriter();
  write(out);
  return out.bytes();
}
