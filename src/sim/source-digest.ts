// Which sources the addon of the simulated boards was made from, so that one of former sources is noticed.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfSources } from '../hal/source-digest.js';

/** Folders and files below the root of the package; profiles stand in the definition of the contract. */
const BOARD_SOURCES: readonly string[] = [
  'hdl/boards',
  'hdl/generated',
  'hdl/link',
  'hdl/rtl',
  'native/addon_values.h',
  'native/generated',
  'sim/boards',
  'sim/verilator',
  'src/contract/definition.ts',
];

/** @returns hex; undefined where this installation is without them, and they cannot change */
export function boardSourceDigest(root: string): string | undefined {
  if (statSync(join(root, 'hdl/rtl'), { throwIfNoEntry: false }) === undefined) return undefined;
  return digestOfSources(root, BOARD_SOURCES);
}
