// How full the line is under load, and how soon all is well again after a damaged frame: HostLink and the top of a
// whole board, through its pins, in the time of the board.
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import { CommandWriter } from '../contract/generated/records.js';
import * as wire from '../contract/generated/transports.js';
import type { Profile } from '../contract/profile.js';
import { decodeBlock } from '../link/cobs.js';
import { distance, type Header, lineBytes, readHeader } from '../link/frames.js';
import type { DevicePort } from './device-port.js';
import { median } from './median.js';
import { Reference } from './reference.js';
import { type Direction, World } from './world.js';

export interface Throughput {
  /** Part of what full frames could carry: records a second times wire bytes a record, over baud / 10. */
  readonly commands: number;
  readonly events: number;
  /** From the end of the next good frame to the recovery, in round trips under the same load: median and most. */
  readonly recovery: Readonly<Record<Direction, { readonly median: number; readonly most: number }>>;
  readonly roundTripUs: number;
}

const PATIENCE_MS = 60_000;
const COMMANDS = 1500;
const BITS_PER_BYTE = 10;
const RUNS = 5;

/** Wire bytes a record, in full frames. */
const COMMAND_WIRE = lineBytes(wire.HEADER_BYTES + wire.COMMANDS_PER_FRAME * COMMAND_BYTES) / wire.COMMANDS_PER_FRAME;
const EVENT_WIRE = lineBytes(wire.HEADER_BYTES + wire.EVENTS_PER_FRAME * EVENT_BYTES) / wire.EVENTS_PER_FRAME;

/** Commands without events; the last one has one. */
function quiet(): Uint8Array {
  const out = new CommandWriter();
  for (let i = 1; i < COMMANDS; i++) out.bookFee(0, i % 1000, true);
  return out.fence(0).bytes().slice();
}

/** An event of 32 bytes for each command of 16. */
function loud(): Uint8Array {
  const out = new CommandWriter();
  for (let i = 0; i < COMMANDS; i++) out.fence(i);
  return out.bytes().slice();
}

class Load {
  readonly world: World;
  private readonly reference: Reference;
  onEvents: (() => void) | undefined;

  constructor(
    readonly port: DevicePort,
    profile: Profile,
  ) {
    this.reference = new Reference(profile);
    this.world = new World(port, 1, (events) => {
      this.reference.take(events);
      this.onEvents?.();
    });
  }

  async begin(): Promise<void> {
    const link = this.world.startHost();
    await this.world.settle(link.identify(), PATIENCE_MS);
    this.reference.reset(1);
    await this.world.settle(link.reset(1), PATIENCE_MS);
    await this.world.until(() => this.reference.outstanding === 0, PATIENCE_MS);
  }

  /** @returns ms until every event has come */
  async run(commands: Uint8Array): Promise<number> {
    const { world, reference } = this;
    const from = world.clock.now();
    reference.submit(commands);
    const taken = world.link?.submit(commands);
    if (taken !== undefined) await world.settle(taken, PATIENCE_MS);
    if (!(await world.until(() => reference.outstanding === 0, PATIENCE_MS))) throw new Error('events are lost');
    return world.clock.now() - from;
  }
}

/** @param port a fresh device each time */
export async function throughput(port: () => DevicePort, profile: Profile): Promise<Throughput> {
  const part = async (commands: Uint8Array, wireBytes: number) => {
    const load = new Load(port(), profile);
    await load.begin();
    const ms = await load.run(commands);
    const lineMs = COMMANDS * wireBytes * BITS_PER_BYTE * load.port.bitMs;
    const roundTripUs = load.world.link?.counters.roundTripUs.p50 ?? 0;
    load.port.close();
    return { part: lineMs / ms, roundTripUs };
  };
  const commands = await part(quiet(), COMMAND_WIRE);
  const events = await part(loud(), EVENT_WIRE);
  const toDevice: number[] = [];
  const toHost: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    toDevice.push(await recoverDevice(port(), profile, run));
    toHost.push(await recoverHost(port(), profile, run));
  }
  const recovery = { 'to-device': spread(toDevice), 'to-host': spread(toHost) };
  return { commands: commands.part, events: events.part, recovery, roundTripUs: commands.roundTripUs };
}

const spread = (values: number[]) => ({ median: median(values), most: Math.max(...values) });

/** The first frame of full length after `skip` others is damaged. */
const FULL_BYTES = 200;
const SKIP = 12;

/** From the first good frame behind a damaged one to the events that the damaged one held. */
async function recoverHost(port: DevicePort, profile: Profile, run: number): Promise<number> {
  const load = new Load(port, profile);
  await load.begin();
  const { world } = load;
  let left = SKIP + run;
  let goodMs: number | undefined;
  let recoveredMs: number | undefined;
  world.injury = (direction, block) => {
    if (direction !== 'to-host' || block.length < FULL_BYTES) return undefined;
    left -= 1;
    if (left === 0) return 'bit_flip';
    if (left < 0) goodMs ??= world.clock.now();
    return undefined;
  };
  load.onEvents = () => {
    if (goodMs !== undefined) recoveredMs ??= world.clock.now();
  };
  await load.run(loud());
  return inRoundTrips(load, goodMs, recoveredMs);
}

/** From the end of the first good frame behind a damaged one to the acknowledgement of the damaged one at the host. */
async function recoverDevice(port: DevicePort, profile: Profile, run: number): Promise<number> {
  const load = new Load(port, profile);
  await load.begin();
  const { world } = load;
  let left = SKIP + run;
  let damaged: number | undefined;
  let goodMs: number | undefined;
  let recoveredMs: number | undefined;
  world.injury = (direction, block) => {
    if (direction === 'to-host') {
      const header = headerOf(block);
      const covers = damaged !== undefined && header !== undefined && distance(damaged, header.ack) < 2 ** 15;
      if (covers && header.ack !== damaged) recoveredMs ??= world.clock.now();
      return undefined;
    }
    if (block.length < FULL_BYTES) return undefined;
    left -= 1;
    if (left === 0) {
      damaged = headerOf(block)?.seq;
      return 'bit_flip';
    }
    // It begins now at the earliest.
    if (left < 0) goodMs ??= world.clock.now() + block.length * BITS_PER_BYTE * port.bitMs;
    return undefined;
  };
  await load.run(quiet());
  return inRoundTrips(load, goodMs, recoveredMs);
}

function inRoundTrips(load: Load, goodMs: number | undefined, recoveredMs: number | undefined): number {
  const roundTripUs = load.world.link?.counters.roundTripUs.p50 ?? 0;
  load.port.close();
  if (goodMs === undefined || recoveredMs === undefined || roundTripUs === 0) throw new Error('no fault was injected');
  return (Math.max(0, recoveredMs - goodMs) * 1000) / roundTripUs;
}

function headerOf(block: Uint8Array): Header | undefined {
  const start = block.findIndex((byte) => byte !== 0);
  const frame = new Uint8Array(block.length);
  const length = decodeBlock(block.subarray(start, block.length - 1), block.length - 1 - start, frame, 0);
  if (length < wire.HEADER_BYTES + wire.CRC_BYTES) return undefined;
  const header = { type: 0, epoch: 0, seq: 0, ack: 0, credit: 0 };
  readHeader(frame, 0, header);
  return header;
}
