// Mutated frames against the naive decoder. A campaign script calls `fuzzFrames` with more frames and other seeds.
import { CommandWriter } from '../../src/contract/generated/records.js';
import { noteNames } from '../../src/feed/decoder.js';
import { PolymarketDecoder } from '../../src/feed/polymarket/decoder.js';
import { Refusal, refusalNames } from '../../src/feed/refusals.js';
import type { BookMode } from '../../src/market/instruments.js';
import { buildUniverse, type Universe } from '../../src/market/universe.js';
import { type RandomSource, randomSource } from '../market/random-source.js';
import { recordedFrames, recordedInstruments, STANDARD } from './fixtures.js';
import { NaiveDecoder, parseStrictly } from './naive-decoder.js';

export interface FuzzOptions {
  readonly frames: number;
  readonly seed: number;
}

export interface FuzzReport {
  frames: number;
  accepted: number;
  commands: number;
  /** Frames by the name of their refusal. */
  refusals: Record<string, number>;
  notes: Record<string, number>;
  /** Longest decode of one frame, nanoseconds a byte over a floor of 1000 bytes: shows work that is not linear. */
  slowestNsPerByte: number;
}

const encoder = new TextEncoder();

/** Makes frames that a venue might send, for the tokens of a universe. */
class FrameSource {
  private now = 1_786_728_432_000;
  private readonly tokens: readonly string[];

  constructor(
    private readonly random: RandomSource,
    universe: Universe,
  ) {
    this.tokens = universe.tokens.map((each) => each.token);
  }

  next(): string {
    const { random } = this;
    this.now += random.below(20) - 2;
    switch (random.below(12)) {
      case 0:
        return this.recorded();
      case 1:
        return JSON.stringify(this.tick());
      case 2:
        return random.below(30) === 0 ? JSON.stringify(this.resolved()) : 'PONG';
      case 3:
        return JSON.stringify(Array.from({ length: random.below(5) }, () => this.book()));
      case 4:
        return JSON.stringify([this.change(), this.book(), this.change(), this.tick()].slice(random.below(4)));
      case 5:
      case 6:
      case 7:
        return JSON.stringify(this.book());
      default:
        return JSON.stringify(this.change());
    }
  }

  /** The recorded resolution is as rare as the others: it ends its market. */
  private recorded(): string {
    const frame = this.random.pick([...recordedFrames.values()]);
    return frame.includes('market_resolved') && this.random.below(10) > 0 ? this.recorded() : frame;
  }

  private get token(): string {
    return this.random.pick(this.tokens);
  }

  private price(): string {
    const { random } = this;
    const price = random.below(3) === 0 ? 10 * (1 + random.below(999)) : 100 * (1 + random.below(99));
    return (price / 10_000).toFixed(random.pick([3, 4, 6])).slice(random.below(2));
  }

  private size(): string {
    const { random } = this;
    return random.below(5) === 0 ? '0' : (random.below(2.8e8) / 10 ** random.below(7)).toFixed(random.pick([0, 2, 6]));
  }

  private rungs(): object[] {
    return Array.from({ length: this.random.below(6) }, () => ({ price: this.price(), size: this.size() }));
  }

  private time(): string {
    return String(this.now - this.random.below(2) * this.random.below(5));
  }

  private book(): object {
    const { random } = this;
    const tick = random.below(2) === 0 ? { tick_size: random.pick(['0.01', '0.001', '0.0001']) } : {};
    const type = random.below(4) === 0 ? {} : { event_type: 'book' };
    const book = { ...tick, bids: this.rungs(), asks: this.rungs() };
    return { market: '0x5d\u00e9', asset_id: this.token, timestamp: this.time(), hash: '', ...book, ...type };
  }

  private change(): object {
    const { random } = this;
    const list = Array.from({ length: 1 + random.below(4) }, () => {
      const side = random.pick(['BUY', 'SELL']);
      return { asset_id: this.token, price: this.price(), size: this.size(), side, hash: 'f3\\', best_bid: '' };
    });
    const shared = { market: '0x3b', timestamp: this.time(), event_type: 'price_change' };
    const form = random.below(6);
    if (form === 0) return { ...list[0], ...shared };
    if (form > 1) return { price_changes: list, ...shared };
    const changes = list.map(({ price, side, size }) => ({ price, side, size }));
    return { asset_id: this.token, changes, ...shared };
  }

