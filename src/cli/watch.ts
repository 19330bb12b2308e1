// gatebook engines --watch: what a device tells of itself, again and again.
import { setTimeout as sleep } from 'node:timers/promises';
import { open } from '../hal/registry.js';
import { asMetrics, type DeviceMetrics, measureDevice } from '../observe/device-metrics.js';
import { closeDevice } from './hal-action.js';
import type { CliIo } from './io.js';
import { followSupervision, judgeSupervision } from './supervision.js';

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
  // On stdout every line is a measurement.
  const supervised = followSupervision(io, device, false);
  const table = new Table(io);
  try {
    if (!json) io.stdout.write(`${device.identity.build}\n`);
    for (let taken = 0; count === undefined || taken < count; taken++) {
      if (taken > 0) await sleep(everyMs);
      const metrics = await measureDevice(device, () => io.nowNs());
      const text = json ? `${JSON.stringify(asMetrics(metrics))}\n` : table.lines(metrics);
      if (!io.stdout.write(text)) await io.stdout.drained();
    }
  } finally {
    await closeDevice(io, device);
  }
  judgeSupervision(io, supervised());
}

interface Column {
  readonly title: string;
  readonly digits: number;
  readonly value: (metrics: DeviceMetrics) => number | undefined;
}

const COLUMNS: readonly Column[] = [
  { title: 'fence us', digits: 1, value: ({ fenceUs }) => fenceUs },
  { title: 'kernel us', digits: 3, value: ({ kernelUs }) => kernelUs },
  { title: 'link us', digits: 1, value: ({ linkUs }) => linkUs },
  { title: 'host us', digits: 1, value: ({ hostUs }) => hostUs },
  { title: 'p50 us', digits: 1, value: ({ link }) => link?.roundTripUs.p50 },
  { title: 'p99 us', digits: 1, value: ({ link }) => link?.roundTripUs.p99 },
  { title: 'credit', digits: 0, value: ({ link }) => link?.creditCommands },
  { title: 'resent', digits: 0, value: ({ link }) => link?.retransmissions },
  { title: 'faults', digits: 0, value: ({ link }) => link && sum(Object.values(link.faults)) },
  { title: 'busy %', digits: 2, value: ({ kernel }) => busyPercent(kernel) },
];
const COLUMN_WIDTH = 9;
/** What goes first where the terminal is too narrow for all. */
const DISPENSABLE = ['p50 us', 'credit', 'busy %', 'kernel us', 'host us', 'p99 us', 'resent', 'link us', 'faults'];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function busyPercent(kernel: DeviceMetrics['kernel']): number | undefined {
  return kernel && kernel.cycles > 0 ? (100 * kernel.busyCycles) / kernel.cycles : undefined;
}

/** The columns that fit, in their order; at least one. */
function fitting(width: number): readonly Column[] {
  const count = Math.floor((width + 1) / (COLUMN_WIDTH + 1));
  const left = DISPENSABLE.slice(0, Math.max(0, COLUMNS.length - count));
  return COLUMNS.filter(({ title }) => !left.includes(title));
}

/** A line a measurement, and its titles once a screen of the terminal; once where there is none. */
class Table {
  private shown: readonly Column[] = [];
  /** Lines until the titles come again. */
  private left = 0;

  constructor(private readonly io: CliIo) {}

  lines(metrics: DeviceMetrics): string {
    const size = this.io.terminal;
    const columns = fitting(size?.columns ?? Number.POSITIVE_INFINITY);
    const isNew = this.left <= 0 || columns.length !== this.shown.length;
    this.shown = columns;
    // The titles and the line under the cursor take one each.
    if (isNew) this.left = size === undefined ? Number.POSITIVE_INFINITY : Math.max(1, size.rows - 2);
    this.left -= 1;
    const titles = isNew ? lineOf(columns.map(({ title }) => title)) : '';
    return titles + lineOf(columns.map(({ value, digits }) => value(metrics)?.toFixed(digits) ?? '-'));
  }
}

const lineOf = (cells: readonly string[]): string => `${cells.map((cell) => cell.padStart(COLUMN_WIDTH)).join(' ')}\n`;
