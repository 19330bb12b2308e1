// Fair values: a reference probability and a band for a book, and the two signals that follow from them.
import type { Profile } from '../contract/profile.js';

/** Index of the columns that hold one value a signal: book * 2 + BUY or SELL. */
export const BUY = 0;
export const SELL = 1;

export class FairValues {
  readonly exists: Uint8Array;
  /** Micro, 0..1,000,000. */
  readonly fair: Int32Array;
  readonly band: Int32Array;
  readonly open: Uint8Array;
  readonly lastEdge: Int32Array;
  readonly lastSizeLow: Int32Array;
  readonly lastSizeHigh: Int32Array;
  /** Books that have one (FAIR-1). */
  count = 0;

  constructor(profile: Profile) {
    this.exists = new Uint8Array(profile.books);
    this.fair = new Int32Array(profile.books);
    this.band = new Int32Array(profile.books);
    this.open = new Uint8Array(profile.books * 2);
    this.lastEdge = new Int32Array(profile.books * 2);
    this.lastSizeLow = new Int32Array(profile.books * 2);
    this.lastSizeHigh = new Int32Array(profile.books * 2);
  }

  set(book: number, fair: number, band: number): void {
    if (this.exists[book] === 0) this.count += 1;
    this.exists[book] = 1;
    this.fair[book] = fair;
    this.band[book] = band;
  }

  /** The caller has closed the signals. */
  remove(book: number): void {
    this.exists[book] = 0;
    this.count -= 1;
  }

  clear(): void {
    // The other columns mean something only while a fair value, or its signal, is there.
    this.exists.fill(0);
    this.open.fill(0);
    this.count = 0;
  }
}
