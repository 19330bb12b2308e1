// gatebook capture info | verify | cat
import { isUtf8 } from 'node:buffer';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import {
  CaptureError,
  type CaptureErrorCode,
  CaptureReader,
  type CaptureRecord,
  type CaptureReport,
  type Gap,
  inspectCapture,
  type TornTail,
  verifyCapture,
} from '../capture/index.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { CliError, type CliIo, guarded } from './io.js';

const NEWLINE = Buffer.from('\n');
/** Output is handed over in pieces of this size: a call for each record costs more than the record. */
const OUTPUT_BYTES = 1 << 16;

const EXIT_OF_CODE: Readonly<Record<CaptureErrorCode, ExitCode>> = {
  CAPTURE_CORRUPT: EXIT.INPUT_CORRUPT,
  CAPTURE_TORN: EXIT.INPUT_TORN,
  CAPTURE_NOT_A_CAPTURE: EXIT.INPUT_CORRUPT,
  CAPTURE_VERSION: EXIT.FAILURE,
  CAPTURE_METADATA: EXIT.INPUT_CORRUPT,
  CAPTURE_LIMIT: EXIT.USAGE,
  CAPTURE_ARGUMENT: EXIT.USAGE,
  CAPTURE_EXISTS: EXIT.IO,
  CAPTURE_IO: EXIT.IO,
  CAPTURE_CLOSED: EXIT.FAILURE,
  IMPORT_FORMAT: EXIT.USAGE,
  IMPORT_HEADER: EXIT.INPUT_CORRUPT,
  IMPORT_LINE: EXIT.INPUT_CORRUPT,
  IMPORT_INPUT_CORRUPT: EXIT.INPUT_CORRUPT,
  IMPORT_INPUT_TORN: EXIT.INPUT_TORN,
};

/**
 * Runs an action; a CaptureError becomes a CliError with its status. With `json` it is also written to stdout as
 * {"error": {code, message, ...}}, so that a script has one place to look.
 */
export function captureAction(io: CliIo, json: boolean, action: () => void | Promise<void>): Promise<void> {
  return guarded(io, async () => {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      const { code, message, path, offset, block, errno } = error;
      if (json) writeJson(io, { error: { code, message, path, offset, block, errno } });
      const hint = code === 'CAPTURE_EXISTS' ? '; --force replaces it' : '';
      throw new CliError(EXIT_OF_CODE[code], `${code}: ${message}${hint}`, { cause: error });
    }
  });
}

/** One JSON value and a newline; bigints (times in ns) become decimal strings, which keep every digit. */
export function writeJson(io: CliIo, value: unknown): void {
  const text = JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
  io.stdout.write(`${text}\n`);
}

/** Parser of a commander argument: a whole number of a range. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`Not a whole number from ${lowest} to ${highest}.`);
  };
}

/** Adds `gatebook capture info|verify|cat <file>`. */
export function registerCapture(program: Command, io: CliIo): void {
  const capture = program.command('capture').description('look into capture files');
  capture
    .command('info <file>')
    .description('metadata, counts, time range and sizes, from the block headers (payloads are not checked)')
    .option('--json', 'one JSON object on stdout', false)
    .action((file: string, { json }: { json: boolean }) =>
      captureAction(io, json, () => {
        const report = inspectCapture(resolve(io.cwd, file));
        printReport(io, report, json);
        warnOfDamage(io, report);
      }),
    );
  capture
    .command('verify <file>')
    .description('check every byte and record; status 0 good, 3 corrupt, 4 torn or not closed')
    .option('--json', 'one JSON object on stdout', false)
    .action((file: string, { json }: { json: boolean }) =>
      captureAction(io, json, () => {
        const report = verifyCapture(resolve(io.cwd, file));
        // First of all: the status has to be right even if nobody reads what is printed.
        if (report.state === 'corrupt') io.setExitCode(EXIT.INPUT_CORRUPT);
        if (report.state === 'torn') io.setExitCode(EXIT.INPUT_TORN);
        if (json) printReport(io, report, json);
        else io.stdout.write(`${report.state}: ${report.records} records in ${report.blocks} blocks\n`);
        warnOfDamage(io, report);
      }),
    );
  registerCat(capture, io);
}

interface CatOptions {
  readonly json: boolean;
  readonly from: number;
  readonly count: number;
  readonly salvage: boolean;
}

function registerCat(capture: Command, io: CliIo): void {
  const index = wholeNumber(0, Number.MAX_SAFE_INTEGER);
  capture
    .command('cat <file>')
    .description('print records as they were received, a newline behind each')
    .option('--json', 'one JSON object a line: {index, time, channel, text | base64}', false)
    .option('--from <index>', 'first record, from 0', index, 0)
    .option('--count <records>', 'at most so many', index, Number.MAX_SAFE_INTEGER)
    .option('--salvage', 'go on behind damage', false)
    .action((file: string, options: CatOptions) =>
      captureAction(io, false, () => cat(io, resolve(io.cwd, file), options)),
    );
}

