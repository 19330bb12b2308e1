// What a capture needs before it can be replayed: its instruments, its universe, its decoder.
import { readFileSync } from 'node:fs';
import { CaptureReader } from '../capture/index.js';
import type { Profile } from '../contract/profile.js';
import type { FrameDecoder } from '../feed/decoder.js';
import { PolymarketDecoder } from '../feed/polymarket/decoder.js';
import { discoverInstruments } from '../feed/polymarket/discovery.js';
import { TOP_OF_BOOK_FORMAT, TopOfBookDecoder, topOfBookInstruments } from '../feed/tob.js';
import { type BasketPlan, eventBaskets, implicationBasket, marketBaskets, twoVenueBaskets } from '../market/baskets.js';
import { readGammaEvents } from '../market/gamma.js';
import type { BookMode, Instrument, MarketEvent } from '../market/instruments.js';
import { buildUniverse, type Universe } from '../market/universe.js';

/** A source that cannot be replayed as asked; the message names what and what would do. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: 'SOURCE_FORMAT' | 'SOURCE_MARKETS' | 'SOURCE_RELATIONS';
  /** A file could not be read, whatever it holds. */
  readonly unreadable: boolean;

  constructor(code: SourceError['code'], message: string, unreadable = false) {
    super(`${code}: ${message}`);
    this.code = code;
    this.unreadable = unreadable;
  }
}

export interface SourceOptions {
  readonly path: string;
  readonly mode: BookMode;
  readonly profile: Profile;
  /** Replaces every fee rate, 24 bits. */
  readonly feeRate?: number;
  /** Micro a share. */
  readonly minEdge?: number;
  /** 1e-6 share. */
  readonly minSize?: number;
  /** Gamma JSON with the instruments of a capture of raw frames. */
  readonly marketsPath?: string;
  /** JSON with `implies` and `same` pairs of slugs. */
  readonly relationsPath?: string;
}

export interface Source {
  readonly reader: CaptureReader;
  readonly universe: Universe;
  readonly decoder: FrameDecoder;
  /** What the caller should tell its user: guesses that were made. */
  readonly notes: readonly string[];
}

const RAW_FRAME_FORMATS: readonly string[] = ['frames-jsonl', 'raw-lines', 'polymarket-frames'];

const ORIENTATION_NOTE =
  'without --markets, the token of a market that is seen first stands for YES; its prices may be those of NO';

/**
 * Opens a capture and prepares its universe. The caller closes the reader.
 * @throws CaptureError, MarketError, SourceError
 */
export function openSource(options: SourceOptions): Source {
  const reader = CaptureReader.open(options.path);
  try {
    const { sourceFormat, headerLine } = reader.metadata;
    if (sourceFormat === TOP_OF_BOOK_FORMAT) {
      const header = new TextEncoder().encode(headerLine ?? '');
      const instruments = scan(options.path, (rows) => topOfBookInstruments(header, rows));
      const universe = universeOf(options, instruments, []);
      return { reader, universe, decoder: new TopOfBookDecoder(header, universe), notes: [] };
    }
    if (RAW_FRAME_FORMATS.includes(sourceFormat)) {
      const { instruments, events } = frameInstruments(options);
      const universe = universeOf(options, instruments, events);
      const guessed = options.marketsPath === undefined && options.mode === 'mirrored';
      const notes = guessed ? [ORIENTATION_NOTE] : [];
      return { reader, universe, decoder: new PolymarketDecoder(universe), notes };
    }
    throw new SourceError('SOURCE_FORMAT', `${options.path} holds '${sourceFormat}', for which there is no decoder`);
  } catch (error) {
    reader.close();
    throw error;
  }
}

/** Reads the whole capture once: to learn what is in it before ids are given out. */
function scan<T>(path: string, visit: (records: Iterable<Uint8Array>) => T): T {
  const reader = CaptureReader.open(path);
  try {
    return visit(payloads(reader));
  } finally {
    reader.close();
  }
}

function* payloads(reader: CaptureReader): Iterable<Uint8Array> {
  for (const record of reader) yield record.bytes;
}

function frameInstruments(options: SourceOptions): { instruments: readonly Instrument[]; events: MarketEvent[] } {
  if (options.marketsPath === undefined) {
    // Without the venue's description, the frames still say which tokens share a market.
    return { instruments: scan(options.path, discoverInstruments), events: [] };
  }
  const { events } = readGammaEvents(readJson(options.marketsPath, 'SOURCE_MARKETS'));
  const instruments = new Map<string, Instrument>();
  for (const instrument of events.flatMap((event) => event.instruments)) {
    instruments.set(instrument.conditionId, instrument);
  }
  return { instruments: [...instruments.values()], events: [...events] };
}

function readJson(path: string, code: SourceError['code']): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const unreadable = error instanceof Error && 'errno' in error;
    throw new SourceError(code, `${path}: ${error instanceof Error ? error.message : String(error)}`, unreadable);
  }
}

function universeOf(options: SourceOptions, instruments: readonly Instrument[], events: MarketEvent[]): Universe {
  const { mode, profile, feeRate, minEdge, minSize } = options;
  const baskets: BasketPlan[] = instruments.flatMap((instrument) => [...marketBaskets(instrument, mode)]);
  for (const event of events.filter((each) => each.negRisk)) baskets.push(...eventBaskets(event, mode));
  if (options.relationsPath !== undefined) baskets.push(...relationBaskets(options.relationsPath, instruments, mode));
  return buildUniverse({
    mode,
    profile,
    instruments,
    baskets,
    ...(feeRate === undefined ? {} : { feeRate }),
    ...(minEdge === undefined ? {} : { minEdge }),
    ...(minSize === undefined ? {} : { minSize }),
  });
}

/** `[{"implies": [a, b]}, {"same": [a, b]}]`, by slug: a => b, or one question on two venues. */
function relationBaskets(path: string, instruments: readonly Instrument[], mode: BookMode): BasketPlan[] {
  const relations = readJson(path, 'SOURCE_RELATIONS');
  const bySlug = new Map(instruments.map((instrument) => [instrument.slug, instrument]));
  if (!Array.isArray(relations)) throw new SourceError('SOURCE_RELATIONS', `${path} is not an array`);
  return relations.flatMap((relation: unknown, index): BasketPlan[] => {
    const [name, pair] = Object.entries(relation ?? {})[0] ?? [];
    const [a, b] = Array.isArray(pair) ? pair.map((slug) => bySlug.get(String(slug))) : [];
    if ((name !== 'implies' && name !== 'same') || a === undefined || b === undefined) {
      const text = JSON.stringify(relation);
      const allowed = '{"implies": [a, b]} or {"same": [a, b]} with slugs of this capture';
      throw new SourceError('SOURCE_RELATIONS', `${path}: relation ${index} = ${text} is not ${allowed}`);
    }
    return name === 'implies' ? [implicationBasket(a, b, mode)] : [...twoVenueBaskets(a, b, mode)];
  });
}
