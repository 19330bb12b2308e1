// One preparation at a time in one folder: two starts at once would remove each other's node_modules.
import { appendFileSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const POLL_MS = 200;
const PATIENCE_MS = 15 * 60_000;

/**
 * Runs `work` while holding the lock of `root`; waits for another process that holds it.
 * @param {string} root
 * @param {(line: string) => void} say told once when there is somebody to wait for
 * @param {(addProcess: (pid: number) => void) => Promise<T>} work adds what it starts: a child that outlives us still
 *   writes here, and holds the lock until it ends
 * @returns {Promise<T>}
 * @template T
 */
export async function withLock(root, say, work) {
  mkdirSync(join(root, '.prepared'), { recursive: true });
  const path = join(root, '.prepared', 'lock');
  const mine = `${hostname()} ${process.pid}`;
  const deadline = Date.now() + PATIENCE_MS;
  let told = false;
  while (!take(path, mine)) {
    const holder = readHolder(path);
    if (holder === undefined) continue;
    if (isDead(holder)) {
      remove(path, holder);
      continue;
    }
    if (Date.now() > deadline) throw new Error(`another process (${holder}) holds ${path}; if it is gone, delete it`);
    if (!told) say(`waiting for another start (${holder})`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return await work((pid) => appendFileSync(path, ` ${pid}`));
  } finally {
    rmSync(path, { force: true });
  }
}

/** A link appears whole or not at all, so that no reader finds a lock without its holder. */
function take(path, mine) {
  const candidate = `${path}.${process.pid}`;
  writeFileSync(candidate, mine);
  try {
    linkSync(candidate, path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(candidate, { force: true });
  }
}

function readHolder(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Only a process of this machine can be asked; another machine's lock is waited for. */
function isDead(holder) {
  const [host, ...pids] = holder.split(' ');
  return host === hostname() && !pids.some((pid) => isAlive(Number(pid)));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

/** Moves the lock away before looking again: another waiter may have removed the dead one and taken its place. */
function remove(path, holder) {
  const moved = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, moved);
    if (readHolder(moved) !== holder) linkSync(moved, path);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(moved, { force: true });
  }
}
