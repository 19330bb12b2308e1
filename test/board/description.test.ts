// Goal: what stands in hdl/boards describes boards, and a description that does not is refused by field, value and
// range.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boardNames, commitParameter, loadBoards, topParameters } from '../../src/board/boards.js';
import { parseBoard } from '../../src/board/description.js';
import { BoardError } from '../../src/board/errors.js';
import { ROOT } from '../cli/fake-process.js';

type Json = Record<string, unknown>;

const read = (name: string): Json => JSON.parse(readFileSync(join(ROOT, 'hdl/boards', name, 'board.json'), 'utf8'));

/** The error that a changed ulx3s meets. */
function refused(change: (board: Json) => void, name = 'ulx3s'): string {
  const board = read(name);
  change(board);
  try {
    parseBoard(board, name);
  } catch (error) {
    expect(error).toBeInstanceOf(BoardError);
    expect((error as BoardError).code).toBe('BOARD_INVALID');
    return (error as BoardError).message;
  }
  throw new Error('it was taken');
}

const set = (values: Json) => (board: Json) => void Object.assign(board, values);

describe('the boards of hdl/boards', () => {
  it('are the four of the docs, each valid', () => {
    expect(boardNames(ROOT)).toEqual(['hx8k', 'icebreaker', 'litefury', 'ulx3s']);
    expect(loadBoards(ROOT).map(({ name }) => name)).toEqual(boardNames(ROOT));
  });

  it('hand the RTL what board.json says', () => {
    const board = loadBoards(ROOT).find(({ name }) => name === 'icebreaker');
    if (board === undefined) throw new Error('no icebreaker');
    expect(topParameters(board)).toMatchObject({
      Books: 2,
      FinestTick: 100,
      Paged: 0,
      EventWindow: 16,
      Baud: 3_000_000,
    });
    expect(topParameters(board)).not.toHaveProperty('Commit');
  });

  it('get their commit with its first byte lowest', () => {
    expect(commitParameter(`0123${'0'.repeat(34)}ff`)).toBe(`ff${'0'.repeat(34)}2301`);
    expect(commitParameter('unknown')).toBe('0'.repeat(40));
  });
});

describe('a board.json', () => {
  const cases: [string, (board: Json) => void, string][] = [
    ['another name than its folder', set({ name: 'other' }), 'name = "other" is not the name of its folder, ulx3s'],
    ['a name too long for IDENTITY', set({ name: 'a'.repeat(17) }), 'at most 16 letters and digits'],
    ['a transport of its own', set({ transport: 'usb' }), 'transport = "usb" is not one of uart, pcie'],
    ['a top of another name', set({ top: 'top' }), 'top = "top" is not gb_board_ulx3s'],
    ['pins of another family', set({ pins: 'ulx3s.pcf' }), 'pins = "ulx3s.pcf" is not ulx3s.lpf'],
    ['a clock out of range', set({ clock_hz: 5e8 + 1 }), 'clock_hz = 500000001 is not a whole number in 1000000..'],
    ['a clock that is no number', set({ clock_hz: '50' }), 'clock_hz = "50" is not a whole number'],
    ['too few clocks a bit', set({ clock_hz: 20_000_000 }), 'baud = 3000000 is not in 9600..2500000'],
    ['no baud', (board) => delete board['baud'], 'baud is missing; it takes a whole number in 9600..12000000'],
    [
      'a window of no power of two',
      set({ command_window: 48 }),
      'command_window = 48 is not a power of two in 16..1024',
    ],
    ['events beyond the RTL', set({ event_window: 256 }), 'event_window = 256 is not a whole number in 8..128'],
    ['a profile without a name', set({ profile: 'huge' }), 'profile = "huge" is not one of standard,'],
    ['a profile too short', set({ profile: [1, 2] }), 'profile = [1,2] is not a name or 8 numbers'],
    ['a profile out of range', set({ profile: [0, 1, 0, 0, 0, 0, 1, 100] }), 'profile.books = 0 is not in 1..'],
    ['a structure out of range', set({ structure: { ...(read('ulx3s')['structure'] as Json), TableRam: 3 } }), '0..2'],
    [
      'a second command for yosys',
      set({ tools: { synth: ['-dsp; exec -- id'], place: [], pack: [] } }),
      'tools.synth = ["-dsp; exec -- id"] is not a list of words of letters, digits and _.:+-',
    ],
    [
      'a line of its own for yosys',
      set({ tools: { synth: ['-dsp\n!id'], place: [], pack: [] } }),
      'tools.synth = ["-dsp\\n!id"] is not a list of words',
    ],
    [
      'an empty argument',
      set({ tools: { synth: [], place: ['--85k', ''], pack: [] } }),
      'tools.place = ["--85k",""] is',
    ],
    ['a command of Tcl as its part', set({ part: '[exec id]' }), 'part = "[exec id]" is not the name of a part'],
    ['an open flow without tools', set({ flow: 'vivado' }), 'flow = "vivado" is not the flow of family ecp5'],
    ['a field that is none', set({ bauds: 1 }), 'bauds = 1 is not a field of a board'],
    [
      'a loader of its own',
      set({ loader: { command: 'rm', args: ['{bitstream}'], install: 'x' } }),
      'loader.command = "rm"',
    ],
    [
      'a loader without its file',
      set({ loader: { command: 'iceprog', args: [], install: 'x' } }),
      "'{bitstream}' once",
    ],
    [
      'a USB id that is none',
      set({ usb: [{ vendor: '403', product: '6015' }] }),
      'usb[0].vendor = "403" is not four hex',
    ],
    ['notes that are no list', set({ notes: 'none' }), 'notes = "none" is not a list of texts'],
  ];
  it.each(cases)('with %s is refused', (_, change, text) => {
    expect(refused(change)).toContain(text);
    expect(refused(change)).toContain('hdl/boards/ulx3s/board.json: ');
  });

  it('behind PCIe has no baud', () => {
    expect(refused(set({ baud: 3_000_000 }), 'litefury')).toContain(
      'baud = 3000000 is not a field of a board behind PCIe',
    );
  });

  it('that is no object is refused as a whole', () => {
    expect(() => parseBoard([], 'ulx3s')).toThrow('the file = [] is not an object');
  });
});
