// Commands and events through the rings of a BAR (docs/bar.md). The addon packs, checks and rings; here is when: who
// looks how often, what a register says while nothing moves, and what is done about it.
//
// While something moves the rings are looked at in every turn of the event loop; `spinMs` after the last sign of life
// pauses begin, each at most an eighth of the silence so far, so that an idle device costs nothing and an answer is
// never an eighth later than it need be.
import * as bar from '../../contract/generated/transports.js';
import type { Identity } from '../device.js';
import { HalError, type HalErrorCode } from '../errors.js';
import type { LinkTelemetry } from '../link-telemetry.js';
import type { AddonBarWindow } from '../native-addon.js';
import type { Transport, TransportSink } from '../transport.js';
import { abandonedError, BarState, type BarWindow, barError, LineState } from './bar-window.js';
import type { BarLayout } from './blocks.js';
import { RoundTrips } from './round-trips.js';
import { type Bounds, boundsFor, systemTiming, type Timing } from './timing.js';

/** Room for the events of one look. */
const OUT_BYTES = 1024 * 32;
/** Looks in one turn of the event loop, while each brings something. */
const LOOKS_PER_TURN = 4;
const PAUSE_SHARE = 8;
const GENERATIONS = 65535;
const ALL_ONES = 0xffff_ffff;
/** Nothing is called wrong before it was read so often: this process may have stood still itself. */
const WRONG_LOOKS = 16;
/** A device is not called late before it was looked at so often: a pause of this process is none of the device. */
const LATE_LOOKS = 3;

interface Waiting {
  readonly commands: Uint8Array;
  from: number;
  done(): void;
}

/** What this side notices; the names are those of the telemetry. */
const NO_FAULTS = {
  /** Event lines that were counted and yet half written. */
  host_torn_lines: 0,
  /** Event lines that were counted while the line of a former lap still stood there. */
  host_stale_lines: 0,
  /** Doorbells that had not arrived and were rung again. */
  host_lost_doorbells: 0,
  /** Resets that had to be written again. */
  host_lost_resets: 0,
  /** Times that commands waited and nothing was heard for longer than an answer may take. */
  host_late_answers: 0,
  /** Command lines that the device refused. */
  device_refused_lines: 0,
};

/** Counters of the device that stay where they are while nothing goes wrong. */
const DEVICE_FAULTS = [
  bar.BAR_COUNTER_CRC_REFUSALS,
  bar.BAR_COUNTER_STALE_REFUSALS,
  bar.BAR_COUNTER_FORM_REFUSALS,
  bar.BAR_COUNTER_DOORBELLS_IGNORED,
  bar.BAR_COUNTER_GENERATIONS_IGNORED,
  bar.BAR_COUNTER_PARTIAL_WRITES,
  bar.BAR_COUNTER_STRAY_WRITES,
  bar.BAR_COUNTER_STRAY_BEATS,
];

/** a - b of counts modulo 2^32. */
const ahead = (a: number, b: number) => (a - b) >>> 0;

export class PcieTransport implements Transport {
  readonly synchronous = false;
  readonly timeoutMs: number;

  private readonly opened: BarWindow;
  private readonly window: AddonBarWindow;
  private readonly state: Float64Array;
  private readonly layout: BarLayout;
  private readonly path: string;
  private readonly bounds: Bounds;
  private readonly out = new Uint8Array(OUT_BYTES);
  private readonly counts = { ...NO_FAULTS };
  private readonly roundTrips = new RoundTrips();

  private sink: TransportSink | undefined;
  private phase: 'idle' | 'resetting' | 'running' | 'ended' = 'idle';
  private generation = 0;
  private waiting: Waiting | undefined;
  private cancel: (() => void) | undefined;
  /** True while the next look comes without a pause. */
  private hurried = false;
  private lastSign = 0;
  private lastExamined = 0;
  private lastTaken = 0;
  /** Since when nothing moved of what is due, and how often the registers were read since. */
  private readonly still = { since: 0, looks: 0 };
  private doneSeen = 0;
  /** RESET_DONE came. */
  private greeted = false;
  /** Looks since the last sign that found it late. */
  private lateLooks = 0;
  private refusedSeen = 0;
  private sample: { readonly behind: number; readonly at: number } | undefined;
  private countersAtStart: readonly number[] = [];
  private linesIn = 0;
  private linesOut = 0;
  private retransmissions = 0;
  /** Since when the line at NEXT_EVENT is counted and wrong, and how often it was read since. */
  private wrong: { readonly line: number; readonly since: number; looks: number; counted: boolean } | undefined;

