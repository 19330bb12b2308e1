// Which sources the addon of the verilated kernels was made from, so that one of former sources is noticed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

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
  const hash = createHash('sha256');
  const visit = (path: string): void => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) for (const name of readdirSync(join(root, path)).sort()) visit(`${path}/${name}`);
    if (stat?.isFile() !== true) return;
    const contents = readFileSync(join(root, path));
    hash.update(`${path}\0${contents.length}\0`).update(contents);
  };
  for (const path of KERNEL_SOURCES) visit(path);
  return hash.digest('hex').slice(0, 32);
}
