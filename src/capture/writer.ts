import { brotliCompressSync, constants, crc32 } from 'node:zlib';
import { BlockWalk, type TornTail } from './block-walk.js';
import { CaptureError, ioError } from './errors.js';
import { type CaptureFs, NODE_FS, openFile, regularFileSize, syncFile, writeFully } from './files.js';
import { BLOCK_KIND, CODEC, encodeBlock, encodeFileHeader, MAX_CHANNEL, MAX_RECORD_BYTES } from './format.js';
import { type CaptureMetadata, encodeJson, encodeMetadata, type JsonObject } from './metadata.js';
import { BlockBuilder } from './records.js';
import { MAX_TIME_NS } from './time.js';

/** Uncompressed bytes at which a block is written unless the caller says otherwise. */
export const DEFAULT_BLOCK_BYTES = 1 << 20;
const MIN_BLOCK_BYTES = 64;
const MAX_USUAL_BLOCK_BYTES = 16 << 20;

export interface CaptureWriterOptions {
  /**
   * `create` (default): refuse a path that exists. `overwrite`: replace it. `append`: go on behind the last good block
   * of a file that exists, its torn tail cut off first; a file that does not exist is created.
   */
  readonly mode?: 'create' | 'overwrite' | 'append';
  /** Write `<path>.partial` and rename it on close, so that `path` is there whole or not at all. Not with append. */
  readonly atomic?: boolean;
  /** Uncompressed bytes of a usual block, 64..16 Mi; default 1 MiB. */
  readonly blockBytes?: number;
  /** Brotli quality 0..11; default 1, for recording. `none` stores payloads as they are. */
  readonly compression?: number | 'none';
  /** A block is due when its oldest record has waited that long; needs `clock`. Default: only size counts. */
  readonly flushAfterNs?: bigint;
  /** Any clock that does not run backwards, ns. Asked at each write when `flushAfterNs` is set, and never otherwise. */
  readonly clock?: () => bigint;
  /** When to fsync: `never` (default), at `close`, or after every `flush` (block). */
  readonly fsync?: 'never' | 'close' | 'flush';
  /** File system; default node:fs. */
  readonly files?: CaptureFs;
}

interface Settings {
  readonly files: CaptureFs;
  readonly atomic: boolean;
  readonly mode: 'create' | 'overwrite' | 'append';
  readonly blockBytes: number;
  readonly compression: number | 'none';
  readonly fsync: 'never' | 'close' | 'flush';
  readonly flushAfterNs: bigint | undefined;
  readonly clock: (() => bigint) | undefined;
}

function settingsOf(path: string, options: CaptureWriterOptions): Settings {
  const settings: Settings = {
    files: options.files ?? NODE_FS,
    atomic: options.atomic ?? false,
    mode: options.mode ?? 'create',
    blockBytes: options.blockBytes ?? DEFAULT_BLOCK_BYTES,
    compression: options.compression ?? 1,
    fsync: options.fsync ?? 'never',
    flushAfterNs: options.flushAfterNs,
    clock: options.clock,
  };
  const { blockBytes, compression, flushAfterNs } = settings;
  const refuse = (what: string): never => {
    throw new CaptureError('CAPTURE_ARGUMENT', `${path}: ${what}`, { path });
  };
  if (!Number.isInteger(blockBytes) || blockBytes < MIN_BLOCK_BYTES || blockBytes > MAX_USUAL_BLOCK_BYTES) {
    refuse(`blockBytes ${blockBytes}, not ${MIN_BLOCK_BYTES}..${MAX_USUAL_BLOCK_BYTES}`);
  }
  if (compression !== 'none' && !(Number.isInteger(compression) && compression >= 0 && compression <= 11)) {
    refuse(`compression ${compression}, not 0..11`);
  }
  if (flushAfterNs !== undefined && settings.clock === undefined) refuse('flushAfterNs without a clock');
  if (flushAfterNs !== undefined && flushAfterNs < 0n) refuse(`flushAfterNs ${flushAfterNs} is negative`);
  if (settings.atomic && settings.mode === 'append') refuse('atomic and append exclude each other');
  return settings;
}

