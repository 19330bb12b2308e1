import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { BOARD_ERRORS } from '../../src/board/errors.js';
import { ERROR_DOCS } from '../../src/contract/definition.js';
import { REFUSAL_DOCS } from '../../src/feed/refusals.js';
import { HAL_ERRORS } from '../../src/hal/errors.js';
import { MARKET_ERRORS } from '../../src/market/errors.js';

const PAGE = resolve(import.meta.dirname, '../../docs/errors.md');
const CAPTURE_ERRORS = resolve(import.meta.dirname, '../../src/capture/errors.ts');

/** The codes of a capture stand in the comment of their type, which a type alone could not hold. */
function captureErrors(): Record<string, string> {
  const rows = readFileSync(CAPTURE_ERRORS, 'utf8').matchAll(/^ \* \| ([A-Z_]+) \| (.+) \|$/gm);
  return Object.fromEntries([...rows].map((row) => [row[1], row[2]]));
}

function section(title: string, text: string, codes: Readonly<Record<string, string>>): string {
  const rows = Object.entries(codes).map(([code, meaning]) => `| ${code} | ${meaning} |`);
  return [`## ${title}`, '', text, '', '| code | meaning |', '|---|---|', ...rows, ''].join('\n');
}

function page(): string {
  const { NONE: _, ...refusals } = REFUSAL_DOCS;
  return [
    '<!-- Written from the tables in the sources by test/hal/errors-doc.test.ts with UPDATE_DOCS=1. Do not edit. -->',
    '# Errors by code',
    '',
    'Codes are stable. Messages name the field, its value and the range; programs match on codes and exit statuses.',
    '',
    section('Devices (`HalError`)', 'Exit status 6.', HAL_ERRORS),
    section('Captures and imports (`CaptureError`)', 'Exit status 2, 3, 4 or 7, as the code says.', captureErrors()),
    section('Boards (`BoardError`)', 'Exit status 1, 2, 3, 6, 7 or 8, as the code says.', BOARD_ERRORS),
    section('Configuration (`MarketError`)', 'Exit status 8.', MARKET_ERRORS),
    section('Refused frames', 'Counted by the decoder; nothing of such a frame is applied.', refusals),
    section('Refused records', 'Told by the kernel in a REFUSED event; nothing has changed.', ERROR_DOCS),
  ].join('\n');
}

// Goal: the page that users look codes up in says what the program says.
it('docs/errors.md holds every code with its meaning', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, page());
  expect(Object.keys(captureErrors()).length).toBeGreaterThan(10);
  expect(readFileSync(PAGE, 'utf8'), 'UPDATE_DOCS=1 npx vitest run test/hal/errors-doc.test.ts mends it').toBe(page());
});
