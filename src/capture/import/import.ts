import { CaptureError } from '../errors.js';
import type { CaptureFs } from '../files.js';
import { MAX_RECORD_BYTES } from '../format.js';
import type { CaptureMetadata, JsonObject } from '../metadata.js';
import { CaptureWriter } from '../writer.js';
import { BINANCE_RAW } from './binance-raw.js';
import type { ImportFormat, LineReader, Refusal, RefusalCode } from './format.js';
import { FRAMES_JSONL } from './frames-jsonl.js';
import { type Line, LineSplitter } from './lines.js';
import { POLYMARKET_TOB_CSV } from './polymarket-tob-csv.js';
import { RAW_LINES } from './raw-lines.js';
import { ImportSource } from './source.js';

/** Every format that can be imported. */
export const IMPORT_FORMATS: readonly ImportFormat[] = [FRAMES_JSONL, RAW_LINES, POLYMARKET_TOB_CSV, BINANCE_RAW];

/** Brotli quality of an import unless the caller says otherwise: a fifth less than at quality 1, a fifth more time. */
export const DEFAULT_IMPORT_COMPRESSION = 5;

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const CREATED_BY = 'gatebook import';

export interface ImportOptions {
  /** Name of one of IMPORT_FORMATS. */
  readonly format: string;
  readonly input: string;
  readonly output: string;
  /** Replace an output that exists, or a partial one left by an import that died. Default false. */
  readonly force?: boolean;
  /** Where receive times come from, where the format leaves a choice. */
  readonly timeSource?: string;
  readonly venue?: string;
  readonly origin?: string;
  readonly licence?: string;
  /** Further metadata. */
  readonly fields?: JsonObject;
  /** Brotli quality 0..11. */
  readonly compression?: number;
  /** Refuse lines longer than this; default and highest: a record's limit, 64 MiB. */
  readonly maxLineBytes?: number;
  /** Throw at the first refused line, and leave no output. Default false. */
  readonly strict?: boolean;
  /** Told of every refused line. */
  readonly onRefusal?: (refusal: LineRefusal) => void;
  /** File system of the output; default node:fs. */
  readonly files?: CaptureFs;
}

export interface LineRefusal extends Refusal {
  /** From 1, the header counted. */
  readonly line: number;
}

export interface ImportSummary {
  /** Lines of the input, a header not counted. lines = records + all that is refused. */
  readonly lines: number;
  readonly records: number;
  readonly refused: Readonly<Partial<Record<RefusalCode, number>>>;
  /** Size in bytes and SHA-256 of the input as it lies on the disk. */
  readonly inputBytes: number;
  readonly inputSha256: string;
  readonly outputBytes: number;
}

/**
 * Imports a text file, gzip or plain, into a capture. Memory: one line and one block. Lines that cannot be records are
 * counted and skipped. The output appears whole or not at all.
 * @throws CaptureError IMPORT_FORMAT, IMPORT_HEADER, IMPORT_INPUT_CORRUPT, IMPORT_INPUT_TORN; CAPTURE_IO,
 * CAPTURE_EXISTS, CAPTURE_ARGUMENT, CAPTURE_METADATA; with `strict` IMPORT_LINE
 */
export async function importCapture(options: ImportOptions): Promise<ImportSummary> {
  const format = IMPORT_FORMATS.find(({ name }) => name === options.format);
  if (format === undefined) {
    const names = IMPORT_FORMATS.map(({ name }) => name).join(', ');
    throw new CaptureError('IMPORT_FORMAT', `unknown import format ${options.format}; there are ${names}`);
  }
  const source = new ImportSource(options.input);
  const run = new ImportRun(format, options);
  const splitter = new LineSplitter(run.maxLineBytes, (line) => run.take(line));
  try {
    for await (const chunk of source.chunks()) splitter.push(chunk);
    splitter.end();
    return run.finish(source);
  } catch (error) {
    run.abort();
    throw error;
  }
}

class ImportRun {
  readonly maxLineBytes: number;
  readonly #format: ImportFormat;
  readonly #options: ImportOptions;
  readonly #timeSource: string;
  readonly #refused: Partial<Record<RefusalCode, number>> = {};
  #writer: CaptureWriter | undefined;
  #reader: LineReader | undefined;
  #lineEnding: '\n' | '\r\n' | undefined;
  #byteOrderMark = false;
  #finalNewline = true;
  #lines = 0;

