import * as fs from 'node:fs';
import { CaptureError, ioError } from './errors.js';

/**
 * The part of node:fs that captures are read and written through, so that tests can inject a full disk, a short
 * write or a failing sync. Every function may throw an ErrnoException.
 */
export interface CaptureFs {
  openSync(path: string, flags: string): number;
  closeSync(fd: number): void;
  readSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number;
  writeSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number;
  fsyncSync(fd: number): void;
  ftruncateSync(fd: number, length: number): void;
  fstatSync(fd: number): { readonly size: number; isFile(): boolean };
  existsSync(path: string): boolean;
  renameSync(from: string, to: string): void;
  unlinkSync(path: string): void;
}

/** The real file system. */
export const NODE_FS: CaptureFs = fs;

/**
 * Opens a file.
 * @throws CaptureError CAPTURE_IO; CAPTURE_EXISTS where an exclusive flag met a file
 */
export function openFile(files: CaptureFs, path: string, flags: string): number {
  try {
    return files.openSync(path, flags);
  } catch (error) {
    if (error instanceof Error && (error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new CaptureError('CAPTURE_EXISTS', `${path}: exists already`, { path, errno: 'EEXIST', cause: error });
    }
    throw ioError(path, 'open', error);
  }
}

/**
 * Size in bytes of an open regular file.
 * @throws CaptureError CAPTURE_IO, also for a directory, pipe or device: a capture needs positions
 */
export function regularFileSize(files: CaptureFs, fd: number, path: string): number {
  let stat: ReturnType<CaptureFs['fstatSync']>;
  try {
    stat = files.fstatSync(fd);
  } catch (error) {
    throw ioError(path, 'stat', error);
  }
  if (!stat.isFile()) {
    throw new CaptureError('CAPTURE_IO', `${path}: not a regular file`, { path, errno: 'EINVAL' });
  }
  return stat.size;
}

/**
 * Fills `target` from `position`; short reads are continued.
 * @throws CaptureError CAPTURE_IO, also when the file has become shorter than it was when it was opened
 */
export function readFully(files: CaptureFs, fd: number, path: string, target: Uint8Array, position: number): void {
  let done = 0;
  while (done < target.length) {
    let got: number;
    try {
      got = files.readSync(fd, target, done, target.length - done, position + done);
    } catch (error) {
      throw ioError(path, `read ${target.length - done} bytes at offset ${position + done}`, error, position + done);
    }
    if (got === 0) {
      const offset = position + done;
      throw new CaptureError('CAPTURE_IO', `${path}: became shorter while being read, at offset ${offset}`, {
        path,
        offset,
      });
    }
    done += got;
  }
}

/**
 * Writes all of `source` at `position`; short writes are continued, and a write of nothing is an error rather than
 * an endless loop.
 * @throws CaptureError CAPTURE_IO
 */
export function writeFully(files: CaptureFs, fd: number, path: string, source: Uint8Array, position: number): void {
  let done = 0;
  while (done < source.length) {
    const offset = position + done;
    const doing = `write ${source.length - done} bytes at offset ${offset}`;
    let put: number;
    try {
      put = files.writeSync(fd, source, done, source.length - done, offset);
    } catch (error) {
      throw ioError(path, doing, error, offset);
    }
    if (put <= 0) {
      throw new CaptureError('CAPTURE_IO', `${path}: cannot ${doing}: nothing was written`, {
        path,
        offset,
        errno: 'EIO',
      });
    }
    done += put;
  }
}

/** @throws CaptureError CAPTURE_IO: after it, nothing is known about what the disk holds (do not retry) */
export function syncFile(files: CaptureFs, fd: number, path: string): void {
  try {
    files.fsyncSync(fd);
  } catch (error) {
    throw ioError(path, 'sync', error);
  }
}
