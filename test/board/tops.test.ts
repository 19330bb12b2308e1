// Goal: a top, its pin file and its board.json say the same, so that nothing is built or simulated that is not
// described.
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pinProblems, placedPorts } from '../../scripts/board-pins.mjs';
import { pllProblems } from '../../scripts/board-pll.mjs';
import { loadBoards, topParameters } from '../../src/board/boards.js';
import type { BoardDescription } from '../../src/board/description.js';
import { ROOT } from '../cli/fake-process.js';

const BOARDS = loadBoards(ROOT).map((board) => [board.name, board] as const);
const textOf = ({ name }: BoardDescription, file: string) => readFileSync(join(ROOT, 'hdl/boards', name, file), 'utf8');
const topOf = (board: BoardDescription) => textOf(board, `${board.top}.v`);

/** Verilog's 50_000_000. */
const number = (text: string) => Number(text.replaceAll('_', ''));

function defaults(verilog: string): Record<string, number> {
  const found = [...verilog.matchAll(/^ {4}parameter (?:\[31:0\] )?(\w+) = ([\d_]+),/gm)];
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, number(value)]));
}

/** Bits of the ports, as a pin file names them. */
function portsOf(verilog: string): string[] {
  const found = [...verilog.matchAll(/^ {4}(?:input|output) wire (?:\[(\d+):0\] )?(\w+),?$/gm)];
  return found.flatMap(([, high, name = '']) => {
    return high === undefined ? [name] : Array.from({ length: Number(high) + 1 }, (_, i) => `${name}[${i}]`);
  });
}

/** What the PLL makes of the oscillator, by the vendors' formulas. */
function pllHz(verilog: string, oscillatorHz: number): number | undefined {
  const value = (name: string) => Number(new RegExp(`\\.${name}\\((?:\\d+'d)?(\\d+)\\)`).exec(verilog)?.[1]);
  // FPGA-TN-02052: f * (DIVF + 1) / (2^DIVQ * (DIVR + 1)).
  // FPGA-TN-02200, feedback over CLKOP: f * CLKFB_DIV / CLKI_DIV.
  if (verilog.includes('SB_PLL40_')) {
    return (oscillatorHz * (value('DIVF') + 1)) / (2 ** value('DIVQ') * (value('DIVR') + 1));
  }
  return verilog.includes('EHXPLLL') ? (oscillatorHz * value('CLKFB_DIV')) / value('CLKI_DIV') : undefined;
}

describe.each(BOARDS)('%s', (_, board) => {
  const verilog = topOf(board);

  it('has the defaults of its board.json', () => {
    expect(defaults(verilog)).toEqual(topParameters(board));
  });

  it('passes every parameter on, and its name', () => {
    for (const name of Object.keys(topParameters(board))) expect(verilog).toContain(`      .${name}(${name}),\n`);
    const letters = [...board.name].reverse().map((letter) => `"${letter}"`);
    expect(verilog).toContain(`.BoardName({${128 - 8 * board.name.length}'d0, ${letters.join(', ')}}),`);
    expect(verilog).toContain('      .Commit(Commit)\n');
  });

  it('has a pin for every port, once', () => {
    const ports = portsOf(verilog);
    expect(ports.length).toBeGreaterThan(5);
    expect(pinProblems(ports, placedPorts(textOf(board, board.pins), extname(board.pins) as '.lpf'))).toEqual([]);
  });

  it('cites where its pins come from', () => {
    expect(textOf(board, board.pins)).toMatch(/^# Sources?: |\. Sources: /m);
  });
});

describe.each(BOARDS.filter(([, { flow }]) => flow === 'open'))('the PLL of %s', (_, board) => {
  it('makes the clock of its board.json', () => {
    expect(pllHz(topOf(board), board.oscillatorHz)).toBe(board.clockHz);
  });

  it('has a charge pump and a loop filter, where the part wants them said', () => {
    const verilog = topOf(board);
    if (!verilog.includes('EHXPLLL')) return;
    // What ecppll of Project Trellis gives for 25 to 50 MHz.
    const said =
      '(* ICP_CURRENT="12" *) (* LPF_RESISTOR="8" *) (* MFG_ENABLE_FILTEROPAMP="1" *) (* MFG_GMCREF_SEL="2" *)';
    expect(verilog).toContain(`  ${said}\n  EHXPLLL #(`);
  });

  it('is fed at what the pin file says', () => {
    const said = /FREQUENCY PORT "clk_i" ([\d.]+) MHZ;|^set_frequency clk_i ([\d.]+)$/m.exec(textOf(board, board.pins));
    expect(Number(said?.[1] ?? said?.[2]) * 1e6).toBe(board.oscillatorHz);
  });
});

describe('a routed PLL', () => {
  const config = (resistor: string, current: string) =>
    `.tile MIB_R50C4:PLL1_LR\nword: LPF_CAPACITOR 00\nword: LPF_RESISTOR ${resistor}\nword: ICP_CURRENT ${current}\n`;

  it('is at fault without its charge pump or its loop filter', () => {
    expect(pllProblems(config('0001000', '01100'))).toEqual([]);
    expect(pllProblems('.tile R2C2:PLC2\nword: SLICEA.K0.INIT 0000000000000000\n')).toEqual([]);
    expect(pllProblems(config('0000000', '01100'))).toEqual([expect.stringMatching(/^LPF_RESISTOR /)]);
    expect(pllProblems(config('0001000', '00000'))).toEqual([expect.stringMatching(/^ICP_CURRENT /)]);
    const both = config('0001000', '01100') + config('0000000', '00000');
    expect(pllProblems(both)).toHaveLength(2);
  });
});

describe('the bridge of litefury', () => {
  const script = readFileSync(join(ROOT, 'hdl/boards/litefury/build.tcl'), 'utf8');

  it('has one BAR of 64 bits, which alone is prefetchable and has a resource0_wc', () => {
    expect(script).toContain('CONFIG.BAR_64BIT {true}');
    expect(script).toContain('CONFIG.BAR0_ENABLED {true}');
    // Its upper half takes the place of BAR 1.
    expect(script).toContain('CONFIG.BAR1_ENABLED {false}');
    expect([...script.matchAll(/CONFIG\.BAR\d_ENABLED \{true\}/g)]).toHaveLength(1);
  });

  it('resets the board while the link is down', () => {
    const verilog = readFileSync(join(ROOT, 'hdl/boards/litefury/gb_board_litefury.v'), 'utf8');
    expect(verilog).toContain('.locked_i(locked && pcie_rst_n_i && link_up),');
  });
});

describe('a pin file', () => {
  it('is read in each form', () => {
    expect(placedPorts('LOCATE COMP "a[0]" SITE "B2";\nIOBUF PORT "b" PULLMODE=UP;\n', '.lpf')).toEqual(['a[0]']);
    expect(placedPorts('# set_io b 1\nset_io a 35\nset_io -pullup yes c[1] B10\nset_frequency a 12\n', '.pcf')).toEqual(
      ['a', 'c[1]'],
    );
    const xdc = [
      'set_property PACKAGE_PIN F6 [get_ports a]',
      'set_property -dict {PACKAGE_PIN G3 IOSTANDARD LVCMOS33} [get_ports {b[0]}]',
      'set_false_path -to [get_ports c]',
    ];
    expect(placedPorts(xdc.join('\n'), '.xdc')).toEqual(['a', 'b[0]']);
  });

  it('is at fault for each kind of difference', () => {
    expect(pinProblems(['a', 'b'], ['a', 'a', 'c'])).toEqual([
      'port b has no pin',
      'pin file: c is no port of the top',
      'pin file: a is placed twice',
    ]);
  });
});