/**
 * Writes a capture. Records are collected into blocks; a block is in the file whole or, after a crash, cut off by the
 * next reader. After any CAPTURE_IO error the writer is finished: the file has been cut back to its last good block
 * where the disk allowed it, and every call but `close` and `abort` throws the same error again.
 */
export class CaptureWriter {
  readonly path: string;
  readonly #settings: Settings;
  readonly #writtenPath: string;
  readonly #builder: BlockBuilder;
  #fd: number | undefined;
  #fileId = 0;
  #position = 0;
  #blocks = 0;
  #records = 0;
  #oldestNs = 0n;
  #recovered: TornTail | undefined;
  #failure: CaptureError | undefined;

  private constructor(path: string, settings: Settings) {
    this.path = path;
    this.#settings = settings;
    this.#writtenPath = settings.atomic ? `${path}.partial` : path;
    this.#builder = new BlockBuilder(settings.blockBytes);
  }

  /**
   * Opens a file for writing, its header included.
   * @throws CaptureError CAPTURE_EXISTS; CAPTURE_IO; CAPTURE_METADATA, CAPTURE_LIMIT, CAPTURE_ARGUMENT; when appending
   * also CAPTURE_CORRUPT (nothing is written behind damage), CAPTURE_NOT_A_CAPTURE, CAPTURE_VERSION
   */
  static open(path: string, metadata: CaptureMetadata, options: CaptureWriterOptions = {}): CaptureWriter {
    const writer = new CaptureWriter(path, settingsOf(path, options));
    const bytes = encodeMetadata(metadata, path);
    const { files, mode } = writer.#settings;
    if (mode === 'append' && files.existsSync(path)) {
      writer.#reopen(metadata, bytes);
    } else {
      writer.#create(bytes);
    }
    return writer;
  }

  /** Records in the file and in the buffer. */
  get records(): number {
    return this.#records + this.#builder.count;
  }

  /** Records in whole blocks of the file: what a crash of this process cannot take. */
  get recordsWritten(): number {
    return this.#records;
  }

  /** Bytes of the file up to its last whole block. */
  get fileBytes(): number {
    return this.#position;
  }

  /** The tail that was cut off when an existing file was opened for appending. */
  get recovered(): TornTail | undefined {
    return this.#recovered;
  }

