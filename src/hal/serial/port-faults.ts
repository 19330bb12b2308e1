// Why a port cannot be opened, told apart before and after trying: what the operating system says is one word.
import { accessSync, constants, readFileSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { HalError } from '../errors.js';
import type { PortInfo } from './sysfs.js';

/** What the operating system knows of a path; tests bring their own. */
export interface PortProbe {
  /** Undefined where nothing is. @throws Error where it cannot even be looked at: with the code of the system */
  stat(path: string): Stats | undefined;
  /** Whether this user may read and write it. */
  permitted(path: string): boolean;
  /** The text of /etc/group, or ''. */
  groups(): string;
}

export const systemProbe: PortProbe = {
  stat: (path) => statSync(path, { throwIfNoEntry: false }),
  permitted(path) {
    try {
      accessSync(path, constants.R_OK | constants.W_OK);
      return true;
    } catch {
      return false;
    }
  },
  groups() {
    try {
      return readFileSync('/etc/group', 'utf8');
    } catch {
      return '';
    }
  },
};

/**
 * A udev rule that permits every user at the machine to open this port: by its USB ids, else by its name. Undefined
 * where neither is known: a rule without a match would open every terminal of the machine.
 */
export function udevRule({ path, vendor, product }: PortInfo): string | undefined {
  const kernel = /^\/dev\/(tty[\w.-]+)$/.exec(realPath(path))?.[1];
  const match: string[] = [];
  if (vendor !== undefined && product !== undefined) {
    match.push(`ATTRS{idVendor}=="${vendor}"`, `ATTRS{idProduct}=="${product}"`);
  } else if (kernel !== undefined) match.push(`KERNEL=="${kernel}"`);
  if (match.length === 0) return undefined;
  return ['SUBSYSTEM=="tty"', ...match, 'MODE="0660"', 'TAG+="uaccess"'].join(', ');
}

/** Where a link points to; undefined for what is none. */
function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Without the links that udev makes; the path as it is where there is nothing. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** What is wrong with a path before anybody opens it; undefined where nothing is, or where paths say nothing. */
export function pathFault(
  path: string,
  ports: readonly PortInfo[],
  probe: PortProbe = systemProbe,
): HalError | undefined {
  if (!path.includes('/')) return undefined;
  const stat = look(path, probe);
  if (stat instanceof HalError) return stat;
  if (stat === undefined) {
    const aim = linkTarget(path);
    if (aim !== undefined) {
      return new HalError('PORT_ABSENT', `serial: ${path} is a link to ${aim}, which is not there`);
    }
    const names = ports.map((port) => port.path).join(', ');
    return new HalError(
      'PORT_ABSENT',
      `serial: there is no ${path}; ports here: ${names === '' ? 'none with hardware behind it' : names}`,
    );
  }
  if (!stat.isCharacterDevice()) return new HalError('PORT_ABSENT', `serial: ${path} is not a serial port`);
  return probe.permitted(path) ? undefined : permission(path, stat, ports, probe);
}

/** Not only the port may be closed to this user, but a folder on the way to it too; and not every text is a path. */
function look(path: string, probe: PortProbe): Stats | HalError | undefined {
  try {
    return probe.stat(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const closed = code === 'EACCES' || code === 'EPERM';
    const why = closed ? `a folder on the way to ${path} is closed to this user` : `${path} cannot be looked at`;
    const options = { cause: error };
    return new HalError(closed ? 'PORT_PERMISSION' : 'PORT_FAILED', `serial: ${why} (${message})`, options);
  }
}

function permission(path: string, stat: Stats, ports: readonly PortInfo[], probe: PortProbe): HalError {
  const group = groupName(stat.gid, probe.groups());
  const mode = (stat.mode & 0o777).toString(8).padStart(3, '0');
  const rule = udevRule(ports.find((port) => port.path === path) ?? { path });
  const ways: string[] = [];
  // Nobody should join root for a port.
  if (stat.gid !== 0) ways.push(`join the group (sudo usermod -aG ${group} $USER, then log in again)`);
  if (rule !== undefined) ways.push(`add the udev rule ${rule}`);
  // A pseudo-terminal belongs to whoever runs the program behind it.
  else if (realPath(path).startsWith('/dev/pts/')) ways.splice(0, 1, 'run both as the same user');
  else if (ways.length === 0) ways.push('run as a user who may open it');
  const message = `serial: no permission for ${path} (group ${group}, mode ${mode}): ${ways.join(', or ')}`;
  return new HalError('PORT_PERMISSION', message);
}

function groupName(gid: number, groups: string): string {
  const line = groups.split('\n').find((entry) => entry.split(':')[2] === String(gid));
  return line?.split(':')[0] ?? String(gid);
}

/** The error of an open that failed, by what it says. */
export function openFault(
  path: string,
  error: unknown,
  ports: readonly PortInfo[],
  probe: PortProbe = systemProbe,
): HalError {
  const text = error instanceof Error ? error.message : String(error);
  if (/cannot lock port|resource busy|access denied/i.test(text)) {
    return new HalError('PORT_BUSY', `serial: another program has ${path}: close it first (${text})`, { cause: error });
  }
  const stat = look(path, probe);
  if (stat instanceof HalError) return stat;
  if (/permission denied/i.test(text) && stat !== undefined) return permission(path, stat, ports, probe);
  if (/no such file|file not found/i.test(text)) {
    return new HalError('PORT_ABSENT', `serial: there is no ${path} (${text})`, { cause: error });
  }
  return new HalError('PORT_FAILED', `serial: ${path} cannot be opened: ${text}`, { cause: error });
}
