// gatebook board flash: hands a bitstream to the loader of the board.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { bitstreamOwner, builtBitstream } from '../board/bitstream.js';
import { loadBoard } from '../board/boards.js';
import type { BoardDescription } from '../board/description.js';
import { BoardError } from '../board/errors.js';
import { commandLine, loaderCommand, runLoader } from '../board/loader.js';
import { PACKAGE_ROOT } from '../hal/build-info.js';
import { openSource } from '../host/source.js';
import { boardAction } from './board-action.js';
import type { CliIo } from './io.js';

interface FlashFlags {
  readonly bitstream?: string;
  readonly permanent: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Adds `flash` to `gatebook board`. */
export function addBoardFlash(board: Command, io: CliIo): void {
  board
    .command('flash <board>')
    .description('load a bitstream into a board with the usual loader, which must be on the path')
    .option('--bitstream <file>', 'another one than that of `gatebook board build`')
    .option('--permanent', 'write it where it survives power-off, where the board leaves the choice', false)
    .option('--dry-run', 'only print the command', false)
    .option('--json', 'one JSON object on stdout: command, args, ran', false)
    .action((name: string, flags: FlashFlags) => boardAction(io, () => flash(io, name, flags)));
}

async function flash(io: CliIo, name: string, flags: FlashFlags): Promise<void> {
  const board = loadBoard(PACKAGE_ROOT, name);
  const bitstream = bitstreamOf(io, name, flags.bitstream);
  const loader = loaderCommand(board, bitstream, flags.permanent);
  const ran = !flags.dryRun;
  if (ran) {
    const path = io.env['PATH'] ?? '';
    await runLoader(loader, { board, path, tell: (text) => void io.stderr.write(text) });
  }
  if (flags.json) io.stdout.write(`${JSON.stringify({ board: name, ...loader, bitstream, ran })}\n`);
  else if (ran) io.stdout.write(nextSteps(board));
  else io.stdout.write(`${commandLine(loader)}\n`);
}

function bitstreamOf(io: CliIo, name: string, given: string | undefined): string {
  if (given === undefined) return builtBitstream(PACKAGE_ROOT, name).path;
  const path = resolve(io.cwd, given);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new BoardError('BITSTREAM_MISSING', `there is no file ${path}`);
  if (!stat.isFile()) throw new BoardError('BITSTREAM_MISSING', `${path} is not a file`);
  const owner = bitstreamOwner(PACKAGE_ROOT, path);
  if (owner !== undefined && owner !== name) {
    io.stderr.write(`gatebook: warning: ${path} is the bitstream of ${owner}, not of ${name}\n`);
  }
  return path;
}

const SESSION = 'data/btc-updown-15m-2026-04-01.capture';

/** What to do once it is loaded. */
function nextSteps(board: BoardDescription): string {
  const { name, transport } = board;
  const engine = transport === 'uart' ? `serial:${name}` : 'pcie:';
  return [
    `${name} is loaded. Next, as docs/bring-up.md has it:`,
    ...(transport === 'uart' ? [] : ['  let the host find the card anew: restart it, or remove and rescan the card']),
    `  npx gatebook doctor --engine ${engine}`,
    fitsSession(board)
      ? `  npx gatebook replay ${SESSION} --engine ${engine}`
      : `  echo '{"op":"FENCE","token":7}' | npx gatebook exec --engine ${engine}`,
    '',
  ].join('\n');
}

/** Small boards hold fewer books than the bundled session has markets. */
function fitsSession({ profile }: BoardDescription): boolean {
  try {
    openSource({ path: join(PACKAGE_ROOT, SESSION), mode: 'mirrored', profile }).reader.close();
    return true;
  } catch {
    return false;
  }
}
