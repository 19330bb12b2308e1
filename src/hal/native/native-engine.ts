// The C++ engine behind the Engine interface, and why it is not here when it is not.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { CONTRACT_DIGEST } from '../../contract/generated/records.js';
import { type Profile, profileValues } from '../../contract/profile.js';
import type { Engine } from '../../kernel/engine.js';

/** What the addon calls an engine; the errors it throws carry ARGUMENT_INVALID, DEVICE_CLOSED or OUT_OF_MEMORY. */
interface AddonEngine {
  readonly maxEventBytes: number;
  /** One number, the bytes that the last consume or reset wrote: read without a call into C++. */
  readonly state: Float64Array;
  consume(commands: Uint8Array, from: number, out: Uint8Array): number;
  reset(epoch: number, out: Uint8Array): void;
  close(): void;
}

export interface NativeAddon {
  readonly NativeEngine: new (profileValues: Uint32Array) => AddonEngine;
  /** Of the header that the addon was compiled with. */
  readonly contractDigest: string;
  /** Compiler and CRC method, for people. */
  readonly build: string;
}

/** The same depth below the root of the package in src and in dist. */
const ADDON_FILE = fileURLToPath(new URL('../../../build/Release/gatebook_native.node', import.meta.url));

let loaded: { addon: NativeAddon } | undefined;

/** The addon, or one sentence that says why it cannot be used. */
export function loadNative(): { addon: NativeAddon } | { reason: string } {
  if (process.env['GATEBOOK_NO_ADDON'] === '1') return { reason: 'GATEBOOK_NO_ADDON=1 turns the native addon off' };
  if (loaded !== undefined) return loaded;
  if (!existsSync(ADDON_FILE)) {
    return { reason: `the native addon is not built: \`npm run addon\` makes ${ADDON_FILE}` };
  }
  let addon: NativeAddon;
  try {
    addon = createRequire(import.meta.url)(ADDON_FILE) as NativeAddon;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return {
      reason: `the native addon was built for another system; \`npm run addon\` builds it for this one (${why})`,
    };
  }
  if (addon.contractDigest !== CONTRACT_DIGEST) {
    return {
      reason:
        `the native addon was built for contract ${addon.contractDigest}, this is ${CONTRACT_DIGEST}: ` +
        '`npm run addon` builds it anew',
    };
  }
  loaded = { addon };
  return loaded;
}

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
