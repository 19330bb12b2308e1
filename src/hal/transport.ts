// What a backend writes: bytes there and back. Everything that a Device promises beyond that is in lifecycle.ts.
import type { Identity } from './device.js';
import type { HalError } from './errors.js';
import type { FenceRule } from './fence-interval.js';
import type { LinkTelemetry } from './link-telemetry.js';
import type { Supervision } from './supervision.js';

/** Where a transport delivers. Both may be called at any time between `start` and the end of `close`. */
export interface TransportSink {
  /** Whole events of 32 bytes, in order, each once. The bytes are read during the call only. */
  events(events: Uint8Array): void;

  /** The device is gone or cannot be trusted any more. Only the first fault counts. */
  fault(error: HalError): void;
}

/**
 * A connection to one device. The life cycle calls it with valid arguments only, one call at a time: never `submit`
 * before the last one is done, nothing after `close`.
 */
export interface Transport {
  /** Known before `start`; the life cycle refuses a device whose contract digest is not the host's. */
  readonly identity: Identity;

  /**
   * True: `submit` and `reset` return nothing, and every event they cause went to the sink by then. There is then no
   * promise, no timer and no queue between the caller and the engine.
   */
  readonly synchronous: boolean;

  /** Bound of each wait in ms where the caller gave none: a slow or simulated link knows better than the host. */
  readonly timeoutMs?: number;

  /** FENCEs that belong to its stream where the caller wants no others. */
  readonly fences?: FenceRule;

  /** Where two engines stand behind it. */
  readonly supervision?: Supervision;

  /** Called once, first. */
  start(sink: TransportSink): void;

  /**
   * Sends whole records.
   * @param commands a multiple of 16 bytes, at least 16; the transport does not keep it beyond the call or the promise
   * @returns nothing when done, or a promise that settles when the device has taken them (back-pressure)
   */
  submit(commands: Uint8Array): void | Promise<void>;

  /**
   * Makes the device reset; what is in flight is discarded, a `submit` that is waiting included. RESET_DONE comes
   * through the sink.
   */
  reset(epoch: number): void | Promise<void>;

  /** Ends everything, a `submit` that is waiting included. Called once. */
  close(): void | Promise<void>;

  /** What the link counted; may ask the device for its own counters. */
  telemetry?(): LinkTelemetry | Promise<LinkTelemetry>;

  /** @param address 0..65535, of the register table in docs/link.md */
  readRegister?(address: number): Promise<bigint>;

  /**
   * The state as commands, where the device itself can say; undefined inside a restore. Called between two submits: it
   * is the state after the last one.
   */
  snapshot?(): Uint8Array | undefined;
}
