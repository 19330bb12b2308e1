// What stands behind `serial:`: a port or a board, and at which rate.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../build-info.js';
import { HalError } from '../errors.js';

export interface SerialSpec {
  /** A path, or COM3; or the name of a board. */
  readonly target: string;
  readonly isPath: boolean;
  readonly baud: number | undefined;
}

const BAUD_MAX = 100_000_000;
const USAGE = 'serial:PATH or serial:BOARD, with ,baud=N behind it where it is not the usual one';

/** @throws HalError ARGUMENT_INVALID */
export function parseSerialSpec(args: string): SerialSpec {
  const [target = '', ...options] = args.split(',');
  if (target === '') throw new HalError('ARGUMENT_INVALID', `serial: which port? ${USAGE}`);
  let baud: number | undefined;
  for (const option of options) {
    if (baud !== undefined) throw new HalError('ARGUMENT_INVALID', `serial: 'baud=' stands there twice; ${USAGE}`);
    const [, value] = /^baud=(\d{1,9})$/.exec(option) ?? [];
    baud = Number(value);
    if (value === undefined || baud < 1 || baud > BAUD_MAX) {
      throw new HalError('ARGUMENT_INVALID', `serial: '${option}' is not baud=1..${BAUD_MAX}; ${USAGE}`);
    }
  }
  return { target, isPath: /[/\\]/.test(target) || /^COM\d+$/i.test(target), baud };
}

export interface UsbId {
  readonly vendor: string;
  readonly product: string;
}

/** What a board's folder says of its serial port. */
export interface SerialBoard {
  readonly name: string;
  readonly usb: readonly UsbId[];
  readonly baud: number | undefined;
}

/** The boards of this package that hang on a serial port; none where there are no folders. */
export function serialBoards(folder = join(PACKAGE_ROOT, 'hdl', 'boards')): SerialBoard[] {
  return namesIn(folder).flatMap((name) => {
    const board = readBoard(join(folder, name, 'board.json'));
    return board === undefined ? [] : [board];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function readBoard(path: string): SerialBoard | undefined {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  const { name, transport, baud, usb } = (json ?? {}) as Record<string, unknown>;
  if (transport !== 'uart' || typeof name !== 'string') return undefined;
  const ids = Array.isArray(usb) ? usb.flatMap(usbId) : [];
  return { name, usb: ids, baud: typeof baud === 'number' ? baud : undefined };
}

function usbId(entry: unknown): UsbId[] {
  const { vendor, product } = (entry ?? {}) as Record<string, unknown>;
  const [v, p] = [hexId(vendor), hexId(product)];
  return v === undefined || p === undefined ? [] : [{ vendor: v, product: p }];
}

/** Four hex digits, of a number or of text with or without 0x. */
function hexId(value: unknown): string | undefined {
  const digits = typeof value === 'number' ? value.toString(16) : String(value ?? '').replace(/^0x/i, '');
  return /^[0-9a-f]{1,4}$/i.test(digits) ? digits.toLowerCase().padStart(4, '0') : undefined;
}
