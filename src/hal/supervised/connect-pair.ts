// Opens both engines of a pair under one profile.
import { CONTRACT_DIGEST } from '../../contract/generated/records.js';
import type { Profile } from '../../contract/profile.js';
import type { Engine } from '../../kernel/engine.js';
import type { Timing } from '../backend.js';
import { buildInfo } from '../build-info.js';
import { TIMEOUT_MAX_MS } from '../checks.js';
import { systemClock } from '../clock.js';
import type { Device } from '../device.js';
import { HalError } from '../errors.js';
import type { FenceRule } from '../fence-interval.js';
import { openDevice } from '../lifecycle.js';
import { profileMisfit } from '../profile-limits.js';
import type { Transport } from '../transport.js';
import { PairTransport } from './pair-transport.js';
import { Standby } from './standby.js';

const DEFAULT_PRIMARY_MS = 5000;
const DEFAULT_RETRY_MS = 1000;
/** A silent primary is found out within two of its own bounds, and the standby has to answer after that. */
const BOUNDS = 3;

export interface PairParts {
  readonly primary: {
    /** Its spec, for messages. */
    readonly name: string;
    connect(profile: Profile | undefined, timing: Timing): Transport | Promise<Transport>;
  };
  readonly standby: {
    readonly name: string;
    /** The largest profile it can be opened with. */
    readonly limits: Profile;
    create(profile: Profile): Engine;
  };
}

export interface PairRequest extends Timing {
  /** Undefined: the one that the primary says. */
  readonly profile?: Profile | undefined;
  readonly fences?: FenceRule;
  readonly retryMs?: number | undefined;
}

/**
 * Connects the primary and makes its standby. A primary that cannot be opened now is an error of the caller; only one
 * that was there is waited for.
 * @throws HalError PROFILE_MISMATCH, ARGUMENT_INVALID, and what the primary throws
 */
export async function connectPair({ primary, standby }: PairParts, request: PairRequest): Promise<PairTransport> {
  const clock = request.clock ?? systemClock;
  let pair: PairTransport | undefined;
  const connect = async (profile: Profile | undefined, synchronous?: boolean) => {
    const bound = request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs / BOUNDS };
    const transport = await primary.connect(profile, { ...bound, clock });
    if (transport.supervision !== undefined) {
      await transport.close();
      throw pairInPair(primary.name);
    }
    const misfit = misfitOf(transport, profile, synchronous);
    if (misfit !== undefined) {
      await transport.close();
      throw new HalError('PROFILE_MISMATCH', `supervised: ${primary.name}: ${misfit}`);
    }
    const opened: { device?: Device } = {};
    opened.device = await openDevice(transport, {
      ...bound,
      clock,
      onFault: (error) => {
        if (opened.device !== undefined) pair?.primaryFault(opened.device, error);
      },
    });
    return { device: opened.device, transport };
  };
  const { device, transport } = await connect(request.profile);
  const { profile } = device.identity;
  const primaryMs = request.timeoutMs === undefined ? transport.timeoutMs : request.timeoutMs / BOUNDS;
  const boundMs = Math.ceil(primaryMs ?? DEFAULT_PRIMARY_MS);
  try {
    const create = () => createStandby(standby, profile);
    pair = new PairTransport(device, new Standby(create(), profile), {
      identity: {
        backend: 'supervised',
        contractDigest: CONTRACT_DIGEST,
        build: `supervised ${buildInfo().version} (primary ${device.identity.build}, standby ${standby.name})`,
        commit: device.identity.commit,
        profile,
        clockHz: device.identity.clockHz,
      },
      synchronous: transport.synchronous,
      primaryMs: boundMs,
      timeoutMs: Math.min(TIMEOUT_MAX_MS, boundMs * BOUNDS),
      retryMs: request.retryMs ?? DEFAULT_RETRY_MS,
      clock,
      fences: request.fences ?? {},
      connect: async () => (await connect(profile, transport.synchronous)).device,
      createScratch: () => {
        const engine = create();
        engine.reset(0, new Uint8Array(engine.maxEventBytes));
        return engine;
      },
    });
    return pair;
  } catch (error) {
    await device.close();
    throw error;
  }
}

/** The alarm of the inner one would be heard by nobody. */
export function pairInPair(primary: string): HalError {
  return new HalError('ARGUMENT_INVALID', `supervised: the primary '${primary}' is itself a supervised pair`);
}

function misfitOf(transport: Transport, profile: Profile | undefined, synchronous?: boolean): string | undefined {
  if (synchronous !== undefined && transport.synchronous !== synchronous) return 'it came back as another kind';
  if (profile === undefined) return undefined;
  const other =
    profileMisfit(transport.identity.profile, profile) ?? profileMisfit(profile, transport.identity.profile);
  return other === undefined ? undefined : `it was opened with another profile than the pair: ${other}`;
}

/** @throws HalError PROFILE_MISMATCH */
function createStandby(standby: PairParts['standby'], profile: Profile): Engine {
  const misfit = profileMisfit(profile, standby.limits);
  if (misfit === undefined) return standby.create(profile);
  throw new HalError('PROFILE_MISMATCH', `supervised: the standby ${standby.name} is too small: ${misfit}`);
}
