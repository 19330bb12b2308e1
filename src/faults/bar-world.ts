// A host, a card and the file that stands for its BAR, in one virtual time: the backend as `pcie:` opens it, the shell
// as it is built, the mapping of the one and of the other. Whatever can befall a BAR is done here.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as bar from '../contract/generated/transports.js';
import type { Device } from '../hal/device.js';
import type { HalError } from '../hal/errors.js';
import { type CardTiming, openCard } from '../hal/registry.js';
import { type AddonBarDevice, BAR_FAULT, BAR_STATE, type BoardsAddon } from '../sim/boards-addon.js';
import type { Prng } from '../verify/prng.js';
import { KILLED_HOST, killedHostArguments } from './killed-host.js';
import type { FaultKind } from './kinds.js';
import { VirtualWorld } from './virtual-world.js';

export interface BarWorldOptions {
  readonly addon: BoardsAddon;
  /** One of addon.barDevices. */
  readonly model: string;
  /** Cycles of the card in a ms: its own clock, or a slower one, for which less is to be simulated. */
  readonly cyclesPerMs: number;
}

/** Time in which anything must be done; above every bound of the host. */
export const PATIENCE_MS = 30_000;
/** Cycles between two looks of the harness at the file. */
const STRETCH = 64;
/** A turn of the event loop, unless so little time is less than a stretch. */
const TURN_MS = 0.01;
const MOST_CYCLES = 1 << 20;
/** In thousandths: a simulation that is as fast as life. */
const TIME_SCALE = 1000;
/** In which a slow card gets through a stretch. */
const SLOW_MS = 40;
const ENOUGH_TO_FILL = 20_000;
const WORD = 4;
const OTHER_MAGIC = 0x2042_5544;
/** Words that a host only reads. */
const READ_ONLY = [
  bar.MAP_BLOCKS,
  bar.MAP_BLOCKS + 64,
  bar.MAP_CONTROL + bar.CONTROL_GENERATION_DONE,
  bar.MAP_CONTROL + bar.CONTROL_COMMAND_LINES,
  bar.MAP_CONTROL + bar.CONTROL_EVENT_LINES,
  bar.MAP_CONTROL + bar.CONTROL_REFUSED_LINES,
  bar.MAP_REGISTERS + 8,
];
const COMMAND_DOORBELL = bar.MAP_CONTROL + bar.CONTROL_COMMAND_DOORBELL;
const EVENT_DOORBELL = bar.MAP_CONTROL + bar.CONTROL_EVENT_DOORBELL;
const EVENT_WAITS = bar.REGISTER_LINK + bar.BAR_COUNTER_EVENT_WAITS;
const GENERATION = bar.MAP_CONTROL + bar.CONTROL_GENERATION;

export class BarWorld extends VirtualWorld {
  host: Device | undefined;
  /** Why the device of the host ended by itself. */
  ended: HalError | undefined;
  readonly path: string;
  private readonly file: number;
  private device: AddonBarDevice | undefined;
  private before = 0;
  private hosts = 0;
  /** The file reads as that of another bitstream. */
  private isOther = false;
  /** Cycles in a ms now. */
  private rate: number;
  private credit = 0;
  /** What the host does in its next turn. */
  private next = new Set<() => void>();
  private readonly turnMs: number;

  constructor(
    private readonly options: BarWorldOptions,
    private readonly onEvents: (events: Uint8Array) => void,
  ) {
    super();
    this.rate = options.cyclesPerMs;
    this.turnMs = Math.max(TURN_MS, STRETCH / options.cyclesPerMs);
    this.path = join(mkdtempSync(join(tmpdir(), 'gatebook-bar-')), options.model);
    this.power();
    this.file = openSync(this.path, 'r+');
  }

  /** Cycles that were simulated, of all cards so far. */
  get cycles(): number {
    return this.before + (this.device?.state[BAR_STATE.CYCLES] ?? 0);
  }

  /** Whether the card has nothing to do and the file shows all of it, its counters among it. */
  get quiet(): boolean {
    const { device } = this;
    return device === undefined || (device.state[BAR_STATE.QUIET] === 1 && !device.wait(0));
  }

  /** Faults that were injected and have not happened. */
  get armed(): number {
    return this.device?.state[BAR_STATE.ARMED] ?? 0;
  }

  /** The card as after power-up, and running. */
  power(): void {
    const { addon, model, cyclesPerMs } = this.options;
    this.off();
    // The card takes no file that holds something else: what stood for another bitstream goes.
    if (this.isOther) this.putMagic(bar.BAR_MAGIC);
    this.isOther = false;
    this.device = new addon.BarDevice(model, this.path, {});
    this.device.setTimeScale(TIME_SCALE);
    this.device.run(MOST_CYCLES, true);
    this.rate = cyclesPerMs;
  }

