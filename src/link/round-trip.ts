// How long the other side takes to answer: a smoothed estimate for time-outs, a histogram for people.
import { build } from 'hdr-histogram-js';

const LONGEST_US = 1e9;
const DIGITS = 3;
/** Weights of a new sample in mean and deviation: those of RFC 6298. */
const MEAN_GAIN = 1 / 8;
const DEVIATION_GAIN = 1 / 4;
const DEVIATIONS = 4;

export interface RoundTripUs {
  /** 0 before the first sample. */
  readonly p50: number;
  readonly p99: number;
}

export class RoundTrip {
  private readonly histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_US,
    numberOfSignificantValueDigits: DIGITS,
  });
  private mean: number | undefined;
  private deviation = 0;

  /** initialMs: taken for the mean until there is a sample. slackMs: what a host may always be late. */
  constructor(
    private readonly initialMs: number,
    private readonly slackMs: number,
  ) {}

  sample(ms: number): void {
    this.histogram.recordValue(Math.min(LONGEST_US, Math.max(1, Math.round(ms * 1000))));
    if (this.mean === undefined) {
      this.mean = ms;
      this.deviation = ms / 2;
      return;
    }
    this.deviation += (Math.abs(ms - this.mean) - this.deviation) * DEVIATION_GAIN;
    this.mean += (ms - this.mean) * MEAN_GAIN;
  }

  get meanMs(): number {
    return this.mean ?? this.initialMs;
  }

  /** After this long without an answer, ask again. */
  get timeoutMs(): number {
    return this.meanMs + DEVIATIONS * this.deviation + this.slackMs;
  }

  get percentilesUs(): RoundTripUs {
    if (this.mean === undefined) return { p50: 0, p99: 0 };
    return { p50: this.histogram.getValueAtPercentile(50), p99: this.histogram.getValueAtPercentile(99) };
  }
}
