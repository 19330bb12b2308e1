// A campaign: random traffic over an injured link. Every event must be that of the software engine, in order and once;
// every fault is counted by kind, and must show in the counters of the end that it befell.

import { LINK_COUNTER_NAMES, REGISTER_LINK } from '../contract/generated/transports.js';
import type { Profile } from '../contract/profile.js';
import { LinkError } from '../link/errors.js';
import { ProgramGenerator } from '../verify/generator.js';
import { Prng } from '../verify/prng.js';
import type { BlockFault } from './channel.js';
import type { DevicePort, Wires } from './device-port.js';
import { addTo, FAULT_KINDS, type FaultKind, kindNamed, pick } from './kinds.js';
import { Divergence, Reference } from './reference.js';
import { type Direction, World } from './world.js';

export interface CampaignOptions {
  readonly port: DevicePort;
  readonly profile: Profile;
  readonly faults: number;
  readonly seed: number;
  /** Called now and then. */
  readonly onProgress?: (faults: number) => void;
}

export interface CampaignResult {
  readonly faults: Readonly<Record<string, number>>;
  readonly commands: number;
  readonly events: number;
  readonly sessions: number;
  /** How sessions ended, by code. */
  readonly errors: Readonly<Record<string, number>>;
  /** Of the host, summed. */
  readonly hostCounters: Readonly<Record<string, number>>;
  /** Of the device, summed, as far as they were read before a reset of it. */
  readonly deviceCounters: Readonly<Record<string, number>>;
  readonly cycles: number;
  readonly virtualSeconds: number;
}

/** Virtual time in which anything must be done. */
const PATIENCE_MS = 120_000;
const BATCH_COMMANDS = 60;
/** Of the blocks in one direction, between two faults: what is damaged stays one frame. */
const LEAST_GAP = 2;
const INJURED_PART = 0.5;
const CHECK_EVERY = 400;
/** The next fault of an end comes after this many of the line, on the average. */
const ENDS_EVERY = 35;
const STOP_MS = 400;
const BRIEFLY_MS = 300;
const PRESSURE_MS = 3000;
const MOST_BAUD_PPM = 40_000;
const PULSE_TENTHS = 30;
/** About a long frame. */
const PULSE_WITHIN_BITS = 2000;

/** Faults after which the frame, or what it became, is counted by one of these at the device or at the host. */
const CORRUPTING = ['bit_flip', 'byte_changed', 'byte_lost', 'stray_bytes', 'frame_truncated'];
const OUT_OF_ORDER: readonly BlockFault[] = ['frame_reordered', 'frame_stale'];
const DEVICE_DROPS = ['bad_frames', 'crc_errors', 'unknown_frames'];
const HOST_DROPS = ['badFrames', 'crcErrors', 'unknownFrames'] as const;

export class Campaign {
  private readonly random: Prng;
  private readonly reference: Reference;
  private readonly world: World;
  private readonly faults: Record<string, number> = {};
  private readonly errors: Record<string, number> = {};
  private readonly hostCounters: Record<string, number> = {};
  private readonly deviceCounters: Record<string, number> = {};
  private readonly gaps: Record<Direction, number> = { 'to-device': 0, 'to-host': 0 };
  /** Since the last check. */
  private pending = nothingPending();
  private registers: number[] | undefined;
  private drops = 0;
  private total = 0;
  private sessions = 0;
  private inOrder = false;
  private failure: Divergence | undefined;

  constructor(private readonly options: CampaignOptions) {
    const { port, seed, profile } = options;
    this.random = new Prng(seed);
    this.reference = new Reference(profile);
    this.world = new World(port, seed, (events) => this.take(events));
    this.world.injured = (direction, fault) => this.count(direction, fault);
  }