  private tick(): object {
    const tick = this.random.pick(['0.01', '0.001', '0.1', '0.005', '0.02']);
    const head = { event_type: 'tick_size_change', asset_id: this.token };
    return { ...head, old_tick_size: '0.01', new_tick_size: tick, timestamp: this.time() };
  }

  private resolved(): object {
    return { event_type: 'market_resolved', assets_ids: [this.token, '5', this.token].slice(this.random.below(3)) };
  }
}

const SPLICES = [
  '"',
  '\\',
  '\\u0030',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  'true',
  '-',
  '1e-3',
  'NaN',
  '0',
  '1',
  '.',
  '+',
  ' ',
  '\n',
  '\t',
  '\u0000',
  '\u00e9',
  '\u{1f600}',
  '"price":"0.5",',
  '"event_type":"book",',
  '"asset_id":null,',
  '"bids":[],',
  '"changes":[],',
  '"size":"281474976.710656",',
  'BUY',
  'SELL',
  '0'.repeat(40),
  '[[[[[[[[[[',
  '\ufeff',
];

/** One or more small damages to a frame. */
function mutate(bytes: Uint8Array, random: RandomSource): Uint8Array {
  let out = bytes;
  for (let rounds = 1 + random.below(2) * random.below(3); rounds > 0; rounds--) {
    const at = random.below(out.length + 1);
    const to = Math.min(out.length, at + random.below(12));
    switch (random.below(8)) {
      case 0: // a bit
        out = out.slice();
        if (at < out.length) out[at] = (out[at] as number) ^ (1 << random.below(8));
        break;
      case 1: // truncation
        out = out.slice(0, at);
        break;
      case 2: // something is put in
        out = joined(out.subarray(0, at), encoder.encode(random.pick(SPLICES)), out.subarray(at));
        break;
      case 3: // something is taken out
        out = joined(out.subarray(0, at), out.subarray(to));
        break;
      case 4: // something stands twice
        out = joined(out.subarray(0, to), out.subarray(at));
        break;
      default:
        out = edited(out, random);
    }
  }
  return out;
}

const EDITS: readonly [RegExp, readonly string[]][] = [
  [
    /"[0-9.]+"/g,
    ['"0"', '"1"', '"0.5"', '".5"', '"12."', '"-1"', '"1e-3"', '""', '" 1"', '0.5', 'null', '"0.4800000"'],
  ],
  [/"[a-z_]+":/g, ['"price":', '"size":', '"side":', '"asset_id":', '"bids":', '"asks":', '"x":', '"event_type":']],
  [/[0-9]/g, ['0', '5', '9', '00', '']],
  [/BUY|SELL/g, ['SELL', 'BUY', 'buy', 'BUYS', '']],
  [
    /book|price_change|tick_size_change|market_resolved/g,
    ['book', 'price_change', 'new_market', 'tick_size_change', 'x'],
  ],
  [/"[0-9]{4,}"/g, ['"658186"', '"1003"', '"1004"', '"9"']],
  [/\{[^{}]*\}/g, ['{}', '[]', 'null', '{"price":"0.5","size":"1"}']],
];

/** Replaces one number, key, side, token or object by another. */
function edited(bytes: Uint8Array, random: RandomSource): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  const [pattern, replacements] = random.pick(EDITS);
  const places = [...text.matchAll(pattern)];
  if (places.length === 0) return bytes;
  const place = random.pick(places);
  const end = place.index + place[0].length;
  return joined(bytes.subarray(0, place.index), encoder.encode(random.pick(replacements)), bytes.subarray(end));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Things that the naive decoder does not see: a key that stands twice, an escape, depth. */
