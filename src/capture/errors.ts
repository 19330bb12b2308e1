/**
 * Every code a CaptureError can carry. They are stable: scripts and tests match on them.
 *
 * | code | meaning |
 * |---|---|
 * | CAPTURE_CORRUPT | bytes of the file are not what was written (CRC, sequence, limits or record layout) |
 * | CAPTURE_TORN | the file ends inside its own header: there is nothing to read |
 * | CAPTURE_NOT_A_CAPTURE | the file does not begin with the magic of a capture |
 * | CAPTURE_VERSION | a capture of a format version that this program does not read |
 * | CAPTURE_METADATA | metadata that cannot be kept, or that differs from those of the file appended to |
 * | CAPTURE_LIMIT | a record, block or metadata object above its limit |
 * | CAPTURE_ARGUMENT | a time, channel or option out of range |
 * | CAPTURE_EXISTS | the output is there already and was not to be replaced |
 * | CAPTURE_IO | the operating system refused a read, write, sync, rename (see `errno`) |
 * | CAPTURE_CLOSED | used after `close` or `abort` |
 * | IMPORT_FORMAT | an import format of that name does not exist |
 * | IMPORT_HEADER | the input lacks the header line its format needs, or a column of it |
 * | IMPORT_LINE | a line was refused, and the caller wanted none refused |
 * | IMPORT_INPUT_CORRUPT | the gzip layer of the input is damaged |
 * | IMPORT_INPUT_TORN | the gzip layer of the input ends early |
 */
export type CaptureErrorCode =
  | 'CAPTURE_CORRUPT'
  | 'CAPTURE_TORN'
  | 'CAPTURE_NOT_A_CAPTURE'
  | 'CAPTURE_VERSION'
  | 'CAPTURE_METADATA'
  | 'CAPTURE_LIMIT'
  | 'CAPTURE_ARGUMENT'
  | 'CAPTURE_EXISTS'
  | 'CAPTURE_IO'
  | 'CAPTURE_CLOSED'
  | 'IMPORT_FORMAT'
  | 'IMPORT_HEADER'
  | 'IMPORT_LINE'
  | 'IMPORT_INPUT_CORRUPT'
  | 'IMPORT_INPUT_TORN';

/** Where and why, as far as it is known. */
export interface CaptureErrorDetail {
  readonly path?: string | undefined;
  /** Byte offset in the file. */
  readonly offset?: number | undefined;
  /** Block number (0 is the first block); undefined for the file header. */
  readonly block?: number | undefined;
  /** Error name of the operating system, such as ENOSPC. */
  readonly errno?: string | undefined;
  readonly cause?: unknown;
}

/** The one error of this room. The message names the path, the offset and the value that was wrong. */
export class CaptureError extends Error {
  readonly code: CaptureErrorCode;
  readonly path: string | undefined;
  readonly offset: number | undefined;
  readonly block: number | undefined;
  readonly errno: string | undefined;

  constructor(code: CaptureErrorCode, message: string, detail: CaptureErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'CaptureError';
    this.code = code;
    this.path = detail.path;
    this.offset = detail.offset;
    this.block = detail.block;
    this.errno = detail.errno;
  }
}

/** Wraps what node:fs threw. `doing` is a verb phrase: "write 4096 bytes at offset 32". */
export function ioError(path: string, doing: string, cause: unknown, offset?: number): CaptureError {
  const errno = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? 'UNKNOWN') : 'UNKNOWN';
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CaptureError('CAPTURE_IO', `${path}: cannot ${doing}: ${errno} (${why})`, { path, offset, errno, cause });
}
