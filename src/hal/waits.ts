// Promises that always end: by an answer, a fault, a reset, a close or a time-out.
import { afterPatience, type Clock } from './clock.js';
import type { HalError } from './errors.js';

/** One thing that somebody waits for. */
export interface Wait<T> {
  readonly promise: Promise<T>;
  /** Starts the time-out; a wait that stands in a queue starts it when its turn comes. */
  arm(): void;
  resolve(value: T): void;
}

interface Pending {
  reject(error: HalError): void;
}

export class Waits {
  private readonly pending = new Set<Pending>();

  /** onTimeout: told what was waited for; it is expected to end all waits, this one included. */
  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly onTimeout: (what: string) => void,
  ) {}

  /** what: names the wait in the message of its time-out. */
  start<T>(what: string): Wait<T> {
    let cancel: (() => void) | undefined;
    let resolve!: (value: T) => void;
    let reject!: (error: HalError) => void;
    const promise = new Promise<T>((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    // Whoever asked gets the rejection; a copy nobody asked for must not end the process.
    promise.catch(() => {});
    const end = () => {
      cancel?.();
      this.pending.delete(entry);
    };
    const entry: Pending = {
      reject: (error) => {
        end();
        reject(error);
      },
    };
    this.pending.add(entry);
    return {
      promise,
      arm: () => {
        if (cancel !== undefined || !this.pending.has(entry)) return;
        cancel = afterPatience(this.clock, this.timeoutMs, () => this.onTimeout(what));
      },
      resolve: (value) => {
        end();
        resolve(value);
      },
    };
  }

  rejectAll(error: HalError): void {
    for (const entry of [...this.pending]) entry.reject(error);
  }
}
