// A supervised pair over primaries that fail as planned, on a clock that the test moves.
import type { Profile } from '../../src/contract/profile.js';
import type { Device } from '../../src/hal/device.js';
import { HalError } from '../../src/hal/errors.js';
import { openDevice } from '../../src/hal/lifecycle.js';
import { LARGEST_PROFILE } from '../../src/hal/profile-limits.js';
import { connectPair, type PairRequest } from '../../src/hal/supervised/connect-pair.js';
import type { Supervision, SupervisionChange } from '../../src/hal/supervision.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { FailingPrimary, type Plan } from './failing-primary.js';
import { ManualClock } from './manual-clock.js';
import { TINY } from './programs.js';

/** Time-out of the pair; a third of it is the primary's. */
export const TIMEOUT_MS = 300;
export const RETRY_MS = 10;

/** An attempt to open the primary: it fails as planned, stays well, or cannot be opened at all. */
export type Attempt = Plan | 'well' | 'absent';

export const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

export class FailingPair {
  readonly clock = new ManualClock();
  readonly primaries: FailingPrimary[] = [];
  readonly changes: SupervisionChange[] = [];
  device!: Device;
  private chunks: Uint8Array[] = [];

  private constructor(
    private readonly attempts: readonly Attempt[],
    readonly synchronous: boolean,
    readonly profile: Profile,
  ) {}

  /** attempts: of opening the primary, the first one included; it is well after the last of them. */
  static async open(
    attempts: readonly Attempt[],
    synchronous: boolean,
    options: Partial<PairRequest> & { readonly profile?: Profile } = {},
  ): Promise<FailingPair> {
    const pair = new FailingPair(attempts, synchronous, options.profile ?? TINY);
    await pair.connect(options);
    return pair;
  }

  private async connect(options: Partial<PairRequest>): Promise<void> {
    const { clock, profile } = this;
    const request = { timeoutMs: TIMEOUT_MS, retryMs: RETRY_MS, clock, profile, ...options };
    const primary = { name: 'failing', connect: () => this.attempt() };
    const standby = { name: 'software', limits: LARGEST_PROFILE, create: (of: Profile) => new SoftwareEngine(of) };
    const transport = await connectPair({ primary, standby }, request);
    this.device = await openDevice(transport, { clock, timeoutMs: request.timeoutMs });
    this.device.onEvents((events) => this.chunks.push(events.slice()));
    this.supervision.onChange((change) => this.changes.push(change));
  }

  private attempt(): FailingPrimary {
    const plan = this.attempts[this.primaries.length] ?? 'well';
    const made = new FailingPrimary(this.profile, this.synchronous, typeof plan === 'string' ? undefined : plan);
    this.primaries.push(made);
    if (plan === 'absent') throw new HalError('BACKEND_UNAVAILABLE', 'the primary is not there');
    return made;
  }

  get supervision(): Supervision {
    return this.device.supervision as Supervision;
  }

  /** Every event delivered, in order. */
  get events(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.chunks));
  }

  /** Moves the clock until `done`, or for long enough that it never will be. */
  async until(done: () => boolean): Promise<boolean> {
    for (let i = 0; i < 4 * TIMEOUT_MS && !done(); i++) {
      for (let j = 0; j < 6 && !done(); j++) await turn();
      if (!done()) this.clock.advance(1);
    }
    return done();
  }

  /** Waits for what was submitted, time passing. */
  // biome-ignore lint/suspicious/noConfusingVoidType: `submit` returns nothing where it is done at once.
  async finish<T>(work: void | Promise<T>): Promise<T | undefined> {
    let ended = false;
    const watched = Promise.resolve(work).finally(() => {
      ended = true;
    });
    watched.catch(() => {});
    if (!(await this.until(() => ended))) throw new Error('it did not end');
    return (await watched) as T;
  }
}

/** The events of one software engine for the same commands, RESET_DONE left out. */
export function reference(commands: Uint8Array, profile: Profile = TINY): Uint8Array {
  const engine = new SoftwareEngine(profile);
  const out = new Uint8Array(engine.maxEventBytes + 4096);
  engine.reset(0, out);
  const chunks: Uint8Array[] = [];
  const batch = commands.slice();
  for (let from = 0; from < batch.length; ) {
    from = engine.consume(batch, from, out);
    chunks.push(out.slice(0, engine.eventBytes));
  }
  return new Uint8Array(Buffer.concat(chunks));
}
