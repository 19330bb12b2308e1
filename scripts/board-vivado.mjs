// Builds a board with AMD's Vivado, where there is one. NOT BUILT HERE: no Vivado is part of this repository's tools.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HdlToolsMissing } from './hdl-tools.mjs';
import { ROOT } from './node-version.mjs';
import { findOnPath } from './prepare-machine.mjs';
import { sourcesIn } from './synth-tools.mjs';

/** What the Tcl script of the board reads: everything that comes from board.json and from the contract. */
export function vivadoSettings(board, { parameters, commit, vendor, device, output }) {
  const folders = ['hdl/rtl', 'hdl/link', 'hdl/boards', `hdl/boards/${board.name}`];
  const lines = {
    name: board.name,
    part: board.part,
    top: board.top,
    clock_hz: board.clockHz,
    vendor_id: `0x${vendor.toString(16)}`,
    device_id: `0x${device.toString(16)}`,
    output,
    sources: `{${folders.flatMap(sourcesIn).join(' ')}}`,
    includes: '{hdl/generated hdl/rtl hdl/link}',
    pins: `hdl/boards/${board.name}/${board.pins}`,
    generics: `{${Object.entries({ ...parameters, Commit: `160'h${commit}` })
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')}}`,
  };
  const text = Object.entries(lines).map(([name, value]) => `set gb_${name} ${value}`);
  return `# Written by scripts/board-vivado.mjs from board.json and the contract.\n${text.join('\n')}\n`;
}

/** @throws HdlToolsMissing where there is no Vivado */
export async function buildWithVivado(board, { boards, commit }) {
  const vivado = findOnPath('vivado', process.env.PATH ?? '');
  const output = `build/boards/${board.name}`;
  mkdirSync(join(ROOT, output), { recursive: true });
  const { BAR_VENDOR_ID: vendor, BAR_DEVICE_ID: device } = await import('../dist/contract/generated/transports.js');
  const parameters = boards.topParameters(board);
  const settings = { parameters, commit: boards.commitParameter(commit), vendor, device, output };
  writeFileSync(join(ROOT, output, 'settings.tcl'), vivadoSettings(board, settings));
  const script = `hdl/boards/${board.name}/build.tcl`;
  if (vivado === undefined) {
    throw new HdlToolsMissing(`NOT BUILT HERE: ${board.name} needs AMD's Vivado on the path, which runs ${script}`);
  }
  const args = ['-mode', 'batch', '-notrace', '-nojournal', '-log', `${output}/vivado.log`, '-source', script];
  // A record of an older build must not outlive this one.
  rmSync(join(ROOT, output, 'bitstream.json'), { force: true });
  const child = spawn(vivado, [...args, '-tclargs', `${output}/settings.tcl`], { cwd: ROOT, stdio: 'inherit' });
  const status = await new Promise((done) => {
    child.on('error', () => done(1));
    child.on('close', (code) => done(code ?? 1));
  });
  if (status !== 0) {
    console.log(`FAILED ${board.name}: ${vivado} ended with ${status}: see ${output}/vivado.log`);
    process.exitCode = 1;
    return;
  }
  const record = bitstreamRecord(board, output, commit);
  writeFileSync(join(ROOT, output, 'bitstream.json'), `${JSON.stringify(record, null, 1)}\n`);
  console.log(`${board.name}: ${(record.routed_hz / 1e6).toFixed(2)} MHz routed, ${record.bytes} bytes`);
}

/** Of what the script has left: the bitstream, and the period and the slack of the clock in ns. */
function bitstreamRecord({ name, clockHz }, output, commit) {
  const bytes = readFileSync(join(ROOT, output, `${name}.bit`));
  const [period, slack] = readFileSync(join(ROOT, output, 'slack.txt'), 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  return {
    board: name,
    file: `${name}.bit`,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    commit,
    clock_hz: clockHz,
    routed_hz: Math.floor(1e9 / (period - slack)),
  };
}
