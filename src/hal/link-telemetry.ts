// What a link tells of itself, for people and for metrics; none of it enters the event stream.

export interface LinkTelemetry {
  /** Faults by kind: `host_` and the name for what the host counted, `device_` for what the device did. */
  readonly faults: Readonly<Record<string, number>>;
  /** Commands that were sent again. */
  readonly retransmissions: number;
  /** Commands that the device has room for now. */
  readonly creditCommands: number;
  /** Events that the device may send now. */
  readonly creditEvents: number;
  /** From a frame to its acknowledgement, in microseconds; 0 before the first. */
  readonly roundTripUs: { readonly p50: number; readonly p99: number };
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly framesIn: number;
  readonly framesOut: number;
}