  constructor(
    readonly identity: Identity,
    opened: BarWindow,
    private readonly timing: Timing = systemTiming,
    bounds: Bounds = boundsFor(opened.description.timeScale),
  ) {
    this.opened = opened;
    this.window = opened.window;
    this.state = opened.window.state;
    this.layout = opened.description.layout;
    this.path = opened.path;
    this.bounds = bounds;
    this.timeoutMs = bounds.waitMs;
  }

  start(sink: TransportSink): void {
    this.sink = sink;
    this.countersAtStart = this.readCounters();
  }

  /** Done when every line stands in the ring of the device and is rung: that is the device's memory. */
  submit(commands: Uint8Array): void | Promise<void> {
    if (this.phase === 'ended') return;
    const from = this.attempt(() => this.write(commands, 0)) ?? commands.length;
    this.stir();
    if (from === commands.length) return;
    return new Promise((resolve) => {
      this.waiting = { commands, from, done: resolve };
    });
  }

  reset(epoch: number): void {
    if (this.phase === 'ended') return;
    this.drop();
    this.attempt(() => {
      this.window.readControl();
      this.checkThere();
      this.generation = (this.at(BarState.GENERATION) % GENERATIONS) + 1;
      this.window.reset(epoch, this.generation);
      this.refusedSeen = 0;
      this.phase = 'resetting';
      this.greeted = false;
      this.noteMove();
    });
    this.stir();
  }

  close(): void {
    this.end();
    this.window.close();
  }

  telemetry(): LinkTelemetry {
    const { layout } = this;
    const outstanding = ahead(this.at(BarState.WRITTEN), this.at(BarState.TAKEN));
    return {
      faults: this.allFaults(),
      retransmissions: this.retransmissions,
      creditCommands: (layout.commandLines - outstanding) * bar.COMMANDS_PER_LINE,
      creditEvents: layout.eventLines,
      roundTripUs: this.roundTrips.percentiles(),
      bytesIn: this.linesIn * bar.LINE_BYTES,
      bytesOut: this.linesOut * bar.LINE_BYTES,
      framesIn: this.linesIn,
      framesOut: this.linesOut,
    };
  }

  /** What this side noticed so far. */
  get faults(): Readonly<typeof NO_FAULTS> {
    return { ...this.counts, host_torn_lines: this.at(BarState.TORN) };
  }

  /** Each fault once: a refused line is one of the refusals that the device counts by kind, where it has counters. */
  private allFaults(): Record<string, number> {
    const counted = this.deviceFaults();
    const { device_refused_lines, ...noticed } = this.faults;
    return Object.keys(counted).length === 0 ? { ...noticed, device_refused_lines } : { ...noticed, ...counted };
  }

  /** What the device counted since it was opened; its counters run since power-up. */
  private deviceFaults(): Record<string, number> {
    const faults: Record<string, number> = {};
    for (const [position, counter] of this.readCounters().entries()) {
      const name = bar.BAR_COUNTER_NAMES[DEVICE_FAULTS[position] as number];
      faults[`device_${name}`] = ahead(counter, this.countersAtStart[position] ?? 0);
    }
    return faults;
  }

  private readCounters(): number[] {
    const { registers } = this.layout;
    const last = bar.REGISTER_LINK + bar.BAR_COUNTER_NAMES.length;
    if (this.phase === 'ended' || registers === undefined || registers.count < last) return [];
    const read = () => DEVICE_FAULTS.map((each) => Number(this.window.readRegister(bar.REGISTER_LINK + each)));
    return this.attempt(read) ?? [];
  }

  async readRegister(register: number): Promise<bigint> {
    const { registers } = this.layout;
    if (this.phase === 'ended' || registers === undefined || register >= registers.count) return 0n;
    return this.attempt(() => this.window.readRegister(register)) ?? 0n;
  }

  /** Cycles of the kernel when it made the last event. */
  get kernelCycles(): number {
    return this.at(BarState.CYCLES);
  }

  private at(position: number): number {
    return this.state[position] as number;
  }

  // Commands.

  private write(commands: Uint8Array, from: number): number {
    const before = this.at(BarState.WRITTEN);
    if (before === this.at(BarState.TAKEN)) this.noteMove();
    const next = this.window.write(commands, from);
    const written = this.at(BarState.WRITTEN);
    this.linesOut += ahead(written, before);
    if (this.sample === undefined && written !== before) this.sample = { behind: written, at: this.timing.now() };
    return next;
  }

