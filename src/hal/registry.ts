// The one place that knows the names of backends.
import type { Profile } from '../contract/profile.js';
import type { Engine } from '../kernel/engine.js';
import { SoftwareEngine } from '../kernel/software-engine.js';
import type { Backend, TraceRequest } from './backend.js';
import { checkProfile } from './checks.js';
import type { Device } from './device.js';
import { HalError } from './errors.js';
import type { Finding } from './findings.js';
import { type LifeCycleOptions, openDevice } from './lifecycle.js';
import { nativeBackend } from './native/native-backend.js';
import { createPcieBackend, pcieBackend } from './pcie/pcie-backend.js';
import type { Timing as CardTiming } from './pcie/timing.js';
import { profileMisfit, STANDARD_PROFILE } from './profile-limits.js';
import { serialBackend } from './serial/serial-backend.js';
import { softwareBackend } from './software/software-backend.js';
import { connectPair, type PairParts } from './supervised/connect-pair.js';
import { pairStandby, supervisedBackend } from './supervised/supervised-backend.js';
import { verilatorBackend } from './verilator/verilator-backend.js';

const BACKENDS: readonly Backend[] = [
  softwareBackend,
  nativeBackend,
  verilatorBackend,
  serialBackend,
  pcieBackend,
  supervisedBackend((spec) => find(spec)),
];

/** What `auto` tries, best first; the last one is always there. */
const AUTO_ORDER: readonly Backend[] = [nativeBackend, softwareBackend];

export interface BackendInfo {
  readonly name: string;
  readonly available: boolean;
  /** Why it is not available. */
  readonly reason?: string;
  /** An engine of this process, which needs no argument: not a link to a device, not a pair. */
  readonly inProcess: boolean;
  /** What has to stand behind `name:`; left out where the name alone opens a device. */
  readonly required?: string;
  /** The largest profile it can be opened with. */
  readonly limits: Profile;
  /** Contract digest of what would be opened; left out while it is not available. */
  readonly contractDigest?: string;
  readonly build: string;
}

export interface OpenOptions extends Omit<LifeCycleOptions, 'shadow'> {
  /** Without one: the default of the backend. */
  readonly profile?: Profile | undefined;
  /** True: an engine in this process follows the device, so that it can give snapshots. */
  readonly shadow?: boolean | undefined;
}

/** Every backend, whether it can be used here or not; nothing is opened. */
export function listBackends(): BackendInfo[] {
  return BACKENDS.map((backend) => {
    const { name, limits, build, unavailable: reason, contractDigest, required } = backend;
    return {
      name,
      available: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
      inProcess: backend.createEngine !== undefined,
      ...(required === undefined ? {} : { required }),
      limits,
      ...(contractDigest === undefined ? {} : { contractDigest }),
      build,
    };
  });
}

/**
 * Opens a device and resets it.
 * @param spec `name`, `name:arguments` or `auto`: native where it is available, else software
 * @throws HalError BACKEND_UNKNOWN, BACKEND_UNAVAILABLE, PROFILE_INVALID, PROFILE_MISMATCH, ARGUMENT_INVALID,
 *   and what openDevice throws
 */
export async function open(spec: string, options: OpenOptions = {}): Promise<Device> {
  const { profile, shadow, ...rest } = options;
  const { backend, args } = find(spec);
  if (profile !== undefined) checkProfile(profile);
  const timing = { clock: rest.clock, timeoutMs: rest.timeoutMs };
  const transport = await coded(backend.name, () => backend.connect(args, profile, timing));
  // An engine that can export its state needs nobody to follow it.
  const follow = shadow === true && transport.snapshot === undefined;
  return openDevice(transport, {
    ...rest,
    shadow: follow ? new SoftwareEngine(transport.identity.profile) : undefined,
  });
}

/**
 * A supervised pair whose primary is a transport of the caller.
 * @param standby spec of an engine of this process
 * @throws HalError as `open`
 */
export async function openPair(
  primary: PairParts['primary'],
  standby: string,
  options: Omit<OpenOptions, 'shadow'> & { readonly retryMs?: number } = {},
): Promise<Device> {
  const { profile, retryMs, ...rest } = options;
  if (profile !== undefined) checkProfile(profile);
  const { clock, timeoutMs } = rest;
  const parts = { primary, standby: pairStandby(find(standby)) };
  return openDevice(await coded('supervised', () => connectPair(parts, { profile, retryMs, clock, timeoutMs })), rest);
}

