// Lines of a byte stream, one at a time, with bounded memory.

export interface Line {
  /** 1 for the first line. */
  readonly number: number;
  /** Without its end; undefined when the line is longer than allowed. */
  readonly bytes: Uint8Array | undefined;
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * Splits chunks into groups of lines: one group a chunk, so that a reader can act when no more input is waiting. CR
 * before LF belongs to the end of the line; a last line needs no end.
 * @param maxBytes longer lines come without their bytes
 */
export async function* lineGroups(
  chunks: AsyncIterable<Uint8Array | string>,
  maxBytes: number,
): AsyncGenerator<readonly Line[]> {
  let number = 0;
  let kept: Uint8Array[] = [];
  let keptBytes = 0;
  const finish = (rest: Uint8Array): Line => {
    number += 1;
    const length = keptBytes + rest.length;
    let bytes = kept.length === 0 ? rest : Buffer.concat([...kept, rest]);
    kept = [];
    keptBytes = 0;
    if (length > maxBytes + 1) return { number, bytes: undefined };
    if (bytes[bytes.length - 1] === CR) bytes = bytes.subarray(0, bytes.length - 1);
    return { number, bytes: bytes.length > maxBytes ? undefined : bytes };
  };
  for await (const piece of chunks) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    const group: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      group.push(finish(chunk.subarray(from, end)));
      from = end + 1;
    }
    if (from < chunk.length) {
      // Of a line that is too long only the length is kept.
      keptBytes += chunk.length - from;
      // One byte more than allowed may be the CR of its end.
      if (keptBytes <= maxBytes + 1) kept.push(chunk.slice(from));
      else kept = [];
    }
    if (group.length > 0) yield group;
  }
  if (keptBytes > 0) yield [finish(new Uint8Array(0))];
}
