// Why a port cannot be opened, told apart before and after trying: what the operating system says is one word.
import { accessSync, constants, readFileSync, type Stats, statSync } from 'node:fs';
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

/** A udev rule that permits every user at the machine to open ports of this kind. */
export function udevRule(port: Pick<PortInfo, 'vendor' | 'product'> | undefined): string {
  const match = ['SUBSYSTEM=="tty"'];
  if (port?.vendor !== undefined) match.push(`ATTRS{idVendor}=="${port.vendor}"`);
  if (port?.product !== undefined) match.push(`ATTRS{idProduct}=="${port.product}"`);
  return [...match, 'MODE="0660"', 'TAG+="uaccess"'].join(', ');
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
  const rule = udevRule(ports.find((port) => port.path === path));
  // Nobody should join root for a port.
  const join = stat.gid === 0 ? '' : `join the group (sudo usermod -aG ${group} $USER, then log in again), or `;
  const message = `serial: no permission for ${path} (group ${group}, mode ${mode}): ${join}add the udev rule ${rule}`;
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
