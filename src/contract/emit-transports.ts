// Emits the layouts of link and BAR: constants in every language, and their pages.
import type { Clause } from './clauses.js';
import { contractDigest, upperCamel } from './derive.js';
import { BAR_CLAUSE_GROUPS, LINK_CLAUSE_GROUPS } from './transport-clauses.js';
import {
  BAR_BLOCKS,
  BAR_CONSTANTS,
  BAR_CONTROL,
  BAR_COUNTERS,
  BAR_LINES,
  BAR_MAP,
  type ByteField,
  type ByteLayout,
  type Constant,
  LINK_CONSTANTS,
  LINK_COUNTERS,
  LINK_FRAMES,
  REGISTERS,
} from './transport-layouts.js';

const FIRST_LINE = 'Generated from src/contract/transport-layouts.ts by `npm run generate`. Do not edit.';
const CRC_POLYNOMIAL = 0xedb88320;

const hex = (value: number, digits = 2) => `0x${value.toString(16).padStart(digits, '0')}`;

/** Every value of the two transports under one name each, in the order of their tables. */
function values(): Constant[] {
  const places = (owner: string, fields: readonly ByteField[]) =>
    fields.map((field) => ({
      name: `${owner}_${field.name.toUpperCase()}`,
      value: field.offset,
      doc: `byte ${field.offset}, ${field.bytes} bytes: ${field.doc}`,
    }));
  const layouts = [...LINK_FRAMES, ...BAR_BLOCKS, ...BAR_LINES].flatMap((each) => [
    { name: `${each.name}_BYTES`, value: each.bytes, doc: each.doc },
    ...places(each.name, each.fields),
  ]);
  const counted = (prefix: string, counters: readonly (readonly [string, string])[]) =>
    counters.map(([name, doc], index) => ({ name: `${prefix}_${name.toUpperCase()}`, value: index, doc }));
  const counters = [...counted('COUNTER', LINK_COUNTERS), ...counted('BAR_COUNTER', BAR_COUNTERS)];
  const seed = { name: 'CRC_SEED', value: crcSeed(), doc: 'register of the CRC after the contract digest' };
  const all = [...LINK_CONSTANTS, seed, ...REGISTERS, ...counters, ...layouts, ...BAR_CONSTANTS, ...BAR_MAP];
  const unique = new Map([...all, ...places('CONTROL', BAR_CONTROL)].map((each) => [each.name, each]));
  return [...unique.values()];
}

/** The CRC register, not inverted, behind the eight bytes of the digest (LNK-3). */
export function crcSeed(): number {
  let register = 0xffffffff;
  for (const byte of Buffer.from(contractDigest(), 'hex')) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) register = (register >>> 1) ^ ((register & 1) === 1 ? CRC_POLYNOMIAL : 0);
  }
  return register >>> 0;
}

export function emitTransportsTypescript(): string {
  const names = (counters: readonly (readonly [string, string])[]) => counters.map(([name]) => `'${name}'`).join(', ');
  return [
    `// ${FIRST_LINE}`,
    ...values().flatMap(({ name, value, doc }) => [`/** ${doc} */`, `export const ${name} = ${hex(value)};`]),
    `export const LINK_COUNTER_NAMES = [${names(LINK_COUNTERS)}] as const;`,
    `export const BAR_COUNTER_NAMES = [${names(BAR_COUNTERS)}] as const;`,
    '',
  ].join('\n');
}

export function emitTransportsCpp(): string {
  return [
    `// ${FIRST_LINE}`,
    '#pragma once',
    '#include <cstdint>',
    'namespace gatebook {',
    ...values().map(({ name, value, doc }) => `constexpr uint32_t k${upperCamel(name)} = ${hex(value)};  // ${doc}`),
    '}  // namespace gatebook',
    '',
  ].join('\n');
}

export function emitTransportsVerilog(): string {
  return [
    `// ${FIRST_LINE}`,
    '// Include inside a module: localparams only.',
    ...values().map(({ name, value, doc }) => `localparam [31:0] LNK_${name} = 32'h${value.toString(16)}; // ${doc}`),
    '',
  ].join('\n');
}