function isBeyondNaive(frame: Uint8Array, refused: Refusal): boolean {
  if (refused === Refusal.TOO_DEEP || frame.includes(0x5c)) return true;
  // Without escapes a string before a colon is a key; JSON.parse keeps the last of several.
  const written = latin(frame).match(/"[^"]*"\s*:/g)?.length ?? 0;
  let kept = 0;
  JSON.stringify(parseStrictly(frame), (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) kept += Object.keys(value).length;
    return value;
  });
  return written !== kept;
}

/**
 * Decodes `frames` frames, two in three of them mutated, with both decoders.
 * @throws Error with the frame and the seed, at the first frame on which they differ
 */
export function fuzzFrames({ frames, seed }: FuzzOptions): FuzzReport {
  const random = randomSource(seed);
  const report: FuzzReport = { frames: 0, accepted: 0, commands: 0, refusals: {}, notes: {}, slowestNsPerByte: 0 };
  while (report.frames < frames) fuzzStream(random, Math.min(500, frames - report.frames), report, seed);
  return report;
}

/** A stream of its own: markets that are resolved come back with the next. */
function fuzzStream(random: RandomSource, frames: number, report: FuzzReport, seed: number): void {
  const mode: BookMode = random.pick(['mirrored', 'independent']);
  const universe = buildUniverse({ mode, profile: STANDARD, instruments: recordedInstruments });
  const decoder = new PolymarketDecoder(universe);
  const naive = new NaiveDecoder(universe);
  const source = new FrameSource(random, universe);
  const out = new CommandWriter();
  for (let count = 0; count < frames; count++) {
    if (random.below(100) === 0) {
      decoder.stale(out);
      naive.stale();
    }
    const sound = encoder.encode(source.next());
    const frame = random.below(3) === 0 ? sound : mutate(sound, random);
    out.clear();
    const start = process.hrtime.bigint();
    const result = decoder.decode(frame, out);
    const spent = Number(process.hrtime.bigint() - start) / Math.max(1000, frame.length);
    const fault = difference(frame, result.refused, result.notes, out, naive);
    if (fault !== undefined) {
      throw new Error(`seed ${seed}, frame ${report.frames}, ${mode}: ${fault}\n${JSON.stringify(latin(frame))}`);
    }
    report.frames++;
    report.commands += result.commands;
    report.slowestNsPerByte = Math.max(report.slowestNsPerByte, spent);
    if (result.refused === Refusal.NONE) report.accepted++;
    else count1(report.refusals, refusalNames[result.refused] as string);
    for (const [note, name] of noteNames.entries()) count1(report.notes, name, result.notes[note]);
  }
}

function latin(frame: Uint8Array): string {
  return Buffer.from(frame).toString('latin1');
}

function count1(counts: Record<string, number>, name: string, more = 1): void {
  if (more > 0) counts[name] = (counts[name] ?? 0) + more;
}

/** How the two decoders differ on a frame, or undefined. The naive one keeps what the other accepted. */
function difference(
  frame: Uint8Array,
  refused: Refusal,
  notes: Uint32Array,
  out: CommandWriter,
  naive: NaiveDecoder,
): string | undefined {
  const meaning = naive.read(frame);
  const name = refusalNames[refused] as string;
  if (refused !== Refusal.NONE) {
    if (out.count !== 0) return `refused as ${name}, but ${out.count} commands are left`;
    if (meaning === undefined || isBeyondNaive(frame, refused)) return undefined;
    return `refused as ${name}, but the naive decoder takes it`;
  }
  if (meaning === undefined) return 'accepted, but the naive decoder refuses it';
  if (parseStrictly(frame) === undefined && latin(frame) !== 'PONG') return 'accepted, but not JSON';
  meaning.keep();
  if (Buffer.compare(out.bytes(), meaning.commands) !== 0) {
    return `commands differ: ${hex(out.bytes())} against ${hex(meaning.commands)}`;
  }
  const noted = Object.fromEntries(noteNames.map((note, index) => [note, notes[index] as number] as const));
  for (const note of noteNames) {
    if (noted[note] !== (meaning.notes[note] ?? 0))
      return `${note}: ${noted[note]} against ${meaning.notes[note] ?? 0}`;
  }
  return undefined;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
