// Says something again until it is answered: with pauses that double, up to a bound.
import { type LinkClock, Timer } from './clock.js';

/** Pauses grow no further than this many of the first. */
const GROWTH_MAX = 32;
/** Timers are late by so much anyway. */
export const HELD_UP_MS = 20;
/** And early: what is left then is no time for another answer. */
const EARLY_MS = 1;

export class Repeater {
  private readonly timer: Timer;
  private next: (() => void) | undefined;

  constructor(private readonly clock: LinkClock) {
    this.timer = new Timer(clock, () => this.next?.());
  }

  /** Calls `send` at once and again after `firstMs`, twice that and so on; `giveUp` once after `boundMs`. */
  start(firstMs: number, boundMs: number, send: () => void, giveUp: () => void): void {
    let due = this.clock.now();
    let deadline = due + boundMs;
    let pause = firstMs;
    this.next = () => {
      const now = this.clock.now();
      // Time in which this process was held up does not count: what came meanwhile is read after its timers.
      if (now - due > HELD_UP_MS) deadline += now - due;
      const left = deadline - now;
      if (left <= Math.min(EARLY_MS, boundMs / 2)) {
        this.stop();
        giveUp();
        return;
      }
      due = now + Math.min(pause, left);
      this.timer.set(Math.min(pause, left));
      pause = Math.min(2 * pause, GROWTH_MAX * firstMs);
      send();
    };
    this.next();
  }

  stop(): void {
    this.next = undefined;
    this.timer.clear();
  }
}
