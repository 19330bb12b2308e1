// Time, as far as the device layer needs it: injected, so that a test or a simulation owns it.

export interface Clock {
  /** Runs `action` once after `ms` milliseconds, unless the returned function is called before. */
  after(ms: number, action: () => void): () => void;
}

/** The real clock. A pending wait keeps the process alive: it always ends, by an answer or by its time-out. */
export const systemClock: Clock = {
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};
