// Replays a capture: frames -> decoder -> commands -> device -> events -> signals, one frame at a time, in one order.
import type { CaptureReader } from '../capture/index.js';
import { CommandWriter } from '../contract/generated/records.js';
import type { FrameDecoder } from '../feed/decoder.js';
import { losesUpdates, Refusal } from '../feed/refusals.js';
import type { Device, FenceAnswer } from '../hal/device.js';
import { emitSetup, type Universe } from '../market/universe.js';
import { LateEvents } from './late-events.js';
import { type Quote, type SignalCounts, type SignalReport, SignalTracker } from './signal-tracker.js';

const NS_PER_MS = 1_000_000n;
/** Frames between two looks at the progress callback and the event loop. */
const FRAMES_PER_TURN = 1024;

/** Time as the replay needs it: for pacing and for latency figures, never for decisions. */
export interface ReplayClock {
  /** Monotonic, milliseconds with a fraction. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}

export interface ReplayOptions {
  readonly reader: CaptureReader;
  readonly universe: Universe;
  readonly decoder: FrameDecoder;
  readonly device: Device;
  readonly clock: ReplayClock;
  /** Receive times pass this many times faster than they were recorded; undefined: as fast as possible. */
  readonly speed?: number;
  /** Also make books STALE that may lack an update because the decoder refused a frame; see quarantine below. */
  readonly quarantineFrames?: boolean;
  /** Commands to follow the set-up of the universe, such as fair values. */
  readonly extraSetup?: (out: CommandWriter) => void;
  readonly onSignal: (signal: SignalReport) => void | Promise<void>;
  /** Told of every frame that the decoder refused: its number from 0, its Refusal, the byte where it was noticed. */
  readonly onRefusedFrame?: (frame: number, refused: number, offset: number) => void;
  readonly onProgress?: (frames: number) => void;
}

export interface ReplaySummary {
  readonly frames: number;
  /** Frames that the decoder refused, whole. */
  readonly refusedFrames: number;
  /** Commands that the kernel refused, by ErrorCode. */
  readonly refusedCommands: ReadonlyMap<number, number>;
  readonly fence: FenceAnswer;
  readonly signals: SignalCounts;
  readonly quotes: readonly Quote[];
  /** Wall time from the first frame to the fence, ms; pacing included. */
  readonly elapsedMs: number;
  /**
   * From the raw frame to its last event, microseconds, one a frame, in order of frames; behind a link to where the
   * device has taken its commands.
   */
  readonly latenciesUs: Float64Array;
  readonly decoded: ReturnType<FrameDecoder['tally']['report']>;
}

/**
 * Runs the capture through the device. Each frame is a batch of its own, so a signal is out before the next frame is
 * looked at. Bytes depend on the capture and the universe alone: not on clock, speed or engine.
 * @throws HalError of the device, CaptureError of the reader
 */
export async function replay(options: ReplayOptions): Promise<ReplaySummary> {
  const { reader, universe, decoder, device, clock } = options;
  const out = new CommandWriter();
  let timeNs = 0n;
  const pending: SignalReport[] = [];
  const tracker = new SignalTracker(universe, (signal) => pending.push(signal));
  let late: LateEvents | undefined;
  const stop = device.onEvents((events) => {
    if (late === undefined) return tracker.consume(events, timeNs);
    const known = tracker.refusedIds.length;
    late.deliver(events, (part, partNs) => tracker.consume(part, partNs));
    // They were known when the commands went out.
    tracker.refusedIds.length = known;
  });
  const submit: Submit = (commands) => {
    const wait = device.submit(commands);
    if (wait === undefined) return undefined;
    late ??= new LateEvents(device.identity.profile);
    tracker.refusedIds.push(...late.submitted(commands, timeNs));
    return wait;
  };
  try {
    emitSetup(universe, out);
    options.extraSetup?.(out);
    if (out.count > 0) await submit(out.bytes());
    const started = clock.nowMs();
    let latenciesUs = new Float64Array(4096);
    let frames = 0;
    let firstNs: bigint | undefined;
    for (const record of reader) {
      timeNs = record.timeNs;
      firstNs ??= timeNs;
      if (options.speed !== undefined) await pace(clock, started, timeNs - firstNs, options.speed);
      const begun = clock.nowMs();
      out.clear();
      const result = decoder.decode(record.bytes, out);
      if (result.commands > 0) {
        const wait = submit(out.bytes());
        if (wait !== undefined) await wait;
      }
      if (frames === latenciesUs.length) latenciesUs = grown(latenciesUs);
      latenciesUs[frames] = (clock.nowMs() - begun) * 1000;
      frames += 1;
      if (result.refused !== Refusal.NONE) options.onRefusedFrame?.(frames - 1, result.refused, result.offset);
      const suspect = options.quarantineFrames === true && losesUpdates(result.refused);
      if (tracker.refusedIds.length > 0 || suspect) {
        await quarantine(tracker, suspect ? result.book : undefined, options, { out, submit });
      }
      if (pending.length > 0) await deliver(pending, options.onSignal);
      if (frames % FRAMES_PER_TURN === 0) {
        options.onProgress?.(frames);
        // A pair in this process brings its primary back between two frames.
        if (device.supervision !== undefined) await new Promise((resolve) => setImmediate(resolve));
      }
    }
    options.onProgress?.(frames);
    const fence = await device.fence();
    if (pending.length > 0) await deliver(pending, options.onSignal);
    return {
      frames,
      refusedFrames: decoder.tally.refused,
      refusedCommands: tracker.refused,
      fence,
      signals: tracker.counts,
      quotes: tracker.quotes,
      elapsedMs: clock.nowMs() - started,
      latenciesUs: latenciesUs.subarray(0, frames),
      decoded: decoder.tally.report(),
    };
  } finally {
    stop();
    late?.close();
  }
}

type Submit = (commands: Uint8Array) => void | Promise<void>;

async function pace(clock: ReplayClock, started: number, sinceFirstNs: bigint, speed: number): Promise<void> {
  const dueMs = started + Number(sinceFirstNs / NS_PER_MS) / speed;
  const waitMs = dueMs - clock.nowMs();
  if (waitMs > 0) await clock.sleep(waitMs);
}

function grown(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}

async function deliver(pending: SignalReport[], onSignal: ReplayOptions['onSignal']): Promise<void> {
  for (const signal of pending) {
    const wait = onSignal(signal);
    if (wait !== undefined) await wait;
  }
  pending.length = 0;
}

/**
 * A book may lack an update when the kernel refused a record of it (REC-4): it goes STALE, so that detectors see it as
 * missing until its next snapshot. With quarantineFrames the same holds when the decoder refused a frame: `frameBook`
 * is the book that the frame named, -1 when it could have been any.
 */
async function quarantine(
  tracker: SignalTracker,
  frameBook: number | undefined,
  { decoder, universe }: ReplayOptions,
  { out, submit }: { readonly out: CommandWriter; readonly submit: Submit },
): Promise<void> {
  const ids = new Set(tracker.refusedIds);
  tracker.refusedIds.length = 0;
  out.clear();
  for (const id of ids) {
    if (id < universe.books.length) decoder.stale(out, id);
  }
  if (frameBook !== undefined) {
    if (frameBook >= 0) decoder.stale(out, frameBook);
    else decoder.stale(out);
  }
  if (out.count === 0) return;
  await submit(out.bytes());
  // A refusal of the quarantine itself (a book that the kernel never had live) needs no further one.
  tracker.refusedIds.length = 0;
}
