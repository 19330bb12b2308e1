import type { Clock } from '../../src/hal/clock.js';

/** A clock that moves when told to. */
export class ManualClock implements Clock {
  private timers: { at: number; action: () => void }[] = [];
  private nowMs = 0;

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.nowMs + ms, action };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  get pending(): number {
    return this.timers.length;
  }

  advance(ms: number): void {
    this.nowMs += ms;
    for (const timer of this.timers.filter((due) => due.at <= this.nowMs)) {
      this.timers = this.timers.filter((other) => other !== timer);
      timer.action();
    }
  }
}
