// Cuts a stream of chunks into lines, in memory of at most one line.

const LF = 0x0a;
const CR = 0x0d;

/** One line, without its ending. The bytes are a view, valid during the call that hands it over. */
export interface Line {
  /** From 1, as editors count. */
  readonly number: number;
  /** Empty if the line is too long. */
  readonly bytes: Buffer;
  /** Empty for a last line without one. */
  readonly ending: '' | '\n' | '\r\n';
  /** Length in bytes, the ending not counted; the same as `bytes.length` unless the line is too long. */
  readonly length: number;
  readonly tooLong: boolean;
}

export class LineSplitter {
  readonly #maxBytes: number;
  readonly #onLine: (line: Line) => void;
  #parts: Buffer[] = [];
  #length = 0;
  #number = 0;
  #lastByte = 0;

  /** @param maxBytes lines longer than that are counted and reported, not kept */
  constructor(maxBytes: number, onLine: (line: Line) => void) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      this.#keep(chunk.subarray(start, end));
      this.#emit(true);
      start = end + 1;
    }
    // The rest outlives the chunk, whose memory a stream may use again.
    if (start < chunk.length) this.#keep(Buffer.from(chunk.subarray(start)));
  }

  /** Hands over a last line that has no line ending. */
  end(): void {
    if (this.#length > 0) this.#emit(false);
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#length += part.length;
    this.#lastByte = part[part.length - 1] ?? 0;
    // One byte more than the limit: it may be the CR of the ending.
    if (this.#length <= this.#maxBytes + 1) this.#parts.push(part);
    else this.#parts = [];
  }

  #emit(ended: boolean): void {
    const hasCr = ended && this.#length > 0 && this.#lastByte === CR;
    const length = this.#length - (hasCr ? 1 : 0);
    const tooLong = length > this.#maxBytes;
    const [only] = this.#parts;
    const whole = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts);
    const bytes = tooLong ? Buffer.alloc(0) : whole.subarray(0, length);
    const ending = ended ? (hasCr ? '\r\n' : '\n') : '';
    this.#parts = [];
    this.#length = 0;
    this.#number += 1;
    this.#onLine({ number: this.#number, bytes, ending, length, tooLong });
  }
}
