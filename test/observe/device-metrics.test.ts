// Goal: the figures of a measurement are those that the device told, kernel, link and host time apart.
import { describe, expect, it } from 'vitest';
import type { Device } from '../../src/hal/device.js';
import type { LinkTelemetry } from '../../src/hal/link-telemetry.js';
import { open } from '../../src/hal/registry.js';
import { asMetrics, measureDevice } from '../../src/observe/device-metrics.js';
import { gatebook, jsonLines } from '../cli/fake-process.js';

const LINK: LinkTelemetry = {
  faults: { host_crc_errors: 3, device_gaps: 2 },
  retransmissions: 5,
  creditCommands: 60,
  creditEvents: 4000,
  roundTripUs: { p50: 300, p99: 900 },
  bytesIn: 1000,
  bytesOut: 2000,
  framesIn: 10,
  framesOut: 20,
};

/** Registers of docs/hdl.md: counters 0..5, and the latency of FENCE, kind 17, as {last, max, min, samples}. */
const REGISTERS: Readonly<Record<number, bigint>> = {
  0: 7n,
  1: 8n,
  2: 1000n,
  3: 250n,
  4: 40n,
  5: 50n,
  [32 + 17]: (6n << 48n) | (9n << 32n) | (5n << 16n) | 3n,
};

async function withLink(): Promise<Device> {
  const device = await open('software');
  const board = Object.create(device) as Device;
  Object.assign(board, {
    telemetry: async () => LINK,
    readRegister: async (address: number) => REGISTERS[address] ?? 0n,
  });
  Object.defineProperty(board, 'identity', { value: { ...device.identity, clockHz: 2_000_000 } });
  board.fence = () => device.fence();
  board.close = () => device.close();
  return board;
}

/** Half a millisecond a look. */
function clock(): () => bigint {
  let ns = 0n;
  return () => {
    ns += 500_000n;
    return ns;
  };
}

describe('measuring a device', () => {
  it('tells kernel, link and host time apart', async () => {
    const device = await withLink();
    const metrics = await measureDevice(device, clock());
    // 6 cycles at 2 MHz; of 500 us the link has 300.
    expect(metrics).toMatchObject({ fenceUs: 500, kernelUs: 3, linkUs: 300, hostUs: 200, link: LINK });
    expect(metrics.kernel).toEqual({
      records: 7,
      events: 8,
      cycles: 1000,
      busyCycles: 250,
      frozenCycles: 40,
      waitedCycles: 50,
      fenceCycles: 6,
    });
    await device.close();
  });

  it('leaves out what a device without link and registers cannot tell', async () => {
    const device = await open('software');
    const metrics = await measureDevice(device, clock());
    expect(metrics).toEqual({
      fenceUs: 500,
      kernelUs: undefined,
      linkUs: undefined,
      hostUs: 500,
      kernel: undefined,
      link: undefined,
      supervision: undefined,
    });
    expect(asMetrics(metrics).map(({ name }) => name)).toEqual(['gatebook_fence_us', 'gatebook_fence_host_us']);
    await device.close();
  });

  it('does not call host time what a pair does not tell apart', async () => {
    const device = await open('supervised:software,software');
    const metrics = await measureDevice(device, clock());
    expect(metrics).toMatchObject({ fenceUs: 500, kernelUs: undefined, linkUs: undefined, hostUs: undefined });
    expect(asMetrics(metrics).map(({ name }) => name.replace('gatebook_', ''))).toEqual([
      'fence_us',
      'supervised_active',
      'supervised_switches_total',
      'supervised_alarm',
    ]);
    await device.close();
  });

  it('flattens every figure, faults by kind', async () => {
    const device = await withLink();
    const metrics = asMetrics(await measureDevice(device, clock()));
    const faults = metrics.filter(({ name }) => name === 'gatebook_link_faults_total');
    expect(faults.map(({ labels, value }) => [labels?.['kind'], value])).toEqual([
      ['host_crc_errors', 3],
      ['device_gaps', 2],
    ]);
    expect(metrics.find(({ name }) => name === 'gatebook_link_round_trip_p99_us')).toMatchObject({ value: 900 });
    expect(metrics.find(({ name }) => name === 'gatebook_kernel_cycles_total')).toMatchObject({ value: 1000 });
    expect(metrics.every(({ name }) => /^gatebook_[a-z0-9_]+$/.test(name))).toBe(true);
    await device.close();
  });
});

describe('gatebook engines --watch', () => {
  it('prints a line a measurement and ends after as many as were asked for', async () => {
    const { out, err, status } = await gatebook(['engines', '--watch', 'software', '--count', '2', '--every', '10']);
    expect({ err, status }).toEqual({ err: '', status: 0 });
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/fence us +kernel us +link us +host us/);
    expect(lines[2]?.trim().split(/\s+/)).toHaveLength(10);
  });

  it('gives the metrics as JSON', async () => {
    const { out } = await gatebook(['engines', '--watch', 'software', '--count', '1', '--json']);
    const [metrics] = jsonLines(out) as unknown as { name: string }[][];
    expect(metrics?.map(({ name }) => name)).toContain('gatebook_fence_us');
  });
});
