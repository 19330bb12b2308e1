// A bitstream and its record, as `npm run bitstreams` leaves them in build/boards/NAME.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { boardNames } from './boards.js';
import type { BoardDescription } from './description.js';
import { BoardError } from './errors.js';

/** What stands in bitstream.json beside the bitstream. */
export interface BitstreamRecord {
  readonly board: string;
  /** Name of the file in the same folder. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The commit that the device shows in its identity; 40 zeros: sources that were not committed. */
  readonly commit: string;
  readonly clock_hz: number;
  /** What the router reached, at least clock_hz. */
  readonly routed_hz: number;
}

export const bitstreamFolder = (root: string, name: string): string => join(root, 'build', 'boards', name);

/** The bitstream's file name in the folder of its board, by what the loaders expect. */
export function bitstreamFile({ name, family }: Pick<BoardDescription, 'name' | 'family'>): string {
  return `${name}${family === 'ice40' ? '.bin' : '.bit'}`;
}

/** The record of a built board, or undefined. @throws BoardError BITSTREAM_DAMAGED when it is no record */
export function bitstreamRecord(root: string, name: string): BitstreamRecord | undefined {
  const path = join(bitstreamFolder(root, name), 'bitstream.json');
  if (!existsSync(path)) return undefined;
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as BitstreamRecord;
    if (record.board === name && typeof record.file === 'string' && typeof record.sha256 === 'string') return record;
  } catch {
    // Said below.
  }
  throw new BoardError('BITSTREAM_DAMAGED', `${path} is no record of a bitstream for ${name}; build it again`);
}

/**
 * The path of a board's bitstream, whole and as it was built.
 * @throws BoardError BITSTREAM_MISSING, BITSTREAM_DAMAGED
 */
export function builtBitstream(root: string, name: string): { path: string; record: BitstreamRecord } {
  const record = bitstreamRecord(root, name);
  const path = record && join(bitstreamFolder(root, name), record.file);
  if (record === undefined || path === undefined || !existsSync(path)) {
    throw new BoardError('BITSTREAM_MISSING', `${name} has no bitstream yet; 'gatebook board build ${name}' makes one`);
  }
  const sha256 = sha256Of(path);
  if (sha256 !== record.sha256) {
    throw new BoardError(
      'BITSTREAM_DAMAGED',
      `${path}: sha256 ${sha256} is not the ${record.sha256} of its record; build it again`,
    );
  }
  return { path, record };
}

const sha256Of = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The board that a file was built for, by the records of this checkout; undefined where none of them tells. */
export function bitstreamOwner(root: string, path: string): string | undefined {
  const sha256 = sha256Of(path);
  return boardNames(root).find((name) => {
    try {
      return bitstreamRecord(root, name)?.sha256 === sha256;
    } catch {
      // A damaged record tells nothing.
      return false;
    }
  });
}
