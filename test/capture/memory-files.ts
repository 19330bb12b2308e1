// A file system in memory, with faults on demand: exhaustive tests would wear out a disk.
import type { CaptureFs } from '../../src/capture/index.js';

export function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** What is to go wrong. */
export interface Faults {
  /** Bytes the disk still takes; then a short write, then ENOSPC. */
  spaceLeft: number;
  /** Bytes a single write or read takes at most. */
  longestTransfer: number;
  /** Code thrown by the calls of that name. */
  failing: Partial<Record<keyof CaptureFs, string>>;
  /** Writes return 0 without an error. */
  writesNothing: boolean;
}

export class MemoryFiles implements CaptureFs {
  readonly contents = new Map<string, Buffer>();
  readonly faults: Faults = {
    spaceLeft: Number.POSITIVE_INFINITY,
    longestTransfer: Number.POSITIVE_INFINITY,
    failing: {},
    writesNothing: false,
  };
  /** Names of the calls made, in order, reads and stats left out. */
  readonly calls: string[] = [];
  bytesRead = 0;
  readonly #open = new Map<number, string>();
  #nextFd = 100;

  get openCount(): number {
    return this.#open.size;
  }

  file(path: string): Buffer {
    const bytes = this.contents.get(path);
    if (bytes === undefined) throw errno('ENOENT');
    return bytes;
  }

  openSync(path: string, flags: string): number {
    this.#enter('openSync');
    const there = this.contents.has(path);
    if (flags.startsWith('wx') && there) throw errno('EEXIST');
    if (flags.startsWith('r') && !there) throw errno('ENOENT');
    if (flags.startsWith('w')) this.contents.set(path, Buffer.alloc(0));
    const fd = this.#nextFd++;
    this.#open.set(fd, path);
    return fd;
  }

  closeSync(fd: number): void {
    this.#path(fd);
    this.#open.delete(fd);
    this.#enter('closeSync');
  }

  readSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number {
    this.#fail('readSync');
    const bytes = this.file(this.#path(fd));
    const count = Math.min(length, this.faults.longestTransfer, Math.max(0, bytes.length - position));
    buffer.set(bytes.subarray(position, position + count), offset);
    this.bytesRead += count;
    return count;
  }

  writeSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number {
    this.#enter('writeSync');
    if (this.faults.writesNothing) return 0;
    const count = Math.min(length, this.faults.longestTransfer, this.faults.spaceLeft);
    if (count === 0) throw errno('ENOSPC');
    this.faults.spaceLeft -= count;
    const path = this.#path(fd);
    const old = this.file(path);
    const grown = Buffer.alloc(Math.max(old.length, position + count));
    old.copy(grown);
    grown.set(buffer.subarray(offset, offset + count), position);
    this.contents.set(path, grown);
    return count;
  }

  fsyncSync(fd: number): void {
    this.#path(fd);
    this.#enter('fsyncSync');
  }

  ftruncateSync(fd: number, length: number): void {
    this.#enter('ftruncateSync');
    const path = this.#path(fd);
    this.contents.set(path, this.file(path).subarray(0, length));
  }

  fstatSync(fd: number): { readonly size: number; isFile(): boolean } {
    const { length } = this.file(this.#path(fd));
    return { size: length, isFile: () => true };
  }

  existsSync(path: string): boolean {
    return this.contents.has(path);
  }

  renameSync(from: string, to: string): void {
    this.#enter('renameSync');
    this.contents.set(to, this.file(from));
    this.contents.delete(from);
  }

  unlinkSync(path: string): void {
    this.#enter('unlinkSync');
    this.file(path);
    this.contents.delete(path);
  }

  #enter(name: keyof CaptureFs): void {
    this.calls.push(name);
    this.#fail(name);
  }

  #fail(name: keyof CaptureFs): void {
    const code = this.faults.failing[name];
    if (code !== undefined) throw errno(code);
  }

  #path(fd: number): string {
    const path = this.#open.get(fd);
    if (path === undefined) throw errno('EBADF');
    return path;
  }
}
