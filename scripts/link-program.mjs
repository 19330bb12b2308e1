// `npm run link-program [-- --check]`: assembles hdl/link/gb_link_program.asm, whose head describes the language, into
// the lines of a case statement, hdl/link/gb_link_program.vh. --check: fails where that file is another one.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './node-version.mjs';

const SOURCE = 'hdl/link/gb_link_program.asm';
const RESULT = 'hdl/link/gb_link_program.vh';
const WORDS = 512;
const SPACES = ['ram', 'rx', 'io', 'out'];
const WITH_OPERAND = ['ld', 'add', 'adc', 'and', 'sub', 'sbc', 'cmp', 'cpc', 'tx'];
const ON_VARIABLE = ['st', 'inc', 'incc'];
const FLAGS = { z: 'ZERO', c: 'CARRY', n: 'NEGATIVE' };
const CONDITIONS = ['pending', 'busy', 'event', 'copying'];

/** A fault of the program, with its line. */
class SyntaxFault extends Error {}

/** Lines with their comments and repetitions resolved. */
function expand(text) {
  const lines = [];
  let repeat;
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.replace(/;.*/, '').trim();
    const fail = (what) => {
      throw new SyntaxFault(`${SOURCE}:${at + 1}: ${what}: ${line}`);
    };
    if (line === '') continue;
    const [, count] = /^\.repeat (\d+)$/.exec(line) ?? [];
    if (count !== undefined) repeat = { count: Number(count), body: [] };
    else if (line === '.end') {
      if (repeat === undefined) fail('.end without .repeat');
      for (let i = 0; i < repeat.count; i += 1) {
        lines.push(...repeat.body.map((each) => ({ ...each, line: each.line.replaceAll('%', `${i}`) })));
      }
      repeat = undefined;
    } else (repeat?.body ?? lines).push({ line, fail });
  }
  return lines;
}

/** Names by space, labels by name, and what remains: the instructions. */
function collect(lines) {
  const names = Object.fromEntries(SPACES.map((space) => [space, new Map()]));
  const labels = new Map();
  const instructions = [];
  for (const { line, fail } of lines) {
    const [, space, name, value] = /^\.(\w+) (\w+) (\d+)$/.exec(line) ?? [];
    if (space !== undefined) {
      if (!SPACES.includes(space) || names[space].has(name)) fail('no such space, or the name is taken');
      names[space].set(name, Number(value));
      continue;
    }
    const [, label, rest] = /^(?:(\w+):)?\s*(.*)$/.exec(line);
    if (label !== undefined) {
      if (labels.has(label)) fail('the label is taken');
      labels.set(label, instructions.length);
    }
    if (rest !== '') instructions.push({ text: rest, fail });
  }
  return { names, labels, instructions };
}

/** @returns {string} a Verilog concatenation of 16 bits */
function encode({ text, fail }, { names, labels }) {
  const [operation, ...rest] = text.split(/\s+/);
  const operand = rest.join(' ');
  const place = (space, name) => {
    const [, base, offset] = /^(\w+)(?:\+(\d+))?$/.exec(name) ?? fail('no name');
    const value = /^\d+$/.test(base) ? Number(base) : (names[space].get(base) ?? fail(`no ${space} of that name`));
    return `8'd${value + Number(offset ?? 0)}`;
  };
  const target = (name) => `9'd${labels.get(name) ?? fail('no such label')}`;
  if (WITH_OPERAND.includes(operation)) {
    const op = `ISA_${operation.toUpperCase()}`;
    if (operand.startsWith('#{')) return `{${op}, ISA_IMMEDIATE, ${operand.slice(2, -1)}}`;
    if (operand.startsWith('#')) return `{${op}, ISA_IMMEDIATE, 8'd${operand.slice(1)}}`;
    if (operand.startsWith('[')) return `{${op}, ISA_INDEXED, ${place('ram', operand.slice(1, -1))}}`;
    const [, space, name] = /^(rx|io)\.(.+)$/.exec(operand) ?? [];
    return `{${op}, ISA_${(space ?? 'ram').toUpperCase()}, ${place(space ?? 'ram', name ?? operand)}}`;
  }
  if (ON_VARIABLE.includes(operation)) {
    const indexed = operand.startsWith('[');
    const address = place('ram', indexed ? operand.slice(1, -1) : operand);
    return `{ISA_${operation.toUpperCase()}, ISA_${indexed ? 'INDEXED' : 'RAM'}, ${address}}`;
  }
  if (operation === 'out') return `{ISA_OUT, ISA_IMMEDIATE, ${place('out', operand)}}`;
  return jump(operation, rest, target) ?? fail('no such instruction');
}

function jump(operation, [first, second], target) {
  if (second !== undefined) {
    if (!/^jn?$/.test(operation) || !CONDITIONS.includes(first)) return undefined;
    return `{ISA_JUMP, ISA_${first.toUpperCase()}, ISA_${operation === 'j' ? 'SET' : 'CLEAR'}, ${target(second)}}`;
  }
  if (operation === 'j') return `{ISA_JUMP, ISA_ALWAYS, ISA_SET, ${target(first)}}`;
  const [, not, flag] = /^j(n?)([zcn])$/.exec(operation) ?? [];
  return flag && `{ISA_JUMP, ISA_${FLAGS[flag]}, ISA_${not === 'n' ? 'CLEAR' : 'SET'}, ${target(first)}}`;
}

/** @param {string} text the program @returns {string} lines of a case statement */
export function assemble(text) {
  const program = collect(expand(text));
  const words = program.instructions.map((each, at) => {
    return `9'd${at}: word_o <= ${encode(each, program)};  // ${each.text.replace(/\s+/g, ' ')}`;
  });
  if (words.length > WORDS) throw new SyntaxFault(`${SOURCE}: ${words.length} words, ${WORDS} fit`);
  const head = `// Generated from ${SOURCE} by \`npm run link-program\`. Do not edit.`;
  return [head, `// ${words.length} of ${WORDS} words.`, ...words, ''].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const result = assemble(readFileSync(join(ROOT, SOURCE), 'utf8'));
  const path = join(ROOT, RESULT);
  if (!process.argv.includes('--check')) writeFileSync(path, result);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== result) {
    console.error(`${RESULT} is not what ${SOURCE} makes: npm run link-program`);
    process.exitCode = 1;
  }
}
