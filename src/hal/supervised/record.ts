// The record of a pair: its state, its switches, its alarm, and who wants to hear of them.
import type { HalError } from '../errors.js';
import type { PairState, Supervision, SupervisionChange, SupervisionStatus, SwitchReport } from '../supervision.js';

/** Reports kept: a link that comes and goes for days must not fill the memory. */
const KEPT_REPORTS = 32;

export class PairRecord implements Supervision {
  state: PairState = 'PAIRED';
  active: 'primary' | 'standby' = 'primary';
  comparedEvents = 0;

  private alarm: HalError | undefined;
  private lastFault: HalError | undefined;
  private switches = 0;
  private failedReturns = 0;
  private reports: readonly SwitchReport[] = [];
  private listeners: readonly ((change: SupervisionChange) => void)[] = [];
  private untold: SupervisionChange[] = [];
  private holds = 0;
  private telling = false;

  /** onAcknowledge: called when an alarm was cleared. */
  constructor(private readonly onAcknowledge: () => void) {}

  get alarmed(): boolean {
    return this.alarm !== undefined;
  }

  status(): SupervisionStatus {
    const { state, active, alarm, lastFault, switches, reports, failedReturns, comparedEvents } = this;
    return { state, active, alarm, lastFault, switches, reports, failedReturns, comparedEvents };
  }

  onChange(listener: (change: SupervisionChange) => void): () => void {
    const own = (change: SupervisionChange) => listener(change);
    this.listeners = [...this.listeners, own];
    return () => {
      this.listeners = this.listeners.filter((other) => other !== own);
    };
  }

  onAlarm(listener: (error: HalError) => void): () => void {
    return this.onChange((change) => {
      if (change.kind === 'alarm') listener(change.error);
    });
  }

  acknowledge(): void {
    if (this.alarm === undefined) return;
    this.alarm = undefined;
    this.onAcknowledge();
  }

  /** From here to `release` nobody is told: the stream is in the middle of a call. They nest. */
  hold(): void {
    this.holds += 1;
  }

  /** Whoever is told from here on may call the device. */
  release(): void {
    this.holds -= 1;
    this.tellAll();
  }

  switched(report: SwitchReport, fault: HalError | undefined): void {
    this.switches += 1;
    this.reports = [...this.reports.slice(1 - KEPT_REPORTS), report];
    if (fault !== undefined) this.lastFault = fault;
    this.tell({ kind: 'switch', report });
  }

  raise(error: HalError): void {
    this.alarm ??= error;
    this.tell({ kind: 'alarm', error });
  }

  returnFailed(error: HalError): void {
    this.failedReturns += 1;
    this.lastFault = error;
    this.tell({ kind: 'return-failed', error });
  }

  private tell(change: SupervisionChange): void {
    this.untold.push(change);
    this.tellAll();
  }

  /** In order, each to all: what a listener causes is told after what it was told of. */
  private tellAll(): void {
    if (this.holds > 0 || this.telling) return;
    this.telling = true;
    for (let next = this.untold.shift(); next !== undefined; next = this.untold.shift()) this.tellOne(next);
    this.telling = false;
  }

  /** What a listener throws must not reach the stream: it surfaces outside of it. */
  private tellOne(change: SupervisionChange): void {
    for (const listener of this.listeners) {
      try {
        listener(change);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
