// How much slower than life a simulation runs, as IDENTITY reports it: hosts stretch their time-outs by it.

/** A simulation that is faster than life still waits for the host's scheduler: no less than life. */
const LEAST = 1000;
/** For what the machine does meanwhile: the host's own work among it. */
const MARGIN = 1.5;
const SAMPLE_MS = 20;
const SAMPLES = 32;
/** Below this part of what was told last, less is told. */
const FALL = 0.6;

export class TimeScale {
  private readonly samples: number[] = [];
  private wallMs = 0;
  private simulatedMs = 0;
  private told = LEAST;

  /** @param clockHz of the simulated clock */
  constructor(private readonly clockHz: number) {}

  /** In thousandths, rounded up: the slowest of the last while, with a margin. */
  get thousandths(): number {
    return this.told;
  }

  /**
   * Counts a stretch of the run.
   * @returns whether what is told has changed
   */
  add(cycles: number, wallMs: number): boolean {
    this.wallMs += wallMs;
    this.simulatedMs += (cycles / this.clockHz) * 1000;
    if (this.wallMs < SAMPLE_MS || this.simulatedMs === 0) return false;
    this.samples.push(this.wallMs / this.simulatedMs);
    if (this.samples.length > SAMPLES) this.samples.shift();
    this.wallMs = 0;
    this.simulatedMs = 0;
    const next = Math.max(LEAST, Math.ceil(Math.max(...this.samples) * MARGIN) * 1000);
    if (next <= this.told && next >= this.told * FALL) return false;
    this.told = next;
    return true;
  }
}
