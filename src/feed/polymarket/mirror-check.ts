// The two tokens of a mirrored market say the same thing twice. This finds the levels of one frame where they do not.

const EMPTY_SLOT = -1;
const UNSAID = -1;

/** A hash table over the levels that one frame changes, used again for the next. */
export class MirrorCheck {
  private keys = new Int32Array(64).fill(EMPTY_SLOT);
  /** By slot: what the YES token and what the NO token said last. */
  private yes = new Float64Array(64);
  private no = new Float64Array(64);
  /** Slots in use, in order. */
  private used = new Int32Array(32);
  private count = 0;

  /** Forgets the last frame. */
  clear(): void {
    for (let index = 0; index < this.count; index++) this.keys[this.used[index] as number] = EMPTY_SLOT;
    this.count = 0;
  }

  /**
   * Notes a change in YES terms.
   * @param level 1..9999
   * @param mirrored 1 when the NO token said it
   */
  note(book: number, side: number, level: number, mirrored: number, size: number): void {
    if (this.count === this.used.length) this.grow();
    const slot = this.slot((book << 15) | (side << 14) | level);
    if (mirrored === 0) this.yes[slot] = size;
    else this.no[slot] = size;
  }

  /** Levels for which both tokens spoke and their last words differ. */
  conflicts(): number {
    let found = 0;
    for (let index = 0; index < this.count; index++) {
      const slot = this.used[index] as number;
      const yes = this.yes[slot] as number;
      const no = this.no[slot] as number;
      if (yes !== UNSAID && no !== UNSAID && yes !== no) found++;
    }
    return found;
  }

  /** The slot of a key, taken if need be. At most half of the slots are in use, so an empty one is always met. */
  private slot(key: number): number {
    const mask = this.keys.length - 1;
    let slot = (Math.imul(key, 0x9e3779b1) >>> 12) & mask;
    while (this.keys[slot] !== key) {
      if (this.keys[slot] === EMPTY_SLOT) {
        this.keys[slot] = key;
        this.yes[slot] = UNSAID;
        this.no[slot] = UNSAID;
        this.used[this.count++] = slot;
        break;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private grow(): void {
    const { keys, yes, no, used, count } = this;
    this.keys = new Int32Array(keys.length * 2).fill(EMPTY_SLOT);
    this.yes = new Float64Array(keys.length * 2);
    this.no = new Float64Array(keys.length * 2);
    this.used = new Int32Array(keys.length);
    this.count = 0;
    for (let index = 0; index < count; index++) {
      const old = used[index] as number;
      const slot = this.slot(keys[old] as number);
      this.yes[slot] = yes[old] as number;
      this.no[slot] = no[old] as number;
    }
  }
}
