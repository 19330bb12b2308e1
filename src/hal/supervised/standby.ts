// The engine that follows every command in this process, and can always say its state.
import type { Profile } from '../../contract/profile.js';
import type { Engine, SnapshotEngine } from '../../kernel/engine.js';
import { SoftwareEngine } from '../../kernel/software-engine.js';
import { Shadow } from '../shadow.js';

/** Events of one step beyond the worst command. */
const ROOM_BYTES = 1 << 16;

export class Standby {
  /** Bytes that one step may write. */
  readonly stepBytes: number;
  /** Follows too where the engine itself cannot export its state. */
  private readonly keeper: Shadow | undefined;
  private aligned = new Uint8Array(0);

  /** engine: owned from here on. */
  constructor(
    private readonly engine: Engine | SnapshotEngine,
    profile: Profile,
  ) {
    this.keeper = 'snapshot' in engine ? undefined : new Shadow(new SoftwareEngine(profile));
    this.stepBytes = engine.maxEventBytes + ROOM_BYTES;
  }

  /** Bytes that the last step wrote. */
  get eventBytes(): number {
    return this.engine.eventBytes;
  }

  /** Whole words, as engines read them; the same bytes otherwise. */
  align(commands: Uint8Array): Uint8Array {
    if (commands.byteOffset % 4 === 0) return commands;
    if (this.aligned.length < commands.length) this.aligned = new Uint8Array(commands.length);
    const copy = this.aligned.subarray(0, commands.length);
    copy.set(commands);
    return copy;
  }

  /** One step; @returns where it ended. */
  follow(commands: Uint8Array, from: number, out: Uint8Array): number {
    const next = this.engine.consume(commands, from, out);
    if (next <= from || next > commands.length) {
      throw new Error(`the standby went from byte ${from} to ${next} of a batch of ${commands.length}`);
    }
    this.keeper?.follow(commands.subarray(from, next));
    return next;
  }

  reset(epoch: number, out: Uint8Array): void {
    this.engine.reset(epoch, out);
    this.keeper?.reset(epoch);
  }

  /** Undefined while a restore of the stream is under way. */
  snapshot(): Uint8Array | undefined {
    if (this.keeper !== undefined) return this.keeper.snapshot();
    return 'snapshot' in this.engine ? this.engine.snapshot() : undefined;
  }

  close(): void {
    this.engine.close();
    this.keeper?.close();
  }
}
