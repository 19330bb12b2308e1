// What the serial ports of this machine look like, without opening one: opening makes some bridges reset their board.
import type { Finding } from '../findings.js';
import { portAdvice } from './advice.js';
import { type PortProbe, pathFault, systemProbe, udevRule } from './port-faults.js';
import { parseSerialSpec, type SerialBoard } from './serial-spec.js';
import type { PortInfo } from './sysfs.js';

/**
 * @param args as behind `serial:`; '' for every port
 * @throws HalError ARGUMENT_INVALID
 */
export function serialFindings(
  args: string,
  ports: readonly PortInfo[],
  boards: readonly SerialBoard[],
  probe: PortProbe = systemProbe,
): Finding[] {
  const spec = args === '' ? undefined : parseSerialSpec(args);
  if (spec?.isPath === true) return pathFindings(spec.target, ports, boards, probe);
  if (ports.length === 0) {
    const what = 'no serial port with hardware behind it';
    const remedy = 'plug a board in; in a virtual machine or a container, pass its USB device on';
    return [{ code: 'NO_PORTS', severity: spec === undefined ? 'ok' : 'warning', what, remedy }];
  }
  return ports.flatMap(({ path }) => pathFindings(path, ports, boards, probe));
}

function pathFindings(
  path: string,
  ports: readonly PortInfo[],
  boards: readonly SerialBoard[],
  probe: PortProbe,
): Finding[] {
  const port = ports.find((each) => each.path === path);
  const fault = pathFault(path, ports, probe);
  if (fault !== undefined) {
    // A port of something else that is closed to us is nobody's fault.
    const severity = port === undefined || boardsAt(port, boards).length > 0 ? 'error' : 'warning';
    // The rule opens a port, not a folder on the way to it: there the fault has a cause.
    const ruled = fault.code === 'PORT_PERMISSION' && fault.cause === undefined;
    const rule = ruled ? udevRule(port ?? { path }) : undefined;
    return [{ code: fault.code, severity, what: fault.message, ...(rule && { remedy: `udev rule: ${rule}` }) }];
  }
  const found: Finding[] = [{ code: 'PORT', severity: 'ok', what: describe(path, port, boards) }];
  for (const what of portAdvice(port)) found.push({ code: 'LATENCY_TIMER', severity: 'warning', what });
  return found;
}

function describe(path: string, port: PortInfo | undefined, boards: readonly SerialBoard[]): string {
  if (port === undefined) return `${path}, no USB device`;
  const { vendor, product, title } = port;
  const usb =
    vendor === undefined ? 'no USB device' : `USB ${vendor}:${product}${title === undefined ? '' : ` ${title}`}`;
  const names = boardsAt(port, boards);
  const maybe = names.length === 0 ? '' : `; by its ids it may be: ${names.join(', ')}`;
  return `${path}, ${usb}${maybe}`;
}

const boardsAt = (port: PortInfo, boards: readonly SerialBoard[]): string[] =>
  boards
    .filter(({ usb }) => usb.some(({ vendor, product }) => vendor === port.vendor && product === port.product))
    .map(({ name }) => name);
