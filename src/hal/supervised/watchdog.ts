// Finds out a primary that neither answers nor fails: everything handed to it must be taken, and every event that it
// owes must come, within two looks at the clock.
import { afterPatience, type Clock } from '../clock.js';

export interface Progress {
  /** Batches that were handed over, and those that were taken. Both only grow, as the two below. */
  readonly handed: number;
  readonly taken: number;
  /** Events that are due, and those that came. */
  readonly due: number;
  readonly came: number;
}

export class Watchdog {
  private cancel: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly ms: number,
    private readonly progress: () => Progress,
    private readonly onExpired: (what: string) => void,
  ) {}

  /** Begins to look unless it does; it ends by itself when nothing is due. */
  watch(): void {
    if (this.cancel !== undefined) return;
    const { handed, due } = this.progress();
    this.cancel = afterPatience(this.clock, this.ms, () => {
      this.cancel = undefined;
      const now = this.progress();
      if (now.taken < handed) this.onExpired(`it took no commands for ${this.ms} ms`);
      else if (now.came < due) this.onExpired(`it owes ${due - now.came} events for ${this.ms} ms`);
      else if (now.taken < now.handed || now.came < now.due) this.watch();
    });
  }

  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }
}
