// Commands between `submit` and their acknowledgement, by absolute index: as many as the device can hold, no more.
import { COMMAND_BYTES } from '../contract/definition.js';

export class CommandRing {
  private readonly bytes: Uint8Array;

  /** Index of the first record that is still needed. */
  first = 0;
  /** Index behind the last record. */
  end = 0;

  /** capacity: in records, at least 1. */
  constructor(private readonly capacity: number) {
    this.bytes = new Uint8Array(capacity * COMMAND_BYTES);
  }

  get room(): number {
    return this.capacity - (this.end - this.first);
  }

  /** Takes whole records from byte `from` of a batch on, as many as there is room for; returns the offset behind. */
  add(batch: Uint8Array, from: number): number {
    const records = Math.min(this.room, (batch.length - from) / COMMAND_BYTES);
    for (let done = 0; done < records; ) {
      const slot = this.end % this.capacity;
      const run = Math.min(records - done, this.capacity - slot);
      const at = from + done * COMMAND_BYTES;
      this.bytes.set(batch.subarray(at, at + run * COMMAND_BYTES), slot * COMMAND_BYTES);
      this.end += run;
      done += run;
    }
    return from + records * COMMAND_BYTES;
  }

  /** Writes `records` records from index `index` on to byte `at` of a frame. */
  copy(index: number, records: number, frame: Uint8Array, at: number): void {
    const slot = index % this.capacity;
    const run = Math.min(records, this.capacity - slot);
    frame.set(this.bytes.subarray(slot * COMMAND_BYTES, (slot + run) * COMMAND_BYTES), at);
    if (run < records) frame.set(this.bytes.subarray(0, (records - run) * COMMAND_BYTES), at + run * COMMAND_BYTES);
  }
}
