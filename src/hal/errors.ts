// The one error of the device layer. Codes are stable: programs match on them, and docs/errors.md lists them.

/** Every code a HalError can carry, with what it means. docs/errors.md holds the same table, under test. */
export const HAL_ERRORS = {
  ARGUMENT_INVALID: 'An argument is not of the kind, or not in the range, that the call takes.',
  BACKEND_UNAVAILABLE: 'The backend exists but cannot be used here; the message says why.',
  BACKEND_UNKNOWN: 'No backend has this name.',
  BATCH_INVALID: 'A batch is not a Uint8Array of whole 16-byte records.',
  CONTRACT_MISMATCH: 'The device speaks another contract than this host.',
  DEVICE_CLOSED: 'The device was closed, before the call or while it waited.',
  DEVICE_FAULT: 'The device failed, or differs from its shadow; it stays failed until it is closed.',
  IN_RESTORE: 'Not possible between RESTORE_BEGIN and RESTORE_END: the device is muted there.',
  NO_SHADOW: 'The device cannot export its state and was opened without a shadow that could.',
  PROFILE_INVALID: 'A field of the profile is out of range.',
  PROFILE_MISMATCH: 'The profile asked for is not the one that the device is built for, or does not fit into it.',
  REENTRANT: 'A device was called from inside one of its event listeners.',
  RESET_DISCARDED: 'A reset discarded what the call was waiting for.',
  RESTORE_REJECTED: 'The device refused a record of the snapshot; it is now as after a reset.',
  STREAM_CORRUPT: 'The device sent an event or an answer that it cannot have meant; it stays failed.',
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
