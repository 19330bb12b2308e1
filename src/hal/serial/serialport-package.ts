// The `serialport` package: an optional one, loaded when a port is first asked for. Of what it offers only what works
// on every port is used: get and set fail on pseudo-terminals, and drain() does not wait for what it has queued.
import { createRequire } from 'node:module';
import type { Port, PortEvents, PortOpener } from './port.js';
import { openFault, pathFault, systemProbe } from './port-faults.js';
import { type PortInfo, sysfsPorts } from './sysfs.js';

const NAME = 'serialport';
const require = createRequire(import.meta.url);

/** The part of it that is used here: its own types are not there where it is not. */
interface SerialPortLike {
  open(callback: (error: Error | null) => void): void;
  write(bytes: Uint8Array): boolean;
  close(callback: (error: Error | null) => void): void;
  on(event: 'data', listener: (bytes: Uint8Array) => void): void;
  on(event: 'error' | 'close', listener: (error: Error | null | undefined) => void): void;
  readonly isOpen: boolean;
}

interface SerialPortClass {
  new (options: {
    readonly path: string;
    readonly baudRate: number;
    readonly autoOpen: false;
    readonly lock: true;
    readonly highWaterMark: number;
  }): SerialPortLike;
  list(): Promise<readonly ListedPort[]>;
}

interface ListedPort {
  readonly path: string;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly manufacturer?: string | undefined;
}

const READ_BYTES = 65_536;

/** Why the package cannot be used here; undefined where it can. Nothing of it is run. */
export function serialportMissing(): string | undefined {
  try {
    require.resolve(NAME);
    return undefined;
  } catch {
    return `the package ${NAME} is not installed: npm install ${NAME}@13.0.0`;
  }
}

function load(): SerialPortClass {
  return (require(NAME) as { readonly SerialPort: SerialPortClass }).SerialPort;
}

/** Ports with hardware behind them. Never runs udevadm, without which the package's own list ends the process. */
export async function listPorts(): Promise<PortInfo[]> {
  if (process.platform === 'linux') return sysfsPorts();
  if (serialportMissing() !== undefined) return [];
  const ports = await load().list();
  return ports.map(({ path, vendorId, productId, serialNumber, manufacturer }) => ({
    path,
    ...(vendorId === undefined ? {} : { vendor: vendorId.toLowerCase() }),
    ...(productId === undefined ? {} : { product: productId.toLowerCase() }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(manufacturer === undefined ? {} : { title: manufacturer }),
  }));
}

export const openSerialPort: PortOpener = async (path, baud, events) => {
  const ports = await listPorts();
  const fault = pathFault(path, ports, systemProbe);
  if (fault !== undefined) throw fault;
  const Class = load();
  const port = new Class({ path, baudRate: baud, autoOpen: false, lock: true, highWaterMark: READ_BYTES });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error === null ? resolve() : reject(openFault(path, error, ports))));
  });
  return new OpenPort(port, events);
};

class OpenPort implements Port {
  private closing: Promise<void> | undefined;
  private gone = false;

  constructor(
    private readonly port: SerialPortLike,
    events: PortEvents,
  ) {
    const lost = (why: string) => {
      if (this.gone || this.closing !== undefined) return;
      this.gone = true;
      events.lost(why);
    };
    port.on('data', (bytes) => {
      if (this.closing === undefined) events.data(bytes);
    });
    port.on('error', (error) => lost(`the port failed: ${error?.message ?? 'no reason given'}`));
    port.on('close', (error) => lost(`the port is gone: ${error?.message ?? 'closed from outside'}`));
  }

  write(bytes: Uint8Array): void {
    if (this.closing === undefined && !this.gone && this.port.isOpen) this.port.write(bytes);
  }

  close(): Promise<void> {
    this.closing ??= new Promise((resolve) => {
      if (!this.port.isOpen) resolve();
      // An error here means that it is closed already, or gone: either way it is given back.
      else this.port.close(() => resolve());
    });
    return this.closing;
  }
}
