// What the device layer throws, as a message and a status; and the options that name a device.
import { InvalidArgumentError } from 'commander';
import { type Profile, parseProfile } from '../contract/profile.js';
import type { Device } from '../hal/device.js';
import { HalError, type HalErrorCode } from '../hal/errors.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { CliError, type CliIo, guarded } from './io.js';

/** What the caller of the command wrote wrong is a usage error; the rest is the device's. */
const EXIT_OF_CODE: Partial<Record<HalErrorCode, ExitCode>> = {
  ARGUMENT_INVALID: EXIT.USAGE,
  BACKEND_UNKNOWN: EXIT.USAGE,
  PROFILE_INVALID: EXIT.USAGE,
  PROFILE_MISMATCH: EXIT.CONFIG,
  SUPERVISED_MISMATCH: EXIT.DIVERGENCE,
};

/** Of a code of the device layer; DEVICE for those that have no status of their own. */
export const exitOfCode = (code: string): ExitCode => EXIT_OF_CODE[code as HalErrorCode] ?? EXIT.DEVICE;

/** A HalError as the CliError it ends a command with; anything else as it is. */
export function asCliError(error: unknown): unknown {
  if (!(error instanceof HalError)) return error;
  return new CliError(exitOfCode(error.code), `${error.code}: ${error.message}`, { cause: error });
}

/** Runs an action as `guarded` does; HalErrors end it with their own status. */
export function halAction(io: CliIo, action: () => Promise<void>): Promise<void> {
  return guarded(io, async () => {
    try {
      await action();
    } catch (error) {
      throw asCliError(error);
    }
  });
}

/** Closes a device behind its work. What fails there is told, and replaces neither a result nor what failed first. */
export async function closeDevice(io: CliIo, device: Device | undefined): Promise<void> {
  try {
    await device?.close();
  } catch (error) {
    const { message } = asCliError(error) as Error;
    io.stderr.write(`gatebook: the device was not closed as it should be: ${message}\n`);
  }
}

/** Parser of `--profile`. */
export function profileOption(text: string): Profile {
  const profile = parseProfile(text);
  if (typeof profile === 'string') throw new InvalidArgumentError(profile);
  return profile;
}
