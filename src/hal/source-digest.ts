// Over the names and contents of sources: how an addon that was made from others than those in the checkout is noticed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param sources folders and files below `root`; what is absent counts as nothing
 * @returns hex
 */
export function digestOfSources(root: string, sources: readonly string[]): string {
  const hash = createHash('sha256');
  const visit = (path: string): void => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) for (const name of readdirSync(join(root, path)).sort()) visit(`${path}/${name}`);
    if (stat?.isFile() !== true) return;
    const contents = readFileSync(join(root, path));
    hash.update(`${path}\0${contents.length}\0`).update(contents);
  };
  for (const path of sources) visit(path);
  return hash.digest('hex').slice(0, 32);
}
