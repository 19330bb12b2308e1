// The one error of the device layer. Codes are stable: programs match on them, and docs/errors.md lists them.

/** Every code a HalError can carry, with what it means. docs/errors.md holds the same table, under test. */
export const HAL_ERRORS = {
  ACCESS_DENIED: 'The user of this process may not open the device; the message says what gives the right.',
  ARGUMENT_INVALID: 'An argument is not of the kind, or not in the range, that the call takes.',
  BACKEND_UNAVAILABLE: 'The backend exists but cannot be used here; the message says why.',
  BACKEND_UNKNOWN: 'No backend has this name.',
  BAR_LOST: 'The card answers but its BAR does not: it was loaded anew, and is to be removed and scanned for again.',
  BATCH_INVALID: 'A batch is not a Uint8Array of whole 16-byte records.',
  BAUD_MISMATCH:
    'The board answers, but not (or not well) at the baud rate asked for; the message names the one it answers at.',
  CONTRACT_MISMATCH: 'The device speaks another contract than this host.',
  DEVICE_ABSENT: 'There is no such PCI device, or no such file.',
  DEVICE_CLOSED: 'The device was closed, before the call or while it waited.',
  DEVICE_FAULT: 'The device failed, or differs from its shadow; it stays failed until it is closed.',
  DEVICE_GONE:
    'The device was there and is not any more: unplugged, switched off, reading all ones, or a killed simulation.',
  DEVICE_RESTARTED: 'The device began anew by itself: it was switched off or reset, or another host took it.',
  DRIVER_BOUND: 'A driver of the kernel holds the card; the message says how it lets go.',
  IN_RESTORE: 'Not possible between RESTORE_BEGIN and RESTORE_END: the device is muted there.',
  KERNEL_LOCKDOWN: 'The kernel is locked down and maps no memory of devices.',
  LINK_LOST: 'Nothing good comes from the device any more, or its port is gone; open it again when it is back.',
  LINK_VERSION_MISMATCH: 'The device speaks another version of the link, or of the BAR, than this host.',
  MEMORY_DECODE_OFF: 'The card does not answer reads of its memory: that is switched off in its command register.',
  NOT_GATEBOOK: 'Something is there, or answers at the port, but it is no gatebook device.',
  NO_ANSWER: 'Nothing answers at the port: no power, no bitstream, or crossed wires.',
  NO_SHADOW: 'The device cannot export its state and was opened without a shadow that could.',
  PORT_ABSENT: 'There is no such serial port, or no port with a board of this name.',
  PORT_BUSY: 'Another program has the port or the BAR.',
  PORT_FAILED: 'The operating system refused an operation on the port; the message says which.',
  PORT_PERMISSION: 'This user may not open the port; the message says what would permit it.',
  PROFILE_INVALID: 'A field of the profile is out of range.',
  PROFILE_MISMATCH: 'The profile asked for is not the one that the device is built for, or does not fit into it.',
  REENTRANT: 'A device was called from inside one of its event listeners.',
  RESET_DISCARDED: 'A reset discarded what the call was waiting for.',
  RESTORE_REJECTED: 'The device refused a record of the snapshot; it is now as after a reset.',
  STREAM_CORRUPT: 'The device sent an event or an answer that it cannot have meant; it stays failed.',
  SUPERVISED_MISMATCH:
    'The engines of a supervised pair gave different events; the standby goes on alone until it is acknowledged.',
  TIMEOUT: 'The device did not do in time what it must; it stays failed until it is closed.',
} as const;

export type HalErrorCode = keyof typeof HAL_ERRORS;

/** The message names what was wrong, its value and the range; the code is for programs. */
export class HalError extends Error {
  override readonly name = 'HalError';

  constructor(
    readonly code: HalErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
