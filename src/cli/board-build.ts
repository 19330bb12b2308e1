// gatebook board build: `npm run bitstreams` for one board.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { builtBitstream } from '../board/bitstream.js';
import { loadBoard } from '../board/boards.js';
import { BoardError } from '../board/errors.js';
import { PACKAGE_ROOT } from '../hal/build-info.js';
import { boardAction } from './board-action.js';
import type { CliIo } from './io.js';

const SCRIPT = join('scripts', 'bitstreams.mjs');
/** What the script ends with where its tools cannot be had. */
const STATUS_NOT_RUN = 77;

/** Adds `build` to `gatebook board`. */
export function addBoardBuild(board: Command, io: CliIo): void {
  board
    .command('build <board>')
    .description('build the bitstream of a board; what the tools say goes to stderr, its path to stdout')
    .option('--json', 'the record of the bitstream as one JSON object on stdout', false)
    .action((name: string, { json }: { json: boolean }) => boardAction(io, () => build(io, name, json)));
}

async function build(io: CliIo, name: string, json: boolean): Promise<void> {
  loadBoard(PACKAGE_ROOT, name);
  if (!existsSync(join(PACKAGE_ROOT, SCRIPT))) {
    throw new BoardError('BUILD_TOOLS_MISSING', `there is no ${SCRIPT} in ${PACKAGE_ROOT}: a build needs a clone`);
  }
  const { status, last } = await run(io, name);
  if (status === STATUS_NOT_RUN) throw new BoardError('BUILD_TOOLS_MISSING', last.replace(/^NOT RUN: /, ''));
  if (status !== 0) throw new BoardError('BUILD_FAILED', `${name} was not built: ${last}`);
  const { path, record } = builtBitstream(PACKAGE_ROOT, name);
  io.stdout.write(json ? `${JSON.stringify({ ...record, path })}\n` : `${path}\n`);
}

/** Its last line says what happened; all of them are passed on. */
function run(io: CliIo, name: string): Promise<{ status: number; last: string }> {
  return new Promise((done) => {
    const args = [SCRIPT, '--board', name];
    const child = spawn(process.execPath, args, { cwd: PACKAGE_ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let last = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        io.stderr.write(text);
        last = text.trimEnd().split('\n').at(-1) || last;
      });
    }
    child.on('error', (error) => done({ status: 1, last: error.message }));
    child.on('close', (status) => done({ status: status ?? 1, last }));
  });
}
