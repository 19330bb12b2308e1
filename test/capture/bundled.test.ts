// Goal: the bundled data is whole, is what its README says, and is byte for byte what its origin has.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CaptureReader, importCapture, secondsToNs, verifyCapture } from '../../src/capture/index.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const DATA = join(ROOT, 'data');
const SHARED = join(ROOT, '..', 'shared', 'data');
const SESSION = join(DATA, 'btc-updown-15m-2026-04-01.capture');
const EVENT = join(DATA, 'deport-2025-negrisk.json');
const SESSION_ORIGIN = join(SHARED, 'polymarket_btc_updown_tob', 'btc_orderbook.csv.gz');
const FRAMES_ORIGIN = join(SHARED, 'polymarket_frames_2026-08', 'frames.jsonl');
const BINANCE_ORIGIN = join(SHARED, 'binance_raw_2024-08', 'usdm_btcusdt_20240808.gz');
const EVENT_ORIGIN = join(SHARED, 'gamma', 'active_markets_2026-01.json');
const BUDGET_BYTES = 2 << 20;
const ROWS = 13_749;

/** Records of a capture, a line each. */
function lines(path: string, ending: string): Buffer {
  const parts: Buffer[] = [];
  const reader = CaptureReader.open(path);
  for (const { bytes } of reader) parts.push(bytes, Buffer.from(ending));
  reader.close();
  return Buffer.concat(parts);
}

describe('bundled data', () => {
  it('is within its budget, and each file is in the README with its SHA-256', () => {
    const readme = readFileSync(join(DATA, 'README.md'), 'utf8');
    const names = readdirSync(DATA);
    const bytes = names.reduce((sum, name) => sum + statSync(join(DATA, name)).size, 0);
    expect(bytes).toBeLessThanOrEqual(BUDGET_BYTES);
    for (const name of names.filter((each) => each !== 'README.md' && each !== 'LICENSE.txt')) {
      const digest = createHash('sha256')
        .update(readFileSync(join(DATA, name)))
        .digest('hex');
      const row = readme.split('\n').find((line) => line.includes(`\`${name}\``));
      expect(row, name).toContain(digest);
    }
  });

  it('has the session, whole', () => {
    const report = verifyCapture(SESSION);
    expect(report).toMatchObject({ state: 'good', records: ROWS, closed: true });
    expect(report.metadata).toMatchObject({ sourceFormat: 'polymarket-tob-csv', licence: 'MIT', lineEnding: '\r\n' });
    expect(report.closing).toMatchObject({ lines: ROWS, records: ROWS, refused: {}, finalNewline: true });
    const slugs = new Set<string>();
    const reader = CaptureReader.open(SESSION);
    for (const { timeNs, bytes } of reader) {
      const [time = '', slug = ''] = bytes.toString('utf8', 0, 60).split(',');
      slugs.add(slug);
      if (secondsToNs(time) !== timeNs) throw new Error(`${time} is not ${timeNs}`);
    }
    reader.close();
    expect(slugs.size).toBe(5);
  });

  it('has the event, with nine outcomes', () => {
    const event = JSON.parse(readFileSync(EVENT, 'utf8'));
    expect(event).toMatchObject({ slug: 'how-many-people-will-trump-deport-in-2025', negRisk: true });
    expect(event.markets).toHaveLength(9);
  });
});

describe('against the originals', () => {
  it('the session is its CSV byte for byte', ({ skip }) => {
    if (!existsSync(SESSION_ORIGIN)) skip('NOT RUN: the original session is not on this machine');
    const packed = readFileSync(SESSION_ORIGIN);
    const reader = CaptureReader.open(SESSION);
    const header = Buffer.from(`${reader.metadata.headerLine}\r\n`);
    reader.close();
    expect(Buffer.concat([header, lines(SESSION, '\r\n')]).equals(gunzipSync(packed))).toBe(true);
    const digest = createHash('sha256').update(packed).digest('hex');
    expect(verifyCapture(SESSION).closing).toMatchObject({ inputSha256: digest, inputBytes: packed.length });
  });

  it('the event is a part of its file byte for byte', ({ skip }) => {
    if (!existsSync(EVENT_ORIGIN)) skip('NOT RUN: the original event is not on this machine');
    expect(readFileSync(EVENT_ORIGIN).indexOf(readFileSync(EVENT))).toBe(50_939);
  });

  it('frames and raw messages import without a refused line', async ({ skip }) => {
    if (!existsSync(FRAMES_ORIGIN)) skip('NOT RUN: the original frames are not on this machine');
    const folder = mkdtempSync(join(tmpdir(), 'gatebook-bundled-'));
    try {
      const output = join(folder, 'out.capture');
      const frames = await importCapture({ format: 'frames-jsonl', input: FRAMES_ORIGIN, output });
      expect(frames).toMatchObject({ lines: 7, records: 7, refused: {} });
      const options = { input: BINANCE_ORIGIN, output, force: true, compression: 1 };
      const raw = await importCapture({ ...options, format: 'binance-raw' });
      expect(raw).toMatchObject({ lines: 93_954, records: 93_954, refused: {} });
      const parts: string[] = [];
      const reader = CaptureReader.open(output);
      for (const { timeNs, bytes } of reader) parts.push(`${timeNs} ${bytes.toString('latin1')}\n`);
      reader.close();
      expect(parts.join('') === gunzipSync(readFileSync(BINANCE_ORIGIN)).toString('latin1')).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
