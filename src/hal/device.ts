// The hardware abstraction layer: one interface for every engine and board.
import type { Profile } from '../contract/profile.js';
import type { LinkTelemetry } from './link-telemetry.js';
import type { Supervision } from './supervision.js';

/** What a device says of itself before anything else. */
export interface Identity {
  readonly backend: string;
  /** 16 hex digits; the host refuses a device whose digest is not its own. */
  readonly contractDigest: string;
  /** Version of the device's build, for people. */
  readonly build: string;
  /** Commit it was built from, or 'unknown'. */
  readonly commit: string;
  readonly profile: Profile;
  /** Kernel clock; undefined where there is none. */
  readonly clockHz: number | undefined;
  /** Name of the board; left out where there is none. */
  readonly board?: string;
  /** What would make this connection better, in words, for people; left out where there is nothing to say. */
  readonly advice?: readonly string[];
}

export interface FenceAnswer {
  readonly records: number;
  readonly events: number;
  /** CRC-32 of those events. */
  readonly crc32: number;
}

export interface DigestAnswer {
  readonly state: number;
  readonly tick: number;
  readonly bids: number;
  readonly asks: number;
  readonly rate: number;
  readonly crc32: number;
}

/** Receives whole events of 32 bytes, in order; the view is valid during the call only. */
export type EventListener = (events: Uint8Array) => void;

/**
 * A device that runs the kernel contract. Life cycle, validation and time-outs are the same for every backend.
 * Every failure is a HalError with a stable code. After a fault every call but `close` fails with that fault.
 */
export interface Device {
  readonly identity: Identity;

  /** Bound of each single wait in ms: whatever it owes, its own fault or another engine answers within it. */
  readonly timeoutMs?: number;

  /** Where two engines stand behind one stream: which of them is delivering, and the alarm. */
  readonly supervision?: Supervision | undefined;

  /**
   * Adds a listener; every event since then is delivered once, in order. Returns its removal. While a listener runs
   * nothing else does: a device at the end of a link stops when its window is full, and nothing is queued here.
   */
  onEvents(listener: EventListener): () => void;

  /**
   * Hands over whole commands. Done when the device has taken them; a device in this process answers at once
   * (returns nothing), and its events have been delivered by then.
   */
  submit(commands: Uint8Array): void | Promise<void>;

  /** Waits for everything submitted; the FENCE and its answer are part of the stream (clause INT-2). */
  fence(): Promise<FenceAnswer>;

  /** BOOK_DIGEST of one book; part of the stream too. */
  digest(book: number): Promise<DigestAnswer>;

  /** Commands that rebuild the state, from the shadow. A device without one refuses: NO_SHADOW. */
  snapshot(): Promise<Uint8Array>;

  /** Plays a snapshot; RESTORE_REJECTED when the device refuses it (it is then as after reset). */
  restore(snapshot: Uint8Array): Promise<void>;

  /** Clears everything; RESET_DONE with `epoch` is the first event after it. */
  reset(epoch: number): Promise<void>;

  /** What the link to it counted, the device's own counters among it; left out where there is no link. */
  telemetry?(): Promise<LinkTelemetry>;

  /** A register of the table in docs/link.md, beside the stream; left out where there are none. */
  readRegister?(address: number): Promise<bigint>;

  /** Any number of times. */
  close(): Promise<void>;
}
