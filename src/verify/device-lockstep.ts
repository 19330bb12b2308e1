// Devices against one engine of this process, which says at once what each of them owes: events may come late, and in
// other pieces, but every byte is held against it when it comes.
import { crc32 } from 'node:zlib';
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import { CommandWriter, Opcode } from '../contract/generated/records.js';
import type { Device } from '../hal/device.js';
import { HalError } from '../hal/errors.js';
import type { Engine } from '../kernel/engine.js';
import type { Mismatch } from './lockstep.js';

const ROOM_BYTES = 1 << 16;

/** engine: position of the device, from 1; the reference is 0. */
export type DeviceMismatch = Mismatch;

export class DeviceLockstep {
  /** Of the reference since the reset, RESET_DONE left out. */
  events = 0;
  crc32 = 0;
  records = 0;
  /** Of all event bytes since this object was made, over all resets. */
  totalCrc32 = 0;
  totalEvents = 0;
  /** The events of the last stretch, as the reference gave them. */
  lastEvents: Uint8Array = new Uint8Array(0);

  private readonly followers: readonly Follower[];
  private readonly out: Uint8Array;
  private fences = 0;
  /** Between RESTORE_BEGIN and RESTORE_END: a device answers no FENCE there. */
  private restoring = false;

  /** All of one profile. `close` ends what this added to the devices, and no device. */
  constructor(
    private readonly reference: Engine,
    devices: readonly Device[],
  ) {
    this.out = new Uint8Array(reference.maxEventBytes + ROOM_BYTES);
    this.followers = devices.map((device, i) => new Follower(device, i + 1));
  }

  /** The first difference since the reset. */
  get mismatch(): DeviceMismatch | undefined {
    return this.followers.find(({ mismatch }) => mismatch !== undefined)?.mismatch;
  }

  /** @throws HalError of a device */
  async reset(epoch: number): Promise<void> {
    this.events = 0;
    this.crc32 = 0;
    this.records = 0;
    this.fences = 0;
    this.restoring = false;
    this.reference.reset(epoch, this.out);
    this.lastEvents = this.out.slice(0, this.reference.eventBytes);
    for (const follower of this.followers) await follower.reset(epoch, this.lastEvents);
  }

  /** Hands whole records to every device. @throws HalError of a device that is no difference */
  async run(commands: Uint8Array): Promise<void> {
    for (let at = 0; at < commands.length; at += COMMAND_BYTES) {
      if (commands[at] === Opcode.RESTORE_BEGIN) this.restoring = true;
      else if (commands[at] === Opcode.RESTORE_END) this.restoring = false;
    }
    for (let from = 0; from < commands.length; ) {
      const next = this.reference.consume(commands, from, this.out);
      this.lastEvents = this.out.slice(0, this.reference.eventBytes);
      this.count((next - from) / COMMAND_BYTES);
      await this.hand(commands.subarray(from, next));
      from = next;
    }
  }

  /** A FENCE behind everything, and the end of an open restore before it: what is owed has come then, or never will. */
  async settle(): Promise<void> {
    const tally = { records: this.records, events: this.events, crc32: this.crc32 };
    const total = { totalEvents: this.totalEvents, totalCrc32: this.totalCrc32 };
    const { lastEvents } = this;
    if (this.restoring) await this.run(new CommandWriter().restoreEnd(0).bytes());
    const fence = new CommandWriter().fence(this.fences).bytes();
    this.fences += 1;
    this.reference.consume(fence, 0, this.out);
    this.lastEvents = this.out.slice(0, this.reference.eventBytes);
    for (const follower of this.followers) {
      follower.expect(this.lastEvents);
      await follower.attempt(() => follower.device.fence());
    }
    // It is not of the program.
    Object.assign(this, tally, total, { lastEvents });
  }

  close(): void {
    for (const follower of this.followers) follower.close();
  }

  private async hand(commands: Uint8Array): Promise<void> {
    for (const follower of this.followers) follower.expect(this.lastEvents);
    for (const follower of this.followers) await follower.attempt(() => follower.device.submit(commands));
  }

  private count(records: number): void {
    const { lastEvents } = this;
    this.records += records;
    this.events += lastEvents.length / EVENT_BYTES;
    this.totalEvents += lastEvents.length / EVENT_BYTES;
    this.crc32 = crc32(lastEvents, this.crc32);
    this.totalCrc32 = crc32(lastEvents, this.totalCrc32);
  }
}

/** One device, and what it owes. */
class Follower {
  mismatch: DeviceMismatch | undefined;
  private expected: Uint8Array[] = [];
  /** Bytes of the first expected chunk that came. */
  private at = 0;
  private offset = 0;
  private readonly remove: () => void;

  constructor(
    readonly device: Device,
    private readonly position: number,
  ) {
    this.remove = device.onEvents((events) => this.receive(events));
  }

  async reset(epoch: number, events: Uint8Array): Promise<void> {
    this.mismatch = undefined;
    this.expected = [];
    this.at = 0;
    this.offset = 0;
    this.expect(events);
    await this.device.reset(epoch);
  }

  expect(events: Uint8Array): void {
    if (events.length > 0) this.expected.push(events);
  }

  /** A device that found out a corrupt stream by itself differs; any other fault is the caller's. */
  async attempt(action: () => unknown): Promise<void> {
    if (this.mismatch !== undefined) return;
    try {
      await action();
    } catch (thrown) {
      if (this.mismatch !== undefined) return;
      if (!(thrown instanceof HalError) || thrown.code !== 'STREAM_CORRUPT') throw thrown;
      this.differ(undefined, 0, thrown);
      return;
    }
  }

  close(): void {
    this.remove();
  }

  private receive(events: Uint8Array): void {
    for (let from = 0; from < events.length && this.mismatch === undefined; ) {
      const chunk = this.expected[0];
      if (chunk === undefined) return this.differ(events.subarray(from), 0);
      const length = Math.min(events.length - from, chunk.length - this.at);
      const [part, due] = [events.subarray(from, from + length), chunk.subarray(this.at, this.at + length)];
      if (Buffer.compare(part, due) !== 0) {
        let same = 0;
        while (part[same] === due[same]) same += 1;
        return this.differ(part, same);
      }
      from += length;
      this.offset += length;
      this.at += length;
      if (this.at === chunk.length) {
        this.expected.shift();
        this.at = 0;
      }
    }
  }

  /** actual: events from the first that is not confirmed on, which differ at byte `same`. */
  private differ(actual: Uint8Array | undefined, same: number, thrown?: unknown): void {
    const start = same - (same % EVENT_BYTES);
    const eventOf = (bytes: Uint8Array | undefined, at: number) =>
      bytes !== undefined && at + EVENT_BYTES <= bytes.length ? bytes.slice(at, at + EVENT_BYTES) : undefined;
    this.mismatch = {
      engine: this.position,
      offset: this.offset + same,
      expected: eventOf(this.expected[0], this.at + start),
      actual: eventOf(actual, start),
      ...(thrown === undefined ? {} : { thrown }),
    };
  }
}
