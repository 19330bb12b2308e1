export { BlockWalk, type Gap, type TornTail } from './block-walk.js';
export { CaptureError, type CaptureErrorCode } from './errors.js';
export { type CaptureFs, NODE_FS } from './files.js';
export { FORMAT_VERSION, MAX_CHANNEL, MAX_RECORD_BYTES } from './format.js';
export type { ImportFormat, Refusal, RefusalCode } from './import/format.js';
export {
  DEFAULT_IMPORT_COMPRESSION,
  IMPORT_FORMATS,
  type ImportOptions,
  type ImportSummary,
  importCapture,
  type LineRefusal,
} from './import/import.js';
export { type CaptureReport, inspectCapture, verifyCapture } from './inspect.js';
export { type CaptureMetadata, type JsonObject, type JsonValue, MAX_METADATA_BYTES } from './metadata.js';
export { CaptureReader, type CaptureReaderOptions } from './reader.js';
export type { CaptureRecord } from './records.js';
export { MAX_TIME_NS, millisecondsToNs, parseNs, secondsToNs } from './time.js';
export { CaptureWriter, type CaptureWriterOptions, DEFAULT_BLOCK_BYTES } from './writer.js';
