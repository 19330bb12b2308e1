// Goal: the instance that docs/hardware.md shows compiles as it stands there, in each tool that reads Verilog here.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type HdlTools, hdlToolsIfFresh } from '../../scripts/hdl-tools.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Below the project: YoWASP's programs see nothing else. */
const FOLDER = 'build/test-hdl';
const FILE = `${FOLDER}/template.v`;
const NEEDS = 'NOT RUN: the hardware tools, `node scripts/hdl-tools.mjs` installs them';

/** A module around the instance, with a port for each name that the instance leaves to its surroundings. */
function template(): string {
  const page = readFileSync(join(ROOT, 'docs', 'hardware.md'), 'utf8');
  const instance = /```verilog\n([\s\S]*?)```/.exec(page)?.[1];
  expect(instance, 'docs/hardware.md has no block of Verilog').toBeDefined();
  return `\`default_nettype none
module template (
    input wire aclk,
    input wire aresetn,
    input wire [31:0] rst_epoch,
    input wire s_axis_cmd_tvalid,
    output wire s_axis_cmd_tready,
    input wire [127:0] s_axis_cmd_tdata,
    output wire m_axis_evt_tvalid,
    input wire m_axis_evt_tready,
    output wire [255:0] m_axis_evt_tdata
);
${instance}
endmodule
`;
}

const sources = readdirSync(join(ROOT, 'hdl', 'rtl')).filter((name) => name.endsWith('.v'));
const files = [FILE, ...sources.map((name) => `hdl/rtl/${name}`)];
const paths = ['-Ihdl/rtl', '-Ihdl/generated'];

/** The program, or what there must be for it; and its arguments. */
const READERS: Readonly<Record<string, (tools: HdlTools) => [string | undefined, string[]]>> = {
  Verilator: ({ verilator }) => [
    verilator,
    ['--lint-only', '-Wno-fatal', '-Wno-PINCONNECTEMPTY', '--top-module', 'template', ...paths, ...files],
  ],
  Icarus: ({ iverilog }) => [iverilog, ['-g2005', '-t', 'null', '-s', 'template', ...paths, ...files]],
  Yosys: ({ bin }) => [
    join(bin, 'yowasp-yosys'),
    ['-q', '-p', `read_verilog -defer ${paths.join(' ')} ${files.join(' ')}; hierarchy -check -top template`],
  ],
};

describe('the instance of docs/hardware.md', () => {
  for (const [reader, command] of Object.entries(READERS)) {
    it(`is read by ${reader}`, { timeout: 60_000 }, (context) => {
      const tools = hdlToolsIfFresh('test');
      if (tools === undefined) return context.skip(NEEDS);
      const [program, args] = command(tools);
      if (program === undefined) return context.skip(`NOT RUN: ${reader}`);
      mkdirSync(join(ROOT, FOLDER), { recursive: true });
      writeFileSync(join(ROOT, FILE), template());
      const result = spawnSync(program, args, { cwd: ROOT, env: tools.env, encoding: 'utf8' });
      expect(result.status, `${result.stdout}${result.stderr}`).toBe(0);
    });
  }
});
