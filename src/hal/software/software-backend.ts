// The TypeScript engine as a device: there wherever this program runs.
import { CONTRACT_DIGEST } from '../../contract/generated/records.js';
import { NAMED_PROFILES, type Profile } from '../../contract/profile.js';
import { SoftwareEngine } from '../../kernel/software-engine.js';
import type { Backend } from '../backend.js';
import { buildInfo } from '../build-info.js';
import { HalError } from '../errors.js';
import { InProcessTransport } from '../in-process.js';
import { LARGEST_PROFILE } from '../profile-limits.js';

export const softwareBackend: Backend = {
  name: 'software',
  limits: LARGEST_PROFILE,
  unavailable: undefined,
  contractDigest: CONTRACT_DIGEST,

  get build() {
    return `software ${buildInfo().version}`;
  },

  connect(args, profile = NAMED_PROFILES['standard'] as Profile) {
    if (args !== '') throw new HalError('ARGUMENT_INVALID', `software takes no arguments, got '${args}'`);
    const identity = {
      backend: 'software',
      contractDigest: CONTRACT_DIGEST,
      build: this.build,
      commit: buildInfo().commit,
      profile,
      clockHz: undefined,
    };
    return new InProcessTransport(identity, new SoftwareEngine(profile));
  },

  createEngine(profile) {
    return new SoftwareEngine(profile);
  },
};
