// A strict JSON walker over the bytes of a frame: it makes no objects and no strings, and it looks at every byte.
// Accepts what JSON.parse accepts of a text that is UTF-8 without a byte order mark, up to MAX_DEPTH levels of nesting.
import { Refusal, refuse } from './refusals.js';

/** Arrays and objects inside one another; venue frames have about 5. */
export const MAX_DEPTH = 64;

export const BRACE_OPEN = 0x7b;
export const BRACE_CLOSE = 0x7d;
export const BRACKET_OPEN = 0x5b;
export const BRACKET_CLOSE = 0x5d;
export const QUOTE = 0x22;
export const LETTER_N = 0x6e;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LETTER_E = 0x65;
const LETTER_F = 0x66;
const LETTER_T = 0x74;
const LETTER_U = 0x75;
const LOWER_CASE = 0x20;

/** 1: a byte that stands for itself in a string. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);
const ESCAPES = new Set(Array.from('"\\/bfnrt', (letter) => letter.charCodeAt(0)));
const TRUE = new TextEncoder().encode('true');
const FALSE = new TextEncoder().encode('false');
const NULL = new TextEncoder().encode('null');

const EMPTY = new Uint8Array(0);

/** Reads forward from `at`; every method gives up the frame (FrameRefused) where the text is not JSON. */
export class JsonScanner {
  bytes: Uint8Array = EMPTY;
  /** Next byte to read. */
  at = 0;
  /** The contents of the string read last: bytes[start, stop). */
  start = 0;
  stop = 0;
  /** The string read last holds an escape. */
  escaped = false;
  private end = 0;

  load(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
  }

  /** Lets go of the frame. */
  unload(): void {
    this.bytes = EMPTY;
    this.end = 0;
  }

  /** The next byte that is not space, -1 at the end; it is not consumed. */
  peek(): number {
    const { bytes, end } = this;
    let { at } = this;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) {
        this.at = at;
        return byte;
      }
      at++;
    }
    this.at = at;
    return -1;
  }

  /** Consumes `byte` if it is next, spaces aside. */
  take(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.at++;
    return true;
  }

  /** Consumes `byte` or gives up. */
  expect(byte: number): void {
    if (!this.take(byte)) this.syntax();
  }

  /** Behind an element: true after a comma, false after `close`. */
  more(close: number): boolean {
    const byte = this.peek();
    if (byte !== COMMA && byte !== close) this.syntax();
    this.at++;
    return byte === COMMA;
  }

  /** Reads a key and its colon. */
  key(): void {
    if (this.peek() !== QUOTE) this.syntax();
    this.string();
    this.expect(COLON);
  }

  /** Nothing but space is left. */
  finish(): void {
    if (this.peek() !== -1) this.syntax();
  }

  /** Reads a string; `at` is on its opening quote. */
  string(): void {
    const { bytes, end } = this;
    let at = this.at + 1;
    this.start = at;
    this.escaped = false;
    for (;;) {
      while (at < end && PLAIN[bytes[at] as number] === 1) at++;
      if (at >= end) this.syntaxAt(at);
      const byte = bytes[at] as number;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) at = this.escape(at);
      else if (byte >= 0x80) at = this.character(at);
      else this.syntaxAt(at);
    }
    this.stop = at;
    this.at = at + 1;
  }

  /** Walks over any value. `depth`: arrays and objects around it. */
  value(depth: number): void {
    switch (this.peek()) {
      case QUOTE:
        return this.string();
      case BRACE_OPEN:
        return this.object(depth + 1);
      case BRACKET_OPEN:
        return this.array(depth + 1);
      case LETTER_T:
        return this.literal(TRUE);
      case LETTER_F:
        return this.literal(FALSE);
      case LETTER_N:
        return this.literal(NULL);
      default:
        return this.number();
    }
  }

  private object(depth: number): void {
    if (depth > MAX_DEPTH) refuse(Refusal.TOO_DEEP, this.at);
    this.at++;
    if (this.take(BRACE_CLOSE)) return;
    do {
      this.key();
      this.value(depth);
    } while (this.more(BRACE_CLOSE));
  }

  private array(depth: number): void {
    if (depth > MAX_DEPTH) refuse(Refusal.TOO_DEEP, this.at);
    this.at++;
    if (this.take(BRACKET_CLOSE)) return;
    do this.value(depth);
    while (this.more(BRACKET_CLOSE));
  }

  private literal(word: Uint8Array): void {
    for (const letter of word) {
      if (this.at >= this.end || this.bytes[this.at] !== letter) this.syntax();
      this.at++;
    }
  }

  private number(): void {
    if (this.byte() === MINUS) this.at++;
    if (this.byte() === ZERO) this.at++;
    else this.digits();
    if (this.byte() === POINT) {
      this.at++;
      this.digits();
    }
    if ((this.byte() | LOWER_CASE) === LETTER_E) {
      this.at++;
      if (this.byte() === MINUS || this.byte() === PLUS) this.at++;
      this.digits();
    }
  }

  /** One digit or more. */
  private digits(): void {
    const first = this.at;
    while (this.byte() >= ZERO && this.byte() <= NINE) this.at++;
    if (this.at === first) this.syntax();
  }

  /** The byte at `at`, 0 at the end: no byte of a number is 0. */
  private byte(): number {
    return this.at < this.end ? (this.bytes[this.at] as number) : 0;
  }

  /** `at` is on a backslash; returns the byte behind the escape. Surrogates need no partner, as in JSON.parse. */
  private escape(at: number): number {
    this.escaped = true;
    const letter = at + 1 < this.end ? (this.bytes[at + 1] as number) : 0;
    if (letter !== LETTER_U) {
      if (!ESCAPES.has(letter)) this.syntaxAt(at);
      return at + 2;
    }
    for (let place = at + 2; place < at + 6; place++) {
      if (place >= this.end || !isHex(this.bytes[place] as number)) this.syntaxAt(at);
    }
    return at + 6;
  }

  /** `at` is on a byte above 0x7f; returns the byte behind the character (RFC 3629: no surrogate, nothing overlong). */
  private character(at: number): number {
    const lead = this.bytes[at] as number;
    const second = at + 1 < this.end ? (this.bytes[at + 1] as number) : 0;
    let length = 0;
    let low = 0x80;
    let high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) {
      length = 2;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      length = 3;
      if (lead === 0xe0) low = 0xa0;
      if (lead === 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      length = 4;
      if (lead === 0xf0) low = 0x90;
      if (lead === 0xf4) high = 0x8f;
    }
    if (length === 0 || second < low || second > high) refuse(Refusal.UTF8_INVALID, at);
    for (let place = at + 2; place < at + length; place++) {
      const byte = place < this.end ? (this.bytes[place] as number) : 0;
      if (byte < 0x80 || byte > 0xbf) refuse(Refusal.UTF8_INVALID, at);
    }
    return at + length;
  }

  private syntax(): never {
    refuse(Refusal.JSON_SYNTAX, this.at);
  }

  private syntaxAt(at: number): never {
    refuse(Refusal.JSON_SYNTAX, at);
  }
}

function isHex(byte: number): boolean {
  const letter = byte | LOWER_CASE;
  return (byte >= ZERO && byte <= NINE) || (letter >= 0x61 && letter <= 0x66);
}
