// Goal: a file cut at any byte gives all whole blocks and says what is lost; one flipped bit anywhere is found and
// placed; damage in the middle is never taken for a torn tail (CAP-10 to CAP-14).
import { brotliCompressSync, crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  BLOCK_FOOTER_BYTES,
  BLOCK_HEADER_BYTES,
  encodeBlock,
  encodeFileHeader,
  FILE_HEADER_BYTES,
} from '../../src/capture/format.js';
import { CaptureReader, CaptureWriter, inspectCapture, verifyCapture } from '../../src/capture/index.js';
import { MemoryFiles } from './memory-files.js';
import { errorOf, filesWith, kept, METADATA, makeSample, PATH, readBack, type Sample, writeAll } from './samples.js';

const SAMPLE = makeSample(6);

/** Number of the block an offset lies in, or -1 for the file header and metadata. */
function blockAt({ borders }: Sample, offset: number): number {
  return borders.filter((border) => border <= offset).length - 1;
}

function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe('a file cut at any byte', () => {
  it('gives every whole block and reports the tear', () => {
    const { bytes, blocks, borders } = SAMPLE;
    expect(bytes.length).toBeGreaterThan(700);
    const { plainBytes, storedBytes } = inspectCapture(PATH, filesWith(bytes));
    expect(storedBytes).toBeLessThan(plainBytes);
    for (let size = 0; size < bytes.length; size += 1) {
      const read = readBack({ files: filesWith(bytes.subarray(0, size)) });
      const whole = blockAt(SAMPLE, size);
      if (whole < 0) {
        expect(read.error, `size ${size}`).toMatchObject({ code: 'CAPTURE_TORN' });
        continue;
      }
      const offset = borders[whole] ?? -1;
      const reason = size === offset ? 'not-closed' : 'unfinished-block';
      expect(read, `size ${size}`).toEqual({
        records: blocks.slice(0, whole).flat(),
        tornTail: { offset, bytesLost: size - offset, reason },
        gaps: [],
        error: undefined,
      });
    }
  });

  it('can be appended to: the tear is cut off, and nothing else', () => {
    const { bytes, blocks, borders } = SAMPLE;
    const added = [kept(100), kept(101)];
    for (let size = 0; size <= bytes.length; size += 1) {
      const files = filesWith(bytes.subarray(0, size));
      const writer = CaptureWriter.open(PATH, METADATA, { files, mode: 'append' });
      const whole = blockAt(SAMPLE, size);
      const lost = whole < 0 ? size : size - (borders[whole] ?? 0);
      if (size === bytes.length) expect(writer.recovered).toBeUndefined();
      else expect(writer.recovered, `size ${size}`).toMatchObject({ bytesLost: lost });
      writeAll(writer, added);
      writer.close();
      const expected = [...blocks.slice(0, Math.max(whole, 0)).flat(), ...added];
      expect(readBack({ files }), `size ${size}`).toMatchObject({ records: expected, tornTail: undefined });
      expect(verifyCapture(PATH, files)).toMatchObject({ state: 'good', records: expected.length });
    }
  });

  it('counts room that was never filled as torn, wherever the zeros begin', () => {
    const { bytes, blocks, borders } = SAMPLE;
    const last = borders.length - 2;
    for (let from = borders[last] ?? 0; from < bytes.length - 8; from += 1) {
      const zeroed = Buffer.concat([bytes.subarray(0, from), Buffer.alloc(bytes.length - from)]);
      const read = readBack({ files: filesWith(zeroed) });
      expect(read, `from ${from}`).toMatchObject({ records: blocks.flat(), tornTail: { offset: borders[last] } });
    }
    const grown = Buffer.concat([bytes, Buffer.alloc(5000)]);
    expect(readBack({ files: filesWith(grown) }).tornTail).toMatchObject({ offset: bytes.length, bytesLost: 5000 });
  });
});

