// Goal: `gatebook replay` finds in the bundled session what is in it, says so in one last line, and tells a damaged or
// missing capture and a wrong option apart by its status.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.js';
import { listBackends } from '../../src/hal/registry.js';
import { ENGINES, gatebook, jsonLines, SESSION } from './fake-process.js';

const folder = mkdtempSync(join(tmpdir(), 'gatebook-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));
const INDEPENDENT = ['--independent', '--fee-rate', '0'];

const bytes = readFileSync(SESSION);
writeFileSync(join(folder, 'torn.capture'), bytes.subarray(0, Math.floor((bytes.length * 2) / 3)));
writeFileSync(join(folder, 'stump.capture'), bytes.subarray(0, 100));
const flipped = Buffer.from(bytes);
flipped[Math.floor(bytes.length / 2)] = (flipped[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
writeFileSync(join(folder, 'corrupt.capture'), flipped);
copyFileSync(SESSION, join(folder, 'good.capture'));

/** Replays a file of the folder on the engine that is always there. */
const replay = (file: string, ...flags: readonly string[]) =>
  gatebook(['replay', file, '--engine', 'software', ...flags], '', folder);

describe('replay of the bundled session', () => {
  // Goal: as two books without fees it opens 30 and 20 complements, on every engine with the same CRC.
  it.for(ENGINES)('finds the complements of independent books: $name', async ({ name, reason }, context) => {
    if (reason !== undefined) context.skip(`NOT RUN: ${reason}`);
    const { out, err, status } = await gatebook(['replay', SESSION, ...INDEPENDENT, '--json', '--engine', name]);
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    const lines = jsonLines(out);
    const opened = (kind: string) => lines.filter((line) => line['event'] === 'open' && line['kind'] === kind).length;
    expect(opened('complement_long')).toBe(30);
    expect(opened('complement_short')).toBe(20);
    const summary = lines.pop() ?? {};
    const keys = ['type', 'engine', 'frames', 'refused', 'commands', 'events', 'crc32', 'signals'];
    expect(Object.keys(summary)).toEqual(expect.arrayContaining(keys));
    expect(summary).toMatchObject({ type: 'summary', engine: name, frames: 13_749, refused: 0, torn: false });
    expect(summary['signals']).toMatchObject({ complement_long: { open: 30 }, complement_short: { open: 20 } });
    expect(lines.every((line) => line['type'] === 'signal')).toBe(true);
    const other = jsonLines((await replay('good.capture', ...INDEPENDENT, '--json')).out).at(-1);
    expect(summary['crc32']).toMatch(/^[0-9a-f]{8}$/);
    expect(other).toEqual({ ...summary, engine: 'software' });
  });

  // Goal: with the venue's fee, or as the one mirrored book that a market is, nothing is left.
  it.each([
    ['the fee', ['--independent', '--fee-rate', '0.07']],
    ['the fee, mirrored', ['--fee-rate', '0.07']],
    ['mirrored', ['--fee-rate', '0']],
    ['no flags', []],
  ])('finds no signal: %s', async (_title, flags) => {
    const { out, err, status } = await replay('good.capture', '--json', ...flags);
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    expect(jsonLines(out)).toEqual([expect.objectContaining({ type: 'summary', frames: 13_749, signals: {} })]);
  });

  // Goal: masked tops are not sent: what is left of the stream is the signals, the same ones in the same order.
  it('leaves out the tops that are masked', async () => {
    const whole = await replay('good.capture', ...INDEPENDENT, '--json');
    const masked = await replay('good.capture', ...INDEPENDENT, '--json', '--mask-tops');
    expect(masked.status).toBe(EXIT.OK);
    const signalsOf = (out: string) =>
      jsonLines(out)
        .filter(({ type }) => type === 'signal')
        .map(({ event, kind, market, edge, size }) => ({ event, kind, market, edge, size }));
    const signals = signalsOf(masked.out);
    expect(signals).toEqual(signalsOf(whole.out));
    expect(signals.length).toBeGreaterThan(50);
    expect(jsonLines(masked.out).at(-1)).toMatchObject({ events: signals.length });
    expect(jsonLines(whole.out).at(-1)?.['events']).toBeGreaterThan(signals.length);
  });

  // Goal: without --json the same in words.
  it('says in words what it found', async () => {
    const { out, err, status } = await replay('good.capture', ...INDEPENDENT);
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    expect(out).toMatch(/^signals opened: .*complement_long 30/m);
    expect(out).toMatch(/^signals opened: .*complement_short 20/m);
    expect(out).toMatch(/^engine software: 13749 frames \(0 refused\), \d+ commands, \d+ events, crc32 [0-9a-f]{8}$/m);
    expect(out).not.toContain('was not closed');
    expect((await replay('good.capture')).out).toMatch(/^signals opened: none$/m);
  });
});

describe('replay with wrong arguments', () => {
  const CASES = [
    ['--fee-rate', 'x', '"x": not a plain decimal number; allowed: 0..0.39'],
    ['--fee-rate', '-1', '"-1": not a plain decimal number; allowed: 0..0.39'],
    ['--fee-rate', '5', 'allowed: 0..0.39'],
    ['--fee-rate', '', 'not a plain decimal number'],
    ['--fee-rate', '1e-2', 'not a plain decimal number'],
    ['--speed', '0', "Not 'max' or a factor above 0"],
    ['--speed', '-1', "Not 'max' or a factor above 0"],
    ['--speed', 'fast', "Not 'max' or a factor above 0"],
    ['--profile', 'huge', "profile 'huge' is not one of standard,"],
    ['--profile', 'tiny,books=x', "profile.books = 'x' is not a whole number"],
    ['--profile', 'books=0', 'profile.books = 0 is not in 1..'],
    ['--min-size', '-1', 'Not a whole number from 0 to 281474976710655'],
    ['--min-size', 'x', 'Not a whole number from 0 to 281474976710655'],
    ['--min-size', '281474976710656', 'Not a whole number from 0 to 281474976710655'],
    ['--min-edge', '1.5', 'Not a whole number from -2147483648 to 2147483647'],
    ['--fair', 'x', 'Not BOOK=FAIR,BAND in USD'],
  ] as const;

  // Goal: one line that names the option, the value and what would do; status 2; nothing on stdout.
  it.each(CASES)('ends with 2: %s %s', async (option, value, why) => {
    const { out, err, status } = await replay('good.capture', '--json', option, value);
    expect({ out, status }).toEqual({ out: '', status: EXIT.USAGE });
    expect(err).toMatch(/^gatebook: [^\n]+\n$/);
    expect(err).toContain(`option '${option} <`);
    expect(err).toContain(`argument '${value}' is invalid`);
    expect(err).toContain(why);
  });

  // Goal: an engine that does not exist is a mistake of the caller here as in `exec` and `verify`.
  it('ends with 2 for an engine that does not exist', async () => {
    const { out, err, status } = await gatebook(['replay', SESSION, '--json', '--engine', 'abacus']);
    const names = ['auto', ...listBackends().map(({ name }) => name)].join(', ');
    expect(err).toBe(`gatebook: BACKEND_UNKNOWN: backend 'abacus' is not one of ${names}\n`);
    expect({ out, status }).toEqual({ out: '', status: EXIT.USAGE });
  });

  // Goal: a session that needs more than the profile has is told with the limit.
  it('ends with 8 for a profile that is too small', async () => {
    const { out, err, status } = await replay('good.capture', '--json', '--profile', 'tiny');
    expect({ out, status }).toEqual({ out: '', status: EXIT.CONFIG });
    expect(err).toMatch(/^gatebook: PROFILE_EXCEEDED: [^\n]*profile\.baskets[^\n]*\n$/);
  });
});

describe('replay of a file that is not whole', () => {
  // Goal: a missing file is 7, damage is 3, with --json as an object too.
  it.each([
    ['absent.capture', EXIT.IO, 'CAPTURE_IO'],
    ['.', EXIT.IO, 'CAPTURE_IO'],
    ['corrupt.capture', EXIT.INPUT_CORRUPT, 'CAPTURE_CORRUPT'],
    ['stump.capture', EXIT.INPUT_TORN, 'CAPTURE_TORN'],
  ] as const)('%s ends with %i', async (file, expected, code) => {
    const words = await replay(file);
    expect(words.status).toBe(expected);
    expect(words.out).not.toContain('signals opened');
    expect(words.err).toMatch(new RegExp(`^gatebook: ${code}: [^\n]+\n$`));
    expect(words.err).toContain(join(folder, file));
    const json = await replay(file, '--json');
    expect(json).toMatchObject({ err: words.err, status: expected });
    expect(jsonLines(json.out).at(-1)).toMatchObject({ error: { code } });
    expect(json.out).not.toContain('"summary"');
  });

  // Goal: of a capture that was cut off, all that is good is replayed, and the result says that it is torn.
  it('replays a truncated copy up to the tear and says so', async () => {
    const { out } = await replay('torn.capture', ...INDEPENDENT, '--json');
    const lines = jsonLines(out);
    const whole = jsonLines((await replay('good.capture', ...INDEPENDENT, '--json')).out);
    const summary = lines.at(-1);
    expect(summary).toMatchObject({ type: 'summary', torn: true, refused: 0 });
    expect(summary?.['frames']).toBeGreaterThan(1000);
    expect(summary?.['frames']).toBeLessThan(13_749);
    // The same signals as the whole has, as far as it goes; it may not know a market that comes later.
    const key = (line: Record<string, unknown>) => JSON.stringify({ ...line, command: 0 });
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.slice(0, -1).map(key)).toEqual(whole.slice(0, lines.length - 1).map(key));
    const told = await replay('torn.capture');
    expect(told.err).toMatch(/CAPTURE_TORN: .*torn\.capture ends inside a block or was not closed/);
    expect(told.status).toBe(4);
  });
});