  /** A host as after its start, its listener told of everything from the next reset on. */
  async startHost(epoch: number): Promise<Device> {
    this.rate = this.options.cyclesPerMs;
    this.ended = undefined;
    this.hosts += 1;
    const mine = this.hosts;
    const onFault = (error: HalError) => {
      if (mine === this.hosts) this.ended = error;
    };
    const opening = openCard(this.path, this.timing(), { clock: this.clock, epoch, onFault });
    const host = await this.settle(opening, PATIENCE_MS);
    host.onEvents((events) => this.onEvents(events));
    this.host = host;
    return host;
  }

  async endHost(): Promise<void> {
    const { host } = this;
    this.host = undefined;
    this.hosts += 1;
    if (host !== undefined) await this.settle(host.close(), PATIENCE_MS);
  }

  /**
   * Counters by the names of Sign: the telemetry of the host, those of the device once it has come to rest. Refused
   * lines are all its refusals: of which kind one is depends on what stood in the slot before.
   */
  async counters(): Promise<Map<string, number>> {
    const { host } = this;
    const counters = new Map<string, number>();
    if (host?.telemetry === undefined || host.readRegister === undefined) return counters;
    // What was written to the device behind the host's back is on its way for some cycles.
    await this.until(() => false, (4 * STRETCH) / this.rate);
    if (!(await this.until(() => this.quiet, PATIENCE_MS))) throw new Error('the device does not come to rest');
    const { faults, retransmissions } = await this.settle(host.telemetry(), PATIENCE_MS);
    for (const [name, value] of Object.entries(faults)) counters.set(name.replace('_', ' '), value);
    const refusals = Object.entries(faults).filter(([name]) => name.endsWith('_refusals'));
    counters.set(
      'device refused_lines',
      refusals.reduce((sum, [, count]) => sum + count, 0),
    );
    counters.set('host retransmissions', retransmissions);
    // Cycles, and no fault: it stands among the registers alone.
    const waits = await this.settle(host.readRegister(EVENT_WAITS), PATIENCE_MS);
    counters.set('device event_waits', Number(waits));
    return counters;
  }

  // Faults of lines and doorbells.

  /** One fault of a line or a doorbell: of the next one, or at once. */
  injure({ name }: FaultKind, random: Prng): void {
    const forMs = (least: number, most: number) => Math.round(random.between(least, most) * this.options.cyclesPerMs);
    switch (name) {
      case 'command_line_torn':
        return this.inject(BAR_FAULT.TORN_COMMAND);
      case 'command_line_lost':
        return this.inject(BAR_FAULT.LOST_COMMAND);
      case 'command_doorbell_lost':
        return this.inject(BAR_FAULT.LOST_DOORBELL);
      case 'event_doorbell_lost':
        return this.inject(BAR_FAULT.LOST_EVENT_DOORBELL);
      case 'event_line_torn':
        return this.inject(BAR_FAULT.TORN_EVENT, forMs(3, 8));
      case 'event_line_stale':
        // Two looks at the registers while nothing else moves; a ms and a pause before each.
        return this.inject(BAR_FAULT.STALE_EVENT, forMs(6, 14));
      case 'event_line_torn_for_ever':
        return this.inject(BAR_FAULT.TORN_EVENT);
      case 'event_line_stale_for_ever':
        return this.inject(BAR_FAULT.STALE_EVENT);
      default:
        return this.writeOnBus(name, random);
    }
  }

  private inject(fault: number, cycles = 0): void {
    this.device?.inject(fault, 1, cycles);
  }

  /** As a bridge that repeats a write, or a program that has no business there. */
  private writeOnBus(name: string, random: Prng): void {
    const lines = this.word(bar.MAP_CONTROL + bar.CONTROL_COMMAND_LINES);
    // Ahead of all that is on its way.
    const ahead = bar.MAP_LINES + 1 + random.below(1 << 20);
    const behind = 1 + random.below(1 << 20);
    switch (name) {
      case 'doorbell_repeated':
        return this.write(COMMAND_DOORBELL, lines);
      case 'command_doorbell_behind':
        return this.write(COMMAND_DOORBELL, lines - behind);
      case 'command_doorbell_beyond':
        return this.write(COMMAND_DOORBELL, this.word(COMMAND_DOORBELL) + ahead);
      case 'event_doorbell_behind':
        return this.write(EVENT_DOORBELL, this.word(EVENT_DOORBELL) - behind);
      case 'event_doorbell_beyond':
        return this.write(EVENT_DOORBELL, this.word(EVENT_DOORBELL) + ahead);
      case 'generation_repeated':
        return this.write(GENERATION, [this.word(GENERATION), 0, 0x1_0000][random.below(3)] ?? 0);
      case 'stray_write':
        return this.write(READ_ONLY[random.below(READ_ONLY.length)] ?? 0, random.u32());
      default:
        throw new Error(`nothing of a BAR can be injured by ${name}`);
    }
  }

