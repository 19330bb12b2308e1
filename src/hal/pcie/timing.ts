// Time as the PCIe transport needs it: injected, so that a test owns it.

export interface Timing {
  /** Milliseconds from anywhere, never backwards. */
  now(): number;
  /** Runs `action` once, after other work of this turn; the returned function takes it back. */
  soon(action: () => void): () => void;
  /** The same after `ms` milliseconds. Does not keep the process alive: whoever waits for a device does. */
  after(ms: number, action: () => void): () => void;
}

export const systemTiming: Timing = {
  now: () => performance.now(),
  soon(action) {
    const immediate = setImmediate(action);
    return () => clearImmediate(immediate);
  },
  after(ms, action) {
    const timer = setTimeout(action, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** Bounds in ms, for a board; a simulation stretches those that wait for the device. */
export interface Bounds {
  /** Without a pause it is looked at for so long after the last sign of life; then with pauses. */
  readonly spinMs: number;
  /** Between two looks at the registers while nothing moves, and the longest pause. */
  readonly examineMs: number;
  readonly heartbeatMs: number;
  /** An event line that is counted and stays wrong for so long is a fault. */
  readonly wrongLineMs: number;
  /** Nothing moves for so long though commands wait to be taken, or a reset to be done: the device has stopped. */
  readonly stallMs: number;
  /** Of one wait for an answer, however much moves meanwhile. */
  readonly waitMs: number;
  /** Commands that wait while nothing is heard for so long are counted: the device answers late. */
  readonly lateMs: number;
  /** A simulated card that is silent for so long is asked whether its process is still there. */
  readonly absentMs: number;
}

const MOST_WAIT_MS = 600_000;
/** What moves next, a line or a reset, takes less than 1 ms of a device: a slow one is not a dead one. */
const STALL_DEVICE_MS = 10;
/** For the scheduler of a machine that does much else. */
const LEAST_STALL_MS = 10_000;

/** timeScale: of the identity block, thousandths of a second for one of the device; 0: a board. */
export function boundsFor(timeScale: number): Bounds {
  const slower = Math.max(1, timeScale / 1000);
  return {
    spinMs: 1,
    examineMs: 1,
    heartbeatMs: 100,
    wrongLineMs: Math.min(250 * slower, 10_000),
    stallMs: Math.min(5000 * slower, Math.max(STALL_DEVICE_MS * slower, LEAST_STALL_MS), MOST_WAIT_MS),
    waitMs: Math.min(5000 * slower, MOST_WAIT_MS),
    lateMs: Math.min(20 * slower, 10_000),
    absentMs: 1000,
  };
}
