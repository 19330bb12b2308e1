// Goal: what only a real process shows: the command as it is installed, its pipes and its exit status.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { listBackends } from '../../src/hal/registry.js';
import { jsonLines, ROOT, SESSION } from './fake-process.js';

const BIN = join(ROOT, 'bin', 'gatebook.js');
const REPLAY = ['replay', SESSION, '--independent', '--fee-rate', '0', '--json'];

/** Runs the command to its end. */
const run = (args: readonly string[], input = '') =>
  spawnSync(process.execPath, [BIN, ...args], { cwd: ROOT, encoding: 'utf8', input, timeout: 60_000 });

describe('bin/gatebook.js', () => {
  // The first start may compile; what it says of that is not what is looked at here.
  beforeAll(() => {
    expect(run(['--version']).status).toBe(0);
  }, 300_000);

  // Goal: a reader that closes after one line is no error: quiet, and status 0.
  it('ends quietly when its reader goes away', async () => {
    const child = spawn(process.execPath, [BIN, ...REPLAY], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const closed = once(child, 'close');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await closed).toEqual([0, null]);
    expect(said).toBe('');
    for (const reader of ['head -1', 'true']) {
      const quoted = [process.execPath, BIN, ...REPLAY].map((word) => `'${word}'`).join(' ');
      const piped = spawnSync('bash', ['-c', `${quoted} | ${reader}; exit "\${PIPESTATUS[0]}"`], { encoding: 'utf8' });
      expect(piped).toMatchObject({ status: 0, stderr: '' });
      expect(piped.stdout.split('\n').length).toBeLessThanOrEqual(2);
    }
  }, 60_000);

  // Goal: the same for `exec`, whose input does not end by itself.
  it('ends exec quietly when its reader goes away', () => {
    const exec = `yes '{"op":"FENCE","token":1}' | '${process.execPath}' '${BIN}' exec | head -1`;
    const piped = spawnSync('bash', ['-c', `${exec}; exit "\${PIPESTATUS[1]}"`], { encoding: 'utf8', timeout: 30_000 });
    expect(piped).toMatchObject({ status: 0, stderr: '' });
    expect(jsonLines(piped.stdout)).toEqual([expect.objectContaining({ type: 'FENCE', token: 1 })]);
  }, 60_000);

  // Goal: a full disk behind stdout is told, with a status of its own, also where it shows after the last write only.
  it.for([['engines'], ['replay', SESSION], REPLAY])('tells of a full disk: %s', (args, context) => {
    if (!existsSync('/dev/full')) context.skip('NOT RUN: no /dev/full on this system');
    const quoted = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ');
    const full = spawnSync('bash', ['-c', `${quoted} > /dev/full`], { encoding: 'utf8', timeout: 60_000 });
    expect(full.status).toBe(7);
    expect(full.stderr).toMatch(/^gatebook: cannot write output: ENOSPC[^\n]*\n$/);
  });

  // Goal: with --json stdout holds JSON and nothing else, and the process says what the function says.
  it('writes nothing but JSON to stdout with --json', () => {
    const replayed = run(REPLAY);
    expect(replayed).toMatchObject({ status: 0, stderr: '' });
    expect(jsonLines(replayed.stdout).at(-1)).toMatchObject({ type: 'summary', frames: 13_749 });
    const verified = run(['verify', '--engines', 'software,software', '--commands', '1000', '--seed', '1', '--json']);
    expect(verified).toMatchObject({ status: 0, stderr: '' });
    expect(jsonLines(verified.stdout).at(-1)).toMatchObject({ type: 'summary', divergences: 0 });
    const engines = run(['engines', '--json']);
    expect(engines).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(engines.stdout)).toHaveLength(listBackends().length);
    const absent = run(['replay', 'absent.capture', '--json']);
    expect(absent.status).toBe(7);
    expect(jsonLines(absent.stdout)).toEqual([{ error: expect.objectContaining({ code: 'CAPTURE_IO' }) }]);
    const executed = run(['exec'], '{"op":"FENCE","token":1}\n{"op":"FENCE","token":-1}\n');
    expect(executed.status).toBe(3);
    expect(jsonLines(executed.stdout)).toEqual([expect.objectContaining({ type: 'FENCE', token: 1 })]);
    expect(executed.stderr).toContain('line 2: FENCE.token = -1 is not a whole number in 0..4294967295');
    expect(run(['no-such-command'])).toMatchObject({ status: 2, stdout: '' });
  }, 60_000);
});