  private write(offset: number, value: number): void {
    this.device?.write(offset, value >>> 0);
  }

  // Faults of the ends.

  /** The device stands still from now on; until `go`. */
  stop(): void {
    this.rate = 0;
  }

  slow(): void {
    this.rate = STRETCH / SLOW_MS;
  }

  go(): void {
    this.rate = this.options.cyclesPerMs;
  }

  /** The process of the host is busy with something else: nothing of it runs, the device does. */
  blockHost(ms: number): void {
    // A device whose ring is full waits: the rest of the time changes nothing.
    this.device?.run(ENOUGH_TO_FILL, false);
    this.clock.skip(ms);
  }

  /** Something that ends the session of the host; the card is off afterwards where it cannot go on. */
  async end({ name }: FaultKind): Promise<void> {
    switch (name) {
      case 'all_ones':
        this.inject(BAR_FAULT.ALL_ONES);
        return;
      case 'memory_gone':
        this.off();
        ftruncateSync(this.file, 0);
        return;
      case 'device_reprogrammed':
        this.off();
        this.putMagic(OTHER_MAGIC);
        this.isOther = true;
        return;
      case 'device_reset':
        this.power();
        return;
      case 'device_dead':
        this.stop();
        return;
      case 'host_killed':
        await this.endHost();
        await this.killAnother();
        return;
      default:
        throw new Error(`nothing of a BAR ends by ${name}`);
    }
  }

  /** Another process maps the file, resets the device, and is killed while it writes. */
  private async killAnother(): Promise<void> {
    const args = ['-e', KILLED_HOST, ...killedHostArguments(this.path)];
    const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = once(child, 'exit');
    let midway = false;
    child.stdout?.once('data', () => {
      midway = true;
    });
    while (!midway && child.exitCode === null && child.signalCode === null) {
      this.device?.run(STRETCH, true);
      await nextTurn();
    }
    child.kill('SIGKILL');
    const [, signal] = await gone;
    if (signal !== 'SIGKILL') throw new Error('the host that was to be killed has ended by itself');
  }

  close(): void {
    this.off();
    closeSync(this.file);
    rmSync(dirname(this.path), { recursive: true, force: true });
  }

  /** The file reads all ones. */
  private off(): void {
    this.before = this.cycles;
    this.device?.close();
    this.device = undefined;
  }

  private word(offset: number): number {
    const bytes = Buffer.alloc(WORD);
    readSync(this.file, bytes, 0, WORD, offset);
    return bytes.readUInt32LE();
  }

  private putMagic(value: number): void {
    const bytes = Buffer.alloc(WORD);
    bytes.writeUInt32LE(value);
    writeSync(this.file, bytes, 0, WORD, 0);
  }

  // Time.

  private timing(): CardTiming {
    return {
      now: () => this.clock.now(),
      soon: (action) => {
        const entry = () => action();
        this.next.add(entry);
        return () => this.next.delete(entry);
      },
      after: (ms, action) => this.clock.after(ms, action),
    };
  }

  protected step(endMs: number): void {
    const { clock } = this;
    const actions = this.next;
    this.next = new Set();
    for (const action of actions) action();
    const most = Math.max(0, Math.min(endMs, clock.nextMs) - clock.now());
    const busy = this.rate > 0 && !this.quiet;
    let ms = most;
    // What the host has just done is to be seen before time jumps.
    if (actions.size > 0 || this.next.size > 0) ms = Math.min(most, this.turnMs);
    else if (busy) ms = Math.min(most, Math.max(this.turnMs, STRETCH / this.rate));
    this.run(ms);
    clock.advanceTo(clock.now() + ms);
  }

  private run(ms: number): void {
    this.credit += ms * this.rate;
    if (this.credit < STRETCH) return;
    const cycles = Math.min(MOST_CYCLES, Math.floor(this.credit / STRETCH) * STRETCH);
    this.device?.run(cycles, true);
    // What it does not use while it has nothing to do is gone.
    this.credit = this.quiet ? 0 : this.credit - cycles;
  }
}
