// What can go wrong with a link. The codes are those of the device layer, which this room does not know.

export type LinkErrorCode =
  /** Nothing good came for so long that the device must be gone. */
  | 'LINK_LOST'
  /** The device is in another epoch than the one that it was put into. */
  | 'DEVICE_RESTARTED'
  /** Nobody answered HELLO. */
  | 'NO_ANSWER'
  /** The device said what it cannot have meant. */
  | 'STREAM_CORRUPT'
  /** A register was not told in time, though the link lives. */
  | 'TIMEOUT'
  /** A reset discarded what the call was waiting for. */
  | 'RESET_DISCARDED'
  /** The link was closed. */
  | 'DEVICE_CLOSED';

export class LinkError extends Error {
  override readonly name = 'LinkError';

  constructor(
    readonly code: LinkErrorCode,
    message: string,
  ) {
    super(message);
  }
}