async function cat(io: CliIo, path: string, options: CatOptions): Promise<void> {
  const reader = CaptureReader.open(path, { from: options.from, salvage: options.salvage });
  const output = new Output(io);
  try {
    for (let left = options.count; left > 0; left -= 1) {
      const record = reader.next();
      if (record === undefined) break;
      if (options.json) output.add(Buffer.from(`${recordJson(record)}\n`));
      else output.add(record.bytes, NEWLINE);
      if (output.full) await output.flush();
    }
  } finally {
    reader.close();
    // Also what stands before the damage.
    await output.flush();
  }
  warnOfDamage(io, { path, gaps: reader.gaps, tornTail: reader.tornTail });
  if (reader.gaps.length > 0) io.setExitCode(EXIT.INPUT_CORRUPT);
  else if (reader.tornTail !== undefined) io.setExitCode(EXIT.INPUT_TORN);
}

function recordJson(record: CaptureRecord): string {
  const { index, channel, timeNs, bytes } = record;
  const content = isUtf8(bytes) ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') };
  return JSON.stringify({ index, time: timeNs.toString(), channel, ...content });
}

/** Collects small pieces and waits where stdout asks to. */
class Output {
  readonly #io: CliIo;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(io: CliIo) {
    this.#io = io;
  }

  get full(): boolean {
    return this.#bytes >= OUTPUT_BYTES;
  }

  add(...pieces: readonly Buffer[]): void {
    for (const piece of pieces) {
      this.#pieces.push(piece);
      this.#bytes += piece.length;
    }
  }

  async flush(): Promise<void> {
    if (this.#bytes === 0) return;
    const joined = Buffer.concat(this.#pieces, this.#bytes);
    this.#pieces = [];
    this.#bytes = 0;
    if (!this.#io.stdout.write(joined)) await this.#io.stdout.drained();
  }
}

function warnOfDamage(
  io: CliIo,
  found: { readonly path: string; readonly gaps: readonly Gap[]; readonly tornTail: TornTail | undefined },
): void {
  const { path, gaps, tornTail } = found;
  for (const gap of gaps) {
    const place = gap.block === undefined ? 'file header' : `block ${gap.block}`;
    const lost = gap.records === undefined ? 'an unknown number of records' : `${gap.records} records`;
    io.stderr.write(
      `gatebook: CAPTURE_CORRUPT: ${path}: ${place} at offset ${gap.offset}: ${gap.reason}; ` +
        `${gap.bytes} bytes and ${lost} missing\n`,
    );
  }
  if (tornTail === undefined) return;
  const what =
    tornTail.reason === 'not-closed'
      ? 'not closed: still being written, or its writer died'
      : `torn tail: ${tornTail.bytesLost} bytes of an unfinished block`;
  io.stderr.write(`gatebook: ${path}: ${what}, at offset ${tornTail.offset}\n`);
}

function printReport(io: CliIo, report: CaptureReport, json: boolean): void {
  const ratio = report.storedBytes === 0 ? undefined : report.plainBytes / report.fileBytes;
  if (json) {
    writeJson(io, { ...report, ratio });
    return;
  }
  const { metadata } = report;
  const rows: Array<readonly [string, string | undefined]> = [
    ['state', report.state],
    ['format', metadata?.sourceFormat],
    ['venue', metadata?.venue],
    ['origin', metadata?.origin],
    ['licence', metadata?.licence],
    ['created by', metadata?.createdBy],
    ['times', metadata?.timeSource],
    ['header line', metadata?.headerLine],
    ['fields', metadata?.fields === undefined ? undefined : JSON.stringify(metadata.fields)],
    ['records', `${report.records}`],
    ['blocks', `${report.blocks}`],
    ['earliest', timeText(report.minTimeNs)],
    ['latest', timeText(report.maxTimeNs)],
    ['bytes', `${report.plainBytes} in ${report.fileBytes}`],
    ['ratio', ratio?.toFixed(2)],
  ];
  for (const [name, value] of rows) {
    if (value !== undefined) io.stdout.write(`${name.padEnd(12)}${value}\n`);
  }
}

/** `2026-04-01T07:22:16.217000000Z (1775028136217000000)` */
function timeText(timeNs: bigint | undefined): string | undefined {
  if (timeNs === undefined) return undefined;
  const seconds = new Date(Number(timeNs / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const nanoseconds = (timeNs % 1_000_000_000n).toString().padStart(9, '0');
  return `${seconds}.${nanoseconds}Z (${timeNs})`;
}
