// Goal: the ROM of the link is what its program makes, and the assembler refuses what it does not know.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { assemble } = (await import(`${ROOT}scripts/link-program.mjs`)) as { assemble: (text: string) => string };
const words = (text: string) => assemble(text).split('\n').slice(2, -1);

describe('link-program', () => {
  it('has written the ROM as it is', () => {
    const check = () => execFileSync(process.execPath, [`${ROOT}scripts/link-program.mjs`, '--check']);
    expect(check).not.toThrow();
    const program = readFileSync(`${ROOT}hdl/link/gb_link_program.asm`, 'utf8');
    expect(assemble(`${program}\n j loop\n`)).not.toBe(assemble(program));
  });

  it('finds labels ahead and behind, and repeats', () => {
    expect(words('a: j b\n.repeat 2\n ld #%\n.end\nb: jnz a')).toEqual([
      "9'd0: word_o <= {ISA_JUMP, ISA_ALWAYS, ISA_SET, 9'd3};  // j b",
      "9'd1: word_o <= {ISA_LD, ISA_IMMEDIATE, 8'd0};  // ld #0",
      "9'd2: word_o <= {ISA_LD, ISA_IMMEDIATE, 8'd1};  // ld #1",
      "9'd3: word_o <= {ISA_JUMP, ISA_ZERO, ISA_CLEAR, 9'd0};  // jnz a",
    ]);
  });

  it.each([
    ['ld NAME', /no ram of that name/],
    ['j nowhere', /no such label/],
    ['mul #1', /no such instruction/],
    ['j maybe a', /no such instruction/],
    ['a: ld #1\na: ld #2', /the label is taken/],
    ['.ram A 1\n.ram A 2', /the name is taken/],
    ['.end', /\.end without \.repeat/],
    [' ld #1\n'.repeat(513), /513 words, 512 fit/],
  ])('refuses %j', (text, message) => {
    expect(() => assemble(text)).toThrow(message);
  });
});
