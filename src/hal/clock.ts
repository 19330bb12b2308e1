// Time, as far as the device layer needs it: injected, so that a test or a simulation owns it.

export interface Clock {
  /** Milliseconds since any moment; left out by clocks whose timers are never late. */
  now?(): number;

  /** Runs `action` once after `ms` milliseconds, unless the returned function is called before. */
  after(ms: number, action: () => void): () => void;
}

/** Timers are late by so much anyway. */
const HELD_UP_MS = 20;

/** The real clock. A pending wait keeps the process alive: it always ends, by an answer or by its time-out. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * As `clock.after`, for the bound of what comes from outside: when it is time, what waits already is read before
 * `action` runs, and for as long as this process was held up, it is waited once more. The returned function takes back
 * all of it.
 */
export function afterPatience(clock: Clock, ms: number, action: () => void): () => void {
  const due = (clock.now?.() ?? 0) + ms;
  let cancel = clock.after(ms, () => {
    const heldUpMs = Math.min(ms, (clock.now?.() ?? 0) - due);
    const later = () => {
      if (heldUpMs < HELD_UP_MS) action();
      else cancel = clock.after(heldUpMs, action);
    };
    // Timers go off before anything is read in a turn of the event loop, and this after it.
    const immediate = setImmediate(later);
    cancel = () => clearImmediate(immediate);
  });
  return () => cancel();
}
