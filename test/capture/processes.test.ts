// Goal: what only real processes show. A recorder killed at any moment leaves a file that reads up to its last flush
// and can be continued; a command whose reader goes away, or whose output disk is full, ends with the right status.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptureWriter, verifyCapture } from '../../src/capture/index.js';
import { METADATA, readBack, seeded } from './samples.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const ROUNDS = 15;
const folder = mkdtempSync(join(tmpdir(), 'gatebook-processes-'));
const child = (name: string): string => join(folder, 'test', 'capture', `${name}.js`);

beforeAll(() => {
  // Children are plain Node, which cannot read TypeScript at the lowest version we support.
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const inputs = ['recorder-child.ts', 'cli-child.ts'].map((name) => join(ROOT, 'test', 'capture', name));
  const options = '--module nodenext --target es2022 --types node --skipLibCheck --strict'.split(' ');
  const places = ['--rootDir', ROOT, '--outDir', folder];
  const compiler = [join(typescript, 'bin', 'tsc'), '--ignoreConfig', ...options, ...places, ...inputs];
  execFileSync(process.execPath, compiler, { cwd: ROOT, stdio: 'pipe' });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the recorder, kills it without warning, and returns how many records it said were flushed. */
async function recordAndKill(path: string, delayMs: number): Promise<number> {
  const recorder = spawn(process.execPath, [child('recorder-child'), path, '61'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complaint = '';
  recorder.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  recorder.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const closed = once(recorder, 'close');
  await Promise.race([once(recorder.stdout, 'data'), closed]);
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  recorder.kill('SIGKILL');
  await closed;
  expect(complaint).toBe('');
  const flushed = said.split('\n').slice(0, -1).at(-1);
  return Number(flushed);
}

describe('a recorder killed while it writes', () => {
  it('leaves a file that reads up to its last flush, again and again', async () => {
    const path = join(folder, 'killed.capture');
    const random = seeded(20260401);
    let torn = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const flushed = await recordAndKill(path, random() * 40);
      expect(flushed).toBeGreaterThan(0);
      const read = readBack({}, path);
      expect(read.error).toBeUndefined();
      expect(read.records.length).toBeGreaterThanOrEqual(flushed);
      read.records.forEach(({ timeNs, channel, text }, index) => {
        const whole = `record ${index} ${'x'.repeat(index % 300)}`;
        if (text !== whole || timeNs !== BigInt(index) * 7n || channel !== index % 5) throw new Error(`at ${index}`);
      });
      if (read.tornTail?.reason === 'unfinished-block') torn += 1;
    }
    expect(torn).toBeGreaterThan(0);
    CaptureWriter.open(path, METADATA, { mode: 'append' }).close();
    expect(verifyCapture(path).state).toBe('good');
  }, 60_000);
});

describe('a real command', () => {
  const big = join(folder, 'big.capture');
  const run = (command: string): { readonly status: number | null; readonly stderr: string } => {
    const shell = `set -o pipefail; "${process.execPath}" "${child('cli-child')}" ${command}`;
    return spawnSync('bash', ['-c', shell], { encoding: 'utf8' });
  };

  beforeAll(() => {
    const writer = CaptureWriter.open(big, METADATA);
    for (let index = 0; index < 20_000; index += 1) writer.write(0n, Buffer.alloc(200, 'abc'));
    writer.close();
  });

  it('ends quietly with status 0 when its reader goes away', () => {
    expect(run(`capture cat "${big}" | head -1 > /dev/null`)).toMatchObject({ status: 0, stderr: '' });
    expect(run(`capture cat --json "${big}" | true`)).toMatchObject({ status: 0, stderr: '' });
    expect(run(`capture info "${big}" | true`)).toMatchObject({ status: 0, stderr: '' });
  });

  it('says so when its output cannot be written', ({ skip }) => {
    if (!existsSync('/dev/full')) skip('NOT RUN: this system has no /dev/full');
    const { status, stderr } = run(`capture cat "${big}" > /dev/full`);
    expect(status).toBe(7);
    expect(stderr).toContain('ENOSPC');
    expect(run(`capture info "${big}" > /dev/full`).status).toBe(7);
  });

  it('gives all of it to a slow reader', () => {
    const slow = run(`capture cat "${big}" | (sleep 0.3; wc -c) > "${folder}/count"; cat "${folder}/count" >&2`);
    expect(slow.stderr.trim()).toBe(String(20_000 * 201));
  });
});
