// Goal: `engines --watch` fits into the terminal that it is shown in, titles in sight.
import { expect, it } from 'vitest';
import type { CliIo } from '../../src/cli/io.js';
import { runCli } from '../../src/cli/main.js';

/** @returns the lines after the name of the device */
async function watch(terminal: CliIo['terminal'], count: number): Promise<string[]> {
  let out = '';
  const write = (text: string | Uint8Array) => {
    out += String(text);
    return true;
  };
  const io: CliIo = {
    stdout: { write, drained: async () => {} },
    stderr: { write: () => true, drained: async () => {} },
    isTTY: terminal !== undefined,
    terminal,
    env: {},
    cwd: '.',
    nowNs: () => 0n,
    setExitCode: () => {},
  };
  await runCli(['engines', '--watch', 'software', '--every', '10', '--count', String(count)], io);
  return out.trimEnd().split('\n').slice(1);
}

const isTitle = (line: string) => line.includes('fence us');

it.each([
  [120, 10],
  [99, 10],
  [98, 9],
  [60, 6],
  [10, 1],
  [4, 1],
])('in %i columns it shows %i figures', async (columns, figures) => {
  const lines = await watch({ columns, rows: 24 }, 1);
  expect(lines.map((line) => Math.ceil(line.length / 10))).toEqual([figures, figures]);
  expect(lines[0]).toContain('fence us');
});

it('in 60 columns it keeps what tells a sick link from a slow one', async () => {
  const [titles] = await watch({ columns: 60, rows: 24 }, 1);
  expect(titles?.trim().split(/ {2,}/)).toEqual(['fence us', 'link us', 'host us', 'p99 us', 'resent', 'faults']);
});

it('the titles come again before they leave the screen, and once where there is no screen', async () => {
  const lines = await watch({ columns: 80, rows: 7 }, 12);
  expect(lines.flatMap((line, at) => (isTitle(line) ? [at] : []))).toEqual([0, 6, 12]);
  expect((await watch(undefined, 12)).filter(isTitle)).toHaveLength(1);
});
