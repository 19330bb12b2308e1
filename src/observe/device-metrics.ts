// What a device and its link can tell of themselves, as numbers with names: for `engines --watch`, and for whoever
// exports metrics. Kernel, link and host time are told apart; none of it enters the event stream.
import { COMMANDS } from '../contract/definition.js';
import type { Device } from '../hal/device.js';
import type { LinkTelemetry } from '../hal/link-telemetry.js';
import type { SupervisionStatus } from '../hal/supervision.js';

/** Registers of the kernel (docs/hdl.md, gb_telemetry). */
const RECORDS = 0;
const EVENTS = 1;
const CYCLES = 2;
const BUSY = 3;
const FROZEN = 4;
const WAITED = 5;
const LATENCIES = 32;
const LATENCY_BITS = 16n;
const LATENCY_MASK = 0xffffn;
const NS_PER_US = 1000;
const US_PER_S = 1e6;

/** Since the last reset of the kernel; in a build without telemetry all are 0. */
export interface KernelCounters {
  readonly records: number;
  readonly events: number;
  readonly cycles: number;
  /** Cycles in which something was under way. */
  readonly busyCycles: number;
  /** Cycles in which the event stream stood still. */
  readonly frozenCycles: number;
  /** Cycles in which a record had to wait. */
  readonly waitedCycles: number;
  /** From the handshake of the last FENCE to its answer. */
  readonly fenceCycles: number;
}

export interface DeviceMetrics {
  /** One FENCE and its answer as the host sees it, in microseconds. */
  readonly fenceUs: number;
  /** Of those: in the kernel; undefined where the device has no clock or no registers. */
  readonly kernelUs: number | undefined;
  /** Of those: on the link, its median round trip; undefined where there is no link. */
  readonly linkUs: number | undefined;
  /** The rest: this process, its scheduler, drivers; undefined where a supervised pair does not tell it apart. */
  readonly hostUs: number | undefined;
  readonly kernel: KernelCounters | undefined;
  readonly link: LinkTelemetry | undefined;
  /** Undefined for a device that is no supervised pair. */
  readonly supervision: SupervisionStatus | undefined;
}

/**
 * Puts one FENCE into the stream and reads the registers.
 * @param nowNs monotonic
 * @throws HalError of the device
 */
export async function measureDevice(device: Device, nowNs: () => bigint): Promise<DeviceMetrics> {
  const from = nowNs();
  await device.fence();
  const fenceUs = Number(nowNs() - from) / NS_PER_US;
  const link = device.telemetry === undefined ? undefined : await device.telemetry();
  const kernel = await readKernel(device);
  const { clockHz } = device.identity;
  const hasCycles = kernel !== undefined && clockHz !== undefined && kernel.fenceCycles > 0;
  const kernelUs = hasCycles ? (kernel.fenceCycles / clockHz) * US_PER_S : undefined;
  const linkUs = link === undefined ? undefined : Math.min(link.roundTripUs.p50, fenceUs);
  const known = linkUs ?? kernelUs;
  const isWhole = known === undefined && device.supervision !== undefined;
  const hostUs = isWhole ? undefined : Math.max(0, fenceUs - (known ?? 0));
  const supervision = device.supervision?.status();
  return { fenceUs, kernelUs, linkUs, hostUs, kernel, link, supervision };
}

async function readKernel(device: Device): Promise<KernelCounters | undefined> {
  if (device.readRegister === undefined) return undefined;
  const values: bigint[] = [];
  const fence = LATENCIES + COMMANDS.findIndex(({ name }) => name === 'FENCE');
  for (const register of [RECORDS, EVENTS, CYCLES, BUSY, FROZEN, WAITED, fence]) {
    values.push(await device.readRegister(register));
  }
  const [records = 0, events = 0, cycles = 0, busyCycles = 0, frozenCycles = 0, waitedCycles = 0] = values.map(Number);
  // {last, max, min, samples}, 16 bits each.
  const fenceCycles = Number(((values[6] ?? 0n) >> (3n * LATENCY_BITS)) & LATENCY_MASK);
  return { records, events, cycles, busyCycles, frozenCycles, waitedCycles, fenceCycles };
}

/** One number for an exporter; names and labels as Prometheus has them. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Every figure of a measurement that is there, flat. */
export function asMetrics(measured: DeviceMetrics): Metric[] {
  const { fenceUs, kernelUs, linkUs, hostUs, kernel, link, supervision: pair } = measured;
  const metrics: Metric[] = [];
  const add = (kind: Metric['kind'], name: string, help: string, value: number | undefined, label?: string) => {
    if (value === undefined) return;
    const labels = label === undefined ? {} : { labels: { kind: label } };
    metrics.push({ name: `gatebook_${name}`, help, kind, value, ...labels });
  };
  add('gauge', 'fence_us', 'one FENCE and its answer, in microseconds', fenceUs);
  add('gauge', 'fence_kernel_us', 'of it, in the kernel', kernelUs);
  add('gauge', 'fence_link_us', 'of it, on the link', linkUs);
  add('gauge', 'fence_host_us', 'of it, in the host', hostUs);
  add('counter', 'kernel_records_total', 'records since the reset', kernel?.records);
  add('counter', 'kernel_events_total', 'events since the reset', kernel?.events);
  add('counter', 'kernel_cycles_total', 'cycles since the reset', kernel?.cycles);
  add('counter', 'kernel_busy_cycles_total', 'cycles in which something was under way', kernel?.busyCycles);
  add('counter', 'kernel_frozen_cycles_total', 'cycles in which events could not leave', kernel?.frozenCycles);
  for (const [name, count] of Object.entries(link?.faults ?? {})) {
    add('counter', 'link_faults_total', 'faults of the link, by kind', count, name);
  }
  add('counter', 'link_retransmissions_total', 'commands that were sent again', link?.retransmissions);
  add('gauge', 'link_credit_commands', 'commands that the device has room for', link?.creditCommands);
  add('gauge', 'link_credit_events', 'events that the device may send', link?.creditEvents);
  add('gauge', 'link_round_trip_p50_us', 'round trip of the link, median', link?.roundTripUs.p50);
  add('gauge', 'link_round_trip_p99_us', 'round trip of the link, 99th percentile', link?.roundTripUs.p99);
  add('counter', 'link_bytes_in_total', 'bytes from the device', link?.bytesIn);
  add('counter', 'link_bytes_out_total', 'bytes to the device', link?.bytesOut);
  const active = pair && Number(pair.active === 'primary');
  add('gauge', 'supervised_active', 'whose events are delivered: 1 the primary, 0 the standby', active);
  add('counter', 'supervised_switches_total', 'changes of the engine whose events are delivered', pair?.switches);
  add(
    'gauge',
    'supervised_alarm',
    '1 from a difference of the engines to its acknowledgement',
    pair && Number(!!pair.alarm),
  );
  return metrics;
}
