// The one life cycle of every device: validation, bounded waits, faults that stay, answers matched to questions,
// the shadow, reset and close. A backend writes a Transport and gets all of it.
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import {
  CONTRACT_DIGEST,
  COUNTER_MODULO,
  CommandWriter,
  EventType,
  errorCodeNames,
  Opcode,
} from '../contract/generated/records.js';
import type { SnapshotEngine } from '../kernel/engine.js';
import { readDigest, readFence } from './answer-values.js';
import { Answers, type Expectation } from './answers.js';
import {
  checkBatch,
  checkBelow,
  checkEpoch,
  checkFences,
  checkSnapshot,
  checkTimeout,
  type RestoredCounters,
} from './checks.js';
import { afterPatience, type Clock, systemClock } from './clock.js';
import type { Device, DigestAnswer, EventListener, FenceAnswer, Identity } from './device.js';
import { HalError, type HalErrorCode } from './errors.js';
import { FenceInterval, type FenceRule, type FenceTarget } from './fence-interval.js';
import type { LinkTelemetry } from './link-telemetry.js';
import { Listeners } from './listeners.js';
import { eventField } from './record-fields.js';
import { Shadow } from './shadow.js';
import type { Supervision } from './supervision.js';
import { hex, Tally } from './tally.js';
import type { Transport } from './transport.js';
import { type Wait, Waits } from './waits.js';

const DEFAULT_TIMEOUT_MS = 5000;
const FIRST_EPOCH = 1;
/** A wait for back-pressure covers at most this much, so that its bound does not depend on the size of a batch. */
const PIECE_BYTES = 4096 * COMMAND_BYTES;
const TOKENS = 2 ** 32;
const REGISTERS = 2 ** 16;

const resetEpoch = eventField('RESET_DONE', 'epoch');

export interface LifeCycleOptions {
  /** Epoch of the reset that opens the device, 0..2^32-1; 1 without. */
  readonly epoch?: number | undefined;
  /** Bound of each single wait in ms; 5,000 or what the transport says without. */
  readonly timeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
  /** An engine of the device's profile that follows it; the device owns it from here on. */
  readonly shadow?: SnapshotEngine | undefined;
  /** Told what a listener threw; without it the error is thrown again, outside the device. */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
  /** Told of the first fault, when it is noticed: nobody may be waiting then. */
  readonly onFault?: ((error: HalError) => void) | undefined;
  /** FENCEs of its own; those that the transport asks for without. */
  readonly fences?: FenceRule | undefined;
}

/**
 * Opens the device behind a transport: checks its contract, resets it, checks RESET_DONE.
 * @throws HalError ARGUMENT_INVALID, CONTRACT_MISMATCH, STREAM_CORRUPT, TIMEOUT, DEVICE_FAULT; the transport is closed
 *   by then
 */
export async function openDevice(transport: Transport, options: LifeCycleOptions = {}): Promise<Device> {
  let device: LifeCycle | undefined;
  try {
    device = new LifeCycle(transport, options);
    await device.open(options.epoch ?? FIRST_EPOCH);
    return device;
  } catch (error) {
    // What failed first is what the caller should hear.
    const closed = device === undefined ? giveBack(transport, options) : device.close();
    await closed.catch(() => {});
    throw error;
  }
}

/** Of a device that never came to be. */
async function giveBack(transport: Transport, { shadow }: LifeCycleOptions): Promise<void> {
  shadow?.close();
  await transport.close();
}

class LifeCycle implements Device {
  readonly identity: Identity;
  readonly telemetry?: () => Promise<LinkTelemetry>;
  readonly readRegister?: (address: number) => Promise<bigint>;
  readonly supervision: Supervision | undefined;
  readonly timeoutMs: number;

  private readonly listeners: Listeners;
  private readonly waits: Waits;
  private readonly answers = new Answers();
  private readonly tally: Tally | undefined;
  private readonly shadow: Shadow | undefined;
  private readonly fences: FenceInterval | undefined;
  private readonly onFault: ((error: HalError) => void) | undefined;
  private readonly clock: Clock;
  private readonly writer = new CommandWriter(1);

