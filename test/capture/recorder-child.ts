// A recorder that is killed: appends numbered records for ever, and tells its parent what has been flushed.
import * as fs from 'node:fs';
import { CaptureWriter, NODE_FS } from '../../src/capture/index.js';

const [path = '', pieceText = '0'] = process.argv.slice(2);
/** Writes in small pieces, so that a kill meets a half-written block more often than not. */
const piece = Number(pieceText);
const files = {
  ...NODE_FS,
  writeSync: (fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number =>
    fs.writeSync(fd, buffer, offset, Math.min(length, piece), position),
};
const metadata = { sourceFormat: 'raw-lines', venue: 'test', createdBy: 'test' };
const writer = CaptureWriter.open(path, metadata, { files, mode: 'append', blockBytes: 1 << 14, compression: 'none' });
for (let index = writer.records; ; index += 1) {
  const written = writer.recordsWritten;
  writer.write(BigInt(index) * 7n, Buffer.from(`record ${index} ${'x'.repeat(index % 300)}`), index % 5);
  if (index % 97 === 0) writer.flush();
  if (writer.recordsWritten !== written) fs.writeSync(1, `${writer.recordsWritten}\n`);
}
