// One direction of the line, in blocks of COBS: each block can be injured on its way. What comes out keeps its order
// unless a fault is that it does not.
import type { Prng } from '../verify/prng.js';

/** What a fault does to a block; the names are those of kinds.ts without the direction. */
export type BlockFault =
  | 'bit_flip'
  | 'byte_changed'
  | 'byte_lost'
  | 'stray_bytes'
  | 'frame_truncated'
  | 'frame_dropped'
  | 'frame_duplicated'
  | 'frame_reordered'
  | 'frame_stale'
  | 'frame_late'
  | 'line_error';

export interface Piece {
  readonly bytes: Uint8Array;
  readonly atMs: number;
  /** Position of the byte whose stop bit is missing; undefined: all are whole. */
  readonly broken?: number;
}

const LATE_MS = 50;
const STRAY_BYTES = 40;
/** Frames that a stale one is taken from: less than half a lap of the indices. */
const REMEMBERED = 16;
/** A frame that waits for the next one to overtake it waits no longer than this. */
const OVERTAKE_MS = 20;

export class Channel {
  private readonly pieces: Piece[] = [];
  private readonly former: Uint8Array[] = [];
  private overtaken: Uint8Array | undefined;
  private notBefore = 0;

  constructor(
    private readonly random: Prng,
    private readonly now: () => number,
  ) {}

  /** When the next piece arrives; Infinity without one. */
  get nextMs(): number {
    return this.pieces[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** The next piece that has arrived by now. */
  take(): Piece | undefined {
    const first = this.pieces[0];
    if (first === undefined || first.atMs > this.now()) return undefined;
    // Nothing came to overtake it.
    if (first.bytes === this.overtaken) this.overtaken = undefined;
    return this.pieces.shift();
  }

  /** No frame that has passed so far comes again as a stale one. */
  forgetFormer(): void {
    this.former.length = 0;
  }

  /** Forgets what is on the way. */
  clear(): void {
    this.pieces.length = 0;
    this.former.length = 0;
    this.overtaken = undefined;
    this.notBefore = 0;
  }

  /**
   * A block with its 0x00, and others of them ahead of it.
   * @returns whether the fault was possible; the block passes unharmed where it was not
   */
  send(block: Uint8Array, fault?: BlockFault): boolean {
    const done = fault === undefined ? true : this.injure(block, fault);
    if (fault === undefined || !done) this.put(block);
    if (fault !== 'frame_reordered' && this.overtaken !== undefined) {
      const { overtaken } = this;
      this.overtaken = undefined;
      this.dropLast(overtaken);
      this.put(overtaken);
    }
    this.former.push(block);
    if (this.former.length > REMEMBERED) this.former.shift();
    return done;
  }

  private injure(block: Uint8Array, fault: BlockFault): boolean {
    const { random } = this;
    // The code byte and what follows, without zeros around.
    const start = block.findIndex((byte) => byte !== 0);
    const length = block.length - 1 - start;
    const at = start + random.below(length);
    switch (fault) {
      case 'bit_flip':
        this.put(changed(block, at, (block[at] as number) ^ (1 << random.below(8))));
        return true;
      case 'byte_changed':
        this.put(changed(block, at, (block[at] as number) ^ (1 + random.below(255))));
        return true;
      case 'byte_lost':
        this.put(without(block, at, at + 1));
        return true;
      case 'frame_truncated':
        // At least a byte beside the 0x00, which the next block may begin with: that would mend it.
        this.put(block.subarray(0, Math.max(start + 1, at)));
        return true;
      case 'stray_bytes':
        this.put(Uint8Array.from({ length: 1 + random.below(STRAY_BYTES) }, () => 1 + random.below(255)));
        this.put(block.subarray(start));
        return true;
      case 'frame_dropped':
        return true;
      case 'frame_duplicated':
        this.put(block);
        this.put(block);
        return true;
      case 'frame_stale':
        return this.again(block);
      case 'frame_reordered':
        if (this.overtaken !== undefined) return false;
        this.overtaken = block;
        this.pieces.push({ bytes: block, atMs: Math.max(this.notBefore, this.now() + OVERTAKE_MS) });
        return true;
      case 'frame_late':
        this.notBefore = this.now() + 1 + random.below(LATE_MS);
        this.put(block);
        return true;
      case 'line_error':
        this.pieces.push({ bytes: block, atMs: this.arrival(), broken: at });
        return true;
    }
  }

  private again(block: Uint8Array): boolean {
    const old = this.former[this.random.below(Math.max(1, this.former.length))];
    if (old === undefined) return false;
    this.put(old);
    this.put(block);
    return true;
  }

  private arrival(): number {
    return Math.max(this.now(), this.notBefore);
  }

  private put(bytes: Uint8Array): void {
    const atMs = this.arrival();
    // Behind what is late already; ahead only of a frame that waits to be overtaken.
    const from = this.pieces.findIndex((piece) => piece.bytes === this.overtaken);
    if (from >= 0) this.pieces.splice(from, 0, { bytes, atMs });
    else this.pieces.push({ bytes, atMs: Math.max(atMs, this.pieces[this.pieces.length - 1]?.atMs ?? 0) });
  }

  private dropLast(bytes: Uint8Array): void {
    const at = this.pieces.findIndex((piece) => piece.bytes === bytes);
    if (at >= 0) this.pieces.splice(at, 1);
  }
}

function changed(block: Uint8Array, at: number, value: number): Uint8Array {
  const copy = block.slice();
  copy[at] = value;
  return copy;
}

function without(block: Uint8Array, from: number, to: number): Uint8Array {
  const copy = new Uint8Array(block.length - (to - from));
  copy.set(block.subarray(0, from));
  copy.set(block.subarray(to), from);
  return copy;
}
