// A device that went away and came back: opened again by the same spec, and brought to where it was.
import { type Clock, systemClock } from './clock.js';
import type { Device } from './device.js';
import { HalError, type HalErrorCode } from './errors.js';

/** What a device that is not back yet may fail with. Anything else will not mend itself. */
const AWAY: readonly HalErrorCode[] = [
  'BAR_LOST',
  'DEVICE_ABSENT',
  'DEVICE_GONE',
  'LINK_LOST',
  'MEMORY_DECODE_OFF',
  'NO_ANSWER',
  'NOT_GATEBOOK',
  'PORT_ABSENT',
  'PORT_BUSY',
  'PORT_FAILED',
  'TIMEOUT',
  // A file in /dev is there a moment before udev gives it to the group of its users.
  'ACCESS_DENIED',
  'PORT_PERMISSION',
];
const WAIT_MS = 30_000;
const PAUSE_MS = 250;

export interface ReopenOptions {
  /** How long the device may stay away; 30,000 without. An attempt that has begun by then is the last one. */
  readonly waitMs?: number | undefined;
  /** Between two attempts; 250 without. */
  readonly pauseMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * After LINK_LOST, DEVICE_GONE or DEVICE_RESTARTED: opens the device as soon as it is there again and restores a
 * snapshot, so that the stream goes on after the FENCE of the restore. The fault has made the old `Device` useless:
 * close it first, and take the snapshot from an engine that followed (a standby, or one taken before with what was sent
 * since).
 *
 *     const device = await reopen(() => open(spec, options), standbySnapshot);
 *
 * A USB port that comes back under another path is found by the serial number of its USB device.
 * @param openAgain is called again and again while the device is away
 * @param snapshot left out: the device is as after a reset
 * @throws HalError what the last attempt failed with; RESTORE_REJECTED
 */
export async function reopen(
  openAgain: () => Promise<Device>,
  snapshot: Uint8Array | undefined,
  options: ReopenOptions = {},
): Promise<Device> {
  const clock = options.clock ?? systemClock;
  const pauseMs = options.pauseMs ?? PAUSE_MS;
  let over = false;
  // The attempts take time too: a board that does not answer is waited for at every rate.
  const cancel = clock.after(options.waitMs ?? WAIT_MS, () => {
    over = true;
  });
  try {
    for (;;) {
      try {
        return await restored(await openAgain(), snapshot);
      } catch (error) {
        if (!(error instanceof HalError) || !AWAY.includes(error.code) || over) throw error;
      }
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    }
  } finally {
    cancel();
  }
}

async function restored(device: Device, snapshot: Uint8Array | undefined): Promise<Device> {
  if (snapshot === undefined) return device;
  try {
    await device.restore(snapshot);
    return device;
  } catch (error) {
    await device.close().catch(() => {});
    throw error;
  }
}