  /**
   * Takes one record; its bytes are copied. May write a block.
   * @param timeNs receive time, 0..2^64-1 ns since the Unix epoch; may lie before the former one
   * @param bytes at most 64 MiB, may be empty
   * @param channel 0..65,535, default 0
   * @throws CaptureError CAPTURE_ARGUMENT, CAPTURE_LIMIT (the record is not taken, the writer goes on); CAPTURE_IO,
   * CAPTURE_CLOSED
   */
  write(timeNs: bigint, bytes: Uint8Array, channel = 0): void {
    this.#usable();
    const { path } = this;
    if (timeNs < 0n || timeNs > MAX_TIME_NS) {
      throw new CaptureError('CAPTURE_ARGUMENT', `${path}: time ${timeNs} ns is not 0..${MAX_TIME_NS}`, { path });
    }
    if (!Number.isInteger(channel) || channel < 0 || channel > MAX_CHANNEL) {
      throw new CaptureError('CAPTURE_ARGUMENT', `${path}: channel ${channel} is not 0..${MAX_CHANNEL}`, { path });
    }
    if (bytes.length > MAX_RECORD_BYTES) {
      const message = `${path}: a record of ${bytes.length} bytes, at most ${MAX_RECORD_BYTES}`;
      throw new CaptureError('CAPTURE_LIMIT', message, { path });
    }
    if (this.#builder.count > 0 && !this.#builder.hasRoomFor(bytes.length)) this.flush();
    const { clock, flushAfterNs } = this.#settings;
    if (this.#builder.count === 0 && flushAfterNs !== undefined && clock !== undefined) this.#oldestNs = clock();
    this.#builder.add(timeNs, bytes, channel);
    if (this.#builder.length >= this.#settings.blockBytes) this.flush();
    else this.flushIfDue();
  }

  /** Writes the block if `flushAfterNs` has passed. Call it from a timer, so that a silent feed is flushed too. */
  flushIfDue(): boolean {
    const { clock, flushAfterNs } = this.#settings;
    if (flushAfterNs === undefined || clock === undefined || this.#builder.count === 0) return false;
    if (clock() - this.#oldestNs < flushAfterNs) return false;
    this.flush();
    return true;
  }

  /**
   * Hands everything taken so far to the operating system as a whole block, and to the disk with `fsync: 'flush'`.
   * @throws CaptureError CAPTURE_IO, CAPTURE_CLOSED
   */
  flush(): void {
    this.#usable();
    const builder = this.#builder;
    if (builder.count === 0) return;
    const { payload, count } = builder;
    const { firstTimeNs, minTimeNs, maxTimeNs } = builder;
    this.#putBlock(BLOCK_KIND.DATA, payload, count, { firstTimeNs, minTimeNs, maxTimeNs });
    this.#records += count;
    builder.clear();
    if (this.#settings.fsync === 'flush') this.#guard(() => syncFile(this.#settings.files, this.#open(), this.path));
  }

  /**
   * Writes what is left and the closing block, and gives the file back; with `atomic` the file appears at its path.
   * After a failure it only gives the file back. Further calls do nothing.
   * @param summary anything the next reader should know, such as counts; at most 1 MiB of JSON
   * @throws CaptureError CAPTURE_IO, CAPTURE_LIMIT, CAPTURE_METADATA; CAPTURE_EXISTS if the path came to be meanwhile
   */
  close(summary: JsonObject = {}): void {
    if (this.#fd === undefined) return;
    if (this.#failure !== undefined) {
      this.#giveBack();
      return;
    }
    const closing = encodeJson(summary, this.path);
    this.flush();
    this.#putBlock(BLOCK_KIND.CLOSE, closing, 0, { firstTimeNs: 0n, minTimeNs: 0n, maxTimeNs: 0n });
    const { files, fsync, atomic } = this.#settings;
    if (fsync !== 'never') this.#guard(() => syncFile(files, this.#open(), this.path));
    this.#giveBack();
    if (atomic) this.#moveIntoPlace();
  }

  /** Gives the file back without a closing block; with `atomic` nothing is left behind. */
  abort(): void {
    if (this.#fd === undefined) return;
    this.#giveBack();
    if (!this.#settings.atomic) return;
    try {
      this.#settings.files.unlinkSync(this.#writtenPath);
    } catch (error) {
      throw ioError(this.#writtenPath, 'remove', error);
    }
  }

  #usable(): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#open();
  }

  #open(): number {
    if (this.#fd !== undefined) return this.#fd;
    throw new CaptureError('CAPTURE_CLOSED', `${this.path}: written after close`, { path: this.path });
  }

  #create(metadata: Buffer): void {
    const { files, mode, atomic } = this.#settings;
    const { path } = this;
    if (mode === 'create' && files.existsSync(path)) {
      throw new CaptureError('CAPTURE_EXISTS', `${path}: exists already`, { path });
    }
    this.#fd = openFile(files, this.#writtenPath, mode === 'overwrite' ? 'w+' : 'wx+');
    try {
      this.#putHeader(metadata);
    } catch (error) {
      // Nothing was recorded: leave no stump. An overwritten file is gone either way.
      this.#giveBack();
      if (mode !== 'overwrite' || atomic) files.unlinkSync(this.#writtenPath);
      throw error;
    }
  }

  #reopen(metadata: CaptureMetadata, bytes: Buffer): void {
    const { files } = this.#settings;
    const { path } = this;
    const fd = openFile(files, path, 'r+');
    this.#fd = fd;
    try {
      const walk = this.#walkToEnd(fd);
      if (walk?.metadata === undefined || walk.fileId === undefined) {
        // Torn inside the header: no record was ever in it.
        const size = regularFileSize(files, fd, path);
        this.#recovered = { offset: 0, bytesLost: size, reason: 'unfinished-block' };
        this.#cut(fd, 0);
        this.#putHeader(bytes);
        return;
      }
      for (const key of ['sourceFormat', 'venue'] as const) {
        if (walk.metadata[key] === metadata[key]) continue;
        const message = `${path}: holds ${key} ${walk.metadata[key]}, cannot append ${metadata[key]}`;
        throw new CaptureError('CAPTURE_METADATA', message, { path });
      }
      const { offset, sequence, firstRecord } = walk.expected;
      this.#fileId = walk.fileId;
      this.#position = offset;
      this.#blocks = sequence;
      this.#records = firstRecord;
      this.#recovered = walk.tornTail;
      if (walk.tornTail !== undefined && walk.tornTail.bytesLost > 0) this.#cut(fd, offset);
    } catch (error) {
      this.#giveBack();
      throw error;
    }
  }

  /** Checks the whole file; undefined if it ends inside its header. */
  #walkToEnd(fd: number): BlockWalk | undefined {
    const { files } = this.#settings;
    const { path } = this;
    const size = regularFileSize(files, fd, path);
    try {
      const walk = new BlockWalk({ files, fd, path, size, salvage: false, skipPayloads: false });
      while (walk.next() !== undefined);
      return walk;
    } catch (error) {
      if (error instanceof CaptureError && error.code === 'CAPTURE_TORN') return undefined;
      throw error;
    }
  }

  #cut(fd: number, length: number): void {
    try {
      this.#settings.files.ftruncateSync(fd, length);
    } catch (error) {
      throw ioError(this.path, `cut to ${length} bytes`, error, length);
    }
  }

  #putHeader(metadata: Buffer): void {
    const header = Buffer.concat([encodeFileHeader(metadata), metadata]);
    this.#fileId = crc32(metadata);
    this.#position = 0;
    this.#append(header);
  }

  #putBlock(
    kind: number,
    payload: Buffer,
    count: number,
    times: { readonly firstTimeNs: bigint; readonly minTimeNs: bigint; readonly maxTimeNs: bigint },
  ): void {
    const packed = this.#pack(payload);
    const codec = packed === payload ? CODEC.NONE : CODEC.BROTLI;
    const { fileId, sequence, firstRecord } = {
      fileId: this.#fileId,
      sequence: this.#blocks,
      firstRecord: this.#records,
    };
    const plainBytes = payload.length;
    this.#append(encodeBlock({ fileId, sequence, kind, codec, count, plainBytes, firstRecord, ...times }, packed));
    this.#blocks += 1;
  }

  #pack(payload: Buffer): Buffer {
    const { compression } = this.#settings;
    if (compression === 'none') return payload;
    const packed = brotliCompressSync(payload, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: compression,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: payload.length,
      },
    });
    return packed.length < payload.length ? packed : payload;
  }

  #append(bytes: Buffer): void {
    this.#guard(() => {
      const fd = this.#open();
      try {
        writeFully(this.#settings.files, fd, this.#writtenPath, bytes, this.#position);
      } catch (error) {
        this.#cutBack(fd);
        throw error;
      }
    });
    this.#position += bytes.length;
  }

  /** Readers cut a half block themselves; this only spares them the work, so its own failure does not matter. */
  #cutBack(fd: number): void {
    try {
      this.#settings.files.ftruncateSync(fd, this.#position);
    } catch {
      // The error that led here is the one to report.
    }
  }

  /** Remembers the first failure: after it the file's state is not known well enough to write on. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof CaptureError && error.code === 'CAPTURE_IO') {
        const lost = this.#builder.count;
        const { path, offset, errno } = error;
        const message = `${error.message}; ${lost} records are not in the file`;
        this.#failure = new CaptureError('CAPTURE_IO', message, { path, offset, errno, cause: error });
        throw this.#failure;
      }
      throw error;
    }
  }

  #giveBack(): void {
    const fd = this.#fd;
    if (fd === undefined) return;
    this.#fd = undefined;
    try {
      this.#settings.files.closeSync(fd);
    } catch (error) {
      // NFS and quotas report a failed write as late as here.
      if (this.#failure === undefined) throw ioError(this.#writtenPath, 'close', error);
    }
  }

  #moveIntoPlace(): void {
    const { files, mode } = this.#settings;
    const { path } = this;
    if (mode === 'create' && files.existsSync(path)) {
      const message = `${path}: came to be while ${this.#writtenPath} was written, which is kept`;
      throw new CaptureError('CAPTURE_EXISTS', message, { path });
    }
    try {
      files.renameSync(this.#writtenPath, path);
    } catch (error) {
      throw ioError(path, `rename ${this.#writtenPath} to it`, error);
    }
  }
}