  /** @throws Divergence what was lost, invented or repeated, or a fault that nobody counted */
  async run(): Promise<CampaignResult> {
    while (this.total < this.options.faults) await this.session();
    const { world, reference } = this;
    return {
      faults: this.faults,
      commands: reference.commands,
      events: reference.events,
      sessions: this.sessions,
      errors: this.errors,
      hostCounters: this.hostCounters,
      deviceCounters: this.deviceCounters,
      cycles: this.options.port.cycles,
      virtualSeconds: world.clock.now() / 1000,
    };
  }

  /** One epoch of one host, up to a fault that ends it. */
  private async session(): Promise<void> {
    const { world, random } = this;
    world.plugged = true;
    world.stopped = false;
    this.options.port.hold(false);
    this.sessions += 1;
    this.drops = 0;
    const epoch = random.u32();
    const link = world.startHost();
    await world.settle(link.identify(), PATIENCE_MS);
    await this.begin(epoch);
    await this.check();
    const generator = new ProgramGenerator(this.options.profile, this.options.seed, this.sessions);
    while (this.total < this.options.faults) {
      const batch = generator.next(1 + random.below(BATCH_COMMANDS)).slice();
      if (!(await this.submit(batch))) return;
      if (this.pending.all >= CHECK_EVERY) await this.check();
      if (random.below(ENDS_EVERY) === 0 && (await this.befall(pick(ENDS, random)))) return;
    }
    await this.check();
    this.collectHost();
  }

  private async begin(epoch: number): Promise<void> {
    const { world, reference } = this;
    reference.reset(epoch);
    // A frame of the epoch before may still come, but never behind one of the new epoch: the line keeps its order.
    this.inOrder = true;
    world.injury = (direction) => this.choose(direction);
    await world.settle(world.link?.reset(epoch) ?? Promise.resolve(), PATIENCE_MS);
    world.forgetFormer();
    this.inOrder = false;
  }

  /** @returns false where the session ended, as a fault of an end has it */
  private async submit(batch: Uint8Array): Promise<boolean> {
    const { world, reference } = this;
    reference.submit(batch);
    const taken = world.link?.submit(batch);
    if (taken !== undefined) await world.settle(taken, PATIENCE_MS);
    this.throwFailure();
    return true;
  }

  private take(events: Uint8Array): void {
    if (this.failure !== undefined) return;
    try {
      this.reference.take(events);
    } catch (error) {
      if (!(error instanceof Divergence)) throw error;
      this.failure = error;
    }
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
    const { ended } = this.world;
    if (ended !== undefined) throw new Divergence(`the link ended without a reason: ${ended.code}: ${ended.message}`);
  }

  // Faults of the line.

  private choose(direction: Direction): BlockFault | undefined {
    const gap = this.gaps[direction];
    this.gaps[direction] = gap + 1;
    if (gap < LEAST_GAP || this.random.below(1000) >= INJURED_PART * 1000) return undefined;
    const { wires } = this.options.port;
    // With pins, a third of the faults is done to the wires instead of to blocks.
    if (wires !== undefined && this.random.below(3) === 0) {
      this.onWires(wires);
      return undefined;
    }
    const kind = pick(direction === 'to-device' ? TO_DEVICE : TO_HOST, this.random);
    const fault = blockFault(kind);
    return this.inOrder && OUT_OF_ORDER.includes(fault) ? undefined : fault;
  }

  private onWires(wires: Wires): void {
    const { random } = this;
    const kind = pick(ON_WIRES, random);
    this.add(kind.name);
    if (kind.name === 'baud_error') {
      wires.setBaudError(random.below(2 * MOST_BAUD_PPM + 1) - MOST_BAUD_PPM);
      return;
    }
    this.pending.pulses += 1;
    const toDevice = kind.name === 'wire_pulse_to_device';
    wires.disturb(toDevice, random.below(PULSE_WITHIN_BITS), (1 + random.below(PULSE_TENTHS)) / 10);
  }

