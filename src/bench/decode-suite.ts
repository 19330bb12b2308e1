// Frames of the venue: decoding alone, and from the bytes of a frame to the bytes of its events. Parsers of other
// libraries join the price_change group in bench/.
import { CommandWriter } from '../contract/generated/records.js';
import { PolymarketDecoder } from '../feed/polymarket/decoder.js';
import type { Engine } from '../kernel/engine.js';
import { emitSetup } from '../market/universe.js';
import { type FrameWork, frameWork } from './frame-work.js';
import { type Effort, frameLoop, type Group, percentile, type Subject, summarise, swallow } from './measure.js';
import { STANDARD } from './programs.js';
import type { BenchRow } from './rows.js';
import { type EngineKind, engineKinds, type Plan, type Wanted } from './suite.js';

export const CHANGE_GROUP = 'decode price_change';
const BOOK_GROUP = 'decode book 16x16';
const SIGNAL_GROUP = 'frame to signal';
const ROOM_BYTES = 1 << 16;
/** Median and tail. */
const SHARES = [0.5, 0.99] as const;
/** Frames between two readings of the latency rows; the first ones are passed over. */
const WARM_UP_FRAMES = 20_000;
const NS_PER_MS = 1e6;

/** peers: subjects of other libraries on the same frames. */
export function decodePlans(peers: (work: FrameWork) => readonly Subject[] = () => []): Plan[] {
  return [
    {
      name: CHANGE_GROUP,
      group: (wanted, effort) => {
        const work = workFor(effort);
        const own = decodeSubjects(CHANGE_GROUP, work, work.changes);
        return groupOf(CHANGE_GROUP, [...own, ...peers(work)], wanted);
      },
    },
    {
      name: BOOK_GROUP,
      group: (wanted, effort) => {
        const work = workFor(effort);
        return groupOf(BOOK_GROUP, decodeSubjects(BOOK_GROUP, work, work.books), wanted);
      },
    },
    {
      name: SIGNAL_GROUP,
      group: (wanted, effort) => {
        const work = workFor(effort);
        const subjects = engineKinds().map((kind) => throughputSubject(kind, work));
        return groupOf(SIGNAL_GROUP, subjects, wanted);
      },
    },
    {
      name: `${SIGNAL_GROUP}, latency`,
      probe: { name: `${SIGNAL_GROUP}, latency`, rows: (effort) => latencyRows(effort) },
    },
  ];
}

function workFor(effort: Effort): FrameWork {
  return effort.turnMs < 20 ? frameWork(STANDARD, 4_000, 500) : frameWork(STANDARD);
}

/** Ratios are to our own decoder, the first subject. */
function groupOf(name: string, all: readonly Subject[], wanted: Wanted): Group {
  const subjects = all.filter((subject) => wanted(subject.name));
  const base = subjects[0]?.name ?? '';
  const ratios = subjects.slice(1).map((subject): [string, string] => [subject.name, base]);
  return { name, unit: 'ns/frame', subjects, ratios };
}

/** A decoder that has seen the opening snapshots, so that changes apply. */
function openedDecoder(work: FrameWork): PolymarketDecoder {
  const decoder = new PolymarketDecoder(work.universe);
  const out = new CommandWriter();
  for (const frame of work.opening) decoder.decode(frame, out.clear());
  return decoder;
}

function decodeSubjects(group: string, work: FrameWork, frames: readonly Buffer[]): Subject[] {
  const decoder = openedDecoder(work);
  const out = new CommandWriter();
  const texts = frames.map((frame) => frame.toString('latin1'));
  return [
    frameLoop(`${group}: decoder, frame to commands`, frames, (frame) => decoder.decode(frame, out.clear()).commands),
    frameLoop(`${group}: JSON.parse alone, from a Buffer`, frames, (frame) => fields(JSON.parse(frame.toString()))),
    frameLoop(`${group}: JSON.parse alone, from a string`, texts, (text) => fields(JSON.parse(text))),
  ];
}

/** Something that depends on what was parsed. */
function fields(parsed: { readonly timestamp: string }): number {
  return parsed.timestamp.length;
}

/** Decoder and engine, a frame a batch, as a live feed has it. */
export class FramePath {
  private readonly decoder: PolymarketDecoder;
  private readonly commands = new CommandWriter();
  private readonly out: Uint8Array;

  constructor(
    private readonly engine: Engine,
    work: FrameWork,
  ) {
    this.out = new Uint8Array(engine.maxEventBytes + ROOM_BYTES);
    engine.reset(1, this.out);
    emitSetup(work.universe, this.commands);
    this.consume();
    this.decoder = new PolymarketDecoder(work.universe);
    for (const frame of work.opening) this.frame(frame);
  }

  /** Bytes of events that the frame led to; they stand in the output. */
  frame(frame: Buffer): number {
    this.commands.clear();
    if (this.decoder.decode(frame, this.commands).commands === 0) return 0;
    return this.consume();
  }

  private consume(): number {
    const bytes = this.commands.bytes();
    let events = 0;
    for (let from = 0; from < bytes.length; ) {
      from = this.engine.consume(bytes, from, this.out);
      events += this.engine.eventBytes;
    }
    return events;
  }
}

function throughputSubject(kind: EngineKind, work: FrameWork): Subject {
  const engine = kind.create(STANDARD);
  const path = new FramePath(engine, work);
  const loop = frameLoop(`${SIGNAL_GROUP}: ${kind.name}`, work.changes, (frame) => path.frame(frame));
  return { ...loop, close: () => engine.close() };
}

/** Every frame timed by itself, engines in turns; the clock alone has rows of its own, as its cost is in the others. */
async function latencyRows(effort: Effort): Promise<BenchRow[]> {
  const work = workFor(effort);
  const engines = engineKinds().map((kind) => ({ name: kind.name as string, engine: kind.create(STANDARD) }));
  const paths = engines.map(({ name, engine }) => {
    const path = new FramePath(engine, work);
    return { name, visit: (frame: Buffer) => path.frame(frame) };
  });
  paths.push({ name: 'the clock alone', visit: (frame) => frame.length });
  const frames = work.changes;
  const figures = paths.map(() => SHARES.map((): number[] => []));
  const samples = new Float64Array(frames.length);
  for (const { visit } of paths) {
    for (let at = 0; at < WARM_UP_FRAMES; at++) swallow(visit(frames[at % frames.length] as Buffer));
  }
  for (let round = 0; round < effort.rounds; round++) {
    for (const [index, { visit }] of paths.entries()) {
      timeEach(frames, visit, samples);
      for (const [which, share] of SHARES.entries()) figures[index]?.[which]?.push(percentile(samples, share));
    }
  }
  for (const { engine } of engines) engine.close();
  return paths.flatMap(({ name }, index) =>
    SHARES.map((share, which) => {
      const label = `${SIGNAL_GROUP}, latency: ${name}, p${share * 100}`;
      return summarise(label, 'ns', figures[index]?.[which] ?? []);
    }),
  );
}

function timeEach(frames: readonly Buffer[], visit: (frame: Buffer) => number, samples: Float64Array): void {
  let sum = 0;
  for (let at = 0; at < frames.length; at++) {
    const begun = performance.now();
    sum = (sum + visit(frames[at] as Buffer)) | 0;
    samples[at] = (performance.now() - begun) * NS_PER_MS;
  }
  swallow(sum);
}
