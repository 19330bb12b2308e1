// The TypeScript engine as a device: there wherever this program runs.
import { CONTRACT_DIGEST } from '../../contract/generated/records.js';
import { SoftwareEngine } from '../../kernel/software-engine.js';
import type { Backend } from '../backend.js';
import { buildInfo } from '../build-info.js';
import { checkNoArguments } from '../checks.js';
import { InProcessTransport } from '../in-process.js';
import { LARGEST_PROFILE, STANDARD_PROFILE } from '../profile-limits.js';

export const softwareBackend: Backend = {
  name: 'software',
  limits: LARGEST_PROFILE,
  unavailable: undefined,
  contractDigest: CONTRACT_DIGEST,

  get build() {
    return `software ${buildInfo().version}`;
  },

  defaultProfile: () => STANDARD_PROFILE,

  connect(args, profile = STANDARD_PROFILE) {
    checkNoArguments('software', args);
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

  createEngine(args, profile) {
    checkNoArguments('software', args);
    return new SoftwareEngine(profile);
  },
};
