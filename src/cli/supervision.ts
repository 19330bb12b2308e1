// What a supervised pair says of itself, for the people and programs behind a command.
import type { Device } from '../hal/device.js';
import { changeJson, changeText, type SupervisionChange } from '../hal/supervision.js';
import { EXIT } from './exit-codes.js';
import type { CliIo } from './io.js';

/**
 * Tells every switch and every alarm on stderr, and with `json` on stdout too, when it happens.
 * @returns how the pair stands, for a summary; undefined for a device that is none
 */
export function followSupervision(io: CliIo, device: Device, json: boolean): () => SupervisionSummary | undefined {
  const { supervision } = device;
  supervision?.onChange((change: SupervisionChange) => {
    io.stderr.write(`gatebook: ${changeText(change)}\n`);
    if (json) io.stdout.write(`${JSON.stringify(changeJson(change))}\n`);
  });
  return () => {
    if (supervision === undefined) return undefined;
    const { state, active, alarm, switches, failedReturns, comparedEvents } = supervision.status();
    return { state, active, alarm: alarm?.message ?? null, switches, failedReturns, comparedEvents };
  };
}

export interface SupervisionSummary {
  readonly state: string;
  readonly active: string;
  readonly alarm: string | null;
  readonly switches: number;
  readonly failedReturns: number;
  readonly comparedEvents: number;
}

/** A pair whose engines differ gave the right stream all the same; the status still says so. */
export function judgeSupervision(io: CliIo, summary: SupervisionSummary | undefined): void {
  if (summary !== undefined && summary.alarm !== null) io.setExitCode(EXIT.DIVERGENCE);
}
