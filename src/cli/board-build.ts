// gatebook board build: `npm run bitstreams` for one board.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { builtBitstream } from '../board/bitstream.js';
import { loadBoard } from '../board/boards.js';
import { BoardError } from '../board/errors.js';
import { PACKAGE_ROOT } from '../hal/build-info.js';
import { boardAction } from './board-action.js';
import { runScript } from './child-group.js';
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
  const said = new Said((text) => void io.stderr.write(text));
  // What a user builds is no news for the figures of the repository.
  const args = [SCRIPT, '--board', name, '--check'];
  const { status, stopped } = await runScript(args, { cwd: PACKAGE_ROOT, tell: (text) => said.add(text) });
  if (stopped !== undefined) throw new BoardError('BUILD_FAILED', `${name} was not built: stopped by ${stopped}`);
  if (status === STATUS_NOT_RUN) throw new BoardError('BUILD_TOOLS_MISSING', said.last.replace(/^NOT RUN: /, ''));
  if (status !== 0) throw new BoardError('BUILD_FAILED', `${name} was not built: ${said.reason}`);
  const { path, record } = builtBitstream(PACKAGE_ROOT, name);
  io.stdout.write(json ? `${JSON.stringify({ ...record, path })}\n` : `${path}\n`);
}

/** What the script says, passed on, and the line of it that says why it failed. */
class Said {
  last = '';
  private failed: string | undefined;
  private rest = '';

  constructor(private readonly tell: (text: string) => void) {}

  add(text: string): void {
    this.tell(text);
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') this.take(line.trim());
  }

  get reason(): string {
    return this.failed ?? this.last;
  }

  /** `FAILED board: why`; where a tool gave up, its last words stand in the lines below, then comes the count. */
  private take(line: string): void {
    if (this.failed === undefined) this.failed = /^FAILED \S+: (.*)$/.exec(line)?.[1];
    else if (this.failed.endsWith(':') && /\berror\b/i.test(line)) this.failed += ` ${line}`;
    this.last = line;
  }
}
