// What this build says of itself, read from the package it lies in: there is no generated file to go stale.
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of this package; the same depth in src and in dist. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface BuildInfo {
  /** Version of the package. */
  readonly version: string;
  /** 40 hex digits, or 'unknown' where the package does not lie in a checkout of its own. */
  readonly commit: string;
}

let known: BuildInfo | undefined;

export function buildInfo(): BuildInfo {
  known ??= { version: versionOf(PACKAGE_ROOT), commit: commitOf(PACKAGE_ROOT) };
  return known;
}

function versionOf(root: string): string {
  const text = readIfThere(join(root, 'package.json'));
  const version = text === undefined ? undefined : (JSON.parse(text) as { version?: unknown }).version;
  return typeof version === 'string' ? version : 'unknown';
}

/** The commit that is checked out in `root` itself: a repository around it is somebody else's. */
export function commitOf(root: string): string {
  const gitFolder = gitFolderOf(root);
  const head = gitFolder === undefined ? undefined : readIfThere(join(gitFolder, 'HEAD'))?.trim();
  if (gitFolder === undefined || head === undefined) return 'unknown';
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  const commit = ref === undefined ? head : refIn(gitFolder, ref);
  return commit !== undefined && /^[0-9a-f]{40}$/.test(commit) ? commit : 'unknown';
}

function gitFolderOf(root: string): string | undefined {
  const path = join(root, '.git');
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return path;
  // A worktree has a file that says where its folder is.
  const pointer = /^gitdir: (.+)$/m.exec(readIfThere(path) ?? '')?.[1];
  return pointer === undefined ? undefined : resolve(root, pointer);
}

function refIn(gitFolder: string, ref: string): string | undefined {
  const common = readIfThere(join(gitFolder, 'commondir'))?.trim();
  const folders = common === undefined ? [gitFolder] : [gitFolder, resolve(gitFolder, common)];
  for (const folder of folders) {
    const loose = readIfThere(join(folder, ref))?.trim();
    if (loose !== undefined) return loose;
    const packed = readIfThere(join(folder, 'packed-refs')) ?? '';
    const line = packed.split('\n').find((text) => text.endsWith(` ${ref}`));
    if (line !== undefined) return line.slice(0, 40);
  }
  return undefined;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
