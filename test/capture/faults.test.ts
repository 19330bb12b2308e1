// Goal: whatever the disk does, the error names it, and the file reads up to its last whole block (CAP-15).
import { describe, expect, it } from 'vitest';
import { CaptureError, CaptureReader, CaptureWriter, type CaptureWriterOptions } from '../../src/capture/index.js';
import { MemoryFiles } from './memory-files.js';
import { errorOf, filesWith, kept, METADATA, makeSample, PATH, readBack, writeAll } from './samples.js';

const RECORDS = Array.from({ length: 30 }, (_unused, index) => kept(index));
const SMALL: CaptureWriterOptions = { blockBytes: 100, compression: 1 };

/** Writes all records; the error, if the disk fails. */
function record(files: MemoryFiles, options: CaptureWriterOptions = {}): CaptureError | undefined {
  let writer: CaptureWriter | undefined;
  try {
    writer = CaptureWriter.open(PATH, METADATA, { files, ...SMALL, ...options });
    writeAll(writer, RECORDS);
    writer.close();
    return undefined;
  } catch (error) {
    writer?.close();
    if (error instanceof CaptureError) return error;
    throw error;
  }
}

const WHOLE = new MemoryFiles();
record(WHOLE);
const SIZE = WHOLE.file(PATH).length;

describe('a disk that fills up', () => {
  it('after any number of bytes: ENOSPC, whole blocks stay, no file stays without a header', () => {
    for (let spaceLeft = 0; spaceLeft < SIZE; spaceLeft += 1) {
      const files = new MemoryFiles();
      files.faults.spaceLeft = spaceLeft;
      const error = record(files);
      expect(error, `space ${spaceLeft}`).toMatchObject({ code: 'CAPTURE_IO', errno: 'ENOSPC', path: PATH });
      expect(error?.message).toContain('ENOSPC');
      expect(files.openCount).toBe(0);
      if (!files.contents.has(PATH)) continue;
      const read = readBack({ files });
      expect(read.error).toBeUndefined();
      expect(read.records).toEqual(RECORDS.slice(0, read.records.length));
      expect(read.tornTail).toMatchObject({ reason: 'not-closed', bytesLost: 0 });
      expect(files.file(PATH).equals(WHOLE.file(PATH).subarray(0, read.tornTail?.offset))).toBe(true);
    }
  });

  it('and cannot be cut back: the half block is a torn tail', () => {
    for (let spaceLeft = 150; spaceLeft < SIZE; spaceLeft += 7) {
      const files = new MemoryFiles();
      files.faults.spaceLeft = spaceLeft;
      files.faults.failing = { ftruncateSync: 'EIO' };
      expect(record(files)).toMatchObject({ code: 'CAPTURE_IO', errno: 'ENOSPC' });
      const read = readBack({ files });
      expect(read.error).toBeUndefined();
      expect(read.records).toEqual(RECORDS.slice(0, read.records.length));
    }
  });

  it('finishes the writer: the same error again, nothing written, and how much is missing', () => {
    const files = new MemoryFiles();
    const writer = CaptureWriter.open(PATH, METADATA, { files });
    writeAll(writer, RECORDS);
    files.faults.spaceLeft = 10;
    const first = errorOf(() => writer.flush());
    expect(first.message).toContain('30 records are not in the file');
    files.faults.spaceLeft = 1e6;
    const calls = files.calls.length;
    expect(errorOf(() => writer.write(1n, Buffer.from('a')))).toBe(first);
    expect(errorOf(() => writer.flush())).toBe(first);
    expect(files.calls.length).toBe(calls);
    writer.close();
    expect(files.openCount).toBe(0);
    expect(readBack({ files })).toMatchObject({ records: [], tornTail: { reason: 'not-closed' } });
  });

  it('leaves no part of an atomic file after abort', () => {
    const files = new MemoryFiles();
    const writer = CaptureWriter.open(PATH, METADATA, { files, atomic: true });
    writeAll(writer, RECORDS);
    files.faults.spaceLeft = 10;
    expect(errorOf(() => writer.close()).errno).toBe('ENOSPC');
    writer.abort();
    expect(files.contents.size).toBe(0);
  });
});