  constructor(format: ImportFormat, options: ImportOptions) {
    const { input: path } = options;
    this.#format = format;
    this.#options = options;
    this.maxLineBytes = options.maxLineBytes ?? MAX_RECORD_BYTES;
    if (!(this.maxLineBytes >= 1 && this.maxLineBytes <= MAX_RECORD_BYTES)) {
      const message = `maxLineBytes ${this.maxLineBytes} is not 1..${MAX_RECORD_BYTES}`;
      throw new CaptureError('CAPTURE_ARGUMENT', message, { path });
    }
    this.#timeSource = options.timeSource ?? format.timeSources[0] ?? '';
    if (!format.timeSources.includes(this.#timeSource)) {
      const message = `time source ${this.#timeSource}: ${format.name} has ${format.timeSources.join(', ')}`;
      throw new CaptureError('CAPTURE_ARGUMENT', message, { path });
    }
  }

  take(line: Line): void {
    let { bytes } = line;
    this.#finalNewline = line.ending !== '';
    if (line.number === 1) {
      if (line.ending !== '') this.#lineEnding = line.ending;
      this.#byteOrderMark = bytes.subarray(0, BOM.length).equals(BOM);
      if (this.#byteOrderMark) bytes = bytes.subarray(BOM.length);
      if (this.#format.hasHeader) {
        this.#takeHeader(line, bytes);
        return;
      }
    }
    const index = this.#lines;
    this.#lines += 1;
    const unusable = this.#unusable(line, bytes);
    if (unusable !== undefined) {
      this.#refuse(line.number, unusable);
      return;
    }
    this.#reader ??= this.#begin(bytes, undefined);
    const result = this.#reader.read(bytes, index);
    if ('code' in result) this.#refuse(line.number, result);
    else this.#writer?.write(result.timeNs, result.bytes);
  }

  finish(source: ImportSource): ImportSummary {
    if (this.#reader === undefined) {
      if (this.#format.hasHeader) this.#headerless('the input is empty');
      this.#reader = this.#begin(Buffer.alloc(0), undefined);
    }
    const writer = this.#writer;
    if (writer === undefined) throw new Error('an import without a writer');
    const lines = this.#lines;
    const refused = this.#refused;
    const inputBytes = source.bytes;
    const inputSha256 = source.sha256();
    const { records } = writer;
    const finalNewline = this.#finalNewline;
    writer.close({ lines, records, refused: { ...refused }, inputBytes, inputSha256, finalNewline });
    return { lines, records, refused, inputBytes, inputSha256, outputBytes: writer.fileBytes };
  }

  abort(): void {
    this.#writer?.abort();
  }

  #takeHeader(line: Line, bytes: Buffer): void {
    if (line.tooLong) this.#headerless(`the header line has ${line.length} bytes`);
    this.#reader = this.#begin(bytes, bytes.toString('utf8'));
  }

  #headerless(why: string): never {
    const { input: path } = this.#options;
    throw new CaptureError('IMPORT_HEADER', `${path}: ${why}; ${this.#format.name} needs a header`, { path });
  }

  #unusable(line: Line, bytes: Buffer): Refusal | undefined {
    if (line.tooLong) {
      return { code: 'LINE_TOO_LONG', reason: `${line.length} bytes, at most ${this.maxLineBytes}` };
    }
    if (bytes.length === 0) return { code: 'LINE_EMPTY', reason: 'nothing in it' };
    if (line.ending === '' || line.ending === this.#lineEnding) return undefined;
    return {
      code: 'LINE_ENDING',
      reason: line.ending === '\n' ? 'LF, the first line has CR LF' : 'CR LF, the first has LF',
    };
  }

  #begin(firstLine: Buffer, headerLine: string | undefined): LineReader {
    const { options, format } = { options: this.#options, format: this.#format };
    const reader = format.begin(firstLine, this.#timeSource, options.input);
    const fields: JsonObject = this.#byteOrderMark
      ? { ...options.fields, byteOrderMark: 'utf-8' }
      : { ...options.fields };
    const metadata: CaptureMetadata = {
      sourceFormat: format.name,
      venue: options.venue ?? format.venue,
      createdBy: CREATED_BY,
      ...(options.origin === undefined ? {} : { origin: options.origin }),
      ...(options.licence === undefined ? {} : { licence: options.licence }),
      ...(headerLine === undefined ? {} : { headerLine }),
      ...(this.#lineEnding === undefined ? {} : { lineEnding: this.#lineEnding }),
      timeSource: reader.timeSource,
      ...(Object.keys(fields).length === 0 ? {} : { fields }),
    };
    this.#writer = CaptureWriter.open(options.output, metadata, {
      mode: options.force === true ? 'overwrite' : 'create',
      atomic: true,
      compression: options.compression ?? DEFAULT_IMPORT_COMPRESSION,
      fsync: 'close',
      ...(options.files === undefined ? {} : { files: options.files }),
    });
    return reader;
  }

  #refuse(line: number, refusal: Refusal): void {
    const { code, reason } = refusal;
    this.#refused[code] = (this.#refused[code] ?? 0) + 1;
    this.#options.onRefusal?.({ line, code, reason });
    if (this.#options.strict !== true) return;
    const { input: path } = this.#options;
    throw new CaptureError('IMPORT_LINE', `${path}: line ${line}: ${code}: ${reason}`, { path });
  }
}
