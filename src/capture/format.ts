// The bytes of a capture file, clause by clause of docs/capture.md. Pure: no file is touched here.
import { crc32 } from 'node:zlib';
import { MAX_METADATA_BYTES } from './metadata.js';

/** Format version that is written and read (CAP-3). */
export const FORMAT_VERSION = 1;
/** Bytes of the file header before the metadata (CAP-3). */
export const FILE_HEADER_BYTES = 32;
/** Bytes before a block's payload (CAP-6). */
export const BLOCK_HEADER_BYTES = 72;
/** Bytes after a block's payload (CAP-7). */
export const BLOCK_FOOTER_BYTES = 8;
/** Most bytes in one record (CAP-9). */
export const MAX_RECORD_BYTES = 64 << 20;
/** Bytes a record may need beside its own: channel (3), time delta (10), length (4). */
export const MAX_RECORD_OVERHEAD = 17;
/** Most uncompressed bytes in one block: one record of the highest size (CAP-9). */
export const MAX_BLOCK_BYTES = MAX_RECORD_BYTES + MAX_RECORD_OVERHEAD;
/** Highest channel number (CAP-8). */
export const MAX_CHANNEL = 0xffff;

/** What a block holds. */
export const BLOCK_KIND = { DATA: 1, CLOSE: 2 } as const;
/** How a payload is stored. */
export const CODEC = { NONE: 0, BROTLI: 1 } as const;

/** As in PNG: a byte above 127, CR LF, Ctrl-Z and LF show up every usual mangling of binary files. */
export const FILE_MAGIC = Buffer.from([0x89, 0x47, 0x42, 0x43, 0x0d, 0x0a, 0x1a, 0x0a]);
export const BLOCK_MAGIC = Buffer.from('GBB1', 'latin1');
export const FOOTER_MAGIC = Buffer.from('GBE1', 'latin1');

const FILE_HEADER_CRC_AT = 28;
const BLOCK_HEADER_CRC_AT = 68;

export interface FileHeader {
  readonly version: number;
  readonly metadataBytes: number;
  /** CRC-32 of the metadata; every block of the file repeats it, so that it serves as the file's id. */
  readonly fileId: number;
}

export interface BlockHeader {
  readonly fileId: number;
  /** 0 for the first block, one more for each. */
  readonly sequence: number;
  readonly kind: number;
  readonly codec: number;
  readonly firstTimeNs: bigint;
  readonly minTimeNs: bigint;
  readonly maxTimeNs: bigint;
  /** Records in the block. */
  readonly count: number;
  /** Payload bytes before compression. */
  readonly plainBytes: number;
  /** Payload bytes in the file. */
  readonly storedBytes: number;
  /** CRC-32 of the payload as stored. */
  readonly payloadCrc: number;
  /** Records in all blocks before this one. */
  readonly firstRecord: number;
}

/** Bytes of a whole block in the file. */
export function blockBytes(header: BlockHeader): number {
  return BLOCK_HEADER_BYTES + header.storedBytes + BLOCK_FOOTER_BYTES;
}

export function encodeFileHeader(metadata: Uint8Array): Buffer {
  const bytes = Buffer.alloc(FILE_HEADER_BYTES);
  FILE_MAGIC.copy(bytes, 0);
  bytes.writeUInt16LE(FORMAT_VERSION, 8);
  bytes.writeUInt16LE(FILE_HEADER_BYTES, 10);
  bytes.writeUInt32LE(metadata.length, 12);
  bytes.writeUInt32LE(crc32(metadata), 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, FILE_HEADER_CRC_AT)), FILE_HEADER_CRC_AT);
  return bytes;
}

/** What a file begins with: a header, or why not. */
export type FileHeaderVerdict =
  | { readonly verdict: 'good'; readonly header: FileHeader }
  | { readonly verdict: 'version'; readonly version: number }
  | { readonly verdict: 'foreign' | 'corrupt' | 'short' };

/** Judges the first bytes of a file: FILE_HEADER_BYTES of them, or fewer where the file is shorter. */
export function decodeFileHeader(bytes: Buffer): FileHeaderVerdict {
  const same = Math.min(bytes.length, FILE_MAGIC.length);
  const magic = bytes.subarray(0, same).equals(FILE_MAGIC.subarray(0, same));
  if (bytes.length < FILE_HEADER_BYTES) return { verdict: magic ? 'short' : 'foreign' };
  // With the magic as it should be: a file whose only fault is there is a damaged capture, not a foreign file.
  const crc = crc32(bytes.subarray(FILE_MAGIC.length, FILE_HEADER_CRC_AT), crc32(FILE_MAGIC));
  const sealed = crc === bytes.readUInt32LE(FILE_HEADER_CRC_AT);
  if (!magic) return { verdict: sealed ? 'corrupt' : 'foreign' };
  if (!sealed) return { verdict: 'corrupt' };
  const version = bytes.readUInt16LE(8);
  if (version !== FORMAT_VERSION) return { verdict: 'version', version };
  const metadataBytes = bytes.readUInt32LE(12);
  const reserved = bytes.readUInt32LE(20) | bytes.readUInt32LE(24);
  if (bytes.readUInt16LE(10) !== FILE_HEADER_BYTES || reserved !== 0 || metadataBytes > MAX_METADATA_BYTES) {
    return { verdict: 'corrupt' };
  }
  return { verdict: 'good', header: { version, metadataBytes, fileId: bytes.readUInt32LE(16) } };
}

