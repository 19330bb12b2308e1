// What a benchmark says, as data: one JSON object a line.
import { cpus, loadavg, release, type } from 'node:os';
import { buildInfo } from '../hal/build-info.js';

/** Figures of one row; `min` and `max` show the noise. */
export interface BenchRow {
  readonly type: 'row';
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Turns that the figures come from. */
  readonly runs: number;
  readonly events_per_command?: number;
}

/** One row through another, each pair of figures from the same round. */
export interface RatioRow {
  readonly type: 'ratio';
  readonly name: string;
  readonly to: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** Something that could not be measured here, and why: never a figure, never silence. */
export interface NotRun {
  readonly type: 'not_run';
  readonly name: string;
  readonly reason: string;
}

/** Where the figures come from. */
export interface MachineRow {
  readonly type: 'machine';
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly v8: string;
  readonly os: string;
  readonly arch: string;
  /** Average of the last minute, before and after. */
  readonly load_before: number;
  readonly load: number;
  readonly date: string;
  readonly version: string;
  readonly commit: string;
}

export type OutputRow = BenchRow | RatioRow | NotRun | MachineRow;

/** Four digits: no figure here is better than that. */
export function roundFigure(value: number): number {
  return Number(value.toPrecision(4));
}

export function machineRow(loadBefore: number, timeMs: number): MachineRow {
  const { version, commit } = buildInfo();
  return {
    type: 'machine',
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    node: process.versions.node,
    v8: process.versions.v8,
    os: `${type()} ${release()}`,
    arch: process.arch,
    load_before: roundFigure(loadBefore),
    load: roundFigure(loadavg()[0] ?? 0),
    date: new Date(timeMs).toISOString(),
    version,
    commit,
  };
}
