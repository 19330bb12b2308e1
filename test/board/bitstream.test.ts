// Goal: what is loaded is what was built: a record that does not fit its bitstream is refused.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bitstreamFile, bitstreamFolder, bitstreamRecord, builtBitstream } from '../../src/board/bitstream.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatebook-bitstream-'));
  mkdirSync(bitstreamFolder(root, 'ulx3s'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const BYTES = Buffer.from('a bitstream');
const sha256 = createHash('sha256').update(BYTES).digest('hex');
const record = {
  board: 'ulx3s',
  file: 'ulx3s.bit',
  bytes: 11,
  sha256,
  commit: 'c'.repeat(40),
  clock_hz: 1,
  routed_hz: 2,
};
const write = (file: string, content: string | Buffer) =>
  writeFileSync(join(bitstreamFolder(root, 'ulx3s'), file), content);

it('finds a bitstream by its record', () => {
  write('ulx3s.bit', BYTES);
  write('bitstream.json', JSON.stringify(record));
  expect(builtBitstream(root, 'ulx3s')).toEqual({ path: join(root, 'build/boards/ulx3s/ulx3s.bit'), record });
});

it('has none before it was built, or after it was taken away', () => {
  expect(bitstreamRecord(root, 'ulx3s')).toBeUndefined();
  expect(() => builtBitstream(root, 'ulx3s')).toThrow("'gatebook board build ulx3s' makes one");
  write('bitstream.json', JSON.stringify(record));
  expect(() => builtBitstream(root, 'ulx3s')).toThrow('ulx3s has no bitstream yet');
});

it('refuses bytes that are not those of the record', () => {
  write('ulx3s.bit', 'another bitstream');
  write('bitstream.json', JSON.stringify(record));
  expect(() => builtBitstream(root, 'ulx3s')).toThrow(`is not the ${sha256} of its record`);
});

it('refuses a record of another board, and one that is none', () => {
  write('bitstream.json', JSON.stringify({ ...record, board: 'hx8k' }));
  expect(() => bitstreamRecord(root, 'ulx3s')).toThrow('is no record of a bitstream for ulx3s');
  write('bitstream.json', '{"board":');
  expect(() => bitstreamRecord(root, 'ulx3s')).toThrow('is no record of a bitstream for ulx3s');
});

it('names bitstreams as the loaders expect them', () => {
  expect(bitstreamFile({ name: 'hx8k', family: 'ice40' })).toBe('hx8k.bin');
  expect(bitstreamFile({ name: 'ulx3s', family: 'ecp5' })).toBe('ulx3s.bit');
});
