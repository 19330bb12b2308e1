// A divergence, made small and put into words.
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import type { Profile } from '../contract/profile.js';
import { formatProfile } from '../contract/profile.js';
import { decodeCommand, decodeEvent, type SymbolicRecord } from '../contract/symbolic.js';
import type { Engine } from '../kernel/engine.js';
import { Lockstep, type Mismatch } from './lockstep.js';
import { shrink } from './shrink.js';

/** The first byte that differs, and where it comes from. */
export interface Difference {
  /** Byte in the event stream since the reset, RESET_DONE (32 bytes) included. */
  readonly offset: number;
  /** Event in that stream; 0 is RESET_DONE. */
  readonly event: number;
  /** Byte of the event. */
  readonly byte: number;
  /** Values of the byte; undefined where an engine gave no event. */
  readonly expectedByte: number | undefined;
  readonly actualByte: number | undefined;
  readonly expected: SymbolicRecord | undefined;
  readonly actual: SymbolicRecord | undefined;
  /** Record since the reset, from 0, whose events differ. */
  readonly commandIndex: number;
  readonly command: SymbolicRecord;
  /** What the second engine threw. */
  readonly thrown?: string;
}

/** An engine for a program: a new one, or one used before and reset. A fault finds its place by the program. */
export type EngineFactory = (commands: Uint8Array, fresh: boolean) => Engine;

/** The first record on which the engines differ, one record at a time; undefined when they do not. */
export function locate(reference: EngineFactory, suspect: EngineFactory, commands: Uint8Array): Difference | undefined {
  const engines = [reference(commands, true), suspect(commands, true)];
  try {
    const lockstep = new Lockstep(engines);
    lockstep.reset(1);
    for (let at = 0; at < commands.length; at += COMMAND_BYTES) {
      const record = commands.subarray(at, at + COMMAND_BYTES);
      const mismatch = lockstep.run(record);
      if (mismatch !== undefined) return describeDifference(mismatch, at / COMMAND_BYTES, record);
    }
    return undefined;
  } finally {
    for (const engine of engines) engine.close();
  }
}

/** record: the command whose events differ, at `commandIndex` since the reset. */
export function describeDifference(mismatch: Mismatch, commandIndex: number, record: Uint8Array): Difference {
  const { offset, expected, actual, thrown } = mismatch;
  const byte = offset % EVENT_BYTES;
  return {
    offset,
    event: Math.floor(offset / EVENT_BYTES),
    byte,
    expectedByte: expected?.[byte],
    actualByte: actual?.[byte],
    expected: expected === undefined ? undefined : decodeEvent(expected),
    actual: actual === undefined ? undefined : decodeEvent(actual),
    commandIndex,
    command: decodeCommand(record),
    ...(thrown === undefined ? {} : { thrown: thrown instanceof Error ? thrown.message : String(thrown) }),
  };
}

export interface Shrunk {
  readonly commands: Uint8Array;
  readonly difference: Difference;
}

/**
 * Shrinks a program on which two engines differ.
 * @param budgetMs about how long the search may take
 * @returns undefined when new engines do not differ on it: then the difference came from before the reset
 */
export function shrinkDivergence(
  reference: EngineFactory,
  suspect: EngineFactory,
  commands: Uint8Array,
  budgetMs: number,
): Shrunk | undefined {
  const first = locate(reference, suspect, commands);
  if (first === undefined) return undefined;
  const end = performance.now() + budgetMs;
  const whole = commands.slice(0, (first.commandIndex + 1) * COMMAND_BYTES);
  const small = shrink(
    whole,
    (candidate) => differs(reference, suspect, candidate),
    () => performance.now() < end,
  );
  const difference = locate(reference, suspect, small);
  return difference === undefined ? { commands: whole, difference: first } : { commands: small, difference };
}

function differs(reference: EngineFactory, suspect: EngineFactory, commands: Uint8Array): boolean {
  const lockstep = new Lockstep([reference(commands, false), suspect(commands, false)]);
  return lockstep.reset(1) !== undefined || lockstep.run(commands) !== undefined;
}

/** A program as `gatebook exec` reads it: the profile, then one command a line. */
export function programText(profile: Profile, commands: Uint8Array): string {
  const lines = [JSON.stringify({ profile: formatProfile(profile) })];
  for (let at = 0; at < commands.length; at += COMMAND_BYTES) lines.push(JSON.stringify(decodeCommand(commands, at)));
  return `${lines.join('\n')}\n`;
}

/** One paragraph for people. */
export function differenceText(difference: Difference, names: readonly [string, string]): string {
  const { offset, event, byte, expectedByte, actualByte, expected, actual, commandIndex, command, thrown } = difference;
  const shown = (value: number | undefined) =>
    value === undefined ? 'nothing' : `0x${value.toString(16).padStart(2, '0')}`;
  const width = Math.max(names[0].length, names[1].length);
  return [
    `byte ${offset} of the event stream (event ${event}, byte ${byte}): ` +
      `${names[0]} ${shown(expectedByte)}, ${names[1]} ${shown(actualByte)}`,
    `  ${names[0].padEnd(width)}  ${expected === undefined ? 'no event' : JSON.stringify(expected)}`,
    `  ${names[1].padEnd(width)}  ${actual === undefined ? 'no event' : JSON.stringify(actual)}`,
    `  caused by command ${commandIndex}: ${JSON.stringify(command)}`,
    ...(thrown === undefined ? [] : [`  ${names[1]} threw: ${thrown}`]),
  ].join('\n');
}
