// The boards of hdl/boards: one folder each, with its board.json.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROFILE_FIELDS } from '../contract/definition.js';
import { profileValues } from '../contract/profile.js';
import { type BoardDescription, parseBoard } from './description.js';
import { BoardError } from './errors.js';

/** Folder of the boards in a checkout. */
export const boardsFolder = (root: string): string => join(root, 'hdl', 'boards');

/** Names of all boards, sorted. @throws BoardError BOARDS_MISSING */
export function boardNames(root: string): string[] {
  const folder = boardsFolder(root);
  if (!existsSync(folder)) {
    throw new BoardError(
      'BOARDS_MISSING',
      `there is no folder ${folder}: boards need the sources, as a clone has them`,
    );
  }
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'board.json')))
    .map((entry) => entry.name)
    .sort();
}

/** @throws BoardError BOARD_UNKNOWN, BOARD_INVALID, BOARDS_MISSING */
export function loadBoard(root: string, name: string): BoardDescription {
  const names = boardNames(root);
  if (!names.includes(name)) {
    throw new BoardError('BOARD_UNKNOWN', `board '${name}' is not one of ${names.join(', ')}`);
  }
  const path = join(boardsFolder(root), name, 'board.json');
  return parseBoard(parsed(readFileSync(path, 'utf8'), name), name);
}

/** All boards, sorted by name. */
export function loadBoards(root: string): BoardDescription[] {
  return boardNames(root).map((name) => loadBoard(root, name));
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new BoardError('BOARD_INVALID', `hdl/boards/${name}/board.json: ${(error as Error).message}`);
  }
}

const upperCamel = (name: string) => name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());

/** Parameters of the top, as a build passes them; `Commit` comes on top of these. */
export function topParameters(board: BoardDescription): Record<string, number> {
  const values = profileValues(board.profile);
  const profile = PROFILE_FIELDS.map(({ name }, i) => [upperCamel(name), values[i] ?? 0] as const);
  const link = board.uart && {
    CommandWindow: board.uart.commandWindow,
    EventWindow: board.uart.eventWindow,
    Baud: board.uart.baud,
  };
  return { ...Object.fromEntries(profile), ...board.structure, ...link, ClockHz: board.clockHz };
}

/** The parameter `Commit`: the first byte of the hash in bits 7:0. All zeros: unknown. */
export function commitParameter(commit: string): string {
  const bytes = /^[0-9a-f]{40}$/.test(commit) ? commit : '0'.repeat(40);
  return (bytes.match(/../g) ?? []).reverse().join('');
}
