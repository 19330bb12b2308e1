// Goal: `gatebook bench` gives rows, as text and as JSON, for what was asked for, and says so when that is nothing.
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { OutputRow } from '../../src/bench/rows.js';
import { registerBench } from '../../src/cli/bench.js';
import type { CliIo } from '../../src/cli/io.js';

async function bench(...args: string[]): Promise<{ out: string; err: string; status: number | undefined }> {
  const result = { out: '', err: '', status: undefined as number | undefined };
  const sink = (part: 'out' | 'err') => ({
    write: (chunk: string | Uint8Array) => {
      result[part] += String(chunk);
      return true;
    },
    drained: () => Promise.resolve(),
  });
  const io: CliIo = {
    stdout: sink('out'),
    stderr: sink('err'),
    isTTY: false,
    env: {},
    cwd: '/',
    nowNs: () => 1_700_000_000_000_000_000n,
    setExitCode: (code) => {
      result.status ??= code;
    },
  };
  const program = new Command().exitOverride();
  registerBench(program, io);
  await program.parseAsync(['bench', '--quick', ...args], { from: 'user' });
  return result;
}

const rowsOf = (text: string): OutputRow[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as OutputRow);

describe('gatebook bench', () => {
  it('gives one JSON object a row, the machine last', async () => {
    const { out, status } = await bench('--json', '--filter', 'commit: 1 basket, software');
    const rows = rowsOf(out).filter((row) => row.type !== 'not_run');
    const names = rows.flatMap((row) => (row.type === 'row' ? [row.name] : []));
    expect(names).toEqual([
      'commit: 1 basket, software',
      'commit: 1 basket, software, its CRC',
      'commit: 1 basket, software without CRC',
    ]);
    expect(rows[0]).toMatchObject({ unit: 'ns/command', runs: 3, events_per_command: 1 });
    expect(rows.at(-1)).toMatchObject({ type: 'machine', date: '2023-11-14T22:13:20.000Z' });
    expect(status).toBeUndefined();
  });

  it('runs a whole group by its name, with ratios', async () => {
    const { out } = await bench('--filter', 'ladder W1');
    expect(out).toMatch(/^ladder W1: software, ladder class +\d/m);
    expect(out).toMatch(/^ {2}ladder W1: software, commands \/ ladder W1: software, ladder class +\d.* times$/m);
  });

  it('counts what commands leave to the garbage collector', async () => {
    const { out } = await bench('--json', '--filter', 'allocation');
    const rows = rowsOf(out).filter((row) => row.type === 'row');
    expect(rows[0]).toMatchObject({ name: 'allocation: software, batch 1024', unit: 'bytes/command', runs: 10 });
    expect(rows[1]).toMatchObject({ name: 'allocation: collections while measuring, software, batch 1024' });
  });

  it('says so when no row is meant', async () => {
    const { err, status } = await bench('--filter', 'no such row');
    expect(err).toContain('no row has that in its name');
    expect(status).toBe(2);
  });
});