  private count(direction: Direction, fault: BlockFault): void {
    this.gaps[direction] = 0;
    const suffix = direction === 'to-device' ? '_to_device' : '_to_host';
    this.add(`${fault}${suffix}`);
    if (fault === 'line_error') this.pending.lineErrors += 1;
    else if (CORRUPTING.includes(fault)) this.pending[direction === 'to-device' ? 'toDevice' : 'toHost'] += 1;
  }

  private add(name: string): void {
    kindNamed(name);
    this.faults[name] = (this.faults[name] ?? 0) + 1;
    this.total += 1;
    this.pending.all += 1;
    if (this.total % 10_000 === 0) this.options.onProgress?.(this.total);
  }

  // Checks.

  /** Without faults: everything comes, and what was damaged is counted. */
  private async check(): Promise<void> {
    const { world, reference, pending } = this;
    const { injury } = world;
    world.injury = undefined;
    await this.drain();
    // What is late has to arrive before it can be counted.
    await world.until(() => world.lineEmpty, PATIENCE_MS);
    const link = world.link;
    if (link === undefined) return;
    const registers: number[] = [];
    for (let i = 0; i < LINK_COUNTER_NAMES.length; i++) {
      registers.push(Number(await world.settle(link.read(REGISTER_LINK + i), PATIENCE_MS)));
    }
    this.throwFailure();
    const moved = registers.map((value, i) => (value - (this.registers?.[i] ?? 0)) & 0xffff);
    const names: readonly string[] = LINK_COUNTER_NAMES;
    const device = (name: string) => moved[names.indexOf(name)] ?? 0;
    const known = this.registers !== undefined;
    const drops = HOST_DROPS.reduce((sum, name) => sum + link.counters[name], 0);
    const deviceDrops = DEVICE_DROPS.reduce((sum, name) => sum + device(name), 0);
    if (known) this.mustShow('the device dropped', deviceDrops, pending.toDevice);
    if (known) this.mustShow('the device saw line errors', device('line_errors'), pending.lineErrors);
    this.mustShow('the host dropped', drops - this.drops, pending.toHost);
    if (known) for (const [i, name] of LINK_COUNTER_NAMES.entries()) addTo(this.deviceCounters, name, moved[i] ?? 0);
    this.registers = registers;
    this.drops = drops;
    this.pending = nothingPending();
    world.injury = injury;
    if (reference.outstanding !== 0) throw new Divergence(`${reference.outstanding} events were lost`);
  }

  private mustShow(what: string, counted: number, injected: number): void {
    // A pulse may melt two damaged frames into one.
    if (counted < injected - this.pending.pulses)
      throw new Divergence(`${injected} frames were damaged, but ${what} ${counted} times`);
    // Now and then a byte becomes 0x00 and makes two or three frames of one; a pulse may hit nothing, or a frame; what
    // was cut off when the plug was pulled is another one.
    const most = 1.25 * injected + 4 * this.pending.pulses + 8;
    if (counted > most) throw new Divergence(`${injected} frames were damaged, yet ${what} ${counted} times`);
  }

  private async drain(): Promise<void> {
    const { world, reference } = this;
    const done = () => reference.outstanding === 0 || this.failure !== undefined || world.ended !== undefined;
    if (!(await world.until(done, PATIENCE_MS))) {
      throw new Divergence(`${reference.outstanding} events were lost: none came for ${PATIENCE_MS} ms of the device`);
    }
    this.throwFailure();
  }

  private collectHost(): void {
    const counters = this.world.link?.counters;
    for (const [name, value] of Object.entries(counters ?? {})) {
      if (typeof value === 'number') addTo(this.hostCounters, name, value);
    }
  }

  // Faults of the ends.

