// Differences between the two engines, in words.
import { HalError } from '../errors.js';
import { eventField } from '../record-fields.js';

/** At the same bits of every event but RESET_DONE, which has zeros there. */
const commandOf = eventField('TOP', 'command');

/**
 * @param event its index since the last reset, RESET_DONE being 0
 * @param commands records handed over by then: names the command where neither event does
 * @param standby what the standby gave there; undefined: nothing
 * @param primary what the primary gave; undefined: nothing
 */
export function mismatchText(
  event: number,
  commands: number,
  standby: Uint8Array | undefined,
  primary: Uint8Array | undefined,
): string {
  const named = standby ?? primary;
  const command = named === undefined ? commands - 1 : commandOf(named, 0);
  return `event ${event}, of command ${command}: primary ${shown(primary)}, standby ${shown(standby)}`;
}

function shown(event: Uint8Array | undefined): string {
  return event === undefined ? 'nothing' : Buffer.from(event).toString('hex');
}

/** Anything thrown as a fault with a code. */
export function faultOf(error: unknown): HalError {
  if (error instanceof HalError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new HalError('DEVICE_FAULT', why, { cause: error });
}
