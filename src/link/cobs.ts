// COBS: frames without zeros, so that 0x00 can end each of them (LNK-1, LNK-2).

/** Longest run that one code may stand for here: a code of 0xff never occurs, as frames have at most 253 bytes. */
const CODE_MAX = 0xfe;

/**
 * Encodes a frame of at most 253 bytes and the 0x00 behind it: length + 2 bytes.
 * @param out has room for them from byte `at` on
 * @returns the offset behind the 0x00
 */
export function encodeBlock(frame: Uint8Array, length: number, out: Uint8Array, at: number): number {
  let codeAt = at;
  let next = at + 1;
  for (let i = 0; i < length; i++) {
    const byte = frame[i] as number;
    if (byte === 0) {
      out[codeAt] = next - codeAt;
      codeAt = next;
    } else {
      out[next] = byte;
    }
    next += 1;
  }
  out[codeAt] = next - codeAt;
  out[next] = 0;
  return next + 1;
}

/**
 * Decodes a block, without its 0x00.
 * @param out receives the frame from byte `at` on; as long as the block, less one
 * @returns the length of the frame; -1 for a code of 0xff or one that points past the end
 */
export function decodeBlock(block: Uint8Array, length: number, out: Uint8Array, at: number): number {
  let next = at;
  for (let i = 0; i < length; ) {
    const code = block[i] as number;
    const end = i + code;
    if (code > CODE_MAX || code === 0 || end > length) return -1;
    for (i += 1; i < end; i++) out[next++] = block[i] as number;
    if (i < length) out[next++] = 0;
  }
  return next - at;
}
