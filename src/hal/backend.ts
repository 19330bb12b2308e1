// What the registry knows of a backend.
import type { Profile } from '../contract/profile.js';
import type { Engine } from '../kernel/engine.js';
import type { Transport } from './transport.js';

export interface Backend {
  readonly name: string;

  /** The largest profile it can be opened with. */
  readonly limits: Profile;

  /** Of its build, for people. */
  readonly build: string;

  /** Contract digest of what would be opened; undefined while it is not available. */
  readonly contractDigest: string | undefined;

  /** Why it cannot be used here, in words; undefined when it can. Checked without opening anything. */
  readonly unavailable: string | undefined;

  /**
   * @param args what stands behind `name:`, '' without; the backend refuses what it does not understand
   * @param profile checked; undefined: the device's own, or `standard` where it has none
   * @throws HalError BACKEND_UNAVAILABLE, PROFILE_MISMATCH, ARGUMENT_INVALID
   */
  connect(args: string, profile: Profile | undefined): Transport | Promise<Transport>;

  /** An engine outside any device, where the backend runs in this process: for comparing engines directly. */
  createEngine?(profile: Profile): Engine;
}
