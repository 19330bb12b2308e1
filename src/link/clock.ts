// Time, as far as the link needs it: injected, so that a test or a simulation owns it.

export interface LinkClock {
  /** Milliseconds since any moment, with fractions; never goes back. */
  now(): number;

  /** Runs `action` once after `ms` milliseconds, unless the returned function is called before. */
  after(ms: number, action: () => void): () => void;
}

/** Differences of times are not exact: a shorter wait might not move the clock at all, and so never end. */
const SHORTEST_MS = 0.001;
/** A timer of Node that is set for longer goes off at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** One timer that can be set again: setting it takes away what it was set to. */
export class Timer {
  private cancel: (() => void) | undefined;
  /** When it goes off; Infinity while it is not set. */
  private due = Number.POSITIVE_INFINITY;

  constructor(
    private readonly clock: LinkClock,
    private readonly action: () => void,
  ) {}

  set(ms: number): void {
    this.clear();
    const wait = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms));
    this.due = this.clock.now() + wait;
    this.cancel = this.clock.after(wait, () => {
      this.cancel = undefined;
      this.due = Number.POSITIVE_INFINITY;
      this.action();
    });
  }

  /** As `set`, unless it goes off before that anyway. */
  setBy(ms: number): void {
    if (this.clock.now() + ms < this.due) this.set(ms);
  }

  get armed(): boolean {
    return this.cancel !== undefined;
  }

  clear(): void {
    this.cancel?.();
    this.cancel = undefined;
    this.due = Number.POSITIVE_INFINITY;
  }
}
