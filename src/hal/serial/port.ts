// A serial port, as far as the backend needs it.

export interface PortEvents {
  /** Bytes from the line; read during the call only. */
  data(bytes: Uint8Array): void;

  /** The port is gone, or failed: why, in words. Called once at most, and not after `close`. */
  lost(why: string): void;
}

export interface Port {
  /** Takes bytes; they are its to keep. Never throws: what goes wrong is told by `lost`. */
  write(bytes: Uint8Array): void;

  /** Gives the port back, what is still to be written discarded. */
  close(): Promise<void>;
}

/**
 * Opens a port for this program alone.
 * @throws HalError PORT_ABSENT, PORT_BUSY, PORT_PERMISSION, PORT_FAILED
 */
export type PortOpener = (path: string, baud: number, events: PortEvents) => Promise<Port>;
