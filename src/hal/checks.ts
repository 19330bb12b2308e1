// What a device refuses before a backend sees it. Every message names the value and what would have been allowed.
import { COMMAND_BYTES } from '../contract/definition.js';
import { Opcode } from '../contract/generated/records.js';
import { type Profile, profileFault } from '../contract/profile.js';
import { isMalformed } from './answers.js';
import { HalError } from './errors.js';
import type { FenceRule } from './fence-interval.js';
import { commandField } from './record-fields.js';

const countsIndex = commandField('RESTORE_COUNTS', 'index');
const countsEvents = commandField('RESTORE_COUNTS', 'events');
const endCrc = commandField('RESTORE_END', 'crc');
const U32 = 2 ** 32;
/** Beyond it a timer of Node fires at once. */
export const TIMEOUT_MAX_MS = 2 ** 31 - 1;

/** @throws HalError BATCH_INVALID */
export function checkBatch(what: string, batch: Uint8Array): void {
  if (!(batch instanceof Uint8Array)) {
    throw new HalError('BATCH_INVALID', `${what}: the batch is ${kindOf(batch)}, not a Uint8Array`);
  }
  if (batch.length % COMMAND_BYTES !== 0) {
    throw new HalError(
      'BATCH_INVALID',
      `${what}: a batch of ${batch.length} bytes is not whole records of ${COMMAND_BYTES} bytes`,
    );
  }
}

/** @throws HalError ARGUMENT_INVALID unless value is a whole number in 0..limit-1 */
export function checkBelow(what: string, value: number, limit: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= limit) {
    throw new HalError('ARGUMENT_INVALID', `${what} = ${String(value)} is not a whole number in 0..${limit - 1}`);
  }
}

/** @throws HalError ARGUMENT_INVALID */
export function checkEpoch(epoch: number): void {
  checkBelow('reset: epoch', epoch, U32);
}

/** @throws HalError ARGUMENT_INVALID */
export function checkTimeout(timeoutMs: number): void {
  if (!(timeoutMs > 0 && timeoutMs <= TIMEOUT_MAX_MS)) {
    throw new HalError('ARGUMENT_INVALID', `timeoutMs = ${timeoutMs} is not above 0 and at most ${TIMEOUT_MAX_MS}`);
  }
}

/** @throws HalError ARGUMENT_INVALID */
export function checkFences({ every, ms }: FenceRule): void {
  if (every !== undefined && !(Number.isSafeInteger(every) && every >= 1)) {
    throw new HalError('ARGUMENT_INVALID', `fences: every = ${every} is not a whole number from 1`);
  }
  if (ms !== undefined && !(ms > 0 && ms <= TIMEOUT_MAX_MS)) {
    throw new HalError('ARGUMENT_INVALID', `fences: ms = ${ms} is not above 0 and at most ${TIMEOUT_MAX_MS}`);
  }
}

/** @throws HalError PROFILE_INVALID */
export function checkProfile(profile: Profile): void {
  const fault = profileFault(profile);
  if (fault !== undefined) throw new HalError('PROFILE_INVALID', fault);
}

/** For a backend whose name is all there is to say. @throws HalError ARGUMENT_INVALID */
export function checkNoArguments(backend: string, args: string): void {
  if (args !== '') throw new HalError('ARGUMENT_INVALID', `'${backend}:${args}': ${backend} takes no arguments`);
}

/** The counters that a snapshot continues at. */
export interface RestoredCounters {
  readonly index: number;
  readonly events: number;
  readonly crc32: number;
}

/**
 * Checks the frame of a snapshot: RESTORE_BEGIN first, RESTORE_END last, neither anywhere else.
 * @returns the counters of its last RESTORE_COUNTS; undefined without one, which the device refuses by name
 * @throws HalError BATCH_INVALID, ARGUMENT_INVALID
 */
export function checkSnapshot(snapshot: Uint8Array): RestoredCounters | undefined {
  checkBatch('restore', snapshot);
  const last = snapshot.length - COMMAND_BYTES;
  let countsAt = -1;
  for (let at = 0; at <= last; at += COMMAND_BYTES) {
    const opcode = snapshot[at];
    if ((opcode === Opcode.RESTORE_BEGIN) !== (at === 0) || (opcode === Opcode.RESTORE_END) !== (at === last)) {
      throw new HalError(
        'ARGUMENT_INVALID',
        `restore: record ${at / COMMAND_BYTES} of the snapshot has opcode ${opcode}; ` +
          'RESTORE_BEGIN must be its first record, RESTORE_END its last, and neither in between',
      );
    }
    if (opcode === Opcode.RESTORE_COUNTS) countsAt = at;
  }
  if (last < COMMAND_BYTES || isMalformed(snapshot, 0) || isMalformed(snapshot, last)) {
    throw new HalError('ARGUMENT_INVALID', 'restore: a snapshot is at least a whole RESTORE_BEGIN and RESTORE_END');
  }
  if (countsAt < 0) return undefined;
  return {
    index: countsIndex(snapshot, countsAt),
    events: countsEvents(snapshot, countsAt),
    crc32: endCrc(snapshot, last),
  };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? `a ${value.constructor?.name ?? 'object'}` : `a ${typeof value}`;
}
