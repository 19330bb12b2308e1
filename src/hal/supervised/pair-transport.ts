// Two engines behind one stream. The standby follows every command first; its events wait until the primary has given
// the same bytes, which are then delivered. When the primary dies, what waits is delivered, and the standby goes on.
import { COMMAND_BYTES, EVENT_BYTES } from '../../contract/definition.js';
import { Opcode } from '../../contract/generated/records.js';
import { afterPatience, type Clock } from '../clock.js';
import type { Device, Identity } from '../device.js';
import { HalError } from '../errors.js';
import { EventQueue } from '../event-queue.js';
import type { FenceRule } from '../fence-interval.js';
import type { Supervision } from '../supervision.js';
import type { Transport, TransportSink } from '../transport.js';
import { faultOf, mismatchText } from './mismatch.js';
import { Primary } from './primary.js';
import { turn } from './proof.js';
import { PairRecord } from './record.js';
import { type Joinable, Return, type ReturnOptions } from './return.js';
import type { Standby } from './standby.js';
import { Watchdog } from './watchdog.js';

/** Steps of the standby that may wait for the primary; then the stream waits. */
const QUEUED_STEPS = 8;

export interface PairOptions extends ReturnOptions {
  readonly identity: Identity;
  readonly synchronous: boolean;
  /** Bound of everything that the primary owes. */
  readonly primaryMs: number;
  /** Bound of each wait for the pair: long enough for the standby to take over. */
  readonly timeoutMs: number;
  readonly fences: FenceRule;
}

export class PairTransport implements Transport, Joinable {
  readonly identity: Identity;
  readonly synchronous: boolean;
  readonly timeoutMs: number;
  readonly fences: FenceRule;

  private readonly record: PairRecord;
  private readonly queue: EventQueue;
  private readonly watchdog: Watchdog;
  private readonly comeback: Return;
  private readonly clock: Clock;
  private readonly primaryMs: number;
  private sink: TransportSink | undefined;
  private primary: Primary | undefined;
  private closed = false;
  private generation = 0;
  /** Since the last reset. */
  private commands = 0;
  private delivered = 0;
  /** Index of the first event that went through the queue. */
  private queueBase = 0;
  private handed = 0;
  private taken = 0;
  private wake: () => void = () => {};

  /**
   * @param device the primary, open and after a reset; the pair closes it
   * @param standby of the same profile; the pair closes it
   */
  constructor(
    device: Device,
    private readonly standby: Standby,
    options: PairOptions,
  ) {
    ({ identity: this.identity, synchronous: this.synchronous } = options);
    ({ timeoutMs: this.timeoutMs, fences: this.fences } = options);
    ({ primaryMs: this.primaryMs, clock: this.clock } = options);
    this.queue = new EventQueue(standby.stepBytes, this.synchronous ? 2 : QUEUED_STEPS);
    this.watchdog = new Watchdog(
      options.clock,
      options.primaryMs,
      () => ({ handed: this.handed, taken: this.taken, due: this.queue.written, came: this.queue.confirmed }),
      (what) => this.fail(this.primary, this.silent(what)),
    );
    this.comeback = new Return(this, options);
    this.record = new PairRecord(() => this.comeback.start());
    this.primary = this.adopt(device);
  }

  get supervision(): Supervision {
    return this.record;
  }

  start(sink: TransportSink): void {
    this.sink = sink;
  }

  submit(commands: Uint8Array): void | Promise<void> {
    const batch = this.standby.align(commands);
    if (!this.synchronous) return this.submitBounded(batch);
    const { record } = this;
    record.hold();
    try {
      this.submitNow(batch);
    } finally {
      if (isPartOfCall(commands)) queueMicrotask(() => record.release());
      else record.release();
    }
  }

  reset(epoch: number): void {
    this.record.hold();
    try {
      this.resetNow(epoch);
    } finally {
      this.record.release();
    }
  }

  private resetNow(epoch: number): void {
    this.generation += 1;
    this.commands = 0;
    this.delivered = 0;
    this.queueBase = 0;
    this.queue.clear();
    this.watchdog.stop();
    this.standby.reset(epoch, this.queue.room());
    this.queue.wrote(this.standby.eventBytes);
    if (this.primary?.joining === true) {
      // It is on its way to a state that is gone: it begins anew, from the state after the reset.
      this.primary.interrupted = true;
      this.primary = undefined;
    }
    const { primary } = this;
    if (primary === undefined) this.deliverFromStandby();
    else this.resetPrimary(primary, epoch);
    this.wake();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.generation += 1;
    this.watchdog.stop();
    this.wake();
    const { primary } = this;
    this.primary = undefined;
    try {
      await Promise.all([primary?.device.close(), this.comeback.stop()]);
    } finally {
      this.standby.close();
    }
  }

