// Goal: what is written is read back to the bit, whatever the times, sizes, channels and block borders.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CaptureReader,
  CaptureWriter,
  inspectCapture,
  MAX_CHANNEL,
  MAX_RECORD_BYTES,
  MAX_TIME_NS,
  millisecondsToNs,
  parseNs,
  secondsToNs,
  verifyCapture,
} from '../../src/capture/index.js';
import { MemoryFiles } from './memory-files.js';
import { errorOf, filesWith, kept, METADATA, makeSample, PATH, readBack, writeAll } from './samples.js';

const TIME = fc.oneof(
  fc.bigInt({ min: 0n, max: MAX_TIME_NS }),
  fc.bigInt({ min: 1_775_028_136_000_000_000n, max: 1_775_028_137_000_000_000n }),
  fc.constantFrom(0n, 1n, MAX_TIME_NS, MAX_TIME_NS - 1n, 2n ** 32n, 2n ** 51n, 2n ** 52n, 2n ** 53n, 2n ** 63n),
);
const RECORD = fc.record({
  timeNs: TIME,
  channel: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: MAX_CHANNEL })),
  text: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
});

describe('round trip', () => {
  it('keeps random records, whatever the block size and compression', () => {
    const blockBytes = fc.integer({ min: 64, max: 2000 });
    const compression = fc.constantFrom<'none' | number>('none', 0, 1, 5);
    const round = fc.property(
      fc.array(RECORD, { maxLength: 60 }),
      blockBytes,
      compression,
      (records, size, quality) => {
        const files = new MemoryFiles();
        const writer = CaptureWriter.open(PATH, METADATA, { files, blockBytes: size, compression: quality });
        writeAll(writer, records);
        writer.close();
        expect(readBack({ files })).toEqual({ records, tornTail: undefined, gaps: [], error: undefined });
        const report = verifyCapture(PATH, files);
        expect(report).toMatchObject({ state: 'good', records: records.length, closed: true });
        const times = records.map(({ timeNs }) => timeNs).sort((a, b) => (a < b ? -1 : 1));
        expect([report.minTimeNs, report.maxTimeNs]).toEqual([times[0], times.at(-1)]);
        expect(files.openCount).toBe(0);
      },
    );
    fc.assert(round, { numRuns: 300 });
  });

  it('gives the words of a time that the bigint is made of', () => {
    const files = new MemoryFiles();
    const writer = CaptureWriter.open(PATH, METADATA, { files });
    for (const timeNs of [MAX_TIME_NS, 0n, 5n, 2n ** 40n + 7n]) writer.write(timeNs, Buffer.from('a'));
    writer.close();
    const reader = CaptureReader.open(PATH, { files });
    for (const record of reader)
      expect(BigInt(record.timeHigh) * 2n ** 32n + BigInt(record.timeLow)).toBe(record.timeNs);
    reader.close();
  });

  it('keeps a record of the highest size between small ones, and refuses one byte more', () => {
    const files = new MemoryFiles();
    const big = Buffer.alloc(MAX_RECORD_BYTES, 'abc');
    const writer = CaptureWriter.open(PATH, METADATA, { files, compression: 0 });
    writer.write(1n, Buffer.from('before'));
    writer.write(2n, big, MAX_CHANNEL);
    writer.write(3n, Buffer.alloc(0));
    const refused = errorOf(() => writer.write(4n, Buffer.alloc(MAX_RECORD_BYTES + 1)));
    expect(refused.code).toBe('CAPTURE_LIMIT');
    expect(refused.message).toContain(String(MAX_RECORD_BYTES + 1));
    writer.close();
    const reader = CaptureReader.open(PATH, { files });
    expect(reader.next()?.bytes.toString()).toBe('before');
    const second = reader.next();
    expect(second?.channel).toBe(MAX_CHANNEL);
    expect(second?.bytes.equals(big)).toBe(true);
    expect(reader.next()?.bytes.length).toBe(0);
    expect(reader.next()).toBeUndefined();
    reader.close();
  });

  it('keeps a capture inside a capture, and takes none of its blocks for its own', () => {
    const inner = makeSample(3).bytes;
    const files = new MemoryFiles();
    const outer = { ...METADATA, venue: 'outer' };
    const writer = CaptureWriter.open(PATH, outer, { files, compression: 'none' });
    writer.write(1n, inner);
    writer.close();
    expect(readBack({ files }).records.map(({ text }) => text)).toEqual([inner.toString('latin1')]);
    // Even where the outer block is cut: what is inside it does not count as a later good block.
    const cut = filesWith(files.file(PATH).subarray(0, inner.length));
    expect(readBack({ files: cut })).toMatchObject({ records: [], tornTail: { reason: 'unfinished-block' } });
  });

  it('begins at a record, counted over blocks', () => {
    const { bytes, blocks } = makeSample(5);
    const all = blocks.flat();
    for (let from = 0; from <= all.length + 1; from += 1) {
      expect(readBack({ files: filesWith(bytes), from }).records).toEqual(all.slice(from));
    }
    const reader = CaptureReader.open(PATH, { files: filesWith(bytes), from: 7 });
    expect(reader.next()?.index).toBe(7);
    reader.close();
    expect(errorOf(() => CaptureReader.open(PATH, { from: -1 })).code).toBe('CAPTURE_ARGUMENT');
  });

  it('tells in info what is in the block headers, and in verify the closing summary', () => {
    const { bytes } = makeSample(4);
    const info = inspectCapture(PATH, filesWith(bytes));
    expect(info).toMatchObject({ state: 'good', blocks: 4, records: 12, closed: true, fileBytes: bytes.length });
    expect(info.metadata).toEqual(METADATA);
    expect(verifyCapture(PATH, filesWith(bytes))).toEqual({ ...info, closing: { note: 'end' } });
  });
});

