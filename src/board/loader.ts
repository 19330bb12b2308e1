// The command that loads a board: how it reads, and running it. Nothing but the loaders of description.ts is ever run,
// without a shell, with arguments of board.json and the path of a bitstream.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { BoardDescription } from './description.js';
import { BoardError } from './errors.js';

export interface LoaderCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** @param permanent true: into flash where the board has another way for that */
export function loaderCommand(board: BoardDescription, bitstream: string, permanent: boolean): LoaderCommand {
  const { command, args, permanent: flash } = board.loader;
  const chosen = permanent && flash !== undefined ? flash : args;
  return { command, args: chosen.map((arg) => (arg === '{bitstream}' ? bitstream : arg)) };
}

const PLAIN = /^[\w@%+=:,./-]+$/;

/** As one types it into a shell. */
export function commandLine({ command, args }: LoaderCommand): string {
  return [command, ...args].map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

/** Path of a program, or undefined where PATH has none. */
export function findProgram(name: string, path: string): string | undefined {
  const places = path.split(delimiter).filter((folder) => folder !== '');
  return places.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Runs a loader to its end.
 * @param path PATH to look for it in
 * @param tell takes what it prints
 * @throws BoardError LOADER_MISSING, LOADER_FAILED
 */
export async function runLoader(
  { command, args }: LoaderCommand,
  { board, path, tell }: { board: BoardDescription; path: string; tell: (text: string) => void },
): Promise<void> {
  const program = findProgram(command, path);
  if (program === undefined) {
    throw new BoardError(
      'LOADER_MISSING',
      `${command} is not on the path, and loads ${board.name}: ${board.loader.install}`,
    );
  }
  const ended = await new Promise<string | undefined>((done) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: path } });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', tell);
    child.on('error', (error) => done(error.message));
    child.on('close', (code, signal) => done(code === 0 ? undefined : `ended with ${signal ?? code}`));
  });
  if (ended === undefined) return;
  throw new BoardError(
    'LOADER_FAILED',
    `${command} ${ended}: is the board plugged in, is nothing else using it, may you write to it? docs/bring-up.md`,
  );
}
