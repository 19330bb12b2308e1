// What a supervised pair says of itself, beside its stream of events.
import type { HalError, HalErrorCode } from './errors.js';

/** PAIRED: both follow and agree; REBUILDING: the primary is on its way back; DEGRADED: the standby alone. */
export type PairState = 'PAIRED' | 'REBUILDING' | 'DEGRADED';

/** One change of the engine whose events are delivered. */
export interface SwitchReport {
  readonly to: 'primary' | 'standby';
  /** Records handed to the pair since its last reset. */
  readonly command: number;
  /** Events delivered since then, RESET_DONE included, before the first one of the other engine. */
  readonly event: number;
  /** Of the fault of the primary; PRIMARY_RETURNED when it takes over again. */
  readonly code: HalErrorCode | 'PRIMARY_RETURNED';
  readonly message: string;
  /** From the fault to the end of the switch; from the return of the primary to its take-over. */
  readonly ms: number;
  /** Events that the primary owed and the standby delivered at the switch. */
  readonly eventsFromStandby: number;
}

export type SupervisionChange =
  | { readonly kind: 'switch'; readonly report: SwitchReport }
  /** SUPERVISED_MISMATCH: no new orders until somebody acknowledges it. */
  | { readonly kind: 'alarm'; readonly error: HalError }
  /** The primary came back and was not taken, or did not come back; it is tried again. */
  | { readonly kind: 'return-failed'; readonly error: HalError };

export interface SupervisionStatus {
  readonly state: PairState;
  readonly active: 'primary' | 'standby';
  /** Stays until `acknowledge`. While there is one the primary is not taken back. */
  readonly alarm: HalError | undefined;
  /** Why the primary is not part of the pair, or was not at last. */
  readonly lastFault: HalError | undefined;
  /** All since the device was opened; `reports` holds the last of them. */
  readonly switches: number;
  readonly reports: readonly SwitchReport[];
  /** Attempts to take the primary back that failed. */
  readonly failedReturns: number;
  /** Events of the primary that were equal to those of the standby. */
  readonly comparedEvents: number;
}

export interface Supervision {
  status(): SupervisionStatus;

  /**
   * Called at the end of the call that caused the change; the device may be called from there, and what it is given
   * comes next in the stream. Returns its removal.
   */
  onChange(listener: (change: SupervisionChange) => void): () => void;

  /** Called with each alarm: what sends orders stops here. Returns its removal. */
  onAlarm(listener: (error: HalError) => void): () => void;

  /** Clears the alarm; the primary is then tried again. */
  acknowledge(): void;
}

/** One line for people. */
export function switchText(report: SwitchReport): string {
  const { to, command, event, code, message, ms, eventsFromStandby } = report;
  const at = `at command ${command}, event ${event}`;
  if (to === 'primary') return `supervised: the primary took over again ${at}: ${message} (${ms.toFixed(1)} ms)`;
  return (
    `supervised: the standby took over ${at}: ${code}: ${message} ` +
    `(${ms.toFixed(3)} ms, ${eventsFromStandby} events delivered from it)`
  );
}

export function changeText(change: SupervisionChange): string {
  switch (change.kind) {
    case 'switch':
      return switchText(change.report);
    case 'alarm':
      return `supervised: ALARM, no new orders: ${change.error.code}: ${change.error.message}`;
    case 'return-failed':
      return `supervised: the primary did not come back: ${change.error.code}: ${change.error.message}`;
  }
}

/** The same as an object for JSON. */
export function changeJson(change: SupervisionChange): Record<string, unknown> {
  if (change.kind === 'switch') return { type: 'switch', ...change.report };
  return { type: change.kind, code: change.error.code, message: change.error.message };
}
