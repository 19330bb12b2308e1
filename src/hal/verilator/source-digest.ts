// Which sources the addon of the verilated kernels was made from, so that one of former sources is noticed.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfSources } from '../source-digest.js';

/** Folders and files below the root of the package; profiles stand in the definition of the contract. */
export const KERNEL_SOURCES: readonly string[] = [
  'hdl/builds.json',
  'hdl/generated',
  'hdl/rtl',
  'native/addon_values.h',
  'sim/verilator',
  'src/contract/definition.ts',
];

/**
 * Over the names and contents of all of them.
 * @returns hex; undefined where this installation is without them, and they cannot change
 */
export function sourceDigest(root: string): string | undefined {
  if (statSync(join(root, 'hdl/rtl'), { throwIfNoEntry: false }) === undefined) return undefined;
  return digestOfSources(root, KERNEL_SOURCES);
}
