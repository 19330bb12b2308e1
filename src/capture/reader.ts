import { brotliDecompressSync } from 'node:zlib';
import { BlockWalk, type Gap, type GoodBlock, type TornTail } from './block-walk.js';
import { CaptureError } from './errors.js';
import { type CaptureFs, NODE_FS, openFile, regularFileSize } from './files.js';
import { BLOCK_KIND, type BlockHeader, CODEC } from './format.js';
import { type CaptureMetadata, decodeJson, type JsonObject } from './metadata.js';
import { type CaptureRecord, RecordCursor } from './records.js';

export interface CaptureReaderOptions {
  /**
   * Step over damage to the next good block and list what is missing in `gaps`, instead of throwing
   * CAPTURE_CORRUPT. Default false.
   */
  readonly salvage?: boolean;
  /** First record wanted, by index. Earlier blocks are checked, but not decompressed. Default 0. */
  readonly from?: number;
  /** File system; default node:fs. */
  readonly files?: CaptureFs;
}

/**
 * Reads a capture from its beginning to what was its end when it was opened. Memory: one block.
 *
 *     const reader = CaptureReader.open(path);
 *     for (const record of reader) feed(record.timeHigh, record.timeLow, record.bytes);
 *     if (reader.tornTail !== undefined) warn(reader.tornTail);
 *     reader.close();
 */
export class CaptureReader implements Iterable<CaptureRecord> {
  readonly path: string;
  /** Size in bytes when opened; what is written later is not read. */
  readonly fileBytes: number;
  readonly #files: CaptureFs;
  readonly #salvage: boolean;
  readonly #from: number;
  readonly #walk: BlockWalk;
  readonly #cursor = new RecordCursor();
  readonly #step: { done: boolean; value: CaptureRecord };
  #fd: number | undefined;
  #block: GoodBlock | undefined;
  #failure: unknown;
  #closing: JsonObject | undefined;