  /** Exact between two calls of `submit`; undefined inside a restore. */
  snapshot(): Uint8Array | undefined {
    return this.standby.snapshot();
  }

  // Commands.

  private submitNow(commands: Uint8Array): void {
    for (let from = 0; from < commands.length; ) {
      // Only a primary that joins can lack room here; it is brought on instead of being waited for.
      while (!this.hasRoom()) this.joinStep(this.primary as Primary);
      const next = this.follow(commands, from);
      const { primary } = this;
      if (primary !== undefined) {
        const slice = from === 0 && next === commands.length ? commands : commands.subarray(from, next);
        if (primary.joining) primary.queue(slice);
        else this.handNow(primary, slice);
      }
      from = next;
    }
  }

  /** A primary that does not take one batch in its time, for whatever reason, is out: the pair still has time then. */
  private async submitBounded(commands: Uint8Array): Promise<void> {
    const late = () => this.fail(this.primary, this.silent(`it had no room for commands for ${this.primaryMs} ms`));
    const cancel = afterPatience(this.clock, this.primaryMs, late);
    try {
      await this.submitAll(commands);
      // Without a link to wait for the standby would leave no turn to whoever brings the primary back.
      if (this.primary?.joining !== false) await turn();
    } finally {
      cancel();
    }
  }

