// Goal: the subcommands give what they promise: results on stdout, the rest on stderr, statuses by the table.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { registerCapture } from '../../src/cli/capture.js';
import { EXIT } from '../../src/cli/exit-codes.js';
import { registerImport } from '../../src/cli/import.js';
import type { CliIo, CliSink } from '../../src/cli/io.js';
import { makeSample } from './samples.js';

const folder = mkdtempSync(join(tmpdir(), 'gatebook-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, bytes: string | Uint8Array): void => writeFileSync(join(folder, name), bytes);

interface Run {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

/** Runs a command line on a fake process. `failing`: the error that writing to stdout gives. */
async function gatebook(args: readonly string[], failing?: Error): Promise<Run> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let status: number = EXIT.OK;
  const sink = (kept: Buffer[], error?: Error): CliSink => ({
    write(chunk) {
      if (error !== undefined) throw error;
      kept.push(Buffer.from(chunk));
      return false;
    },
    drained: () => Promise.resolve(),
  });
  const io: CliIo = {
    stdout: sink(out, failing),
    stderr: sink(err),
    isTTY: false,
    env: {},
    cwd: folder,
    nowNs: () => 0n,
    setExitCode: (code) => {
      if (status === EXIT.OK) status = code;
    },
  };
  const program = new Command('gatebook').exitOverride();
  program.configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) });
  registerImport(program, io);
  registerCapture(program, io);
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  await program.parseAsync([...args], { from: 'user' });
  return { out: Buffer.concat(out).toString('latin1'), err: Buffer.concat(err).toString('latin1'), status };
}

const SAMPLE = makeSample(4);
put('good.capture', SAMPLE.bytes);
put('torn.capture', SAMPLE.bytes.subarray(0, -40));
put('open.capture', SAMPLE.bytes.subarray(0, SAMPLE.borders[4]));
const damaged = Buffer.from(SAMPLE.bytes);
damaged.fill(0xff, (SAMPLE.borders[1] ?? 0) + 75, (SAMPLE.borders[1] ?? 0) + 76);
put('corrupt.capture', damaged);
put('stump.capture', SAMPLE.bytes.subarray(0, 20));
put('foreign.capture', 'hello, this is no capture at all, but long enough to be one');
const TEXTS = SAMPLE.blocks.flat().map(({ text }) => text);

describe('capture verify', () => {
  it('gives the status of the file', async () => {
    expect(await gatebook(['capture', 'verify', 'good.capture'])).toEqual({
      out: 'good: 12 records in 4 blocks\n',
      err: '',
      status: EXIT.OK,
    });
    const torn = await gatebook(['capture', 'verify', 'torn.capture']);
    expect(torn).toMatchObject({ out: 'torn: 12 records in 4 blocks\n', status: EXIT.INPUT_TORN });
    expect(torn.err).toContain('torn tail');
    const open = await gatebook(['capture', 'verify', 'open.capture']);
    expect(open.status).toBe(EXIT.INPUT_TORN);
    expect(open.err).toContain('not closed');
    const corrupt = await gatebook(['capture', 'verify', 'corrupt.capture']);
    expect(corrupt).toMatchObject({ out: 'corrupt: 9 records in 3 blocks\n', status: EXIT.INPUT_CORRUPT });
    expect(corrupt.err).toContain(`block 1 at offset ${SAMPLE.borders[1]}`);
    expect(corrupt.err).toContain('3 records missing');
    expect((await gatebook(['capture', 'verify', 'stump.capture'])).status).toBe(EXIT.INPUT_TORN);
    expect((await gatebook(['capture', 'verify', 'foreign.capture'])).status).toBe(EXIT.INPUT_CORRUPT);
    expect((await gatebook(['capture', 'verify', 'absent.capture'])).status).toBe(EXIT.IO);
    expect((await gatebook(['capture', 'verify', '.'])).status).toBe(EXIT.IO);
  });

  it('with --json says the same as one object, errors included', async () => {
    const good = JSON.parse((await gatebook(['capture', 'verify', 'good.capture', '--json'])).out);
    expect(good).toMatchObject({
      state: 'good',
      records: 12,
      firstTimeNs: '1775028136217000000',
      closing: { note: 'end' },
    });
    const corrupt = JSON.parse((await gatebook(['capture', 'verify', 'corrupt.capture', '--json'])).out);
    expect(corrupt).toMatchObject({ state: 'corrupt', gaps: [{ block: 1, records: 3 }] });
    const foreign = JSON.parse((await gatebook(['capture', 'verify', 'foreign.capture', '--json'])).out);
    expect(foreign.error).toMatchObject({ code: 'CAPTURE_NOT_A_CAPTURE', offset: 0 });
  });
});