  /** @returns whether the session is over */
  private async befall(kind: FaultKind): Promise<boolean> {
    switch (kind.name) {
      case 'device_stopped':
        return await this.forAWhile(kind, STOP_MS, (on) => {
          this.world.stopped = on;
        });
      case 'unplugged_briefly':
        await this.check();
        return await this.forAWhile(kind, BRIEFLY_MS, (on) => {
          this.world.plugged = !on;
        });
      case 'host_back_pressure':
        return await this.forAWhile(kind, PRESSURE_MS, (on) => {
          if (on) this.world.link?.hold();
          else this.world.link?.release();
        });
      case 'line_back_pressure':
        if (!this.options.port.hold(false)) return false;
        return await this.forAWhile(kind, BRIEFLY_MS, (on) => {
          this.options.port.hold(on);
        });
      default:
        return await this.end(kind);
    }
  }

  /** Something that the link bears without an error, in the middle of traffic. */
  private async forAWhile(kind: FaultKind, mostMs: number, set: (on: boolean) => void): Promise<boolean> {
    const { world, random } = this;
    this.add(kind.name);
    set(true);
    await world.until(() => false, 1 + random.below(mostMs));
    set(false);
    this.throwFailure();
    return false;
  }

  /** Something that ends the session; the next one begins with a reset. */
  private async end(kind: FaultKind): Promise<boolean> {
    const { world, random } = this;
    // What is counted must be read before: some of it goes with the device.
    await this.check();
    const injury = world.injury;
    world.injury = undefined;
    const generator = new ProgramGenerator(this.options.profile, this.options.seed + 1, this.sessions);
    const batch = generator.next(BATCH_COMMANDS).slice();
    this.reference.submit(batch);
    const taken = world.link?.submit(batch);
    // Into the middle of it: frames are on the way in both directions.
    await world.until(() => false, random.below(1000) / 200);
    this.add(kind.name);
    world.injury = injury;
    await this.endBy(kind);
    const code = world.ended?.code ?? kind.error ?? '';
    if (code !== kind.error) throw new Divergence(`${kind.name}: the host says ${code}, not ${kind.error}`);
    addTo(this.errors, code, 1);
    taken?.catch((error: unknown) => {
      if (!(error instanceof LinkError)) throw error;
    });
    this.collectHost();
    world.link?.close();
    world.link = undefined;
    world.clearLine();
    if (this.failure !== undefined) throw this.failure;
    this.pending = nothingPending();
    return true;
  }

  private async endBy(kind: FaultKind): Promise<void> {
    const { world } = this;
    world.injury = undefined;
    switch (kind.name) {
      case 'device_reset':
        this.options.port.reset();
        this.registers = undefined;
        await this.faulted(kind);
        return;
      case 'host_reset': {
        const epoch = this.random.u32();
        const link = world.link;
        this.reference.reset(epoch);
        await world.settle(link?.reset(epoch) ?? Promise.resolve(), PATIENCE_MS);
        await this.drain();
        return;
      }
      case 'unplugged':
        world.plugged = false;
        await this.faulted(kind);
        return;
      case 'device_dead':
        world.stopped = true;
        await this.faulted(kind);
        return;
      case 'host_killed':
        // Half a frame of it may be on the line; it says nothing more.
        world.link = undefined;
        return;
    }
  }

  private async faulted(kind: FaultKind): Promise<void> {
    const { world } = this;
    const done = () => world.ended !== undefined || this.failure !== undefined;
    if (await world.until(done, PATIENCE_MS)) return;
    throw new Divergence(`${kind.name}: the host did not notice within ${PATIENCE_MS} ms of the device`);
  }
}

const nothingPending = () => ({ toDevice: 0, toHost: 0, lineErrors: 0, pulses: 0, all: 0 });
const TO_DEVICE = FAULT_KINDS.filter(({ where }) => where === 'to-device');
const TO_HOST = FAULT_KINDS.filter(({ where }) => where === 'to-host');
const ON_WIRES = FAULT_KINDS.filter(({ where }) => where === 'wires');
const ENDS = FAULT_KINDS.filter(({ where }) => where === 'ends');

const blockFault = ({ name }: FaultKind) => name.replace(/_to_(device|host)$/, '') as BlockFault;