export type { CardTiming };

/**
 * A card as `pcie:` opens it, in the time of the caller: for campaigns that simulate the card in the same process.
 * @param args as behind `pcie:`
 * @throws HalError as `open`
 */
export async function openCard(args: string, timing: CardTiming, options: LifeCycleOptions = {}): Promise<Device> {
  const backend = createPcieBackend('/sys', timing);
  return openDevice(await coded(backend.name, () => backend.connect(args, undefined)), options);
}

/**
 * An engine of this process without a device around it, for comparing engines record by record.
 * @throws HalError as `open`; ARGUMENT_INVALID for a backend that does not run in this process
 */
export function createEngine(spec: string, profile: Profile): Engine {
  const { backend, args } = find(spec);
  checkProfile(profile);
  if (backend.createEngine === undefined) {
    throw new HalError('ARGUMENT_INVALID', `'${spec}' is not an engine of this process`);
  }
  try {
    return backend.createEngine(args, profile);
  } catch (error) {
    throw withCode(backend.name, error);
  }
}

/** Whether `createEngine` takes the spec. @throws HalError as `open` */
export function isEngine(spec: string): boolean {
  return find(spec).backend.createEngine !== undefined;
}

/** The name behind a spec: `auto` becomes the backend that it would open. @throws HalError as `open` */
export function resolveBackend(spec: string): string {
  return find(spec).backend.name;
}

/**
 * The profile that devices are opened with where none is asked for: of the defaults of several, one that fits into all.
 * @throws HalError as `open`
 */
export function defaultProfile(...specs: readonly string[]): Profile {
  const defaults = specs.map((spec) => {
    const { backend, args } = find(spec);
    return backend.defaultProfile(args) ?? STANDARD_PROFILE;
  });
  const fitsAll = (profile: Profile) => defaults.every((other) => profileMisfit(profile, other) === undefined);
  return defaults.find(fitsAll) ?? defaults[0] ?? STANDARD_PROFILE;
}

/** Whether waveforms of the inside of the device can be had. @throws HalError as `open` */
export function canTrace(spec: string): boolean {
  return find(spec).backend.withTrace !== undefined;
}

/**
 * What stands between this host and the devices of a spec, worst last mended first; nothing for a backend without any.
 * @throws HalError as `open`, but for what is found
 */
export async function diagnose(spec: string): Promise<readonly Finding[]> {
  const { backend, args } = find(spec);
  return (await coded(backend.name, () => backend.diagnose?.(args))) ?? [];
}

/**
 * The spec of the same device with waveforms.
 * @throws HalError as `open`; ARGUMENT_INVALID where there are none to be had
 */
export function withTrace(spec: string, trace: TraceRequest): string {
  const { backend, args } = find(spec);
  const traced = backend.withTrace?.(args, trace);
  if (traced !== undefined) return `${backend.name}:${traced}`;
  throw new HalError('ARGUMENT_INVALID', `${backend.name} writes no waveforms`);
}

async function coded<T>(name: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw withCode(name, error);
  }
}

/** What a backend throws or rejects with while it opens (no memory, mostly) becomes an error with a code. */
function withCode(name: string, error: unknown): HalError {
  if (error instanceof HalError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new HalError('BACKEND_UNAVAILABLE', `${name}: ${why}`, { cause: error });
}

function find(spec: string): { readonly backend: Backend; readonly args: string } {
  const colon = spec.indexOf(':');
  const name = colon < 0 ? spec : spec.slice(0, colon);
  const args = colon < 0 ? '' : spec.slice(colon + 1);
  const backend =
    name === 'auto'
      ? AUTO_ORDER.find((candidate) => candidate.unavailable === undefined)
      : BACKENDS.find((candidate) => candidate.name === name);
  if (backend === undefined) {
    const names = ['auto', ...BACKENDS.map((candidate) => candidate.name)].join(', ');
    throw new HalError('BACKEND_UNKNOWN', `backend '${name}' is not one of ${names}`);
  }
  if (backend.unavailable !== undefined) {
    throw new HalError('BACKEND_UNAVAILABLE', `${backend.name}: ${backend.unavailable}`);
  }
  return { backend, args };
}
