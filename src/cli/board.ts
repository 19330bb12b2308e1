// gatebook board: what boards there are, what one of them is, and building and loading its bitstream.
import type { Command } from 'commander';
import { type BitstreamRecord, bitstreamFolder, bitstreamRecord } from '../board/bitstream.js';
import { loadBoard, loadBoards, topParameters } from '../board/boards.js';
import type { BoardDescription } from '../board/description.js';
import { commandLine, loaderCommand } from '../board/loader.js';
import { formatProfile } from '../contract/profile.js';
import { PACKAGE_ROOT } from '../hal/build-info.js';
import { boardAction } from './board-action.js';
import { addBoardBuild } from './board-build.js';
import { addBoardFlash } from './board-flash.js';
import type { CliIo } from './io.js';

/** Of every board that no tool of this repository can build: `board info`, `docs/hardware.md` and the docs say so. */
const NOT_BUILT = "NOT BUILT HERE: nobody has run the vendor's tools on it; only what surrounds their core is checked";

/** Adds `gatebook board`. @returns the command, for subcommands that live elsewhere */
export function registerBoard(program: Command, io: CliIo): Command {
  const board = program.command('board').description('boards: list, describe, build and load them');
  board
    .command('list')
    .description('the boards of hdl/boards, and whether each has a bitstream')
    .option('--json', 'one JSON object a board on stdout', false)
    .action(({ json }: { json: boolean }) =>
      boardAction(io, async () => {
        const boards = loadBoards(PACKAGE_ROOT).map((each) => ({
          each,
          built: bitstreamRecord(PACKAGE_ROOT, each.name),
        }));
        io.stdout.write(
          json
            ? boards.map(({ each, built }) => `${JSON.stringify(asJson(each, built))}\n`).join('')
            : boards.map(({ each, built }) => `${listLine(each, built)}\n`).join(''),
        );
      }),
    );
  board
    .command('info <board>')
    .description('part, clock, link, profile, bitstream and loader of one board')
    .option('--json', 'one JSON object on stdout', false)
    .action((name: string, { json }: { json: boolean }) =>
      boardAction(io, async () => {
        const described = loadBoard(PACKAGE_ROOT, name);
        const built = bitstreamRecord(PACKAGE_ROOT, name);
        io.stdout.write(json ? `${JSON.stringify(asJson(described, built))}\n` : infoText(described, built));
      }),
    );
  addBoardBuild(board, io);
  addBoardFlash(board, io);
  return board;
}

/** Names as in board.json. */
function asJson(board: BoardDescription, built: BitstreamRecord | undefined) {
  const { oscillatorHz, clockHz, uart, profile, ...rest } = board;
  return {
    ...rest,
    oscillator_hz: oscillatorHz,
    clock_hz: clockHz,
    ...(uart && { baud: uart.baud, command_window: uart.commandWindow, event_window: uart.eventWindow }),
    profile: formatProfile(profile),
    not_built_here: board.flow === 'vivado',
    bitstream: built ?? null,
  };
}

const mhz = (hz: number): string => `${hz / 1e6} MHz`;

const TRANSPORTS = { uart: 'UART', pcie: 'PCIe' } as const;

const linkText = ({ uart, transport }: BoardDescription): string =>
  uart === undefined ? TRANSPORTS[transport] : `${TRANSPORTS[transport]} at ${uart.baud / 1e6} Mbaud`;

function listLine(board: BoardDescription, built: BitstreamRecord | undefined): string {
  const open = built === undefined ? 'not built yet' : `built from ${built.commit.slice(0, 12)}`;
  const state = board.flow === 'vivado' ? 'NOT BUILT HERE' : open;
  return [
    board.name.padEnd(12),
    mhz(board.clockHz).padEnd(9),
    linkText(board).padEnd(16),
    state.padEnd(24),
    board.title,
  ]
    .join('  ')
    .trimEnd();
}

function infoText(board: BoardDescription, built: BitstreamRecord | undefined): string {
  const { name, uart } = board;
  const rows: [string, string][] = [
    ['part', `${board.part} (${board.family})`],
    ['clock', `${mhz(board.clockHz)} from ${mhz(board.oscillatorHz)}`],
    ['link', linkText(board)],
  ];
  if (uart !== undefined) rows.push(['windows', `${uart.commandWindow} commands, ${uart.eventWindow} events`]);
  rows.push(
    ['profile', formatProfile(board.profile)],
    [
      'parameters',
      Object.entries(topParameters(board))
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
    ],
    ['top', `hdl/boards/${name}/${board.top}.v, pins hdl/boards/${name}/${board.pins}`],
    ['bitstream', bitstreamText(board, built)],
    ['build', `gatebook board build ${name}`],
    ['load', commandLine(loaderCommand(board, 'BITSTREAM', false))],
  );
  if (board.loader.permanent !== undefined) {
    rows.push(['keep', commandLine(loaderCommand(board, 'BITSTREAM', true))]);
  }
  for (const { vendor, product } of board.usb) rows.push(['usb', `${vendor}:${product}`]);
  for (const note of board.notes) rows.push(['note', note]);
  return [`${name}: ${board.title}`, ...rows.map(([key, value]) => `  ${key.padEnd(11)}${value}`), ''].join('\n');
}

function bitstreamText(board: BoardDescription, built: BitstreamRecord | undefined): string {
  if (built === undefined) return board.flow === 'vivado' ? NOT_BUILT : 'not built yet';
  const routed = `${(built.routed_hz / 1e6).toFixed(2)} MHz routed`;
  return `${bitstreamFolder('', board.name)}/${built.file}, ${built.bytes} bytes, ${routed}, commit ${built.commit}`;
}
