// One direction of the line: blocks leave one after the other at the baud rate and arrive a little later, unless a
// fault has it otherwise.
import type { VirtualClock } from './virtual-clock.js';

export interface WireOptions {
  readonly clock: VirtualClock;
  readonly baud: number;
  /** From the last bit sent to the byte handed over. */
  readonly latencyMs: number;
  readonly deliver: (bytes: Uint8Array) => void;
  /** What becomes of a block; the block as it is without. */
  readonly fault?: (block: Uint8Array) => readonly Arrival[];
}

export interface Arrival {
  readonly bytes: Uint8Array;
  /** On top of the latency. */
  readonly lateMs: number;
}

/** Blocks that the sender pushes: the host's writes. */
export class Wire {
  bytes = 0;
  private freeAtMs = 0;

  constructor(private readonly options: WireOptions) {}

  get idle(): boolean {
    return this.options.clock.now() >= this.freeAtMs;
  }

  /** When the line is free. */
  get freeMs(): number {
    return this.freeAtMs;
  }

  send(block: Uint8Array): void {
    const { clock, baud, latencyMs, deliver, fault } = this.options;
    const start = Math.max(this.freeAtMs, clock.now());
    this.freeAtMs = start + (block.length * 10_000) / baud;
    this.bytes += block.length;
    const arrivals = fault?.(block) ?? [{ bytes: block, lateMs: 0 }];
    for (const { bytes, lateMs } of arrivals) {
      clock.after(this.freeAtMs + latencyMs + lateMs - clock.now(), () => deliver(bytes));
    }
  }
}

/** Asks its source for a block whenever the line is free: a device, whose frames fall due together (LNK-10). */
export function drain(wire: Wire, clock: VirtualClock, pull: () => Uint8Array | undefined): () => void {
  let planned = false;
  const turn = () => {
    planned = false;
    if (!wire.idle) {
      plan();
      return;
    }
    const block = pull();
    if (block === undefined) return;
    wire.send(block);
    plan();
  };
  const plan = () => {
    if (planned) return;
    planned = true;
    clock.after(Math.max(0, wire.freeMs - clock.now()), turn);
  };
  return plan;
}
