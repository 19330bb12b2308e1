import { BlockWalk, type Gap, type TornTail } from './block-walk.js';
import { type CaptureFs, NODE_FS, openFile, regularFileSize } from './files.js';
import { BLOCK_KIND, type BlockHeader, blockBytes } from './format.js';
import type { CaptureMetadata, JsonObject } from './metadata.js';
import { CaptureReader } from './reader.js';

/** What a capture holds and how it is. */
export interface CaptureReport {
  readonly path: string;
  /** `corrupt` wins over `torn`. */
  readonly state: 'good' | 'torn' | 'corrupt';
  /** Undefined if they are lost. */
  readonly metadata: CaptureMetadata | undefined;
  readonly fileBytes: number;
  /** Good data blocks. */
  readonly blocks: number;
  /** Records in them. */
  readonly records: number;
  /** Receive time of the first record, ns; undefined without records. */
  readonly firstTimeNs: bigint | undefined;
  readonly minTimeNs: bigint | undefined;
  readonly maxTimeNs: bigint | undefined;
  /** Payload bytes before compression. */
  readonly plainBytes: number;
  /** Payload bytes in the file. */
  readonly storedBytes: number;
  /** Whether the last thing in the file is a closing block. */
  readonly closed: boolean;
  /** Summary of that closing block; only `verifyCapture` reads it. */
  readonly closing: JsonObject | undefined;
  readonly tornTail: TornTail | undefined;
  /** Damage, in file order. */
  readonly gaps: readonly Gap[];
}

class Tally {
  blocks = 0;
  records = 0;
  plainBytes = 0;
  storedBytes = 0;
  firstTimeNs: bigint | undefined;
  minTimeNs: bigint | undefined;
  maxTimeNs: bigint | undefined;

  add(header: BlockHeader): void {
    if (header.kind !== BLOCK_KIND.DATA) return;
    this.blocks += 1;
    this.records += header.count;
    this.plainBytes += header.plainBytes;
    this.storedBytes += header.storedBytes;
    this.firstTimeNs ??= header.firstTimeNs;
    if (this.minTimeNs === undefined || header.minTimeNs < this.minTimeNs) this.minTimeNs = header.minTimeNs;
    if (this.maxTimeNs === undefined || header.maxTimeNs > this.maxTimeNs) this.maxTimeNs = header.maxTimeNs;
  }
}

/** Holds a block's header against the records that were found in it. */
class BlockCheck {
  readonly gaps: Gap[] = [];
  readonly #tally: Tally;
  #block: CaptureReader['block'];
  #records = 0;
  #minTimeNs = 0n;
  #maxTimeNs = 0n;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  add(timeNs: bigint, block: CaptureReader['block']): void {
    if (block !== this.#block) {
      this.endBlock();
      this.#block = block;
      this.#minTimeNs = timeNs;
      this.#maxTimeNs = timeNs;
    }
    this.#records += 1;
    if (timeNs < this.#minTimeNs) this.#minTimeNs = timeNs;
    if (timeNs > this.#maxTimeNs) this.#maxTimeNs = timeNs;
  }

  /** Counts the records that were read, which are fewer than the header says where the payload is bad. */
  endBlock(): void {
    if (this.#block === undefined) return;
    const { header, offset } = this.#block;
    this.#tally.add(header);
    this.#tally.records += this.#records - header.count;
    const timesDiffer = this.#minTimeNs !== header.minTimeNs || this.#maxTimeNs !== header.maxTimeNs;
    if (this.#records === header.count && timesDiffer) {
      const reason = `times are ${this.#minTimeNs}..${this.#maxTimeNs} ns, the block header says otherwise`;
      this.gaps.push({ offset, bytes: blockBytes(header), block: header.sequence, blocks: 0, records: 0, reason });
    }
    this.#block = undefined;
    this.#records = 0;
  }
}

/**
 * Sums a capture up from its block headers: quick at any size, blind to damage inside payloads.
 * @throws CaptureError as CaptureReader.open with `salvage` does
 */
export function inspectCapture(path: string, files: CaptureFs = NODE_FS): CaptureReport {
  const fd = openFile(files, path, 'r');
  try {
    const size = regularFileSize(files, fd, path);
    const walk = new BlockWalk({ files, fd, path, size, salvage: true, skipPayloads: true });
    const tally = new Tally();
    for (let block = walk.next(); block !== undefined; block = walk.next()) tally.add(block.header);
    const { metadata, closed, tornTail, gaps } = walk;
    return report(path, size, tally, { metadata, closed, closing: undefined, tornTail, gaps });
  } finally {
    files.closeSync(fd);
  }
}

/**
 * Reads every byte and every record of a capture and checks them all.
 * @throws CaptureError as CaptureReader.open with `salvage` does; damage behind the header is in the report
 */
export function verifyCapture(path: string, files: CaptureFs = NODE_FS): CaptureReport {
  const reader = CaptureReader.open(path, { salvage: true, files });
  try {
    const tally = new Tally();
    const check = new BlockCheck(tally);
    for (const record of reader) check.add(record.timeNs, reader.block);
    check.endBlock();
    const { closing, tornTail, fileBytes } = reader;
    const metadata = reader.headerLost ? undefined : reader.metadata;
    const state = { metadata, closed: closing !== undefined, closing, tornTail, gaps: [...reader.gaps, ...check.gaps] };
    return report(path, fileBytes, tally, state);
  } finally {
    reader.close();
  }
}

function report(
  path: string,
  fileBytes: number,
  tally: Tally,
  state: Pick<CaptureReport, 'metadata' | 'closed' | 'closing' | 'tornTail' | 'gaps'>,
): CaptureReport {
  const { blocks, records, plainBytes, storedBytes, firstTimeNs, minTimeNs, maxTimeNs } = tally;
  const verdict = state.gaps.length > 0 ? 'corrupt' : state.tornTail === undefined ? 'good' : 'torn';
  return {
    path,
    state: verdict,
    fileBytes,
    blocks,
    records,
    firstTimeNs,
    minTimeNs,
    maxTimeNs,
    plainBytes,
    storedBytes,
    ...state,
  };
}