  private async submitAll(commands: Uint8Array): Promise<void> {
    const { generation } = this;
    for (let from = 0; from < commands.length; ) {
      while (!this.hasRoom()) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        if (generation !== this.generation) return;
      }
      const next = this.follow(commands, from);
      const { primary } = this;
      if (primary !== undefined) {
        const slice = commands.subarray(from, next);
        if (primary.joining) primary.queue(slice);
        else await this.hand(primary, slice);
        if (generation !== this.generation) return;
      }
      from = next;
    }
  }

  private hasRoom(): boolean {
    const { primary } = this;
    if (primary === undefined) return true;
    return this.queue.hasRoom && (!primary.joining || primary.hasRoom);
  }

  /** One step of the standby. */
  private follow(commands: Uint8Array, from: number): number {
    const next = this.standby.follow(commands, from, this.queue.room());
    this.queue.wrote(this.standby.eventBytes);
    this.commands += (next - from) / COMMAND_BYTES;
    if (this.primary === undefined || this.primary.joining) this.deliverFromStandby();
    return next;
  }

  private handNow(primary: Primary, commands: Uint8Array): void {
    try {
      primary.device.submit(commands);
    } catch (error) {
      this.fail(primary, faultOf(error));
      return;
    }
    // It is in this process: what it has not said by now it will not say.
    if (this.queue.pending > 0) this.mismatch(primary, 0, undefined);
  }

  /** Ends when the primary has taken the commands, or is not part of the pair any more. Never rejects. */
  private async hand(primary: Primary, commands: Uint8Array): Promise<void> {
    this.handed += 1;
    this.watchdog.watch();
    try {
      await primary.device.submit(commands);
    } catch (error) {
      const fault = faultOf(error);
      if (fault.code !== 'RESET_DISCARDED') this.fail(primary, fault);
    } finally {
      this.taken += 1;
      // A primary that joins has taken something out of its backlog.
      this.wake();
    }
  }

  private resetPrimary(primary: Primary, epoch: number): void {
    primary.device.reset(epoch).catch((error: unknown) => this.fail(primary, faultOf(error)));
    if (!this.synchronous) this.watchdog.watch();
    else if (this.queue.pending > 0) this.mismatch(primary, 0, undefined);
  }

  // Events.

  private receive(primary: Primary, events: Uint8Array): void {
    if (primary !== this.primary) return;
    const { queue } = this;
    const differs = queue.differsAt(events);
    if (differs >= 0) {
      this.mismatch(primary, differs, events.subarray(differs * EVENT_BYTES, (differs + 1) * EVENT_BYTES));
      return;
    }
    this.record.comparedEvents += events.length / EVENT_BYTES;
    const before = queue.confirm(events.length);
    if (before < events.length) this.deliver(before === 0 ? events : events.subarray(before));
    this.wake();
  }

  private deliver(events: Uint8Array): void {
    this.delivered += events.length / EVENT_BYTES;
    this.sink?.events(events);
  }

  private deliverFromStandby(): void {
    if (this.queue.undelivered > 0) this.deliver(this.queue.takeUndelivered());
    if (this.primary === undefined) this.queue.confirmAll();
  }

  // The primary comes and goes.

  private silent(what: string): HalError {
    return new HalError('TIMEOUT', `${this.primary?.device.identity.backend ?? 'the primary'}: ${what}`);
  }

  /** What the primary gave in the place of event `n` after the last confirmed one. */
  private mismatch(primary: Primary, n: number, actual: Uint8Array | undefined): void {
    const event = this.queueBase + this.queue.confirmed + n;
    const message = mismatchText(event, this.commands, this.queue.eventAt(n), actual);
    this.fail(primary, new HalError('SUPERVISED_MISMATCH', message));
  }

  /** The primary is out, and the standby goes on where it stopped. Only its first fault counts. */
  private fail(primary: Primary | undefined, error: HalError): void {
    if (primary === undefined || primary !== this.primary || this.closed) return;
    this.record.hold();
    try {
      this.turnOut(primary, error);
    } finally {
      this.record.release();
    }
  }

  private turnOut(primary: Primary, error: HalError): void {
    const started = performance.now();
    const { record, queue } = this;
    this.primary = undefined;
    this.watchdog.stop();
    const report = { to: 'standby', command: this.commands, event: this.delivered } as const;
    const eventsFromStandby = queue.undelivered;
    this.deliverFromStandby();
    record.state = 'DEGRADED';
    record.active = 'standby';
    const { code, message } = error;
    if (primary.joining) record.returnFailed(error);
    else record.switched({ ...report, code, message, ms: performance.now() - started, eventsFromStandby }, error);
    this.wake();
    this.comeback.leave(primary);
    if (code === 'SUPERVISED_MISMATCH') {
      this.comeback.hold();
      record.raise(error);
    } else {
      this.comeback.start();
    }
  }

  /** The device behind the primary says that it failed. */
  primaryFault(device: Device, error: HalError): void {
    if (this.primary?.device === device) this.fail(this.primary, error);
  }

  adopt(device: Device): Primary {
    const primary = new Primary(device);
    device.onEvents((events) => this.receive(primary, events));
    return primary;
  }

  beginJoin(primary: Primary): boolean {
    const snapshot = this.standby.snapshot();
    if (snapshot === undefined) return false;
    this.queue.clear();
    this.queueBase = this.delivered;
    primary.join(snapshot);
    this.primary = primary;
    return true;
  }

  has(primary: Primary): boolean {
    return this.primary === primary;
  }

  joinStep(primary: Primary): void | Promise<void> {
    const piece = primary.next();
    if (piece === undefined) return this.takeOver(primary);
    if (!this.synchronous) return this.hand(primary, piece);
    this.record.hold();
    try {
      primary.device.submit(piece);
    } catch (error) {
      this.fail(primary, faultOf(error));
    } finally {
      this.record.release();
    }
  }

  private takeOver(primary: Primary): void {
    if (this.synchronous && this.queue.pending > 0) return this.mismatch(primary, 0, undefined);
    primary.joining = false;
    this.record.state = 'PAIRED';
    this.record.active = 'primary';
    const at = { to: 'primary', command: this.commands, event: this.delivered } as const;
    const message = 'restored, and proven by FENCE and by BOOK_DIGEST of every book';
    const { ms } = this.comeback;
    this.record.switched({ ...at, code: 'PRIMARY_RETURNED', message, ms, eventsFromStandby: 0 }, undefined);
  }

  rebuilding(): void {
    this.record.state = 'REBUILDING';
  }

  returnFailed(error: HalError): void {
    this.record.state = 'DEGRADED';
    this.record.returnFailed(error);
  }
}

/**
 * The life cycle sends more behind a restore (the FENCE that proves it), and takes a snapshot behind a FENCE, before it
 * returns: no record of a listener may come between.
 */
function isPartOfCall(commands: Uint8Array): boolean {
  const last = commands[commands.length - COMMAND_BYTES];
  return last === Opcode.RESTORE_END || (last === Opcode.FENCE && commands.length === COMMAND_BYTES);
}
