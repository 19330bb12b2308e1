// The input of `gatebook exec`: one JSON object a line.
import { formatProfile, type Profile, parseProfile } from '../contract/profile.js';
import { encodeCommand, SymbolicError, type SymbolicRecord } from '../contract/symbolic.js';
import type { Line } from './lines.js';

export const MAX_LINE_BYTES = 1 << 16;
const U32_MAX = 2 ** 32 - 1;

export type ExecInput =
  | { readonly kind: 'command'; readonly record: Uint8Array }
  | { readonly kind: 'reset'; readonly epoch: number }
  | { readonly kind: 'profile'; readonly profile: Profile }
  | { readonly kind: 'blank' };

/** A line that cannot be read; the message names the field, the value and the range. */
export class LineError extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** @throws LineError */
export function readLine({ number, bytes }: Line): ExecInput {
  if (bytes === undefined) throw new LineError(number, `the line is longer than ${MAX_LINE_BYTES} bytes`);
  const value = parse(number, bytes);
  if (value === undefined) return { kind: 'blank' };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LineError(number, `${shown(value)} is not a JSON object`);
  }
  try {
    if ('control' in value) return readControl(number, value);
    if ('profile' in value) return readProfile(number, value);
    return { kind: 'command', record: encodeCommand(value as SymbolicRecord) };
  } catch (error) {
    if (error instanceof SymbolicError) throw new LineError(number, error.message);
    throw error;
  }
}

/** The line that `exec` understands as its profile, as a repro file begins. */
export function profileLine(profile: Profile): string {
  return JSON.stringify({ profile: formatProfile(profile) });
}

function parse(number: number, bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new LineError(number, 'the line is not UTF-8');
  }
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new LineError(number, `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readControl(number: number, value: object): ExecInput {
  const { control, epoch, ...rest } = value as { control: unknown; epoch?: unknown };
  if (control !== 'RESET') throw new LineError(number, `control = ${shown(control)} is not "RESET"`);
  const [extra] = Object.keys(rest);
  if (extra !== undefined) throw new LineError(number, `control RESET has no field '${extra}'`);
  if (typeof epoch !== 'number' || !Number.isInteger(epoch) || epoch < 0 || epoch > U32_MAX) {
    throw new LineError(number, `RESET.epoch = ${shown(epoch)} is not a whole number in 0..${U32_MAX}`);
  }
  return { kind: 'reset', epoch };
}

function readProfile(number: number, value: object): ExecInput {
  const { profile: text, ...rest } = value as { profile: unknown };
  const [extra] = Object.keys(rest);
  if (extra !== undefined) throw new LineError(number, `a profile line has no field '${extra}'`);
  if (typeof text !== 'string') throw new LineError(number, `profile = ${shown(text)} is not a string`);
  const profile = parseProfile(text);
  if (typeof profile === 'string') throw new LineError(number, profile);
  return { kind: 'profile', profile };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
