// The one error of this room. Codes are stable; docs/errors.md lists them, under test.

/** Every code that a BoardError can carry, with what it means. */
export const BOARD_ERRORS = {
  BOARDS_MISSING: 'There is no folder hdl/boards beside this program: boards need the sources, as a clone has them.',
  BOARD_UNKNOWN: 'No board has this name.',
  BOARD_INVALID: 'A board.json is no description of a board; the message names the field, its value and the range.',
  BUILD_FAILED: 'A bitstream could not be built; the lines above say why.',
  BUILD_TOOLS_MISSING: 'What builds this bitstream is not installed; the message says what it would take.',
  SIMULATION_PORT: 'The port of a simulated board, or the link to it, could not be made.',
  BITSTREAM_MISSING: 'This board has no bitstream yet, or it is not at the path that was given.',
  BITSTREAM_DAMAGED: 'A bitstream is not the one that its record (bitstream.json) describes.',
  LOADER_MISSING: 'The program that loads this board is not on the path; the message says how to get it.',
  LOADER_FAILED: 'The program that loads this board failed; its own lines stand above.',
} as const;

export type BoardErrorCode = keyof typeof BOARD_ERRORS;

export class BoardError extends Error {
  override readonly name = 'BoardError';

  constructor(
    readonly code: BoardErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
