// What was installed and built, remembered in one small file, and the comparison of it with what is there now.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * @typedef {{ files: Record<string, [number, number]>, digest: string }} Snapshot
 * Modification time and size of each file, and a digest over names and contents. The first is compared at every
 * start, as it costs one stat a file; contents are read only where it differs (a checkout touches times only).
 *
 * @typedef {object} Stamp
 * @property {{ lock: string, abi: string, platform: string, kind: 'run' | 'all', packages: string[] }} [install]
 * @property {{ lock: string, sources: Snapshot }} [compile]
 * @property {AddonEntry} [addon]
 * @property {AddonEntry} [verilator]
 * @property {AddonEntry} [boards]
 *
 * @typedef {{ lock: string, ok: boolean, abi: string, platform: string, compiler: string, sources: Snapshot }}
 *   AddonEntry
 */

const stampPath = (root) => join(root, '.prepared', 'stamp.json');

/** @returns {Stamp} empty where there is none, or none that can be read: then everything is done again */
export function readStamp(root) {
  try {
    const stamp = JSON.parse(readFileSync(stampPath(root), 'utf8'));
    return stamp !== null && typeof stamp === 'object' ? stamp : {};
  } catch {
    return {};
  }
}

/** Renamed into place, so that a reader sees the old stamp or the new one, never half of one. */
export function writeStamp(root, stamp) {
  const path = stampPath(root);
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(stamp)}\n`);
  renameSync(next, path);
}

/** @returns {string} SHA-256 of a file's contents in hex, '' where there is no file */
export function fileDigest(path) {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return '';
  }
}

/** Files below the given folders and files, by path relative to root, sorted; what is absent is left out. */
export function listFiles(root, entries) {
  const found = [];
  const visit = (path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (stat?.isFile()) found.push([path, stat.mtimeMs, stat.size]);
    if (stat?.isDirectory()) for (const name of readdirSync(join(root, path))) visit(`${path}/${name}`);
  };
  for (const entry of entries) visit(entry);
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** @returns {Snapshot} */
export function takeSnapshot(root, entries) {
  const hash = createHash('sha256');
  const files = {};
  for (const [path, mtimeMs, size] of listFiles(root, entries)) {
    files[path] = [mtimeMs, size];
    hash.update(`${path}\0${fileDigest(join(root, path))}\n`);
  }
  return { files, digest: hash.digest('hex') };
}

/** Whether the files are those of the snapshot. */
export function isSame(root, entries, snapshot) {
  if (snapshot === undefined) return false;
  const now = listFiles(root, entries);
  const untouched =
    now.length === Object.keys(snapshot.files).length &&
    now.every(([path, mtimeMs, size]) => {
      const then = snapshot.files[path];
      return then !== undefined && then[0] === mtimeMs && then[1] === size;
    });
  return untouched || takeSnapshot(root, entries).digest === snapshot.digest;
}
