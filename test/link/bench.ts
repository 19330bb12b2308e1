// A host link and a model device on one virtual line, for tests.

import type { LinkError } from '../../src/link/errors.js';
import { HostLink, type HostLinkOptions } from '../../src/link/host-link.js';
import { Prng } from '../../src/verify/prng.js';
import { ModelDevice, type ModelOptions } from './model-device.js';
import { VirtualClock } from './virtual-clock.js';
import { type Arrival, drain, Wire } from './wire.js';

export interface BenchOptions extends ModelOptions {
  readonly seed?: number;
  readonly lineBaud?: number;
  readonly latencyMs?: number;
  readonly toDevice?: (block: Uint8Array) => readonly Arrival[];
  readonly toHost?: (block: Uint8Array) => readonly Arrival[];
  readonly host?: Partial<HostLinkOptions>;
}

export class Bench {
  readonly clock = new VirtualClock();
  readonly device: ModelDevice;
  readonly link: HostLink;
  readonly uplink: Wire;
  readonly downlink: Wire;
  readonly faults: LinkError[] = [];
  private readonly chunks: Uint8Array[] = [];

  constructor(options: BenchOptions) {
    const random = new Prng(options.seed ?? 1);
    const { clock } = this;
    const baud = options.lineBaud ?? options.baud ?? 3_000_000;
    const latencyMs = options.latencyMs ?? 0.2;
    this.device = new ModelDevice(options);
    const line = { clock, baud, latencyMs };
    this.downlink = new Wire({
      ...line,
      deliver: (bytes) => this.device.receive(bytes),
      ...(options.toDevice === undefined ? {} : { fault: options.toDevice }),
    });
    this.uplink = new Wire({
      ...line,
      deliver: (bytes) => this.link.receive(bytes),
      ...(options.toHost === undefined ? {} : { fault: options.toHost }),
    });
    this.device.onReady = drain(this.uplink, clock, () => this.device.pull());
    this.link = new HostLink({
      write: (bytes) => this.downlink.send(bytes),
      clock,
      bitMs: 1000 / baud,
      random: () => random.u32(),
      onEvents: (events) => this.chunks.push(events.slice()),
      onFault: (error) => this.faults.push(error),
      ...options.host,
    });
  }

  /** All events since the last `clear`. */
  get events(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.chunks));
  }

  get eventCount(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.length / 32, 0);
  }

  clear(): void {
    this.chunks.length = 0;
  }

  async open(kernelEpoch = 1): Promise<void> {
    await this.clock.settle(this.link.identify());
    await this.clock.settle(this.link.reset(kernelEpoch));
  }

  /** Submits batches, one after the other. */
  async submit(batches: readonly Uint8Array[], limitMs = 600_000): Promise<void> {
    for (const batch of batches) await this.clock.settle(this.link.submit(batch), limitMs);
  }
}