describe('one flipped bit', () => {
  it('is found wherever it is, and placed in its block', () => {
    const { bytes, blocks, borders } = SAMPLE;
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const read = readBack({ files: filesWith(flipped(bytes, bit)) });
      const block = blockAt(SAMPLE, bit >> 3);
      const inMetadata = bit >> 3 >= FILE_HEADER_BYTES;
      const offset = block < 0 ? (inMetadata ? FILE_HEADER_BYTES : 0) : borders[block];
      const where = `bit ${bit}`;
      expect(read.error, where).toMatchObject({ code: 'CAPTURE_CORRUPT', offset, path: PATH });
      expect(read.error?.block, where).toBe(block < 0 ? undefined : block);
      expect(read.error?.message, where).toContain(`offset ${offset}`);
      expect(read.records, where).toEqual(block < 0 ? [] : blocks.slice(0, block).flat());
    }
  });

  it('costs a salvaging reader its block and no other', () => {
    const { bytes, blocks, borders } = SAMPLE;
    for (let bit = 0; bit < bytes.length * 8; bit += 5) {
      const read = readBack({ files: filesWith(flipped(bytes, bit)), salvage: true });
      const block = blockAt(SAMPLE, bit >> 3);
      const where = `bit ${bit}`;
      expect(read.error, where).toBeUndefined();
      expect(read.records, where).toEqual(blocks.filter((_records, at) => at !== block).flat());
      expect(read.gaps, where).toHaveLength(1);
      const [gap] = read.gaps;
      if (block < 0) {
        expect(gap, where).toMatchObject({ offset: 0, bytes: borders[0], block: undefined, records: 0 });
      } else {
        const bytesLost = (borders[block + 1] ?? 0) - (borders[block] ?? 0);
        const known = block < blocks.length ? { blocks: 1, records: 3 } : { blocks: undefined, records: undefined };
        expect(gap, where).toMatchObject({ offset: borders[block], bytes: bytesLost, block, ...known });
      }
    }
  });

  it('keeps a writer from appending behind it', () => {
    const { bytes, borders } = SAMPLE;
    for (const border of borders.slice(0, -1)) {
      const files = filesWith(flipped(bytes, (border + 80) * 8));
      const error = errorOf(() => CaptureWriter.open(PATH, METADATA, { files, mode: 'append' }));
      expect(error).toMatchObject({ code: 'CAPTURE_CORRUPT', offset: border });
      expect(files.file(PATH).length).toBe(bytes.length);
      expect(files.openCount).toBe(0);
    }
  });
});

