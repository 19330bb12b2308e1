import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { gatebook } from './fake-process.js';

const folder = mkdtempSync(join(tmpdir(), 'gatebook-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const LINES = '1 {"a":1}\n2 {"b":2}\n';

// Goal: --force replaces an earlier capture and never the recording that it is made from, by whatever name.
it('never writes over its own input', async () => {
  const input = join(folder, 'frames.txt');
  const link = join(folder, 'link.txt');
  writeFileSync(input, LINES);
  symlinkSync(input, link);
  for (const output of [input, link]) {
    const { status, err } = await gatebook(['import', 'raw-lines', input, output, '--force'], '', folder);
    expect([status, err]).toEqual([2, expect.stringContaining('OUTPUT_IS_INPUT')]);
    expect(readFileSync(input, 'utf8')).toBe(LINES);
  }
});

// Goal: a device, a pipe or a folder is not replaced by a file.
it('replaces plain files only', async () => {
  const input = join(folder, 'more.txt');
  writeFileSync(input, LINES);
  for (const output of ['/dev/null', folder]) {
    const { status, err } = await gatebook(['import', 'raw-lines', input, output, '--force'], '', folder);
    expect([status, err]).toEqual([2, expect.stringContaining('OUTPUT_NOT_A_FILE')]);
  }
});
