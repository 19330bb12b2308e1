// FENCEs that nobody asked for: after so many records, or every so many ms. They are records of the stream, so that
// an engine with other intervals ends with another fence.
import { COMMAND_BYTES } from '../contract/definition.js';
import { CommandWriter, Opcode } from '../contract/generated/records.js';
import type { Clock } from './clock.js';

export interface FenceRule {
  /** Records handed to `submit` between two FENCEs; restores, questions and the FENCEs themselves do not count. */
  readonly every?: number | undefined;
  readonly ms?: number | undefined;
}

const TOKENS = 2 ** 32;

/** Where the FENCEs go. */
export interface FenceTarget {
  send(commands: Uint8Array): void | Promise<void>;
  /** False while the stream takes no question: inside a restore, while a reset is under way, after the end. */
  readonly mayAsk: boolean;
}

export class FenceInterval {
  private left: number;
  private token = 0;
  private cancel: (() => void) | undefined;
  private readonly every: number;
  private readonly writer = new CommandWriter(1);

  constructor(
    private readonly target: FenceTarget,
    private readonly rule: FenceRule,
    private readonly clock: Clock,
  ) {
    this.every = rule.every ?? Number.POSITIVE_INFINITY;
    this.left = this.every;
    this.schedule();
  }

  /** Sends whole records, with a FENCE wherever one is due; done when the last of them is. */
  submit(commands: Uint8Array): void | Promise<void> {
    let done: Promise<void> | undefined;
    for (let from = 0; from < commands.length; ) {
      const to = this.end(commands, from);
      done = this.target.send(commands.subarray(from, to)) ?? undefined;
      this.left -= (to - from) / COMMAND_BYTES;
      from = to;
      if (this.left <= 0 && this.target.mayAsk) done = this.ask() ?? undefined;
    }
    return done;
  }

  /** The stream begins anew, and the intervals with it. */
  restart(): void {
    this.left = this.every;
    this.token = 0;
  }

  stop(): void {
    this.cancel?.();
  }

  private end(commands: Uint8Array, from: number): number {
    if (this.left > 0) return Math.min(commands.length, from + this.left * COMMAND_BYTES);
    // Due inside a restore: it waits for the end of that.
    let at = from;
    while (at < commands.length && commands[at] !== Opcode.RESTORE_END) at += COMMAND_BYTES;
    return Math.min(commands.length, at + COMMAND_BYTES);
  }

  private ask(): void | Promise<void> {
    this.left = this.every;
    const record = this.writer.clear().fence(this.token).bytes().slice();
    this.token = (this.token + 1) % TOKENS;
    return this.target.send(record);
  }

  private schedule(): void {
    const { ms } = this.rule;
    if (ms === undefined) return;
    this.cancel = this.clock.after(ms, () => {
      try {
        // A device that failed says so to whoever uses it; nobody waits for this.
        if (this.target.mayAsk) this.ask()?.catch(() => {});
      } catch {
        return;
      }
      this.schedule();
    });
  }
}