  private closing: Promise<void> | undefined;
  private fault: HalError | undefined;
  private nextToken = 0;
  /** The epoch of the RESET_DONE that is due; whatever arrives before it is older than the reset. */
  private awaitedEpoch: number | undefined;
  private resetWait: Wait<void> | undefined;
  private generation = 0;
  /** Ends, never rejects, when the transport has taken everything handed over so far. */
  private tail: Promise<void> = Promise.resolve();

  constructor(
    private readonly transport: Transport,
    options: LifeCycleOptions,
  ) {
    this.identity = transport.identity;
    this.supervision = transport.supervision;
    this.onFault = options.onFault;
    this.clock = options.clock ?? systemClock;
    this.timeoutMs = options.timeoutMs ?? transport.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    checkTimeout(this.timeoutMs);
    this.shadow = options.shadow === undefined ? undefined : new Shadow(options.shadow);
    // In this process nothing lies between the engine and us that could lose a byte.
    this.tally = transport.synchronous ? undefined : new Tally();
    this.listeners = new Listeners(options.onListenerError ?? throwLater);
    const fences = options.fences ?? transport.fences ?? {};
    if (fences.every !== undefined || fences.ms !== undefined) {
      checkFences(fences);
      this.fences = new FenceInterval(this.fenceTarget(), fences, this.clock);
    }
    this.waits = new Waits(this.clock, this.timeoutMs, (what) => this.latch(this.timedOut(what)));
    // They stand beside the stream: no fault of theirs is one of the device.
    if (transport.telemetry !== undefined) this.telemetry = async () => this.beside('telemetry').telemetry();
    if (transport.readRegister !== undefined) {
      this.readRegister = async (address) => {
        checkBelow('readRegister: address', address, REGISTERS);
        return this.beside('readRegister').readRegister(address);
      };
    }
  }

  async open(epoch: number): Promise<void> {
    const digest = this.identity.contractDigest;
    if (digest !== CONTRACT_DIGEST) {
      throw new HalError(
        'CONTRACT_MISMATCH',
        `${this.identity.backend}: the device has contract digest '${digest}', this host has '${CONTRACT_DIGEST}'`,
      );
    }
    this.transport.start({
      events: (events) => this.receive(events),
      fault: (error) => this.latch(error),
    });
    await this.reset(epoch);
  }

  onEvents(listener: EventListener): () => void {
    this.guardState('onEvents');
    if (typeof listener !== 'function') {
      throw new HalError('ARGUMENT_INVALID', `onEvents: the listener is a ${typeof listener}, not a function`);
    }
    return this.listeners.add(listener);
  }

  submit(commands: Uint8Array): void | Promise<void> {
    this.guard('submit');
    checkBatch('submit', commands);
    if (commands.length === 0) return;
    return this.fences === undefined ? this.send(commands) : this.fences.submit(commands);
  }

  async fence(): Promise<FenceAnswer> {
    this.guardQuestion('fence');
    return this.askFence();
  }

  async digest(book: number): Promise<DigestAnswer> {
    this.guardQuestion('digest');
    checkBelow('digest: book', book, this.identity.profile.books);
    const record = this.writer.clear().bookDigest(book).bytes().slice();
    this.shadow?.follow(record);
    return this.ask(`BOOK_DIGEST of book ${book}`, record, readDigest);
  }

  /**
   * One FENCE goes into the stream of every device, so that a snapshot means the same on each; the state is the one
   * right after it. With a shadow its answer is held against the shadow's.
   */
  async snapshot(): Promise<Uint8Array> {
    this.guardQuestion('snapshot');
    const source = this.shadow ?? this.transport;
    if (source.snapshot === undefined) {
      throw new HalError(
        'NO_SHADOW',
        `snapshot: ${this.identity.backend} cannot export its state; open it with a shadow`,
      );
    }
    let state: Uint8Array | undefined;
    const take = () => {
      if (this.fault === undefined) state = source.snapshot?.();
    };
    // A shadow is right after the FENCE at once, a transport when it has taken it.
    const later = source === this.transport && !this.transport.synchronous;
    const fence = this.askFence(later ? take : undefined);
    if (!later) take();
    await fence;
    if (state === undefined) {
      throw this.latch(new HalError('DEVICE_FAULT', 'snapshot: the engine says that a restore is under way'));
    }
    return state;
  }

