// Which port a board hangs on: by the USB ids of its folder, then by what the device behind it says.
import { HalError } from '../errors.js';
import type { SerialBoard, SerialSpec } from './serial-spec.js';
import type { PortInfo } from './sysfs.js';

/** A port to try, with the rate to begin with. */
export interface Candidate {
  readonly path: string;
  readonly port: PortInfo | undefined;
  readonly baud: number | undefined;
}

/**
 * The ports that a spec may mean, the likeliest first; none of them is opened.
 * @throws HalError PORT_ABSENT, ARGUMENT_INVALID
 */
export function candidates(
  spec: SerialSpec,
  boards: readonly SerialBoard[],
  ports: readonly PortInfo[],
): readonly Candidate[] {
  const { target, baud } = spec;
  if (spec.isPath) return [{ path: target, port: ports.find((port) => port.path === target), baud }];
  const board = boards.find(({ name }) => name === target);
  if (board === undefined) {
    const names = boards.map(({ name }) => name).join(', ');
    const known = names === '' ? 'no boards are known here' : `boards: ${names}`;
    throw new HalError('ARGUMENT_INVALID', `serial: '${target}' is neither a path nor a board; ${known}`);
  }
  const fits = ports.filter((port) =>
    board.usb.some(({ vendor, product }) => vendor === port.vendor && product === port.product),
  );
  if (fits.length === 0) {
    const ids = board.usb.map(({ vendor, product }) => `${vendor}:${product}`).join(', ');
    throw new HalError('PORT_ABSENT', `serial: no port with the USB ids of ${target} (${ids}): is it plugged in?`);
  }
  return fits.map((port) => ({ path: port.path, port, baud: baud ?? board.baud }));
}

/** By what its USB device says of itself; two that say the same are not told apart. */
export function isSameDevice(a: PortInfo, b: PortInfo): boolean {
  return a.serialNumber === b.serialNumber && a.vendor === b.vendor && a.product === b.product;
}

/** The path of the same USB device, wherever it came back; undefined while it is away. */
export function pathAgain(port: PortInfo, ports: readonly PortInfo[]): string | undefined {
  if (port.serialNumber === undefined) return ports.find((other) => other.path === port.path)?.path;
  return ports.find((other) => isSameDevice(other, port))?.path;
}
