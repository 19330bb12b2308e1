// The C++ engine behind the Engine interface.
import { type Profile, profileValues } from '../../contract/profile.js';
import type { Engine } from '../../kernel/engine.js';
import { type AddonEngine, loadNative } from '../native-addon.js';

class NativeEngine implements Engine {
  readonly maxEventBytes: number;
  private readonly state: Float64Array;

  constructor(
    readonly profile: Profile,
    private readonly engine: AddonEngine,
  ) {
    this.maxEventBytes = engine.maxEventBytes;
    this.state = engine.state;
  }

  get eventBytes(): number {
    return this.state[0] ?? 0;
  }

  consume(commands: Uint8Array, from: number, out: Uint8Array): number {
    return this.engine.consume(commands, from, out);
  }

  reset(epoch: number, out: Uint8Array): void {
    this.engine.reset(epoch, out);
  }

  close(): void {
    this.engine.close();
  }
}

/**
 * An engine of the native addon.
 * @returns undefined where loadNative() gives a reason
 * @throws Error with code ARGUMENT_INVALID (a profile out of range) or OUT_OF_MEMORY
 */
export function createNativeEngine(profile: Profile): Engine | undefined {
  const found = loadNative();
  if ('reason' in found) return undefined;
  return new NativeEngine(profile, new found.addon.NativeEngine(Uint32Array.from(profileValues(profile))));
}
