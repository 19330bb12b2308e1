// Walks the blocks of a file and judges what it meets: good, torn or corrupt (clauses CAP-10 to CAP-13).
import { crc32 } from 'node:zlib';
import { CaptureError } from './errors.js';
import { type CaptureFs, readFully } from './files.js';
import {
  BLOCK_FOOTER_BYTES,
  BLOCK_HEADER_BYTES,
  BLOCK_KIND,
  BLOCK_MAGIC,
  type BlockHeader,
  blockBytes,
  decodeBlockHeader,
  decodeFileHeader,
  expectedBlockStart,
  FILE_HEADER_BYTES,
  footerMatches,
} from './format.js';
import { type CaptureMetadata, decodeMetadata } from './metadata.js';

/** The end of a file that was being written when its writer died. Everything before `offset` is good. */
export interface TornTail {
  readonly offset: number;
  /** Bytes behind `offset`; 0 if only the closing block is missing. */
  readonly bytesLost: number;
  /** `unfinished-block`: cut in the middle; `not-closed`: whole blocks only, but the closing one is missing. */
  readonly reason: 'unfinished-block' | 'not-closed';
}

/** Damaged bytes that a salvaging reader stepped over. */
export interface Gap {
  readonly offset: number;
  readonly bytes: number;
  /** Number of the first block that is missing; undefined where the file header is damaged. */
  readonly block: number | undefined;
  /** Blocks missing; undefined if no good block follows. */
  readonly blocks: number | undefined;
  /** Records missing; undefined if no good block follows. */
  readonly records: number | undefined;
  readonly reason: string;
}

/** A block whose header, payload CRC and footer are right. */
export interface GoodBlock {
  readonly offset: number;
  readonly header: BlockHeader;
  /** As stored; empty when payloads are skipped. */
  readonly payload: Buffer;
}

interface BadBlock {
  readonly reason: string;
  /** Whether a writer that died could have left this. */
  readonly unfinished: boolean;
}

/** Where a walk stands; the next block has to be this one. */
interface Expectation {
  readonly offset: number;
  readonly sequence: number;
  readonly firstRecord: number;
}

export interface WalkOptions {
  readonly files: CaptureFs;
  readonly fd: number;
  readonly path: string;
  readonly size: number;
  /** Step over damage, and note it in `gaps`, instead of throwing. */
  readonly salvage: boolean;
  /** Trust payloads without reading them. */
  readonly skipPayloads: boolean;
}

const SCAN_BYTES = 1 << 20;
/** A hostile file can hold any number of headers whose payloads are wrong; honest damage holds next to none. */
const MAX_FALSE_BLOCKS = 256;

export class BlockWalk {
  readonly #options: WalkOptions;
  readonly #gaps: Gap[] = [];
  #metadata: CaptureMetadata | undefined;
  #fileId: number | undefined;
  #expected: Expectation;
  #tornTail: TornTail | undefined;
  #closed = false;
  #ended = false;

  /** @throws CaptureError as CaptureReader.open does */
  constructor(options: WalkOptions) {
    this.#options = options;
    const firstBlockOffset = this.#readFileHeader();
    this.#expected = { offset: firstBlockOffset, sequence: 0, firstRecord: 0 };
  }

  /** Undefined only where a salvaging walk met a damaged file header. */
  get metadata(): CaptureMetadata | undefined {
    return this.#metadata;
  }

  get fileId(): number | undefined {
    return this.#fileId;
  }

  /** Offset, number and first record of the block to come; at the end, where a writer continues. */
  get expected(): Expectation {
    return this.#expected;
  }

  /** Known once `next` has returned undefined. */
  get tornTail(): TornTail | undefined {
    return this.#tornTail;
  }

  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  /** Whether the last good block is a closing one. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The next good block, or undefined at the end.
   * @throws CaptureError CAPTURE_CORRUPT unless salvaging; CAPTURE_IO
   */
  next(): GoodBlock | undefined {
    const { path, size, salvage } = this.#options;
    while (!this.#ended) {
      const at = this.#expected;
      if (at.offset === size) {
        this.#end(this.#closed ? undefined : { offset: size, bytesLost: 0, reason: 'not-closed' });
        break;
      }
      const found = this.#blockAt(at.offset, at);
      if ('header' in found) return this.#accept(found);
      // From here, not one byte on: where blocks are missing, a later one stands in their place.
      const later = this.#findLater(at.offset, at);
      if (later === undefined && found.unfinished) {
        this.#end({ offset: at.offset, bytesLost: size - at.offset, reason: 'unfinished-block' });
        break;
      }
      if (!salvage) {
        const message = `${path}: block ${at.sequence} at offset ${at.offset}: ${found.reason}`;
        throw new CaptureError('CAPTURE_CORRUPT', message, { path, offset: at.offset, block: at.sequence });
      }
      this.#noteGap(at, found.reason, later);
      if (later !== undefined) return this.#accept(later);
      this.#end(undefined);
    }
    return undefined;
  }

