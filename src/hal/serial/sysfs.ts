// Serial ports as Linux shows them in /sys: no child process, and so no udevadm that may be missing.
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface PortInfo {
  /** Such as /dev/ttyUSB0. */
  readonly path: string;
  /** Four hex digits; left out where the port is not on USB. */
  readonly vendor?: string;
  readonly product?: string;
  readonly serialNumber?: string;
  /** What the USB device calls itself. */
  readonly title?: string;
  /** FTDI: how long a byte may wait for company in ms; left out where the driver has no such timer. */
  readonly latencyMs?: number;
}

/** Folders between a port and the USB device that it belongs to. */
const LEVELS = 4;

/** Ports with hardware behind them; virtual ones (consoles, pseudo-terminals) have none. */
export function sysfsPorts(root = '/sys', dev = '/dev'): PortInfo[] {
  return entries(join(root, 'class', 'tty')).flatMap((name) => {
    const device = resolved(join(root, 'class', 'tty', name, 'device'));
    if (device === undefined || isPlatformPort(device)) return [];
    const latency = Number(text(join(root, 'bus', 'usb-serial', 'devices', name, 'latency_timer')) ?? Number.NaN);
    return [
      {
        path: join(dev, name),
        ...usbOf(device),
        ...(Number.isInteger(latency) ? { latencyMs: latency } : {}),
      },
    ];
  });
}

/** The 8250 driver shows its ports whether there is a chip or not. */
function isPlatformPort(device: string): boolean {
  return resolved(join(device, 'driver'))?.endsWith('/serial8250') ?? false;
}

function usbOf(device: string): Omit<PortInfo, 'path' | 'latencyMs'> {
  let folder = device;
  for (let level = 0; level < LEVELS; level++, folder = dirname(folder)) {
    const vendor = text(join(folder, 'idVendor'));
    const product = text(join(folder, 'idProduct'));
    if (vendor === undefined || product === undefined) continue;
    const serialNumber = text(join(folder, 'serial'));
    const title = text(join(folder, 'product'));
    return {
      vendor,
      product,
      ...(serialNumber === undefined ? {} : { serialNumber }),
      ...(title === undefined ? {} : { title }),
    };
  }
  return {};
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function resolved(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
