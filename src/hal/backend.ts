// What the registry knows of a backend.
import type { Profile } from '../contract/profile.js';
import type { Engine } from '../kernel/engine.js';
import type { Clock } from './clock.js';
import type { Finding } from './findings.js';
import type { Transport } from './transport.js';

export interface Backend {
  readonly name: string;

  /** What has to stand behind `name:`; left out where the name alone opens a device. */
  readonly required?: string;

  /** The largest profile it can be opened with. */
  readonly limits: Profile;

  /**
   * What it is opened with where no profile is asked for; undefined where only the device itself knows.
   * @param args as for `connect`
   * @throws HalError ARGUMENT_INVALID, BACKEND_UNAVAILABLE
   */
  defaultProfile(args: string): Profile | undefined;

  /** Of its build, for people. */
  readonly build: string;

  /** Contract digest of what would be opened; undefined while it is not available. */
  readonly contractDigest: string | undefined;

  /** Why it cannot be used here, in words; undefined when it can. Checked without opening anything. */
  readonly unavailable: string | undefined;

  /**
   * @param args what stands behind `name:`, '' without; the backend refuses what it does not understand
   * @param profile checked; undefined: the default one
   * @param timing what the caller of `open` asked for
   * @throws HalError BACKEND_UNAVAILABLE, PROFILE_MISMATCH, ARGUMENT_INVALID
   */
  connect(args: string, profile: Profile | undefined, timing?: Timing): Transport | Promise<Transport>;

  /**
   * An engine outside any device, where the backend runs in this process: for comparing engines directly.
   * @throws HalError as `connect`
   */
  createEngine?(args: string, profile: Profile): Engine;

  /** Arguments that make it write waveforms as well, where it can. @throws HalError ARGUMENT_INVALID */
  withTrace?(args: string, trace: TraceRequest): string;

  /** What stands between this host and its devices, or the one that the arguments name; nothing stays open. */
  diagnose?(args: string): readonly Finding[] | Promise<readonly Finding[]>;
}

/** Time as the caller of `open` wants it. */
export interface Timing {
  readonly clock?: Clock | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Waveforms of what is inside a device. */
export interface TraceRequest {
  readonly file: string;
  /** Records that pass before the first one that is shown. */
  readonly fromRecord: number;
}