/** The whole block: header, payload, footer. */
export function encodeBlock(header: Omit<BlockHeader, 'storedBytes' | 'payloadCrc'>, payload: Uint8Array): Buffer {
  const total = BLOCK_HEADER_BYTES + payload.length + BLOCK_FOOTER_BYTES;
  const bytes = Buffer.allocUnsafe(total);
  BLOCK_MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(header.fileId, 4);
  bytes.writeUInt32LE(header.sequence, 8);
  bytes.writeUInt8(header.kind, 12);
  bytes.writeUInt8(header.codec, 13);
  bytes.writeUInt16LE(0, 14);
  bytes.writeBigUInt64LE(header.firstTimeNs, 16);
  bytes.writeBigUInt64LE(header.minTimeNs, 24);
  bytes.writeBigUInt64LE(header.maxTimeNs, 32);
  bytes.writeUInt32LE(header.count, 40);
  bytes.writeUInt32LE(header.plainBytes, 44);
  bytes.writeUInt32LE(payload.length, 48);
  bytes.writeUInt32LE(crc32(payload), 52);
  bytes.writeBigUInt64LE(BigInt(header.firstRecord), 56);
  bytes.writeUInt32LE(0, 64);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, BLOCK_HEADER_CRC_AT)), BLOCK_HEADER_CRC_AT);
  bytes.set(payload, BLOCK_HEADER_BYTES);
  bytes.writeUInt32LE(total, total - BLOCK_FOOTER_BYTES);
  FOOTER_MAGIC.copy(bytes, total - FOOTER_MAGIC.length);
  return bytes;
}

/**
 * A block header, or what is wrong with it in words.
 * @param bytes exactly BLOCK_HEADER_BYTES
 */
export function decodeBlockHeader(bytes: Buffer): BlockHeader | string {
  if (!bytes.subarray(0, BLOCK_MAGIC.length).equals(BLOCK_MAGIC)) return 'no block magic';
  if (crc32(bytes.subarray(0, BLOCK_HEADER_CRC_AT)) !== bytes.readUInt32LE(BLOCK_HEADER_CRC_AT)) {
    return 'the CRC of the block header differs';
  }
  const header: BlockHeader = {
    fileId: bytes.readUInt32LE(4),
    sequence: bytes.readUInt32LE(8),
    kind: bytes.readUInt8(12),
    codec: bytes.readUInt8(13),
    firstTimeNs: bytes.readBigUInt64LE(16),
    minTimeNs: bytes.readBigUInt64LE(24),
    maxTimeNs: bytes.readBigUInt64LE(32),
    count: bytes.readUInt32LE(40),
    plainBytes: bytes.readUInt32LE(44),
    storedBytes: bytes.readUInt32LE(48),
    payloadCrc: bytes.readUInt32LE(52),
    firstRecord: Number(bytes.readBigUInt64LE(56)),
  };
  const reserved = bytes.readUInt16LE(14) | bytes.readUInt32LE(64);
  return reserved !== 0 ? 'a reserved bit of the block header is set' : (faultOf(header) ?? header);
}

/** A header whose CRC is right can still lie: a hostile writer computes CRCs too. */
function faultOf(header: BlockHeader): string | undefined {
  const { kind, codec, count, plainBytes, storedBytes } = header;
  if (kind !== BLOCK_KIND.DATA && kind !== BLOCK_KIND.CLOSE) return `unknown block kind ${kind}`;
  if (codec !== CODEC.NONE && codec !== CODEC.BROTLI) return `unknown codec ${codec}`;
  const limit = kind === BLOCK_KIND.CLOSE ? MAX_METADATA_BYTES : MAX_BLOCK_BYTES;
  if (plainBytes > limit) return `a block of ${plainBytes} bytes, at most ${limit}`;
  // What does not shrink is stored as it is, so a stored payload is never longer than the plain one.
  if (storedBytes > plainBytes || (codec === CODEC.NONE && storedBytes !== plainBytes)) {
    return `a payload of ${storedBytes} bytes for ${plainBytes} plain ones`;
  }
  const counted = kind === BLOCK_KIND.DATA ? count > 0 && count * MIN_RECORD_BYTES <= plainBytes : count === 0;
  if (!counted) return `${count} records in ${plainBytes} bytes`;
  if (header.minTimeNs > header.firstTimeNs || header.maxTimeNs < header.firstTimeNs) return 'times out of order';
  if (!Number.isSafeInteger(header.firstRecord)) return `record number ${header.firstRecord}`;
  return undefined;
}

/** An empty record: channel, time delta, length, a byte each. */
const MIN_RECORD_BYTES = 3;

/** Whether the last bytes of a block are those the header calls for. */
export function footerMatches(header: BlockHeader, footer: Buffer): boolean {
  return footer.readUInt32LE(0) === blockBytes(header) && footer.subarray(4).equals(FOOTER_MAGIC);
}

/** The first bytes a next block would have, as far as they are known beforehand: magic, file id, sequence. */
export function expectedBlockStart(fileId: number, sequence: number): Buffer {
  const bytes = Buffer.alloc(12);
  BLOCK_MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(fileId, 4);
  bytes.writeUInt32LE(sequence, 8);
  return bytes;
}
