// Goal: every line becomes exactly its record or a counted refusal; inputs that cannot be read leave nothing behind.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { LineSplitter } from '../../src/capture/import/lines.js';
import {
  CaptureError,
  CaptureReader,
  type ImportOptions,
  type ImportSummary,
  importCapture,
  type LineRefusal,
  verifyCapture,
} from '../../src/capture/index.js';
import { readBack } from './samples.js';

const folder = mkdtempSync(join(tmpdir(), 'gatebook-import-'));
afterAll(() => rmSync(folder, { recursive: true }));
let serial = 0;

interface Imported {
  readonly summary: ImportSummary;
  readonly refusals: readonly LineRefusal[];
  /** `time text` of each record. */
  readonly records: readonly string[];
  readonly metadata: CaptureReader['metadata'];
  readonly closing: unknown;
}

async function imported(
  format: string,
  content: string | Buffer,
  options: Partial<ImportOptions> = {},
): Promise<Imported> {
  serial += 1;
  const input = join(folder, `${serial}.in`);
  const output = join(folder, `${serial}.capture`);
  writeFileSync(input, content);
  const refusals: LineRefusal[] = [];
  const onRefusal = (refusal: LineRefusal): number => refusals.push(refusal);
  const summary = await importCapture({ format, input, output, onRefusal, ...options });
  const records = readBack({}, output).records.map(({ timeNs, text }) => `${timeNs} ${text}`);
  const reader = CaptureReader.open(output);
  for (const _record of reader);
  reader.close();
  const { metadata, closing } = reader;
  expect(verifyCapture(output).state).toBe('good');
  const refused = Object.values(summary.refused).reduce((sum, count) => sum + count, 0);
  expect(summary.lines).toBe(summary.records + refused);
  expect(refused).toBe(refusals.length);
  expect(summary.inputSha256).toBe(createHash('sha256').update(content).digest('hex'));
  return { summary, refusals, records, metadata, closing };
}

async function failure(action: Promise<unknown>): Promise<CaptureError> {
  const error = await action.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error instanceof CaptureError) return error;
  throw error ?? new Error('nothing was thrown');
}

const codes = ({ refusals }: Imported): readonly string[] => refusals.map(({ line, code }) => `${line} ${code}`);

describe('raw-lines', () => {
  it('keeps lines with times, and refuses those without', async () => {
    const big = '18446744073709551616';
    const run = await imported('raw-lines', `5 {"a":1}\n0  two blanks\nnone\n7 \n${big} x\n\n9 PONG`);
    expect(run.records).toEqual(['5 {"a":1}', '0  two blanks', '7 ', '9 PONG']);
    expect(codes(run)).toEqual(['3 TIME_MISSING', '5 BAD_TIME', '6 LINE_EMPTY']);
    expect(run.metadata).toMatchObject({ sourceFormat: 'raw-lines', timeSource: 'line', lineEnding: '\n' });
    expect(run.closing).toMatchObject({ finalNewline: false, lines: 7, records: 4 });
  });

  it('gives lines without times their ordinal, refused lines counted', async () => {
    const run = await imported('raw-lines', 'PING\n\n{"b":2}\n12 x\nend\n');
    expect(run.records).toEqual(['0 PING', '2 {"b":2}', '4 end']);
    expect(codes(run)).toEqual(['2 LINE_EMPTY', '4 TIME_UNEXPECTED']);
    expect(run.metadata.timeSource).toBe('line-ordinal');
  });

  it('keeps bytes that are no text', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x0d, 0x41, 0xc3]);
    const run = await imported('raw-lines', Buffer.concat([bytes, Buffer.from('\n'), bytes]));
    expect(run.records).toEqual([`0 ${bytes.toString('latin1')}`, `1 ${bytes.toString('latin1')}`]);
  });

  it('takes the line ending from the first line and refuses another', async () => {
    const crlf = await imported('raw-lines', 'a\r\nb\nc\r\nd');
    expect(crlf.records).toEqual(['0 a', '2 c', '3 d']);
    expect(codes(crlf)).toEqual(['2 LINE_ENDING']);
    expect(crlf.metadata.lineEnding).toBe('\r\n');
    const lf = await imported('raw-lines', 'a\nb\r\nc\n');
    expect(codes(lf)).toEqual(['2 LINE_ENDING']);
    expect((await imported('raw-lines', 'alone')).metadata.lineEnding).toBeUndefined();
  });

  it('makes an empty capture of an empty file', async () => {
    const run = await imported('raw-lines', '');
    expect(run.summary).toMatchObject({ lines: 0, records: 0, refused: {}, inputBytes: 0 });
    expect((await imported('raw-lines', '\n\n')).summary).toMatchObject({ refused: { LINE_EMPTY: 2 } });
  });

  it('refuses lines above the limit without keeping them, and takes those at it', async () => {
    const lines = ['x'.repeat(100), 'y'.repeat(101), 'z'.repeat(300_000), 'w'.repeat(99)];
    for (const ending of ['\n', '\r\n']) {
      const run = await imported('raw-lines', lines.join(ending), { maxLineBytes: 100 });
      expect(codes(run)).toEqual(['2 LINE_TOO_LONG', '3 LINE_TOO_LONG']);
      expect(run.refusals[1]?.reason).toContain('300000 bytes');
      expect(run.records).toEqual([`0 ${lines[0]}`, `3 ${lines[3]}`]);
    }
  });

  it('strips a byte order mark and notes it', async () => {
    const run = await imported('raw-lines', '\ufeff5 a\n6 b\n');
    expect(run.records).toEqual(['5 a', '6 b']);
    expect(run.metadata.fields).toEqual({ byteOrderMark: 'utf-8' });
  });
});

