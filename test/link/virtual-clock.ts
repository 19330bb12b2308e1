// A clock that the test owns: time passes only from one event to the next, and a seed repeats a run to the byte.

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly action: () => void;
  cancelled: boolean;
}

/** More events at one moment are a circle. */
const STEPS_AT_ONCE = 100_000;

export class VirtualClock {
  private nowMs = 0;
  private order = 0;
  private steps = 0;
  /** A binary heap by time, then by order of setting. */
  private readonly heap: Entry[] = [];

  now(): number {
    return this.nowMs;
  }

  after(ms: number, action: () => void): () => void {
    const entry: Entry = { atMs: this.nowMs + Math.max(0, ms), order: this.order++, action, cancelled: false };
    this.push(entry);
    return () => {
      entry.cancelled = true;
    };
  }

  /** Runs the next event. @returns false when there is none up to `limitMs` */
  step(limitMs: number): boolean {
    for (;;) {
      const first = this.heap[0];
      if (first === undefined || (first.atMs > limitMs && !first.cancelled)) return false;
      this.pop();
      if (first.cancelled) continue;
      this.steps = first.atMs > this.nowMs ? 0 : this.steps + 1;
      if (this.steps > STEPS_AT_ONCE) throw new Error(`time stands still at ${this.nowMs} ms`);
      this.nowMs = Math.max(this.nowMs, first.atMs);
      first.action();
      return true;
    }
  }

  /**
   * Lets time pass until `done`, with the promises in between.
   * @throws Error when `limitMs` of virtual time did not suffice
   */
  async until(done: () => boolean, limitMs: number): Promise<void> {
    const end = this.nowMs + limitMs;
    for (;;) {
      for (let i = 0; i < 6; i++) await null;
      if (done()) return;
      if (!this.step(end)) throw new Error(`not done after ${limitMs} ms of virtual time`);
    }
  }

  /** The same for a promise; its rejection is thrown. */
  async settle<T>(promise: Promise<T> | T, limitMs = 60_000): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    Promise.resolve(promise).then(mark, mark);
    await this.until(() => settled, limitMs);
    return promise;
  }

  /** Lets this much time pass. */
  async pass(ms: number): Promise<void> {
    let over = false;
    this.after(ms, () => {
      over = true;
    });
    await this.until(() => over, ms + 1);
  }

  /** Lets time pass by itself, as fast as it can, until the returned function is called: for tests that only await. */
  run(): () => void {
    let stopped = false;
    const turn = () => {
      if (stopped) return;
      this.step(Number.POSITIVE_INFINITY);
      setImmediate(turn);
    };
    setImmediate(turn);
    return () => {
      stopped = true;
    };
  }

  private before(a: number, b: number): boolean {
    const [x, y] = [this.heap[a] as Entry, this.heap[b] as Entry];
    return x.atMs < y.atMs || (x.atMs === y.atMs && x.order < y.order);
  }

  private swap(a: number, b: number): void {
    [this.heap[a], this.heap[b]] = [this.heap[b] as Entry, this.heap[a] as Entry];
  }

  private push(entry: Entry): void {
    this.heap.push(entry);
    for (let at = this.heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.before(at, parent)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private pop(): void {
    const last = this.heap.pop() as Entry;
    if (this.heap.length === 0) return;
    this.heap[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < this.heap.length && this.before(left, least)) least = left;
      if (right < this.heap.length && this.before(right, least)) least = right;
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }
}
