// The project's own files, as the house rules read them.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from './rules.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Why the files cannot be listed here; undefined where they can. */
export const listingNeeds: string | undefined = (() => {
  const listed = spawnSync('git', ['rev-parse', '--show-toplevel'], { cwd: ROOT, encoding: 'utf8' });
  return listed.status === 0 ? undefined : 'NOT RUN: a git checkout';
})();

/** All text files that git tracks or would track: what is built or installed is not ours to judge. */
export function projectFiles(): SourceFile[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (listed.status !== 0) throw new Error(`git ls-files: ${listed.stderr}`);
  return [...new Set(listed.stdout.split('\0'))]
    .filter((path) => path !== '' && statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile())
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
    .filter((file) => !file.text.includes('\0'));
}