  /** Notes that a block with a right CRC holds records that make no sense. */
  noteBadPayload(block: GoodBlock, reason: string): void {
    const { sequence } = block.header;
    const bytes = blockBytes(block.header);
    this.#gaps.push({ offset: block.offset, bytes, block: sequence, blocks: 1, records: undefined, reason });
  }

  #end(tornTail: TornTail | undefined): void {
    this.#tornTail = tornTail;
    this.#ended = true;
  }

  #accept(block: GoodBlock): GoodBlock {
    const { header, offset } = block;
    this.#fileId ??= header.fileId;
    this.#closed = header.kind === BLOCK_KIND.CLOSE;
    this.#expected = {
      offset: offset + blockBytes(header),
      sequence: header.sequence + 1,
      firstRecord: header.firstRecord + header.count,
    };
    return block;
  }

  #noteGap(at: Expectation, reason: string, later: GoodBlock | undefined): void {
    // A lost file header leaves a gap that ends where the walk begins: one gap, not two.
    const former = this.#gaps.at(-1);
    const joins = former !== undefined && former.offset + former.bytes === at.offset && former.block === undefined;
    if (joins) this.#gaps.pop();
    const offset = joins ? former.offset : at.offset;
    this.#gaps.push({
      offset,
      bytes: (later?.offset ?? this.#options.size) - offset,
      block: joins ? undefined : at.sequence,
      blocks: later === undefined ? undefined : later.header.sequence - at.sequence,
      records: later === undefined ? undefined : later.header.firstRecord - at.firstRecord,
      reason: joins ? former.reason : reason,
    });
    this.#closed = false;
  }

  #readFileHeader(): number {
    const { path, size, salvage } = this.#options;
    const bytes = this.#read(0, Math.min(size, FILE_HEADER_BYTES));
    const found = decodeFileHeader(bytes);
    switch (found.verdict) {
      case 'good':
        return this.#readMetadata(found.header.metadataBytes, found.header.fileId);
      case 'version': {
        const message = `${path}: capture format version ${found.version}; this program reads version 1`;
        throw new CaptureError('CAPTURE_VERSION', message, { path, offset: 8 });
      }
      case 'foreign':
        throw new CaptureError('CAPTURE_NOT_A_CAPTURE', `${path}: does not begin like a capture`, { path, offset: 0 });
      case 'short': {
        const message = `${path}: ends after ${size} bytes, inside the file header`;
        throw new CaptureError('CAPTURE_TORN', message, { path, offset: 0 });
      }
      default: {
        const reason = 'the CRC of the file header differs';
        if (!salvage) {
          throw new CaptureError('CAPTURE_CORRUPT', `${path}: file header at offset 0: ${reason}`, { path, offset: 0 });
        }
        this.#noteLostHeader(FILE_HEADER_BYTES, reason);
        return FILE_HEADER_BYTES;
      }
    }
  }

  #readMetadata(length: number, fileId: number): number {
    const { path, size, salvage } = this.#options;
    this.#fileId = fileId;
    const end = FILE_HEADER_BYTES + length;
    if (size < end) {
      const message = `${path}: ends after ${size} bytes, inside the metadata`;
      throw new CaptureError('CAPTURE_TORN', message, { path, offset: FILE_HEADER_BYTES });
    }
    const bytes = this.#read(FILE_HEADER_BYTES, length);
    if (crc32(bytes) === fileId) {
      this.#metadata = decodeMetadata(bytes, path, FILE_HEADER_BYTES);
      return end;
    }
    const reason = 'the CRC of the metadata differs';
    if (!salvage) {
      const message = `${path}: metadata at offset ${FILE_HEADER_BYTES}: ${reason}`;
      throw new CaptureError('CAPTURE_CORRUPT', message, { path, offset: FILE_HEADER_BYTES });
    }
    this.#noteLostHeader(end, reason);
    return end;
  }

  #noteLostHeader(bytes: number, reason: string): void {
    this.#gaps.push({ offset: 0, bytes, block: undefined, blocks: 0, records: 0, reason });
  }

  #read(offset: number, length: number): Buffer {
    const { files, fd, path } = this.#options;
    const bytes = Buffer.allocUnsafe(length);
    readFully(files, fd, path, bytes, offset);
    return bytes;
  }

  /** Judges what stands at an offset. `exact`: the block that has to stand there; undefined: any of this file. */
  #blockAt(offset: number, exact: Expectation | undefined): GoodBlock | BadBlock {
    const { size } = this.#options;
    const available = size - offset;
    if (available < BLOCK_HEADER_BYTES) {
      return { reason: `${available} bytes are no block`, unfinished: this.#beginsLikeBlock(offset, available) };
    }
    const header = decodeBlockHeader(this.#read(offset, BLOCK_HEADER_BYTES));
    if (typeof header === 'string') return { reason: header, unfinished: this.#endsInZeros() };
    const misplaced = this.#misplaced(header, exact);
    if (misplaced !== undefined) return { reason: misplaced, unfinished: false };
    if (blockBytes(header) > available) return { reason: 'the file ends inside the block', unfinished: true };
    const footer = this.#read(offset + blockBytes(header) - BLOCK_FOOTER_BYTES, BLOCK_FOOTER_BYTES);
    if (!footerMatches(header, footer)) return { reason: 'the block footer differs', unfinished: this.#endsInZeros() };
    if (this.#options.skipPayloads && header.kind === BLOCK_KIND.DATA && exact !== undefined) {
      return { offset, header, payload: Buffer.alloc(0) };
    }
    const payload = this.#read(offset + BLOCK_HEADER_BYTES, header.storedBytes);
    if (crc32(payload) !== header.payloadCrc) {
      return { reason: 'the CRC of the payload differs', unfinished: false };
    }
    return { offset, header, payload };
  }

  #misplaced(header: BlockHeader, exact: Expectation | undefined): string | undefined {
    if (this.#fileId !== undefined && header.fileId !== this.#fileId) return 'a block of another file';
    if (exact === undefined) return undefined;
    if (header.sequence !== exact.sequence) return `block number ${header.sequence}, expected ${exact.sequence}`;
    if (header.firstRecord === exact.firstRecord) return undefined;
    return `first record ${header.firstRecord}, expected ${exact.firstRecord}`;
  }

  /** A crash leaves the beginning of the next block, or zeros where the file grew before its bytes arrived. */
  #beginsLikeBlock(offset: number, available: number): boolean {
    const bytes = this.#read(offset, available);
    if (bytes.every((byte) => byte === 0)) return true;
    if (this.#fileId === undefined) return false;
    const expected = expectedBlockStart(this.#fileId, this.#expected.sequence);
    const same = Math.min(available, expected.length);
    return bytes.subarray(0, same).equals(expected.subarray(0, same));
  }

  /** Every block ends in a footer that is not 0: zeros at the end of a file are room that was never filled. */
  #endsInZeros(): boolean {
    const { size } = this.#options;
    return this.#read(size - BLOCK_FOOTER_BYTES, BLOCK_FOOTER_BYTES).every((byte) => byte === 0);
  }

  /** The first whole good block of this file from an offset on whose number is not below the expected one. */
  #findLater(from: number, at: Expectation): GoodBlock | undefined {
    const { size } = this.#options;
    const pattern =
      this.#fileId === undefined
        ? BLOCK_MAGIC
        : expectedBlockStart(this.#fileId, 0).subarray(0, BLOCK_MAGIC.length + 4);
    let falseBlocks = 0;
    for (let base = from; base + BLOCK_HEADER_BYTES <= size; base += SCAN_BYTES) {
      // Windows overlap by a pattern less a byte, so that none is missed at a border and none is found twice.
      const window = this.#read(base, Math.min(SCAN_BYTES + pattern.length - 1, size - base));
      for (let hit = window.indexOf(pattern); hit !== -1; hit = window.indexOf(pattern, hit + 1)) {
        const found = this.#blockAt(base + hit, undefined);
        if (!('header' in found)) {
          falseBlocks += 1;
          if (falseBlocks > MAX_FALSE_BLOCKS) return undefined;
        } else if (found.header.sequence >= at.sequence && found.header.firstRecord >= at.firstRecord) {
          return found;
        }
      }
    }
    return undefined;
  }
}
