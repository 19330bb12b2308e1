// Goal: the scanner accepts exactly the texts that JSON.parse accepts, bytes that are not UTF-8 included.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BRACE_CLOSE, BRACE_OPEN, JsonScanner, MAX_DEPTH } from '../../src/feed/json-scanner.js';
import { FrameRefused, refusalNames } from '../../src/feed/refusals.js';
import { parseStrictly } from './naive-decoder.js';

const scanner = new JsonScanner();
const encoder = new TextEncoder();

/** NONE, or the name of the refusal. */
function scan(bytes: Uint8Array): string {
  scanner.load(bytes);
  try {
    scanner.value(0);
    scanner.finish();
    return 'NONE';
  } catch (error) {
    if (error instanceof FrameRefused) return refusalNames[error.refusal] as string;
    throw error;
  }
}

function agrees(bytes: Uint8Array): void {
  const accepted = scan(bytes) === 'NONE';
  if (accepted !== (parseStrictly(bytes) !== undefined)) {
    expect.fail(`${accepted ? 'accepted' : 'refused'}: ${JSON.stringify(Buffer.from(bytes).toString('latin1'))}`);
  }
}

describe('agrees with JSON.parse', () => {
  it('on documents of every shape', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 1, 2), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), null, indent);
        expect(scan(encoder.encode(spaced))).toBe('NONE');
        agrees(encoder.encode(` ${text}\n`));
      }),
      { numRuns: 2000 },
    );
  });

  it('on documents with damaged bytes', () => {
    const damage = fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.nat(2) });
    fc.assert(
      fc.property(fc.json({ maxDepth: 4, stringUnit: 'binary' }), fc.array(damage, { maxLength: 3 }), (text, list) => {
        let bytes = encoder.encode(text);
        for (const { at, byte, cut } of list) {
          const place = at % (bytes.length + 1);
          bytes = new Uint8Array([...bytes.subarray(0, place), byte, ...bytes.subarray(place + cut)]);
        }
        agrees(bytes);
      }),
      { numRuns: 20_000 },
    );
  });

  it('on short texts over the letters of JSON', () => {
    const letters = fc.constantFrom(
      ...'{}[]":,\\ \t\n\r\u000b0123456789+-.eE/bfnrtuaTNx\u007f\u00a0\u2028\ufeff\ud83d',
    );
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 8 }), (list) => agrees(encoder.encode(list.join('')))),
      {
        numRuns: 100_000,
      },
    );
  });

  it('on one, two and three bytes of UTF-8, all of them', () => {
    for (let first = 0; first < 256; first++) {
      agrees(Uint8Array.of(0x22, first, 0x22));
      for (let second = 0; second < 256; second++) agrees(Uint8Array.of(0x22, first, second, 0x22));
    }
    for (let lead = 0xe0; lead <= 0xef; lead++) {
      for (let second = 0x7f; second <= 0xc0; second++) {
        for (const third of [0x22, 0x7f, 0x80, 0xbf, 0xc0]) agrees(Uint8Array.of(0x22, lead, second, third, 0x22));
      }
    }
  });

  it('on four bytes of UTF-8, at every border', () => {
    for (let lead = 0xef; lead <= 0xf8; lead++) {
      for (let second = 0x7f; second <= 0xc0; second++) {
        for (const [third, fourth] of [
          [0x80, 0x80],
          [0xbf, 0xbf],
          [0x7f, 0x80],
          [0x80, 0xc0],
          [0x80, 0x22],
        ] as const) {
          agrees(Uint8Array.of(0x22, lead, second, third, fourth, 0x22));
        }
      }
    }
  });

  it.each([
    '',
    ' ',
    '1',
    '-1',
    '-0',
    '01',
    '-',
    '+1',
    '1.',
    '.1',
    '1.0e',
    '1e+',
    '1E-0',
    '0e1',
    '-0.0e-0',
    '1 2',
    '"',
    '""',
    '"\\"',
    '"\\u00e"',
    '"\\u00eg"',
    '"\\ud800"',
    '"\\x"',
    '"\t"',
    '"\u007f"',
    '"\u0000"',
    'nul',
    'nulll',
    'true',
    'True',
    'NaN',
    'Infinity',
    '[',
    ']',
    '[]',
    '[,]',
    '[1,]',
    '[1 2]',
    '{}',
    '{,}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    '{"a":1 "b":2}',
    '{"a":1,"a":2}',
    '{"":[{}]}',
    '[1}',
    '{"a":1]',
    '\u00a0 1',
    '\ufeff1',
    "'a'",
    '/**/1',
    '[]]',
    '"\u2028"',
  ])('on %j', (text) => {
    agrees(encoder.encode(text));
  });
});

it('bounds the depth', () => {
  const nested = (depth: number) => encoder.encode(`${'['.repeat(depth)}${']'.repeat(depth)}`);
  expect(scan(nested(MAX_DEPTH))).toBe('NONE');
  expect(scan(nested(MAX_DEPTH + 1))).toBe('TOO_DEEP');
  expect(scan(encoder.encode('{"a":'.repeat(1_000_000)))).toBe('TOO_DEEP');
});

it('gives the bytes of keys and strings', () => {
  const text = ' { "key" : "a\\u0041" , "b":[1] } ';
  scanner.load(encoder.encode(text));
  const contents = () => text.slice(scanner.start, scanner.stop);
  expect(scanner.take(BRACE_OPEN)).toBe(true);
  scanner.key();
  expect([contents(), scanner.escaped]).toEqual(['key', false]);
  scanner.value(1);
  expect([contents(), scanner.escaped]).toEqual(['a\\u0041', true]);
  expect(scanner.more(BRACE_CLOSE)).toBe(true);
  scanner.key();
  scanner.value(1);
  expect(scanner.more(BRACE_CLOSE)).toBe(false);
  scanner.finish();
});
