// Goal: a proof that goes through says so, and a wrong property does not pass, neither where it is found false nor
// where it is only not proven.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hdlToolsIfFresh } from '../../scripts/hdl-tools.mjs';
import { readProofs } from '../../scripts/prove.mjs';
import { ROOT } from './project.js';

// Below the project, as the provers see nothing else.
const FOLDER = join(ROOT, 'build', 'prove-test');

/** A counter below 10; TOO_LOW claims less, and NOT_INDUCTIVE what only states that are never reached break. */
const COUNTER = `
module counter_proof (input wire clk_i);
  reg [3:0] count_q = 0;
  always @(posedge clk_i) count_q <= count_q == 9 ? 0 : count_q == 12 ? 15 : count_q + 1;
  always @* begin
\`ifdef TOO_LOW
    assert (count_q < 7);
\`elsif NOT_INDUCTIVE
    assert (count_q != 15);
\`else
    assert (count_q < 10);
\`endif
  end
endmodule
`;
const proof = (name: string, changes: Record<string, unknown> = {}) => ({
  ...{ name, top: 'counter_proof', files: ['counter_proof.v'], mode: 'induction', depth: 1, seconds: 1, ci: true },
  ...changes,
});
const PROOFS = [
  proof('holds'),
  proof('false', { mode: 'bmc', depth: 12, defines: ['TOO_LOW'] }),
  proof('false, as expected', { mode: 'bmc', depth: 12, defines: ['TOO_LOW'], expect: 'fail' }),
  proof('too short to be found false', { mode: 'bmc', depth: 3, defines: ['TOO_LOW'], expect: 'fail' }),
  proof('not inductive', { defines: ['NOT_INDUCTIVE'] }),
  proof('does not exist', { top: 'nothing' }),
];

const needs = hdlToolsIfFresh() === undefined ? 'NOT RUN: the hardware tools (node scripts/hdl-tools.mjs)' : undefined;

let output = '';
let status: number | null = null;

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'counter_proof.v'), COUNTER);
  writeFileSync(join(FOLDER, 'proofs.json'), JSON.stringify(PROOFS));
  if (needs !== undefined) return;
  const args = ['scripts/prove.mjs', '--manifest', join(FOLDER, 'proofs.json')];
  const ran = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  output = ran.stdout;
  status = ran.status;
}, 120_000);

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const line = (name: string) => output.split('\n').find((each) => each.startsWith(`${name} `)) ?? '';

describe('a proof', () => {
  it('that goes through says so', (context) => {
    if (needs !== undefined) context.skip(needs);
    expect(line('holds')).toMatch(/ holds$/);
  });

  it('of what is false fails, with the assertion', (context) => {
    if (needs !== undefined) context.skip(needs);
    expect(line('false')).toMatch(/ fails FAILED$/);
    expect(output).toMatch(/Assert failed in counter_proof/);
  });

  it('that is expected to fail fails in its turn where no counterexample is found', (context) => {
    if (needs !== undefined) context.skip(needs);
    expect(line('false, as expected')).toMatch(/ fails, as it must$/);
    expect(line('too short to be found false')).toMatch(/ holds FAILED$/);
  });

  it('whose induction does not go through, or that cannot be read, is no proof', (context) => {
    if (needs !== undefined) context.skip(needs);
    expect(line('not inductive')).toMatch(/ unproven FAILED$/);
    expect(line('does not exist')).toMatch(/ error FAILED$/);
  });

  it('that fails makes all of them fail', (context) => {
    if (needs !== undefined) context.skip(needs);
    expect(status).toBe(1);
    expect(output).toMatch(/^2 passed, 4 failed, 0 skipped$/m);
  });
});

describe('the list of proofs', () => {
  it('is refused where an entry is incomplete', () => {
    const path = join(FOLDER, 'list.json');
    writeFileSync(path, JSON.stringify([proof('a')]));
    expect(readProofs(path)).toHaveLength(1);
    for (const bad of [{ top: '' }, { mode: 'guess' }, { depth: 0 }, { seconds: undefined }, { ci: 'yes' }]) {
      writeFileSync(path, JSON.stringify([proof('a', bad)]));
      expect(() => readProofs(path)).toThrow(/list\.json: incomplete/);
    }
  });
});