describe('capture info', () => {
  it('prints what the file holds', async () => {
    const { out, status } = await gatebook(['capture', 'info', 'good.capture']);
    expect(status).toBe(EXIT.OK);
    expect(out).toContain('records     12\n');
    expect(out).toContain('earliest    2026-04-01T07:22:16.216992000Z (1775028136216992000)');
    const json = JSON.parse((await gatebook(['capture', 'info', 'good.capture', '--json'])).out);
    expect(json).toMatchObject({ blocks: 4, records: 12, metadata: { venue: 'test' }, ratio: expect.any(Number) });
    const torn = await gatebook(['capture', 'info', 'torn.capture']);
    expect(torn).toMatchObject({ status: EXIT.OK, err: expect.stringContaining('torn tail') });
  });
});

describe('capture cat', () => {
  it('prints records, from and as many as asked', async () => {
    const all = await gatebook(['capture', 'cat', 'good.capture']);
    expect(all).toEqual({ out: TEXTS.map((text) => `${text}\n`).join(''), err: '', status: EXIT.OK });
    const some = await gatebook(['capture', 'cat', 'good.capture', '--from', '4', '--count', '3']);
    expect(some.out).toBe(`${TEXTS.slice(4, 7).join('\n')}\n`);
    expect((await gatebook(['capture', 'cat', 'good.capture', '--from', '99'])).out).toBe('');
    expect((await gatebook(['capture', 'cat', 'good.capture', '--count', '0'])).out).toBe('');
  });

  it('prints JSON lines, bytes that are no text as base64', async () => {
    put('bytes.txt', Buffer.from('5 text\n6 \xff\x00\n', 'latin1'));
    await gatebook(['import', 'raw-lines', 'bytes.txt', 'bytes.capture']);
    const { out } = await gatebook(['capture', 'cat', 'bytes.capture', '--json']);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { index: 0, time: '5', channel: 0, text: 'text' },
      { index: 1, time: '6', channel: 0, base64: '/wA=' },
    ]);
  });

  it('prints what stands before damage, and with --salvage what stands behind it', async () => {
    const corrupt = await gatebook(['capture', 'cat', 'corrupt.capture']);
    expect(corrupt).toMatchObject({ out: `${TEXTS.slice(0, 3).join('\n')}\n`, status: EXIT.INPUT_CORRUPT });
    expect(corrupt.err).toMatch(/^gatebook: CAPTURE_CORRUPT: .*block 1 at offset/);
    const salvaged = await gatebook(['capture', 'cat', 'corrupt.capture', '--salvage']);
    expect(salvaged.status).toBe(EXIT.INPUT_CORRUPT);
    expect(salvaged.out).toBe(`${[...TEXTS.slice(0, 3), ...TEXTS.slice(6)].join('\n')}\n`);
    const torn = await gatebook(['capture', 'cat', 'torn.capture']);
    expect(torn).toMatchObject({ out: `${TEXTS.join('\n')}\n`, status: EXIT.INPUT_TORN });
  });

  it('is quiet when its reader goes away', async () => {
    const epipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    expect(await gatebook(['capture', 'cat', 'good.capture'], epipe)).toEqual({ out: '', err: '', status: EXIT.OK });
    expect((await gatebook(['capture', 'info', 'good.capture'], epipe)).status).toBe(EXIT.OK);
    expect((await gatebook(['capture', 'verify', 'corrupt.capture'], epipe)).status).toBe(EXIT.INPUT_CORRUPT);
  });

  it('refuses arguments that are no numbers', async () => {
    for (const value of ['-1', '1.5', 'x', '']) {
      await expect(gatebook(['capture', 'cat', 'good.capture', '--count', value])).rejects.toMatchObject({
        code: 'commander.invalidArgument',
      });
    }
  });
});

