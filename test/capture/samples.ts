// Small captures, and reading them whole.
import {
  CaptureError,
  type CaptureMetadata,
  CaptureReader,
  type CaptureReaderOptions,
  CaptureWriter,
  type CaptureWriterOptions,
  type Gap,
  type TornTail,
} from '../../src/capture/index.js';
import { MemoryFiles } from './memory-files.js';

export const PATH = 'sample.capture';
export const METADATA: CaptureMetadata = { sourceFormat: 'raw-lines', venue: 'test', createdBy: 'test' };

export interface Kept {
  readonly timeNs: bigint;
  readonly channel: number;
  readonly text: string;
}

export function kept(index: number): Kept {
  // Times that go back now and then, as a stepped clock makes them.
  const timeNs = 1_775_028_136_217_000_000n + BigInt(index * 1000 - (index % 3) * 5000);
  return { timeNs, channel: index % 4, text: `record ${index} ${'x'.repeat((index % 7) * 15)}` };
}

export function writeAll(writer: CaptureWriter, records: readonly Kept[]): void {
  for (const { timeNs, channel, text } of records) writer.write(timeNs, Buffer.from(text, 'latin1'), channel);
}

export interface Sample {
  readonly bytes: Buffer;
  /** Records of each data block. */
  readonly blocks: readonly (readonly Kept[])[];
  /** Offset of each block, the closing one included, and at last the size of the file. */
  readonly borders: readonly number[];
}

/** A closed capture of some small blocks of three records each. */
export function makeSample(blockCount: number, options: CaptureWriterOptions = {}): Sample {
  const files = new MemoryFiles();
  const writer = CaptureWriter.open(PATH, METADATA, { files, ...options });
  const borders = [writer.fileBytes];
  const blocks: Kept[][] = [];
  for (let block = 0; block < blockCount; block += 1) {
    const records = [0, 1, 2].map((at) => kept(block * 3 + at));
    writeAll(writer, records);
    writer.flush();
    blocks.push(records);
    borders.push(writer.fileBytes);
  }
  writer.close({ note: 'end' });
  const bytes = files.file(PATH);
  borders.push(bytes.length);
  return { bytes, blocks, borders };
}

export function filesWith(bytes: Buffer): MemoryFiles {
  const files = new MemoryFiles();
  files.contents.set(PATH, bytes);
  return files;
}

export interface ReadBack {
  readonly records: readonly Kept[];
  readonly tornTail: TornTail | undefined;
  readonly gaps: readonly Gap[];
  /** What stopped the reading, if anything did. */
  readonly error: CaptureError | undefined;
}

/** Everything a reader gives, until the end or the first CaptureError. */
export function readBack(options: CaptureReaderOptions, path: string = PATH): ReadBack {
  const records: Kept[] = [];
  let reader: CaptureReader | undefined;
  let error: CaptureError | undefined;
  try {
    reader = CaptureReader.open(path, options);
    for (const record of reader) {
      const { timeNs, channel, bytes } = record;
      records.push({ timeNs, channel, text: bytes.toString('latin1') });
    }
  } catch (caught) {
    if (!(caught instanceof CaptureError)) throw caught;
    error = caught;
  } finally {
    reader?.close();
  }
  return { records, tornTail: reader?.tornTail, gaps: reader?.gaps ?? [], error };
}

/** The CaptureError an action throws. */
export function errorOf(action: () => unknown): CaptureError {
  try {
    action();
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** A small generator with a seed, so that a failure can be had again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