  /**
   * The snapshot is followed by one FENCE, the next record of the restored stream: counts and CRC in its answer prove
   * that the device is where the snapshot says. After RESTORE_REJECTED the stream holds the REFUSED event and
   * the FENCE.
   */
  async restore(snapshot: Uint8Array): Promise<void> {
    this.guard('restore');
    const counters = checkSnapshot(snapshot);
    this.answers.noteCommands(snapshot);
    this.answers.watchRestore = true;
    this.answers.restoreFailure = undefined;
    this.shadow?.follow(snapshot);
    const sent = this.pass(snapshot);
    // The answer to the FENCE says more than this; a fault ends both.
    sent?.catch(() => {});
    if (this.fault !== undefined) throw this.fault;
    const answer = await this.askFence();
    this.answers.watchRestore = false;
    this.judgeRestore(counters, answer);
  }

  async reset(epoch: number): Promise<void> {
    this.guard('reset');
    checkEpoch(epoch);
    while (this.resetWait !== undefined) {
      await this.resetWait.promise;
      this.guard('reset');
    }
    this.generation += 1;
    this.waits.rejectAll(new HalError('RESET_DISCARDED', 'a reset discarded what this call waited for'));
    this.answers.clear();
    this.tally?.clear();
    this.fences?.restart();
    this.shadow?.reset(epoch);
    this.nextToken = 0;
    this.awaitedEpoch = epoch;
    const wait = this.waits.start<void>(`RESET_DONE of epoch ${epoch}`);
    this.resetWait = wait;
    wait.arm();
    // What is submitted from here on belongs after the reset.
    this.tail = wait.promise.then(
      () => {},
      () => {},
    );
    this.startReset(epoch);
    try {
      await wait.promise;
    } finally {
      this.resetWait = undefined;
    }
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private beside(what: string): Required<Pick<Transport, 'telemetry' | 'readRegister'>> {
    this.guardState(what);
    return this.transport as Required<Transport>;
  }

  // Life.

  private get ended(): boolean {
    return this.closing !== undefined || this.fault !== undefined;
  }

  private guardState(what: string): void {
    if (this.closing !== undefined) throw new HalError('DEVICE_CLOSED', `${what}: the device is closed`);
    if (this.fault !== undefined) throw this.fault;
  }

  private guard(what: string): void {
    this.guardState(what);
    if (this.listeners.delivering) {
      throw new HalError('REENTRANT', `${what}: called from inside an event listener; call it after the listener`);
    }
  }

  private guardQuestion(what: string): void {
    this.guard(what);
    if (this.answers.inRestore) {
      throw new HalError('IN_RESTORE', `${what}: the commands so far end between RESTORE_BEGIN and RESTORE_END`);
    }
  }

  /** The first fault stays; everybody who waits hears of it. */
  private latch(error: HalError): HalError {
    if (this.fault === undefined && this.closing === undefined) {
      this.fault = error;
      this.waits.rejectAll(error);
      this.onFault?.(error);
    }
    return this.fault ?? error;
  }

  private latchCode(code: HalErrorCode, message: string, cause?: unknown): HalError {
    return this.latch(new HalError(code, `${this.identity.backend}: ${message}`, cause === undefined ? {} : { cause }));
  }

  private latchThrown(doing: string, error: unknown): void {
    if (error instanceof HalError) this.latch(error);
    else this.latchCode('DEVICE_FAULT', `${doing}: ${error instanceof Error ? error.message : String(error)}`, error);
  }

  private timedOut(what: string): HalError {
    return new HalError(
      'TIMEOUT',
      `${this.identity.backend}: ${what} did not come within ${Math.round(this.timeoutMs)} ms`,
    );
  }

  private async shutDown(): Promise<void> {
    this.waits.rejectAll(new HalError('DEVICE_CLOSED', 'the device was closed while this call waited'));
    this.listeners.clear();
    this.fences?.stop();
    // A listener may close: the transport is still inside its own call then.
    await Promise.resolve();
    this.shadow?.close();
    await new Promise<void>((resolve, reject) => {
      const cancel = afterPatience(this.clock, this.timeoutMs, () => reject(this.timedOut('the end of close')));
      Promise.resolve(this.transport.close()).then(resolve, reject).finally(cancel);
    });
  }

  // Commands.

  private send(commands: Uint8Array): void | Promise<void> {
    this.answers.noteCommands(commands);
    this.shadow?.follow(commands);
    return this.pass(commands);
  }

  private fenceTarget(): FenceTarget {
    const mayAsk = () => !this.ended && this.resetWait === undefined && !this.answers.inRestore;
    return {
      send: (commands) => this.send(commands),
      get mayAsk() {
        return mayAsk();
      },
    };
  }

  /** onTaken: called when the transport has taken all, and before it is given more; not after a fault or a reset. */
  private pass(commands: Uint8Array, onTaken?: () => void): void | Promise<void> {
    if (!this.transport.synchronous) return this.enqueue(commands, onTaken);
    try {
      this.transport.submit(commands);
    } catch (error) {
      this.latchThrown('submit', error);
    }
    if (this.answers.owed !== undefined && !this.ended) {
      this.latchCode('STREAM_CORRUPT', `no answer to ${this.answers.owed}`);
    }
    if (this.fault !== undefined) throw this.fault;
  }

  private enqueue(commands: Uint8Array, onTaken?: () => void): Promise<void> {
    const wait = this.waits.start<void>('room for commands');
    const { generation } = this;
    this.tail = this.tail.then(async () => {
      for (let from = 0; from < commands.length; from += PIECE_BYTES) {
        if (generation !== this.generation || this.ended) return;
        await this.bounded(commands.subarray(from, from + PIECE_BYTES));
      }
      if (generation === this.generation) onTaken?.();
      wait.resolve();
    });
    return wait.promise;
  }

  /** Hands one piece over; a time-out is a fault like any other. Never rejects. */
  private async bounded(piece: Uint8Array): Promise<void> {
    const wait = this.waits.start<void>('room for commands');
    wait.arm();
    try {
      await Promise.race([this.transport.submit(piece), wait.promise]);
    } catch (error) {
      if (!(error instanceof HalError && error.code === 'RESET_DISCARDED')) this.latchThrown('submit', error);
    } finally {
      wait.resolve();
    }
  }

  private askFence(onTaken?: () => void): Promise<FenceAnswer> {
    const token = this.nextToken;
    this.nextToken = (this.nextToken + 1) % TOKENS;
    const record = this.writer.clear().fence(token).bytes().slice();
    const shadowed = this.shadow?.fence(record);
    const read = (events: Uint8Array, at: number) => {
      const answer = readFence(events, at);
      if (shadowed !== undefined && !sameFence(answer, shadowed)) {
        this.latchCode('DEVICE_FAULT', `the device answers ${shown(answer)}, its shadow ${shown(shadowed)}`);
      }
      return answer;
    };
    return this.ask(`the answer to FENCE ${token}`, record, read, onTaken);
  }

  private ask<T>(
    what: string,
    record: Uint8Array,
    read: (events: Uint8Array, at: number) => T,
    onTaken?: () => void,
  ): Promise<T> {
    const wait = this.waits.start<T>(what);
    this.answers.noteCommands(record);
    const expectation = this.answers.last as Expectation;
    expectation.onAnswer = (events, at) => {
      const answer = read(events, at);
      if (this.fault === undefined) wait.resolve(answer);
    };
    try {
      // A fault rejects the wait too; the answer's own time runs from when the device has the question.
      this.pass(record, onTaken)?.then(wait.arm, () => {});
    } catch {
      // Latched: the wait is rejected with it.
    }
    return wait.promise;
  }

  private judgeRestore(counters: RestoredCounters | undefined, answer: FenceAnswer): void {
    const records = counters === undefined ? -1 : (counters.index + 1) % COUNTER_MODULO;
    if (records === answer.records && counters?.events === answer.events && counters.crc32 === answer.crc32) return;
    const failure = this.answers.restoreFailure;
    if (failure === undefined) {
      throw this.latchCode('STREAM_CORRUPT', `after the restore the device answers ${shown(answer)}`);
    }
    const name = errorCodeNames[failure.error] ?? `error ${failure.error}`;
    throw new HalError(
      'RESTORE_REJECTED',
      `restore: record ${failure.ordinal} after RESTORE_BEGIN was refused as ${name}; the device is as after a reset`,
    );
  }

  private startReset(epoch: number): void {
    try {
      const done = this.transport.reset(epoch);
      if (done instanceof Promise) done.catch((error: unknown) => this.latchThrown('reset', error));
    } catch (error) {
      this.latchThrown('reset', error);
    }
    if (this.transport.synchronous && this.awaitedEpoch !== undefined && !this.ended) {
      this.latchCode('STREAM_CORRUPT', `no RESET_DONE of epoch ${epoch}`);
    }
  }

  // Events.

  private receive(received: Uint8Array): void {
    if (this.ended) return;
    if (received.length % EVENT_BYTES !== 0) {
      this.latchCode('STREAM_CORRUPT', `${received.length} bytes of events are not whole records of ${EVENT_BYTES}`);
      return;
    }
    const events = this.awaitedEpoch === undefined ? received : this.sinceReset(received, this.awaitedEpoch);
    if (events.length === 0) return;
    const from = events === received ? 0 : EVENT_BYTES;
    const problem = this.inspect(events, from);
    if (problem !== undefined) {
      this.latchCode('STREAM_CORRUPT', problem);
      return;
    }
    this.listeners.deliver(events);
  }

  /** Drops what is older than the reset; RESET_DONE with its epoch is the first event that counts (RESET-1). */
  private sinceReset(received: Uint8Array, epoch: number): Uint8Array {
    let at = 0;
    while (at < received.length && received[at] !== EventType.RESET_DONE) at += EVENT_BYTES;
    if (at === received.length) return received.subarray(at);
    const answered = resetEpoch(received, at);
    if (answered !== epoch) {
      this.latchCode('STREAM_CORRUPT', `RESET_DONE of epoch ${answered} where epoch ${epoch} was due`);
      return received.subarray(received.length);
    }
    this.awaitedEpoch = undefined;
    this.resetWait?.resolve();
    return received.subarray(at);
  }

  private inspect(events: Uint8Array, from: number): string | undefined {
    const { tally } = this;
    if (tally === undefined) {
      // An engine of this process sends nothing that was not asked for: without a question there is nothing to look at.
      return this.answers.waiting ? this.answers.noteEvents(events, from) : undefined;
    }
    let counted = from;
    const problem = this.answers.noteEvents(events, from, (expectation, bytes, at) => {
      if (expectation.opcode !== Opcode.FENCE) return undefined;
      tally.add(bytes.subarray(counted, at));
      counted = at;
      const answer = readFence(bytes, at);
      if (!expectation.afterRestore) return tally.compare(answer);
      tally.adopt(answer);
      return undefined;
    });
    if (problem === undefined) tally.add(events.subarray(counted));
    return problem;
  }
}

function sameFence(a: FenceAnswer, b: FenceAnswer): boolean {
  return a.records === b.records && a.events === b.events && a.crc32 === b.crc32;
}

function shown(answer: FenceAnswer): string {
  return `${answer.records} records, ${answer.events} events, CRC ${hex(answer.crc32)}`;
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
