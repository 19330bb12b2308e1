// The C++ engine as a device: there where the addon was built or shipped.
import type { Profile } from '../../contract/profile.js';
import type { Engine } from '../../kernel/engine.js';
import type { Backend } from '../backend.js';
import { buildInfo } from '../build-info.js';
import { checkNoArguments } from '../checks.js';
import { HalError } from '../errors.js';
import { InProcessTransport } from '../in-process.js';
import { loadNative } from '../native-addon.js';
import { LARGEST_PROFILE, STANDARD_PROFILE } from '../profile-limits.js';
import { createNativeEngine } from './native-engine.js';

function create(profile: Profile): Engine {
  const engine = createNativeEngine(profile);
  if (engine === undefined) throw new HalError('BACKEND_UNAVAILABLE', `native: ${nativeBackend.unavailable}`);
  return engine;
}

export const nativeBackend: Backend = {
  name: 'native',
  limits: LARGEST_PROFILE,

  get build() {
    const loaded = loadNative();
    const version = `native ${buildInfo().version}`;
    return 'addon' in loaded ? `${version} (${loaded.addon.build})` : version;
  },

  get unavailable() {
    const loaded = loadNative();
    return 'reason' in loaded ? loaded.reason : undefined;
  },

  get contractDigest() {
    const loaded = loadNative();
    return 'addon' in loaded ? loaded.addon.contractDigest : undefined;
  },

  defaultProfile: () => STANDARD_PROFILE,

  connect(args, profile = STANDARD_PROFILE) {
    checkNoArguments('native', args);
    const engine = create(profile);
    const identity = {
      backend: 'native',
      contractDigest: this.contractDigest ?? '',
      build: this.build,
      commit: buildInfo().commit,
      profile,
      clockHz: undefined,
    };
    return new InProcessTransport(identity, engine);
  },

  createEngine(args, profile) {
    checkNoArguments('native', args);
    return create(profile);
  },
};
