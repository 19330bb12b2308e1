// What the decoder knows of its books: state, tick and time, not their levels. Changes of a frame that turns out to be
// bad are taken back.

/** A book as the decoder sees it. */
export const Phase = {
  /** Waits for its first snapshot, or for one after a tick change. */
  WAITING: 0,
  LIVE: 1,
  /** The connection was lost: waits for a snapshot, its levels are still in the kernel. */
  STALE: 2,
  /** The market is over. */
  RESOLVED: 3,
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

export class BookTable {
  readonly phase: Uint8Array;
  /** 1e-4 USD. */
  readonly tick: Int32Array;
  /** Time of the message applied last, milliseconds. */
  readonly time: Float64Array;
  /** Books that the frame changed so far. */
  changed = 0;
  private frame = 0;
  private readonly stamp: Float64Array;
  private readonly books: Int32Array;
  private readonly oldPhase: Uint8Array;
  private readonly oldTick: Int32Array;
  private readonly oldTime: Float64Array;

  /** @param ticks by book id, until a snapshot or a tick change says otherwise */
  constructor(ticks: readonly number[]) {
    const count = ticks.length;
    this.phase = new Uint8Array(count);
    this.tick = Int32Array.from(ticks);
    this.time = new Float64Array(count);
    this.stamp = new Float64Array(count);
    this.books = new Int32Array(count);
    this.oldPhase = new Uint8Array(count);
    this.oldTick = new Int32Array(count);
    this.oldTime = new Float64Array(count);
  }

  /** A frame begins: what was changed before stays. */
  begin(): void {
    this.frame++;
    this.changed = 0;
  }

  /** Call before a book is changed. */
  touch(book: number): void {
    if (this.stamp[book] === this.frame) return;
    this.stamp[book] = this.frame;
    const place = this.changed++;
    this.books[place] = book;
    this.oldPhase[place] = this.phase[book] as number;
    this.oldTick[place] = this.tick[book] as number;
    this.oldTime[place] = this.time[book] as number;
  }

  /** Takes back what the frame changed. */
  rollBack(): void {
    for (let place = 0; place < this.changed; place++) {
      const book = this.books[place] as number;
      this.phase[book] = this.oldPhase[place] as number;
      this.tick[book] = this.oldTick[place] as number;
      this.time[book] = this.oldTime[place] as number;
    }
    this.changed = 0;
  }
}