  private constructor(path: string, fd: number, options: CaptureReaderOptions) {
    this.path = path;
    this.#fd = fd;
    this.#files = options.files ?? NODE_FS;
    this.#salvage = options.salvage ?? false;
    this.#from = options.from ?? 0;
    this.fileBytes = regularFileSize(this.#files, fd, path);
    const { fileBytes: size } = this;
    this.#walk = new BlockWalk({ files: this.#files, fd, path, size, salvage: this.#salvage, skipPayloads: false });
    this.#step = { done: false, value: this.#cursor };
  }

  /**
   * Opens a capture and checks its header.
   * @throws CaptureError CAPTURE_IO; CAPTURE_NOT_A_CAPTURE; CAPTURE_VERSION; CAPTURE_TORN (ends inside its header);
   * CAPTURE_CORRUPT (damaged header; not if salvaging); CAPTURE_METADATA; CAPTURE_ARGUMENT
   */
  static open(path: string, options: CaptureReaderOptions = {}): CaptureReader {
    const from = options.from ?? 0;
    if (!Number.isSafeInteger(from) || from < 0) {
      throw new CaptureError('CAPTURE_ARGUMENT', `first record ${from} is not a whole number from 0`, { path });
    }
    const files = options.files ?? NODE_FS;
    const fd = openFile(files, path, 'r');
    try {
      return new CaptureReader(path, fd, options);
    } catch (error) {
      files.closeSync(fd);
      throw error;
    }
  }

  /** @throws CaptureError CAPTURE_CORRUPT if salvaging met a damaged header, see `headerLost` */
  get metadata(): CaptureMetadata {
    if (this.#walk.metadata !== undefined) return this.#walk.metadata;
    const message = `${this.path}: the metadata are lost`;
    throw new CaptureError('CAPTURE_CORRUPT', message, { path: this.path, offset: 0 });
  }

  /** Whether there are no metadata: possible with `salvage` only. */
  get headerLost(): boolean {
    return this.#walk.metadata === undefined;
  }

  /** Known once the last record has been read: the file was not closed, or ends inside a block. */
  get tornTail(): TornTail | undefined {
    return this.#walk.tornTail;
  }

  /** What salvaging has stepped over so far. */
  get gaps(): readonly Gap[] {
    return this.#walk.gaps;
  }

  /** Known once the last record has been read: what the writer said when it closed the file. */
  get closing(): JsonObject | undefined {
    return this.#walk.closed ? this.#closing : undefined;
  }

  /** The block that the last record came from. */
  get block(): { readonly offset: number; readonly header: BlockHeader } | undefined {
    return this.#block;
  }

  /**
   * The next record, or undefined after the last. The object is the same each time.
   * @throws CaptureError CAPTURE_CORRUPT (unless salvaging; the same again at each further call), CAPTURE_IO,
   * CAPTURE_CLOSED
   */
  next(): CaptureRecord | undefined {
    for (;;) {
      const stepped = this.#cursor.step();
      if (stepped === true) {
        if (this.#cursor.index >= this.#from) return this.#cursor;
      } else if (stepped === false) {
        if (!this.#enterNextBlock()) return undefined;
      } else {
        this.#cursor.leave();
        this.#badPayload(stepped);
      }
    }
  }

  /** May be left and entered again: it goes on where it stood. */
  [Symbol.iterator](): Iterator<CaptureRecord> {
    const step = this.#step;
    return {
      next: () => {
        step.done = this.next() === undefined;
        return step as IteratorResult<CaptureRecord>;
      },
    };
  }

  /** Gives the file back. Further calls do nothing. */
  close(): void {
    if (this.#fd === undefined) return;
    const fd = this.#fd;
    this.#fd = undefined;
    this.#cursor.leave();
    this.#files.closeSync(fd);
  }

  #enterNextBlock(): boolean {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#fd === undefined) {
      throw new CaptureError('CAPTURE_CLOSED', `${this.path}: read after close`, { path: this.path });
    }
    let block: GoodBlock | undefined;
    try {
      block = this.#walk.next();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    if (block === undefined) return false;
    this.#block = block;
    const { header } = block;
    if (header.kind === BLOCK_KIND.DATA && header.firstRecord + header.count <= this.#from) return true;
    const payload = this.#unpack(block);
    if (payload === undefined) return true;
    if (header.kind === BLOCK_KIND.DATA) {
      this.#cursor.enter(payload, header.count, header.firstTimeNs, header.firstRecord);
    } else {
      this.#takeClosing(payload, block.offset);
    }
    return true;
  }

  #takeClosing(payload: Buffer, offset: number): void {
    try {
      this.#closing = decodeJson(payload, this.path, offset);
    } catch (error) {
      this.#closing = undefined;
      this.#badPayload(error instanceof Error ? error.message : String(error));
    }
  }

  #unpack(block: GoodBlock): Buffer | undefined {
    const { codec, plainBytes } = block.header;
    if (codec === CODEC.NONE) return block.payload;
    let plain: Buffer;
    try {
      // One chunk of the declared size: no copy, and a bomb stops there.
      const chunkSize = Math.max(plainBytes, 64);
      plain = brotliDecompressSync(block.payload, { maxOutputLength: Math.max(plainBytes, 1), chunkSize });
    } catch (cause) {
      this.#badPayload(`the payload does not decompress: ${cause instanceof Error ? cause.message : String(cause)}`);
      return undefined;
    }
    if (plain.length === plainBytes) return plain;
    this.#badPayload(`the payload gives ${plain.length} bytes, not ${plainBytes}`);
    return undefined;
  }

  #badPayload(reason: string): void {
    const block = this.#block;
    if (block === undefined) throw new Error('a payload without a block');
    if (this.#salvage) {
      this.#walk.noteBadPayload(block, reason);
      return;
    }
    const { path } = this;
    const { sequence } = block.header;
    this.#failure = new CaptureError(
      'CAPTURE_CORRUPT',
      `${path}: block ${sequence} at offset ${block.offset}: ${reason}`,
      { path, offset: block.offset, block: sequence },
    );
    throw this.#failure;
  }
}
