// Bytes of the line to frames that passed the first three checks of LNK-4; what fails one is counted by kind.
import * as wire from '../contract/generated/transports.js';
import { decodeBlock } from './cobs.js';
import { frameCrc, getU32, hostKnows } from './frames.js';

/** Where a frame starts in the buffer: what stands behind its header of 9 bytes is then aligned to 16. */
export const FRAME_START = 16 - wire.HEADER_BYTES;
/** A longer block cannot be a frame. */
const BLOCK_BYTES_MAX = wire.FRAME_BYTES_MAX + 1;

export interface DecoderCounters {
  badFrames: number;
  crcErrors: number;
  unknownFrames: number;
}

/** Takes frames: it starts at FRAME_START of `buffer` and has `length` bytes before its CRC; valid during the call. */
export type FrameHandler = (buffer: Uint8Array, length: number) => void;

export class FrameDecoder {
  readonly counters: DecoderCounters = { badFrames: 0, crcErrors: 0, unknownFrames: 0 };

  private readonly block = new Uint8Array(BLOCK_BYTES_MAX);
  private readonly frame = new Uint8Array(FRAME_START + BLOCK_BYTES_MAX);
  /** Bytes of the block so far; may run past the room for them. */
  private used = 0;

  constructor(private readonly onFrame: FrameHandler) {}

  /** Bytes as they come from the line, cut anywhere. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const zero = bytes.indexOf(0, at);
      const end = zero < 0 ? bytes.length : zero;
      this.add(bytes, at, end);
      if (zero < 0) return;
      this.end();
      at = zero + 1;
    }
  }

  private add(bytes: Uint8Array, from: number, to: number): void {
    const room = BLOCK_BYTES_MAX - this.used;
    if (room > 0) this.block.set(bytes.subarray(from, Math.min(to, from + room)), this.used);
    this.used += to - from;
  }

  private end(): void {
    const { used } = this;
    this.used = 0;
    if (used === 0) return;
    const length = used > BLOCK_BYTES_MAX ? -1 : decodeBlock(this.block, used, this.frame, FRAME_START);
    if (length < wire.FRAME_BYTES_MIN || length > wire.FRAME_BYTES_MAX) {
      this.counters.badFrames += 1;
      return;
    }
    const body = length - wire.CRC_BYTES;
    if (getU32(this.frame, FRAME_START + body) !== frameCrc(this.frame, FRAME_START, body)) {
      this.counters.crcErrors += 1;
    } else if (hostKnows(this.frame[FRAME_START] as number, body)) {
      this.onFrame(this.frame, body);
    } else {
      this.counters.unknownFrames += 1;
    }
  }
}