describe('import', () => {
  it('sums up, names refused lines, and refuses to replace a file', async () => {
    put('lines.txt', '5 a\nbad\n6 b\n');
    const first = await gatebook(['import', 'raw-lines', 'lines.txt', 'lines.capture', '--venue', 'v']);
    expect(first.out).toMatch(/^2 records of 3 lines, refused 1 TIME_MISSING: \d+ bytes\n$/);
    expect(first.err).toBe('gatebook: lines.txt: line 2: TIME_MISSING: no "<ns> " in "bad"\n');
    expect(first.status).toBe(EXIT.OK);
    const before = readFileSync(join(folder, 'lines.capture'));
    const again = await gatebook(['import', 'raw-lines', 'lines.txt', 'lines.capture']);
    expect(again).toMatchObject({ out: '', status: EXIT.IO });
    expect(again.err).toContain('CAPTURE_EXISTS');
    expect(readFileSync(join(folder, 'lines.capture')).equals(before)).toBe(true);
    const flags = ['--force', '--json', '--field', 'a=b=c', '--field', 'd=', '--origin', 'o', '--licence', 'MIT'];
    const forced = await gatebook(['import', 'raw-lines', 'lines.txt', 'lines.capture', ...flags]);
    expect(JSON.parse(forced.out)).toMatchObject({ lines: 3, records: 2, refused: { TIME_MISSING: 1 } });
    const info = JSON.parse((await gatebook(['capture', 'info', 'lines.capture', '--json'])).out);
    expect(info.metadata).toMatchObject({ fields: { a: 'b=c', d: '' }, origin: 'o', licence: 'MIT' });
  });

  it('names no more than twenty refused lines', async () => {
    put('bad.txt', `5 a\n${'x\n'.repeat(50)}`);
    const { err, out } = await gatebook(['import', 'raw-lines', 'bad.txt', 'bad.capture']);
    expect(err.trim().split('\n')).toHaveLength(21);
    expect(err).toContain('and 30 more');
    expect(out).toContain('refused 50 TIME_MISSING');
  });

  it('gives a status for each way to fail', async () => {
    const status = async (...args: readonly string[]): Promise<number> => {
      const run = await gatebook(['import', ...args, 'x.capture']);
      expect(run.out).toBe('');
      expect(run.err).toMatch(/^gatebook: [A-Z_]+: /);
      return run.status;
    };
    put('torn.gz', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]));
    put('corrupt.gz', Buffer.from([0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]));
    expect(await status('raw-lines', 'absent')).toBe(EXIT.IO);
    expect(await status('raw-lines', '.')).toBe(EXIT.IO);
    expect(await status('raw-lines', 'torn.gz')).toBe(EXIT.INPUT_TORN);
    expect(await status('raw-lines', 'corrupt.gz')).toBe(EXIT.INPUT_CORRUPT);
    expect(await status('polymarket-tob-csv', 'lines.txt')).toBe(EXIT.INPUT_CORRUPT);
    expect(await status('--time', 'x', 'raw-lines', 'lines.txt')).toBe(EXIT.USAGE);
    const strict = await gatebook(['import', '--strict', 'raw-lines', 'bad.txt', 'y.capture']);
    expect(strict.status).toBe(EXIT.INPUT_CORRUPT);
    const rejects = (...args: readonly string[]): Promise<unknown> =>
      gatebook(['import', ...args]).catch((e) => e.code);
    expect(await rejects('xml', 'a', 'b')).toBe('commander.invalidArgument');
    expect(await rejects('raw-lines', 'a', 'b', '--field', 'x')).toBe('commander.invalidArgument');
    expect(await rejects('raw-lines', 'a', 'b', '--compression', '12')).toBe('commander.invalidArgument');
  });
});
