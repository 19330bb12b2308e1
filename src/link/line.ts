// The line towards the device: what was written and when it will have left, so that acknowledgements never wait behind
// more bytes than it takes to keep the line busy.
import type { LinkClock } from './clock.js';

/** Start bit, eight data bits, stop bit (LNK-1). */
const BITS_PER_BYTE = 10;

export class Line {
  bytesOut = 0;
  framesOut = 0;

  private freeAt = Number.NEGATIVE_INFINITY;

  /** write: the bytes are its to keep. bitMs: one bit on the line in ms, of the host's time. */
  constructor(
    private readonly clock: LinkClock,
    private readonly write: (bytes: Uint8Array) => void,
    public bitMs: number,
  ) {}

  /** Time that the bytes written so far still need, 0 once they have left. */
  get backlogMs(): number {
    return Math.max(0, this.freeAt - this.clock.now());
  }

  /** Whether a 0x00 should go before the next block. */
  get silent(): boolean {
    return this.backlogMs === 0;
  }

  send(bytes: Uint8Array): void {
    this.freeAt = Math.max(this.freeAt, this.clock.now()) + this.msOf(bytes.length);
    this.bytesOut += bytes.length;
    this.framesOut += 1;
    this.write(bytes);
  }

  msOf(bytes: number): number {
    return bytes * BITS_PER_BYTE * this.bitMs;
  }

  /** Everything written is known to have arrived: whatever the estimate said. */
  arrived(): void {
    this.freeAt = Math.min(this.freeAt, this.clock.now());
  }
}
