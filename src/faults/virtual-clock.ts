// Time of a campaign: that of the simulated device. It passes while the device runs, and jumps to the next timer while
// the device has nothing to do, as a device has no timers.
import type { LinkClock } from '../link/clock.js';

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly action: () => void;
}

export class VirtualClock implements LinkClock {
  private nowMs = 0;
  private order = 0;
  /** A handful at a time: searched, not sorted. */
  private readonly entries = new Set<Entry>();

  now(): number {
    return this.nowMs;
  }

  after(ms: number, action: () => void): () => void {
    this.order += 1;
    const entry = { atMs: this.nowMs + Math.max(0, ms), order: this.order, action };
    this.entries.add(entry);
    return () => this.entries.delete(entry);
  }

  /** When the next timer goes off; Infinity without one. */
  get nextMs(): number {
    return this.first()?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** Lets time pass, and the timers that are due with it. */
  advanceTo(ms: number): void {
    for (;;) {
      const first = this.first();
      if (first === undefined || first.atMs > ms) break;
      this.entries.delete(first);
      this.nowMs = Math.max(this.nowMs, first.atMs);
      first.action();
    }
    this.nowMs = Math.max(this.nowMs, ms);
  }

  /** Time passes in which no timer goes off: those that were due go off late, all at once. */
  skip(ms: number): void {
    this.nowMs += ms;
  }

  private first(): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.entries) {
      if (first === undefined || entry.atMs < first.atMs) first = entry;
      else if (entry.atMs === first.atMs && entry.order < first.order) first = entry;
    }
    return first;
  }
}
