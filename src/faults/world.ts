// A host, a device and the line between them, in one virtual time: HostLink as it is shipped, the RTL as it is built,
// and two channels in which blocks can be injured.
import type { LinkError } from '../link/errors.js';
import { HostLink } from '../link/host-link.js';
import { Prng } from '../verify/prng.js';
import { type BlockFault, Channel } from './channel.js';
import type { DevicePort } from './device-port.js';
import { VirtualWorld } from './virtual-world.js';

export type Direction = 'to-device' | 'to-host';

/** Asked for each block; undefined: it passes unharmed. */
export type Injury = (direction: Direction, block: Uint8Array) => BlockFault | undefined;

const BUFFER_BYTES = 1 << 16;

export class World extends VirtualWorld {
  link: HostLink | undefined;
  /** Why the link ended by itself. */
  ended: LinkError | undefined;
  injury: Injury | undefined;
  /** Told when a fault was possible after all. */
  injured: ((direction: Direction, fault: BlockFault) => void) | undefined;
  /** Nothing passes while it is false. */
  plugged = true;
  /** The device stands still while it is true. */
  stopped = false;
  private readonly toDevice: Channel;
  private readonly toHost: Channel;
  private readonly inbox = new Uint8Array(BUFFER_BYTES);
  private rest: Uint8Array = new Uint8Array(0);
  private readonly random: Prng;

  constructor(
    readonly port: DevicePort,
    seed: number,
    private readonly onEvents: (events: Uint8Array) => void,
  ) {
    super();
    this.random = new Prng(seed, 1);
    const now = () => this.clock.now();
    this.toDevice = new Channel(new Prng(seed, 2), now);
    this.toHost = new Channel(new Prng(seed, 3), now);
  }

  /** A host as after its start; the former one is gone without a word. */
  startHost(): HostLink {
    this.ended = undefined;
    const link: HostLink = new HostLink({
      write: (bytes) => {
        // One that was killed writes no more.
        if (this.link === link && this.plugged) this.pass(this.toDevice, 'to-device', bytes.slice());
      },
      clock: this.clock,
      bitMs: this.port.bitMs,
      random: () => this.random.u32(),
      onEvents: (events) => {
        if (this.link === link) this.onEvents(events);
      },
      onFault: (error) => {
        if (this.link === link) this.ended = error;
      },
    });
    this.link = link;
    return link;
  }

  /** Whether nothing is on the way in either direction. */
  get lineEmpty(): boolean {
    return this.toDevice.nextMs === Number.POSITIVE_INFINITY && this.toHost.nextMs === Number.POSITIVE_INFINITY;
  }

  /** No frame that has passed so far comes again as a stale one. */
  forgetFormer(): void {
    this.toDevice.forgetFormer();
    this.toHost.forgetFormer();
  }

  /** What is on the line is lost, in both directions. */
  clearLine(): void {
    this.toDevice.clear();
    this.toHost.clear();
    this.port.clear();
    this.rest = new Uint8Array(0);
  }

  protected step(endMs: number): void {
    const { clock, port } = this;
    this.deliver();
    const next = Math.min(endMs, clock.nextMs, this.toDevice.nextMs, this.toHost.nextMs);
    if (this.stopped || port.quiet) {
      clock.advanceTo(Math.max(next, clock.now()));
      return;
    }
    const ms = port.run(next - clock.now());
    clock.advanceTo(clock.now() + ms);
    this.collect();
  }

  private deliver(): void {
    for (let piece = this.toDevice.take(); piece !== undefined; piece = this.toDevice.take()) {
      if (this.plugged) this.port.send(piece.bytes, piece.broken);
    }
    for (let piece = this.toHost.take(); piece !== undefined; piece = this.toHost.take()) {
      if (this.plugged) this.link?.receive(piece.bytes);
    }
  }

  /** Cuts what came from the device into blocks. */
  private collect(): void {
    const count = this.port.receive(this.inbox);
    if (count === 0 || !this.plugged) return;
    let bytes: Uint8Array = this.inbox.slice(0, count);
    if (this.rest.length > 0) bytes = Buffer.concat([this.rest, bytes]);
    let from = 0;
    let end = blockEnd(bytes, from);
    while (end > 0) {
      this.pass(this.toHost, 'to-host', bytes.subarray(from, end));
      from = end;
      end = blockEnd(bytes, from);
    }
    this.rest = bytes.slice(from);
  }

  private pass(channel: Channel, direction: Direction, block: Uint8Array): void {
    const fault = this.injury?.(direction, block);
    if (channel.send(block, fault) && fault !== undefined) this.injured?.(direction, fault);
  }
}

/** Behind the 0x00 that ends the next block, empty ones ahead of it included; 0: it has not ended. */
function blockEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] === 0) at += 1;
  return at === bytes.length ? 0 : bytes.indexOf(0, at) + 1;
}