  private writeWaiting(): void {
    const { waiting } = this;
    if (waiting === undefined) return;
    waiting.from = this.write(waiting.commands, waiting.from);
    if (waiting.from < waiting.commands.length) return;
    this.waiting = undefined;
    waiting.done();
  }

  private drop(): void {
    this.waiting?.done();
    this.waiting = undefined;
    this.sample = undefined;
    this.wrong = undefined;
  }

  // Looking.

  /** Something is about to happen: the next look comes without a pause. */
  private stir(): void {
    if (this.phase === 'ended') return;
    this.lastSign = this.timing.now();
    if (this.hurried) return;
    this.cancel?.();
    this.schedule();
  }

  private schedule(): void {
    if (this.phase === 'ended') return;
    const quiet = this.timing.now() - this.lastSign;
    this.hurried = quiet < this.bounds.spinMs;
    const look = () => this.look();
    if (this.hurried) {
      this.cancel = this.timing.soon(look);
    } else {
      const pause = Math.min(this.bounds.heartbeatMs, Math.max(1, quiet / PAUSE_SHARE));
      this.cancel = this.timing.after(pause, look);
    }
  }

  private look(): void {
    this.cancel = undefined;
    this.hurried = false;
    this.attempt(() => {
      if (this.phase === 'resetting') this.lookAtReset();
      for (let n = 0; n < LOOKS_PER_TURN && this.phase === 'running' && this.lookAtRings(); n++);
      if (this.phase === 'running') this.examineIfDue();
    });
    // A listener may have submitted, and so have asked for the next look already.
    if (this.cancel === undefined) this.schedule();
  }

  /** True when something came or went. */
  private lookAtRings(): boolean {
    const bytes = this.window.poll(this.out);
    if (this.at(BarState.LINE_STATE) === LineState.ALL_ONES) this.examine();
    const taken = this.at(BarState.TAKEN);
    const moved = bytes > 0 || taken !== this.lastTaken;
    if (moved) this.noteSign(taken);
    if (bytes > 0) {
      this.linesIn += bytes / 32;
      this.greeted = true;
      this.wrong = undefined;
      this.sink?.events(this.out.subarray(0, bytes));
    }
    if (this.phase !== 'running') return false;
    this.writeWaiting();
    return moved;
  }

  private noteSign(taken: number): void {
    const now = this.timing.now();
    this.lastSign = now;
    this.lastTaken = taken;
    this.noteMove();
    this.lateLooks = 0;
    const { sample } = this;
    // Taken up to the sample or beyond it: behind what was written it cannot be.
    if (sample === undefined || ahead(taken, sample.behind) > ahead(this.at(BarState.WRITTEN), sample.behind)) return;
    this.roundTrips.add((now - sample.at) * 1000);
    this.sample = undefined;
  }

  private lookAtReset(): void {
    this.window.readControl();
    this.checkThere();
    const generation = this.at(BarState.GENERATION);
    if (this.at(BarState.GENERATION_DONE) === this.generation && generation === this.generation) {
      this.phase = 'running';
      this.lastTaken = 0;
      this.noteSign(0);
      return;
    }
    const now = this.timing.now();
    if (now - this.lastExamined < this.bounds.examineMs) return;
    this.lastExamined = now;
    this.checkServed(now);
    if (generation !== this.generation) {
      this.counts.host_lost_resets += 1;
      this.window.repeatReset();
    }
    const done = this.at(BarState.GENERATION_DONE);
    if (done !== this.doneSeen) this.noteMove();
    this.doneSeen = done;
    this.judgeStill(`the reset to generation ${this.generation} is not done`);
  }

  // Registers, while nothing moves.

  private examineIfDue(): void {
    const now = this.timing.now();
    const { examineMs } = this.bounds;
    if (now - this.lastSign < examineMs || now - this.lastExamined < examineMs) return;
    this.lastExamined = now;
    this.examine();
  }

  private examine(): void {
    this.window.readControl();
    this.checkThere();
    if (this.at(BarState.GENERATION) !== this.generation) {
      const seen = this.at(BarState.GENERATION);
      throw this.failure('DEVICE_RESTARTED', `the device began anew: generation ${seen} where ${this.generation} was`);
    }
    const taken = this.at(BarState.TAKEN);
    if (taken !== this.lastTaken) this.noteSign(taken);
    if (!this.mendRefusals()) this.mendDoorbells();
    this.judgeLine();
    const now = this.timing.now();
    this.checkServed(now);
    if (taken !== this.at(BarState.WRITTEN)) {
      this.noteLate(now - this.lastSign);
      this.judgeStill('no command line was taken');
    } else if (!this.greeted) this.judgeStill('the reset is done and RESET_DONE did not come');
  }

