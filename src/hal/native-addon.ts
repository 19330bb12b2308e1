// The addon of the C++ engine and of the BAR, and why it is not here when it is not.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { CONTRACT_DIGEST } from '../contract/generated/records.js';

/** What the addon calls an engine; the errors it throws carry ARGUMENT_INVALID, DEVICE_CLOSED or OUT_OF_MEMORY. */
export interface AddonEngine {
  readonly maxEventBytes: number;
  /** One number, the bytes that the last consume or reset wrote: read without a call into C++. */
  readonly state: Float64Array;
  consume(commands: Uint8Array, from: number, out: Uint8Array): number;
  reset(epoch: number, out: Uint8Array): void;
  close(): void;
}

/**
 * A mapped BAR. Its errors carry ARGUMENT_INVALID, DEVICE_CLOSED, or BAR_FAULT when the memory behind it is gone; those
 * of the constructor the name of an errno, EBUSY for a lock that another holds, ESIZE for a file that is too short.
 */
export interface AddonBarWindow {
  readonly bytes: number;
  /** Whether command lines go through a mapping whose writes combine. */
  readonly combines: boolean;
  /** Numbers in the order of BarState: read without a call into C++. */
  readonly state: Float64Array;
  /** Whole words from byte `offset` on. */
  read(offset: number, out: Uint8Array): void;
  /** layout: the 8 values of BarLayout in its order. Returns `combines`. */
  attach(layout: Uint32Array, combiningPath?: string): boolean;
  reset(epoch: number, generation: number): void;
  repeatReset(): void;
  /** Packs commands into lines and rings; the offset behind the last one that found room. */
  write(commands: Uint8Array, from: number): number;
  /** Takes events and rings; bytes written to `out`. */
  poll(out: Uint8Array): number;
  ring(): void;
  /** Writes again what was not taken, and rings; how many commands. */
  rewrite(): number;
  readControl(): void;
  readRegister(index: number): bigint;
  /** Whether a process serves the file, as that of a simulated card does; true where the system cannot tell. */
  served(): boolean;
  close(): void;
}

export interface NativeAddon {
  readonly NativeEngine: new (profileValues: Uint32Array) => AddonEngine;
  /** Left out where memory of devices cannot be mapped. */
  readonly BarWindow?: new (
    path: string,
  ) => AddonBarWindow;
  /** Of the header that the addon was compiled with. */
  readonly contractDigest: string;
  /** Compiler and CRC method, for people. */
  readonly build: string;
}

/** The same depth below the root of the package in src and in dist. */
const ADDON_FILE = fileURLToPath(new URL('../../build/Release/gatebook_native.node', import.meta.url));

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