export function emitTransportsPython(): string {
  return [
    `"""${FIRST_LINE}`,
    '',
    'Constants of the serial link and the BAR.',
    '"""',
    '',
    ...values().map(({ name, value, doc }) => `${name} = ${hex(value)}  # ${doc}`),
    `LINK_COUNTERS = (${LINK_COUNTERS.map(([name]) => `"${name}"`).join(', ')})`,
    `BAR_COUNTERS = (${BAR_COUNTERS.map(([name]) => `"${name}"`).join(', ')})`,
    '',
  ].join('\n');
}

function clauseSection(groups: readonly { readonly title: string; readonly clauses: readonly Clause[] }[]): string[] {
  return groups.flatMap((group) => [
    `### ${group.title}`,
    '',
    ...group.clauses.map((clause) => `- **${clause.id}** ${clause.text}`),
    '',
  ]);
}

function constantSection(constants: readonly Constant[]): string[] {
  const rows = constants.map(({ name, value, doc }) => `| ${name} | ${hex(value)} | ${doc} |`);
  return ['| name | value | meaning |', '|---|---|---|', ...rows, ''];
}

function layoutSection(each: ByteLayout): string[] {
  const rows = each.fields.map((field) => `| ${field.name} | ${field.offset} | ${field.bytes} | ${field.doc} |`);
  return [`### ${each.name}`, '', `${each.doc}; ${each.bytes} bytes.`, '', ...fieldTable(rows)];
}

const fieldTable = (rows: readonly string[]) => [
  '| field | byte | bytes | meaning |',
  '|---|---|---|---|',
  ...rows,
  '',
];

export function emitLinkMarkdown(): string {
  return [
    '<!-- Generated from src/contract/transport-*.ts by `npm run generate`. Do not edit. -->',
    '# The serial link',
    '',
    'How command and event records cross a UART without loss, invention or repetition.',
    'Vectors: `test/vectors/link.json`. Faults and what the user sees of them: `docs/faults.md`.',
    '',
    '## Clauses',
    '',
    ...clauseSection(LINK_CLAUSE_GROUPS),
    '## Constants',
    '',
    ...constantSection(LINK_CONSTANTS),
    '## Layouts',
    '',
    ...LINK_FRAMES.flatMap(layoutSection),
    '## Registers',
    '',
    ...constantSection(REGISTERS),
    'Counters of the link: 16 bits each, they wrap.',
    '',
    '| register | name | counts |',
    '|---|---|---|',
    ...LINK_COUNTERS.map(([name, doc], index) => `| REGISTER_LINK + ${index} | ${name} | ${doc} |`),
    '',
  ].join('\n');
}

export function emitBarMarkdown(): string {
  const control = BAR_CONTROL.map(
    (field) => `| ${field.name} | ${hex(field.offset)} | ${field.bytes} | ${field.doc} |`,
  );
  return [
    '<!-- Generated from src/contract/transport-*.ts by `npm run generate`. Do not edit. -->',
    '# The PCIe BAR',
    '',
    'What a host sees of a board behind PCIe: one memory window, over any PCIe core and any driver that maps it.',
    'Faults and what the user sees of them: `docs/faults.md`.',
    '',
    '## Clauses',
    '',
    ...clauseSection(BAR_CLAUSE_GROUPS),
    '## Constants',
    '',
    ...constantSection(BAR_CONSTANTS),
    '## Blocks',
    '',
    ...BAR_BLOCKS.flatMap(layoutSection),
    '## Control registers',
    '',
    ...fieldTable(control),
    '## Counters',
    '',
    'Registers from REGISTER_LINK on, since power-up: 32 bits each, they wrap. Before them stand those of the kernel,',
    'since the reset. A register is read as two words, which need not be of one moment.',
    '',
    '| register | name | counts |',
    '|---|---|---|',
    ...BAR_COUNTERS.map(([name, doc], index) => `| REGISTER_LINK + ${index} | ${name} | ${doc} |`),
    '',
    '## Lines',
    '',
    ...BAR_LINES.flatMap(layoutSection),
    '## Where the RTL of this repository has them',
    '',
    ...constantSection(BAR_MAP),
  ].join('\n');
}
