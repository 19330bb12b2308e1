// Two backends as one: a primary of any kind, and a standby of this process that follows it.
import { CONTRACT_DIGEST } from '../../contract/generated/records.js';
import type { Profile } from '../../contract/profile.js';
import type { Backend } from '../backend.js';
import { buildInfo } from '../build-info.js';
import { HalError } from '../errors.js';
import { LARGEST_PROFILE, profileMisfit } from '../profile-limits.js';
import { connectPair, type PairParts, pairInPair } from './connect-pair.js';
import { PAIR_SPEC_DOC, type PairSpec, parsePairSpec } from './pair-spec.js';

interface Found {
  readonly backend: Backend;
  readonly args: string;
}

const NAME = 'supervised';
/** Backends that run in this process and answer at once, whatever happens to the primary. */
const STANDBYS: readonly string[] = ['native', 'software'];

/** find: the backend behind a spec, as the registry knows it. @throws HalError BACKEND_UNKNOWN, BACKEND_UNAVAILABLE */
export function supervisedBackend(find: (spec: string) => Found): Backend {
  return {
    name: NAME,
    required: PAIR_SPEC_DOC,
    limits: LARGEST_PROFILE,
    unavailable: undefined,
    contractDigest: CONTRACT_DIGEST,

    get build() {
      return `supervised ${buildInfo().version}`;
    },

    defaultProfile: (args) => defaultOf(partsOf(find, parsePairSpec(args))),

    connect(args, profile, timing) {
      const spec = parsePairSpec(args);
      const parts = partsOf(find, spec);
      return connectPair(pairOf(parts, spec), {
        ...timing,
        profile: profile ?? defaultOf(parts),
        fences: { every: spec.every, ms: spec.ms },
        retryMs: spec.retry,
      });
    },
  };
}

interface Parts {
  readonly primary: Found;
  readonly standby: Found;
}

/** @throws HalError ARGUMENT_INVALID, and as `find` */
function partsOf(find: (spec: string) => Found, spec: PairSpec): Parts {
  const standby = find(spec.standby);
  // Refused before anything is opened.
  pairStandby(standby);
  const primary = find(spec.primary);
  if (primary.backend.name === NAME) throw pairInPair(spec.primary);
  return { primary, standby };
}

/** @throws HalError ARGUMENT_INVALID: the standby is another backend than those of this process */
export function pairStandby({ backend, args }: Found): PairParts['standby'] {
  const { name, limits, createEngine } = backend;
  if (STANDBYS.includes(name) && createEngine !== undefined) {
    return { name, limits, create: (profile) => createEngine(args, profile) };
  }
  throw new HalError('ARGUMENT_INVALID', `supervised: the standby '${name}' is not ${STANDBYS.join(' or ')}`);
}

/** The default of the one that fits into that of the other; undefined where only the primary itself knows. */
function defaultOf({ primary, standby }: Parts): Profile | undefined {
  const ofPrimary = primary.backend.defaultProfile(primary.args);
  const ofStandby = standby.backend.defaultProfile(standby.args);
  if (ofPrimary === undefined || ofStandby === undefined) return undefined;
  return profileMisfit(ofPrimary, ofStandby) === undefined ? ofPrimary : ofStandby;
}

function pairOf({ primary, standby }: Parts, spec: PairSpec): PairParts {
  return {
    primary: {
      name: spec.primary,
      connect: (profile, timing) => primary.backend.connect(primary.args, profile, timing),
    },
    standby: pairStandby(standby),
  };
}
