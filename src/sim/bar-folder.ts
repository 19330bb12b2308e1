// The temporary folder of a BAR file: its name says whose it is, so that the next simulation can clean up after one
// that was killed.
import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'gatebook-bar';
/** Containers may share a temporary folder, but not the numbers of their processes. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const NAME = /^gatebook-bar-([0-9a-f]{8})-(\d+)-[A-Za-z0-9]{6}$/;

/** Makes one, after removing those that ended owners of this user have left on this machine. */
export function makeBarFolder(parent = tmpdir()): string {
  removeLeftFolders(parent);
  return mkdtempSync(join(parent, `${PREFIX}-${HOST}-${process.pid}-`));
}

function removeLeftFolders(parent: string): void {
  const own = process.getuid?.();
  for (const name of readdirSync(parent)) {
    const [, host, pid] = NAME.exec(name) ?? [];
    if (own === undefined || host !== HOST || isAlive(Number(pid))) continue;
    try {
      const path = join(parent, name);
      // Of the link itself: whoever may write here could let it point anywhere.
      const stat = lstatSync(path);
      if (stat.isDirectory() && stat.uid === own) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another simulation that starts now was faster.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