describe('writer', () => {
  it('refuses what is out of range, takes nothing of it, and goes on', () => {
    const files = new MemoryFiles();
    const writer = CaptureWriter.open(PATH, METADATA, { files });
    const byte = Buffer.from('a');
    expect(errorOf(() => writer.write(-1n, byte)).code).toBe('CAPTURE_ARGUMENT');
    expect(errorOf(() => writer.write(MAX_TIME_NS + 1n, byte)).code).toBe('CAPTURE_ARGUMENT');
    for (const channel of [-1, MAX_CHANNEL + 1, 0.5, Number.NaN]) {
      expect(errorOf(() => writer.write(1n, byte, channel)).code).toBe('CAPTURE_ARGUMENT');
    }
    writer.write(1n, byte);
    expect(writer.records).toBe(1);
    writer.close();
    expect(errorOf(() => writer.write(1n, byte)).code).toBe('CAPTURE_CLOSED');
    writer.close();
    expect(readBack({ files }).records).toHaveLength(1);
  });

  it('refuses options and metadata that make no sense', () => {
    const open = (options: object, metadata: object = METADATA): string =>
      errorOf(() => CaptureWriter.open(PATH, metadata as typeof METADATA, { files: new MemoryFiles(), ...options }))
        .code;
    expect(open({ blockBytes: 63 })).toBe('CAPTURE_ARGUMENT');
    expect(open({ blockBytes: 1e9 })).toBe('CAPTURE_ARGUMENT');
    expect(open({ compression: 12 })).toBe('CAPTURE_ARGUMENT');
    expect(open({ flushAfterNs: 1n })).toBe('CAPTURE_ARGUMENT');
    expect(open({ mode: 'append', atomic: true })).toBe('CAPTURE_ARGUMENT');
    expect(open({}, { venue: 'x', createdBy: 'y' })).toBe('CAPTURE_METADATA');
    expect(open({}, { ...METADATA, licence: 7 })).toBe('CAPTURE_METADATA');
    expect(open({}, { ...METADATA, fields: { big: 'x'.repeat(1 << 20) } })).toBe('CAPTURE_LIMIT');
  });

  it('writes a block when its oldest record has waited long enough', () => {
    const files = new MemoryFiles();
    let nowNs = 0n;
    const writer = CaptureWriter.open(PATH, METADATA, { files, flushAfterNs: 100n, clock: () => nowNs });
    expect(writer.flushIfDue()).toBe(false);
    writer.write(1n, Buffer.from('a'));
    nowNs = 99n;
    writer.write(2n, Buffer.from('b'));
    expect([writer.recordsWritten, writer.flushIfDue()]).toEqual([0, false]);
    nowNs = 100n;
    writer.write(3n, Buffer.from('c'));
    expect(writer.recordsWritten).toBe(3);
    writer.write(4n, Buffer.from('d'));
    nowNs = 250n;
    expect([writer.flushIfDue(), writer.recordsWritten, writer.records]).toEqual([true, 4, 4]);
    writer.close();
    expect(readBack({ files }).records).toHaveLength(4);
  });

  it('never replaces a file unless told to, and shows an atomic one only when it is whole', () => {
    const files = filesWith(Buffer.from('precious'));
    expect(errorOf(() => CaptureWriter.open(PATH, METADATA, { files })).code).toBe('CAPTURE_EXISTS');
    expect(errorOf(() => CaptureWriter.open(PATH, METADATA, { files, atomic: true })).code).toBe('CAPTURE_EXISTS');
    const writer = CaptureWriter.open(PATH, METADATA, { files, atomic: true, mode: 'overwrite' });
    writeAll(writer, [kept(0)]);
    expect(files.file(PATH).toString()).toBe('precious');
    writer.close();
    expect(readBack({ files }).records).toEqual([kept(0)]);
    expect([...files.contents.keys()]).toEqual([PATH]);
    const aborted = CaptureWriter.open('other', METADATA, { files, atomic: true });
    writeAll(aborted, [kept(0)]);
    aborted.abort();
    expect([...files.contents.keys()]).toEqual([PATH]);
  });

  it('keeps an atomic file apart if its path came to be meanwhile', () => {
    const files = new MemoryFiles();
    const writer = CaptureWriter.open(PATH, METADATA, { files, atomic: true });
    files.contents.set(PATH, Buffer.from('new'));
    expect(errorOf(() => writer.close()).code).toBe('CAPTURE_EXISTS');
    expect(files.file(PATH).toString()).toBe('new');
    expect(files.contents.has(`${PATH}.partial`)).toBe(true);
  });
});

describe('times', () => {
  it('turns decimal text into nanoseconds exactly, or refuses', () => {
    expect(secondsToNs('1775028136.217')).toBe(1_775_028_136_217_000_000n);
    expect(secondsToNs('1775028136')).toBe(1_775_028_136_000_000_000n);
    expect(secondsToNs('0.000000001')).toBe(1n);
    expect(secondsToNs('1.1234567890')).toBe(1_123_456_789n);
    expect(secondsToNs('18446744073.709551615')).toBe(MAX_TIME_NS);
    expect(millisecondsToNs('1786728432337')).toBe(1_786_728_432_337_000_000n);
    expect(parseNs('1723161255030314667')).toBe(1_723_161_255_030_314_667n);
    expect(parseNs('18446744073709551615')).toBe(MAX_TIME_NS);
    const bad = ['', '.5', '1.', '-1', '+1', '1e9', ' 1', '1 ', '0x10', '1.0000000001', '18446744073.709551616', '१'];
    for (const text of bad) expect(secondsToNs(text), text).toBeUndefined();
    expect(parseNs('18446744073709551616')).toBeUndefined();
  });
});
