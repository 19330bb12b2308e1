// Goal: `gatebook board` says what there is, runs no program but the loader, and ends with a status that says why.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CliIo } from '../../src/cli/io.js';
import { runCli } from '../../src/cli/main.js';
import { gatebook, jsonLines, ROOT } from '../cli/fake-process.js';

const folder = mkdtempSync(join(tmpdir(), 'gatebook-board-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bitstream = join(folder, "it's.bin");
writeFileSync(bitstream, 'bits');

/** A loader that writes its arguments to a file and ends as it is told. */
function loader(name: string, status: number): string {
  const kept = join(folder, `${name}.txt`);
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" > '${kept}'\necho loading\necho trouble >&2\nexit ${status}\n`;
  writeFileSync(join(folder, name), script);
  chmodSync(join(folder, name), 0o755);
  return kept;
}

async function flash(path: string, ...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const into = (kept: string[]) => ({
    write: (text: string | Uint8Array) => kept.push(String(text)) > 0,
    drained: async () => {},
  });
  const io: CliIo = {
    stdout: into(out),
    stderr: into(err),
    isTTY: false,
    env: { PATH: path },
    cwd: folder,
    nowNs: () => 0n,
    setExitCode: () => {},
  };
  const status = await runCli(['board', 'flash', ...args], io);
  return { out: out.join(''), err: err.join(''), status };
}

describe('gatebook board list and info', () => {
  it('lists each board on a line, and says NOT BUILT HERE of the one that is not', async () => {
    const { out, status } = await gatebook(['board', 'list']);
    expect(status).toBe(0);
    expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual(['hx8k', 'icebreaker', 'litefury', 'ulx3s', '']);
    expect(out).toMatch(/^litefury +62\.5 MHz +PCIe +NOT BUILT HERE /m);
    expect(out).toMatch(/^ulx3s +\d+ MHz +UART at 3 Mbaud /m);
  });

  it('gives one JSON object a board, in the names of board.json', async () => {
    const { out, status } = await gatebook(['board', 'list', '--json']);
    expect(status).toBe(0);
    const boards = jsonLines(out);
    expect(boards.map(({ name, not_built_here }) => [name, not_built_here])).toEqual([
      ['hx8k', false],
      ['icebreaker', false],
      ['litefury', true],
      ['ulx3s', false],
    ]);
    const said = JSON.parse(readFileSync(join(ROOT, 'hdl/boards/hx8k/board.json'), 'utf8'));
    for (const field of ['clock_hz', 'baud', 'command_window', 'part', 'usb', 'notes']) {
      expect(boards[0]?.[field]).toEqual(said[field]);
    }
  });

  it('describes a board, and says NOT BUILT HERE in so many words', async () => {
    const { out } = await gatebook(['board', 'info', 'litefury']);
    expect(out).toContain('NOT BUILT HERE');
    const ulx3s = await gatebook(['board', 'info', 'ulx3s']);
    expect(ulx3s.out).not.toContain('NOT BUILT HERE');
    expect(ulx3s.out).toContain('UART at 3 Mbaud');
  });

  it('knows no other board', async () => {
    const { err, out, status } = await gatebook(['board', 'info', 'de10']);
    expect([status, out]).toEqual([2, '']);
    expect(err).toBe("gatebook: BOARD_UNKNOWN: board 'de10' is not one of hx8k, icebreaker, litefury, ulx3s\n");
  });
});

describe('gatebook board flash', () => {
  it('prints the command of a dry run as a shell takes it, and runs nothing', async () => {
    const kept = loader('iceprog', 0);
    const { out, status } = await flash(folder, 'icebreaker', '--bitstream', bitstream, '--dry-run');
    expect([out, status]).toEqual([`iceprog '${folder}/it'\\''s.bin'\n`, 0]);
    expect(() => readFileSync(kept)).toThrow('ENOENT');
  });

  it('runs the loader with the bitstream, and says what comes next', async () => {
    const kept = loader('iceprog', 0);
    const { out, err, status } = await flash(folder, 'icebreaker', '--bitstream', bitstream);
    expect(status).toBe(0);
    expect(readFileSync(kept, 'utf8')).toBe(`${bitstream}\n`);
    expect(err).toBe('loading\ntrouble\n');
    expect(out).toContain('gatebook doctor');
    expect(out).toContain('--engine serial:icebreaker');
  });

  it('writes where it survives, when asked to', async () => {
    const kept = loader('openFPGALoader', 0);
    await flash(folder, 'ulx3s', '--bitstream', bitstream);
    expect(readFileSync(kept, 'utf8')).toBe(`--board\nulx3s\n${bitstream}\n`);
    const { out } = await flash(folder, 'ulx3s', '--bitstream', bitstream, '--permanent', '--json');
    expect(readFileSync(kept, 'utf8')).toBe(`--board\nulx3s\n--write-flash\n${bitstream}\n`);
    const [said] = jsonLines(out);
    expect(said).toEqual({
      board: 'ulx3s',
      command: 'openFPGALoader',
      args: ['--board', 'ulx3s', '--write-flash', bitstream],
      bitstream,
      ran: true,
    });
  });

  it('says what to install where there is no loader', async () => {
    const { out, err, status } = await flash('/nowhere', 'ulx3s', '--bitstream', bitstream);
    expect([out, status]).toEqual(['', 6]);
    expect(err).toContain(
      'LOADER_MISSING: openFPGALoader is not on the path, and loads ulx3s: apt install openfpgaloader',
    );
  });

  it('does not take a file that cannot be run for a loader', async () => {
    writeFileSync(join(folder, 'fujprog'), '');
    chmodSync(loader('iceprog', 0).replace('.txt', ''), 0o644);
    const { status } = await flash(folder, 'hx8k', '--bitstream', bitstream);
    expect(status).toBe(6);
  });

  it('passes on what a loader says that fails', async () => {
    loader('iceprog', 3);
    const { out, err, status } = await flash(folder, 'hx8k', '--bitstream', bitstream);
    expect([out, status]).toEqual(['', 6]);
    expect(err).toMatch(/^loading\ntrouble\ngatebook: LOADER_FAILED: iceprog ended with 3: /);
  });

  it('wants a bitstream that is there', async () => {
    const { err, status } = await flash(folder, 'hx8k', '--bitstream', 'none.bin');
    expect(status).toBe(7);
    expect(err).toContain(`BITSTREAM_MISSING: there is no file ${folder}/none.bin`);
  });
});
