// gatebook engines --watch: what a device tells of itself, again and again.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Device } from '../hal/device.js';
import { open } from '../hal/registry.js';
import { asMetrics, type DeviceMetrics, measureDevice } from '../observe/device-metrics.js';
import { closeDevice } from './hal-action.js';
import type { CliIo } from './io.js';

export interface WatchOptions {
  readonly spec: string;
  readonly everyMs: number;
  /** Measurements before it ends; without one it ends with the process. */
  readonly count: number | undefined;
  readonly json: boolean;
}

/** Opens and resets the device, then one line a measurement. @throws HalError of the device */
export async function watchDevice(io: CliIo, { spec, everyMs, count, json }: WatchOptions): Promise<void> {
  const device = await open(spec);
  try {
    if (!json) io.stdout.write(`${device.identity.build}\n${HEADER}\n`);
    for (let taken = 0; count === undefined || taken < count; taken++) {
      if (taken > 0) await sleep(everyMs);
      await show(io, device, json);
    }
  } finally {
    await closeDevice(io, device);
  }
}

const HEADER = [
  'fence us',
  'kernel us',
  'link us',
  'host us',
  'p50 us',
  'p99 us',
  'credit',
  'resent',
  'faults',
  'busy %',
]
  .map((title) => title.padStart(9))
  .join(' ');

async function show(io: CliIo, device: Device, json: boolean): Promise<void> {
  const metrics = await measureDevice(device, () => io.nowNs());
  const line = json ? JSON.stringify(asMetrics(metrics)) : asLine(metrics);
  if (!io.stdout.write(`${line}\n`)) await io.stdout.drained();
}

function asLine({ fenceUs, kernelUs, linkUs, hostUs, kernel, link }: DeviceMetrics): string {
  const faults = link && Object.values(link.faults).reduce((sum, count) => sum + count, 0);
  const busy = kernel && kernel.cycles > 0 ? (100 * kernel.busyCycles) / kernel.cycles : undefined;
  const figures: readonly (readonly [number | undefined, number])[] = [
    [fenceUs, 1],
    [kernelUs, 3],
    [linkUs, 1],
    [hostUs, 1],
    [link?.roundTripUs.p50, 1],
    [link?.roundTripUs.p99, 1],
    [link?.creditCommands, 0],
    [link?.retransmissions, 0],
    [faults, 0],
    [busy, 2],
  ];
  return figures.map(([value, digits]) => (value?.toFixed(digits) ?? '-').padStart(9)).join(' ');
}
