// Timing on a noisy machine: rows of a group take turns, so that drift hits all alike, and are compared turn by turn.
import { type BenchRow, type RatioRow, roundFigure } from './rows.js';

/** Results of the work go here, so that the JIT cannot drop it as dead. */
let hole = 0;

export function swallow(value: number): void {
  hole ^= value | 0;
}

/** What was swallowed so far; reading it keeps the writes alive. */
export function swallowed(): number {
  return hole;
}

/** Something to be timed. */
export interface Subject {
  readonly name: string;
  /**
   * Does the work `operations` times over, or a little more where it comes in pieces, and returns something that
   * depends on all of it.
   */
  run(operations: number): number | Promise<number>;
  /** Before each turn, outside the time taken. */
  restart?(): void | Promise<void>;
  /** Operations that the work has; a turn does no more of it. */
  readonly most?: number;
  /** Operations come in pieces of this many, e.g. the commands of a batch. */
  readonly piece?: number;
  /** Of the work, counted and not assumed. */
  readonly eventsPerCommand?: number;
  /** Frees what the subject holds. */
  close?(): void | Promise<void>;
}

/** A row computed turn by turn from others of the same group. */
export interface Derived {
  readonly name: string;
  /** That of the group unless given. */
  readonly unit?: string;
  readonly from: readonly string[];
  readonly eventsPerCommand?: number;
  combine(...figures: readonly number[]): number;
}

/** Rows that are measured in turns. */
export interface Group {
  readonly name: string;
  /** Of one operation: `ns/command`. Figures are nanoseconds an operation unless `figure` says otherwise. */
  readonly unit: string;
  readonly subjects: readonly Subject[];
  readonly derived?: readonly Derived[];
  /** Ratios: each of the first to the second. */
  readonly ratios?: readonly (readonly [string, string])[];
  /** Turns nanoseconds an operation into the unit. */
  figure?(nanoseconds: number): number;
}

export interface Effort {
  /** Turns that are kept, for each subject. */
  readonly rounds: number;
  /** Time that a turn should take, ms; between 20 and 200 the clock and the scheduler matter little. */
  readonly turnMs: number;
  /** Time of running before the first turn that is kept, ms. */
  readonly warmUpMs: number;
}

export const FULL: Effort = { rounds: 11, turnMs: 50, warmUpMs: 300 };
export const QUICK: Effort = { rounds: 3, turnMs: 5, warmUpMs: 30 };

/** Monotonic, milliseconds with a fraction. */
export type Clock = () => number;

const NS_PER_MS = 1e6;

/** Warms every subject up, then takes turns; a row a subject in the order of the group, then the derived ones. */
export async function measureGroup(
  group: Group,
  effort: Effort,
  clock: Clock = () => performance.now(),
): Promise<{ rows: BenchRow[]; ratios: RatioRow[] }> {
  const sizes: number[] = [];
  for (const subject of group.subjects) sizes.push(await warmUp(subject, effort, clock));
  const figures = new Map<string, number[]>(group.subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < effort.rounds; round++) {
    for (const [index, subject] of group.subjects.entries()) {
      const { elapsedMs, operations } = await turn(subject, sizes[index] as number, clock);
      const nanoseconds = (elapsedMs * NS_PER_MS) / operations;
      figures.get(subject.name)?.push(group.figure?.(nanoseconds) ?? nanoseconds);
    }
  }
  for (const { name, from, combine } of group.derived ?? []) {
    const parts = from.map((part) => figuresOf(figures, part));
    figures.set(
      name,
      (parts[0] ?? []).map((_, round) => combine(...parts.map((part) => part[round] as number))),
    );
  }
  const units = new Map((group.derived ?? []).map(({ name, unit }) => [name, unit]));
  const rows = [...group.subjects, ...(group.derived ?? [])].map(({ name, eventsPerCommand }) =>
    summarise(name, units.get(name) ?? group.unit, figuresOf(figures, name), eventsPerCommand),
  );
  const ratios = (group.ratios ?? []).map(([name, to]) => compare(name, to, figures));
  return { rows, ratios };
}

async function turn(
  subject: Subject,
  wanted: number,
  clock: Clock,
): Promise<{ elapsedMs: number; operations: number }> {
  const piece = subject.piece ?? 1;
  const operations = Math.max(1, Math.round(Math.min(wanted, subject.most ?? wanted) / piece)) * piece;
  const restarted = subject.restart?.();
  if (restarted !== undefined) await restarted;
  const begun = clock();
  const result = subject.run(operations);
  // Awaiting costs a turn of the event loop, which synchronous work does not pay for.
  const value = typeof result === 'number' ? result : await result;
  const elapsedMs = clock() - begun;
  swallow(value);
  return { elapsedMs, operations };
}

/** Runs the subject until it is warm; returns the operations that a turn takes. */
async function warmUp(subject: Subject, effort: Effort, clock: Clock): Promise<number> {
  const most = subject.most ?? Number.MAX_SAFE_INTEGER;
  const started = clock();
  let wanted = Math.min(most, subject.piece ?? 1);
  for (;;) {
    const { elapsedMs, operations } = await turn(subject, wanted, clock);
    const factor = elapsedMs > 0 ? effort.turnMs / elapsedMs : 10;
    // Code gets faster while it warms up: the size follows in steps, up as well as down.
    wanted = Math.min(most, Math.max(1, Math.ceil(operations * Math.min(10, factor))));
    const settled = operations >= most || factor < 2;
    if (settled && clock() - started >= effort.warmUpMs) return wanted;
  }
}

function figuresOf(figures: ReadonlyMap<string, number[]>, name: string): number[] {
  const found = figures.get(name);
  if (found === undefined) throw new Error(`no row '${name}' in the group`);
  return found;
}

/** Median, least and most of the figures of one row. */
export function summarise(name: string, unit: string, figures: readonly number[], eventsPerCommand?: number): BenchRow {
  const events = eventsPerCommand === undefined ? {} : { events_per_command: roundFigure(eventsPerCommand) };
  return { type: 'row', name, unit, ...spread(figures), ...events };
}

function compare(name: string, to: string, figures: ReadonlyMap<string, number[]>): RatioRow {
  const below = figuresOf(figures, to);
  const pairs = figuresOf(figures, name).map((figure, round) => figure / (below[round] as number));
  return { type: 'ratio', name, to, ...spread(pairs) };
}

function spread(figures: readonly number[]): { median: number; min: number; max: number; runs: number } {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
  const [min, max] = [sorted[0] ?? Number.NaN, sorted[sorted.length - 1] ?? Number.NaN];
  return { median: roundFigure(median), min: roundFigure(min), max: roundFigure(max), runs: sorted.length };
}

/** A subject that visits one frame after the other, around the end. */
export function frameLoop<T>(name: string, frames: readonly T[], visit: (frame: T) => number): Subject {
  let at = 0;
  return {
    name,
    run(count) {
      let sum = 0;
      for (let done = 0; done < count; done++) {
        if (at === frames.length) at = 0;
        sum = (sum + visit(frames[at] as T)) | 0;
        at += 1;
      }
      return sum;
    },
  };
}

/** The value below which a share of the samples lies; sorts in place. */
export function percentile(samples: Float64Array, share: number): number {
  samples.sort();
  return samples[Math.min(samples.length - 1, Math.floor(samples.length * share))] ?? Number.NaN;
}