describe('binance-raw', () => {
  it('needs a time and a JSON object', async () => {
    const good = '1723161255088169167 {"stream":"btcusdt@bookTicker","data":{"u":1}}';
    const lines = [good, '5 [1]', '6 {"a":', '{"a":1}', 'x {}', '7 {"a":NaN}', '8 {}'];
    const run = await imported('binance-raw', `${lines.join('\n')}\n`);
    expect(run.records).toEqual([good, '8 {}']);
    expect(codes(run)).toEqual(['2 BAD_JSON', '3 BAD_JSON', '4 TIME_MISSING', '5 TIME_MISSING', '6 BAD_JSON']);
    const notUtf8 = await imported('binance-raw', Buffer.from('9 {"a":"\xff"}', 'latin1'));
    expect(codes(notUtf8)).toEqual(['1 BAD_UTF8']);
  });
});

describe('frames-jsonl', () => {
  const line = (frame: unknown): string => JSON.stringify({ name: 'n', frame });

  it('undoes the escapes of the frame and takes its timestamp', async () => {
    const frame = '{"timestamp":"1786728432337","text":"é \\" \\u0041 😀"}';
    const lines = [
      line(frame),
      line('{"a":1}'),
      line('{"timestamp":"1.5.2"}'),
      line('{"timestamp":1786728432337}'),
      line({ timestamp: '1' }),
      line('no json'),
      '{"name":"n"}',
      '"frame"',
      '{"frame":"\\ud800"}',
      'oops',
    ];
    const run = await imported('frames-jsonl', lines.join('\n'));
    expect(run.records).toEqual([`1786728432337000000 ${Buffer.from(frame).toString('latin1')}`]);
    expect(codes(run)).toEqual([
      '2 TIME_MISSING',
      '3 BAD_TIME',
      '4 BAD_TIME',
      '5 FRAME_MISSING',
      '6 BAD_JSON',
      '7 FRAME_MISSING',
      '8 BAD_JSON',
      '9 BAD_UTF8',
      '10 BAD_JSON',
    ]);
    expect(run.metadata).toMatchObject({ venue: 'polymarket', timeSource: 'frame-timestamp' });
  });

  it('takes ordinals instead where it is told to', async () => {
    const lines = [line('PONG'), 'bad', line('{"timestamp":"5"}')].join('\n');
    const run = await imported('frames-jsonl', lines, { timeSource: 'line-ordinal' });
    expect(run.records).toEqual(['0 PONG', '2 {"timestamp":"5"}']);
    expect((await failure(imported('frames-jsonl', lines, { timeSource: 'x' }))).code).toBe('CAPTURE_ARGUMENT');
  });
});

