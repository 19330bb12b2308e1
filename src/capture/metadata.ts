import { CaptureError } from './errors.js';

/** Highest size in bytes of the metadata, and of the summary in a closing block, as JSON (clause CAP-4). */
export const MAX_METADATA_BYTES = 1 << 20;

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** What a capture says of itself; written once, at its beginning (clause CAP-4). */
export interface CaptureMetadata {
  /** How a record's bytes are to be read: the name of an import format, or of a recorder. */
  readonly sourceFormat: string;
  /** Who sent the bytes, such as `polymarket`. */
  readonly venue: string;
  /** Program that made the file. */
  readonly createdBy: string;
  /** Where the data came from: repository, commit, path, URL. */
  readonly origin?: string;
  /** SPDX identifier of the licence of the data. */
  readonly licence?: string;
  /** Header line of a CSV input, without its line ending. */
  readonly headerLine?: string;
  /** Line ending of a text input; records do not hold it. */
  readonly lineEnding?: '\n' | '\r\n';
  /** What the receive times are, such as `recorded_at_ts` or `line-ordinal`. */
  readonly timeSource?: string;
  /** Anything else. */
  readonly fields?: JsonObject;
}

const REQUIRED = ['sourceFormat', 'venue', 'createdBy'] as const;
const OPTIONAL = ['origin', 'licence', 'headerLine', 'lineEnding', 'timeSource'] as const;

/** What is wrong with a parsed metadata object, or undefined. Unknown keys are allowed: a later writer may add. */
function faultOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'metadata is not a JSON object';
  for (const key of REQUIRED) {
    const text = value[key];
    if (typeof text !== 'string' || text === '') return `metadata.${key} is missing, empty or not a string`;
  }
  for (const key of OPTIONAL) {
    const text = value[key];
    if (text !== undefined && typeof text !== 'string') return `metadata.${key} is not a string`;
  }
  if (value['fields'] !== undefined && !isObject(value['fields'])) return 'metadata.fields is not an object';
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Metadata as stored: compact JSON in UTF-8. Equal metadata give equal bytes when their keys stand in equal order.
 * @throws CaptureError CAPTURE_METADATA, or CAPTURE_LIMIT above MAX_METADATA_BYTES
 */
export function encodeMetadata(metadata: CaptureMetadata, path: string): Buffer {
  const fault = faultOf(metadata);
  if (fault !== undefined) throw new CaptureError('CAPTURE_METADATA', `${path}: ${fault}`, { path });
  return encodeJson(metadata, path);
}

/** @throws CaptureError CAPTURE_METADATA (not JSON: a cycle, a bigint) or CAPTURE_LIMIT */
export function encodeJson(value: object, path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = Buffer.from(JSON.stringify(value), 'utf8');
  } catch (cause) {
    throw new CaptureError('CAPTURE_METADATA', `${path}: metadata is not JSON: ${String(cause)}`, { path, cause });
  }
  if (bytes.length > MAX_METADATA_BYTES) {
    const message = `${path}: metadata of ${bytes.length} bytes, at most ${MAX_METADATA_BYTES}`;
    throw new CaptureError('CAPTURE_LIMIT', message, { path });
  }
  return bytes;
}

/** @throws CaptureError CAPTURE_METADATA */
export function decodeMetadata(bytes: Uint8Array, path: string, offset: number): CaptureMetadata {
  const value = decodeJson(bytes, path, offset);
  const fault = faultOf(value);
  if (fault !== undefined) throw new CaptureError('CAPTURE_METADATA', `${path}: ${fault}`, { path, offset });
  return value as unknown as CaptureMetadata;
}

/** @throws CaptureError CAPTURE_METADATA: not UTF-8, not JSON, or not an object */
export function decodeJson(bytes: Uint8Array, path: string, offset: number): JsonObject {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    if (isObject(value)) return value as JsonObject;
    throw new SyntaxError('not an object');
  } catch (cause) {
    const message = `${path}: metadata at offset ${offset} is not a JSON object: ${String(cause)}`;
    throw new CaptureError('CAPTURE_METADATA', message, { path, offset, cause });
  }
}