describe('other damage', () => {
  const { bytes, blocks, borders } = SAMPLE;
  const part = (from: number, to: number): Buffer => bytes.subarray(borders[from], borders[to]);
  const head = bytes.subarray(0, borders[0]);

  it('a block missing in the middle is a gap that says how much', () => {
    const files = filesWith(Buffer.concat([head, part(0, 2), part(4, 7)]));
    expect(readBack({ files }).error).toMatchObject({ code: 'CAPTURE_CORRUPT', block: 2, offset: borders[2] });
    const read = readBack({ files, salvage: true });
    expect(read.records).toEqual([...blocks.slice(0, 2), ...blocks.slice(4)].flat());
    expect(read.gaps).toMatchObject([{ offset: borders[2], block: 2, blocks: 2, records: 6 }]);
    expect(verifyCapture(PATH, files)).toMatchObject({ state: 'corrupt', records: 12 });
  });

  it('bytes put in between are a gap without loss', () => {
    const files = filesWith(Buffer.concat([head, part(0, 2), Buffer.from('GBB1 noise'), part(2, 7)]));
    const read = readBack({ files, salvage: true });
    expect(read.records).toEqual(blocks.flat());
    expect(read.gaps).toMatchObject([{ offset: borders[2], bytes: 10, blocks: 0, records: 0 }]);
  });

  it('a block twice, or blocks in another order, are not read twice or out of order', () => {
    const twice = readBack({ files: filesWith(Buffer.concat([head, part(0, 2), part(1, 7)])), salvage: true });
    expect(twice.records).toEqual(blocks.flat());
    const swapped = filesWith(Buffer.concat([head, part(0, 1), part(2, 3), part(1, 2), part(3, 7)]));
    expect(readBack({ files: swapped }).error).toMatchObject({ code: 'CAPTURE_CORRUPT', block: 1 });
    const read = readBack({ files: swapped, salvage: true });
    expect(read.records).toEqual(blocks.filter((_records, at) => at !== 1).flat());
  });

  it('a tear with good blocks behind it is corrupt, not torn', () => {
    const cut = bytes.subarray(0, (borders[3] ?? 0) - 20);
    const files = filesWith(Buffer.concat([cut, part(3, 7)]));
    expect(readBack({ files }).error).toMatchObject({ code: 'CAPTURE_CORRUPT', block: 2 });
    expect(readBack({ files, salvage: true }).gaps).toHaveLength(1);
  });

  it('a tear that calls for more than the file has, with a good block behind it, is corrupt too', () => {
    const files = new MemoryFiles();
    const writer = CaptureWriter.open(PATH, METADATA, { files, compression: 'none' });
    writer.write(5n, Buffer.alloc(3000, 'abc'));
    const start = FILE_HEADER_BYTES + Buffer.byteLength(JSON.stringify(METADATA));
    writer.flush();
    const middle = writer.fileBytes;
    writeAll(writer, [kept(1)]);
    writer.close();
    const whole = files.file(PATH);
    const patched = Buffer.concat([whole.subarray(0, start + 500), whole.subarray(middle)]);
    expect(readBack({ files: filesWith(patched) }).error).toMatchObject({ code: 'CAPTURE_CORRUPT', block: 0 });
    expect(readBack({ files: filesWith(patched), salvage: true }).records).toEqual([kept(1)]);
    const padded = Buffer.concat([whole.subarray(0, start), Buffer.alloc(99), whole.subarray(middle), Buffer.alloc(9)]);
    expect(readBack({ files: filesWith(padded) }).error).toMatchObject({ code: 'CAPTURE_CORRUPT', block: 0 });
    expect(readBack({ files: filesWith(padded), salvage: true })).toMatchObject({
      records: [kept(1)],
      gaps: [{ block: 0, records: 1 }],
      tornTail: { bytesLost: 9 },
    });
  });

  it('the closing block twice is not taken twice', () => {
    const read = readBack({ files: filesWith(Buffer.concat([bytes, part(6, 7)])), salvage: true });
    expect(read.gaps).toMatchObject([{ offset: bytes.length, block: 7, blocks: undefined }]);
  });

  it('a later block is found at any distance', () => {
    const scan = 1 << 20;
    for (const distance of [1, 100, scan - 9, scan - 8, scan - 7, scan - 4, scan - 1, scan, scan + 1, 2 * scan - 3]) {
      const junk = Buffer.alloc(distance, 'junk');
      const read = readBack({ files: filesWith(Buffer.concat([head, part(0, 2), junk, part(3, 7)])), salvage: true });
      expect(read.records, `${distance}`).toEqual(blocks.filter((_records, at) => at !== 2).flat());
      expect(read.gaps).toMatchObject([{ offset: borders[2], bytes: distance, blocks: 1, records: 3 }]);
    }
  });

  it('junk behind the end is corrupt', () => {
    const files = filesWith(Buffer.concat([bytes, Buffer.from('junk')]));
    expect(readBack({ files }).error).toMatchObject({ code: 'CAPTURE_CORRUPT', offset: bytes.length });
    expect(verifyCapture(PATH, files)).toMatchObject({ state: 'corrupt', records: 18, closed: false });
  });

  it('the same error comes again at each further call', () => {
    const reader = CaptureReader.open(PATH, { files: filesWith(flipped(bytes, ((borders[1] ?? 0) + 90) * 8)) });
    const first = errorOf(() => [...reader]);
    expect(errorOf(() => reader.next())).toBe(first);
    reader.close();
    expect(errorOf(() => reader.next()).code).toBe('CAPTURE_CORRUPT');
  });

  it('info does not see into payloads, verify does', () => {
    const files = filesWith(flipped(bytes, ((borders[1] ?? 0) + BLOCK_HEADER_BYTES + 3) * 8));
    expect(inspectCapture(PATH, files).state).toBe('good');
    expect(verifyCapture(PATH, files)).toMatchObject({ state: 'corrupt', records: 15, gaps: [{ block: 1 }] });
  });
});