describe('polymarket-tob-csv', () => {
  const columns =
    'recorded_at_ts,market_slug,question,up_token_id,down_token_id,market_end_ts,up_book_ts,down_book_ts,' +
    'up_bid,up_bid_size,up_ask,up_ask_size,down_bid,down_bid_size,down_ask,down_ask_size';
  const row = (time: string, question = '"Up, or ""Down"""'): string =>
    `${time},slug,${question},1,2,1775028600,1775028136240,1775028136240,0.02,1,0.03,1,0.97,1,0.98,1`;

  it('keeps rows byte for byte, the header as metadata', async () => {
    const rows = [row('1775028136.217'), row('1775028136'), row('"1775028135.5"', 'plain')];
    for (const ending of ['\n', '\r\n']) {
      const run = await imported('polymarket-tob-csv', [columns, ...rows, ''].join(ending));
      expect(run.records).toEqual([
        `1775028136217000000 ${rows[0]}`,
        `1775028136000000000 ${rows[1]}`,
        `1775028135500000000 ${rows[2]}`,
      ]);
      expect(run.metadata).toMatchObject({ headerLine: columns, lineEnding: ending, timeSource: 'recorded_at_ts' });
      expect(run.summary.lines).toBe(3);
    }
  });

  it('refuses rows that are no rows, by line number', async () => {
    const rows = [
      row('1.5', '"open'),
      row('1.5', 'a"b'),
      row('1.5', '"a"b'),
      row('1.5', 'a,b'),
      row('1e9'),
      row(''),
      'x',
      '',
      row('1.1234567891'),
      row('1.5', '\r'),
      row('2.5'),
    ];
    const run = await imported('polymarket-tob-csv', [columns, ...rows].join('\n'));
    expect(codes(run)).toEqual([
      '2 CSV_QUOTE',
      '3 CSV_QUOTE',
      '4 CSV_QUOTE',
      '5 CSV_COLUMNS',
      '6 BAD_TIME',
      '7 TIME_MISSING',
      '8 CSV_COLUMNS',
      '9 LINE_EMPTY',
      '10 BAD_TIME',
    ]);
    expect(run.records).toHaveLength(2);
    expect(run.summary.refused).toMatchObject({ CSV_QUOTE: 3, CSV_COLUMNS: 2, BAD_TIME: 2 });
    const latin = await imported('polymarket-tob-csv', Buffer.from(`${columns}\n${row('1', '\xe9')}`, 'latin1'));
    expect(codes(latin)).toEqual(['2 BAD_UTF8']);
  });

  it('refuses both halves of a quoted line break', async () => {
    const run = await imported('polymarket-tob-csv', `${columns}\n${row('1', '"two\nlines"')}\n${row('2')}\n`);
    expect(codes(run)).toEqual(['2 CSV_QUOTE', '3 CSV_QUOTE']);
    expect(run.records).toHaveLength(1);
  });

  it('takes a byte order mark off the header', async () => {
    const run = await imported('polymarket-tob-csv', `\ufeff${columns}\n${row('1')}\n`);
    expect(run.metadata).toMatchObject({ headerLine: columns, fields: { byteOrderMark: 'utf-8' } });
  });

  it('needs its header', async () => {
    const run = (content: string): Promise<CaptureError> => failure(imported('polymarket-tob-csv', content));
    expect((await run('')).code).toBe('IMPORT_HEADER');
    expect((await run('\n')).code).toBe('IMPORT_HEADER');
    expect((await run(`${row('1')}\n`)).code).toBe('IMPORT_HEADER');
    expect((await run(columns.replace('up_ask,', ''))).message).toContain('lacks up_ask');
    expect((await run(`${columns},up_ask`)).message).toContain('"up_ask" twice');
    expect((await run(`"${columns}`)).code).toBe('IMPORT_HEADER');
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
  });
});

