// A device behind a byte line as a transport: HostLink below, the life cycle above.
import { COMMAND_BYTES, EVENT_BYTES } from '../../contract/definition.js';
import { LINK_COUNTER_NAMES, REGISTER_LINK } from '../../contract/generated/transports.js';
import { LinkError } from '../../link/errors.js';
import type { DeviceIdentity } from '../../link/frames.js';
import { type HostLink, MOST_WAIT_MS, slowerBy } from '../../link/host-link.js';
import type { Identity } from '../device.js';
import { HalError } from '../errors.js';
import type { LinkTelemetry } from '../link-telemetry.js';
import type { Transport, TransportSink } from '../transport.js';

/** Counters of the device that count no fault. */
const TRAFFIC: readonly string[] = ['frames_received', 'frames_sent', 'resets'];
const COUNTER_WRAP = 2 ** 16;
const TIMEOUT_MS = 5000;
/** Commands that the life cycle hands over at once at most, and events that each of them may well cause. */
const PIECE = 4096;
const EVENTS_PER_COMMAND = 4;
/** Frames make each byte cost a little more. */
const OVERHEAD = 1.15;
const BITS_PER_BYTE = 10;

/** The same error for the device layer: the codes are the same. */
export function asHalError(backend: string, error: unknown): unknown {
  if (!(error instanceof LinkError)) return error;
  return new HalError(error.code, `${backend}: ${error.message}`, { cause: error });
}

/**
 * Bound of one wait: the line itself may need long for the largest piece, and a simulation is slower than life.
 * @param baud what the line runs at; 0 counts as 115,200
 */
export function waitBound(device: DeviceIdentity, baud: number): number {
  const bytes = PIECE * (COMMAND_BYTES + EVENTS_PER_COMMAND * EVENT_BYTES) * OVERHEAD;
  const lineMs = (bytes * BITS_PER_BYTE * 1000) / (baud === 0 ? 115_200 : baud);
  return Math.min(MOST_WAIT_MS, (TIMEOUT_MS + lineMs) * Math.max(1, slowerBy(device)));
}

/** What the link reports before the life cycle listens waits here. */
export class LinkEnd {
  private sink: TransportSink | undefined;
  private early: HalError | undefined;

  readonly events = (events: Uint8Array): void => {
    this.sink?.events(events);
  };

  readonly fault = (error: HalError): void => {
    if (this.sink === undefined) this.early ??= error;
    else this.sink.fault(error);
  };

  attach(sink: TransportSink): void {
    this.sink = sink;
    if (this.early !== undefined) sink.fault(this.early);
  }
}

/** Faults that a device counted, by name. @throws LinkError TIMEOUT, LINK_LOST, DEVICE_CLOSED */
export async function countedFaults(link: HostLink): Promise<ReadonlyMap<string, number>> {
  const faults = new Map<string, number>();
  for (const [index, name] of LINK_COUNTER_NAMES.entries()) {
    if (!TRAFFIC.includes(name)) faults.set(name, Number(await link.read(REGISTER_LINK + index)));
  }
  return faults;
}

export interface LinkTransportParts {
  readonly identity: Identity;
  readonly link: HostLink;
  readonly end: LinkEnd;
  readonly timeoutMs: number;
  /** Its counters run since power-up; what they said when it was opened. */
  readonly faultsAtStart: ReadonlyMap<string, number>;
  /** Gives the line back. */
  readonly release: () => void | Promise<void>;
}

export class LinkTransport implements Transport {
  readonly synchronous = false;
  readonly identity: Identity;
  readonly timeoutMs: number;

  private readonly link: HostLink;

  constructor(private readonly parts: LinkTransportParts) {
    this.identity = parts.identity;
    this.timeoutMs = parts.timeoutMs;
    this.link = parts.link;
  }

  start(sink: TransportSink): void {
    this.parts.end.attach(sink);
  }

  submit(commands: Uint8Array): undefined | Promise<void> {
    try {
      return this.link.submit(commands)?.catch((error: unknown) => this.rethrow(error));
    } catch (error) {
      this.rethrow(error);
    }
  }

  reset(epoch: number): Promise<void> {
    return this.link.reset(epoch).catch((error: unknown) => this.rethrow(error));
  }

  async close(): Promise<void> {
    this.link.close();
    await this.parts.release();
  }

  readRegister(address: number): Promise<bigint> {
    return this.link.read(address).catch((error: unknown) => this.rethrow(error));
  }

  async telemetry(): Promise<LinkTelemetry> {
    const faults: Record<string, number> = {};
    for (const [name, count] of await countedFaults(this.link).catch((error: unknown) => this.rethrow(error))) {
      const before = this.parts.faultsAtStart.get(name) ?? 0;
      faults[`device_${name}`] = (count - before + COUNTER_WRAP) % COUNTER_WRAP;
    }
    const counters = this.link.counters;
    return {
      faults: {
        host_bad_frames: counters.badFrames,
        host_crc_errors: counters.crcErrors,
        host_unknown_frames: counters.unknownFrames,
        host_wrong_epochs: counters.wrongEpochs,
        host_gaps: counters.gaps,
        host_duplicates: counters.duplicates,
        host_overruns: counters.overruns,
        ...faults,
      },
      retransmissions: counters.retransmissions,
      creditCommands: counters.creditCommands,
      creditEvents: counters.creditEvents,
      roundTripUs: counters.roundTripUs,
      bytesIn: counters.bytesIn,
      bytesOut: counters.bytesOut,
      framesIn: counters.framesIn,
      framesOut: counters.framesOut,
    };
  }

  private rethrow(error: unknown): never {
    throw asHalError(this.identity.backend, error);
  }
}