describe('foreign and hostile files', () => {
  const metadata = Buffer.from(JSON.stringify(METADATA));
  const fileId = crc32(metadata);
  const head = Buffer.concat([encodeFileHeader(metadata), metadata]);
  const times = { firstTimeNs: 5n, minTimeNs: 5n, maxTimeNs: 5n };
  const data = { fileId, sequence: 0, kind: 1, codec: 0, count: 1, firstRecord: 0, ...times };
  const reasonOf = (...parts: readonly Buffer[]): string => {
    const files = filesWith(Buffer.concat([head, ...parts]));
    const { error } = readBack({ files });
    expect(error).toMatchObject({ code: 'CAPTURE_CORRUPT', block: 0, offset: head.length });
    expect(verifyCapture(PATH, files).state).toBe('corrupt');
    return error?.message ?? '';
  };

  it('are told apart from captures and later versions', () => {
    for (const text of ['x', 'PK\x03\x04', '{"a":1}'.repeat(20), '\x1f\x8b'.padEnd(50)]) {
      expect(readBack({ files: filesWith(Buffer.from(text, 'latin1')) }).error?.code).toBe('CAPTURE_NOT_A_CAPTURE');
    }
    const later = Buffer.from(SAMPLE.bytes);
    later.writeUInt16LE(2, 8);
    later.writeUInt32LE(crc32(later.subarray(0, 28)), 28);
    expect(readBack({ files: filesWith(later) }).error).toMatchObject({ code: 'CAPTURE_VERSION', offset: 8 });
  });

  it('cannot make a payload unpack to more than it says', () => {
    const bomb = brotliCompressSync(Buffer.alloc(5 << 20));
    expect(reasonOf(encodeBlock({ ...data, codec: 1, plainBytes: 1000 }, bomb))).toContain('does not decompress');
    const short = brotliCompressSync(Buffer.alloc(10));
    expect(reasonOf(encodeBlock({ ...data, codec: 1, plainBytes: 1000 }, short))).toContain('10 bytes, not 1000');
    const noise = Buffer.from('no brotli at all');
    expect(reasonOf(encodeBlock({ ...data, codec: 1, plainBytes: 1000 }, noise))).toContain('does not decompress');
  });

  it('cannot break the limits of a header whose CRC is right', () => {
    const payload = Buffer.from([0, 0, 1, 65]);
    const bad = (change: object): string => reasonOf(encodeBlock({ ...data, plainBytes: 4, ...change }, payload));
    expect(bad({ plainBytes: 0xffff_ffff, codec: 1 })).toContain('at most');
    expect(bad({ plainBytes: 3 })).toContain('plain');
    expect(bad({ kind: 3 })).toContain('unknown block kind 3');
    expect(bad({ codec: 2 })).toContain('unknown codec 2');
    expect(bad({ count: 0 })).toContain('0 records');
    expect(bad({ count: 2 })).toContain('2 records');
    expect(bad({ minTimeNs: 6n })).toContain('times');
    expect(bad({ firstRecord: 9 })).toContain('first record 9');
    expect(bad({ sequence: 1 })).toContain('block number 1');
    expect(bad({ fileId: fileId ^ 1 })).toContain('another file');
  });

  it('cannot break the layout of records in a block whose CRCs are right', () => {
    const bad = (payload: readonly number[], count = 1): string =>
      reasonOf(encodeBlock({ ...data, count, plainBytes: payload.length }, Buffer.from(payload)));
    expect(bad([0, 0, 2, 65])).toContain('length of record 0');
    expect(bad([0, 0, 0, 65])).toContain('after the last record');
    expect(bad([0, 0, 1, 65, 0, 0], 2)).toContain('length of record 1');
    const half = encodeBlock({ ...data, count: 2, plainBytes: 7 }, Buffer.from([0, 0, 1, 65, 0, 0, 9]));
    expect(verifyCapture(PATH, filesWith(Buffer.concat([head, half])))).toMatchObject({ records: 1, blocks: 1 });
    expect(bad([0x80, 0x80, 0x04, 0, 0])).toContain('channel 65536');
    expect(bad([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])).toContain('channel');
    // A time of -1 ns: 5 - 6, zigzag 11.
    expect(bad([0, 11, 0])).toContain('time of record 0');
    expect(bad([0, ...Array<number>(11).fill(0xff), 0])).toContain('time of record 0');
    expect(bad([0, ...Array<number>(9).fill(0xff), 0x7f, 0])).toContain('time of record 0');
    expect(bad([0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])).toContain('length of record 0');
  });

  it('cannot make the search for later blocks read everything over and over', () => {
    // Each header calls for a payload that reaches to a footer of its own; every payload is wrong.
    const count = 800;
    const filler = 1 << 18;
    const headers: Buffer[] = [];
    const footers: Buffer[] = [];
    for (let index = 0; index < count; index += 1) {
      const total = (count - index) * BLOCK_HEADER_BYTES + filler + (index + 1) * BLOCK_FOOTER_BYTES;
      const plainBytes = total - BLOCK_HEADER_BYTES - BLOCK_FOOTER_BYTES;
      const block = encodeBlock({ ...data, sequence: 5, plainBytes }, Buffer.alloc(plainBytes));
      headers.push(block.subarray(0, BLOCK_HEADER_BYTES));
      footers.push(block.subarray(-BLOCK_FOOTER_BYTES));
    }
    const files = filesWith(Buffer.concat([head, ...headers, Buffer.alloc(filler, 1), ...footers]));
    expect(readBack({ files }).error?.code).toBe('CAPTURE_CORRUPT');
    expect(files.bytesRead).toBeLessThan(120e6);
  });

  it('verify holds the times of a block header against its records', () => {
    const lie = encodeBlock({ ...data, maxTimeNs: 7n, plainBytes: 4 }, Buffer.from([0, 0, 1, 65]));
    const close = encodeBlock(
      { ...data, ...{ sequence: 1, kind: 2, count: 0, firstRecord: 1, plainBytes: 2 } },
      Buffer.from('{}'),
    );
    const report = verifyCapture(PATH, filesWith(Buffer.concat([head, lie, close])));
    expect(report).toMatchObject({ state: 'corrupt', records: 1 });
    expect(report.gaps[0]?.reason).toContain('5..5 ns');
  });

  it('a closing block or metadata that is no JSON object is refused', () => {
    const close = encodeBlock({ ...data, kind: 2, count: 0, plainBytes: 2 }, Buffer.from('[]'));
    expect(reasonOf(close)).toContain('not a JSON object');
    for (const text of ['[]', '{', '{"venue":"x"}', '{"sourceFormat":"a","venue":"b","createdBy":"c","fields":[]}']) {
      const bytes = Buffer.from(text);
      const files = filesWith(Buffer.concat([encodeFileHeader(bytes), bytes]));
      expect(readBack({ files }).error?.code, text).toBe('CAPTURE_METADATA');
    }
  });
});