  /** Command lines wait. */
  private noteLate(ms: number): void {
    if (ms <= this.bounds.lateMs) return;
    this.lateLooks += 1;
    if (this.lateLooks === LATE_LOOKS) this.counts.host_late_answers += 1;
  }

  private noteMove(): void {
    this.still.since = this.timing.now();
    this.still.looks = 0;
  }

  /** Called with each look at the registers while something is due: a device of which nothing moves is dead. */
  private judgeStill(what: string): void {
    const { still } = this;
    still.looks += 1;
    const silent = this.timing.now() - still.since;
    if (still.looks < WRONG_LOOKS || silent <= this.bounds.stallMs) return;
    throw this.failure('TIMEOUT', `${what} for ${Math.round(silent)} ms, and nothing moved`);
  }

  /** A simulation that was killed leaves its file as it was. */
  private checkServed(now: number): void {
    if (now - this.lastSign > this.bounds.absentMs && this.opened.abandoned) throw abandonedError(this.path);
  }

  private checkThere(): void {
    const magic = this.at(BarState.MAGIC);
    if (magic === bar.BAR_MAGIC) return;
    if (magic === ALL_ONES) {
      throw this.failure(
        'DEVICE_GONE',
        'the BAR reads all ones: the card was unplugged, switched off, or its FPGA was loaded anew',
      );
    }
    throw this.failure('DEVICE_GONE', `the BAR begins with 0x${magic.toString(16)}: another bitstream was loaded`);
  }

  /** True when it rang, so that what was read of the doorbells is old. */
  private mendRefusals(): boolean {
    const refused = this.at(BarState.REFUSED_LINES);
    if (refused === this.refusedSeen) return false;
    this.counts.device_refused_lines += ahead(refused, this.refusedSeen);
    this.refusedSeen = refused;
    this.retransmissions += this.window.rewrite();
    return true;
  }

  /** Both read back what was rung; ringing again is harmless (BAR-4). */
  private mendDoorbells(): void {
    const commands = this.at(BarState.COMMAND_DOORBELL) !== this.at(BarState.WRITTEN);
    const events = this.at(BarState.EVENT_DOORBELL) !== this.at(BarState.NEXT_EVENT);
    if (!commands && !events) return;
    this.counts.host_lost_doorbells += Number(commands) + Number(events);
    this.window.ring();
  }

  /** A line that is counted must be right (BAR-6): it may be late or torn for a moment, not for long. */
  private judgeLine(): void {
    const line = this.at(BarState.NEXT_EVENT);
    const counted = ahead(this.at(BarState.EVENT_LINES), line);
    // More than the ring holds: a line that was taken just before it was counted.
    if (counted === 0 || counted > this.layout.eventLines) {
      this.wrong = undefined;
      return;
    }
    const now = this.timing.now();
    if (this.wrong?.line !== line) this.wrong = { line, since: now, looks: 0, counted: false };
    const { wrong } = this;
    wrong.looks += 1;
    if (!wrong.counted && wrong.looks > 1 && this.at(BarState.LINE_STATE) === LineState.OTHER) {
      wrong.counted = true;
      this.counts.host_stale_lines += 1;
    }
    if (wrong.looks < WRONG_LOOKS || now - wrong.since < this.bounds.wrongLineMs) return;
    const kind = this.at(BarState.LINE_STATE) === LineState.TORN ? 'has a wrong CRC' : 'is of another lap or reset';
    const ms = Math.round(now - wrong.since);
    throw this.failure('STREAM_CORRUPT', `event line ${line} is counted and ${kind}, for ${ms} ms`);
  }

  // Ends.

  private failure(code: HalErrorCode, what: string): HalError {
    return new HalError(code, `${this.path}: ${what}`);
  }

  /** Runs a piece of work on the window; what it throws is a fault, and ends everything. */
  private attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      const fault = barError(this.path, error);
      this.end();
      this.sink?.fault(fault);
      return undefined;
    }
  }

  private end(): void {
    this.phase = 'ended';
    this.cancel?.();
    this.cancel = undefined;
    this.drop();
  }
}
