// Goal: what `gatebook board flash` is told to load is looked at first, and what it tells to do next can be done.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadBoards } from '../../src/board/boards.js';
import { LOADERS } from '../../src/board/description.js';
import type { CliIo } from '../../src/cli/io.js';
import { runCli } from '../../src/cli/main.js';
import { formatProfile } from '../../src/contract/profile.js';
import { gatebook, ROOT } from '../cli/fake-process.js';

const place = vi.hoisted(() => ({ root: '' }));
vi.mock('../../src/hal/build-info.js', async (original) => ({
  ...(await original<typeof import('../../src/hal/build-info.js')>()),
  get PACKAGE_ROOT() {
    return place.root;
  },
}));

beforeAll(() => {
  place.root = mkdtempSync(join(tmpdir(), 'gatebook-flash-'));
  for (const name of ['hdl', 'data']) symlinkSync(join(ROOT, name), join(place.root, name));
  mkdirSync(join(place.root, 'bin'));
  for (const name of LOADERS) {
    writeFileSync(join(place.root, 'bin', name), '#!/bin/sh\n');
    chmodSync(join(place.root, 'bin', name), 0o755);
  }
  const sha256 = createHash('sha256').update('of the ulx3s').digest('hex');
  mkdirSync(join(place.root, 'build', 'boards', 'ulx3s'), { recursive: true });
  const record = { board: 'ulx3s', file: 'ulx3s.bit', sha256 };
  writeFileSync(join(place.root, 'build', 'boards', 'ulx3s', 'bitstream.json'), JSON.stringify(record));
  writeFileSync(join(place.root, 'mine.bit'), 'of the ulx3s');
  writeFileSync(join(place.root, 'other.bit'), 'of somebody else');
});
afterAll(() => rmSync(place.root, { recursive: true }));

async function flash(board: string, bitstream: string) {
  const [out, err]: string[][] = [[], []];
  const into = (kept: string[] = []) => ({
    write: (text: string | Uint8Array) => kept.push(String(text)) > 0,
    drained: async () => {},
  });
  const io: CliIo = {
    stdout: into(out),
    stderr: into(err),
    isTTY: false,
    env: { PATH: join(place.root, 'bin') },
    cwd: place.root,
    nowNs: () => 0n,
    setExitCode: () => {},
  };
  const status = await runCli(['board', 'flash', board, '--bitstream', bitstream], io);
  return { out: out?.join('') ?? '', err: err?.join('') ?? '', status };
}

describe('the bitstream that is named', () => {
  it('must be a file', async () => {
    const { err, out, status } = await flash('ulx3s', 'bin');
    expect([out, status]).toEqual(['', 7]);
    expect(err).toBe(`gatebook: BITSTREAM_MISSING: ${join(place.root, 'bin')} is not a file\n`);
  });

  it('may be that of another board, which is said', async () => {
    expect((await flash('ulx3s', 'mine.bit')).err).toBe('');
    expect((await flash('icebreaker', 'other.bit')).err).toBe('');
    const { err, status } = await flash('icebreaker', 'mine.bit');
    expect(status).toBe(0);
    expect(err).toContain('mine.bit is the bitstream of ulx3s, not of icebreaker\n');
  });
});

describe('what comes next', () => {
  const BOARDS = loadBoards(ROOT).map((board) => ({ ...board, engine: engineOf(board) }));

  function engineOf({ name, transport }: { name: string; transport: string }): string {
    return transport === 'uart' ? `serial:${name}` : 'pcie:';
  }

  // Goal: the printed command fits into the board: it is run as it stands, on software with the limits of the board.
  it.each(BOARDS)('works on $name', async ({ name, engine, profile }) => {
    const { out, status } = await flash(name, 'other.bit');
    expect(status).toBe(0);
    const commands = out.split('\n').filter((line) => line.includes('gatebook '));
    expect(commands[0]).toBe(`  npx gatebook doctor --engine ${engine}`);
    const [, input = '', words = ''] = /^ {2}(?:echo '(.*)' \| )?npx gatebook (.*)$/.exec(commands[1] as string) ?? [];
    const args = words.split(' ').map((word) => (word === engine ? 'software' : word));
    expect(args.slice(-2)).toEqual(['--engine', 'software']);
    const ran = await gatebook([...args, '--profile', formatProfile(profile)], input);
    expect(ran).toMatchObject({ err: '', status: 0 });
    expect(ran.out).toMatch(/"type":"FENCE"|crc32/);
  });

  it('is the session where it fits', async () => {
    expect((await flash('ulx3s', 'other.bit')).out).toContain('npx gatebook replay data/');
    expect((await flash('hx8k', 'other.bit')).out).not.toContain('replay');
  });
});