describe('any input', () => {
  it('may be gzip, of several members, whatever its name', async () => {
    const twice = Buffer.concat([gzipSync('5 a\n6 '), gzipSync('b\n')]);
    expect((await imported('raw-lines', twice)).records).toEqual(['5 a', '6 b']);
    expect((await imported('raw-lines', gzipSync(''))).records).toEqual([]);
    expect((await imported('raw-lines', Buffer.from([0x1f]))).records).toEqual(['0 \x1f']);
  });

  it('that is damaged gzip leaves nothing', async () => {
    const text = Array.from({ length: 20_000 }, (_unused, index) => `${index} ${Math.sin(index)}`).join('\n');
    const packed = gzipSync(text);
    const run = (bytes: Buffer): Promise<CaptureError> => failure(imported('raw-lines', bytes));
    expect((await run(packed.subarray(0, -1))).code).toBe('IMPORT_INPUT_TORN');
    expect((await run(packed.subarray(0, packed.length / 2))).code).toBe('IMPORT_INPUT_TORN');
    expect((await run(Buffer.concat([packed, Buffer.from('junk')]))).code).toBe('IMPORT_INPUT_CORRUPT');
    expect((await run(Buffer.concat([packed, Buffer.alloc(5)]))).message).toContain('5 bytes behind the end');
    const flipped = Buffer.from(packed);
    flipped[packed.length - 6] = (flipped[packed.length - 6] ?? 0) ^ 1;
    expect((await run(flipped)).code).toBe('IMPORT_INPUT_CORRUPT');
    expect(existsSync(join(folder, `${serial}.capture`))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('that cannot be read is named', async () => {
    const output = join(folder, 'none.capture');
    const absent = { format: 'raw-lines', input: join(folder, 'absent'), output };
    expect(await failure(importCapture(absent))).toMatchObject({ code: 'CAPTURE_IO', errno: 'ENOENT' });
    mkdirSync(join(folder, 'directory'));
    const directory = { ...absent, input: join(folder, 'directory') };
    expect(await failure(importCapture(directory))).toMatchObject({ code: 'CAPTURE_IO', errno: 'EISDIR' });
    expect((await failure(importCapture({ ...absent, format: 'xml' }))).code).toBe('IMPORT_FORMAT');
    expect(existsSync(output)).toBe(false);
  });

  it('replaces nothing unless told to, also not itself', async () => {
    const input = join(folder, 'keep.in');
    const output = join(folder, 'keep.capture');
    writeFileSync(input, '5 a\n');
    writeFileSync(output, 'precious');
    const options = { format: 'raw-lines', input, output };
    expect((await failure(importCapture(options))).code).toBe('CAPTURE_EXISTS');
    expect(readFileSync(output, 'utf8')).toBe('precious');
    await importCapture({ ...options, force: true });
    expect(verifyCapture(output)).toMatchObject({ state: 'good', records: 1 });
  });

  it('fails as a whole at the first refused line where it is told to', async () => {
    const error = await failure(imported('raw-lines', '5 a\nx\n', { strict: true }));
    expect(error).toMatchObject({ code: 'IMPORT_LINE' });
    expect(error.message).toContain('line 2: TIME_MISSING');
    expect(existsSync(join(folder, `${serial}.capture`))).toBe(false);
  });

  it('is imported to the same bytes each time', async () => {
    const content = '5 a\n6 b\n';
    await imported('raw-lines', content);
    const first = readFileSync(join(folder, `${serial}.capture`));
    await imported('raw-lines', content);
    expect(readFileSync(join(folder, `${serial}.capture`)).equals(first)).toBe(true);
  });
});

describe('lines', () => {
  it('are the same however the stream is cut', () => {
    const byte = fc.constantFrom('a', 'b', '\n', '\r');
    const text = fc.array(byte, { maxLength: 60 }).map((parts) => parts.join(''));
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });
    const round = fc.property(text, cuts, fc.integer({ min: 1, max: 12 }), (content, sizes, limit) => {
      const lines: string[] = [];
      const splitter = new LineSplitter(limit, ({ bytes, ending, tooLong, length }) => {
        lines.push(tooLong ? `long ${length}` : bytes.toString() + ending);
      });
      const bytes = Buffer.from(content);
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        // Chunks whose memory is used again, as a stream may.
        const chunk = Buffer.from(bytes.subarray(at, at + size));
        splitter.push(chunk);
        chunk.fill(0x7a);
        at += size;
      }
      splitter.end();
      const expected = (content.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => {
        const length = line.replace(/\r?\n$/, '').length;
        return length > limit ? `long ${length}` : line;
      });
      expect(lines).toEqual(expected);
    });
    fc.assert(round, { numRuns: 1000 });
  });
});
