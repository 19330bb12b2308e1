// An engine in this process that follows the commands of a device, so that the host can export a state that the
// device itself cannot (clause RST-5).
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import type { SnapshotEngine } from '../kernel/engine.js';
import { readFence } from './answer-values.js';
import type { FenceAnswer } from './device.js';

const ROOM_BYTES = 1 << 16;

export class Shadow {
  private readonly out: Uint8Array;

  /** engine: of the device's profile; the shadow closes it. */
  constructor(private readonly engine: SnapshotEngine) {
    this.out = new Uint8Array(engine.maxEventBytes + ROOM_BYTES);
  }

  /** Its events are the device's events: they are counted in its CRC and then forgotten. */
  follow(commands: Uint8Array): void {
    for (let from = 0; from < commands.length; ) from = this.engine.consume(commands, from, this.out);
  }

  /** Follows one FENCE record outside a restore, and answers it. */
  fence(record: Uint8Array): FenceAnswer {
    this.follow(record.subarray(0, COMMAND_BYTES));
    return readFence(this.out, this.engine.eventBytes - EVENT_BYTES);
  }

  reset(epoch: number): void {
    this.engine.reset(epoch, this.out);
  }

  snapshot(): Uint8Array | undefined {
    return this.engine.snapshot();
  }

  close(): void {
    this.engine.close();
  }
}
