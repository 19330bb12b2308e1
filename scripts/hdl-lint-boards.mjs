// The boards' part of `npm run lint:hdl`: each tool reads every top of hdl/boards, the link and the kernel below it,
// and stand-ins for the vendors' primitives. Parameters are the defaults of the top, which test/board holds to
// board.json.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './node-version.mjs';

const FOLDERS = ['hdl/rtl', 'hdl/link', 'hdl/boards', 'hdl/boards/stubs'];
const INCLUDES = ['-Ihdl/rtl', '-Ihdl/generated', '-Ihdl/link'];
const LIBRARIES = FOLDERS.flatMap((folder) => ['-y', folder]);

const verilogIn = (folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.v'))
    .sort()
    .map((name) => `${folder}/${name}`);

/** By tool: what it is called with for a board. Whatever it says is a fault. */
const COMMANDS = {
  verilator: ({ name, top }, tools) => [
    tools.verilator,
    [
      ...['--lint-only', '--quiet', '-Wall', ...INCLUDES, ...LIBRARIES],
      ...['--top-module', top, 'hdl/lint/verilator.vlt', `hdl/boards/${name}/${top}.v`],
    ],
  ],
  icarus: ({ name, top }, tools) => [
    tools.iverilog,
    [...['-g2005', '-Wall', '-t', 'null', ...INCLUDES, ...LIBRARIES], ...['-s', top, `hdl/boards/${name}/${top}.v`]],
  ],
  yosys: ({ name, top }, tools) => {
    const files = [...FOLDERS, `hdl/boards/${name}`].flatMap(verilogIn);
    const script = [
      `read_verilog -defer ${INCLUDES.join(' ')} ${files.join(' ')}`,
      `hierarchy -check -top ${top}`,
      'proc',
      'check -assert',
    ];
    return [join(tools.bin, 'yowasp-yosys'), ['-q', '-e', '.*', '-p', script.join('; ')]];
  },
};

/** @returns {Promise<{ name: string, needsIcarus: boolean, command: (tools: object) => [string, string[]] }[]>} */
export async function boardChecks() {
  const { loadBoards } = await import('../dist/board/boards.js');
  return Object.entries(COMMANDS).flatMap(([tool, commandOf]) =>
    loadBoards(ROOT).map((board) => ({
      name: `hdl lint > ${tool} > ${board.top}`,
      needsIcarus: tool === 'icarus',
      command: (tools) => commandOf(board, tools),
    })),
  );
}
