// What a frame says, before anything is done about it: messages and levels as columns of numbers, used again and again.
// A frame is staged whole, so that one bad byte at its end keeps all of it out.

const FIRST_CAPACITY = 256;

/** A column that grows by doubling. */
function grown<T extends Int32Array | Float64Array | Uint8Array>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}

/** Messages of a frame; message m holds levels from[m] to from[m + 1]. */
export class StagedMessages {
  count = 0;
  kind = new Uint8Array(FIRST_CAPACITY);
  /** Binding of the asset id, -1 for none. */
  token = new Int32Array(FIRST_CAPACITY);
  /** Milliseconds. */
  time = new Float64Array(FIRST_CAPACITY);
  /** 1e-4 USD, 0 for none. */
  tick = new Int32Array(FIRST_CAPACITY);
  /** First level. */
  from = new Int32Array(FIRST_CAPACITY);
  /** Byte of the frame behind it. */
  at = new Int32Array(FIRST_CAPACITY);

  add(kind: number, token: number, time: number, tick: number, from: number, at: number): void {
    const place = this.count;
    if (place === this.kind.length) this.grow();
    this.count = place + 1;
    this.kind[place] = kind;
    this.token[place] = token;
    this.time[place] = time;
    this.tick[place] = tick;
    this.from[place] = from;
    this.at[place] = at;
  }

  private grow(): void {
    const capacity = this.kind.length * 2;
    this.kind = grown(this.kind, new Uint8Array(capacity));
    this.token = grown(this.token, new Int32Array(capacity));
    this.time = grown(this.time, new Float64Array(capacity));
    this.tick = grown(this.tick, new Int32Array(capacity));
    this.from = grown(this.from, new Int32Array(capacity));
    this.at = grown(this.at, new Int32Array(capacity));
  }
}

/** Levels of all messages of a frame. A market_resolved uses them for its asset ids. */
export class StagedLevels {
  count = 0;
  /** Binding of the asset id; -1: that of the message. */
  token = new Int32Array(FIRST_CAPACITY);
  side = new Uint8Array(FIRST_CAPACITY);
  /** 1e-4 USD, 1..9999. */
  price = new Int32Array(FIRST_CAPACITY);
  /** 1e-6 share. */
  size = new Float64Array(FIRST_CAPACITY);
  /** Byte of the frame at which it stands. */
  at = new Int32Array(FIRST_CAPACITY);

  add(token: number, side: number, price: number, size: number, at: number): void {
    const place = this.count;
    if (place === this.token.length) this.grow();
    this.count = place + 1;
    this.token[place] = token;
    this.side[place] = side;
    this.price[place] = price;
    this.size[place] = size;
    this.at[place] = at;
  }

  private grow(): void {
    const capacity = this.token.length * 2;
    this.token = grown(this.token, new Int32Array(capacity));
    this.side = grown(this.side, new Uint8Array(capacity));
    this.price = grown(this.price, new Int32Array(capacity));
    this.size = grown(this.size, new Float64Array(capacity));
    this.at = grown(this.at, new Int32Array(capacity));
  }
}
