// What an in-process engine of the kernel contract offers: bytes in, bytes out, no allocation per record (REC-1).
import type { Profile } from '../contract/profile.js';

export interface Engine {
  /** It refuses where this says, whatever its own memory would allow (RESET-2). */
  readonly profile: Profile;

  /** Bytes that the events of one command may take at most; `out` needs at least this much room. */
  readonly maxEventBytes: number;

  /** Bytes that the last `consume` or `reset` wrote to `out`. */
  readonly eventBytes: number;

  /**
   * Consumes commands from byte `from` on, until all are consumed or `out` might not hold the events of the next one.
   * @param commands whole records of 16 bytes; `from` a multiple of 16
   * @param out receives events from byte 0; 4-byte aligned, at least maxEventBytes long
   * @returns the offset behind the last consumed command
   */
  consume(commands: Uint8Array, from: number, out: Uint8Array): number;

  /** Clears everything and writes RESET_DONE with `epoch` (u32) to `out` (clause RESET-1). */
  reset(epoch: number, out: Uint8Array): void;

  /** Frees what the engine holds; further calls are mistakes of the caller. */
  close(): void;
}

/** An engine that can export its state as commands (clause RST-5). */
export interface SnapshotEngine extends Engine {
  /**
   * The commands from RESTORE_BEGIN to RESTORE_END that rebuild the state.
   * @returns undefined while a restore is under way
   */
  snapshot(): Uint8Array | undefined;
}
