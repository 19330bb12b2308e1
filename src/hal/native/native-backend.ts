// The C++ engine as a device: there where the addon was built or shipped.
import { NAMED_PROFILES, type Profile } from '../../contract/profile.js';
import type { Engine } from '../../kernel/engine.js';
import type { Backend } from '../backend.js';
import { buildInfo } from '../build-info.js';
import { HalError } from '../errors.js';
import { InProcessTransport } from '../in-process.js';
import { LARGEST_PROFILE } from '../profile-limits.js';
import { createNativeEngine, loadNative } from './native-engine.js';

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

  connect(args, profile = NAMED_PROFILES['standard'] as Profile) {
    if (args !== '') throw new HalError('ARGUMENT_INVALID', `native takes no arguments, got '${args}'`);
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

  createEngine: create,
};
