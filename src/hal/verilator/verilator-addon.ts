// The addon of the verilated kernels, and why it cannot be used when it cannot.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CONTRACT_DIGEST } from '../../contract/generated/records.js';
import { PACKAGE_ROOT } from '../build-info.js';
import { sourceDigest } from './source-digest.js';

/** Options of one simulated kernel. */
export interface KernelOptions {
  /** 0..2^32-1. Registers and memories begin random, from this seed; as zeros without one. Also of the stalls. */
  readonly seed?: number;
  /** Per cent of the cycles in which no new command is offered, 0..95. */
  readonly stallCommands?: number;
  /** Per cent of the cycles in which no event is taken, 0..95. */
  readonly stallEvents?: number;
  /** Cycles without a handshake after which the kernel counts as hung. */
  readonly quietCycles?: number;
  /** FST file for waveforms; needs the addon that writes them. */
  readonly trace?: string;
  /** Records that pass before the first cycle that is written. */
  readonly traceFrom?: number;
}

/**
 * What the addon calls a kernel. Its errors carry ARGUMENT_INVALID, DEVICE_CLOSED, OUT_OF_MEMORY, KERNEL_HUNG or
 * KERNEL_STOPPED; after one of the last two it can only be closed.
 */
export interface AddonKernel {
  readonly maxEventBytes: number;
  /** Bytes that the last consume or reset wrote, and clock cycles so far: read without a call into C++. */
  readonly state: Float64Array;
  consume(commands: Uint8Array, from: number, out: Uint8Array): number;
  reset(epoch: number, out: Uint8Array): void;
  /** The counter behind a telemetry address, 0..255; takes two cycles. */
  telemetry(address: number): bigint;
  close(): void;
}

/** One way in which the RTL was built. */
export interface KernelBuild {
  /** Its capacity, in the order of the profile table. */
  readonly profile: Uint32Array;
  /** True: its profile is its capacity, as on a board. False: any profile that fits. */
  readonly exact: boolean;
}

export interface VerilatorAddon {
  readonly VerilatedEngine: new (build: string, profile: Uint32Array, options: KernelOptions) => AddonKernel;
  /** Of the header that the RTL includes. */
  readonly contractDigest: string;
  /** sourceDigest of what it was made from. */
  readonly sources: string;
  /** Verilator and compiler, for people. */
  readonly build: string;
  readonly builds: Readonly<Record<string, KernelBuild>>;
}

/** plain: every build. trace: those of any profile, able to write waveforms. */
export type AddonKind = 'plain' | 'trace';

const FOLDERS: Readonly<Record<AddonKind, string>> = { plain: 'verilator', trace: 'verilator-trace' };
const REMEDIES: Readonly<Record<AddonKind, string>> = {
  plain: '`npm run verilator`',
  trace: '`npm run verilator -- --trace`',
};
const NAMES: Readonly<Record<AddonKind, string>> = {
  plain: 'the verilated kernels are',
  trace: 'the verilated kernel with waveforms is',
};

/** The builds that programs may ask for: the last one misbehaves, for the tests of the harness. */
export const MISBEHAVING = 'misbehaving';

const loaded = new Map<AddonKind, VerilatorAddon>();

export function addonFile(kind: AddonKind): string {
  return join(PACKAGE_ROOT, 'build', FOLDERS[kind], 'build', 'Release', 'gatebook_verilator.node');
}

/** The addon, or one sentence that says why it cannot be used. */
export function loadVerilator(kind: AddonKind = 'plain'): { addon: VerilatorAddon } | { reason: string } {
  if (process.env['GATEBOOK_NO_ADDON'] === '1') return { reason: 'GATEBOOK_NO_ADDON=1 turns native addons off' };
  const known = loaded.get(kind);
  if (known !== undefined) return { addon: known };
  const file = addonFile(kind);
  const [what, remedy] = [NAMES[kind], REMEDIES[kind]];
  if (!existsSync(file)) return { reason: `${what} not built: ${remedy} makes ${file}` };
  let addon: VerilatorAddon;
  try {
    addon = createRequire(import.meta.url)(file) as VerilatorAddon;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { reason: `${what} built for another system: ${remedy} builds for this one (${why})` };
  }
  if (addon.contractDigest !== CONTRACT_DIGEST) {
    return {
      reason: `${what} built for contract ${addon.contractDigest}, this is ${CONTRACT_DIGEST}: ${remedy} builds anew`,
    };
  }
  if (addon.sources !== (sourceDigest(PACKAGE_ROOT) ?? addon.sources)) {
    return { reason: `${what} built from other sources than those here: ${remedy} builds anew` };
  }
  loaded.set(kind, addon);
  return { addon };
}
