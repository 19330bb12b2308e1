// A world in virtual time, which passes in steps between which promises have their turns.
import { Divergence } from './reference.js';
import { VirtualClock } from './virtual-clock.js';

/** Turns of promises between two steps of time: no host has a longer chain. */
const TURNS = 4;

export abstract class VirtualWorld {
  readonly clock = new VirtualClock();

  /**
   * Lets time pass until `done`.
   * @returns false when `limitMs` did not suffice
   */
  async until(done: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.clock.now() + limitMs;
    for (;;) {
      for (let turn = 0; turn < TURNS; turn++) await null;
      if (done()) return true;
      if (this.clock.now() >= end) return false;
      this.step(end);
    }
  }

  /** The same for a promise; rejects as it does, and with a Divergence when it does not settle. */
  async settle<T>(promise: Promise<T>, limitMs: number): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    if (!(await this.until(() => settled, limitMs))) throw new Divergence(`not settled after ${limitMs} ms`);
    return promise;
  }

  /** Lets some time pass, at most until `endMs`, and whatever happens in it. */
  protected abstract step(endMs: number): void;
}
