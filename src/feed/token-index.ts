// Finds the book of an asset id by its bytes in a frame, without making a string of it.
import type { TokenBinding } from '../market/universe.js';

const LAST_BYTES = 9;

/** A hash table over asset ids; the number of a binding is its place in the list given. */
export class TokenIndex {
  /** Book by binding. */
  readonly books: Int32Array;
  /** 1 by binding when the token is the NO of its book. */
  readonly mirrored: Uint8Array;
  private readonly slots: Int32Array;
  private readonly mask: number;
  private readonly text: Uint8Array;
  /** Where a token starts in `text`, by binding, and where the last one ends. */
  private readonly starts: Int32Array;

  /** Tokens are different from one another (buildUniverse sees to it). */
  constructor(readonly bindings: readonly TokenBinding[]) {
    const encoded = bindings.map((binding) => new TextEncoder().encode(binding.token));
    this.books = Int32Array.from(bindings, (binding) => binding.book);
    this.mirrored = Uint8Array.from(bindings, (binding) => (binding.mirrored ? 1 : 0));
    this.starts = new Int32Array(bindings.length + 1);
    for (const [index, token] of encoded.entries())
      this.starts[index + 1] = (this.starts[index] as number) + token.length;
    this.text = new Uint8Array(this.starts[bindings.length] as number);
    for (const [index, token] of encoded.entries()) this.text.set(token, this.starts[index]);

    // At most half full, so that a probe always meets an empty slot.
    let size = 4;
    while (size < bindings.length * 2) size *= 2;
    this.mask = size - 1;
    this.slots = new Int32Array(size).fill(-1);
    for (const [index, token] of encoded.entries()) {
      let slot = hash(token, 0, token.length) & this.mask;
      while (this.slots[slot] !== -1) slot = (slot + 1) & this.mask;
      this.slots[slot] = index;
    }
  }

  /** The binding of the token in bytes[start, end), or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    let slot = hash(bytes, start, end) & this.mask;
    for (;;) {
      const index = this.slots[slot] as number;
      if (index < 0 || this.equals(index, bytes, start, end)) return index;
      slot = (slot + 1) & this.mask;
    }
  }

  private equals(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { text } = this;
    let at = this.starts[index] as number;
    if ((this.starts[index + 1] as number) - at !== end - start) return false;
    for (let place = start; place < end; place++, at++) {
      if (text[at] !== bytes[place]) return false;
    }
    return true;
  }
}

/** Asset ids are hashes already: the last digits and the length tell them apart well enough. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = end - start;
  for (let at = Math.max(start, end - LAST_BYTES); at < end; at++) {
    value = Math.imul(value, 31) + (bytes[at] as number);
  }
  value = Math.imul(value, 0x9e3779b1);
  return value ^ (value >>> 15);
}
