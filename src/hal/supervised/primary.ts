// A primary that is part of the stream: either both follow (paired), or it is being brought to where the standby is
// (joining): a snapshot first, then the commands that came meanwhile.
import { COMMAND_BYTES } from '../../contract/definition.js';
import type { Device } from '../device.js';

/** Bytes handed over at once while it joins. */
const PIECE_BYTES = 4096 * COMMAND_BYTES;
/** Commands that may wait for a primary that joins: beyond it the stream waits for the primary. */
const BACKLOG_BYTES = 1 << 20;

export class Primary {
  /** True while it still has to take the snapshot, or commands from before. */
  joining = false;
  /** A reset of the stream came while it joined: it begins anew. */
  interrupted = false;
  private snapshot: Uint8Array = new Uint8Array(0);
  private backlog: Uint8Array[] = [];
  private backlogBytes = 0;

  constructor(readonly device: Device) {}

  /** From here on it is brought to the state of `snapshot`, then through what is queued. */
  join(snapshot: Uint8Array): void {
    this.joining = true;
    this.interrupted = false;
    this.snapshot = snapshot;
    this.backlog = [];
    this.backlogBytes = 0;
  }

  get hasRoom(): boolean {
    return this.backlogBytes < BACKLOG_BYTES;
  }

  /** Whole records; copied. */
  queue(commands: Uint8Array): void {
    this.backlog.push(commands.slice());
    this.backlogBytes += commands.length;
  }

  /** What it has to take next; undefined when it is where the standby is. */
  next(): Uint8Array | undefined {
    if (this.snapshot.length > 0) {
      const piece = this.snapshot.subarray(0, PIECE_BYTES);
      this.snapshot = this.snapshot.subarray(piece.length);
      return piece;
    }
    const piece = this.backlog.shift();
    if (piece !== undefined) this.backlogBytes -= piece.length;
    return piece;
  }
}
