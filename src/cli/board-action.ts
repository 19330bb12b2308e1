// What the boards' room throws, as a message and a status.
import { BoardError, type BoardErrorCode } from '../board/errors.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { CliError, type CliIo, guarded } from './io.js';

const EXIT_OF_CODE: Readonly<Record<BoardErrorCode, ExitCode>> = {
  BOARDS_MISSING: EXIT.IO,
  BOARD_UNKNOWN: EXIT.USAGE,
  BOARD_INVALID: EXIT.CONFIG,
  BUILD_FAILED: EXIT.FAILURE,
  BUILD_TOOLS_MISSING: EXIT.FAILURE,
  SIMULATION_PORT: EXIT.IO,
  BITSTREAM_MISSING: EXIT.IO,
  BITSTREAM_DAMAGED: EXIT.INPUT_CORRUPT,
  LOADER_MISSING: EXIT.DEVICE,
  LOADER_FAILED: EXIT.DEVICE,
};

/** Runs an action; a BoardError ends it with its code and its own status. */
export function boardAction(io: CliIo, action: () => Promise<void>): Promise<void> {
  return guarded(io, async () => {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof BoardError)) throw error;
      throw new CliError(EXIT_OF_CODE[error.code], `${error.code}: ${error.message}`, { cause: error });
    }
  });
}
