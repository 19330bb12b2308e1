// The bytes of an input file, gzip removed where there is one.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CaptureError, ioError } from '../errors.js';

const CHUNK_BYTES = 1 << 18;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** An input being read once, from front to back, in bounded memory. */
export class ImportSource {
  readonly path: string;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Bytes of the file as it lies on the disk, so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** SHA-256 of the file as it lies on the disk, in hex. Call once, after the last chunk. */
  sha256(): string {
    return this.#hash.digest('hex');
  }

  /**
   * The content, decompressed if the file begins with the magic of gzip, whatever its name.
   * @throws CaptureError CAPTURE_IO (absent, a directory, unreadable), IMPORT_INPUT_CORRUPT, IMPORT_INPUT_TORN
   */
  async *chunks(): AsyncGenerator<Buffer> {
    const raw = this.#rawChunks();
    let head = Buffer.alloc(0);
    while (head.length < GZIP_MAGIC.length) {
      const { done, value } = await raw.next();
      if (done === true) break;
      head = Buffer.concat([head, value]);
    }
    const rest = chain(head, raw);
    if (head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC)) yield* this.#gunzip(rest);
    else yield* rest;
  }

  async *#rawChunks(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of createReadStream(this.path, { highWaterMark: CHUNK_BYTES })) {
        const bytes = chunk as Buffer;
        this.#bytes += bytes.length;
        this.#hash.update(bytes);
        yield bytes;
      }
    } catch (error) {
      throw ioError(this.path, 'read', error);
    }
  }

  async *#gunzip(packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
    const { path } = this;
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
    const source = Readable.from(packed, { objectMode: false });
    source.on('error', (error) => gunzip.destroy(error));
    source.pipe(gunzip);
    try {
      for await (const chunk of gunzip) yield chunk as Buffer;
    } catch (error) {
      throw error instanceof CaptureError ? error : gzipError(path, error);
    } finally {
      source.destroy();
    }
    // Node's gunzip ends quietly at zeros; a file whose later members a crash left as zeros would pass for whole.
    if (gunzip.bytesWritten !== this.#bytes) {
      const extra = this.#bytes - gunzip.bytesWritten;
      const message = `${path}: ${extra} bytes behind the end of the gzip data`;
      throw new CaptureError('IMPORT_INPUT_CORRUPT', message, { path, offset: gunzip.bytesWritten });
    }
  }
}

async function* chain(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

function gzipError(path: string, cause: unknown): CaptureError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const torn = cause instanceof Error && (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
  const code = torn ? 'IMPORT_INPUT_TORN' : 'IMPORT_INPUT_CORRUPT';
  return new CaptureError(code, `${path}: cannot decompress: ${why}`, { path, cause });
}