describe('a disk that', () => {
  it('takes and gives one byte at a time changes nothing', () => {
    const files = new MemoryFiles();
    files.faults.longestTransfer = 1;
    expect(record(files)).toBeUndefined();
    expect(files.file(PATH).equals(WHOLE.file(PATH))).toBe(true);
    expect(readBack({ files }).records).toEqual(RECORDS);
  });

  it('writes nothing without an error is not asked for ever', () => {
    const files = new MemoryFiles();
    files.faults.writesNothing = true;
    expect(record(files)).toMatchObject({ code: 'CAPTURE_IO', errno: 'EIO' });
  });

  it('fails to sync stops the writer for good, and the block can be read', () => {
    const files = new MemoryFiles();
    const writer = CaptureWriter.open(PATH, METADATA, { files, fsync: 'flush' });
    writeAll(writer, RECORDS);
    files.faults.failing = { fsyncSync: 'EIO' };
    const error = errorOf(() => writer.flush());
    expect(error).toMatchObject({ code: 'CAPTURE_IO', errno: 'EIO' });
    files.faults.failing = {};
    expect(errorOf(() => writer.flush())).toBe(error);
    writer.close();
    expect(readBack({ files })).toMatchObject({ records: RECORDS, tornTail: { reason: 'not-closed' } });
  });

  it('refuses open, close, rename or cut is named', () => {
    for (const [call, code] of [
      ['openSync', 'EACCES'],
      ['closeSync', 'EDQUOT'],
      ['renameSync', 'EXDEV'],
      ['writeSync', 'EIO'],
    ] as const) {
      const files = new MemoryFiles();
      files.faults.failing = { [call]: code };
      expect(record(files, { atomic: true }), call).toMatchObject({ code: 'CAPTURE_IO', errno: code });
    }
    const { bytes } = makeSample(2);
    const torn = filesWith(bytes.subarray(0, bytes.length - 3));
    torn.faults.failing = { ftruncateSync: 'EPERM' };
    const error = errorOf(() => CaptureWriter.open(PATH, METADATA, { files: torn, mode: 'append' }));
    expect(error).toMatchObject({ code: 'CAPTURE_IO', errno: 'EPERM' });
    expect(torn.openCount).toBe(0);
  });

  it('fails to read, or loses bytes while being read, is named', () => {
    const { bytes } = makeSample(2);
    const files = filesWith(bytes);
    files.faults.failing = { readSync: 'EIO' };
    expect(readBack({ files }).error).toMatchObject({ code: 'CAPTURE_IO', errno: 'EIO', offset: 0 });
    expect(files.openCount).toBe(0);
    files.faults.failing = {};
    const reader = CaptureReader.open(PATH, { files });
    files.contents.set(PATH, bytes.subarray(0, 200));
    expect(errorOf(() => [...reader]).message).toContain('became shorter');
  });

  it('syncs when it was told to', () => {
    const counts = (['never', 'close', 'flush'] as const).map((fsync) => {
      const files = new MemoryFiles();
      record(files, { fsync });
      return files.calls.filter((call) => call === 'fsyncSync').length;
    });
    expect(counts[0]).toBe(0);
    expect(counts[1]).toBe(1);
    expect(counts[2]).toBeGreaterThan(2);
  });
});

describe('appending', () => {
  it('goes on behind a closing block, again and again', () => {
    const files = new MemoryFiles();
    for (let round = 0; round < 5; round += 1) {
      const writer = CaptureWriter.open(PATH, METADATA, { files, mode: 'append' });
      expect(writer.records).toBe(round * 2);
      writeAll(writer, [kept(round * 2), kept(round * 2 + 1)]);
      writer.close({ round });
    }
    const reader = CaptureReader.open(PATH, { files });
    expect([...reader]).toHaveLength(10);
    expect(reader.closing).toEqual({ round: 4 });
    reader.close();
  });

  it('refuses the file of another venue or format, and keeps the metadata of the file', () => {
    const { bytes } = makeSample(1);
    const append = (metadata: typeof METADATA): CaptureWriter =>
      CaptureWriter.open(PATH, metadata, { files: filesWith(bytes), mode: 'append' });
    expect(errorOf(() => append({ ...METADATA, venue: 'other' })).code).toBe('CAPTURE_METADATA');
    expect(errorOf(() => append({ ...METADATA, sourceFormat: 'other' })).code).toBe('CAPTURE_METADATA');
    expect(append({ ...METADATA, createdBy: 'later' }).records).toBe(3);
  });
});
