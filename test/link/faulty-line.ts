// What a bad line does to blocks, by kind and with a seed. Each block suffers one fault at most.
import { Prng } from '../../src/verify/prng.js';
import type { Arrival } from './wire.js';

export const LINE_FAULTS = [
  'flip',
  'drop',
  'duplicate',
  'reorder',
  'truncate',
  'stray',
  'delay',
  'old',
  'silence',
] as const;

export type LineFault = (typeof LINE_FAULTS)[number];

export interface FaultyOptions {
  readonly seed: number;
  /** Faults in 1,000 blocks. */
  readonly permille: number;
  readonly kinds: readonly LineFault[];
  /** How long `silence` swallows everything; 30 ms without. */
  readonly silenceMs?: number;
  readonly now: () => number;
}

/** Blocks of before that may come again: far fewer than a lap of the indices. */
const REMEMBERED = 40;

export class FaultyLine {
  readonly counts: Record<LineFault, number> = {
    flip: 0,
    drop: 0,
    duplicate: 0,
    reorder: 0,
    truncate: 0,
    stray: 0,
    delay: 0,
    old: 0,
    silence: 0,
  };
  /** False: the line is good. */
  on = true;

  private readonly random: Prng;
  private readonly former: Uint8Array[] = [];
  private silentUntilMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: FaultyOptions) {
    this.random = new Prng(options.seed);
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  /** What arrives for a block that was sent. */
  readonly pass = (block: Uint8Array): readonly Arrival[] => {
    const good: Arrival[] = [{ bytes: block, lateMs: 0 }];
    if (!this.on) return good;
    if (this.options.now() < this.silentUntilMs) return [];
    this.former.push(block);
    if (this.former.length > REMEMBERED) this.former.shift();
    if (this.below(1000) >= this.options.permille) return good;
    const kind = this.options.kinds[this.below(this.options.kinds.length)] as LineFault;
    this.counts[kind] += 1;
    return this.harm(kind, block);
  };

  /** Forgets what could come again: a new epoch begins. */
  forget(): void {
    this.former.length = 0;
  }

  private below(limit: number): number {
    return this.random.u32() % limit;
  }

  private harm(kind: LineFault, block: Uint8Array): readonly Arrival[] {
    switch (kind) {
      case 'flip': {
        const bytes = block.slice();
        const at = this.below(bytes.length);
        bytes[at] = (bytes[at] as number) ^ (1 << this.below(8));
        return [{ bytes, lateMs: 0 }];
      }
      case 'drop':
        return [];
      case 'duplicate':
        return [
          { bytes: block, lateMs: 0 },
          { bytes: block, lateMs: 0 },
        ];
      case 'reorder':
        return [{ bytes: block, lateMs: 0.9 + this.below(100) / 40 }];
      case 'truncate':
        return [{ bytes: block.slice(0, this.below(block.length)), lateMs: 0 }];
      case 'stray': {
        const noise = Uint8Array.from({ length: 1 + this.below(300) }, () => this.below(256));
        return [
          { bytes: noise, lateMs: 0 },
          { bytes: block, lateMs: 0 },
        ];
      }
      case 'delay':
        return [{ bytes: block, lateMs: 10 + this.below(90) }];
      case 'old':
        return [
          { bytes: block, lateMs: 0 },
          { bytes: this.former[this.below(this.former.length)] as Uint8Array, lateMs: this.below(30) },
        ];
      case 'silence':
        this.silentUntilMs = this.options.now() + (this.options.silenceMs ?? 30);
        return [];
    }
  }
}
