// Emits the constants, field accessors, event writers and the command writer of the TypeScript engines and host.
import { COMMANDS, ENUMS, EVENTS, type Field, LIMITS, type RecordDefinition, TICKS } from './definition.js';
import { contractDigest, lowerCamel, reservedWords, upperCamel } from './derive.js';

const hex = (value: number) => `0x${value.toString(16)}`;

function constants(name: string, doc: string, values: readonly (readonly [string, number])[]): string[] {
  const variable = lowerCamel(name.replace(/([A-Z])/g, '_$1').slice(1));
  return [
    `/** ${doc} */`,
    `export const ${name} = {`,
    ...values.map(([key, value]) => `  ${key}: ${value},`),
    '} as const;',
    `export type ${name} = (typeof ${name})[keyof typeof ${name}];`,
    `export const ${variable}Names: readonly (string | undefined)[] = (() => {`,
    '  const names: (string | undefined)[] = [];',
    `  for (const [key, value] of Object.entries(${name})) names[value] = key;`,
    '  return names;',
    '})();',
    '',
  ];
}

/** The words a field lies in and the expression that reads it; fields wider than 32 bits are exact numbers. */
function read(field: Field): { words: number[]; expression: string } {
  const first = field.lsb >> 5;
  const last = (field.lsb + field.bits - 1) >> 5;
  const shift = field.lsb & 31;
  if (first === last) {
    const word = `w${first}`;
    if (field.signed === true) return { words: [first], expression: `${word} | 0` };
    if (field.bits === 32) return { words: [first], expression: `${word} >>> 0` };
    const shifted = shift === 0 ? word : `(${word} >>> ${shift})`;
    return { words: [first], expression: `${shifted} & ${hex(2 ** field.bits - 1)}` };
  }
  const lowBits = 32 - shift;
  const low = shift === 0 ? `(w${first} >>> 0)` : `(w${first} >>> ${shift})`;
  const highBits = field.bits - lowBits;
  const high = highBits === 32 ? `(w${last} >>> 0)` : `(w${last} & ${hex(2 ** highBits - 1)})`;
  return { words: [first, last], expression: `${high} * ${2 ** lowBits} + ${low}` };
}

/** Event fields, for consumers of events, as numbers; a field of more than 48 bits has no accessor. */
function eventAccessors(record: RecordDefinition): string[] {
  const narrow = record.fields.filter((field) => field.bits <= 48);
  return narrow.map((field) => {
    const { words, expression } = read(field);
    const parameters = words.map((word) => `w${word}: number`).join(', ');
    const name = `event${upperCamel(record.name)}${upperCamel(field.name)}`;
    return `export const ${name} = (${parameters}): number => ${expression};`;
  });
}

function accessors(record: RecordDefinition): string[] {
  return record.fields.flatMap((field) => {
    const { words, expression } = read(field);
    const parameters = words.map((word) => `w${word}: number`).join(', ');
    const name = `${lowerCamel(record.name)}${upperCamel(field.name)}`;
    if (field.bits === 48 && (field.lsb & 31) === 0) {
      const [low, high] = words as [number, number];
      return [
        `/** ${record.name}.${field.name}, bits 0..31 as a signed word and bits 32..47: ${field.doc}. */`,
        `export const ${name}Low = (w${low}: number): number => w${low} | 0;`,
        `export const ${name}High = (w${high}: number): number => w${high} & 0xffff;`,
      ];
    }
    return [
      `/** ${record.name}.${field.name}: ${field.doc}. */`,
      `export const ${name} = (${parameters}): number => ${expression};`,
    ];
  });
}

/** Expressions that OR the fields of a record into its words. */
function assemble(record: RecordDefinition, words: number, named: (field: Field) => string): string[] {
  const parts: string[][] = Array.from({ length: words }, () => []);
  parts[0]?.push(String(record.code));
  for (const field of record.fields) {
    const value = named(field);
    const first = field.lsb >> 5;
    const shift = field.lsb & 31;
    const last = (field.lsb + field.bits - 1) >> 5;
    if (first === last) {
      parts[first]?.push(shift === 0 ? value : `(${value} << ${shift})`);
    } else {
      // Exact: the operators reduce modulo 2^32, and a power of two scales without rounding.
      const lowBits = 32 - shift;
      parts[first]?.push(shift === 0 ? `(${value} >>> 0)` : `(${value} << ${shift})`);
      parts[last]?.push(`((${value} * 2 ** -${lowBits}) >>> 0)`);
    }
  }
  return parts.map((terms) => (terms.length === 0 ? '0' : terms.join(' | ')));
}

/** Event fields wider than 32 bits come as two words, so that no number leaves the small integers of the JIT. */
function eventParts(field: Field): { parameters: string[]; terms: [word: number, term: string][] } {
  const name = lowerCamel(field.name);
  const first = field.lsb >> 5;
  const shift = field.lsb & 31;
  if (field.bits <= 32) {
    if (shift + field.bits > 32) throw new Error(`event field ${field.name} straddles two words`);
    return { parameters: [name], terms: [[first, shift === 0 ? name : `(${name} << ${shift})`]] };
  }
  const [low, high] = [`${name}Low`, `${name}High`];
  const terms: [number, string][] =
    shift === 0
      ? [
          [first, low],
          [first + 1, high],
        ]
      : [
          [first, `(${low} << ${shift})`],
          [first + 1, `(${low} >>> ${32 - shift})`],
          [first + 1, `(${high} << ${shift})`],
        ];
  return { parameters: [low, high], terms };
}

function eventWriter(record: RecordDefinition): string[] {
  const words: string[][] = Array.from({ length: 8 }, () => []);
  words[0]?.push(String(record.code));
  const parameters: string[] = [];
  for (const field of record.fields) {
    if (field.bits > 64) {
      parameters.push(`${field.name}: Int32Array`, `${field.name}At: number`);
      for (let w = 0; w < field.bits / 32; w++) {
        words[(field.lsb >> 5) + w]?.push(`(${field.name}[${field.name}At + ${w}] as number)`);
      }
      continue;
    }
    const parts = eventParts(field);
    parameters.push(...parts.parameters.map((name) => `${name}: number`));
    for (const [word, term] of parts.terms) words[word]?.push(term);
  }
  return [
    `/** Writes ${record.name} (${record.doc}) at word \`at\`: 8 words. Wide fields as bits 0..31 and the rest. */`,
    `export function put${upperCamel(record.name)}(out: Int32Array, at: number, ${parameters.join(', ')}): void {`,
    ...words.map(
      (terms, w) => `  out[at${w === 0 ? '' : ` + ${w}`}] = ${terms.length === 0 ? '0' : terms.join(' | ')};`,
    ),
    '}',
    '',
  ];
}

function writerMethod(record: RecordDefinition): string[] {
  const fields = [...record.fields].sort((a, b) => order(a) - order(b));
  const name = (field: Field) => lowerCamel(field.name);
  const type = (field: Field) => (field.bits === 1 && field.enum === undefined ? 'boolean' : 'number');
  const parameters = fields.map((f) => (f.name === 'commit' ? 'commit = false' : `${name(f)}: ${type(f)}`));
  const value = (f: Field) => (type(f) === 'boolean' ? `(${name(f)} ? 1 : 0)` : name(f));
  return [
    `  /** ${record.doc}. ${record.fields.map((f) => `${name(f)}: ${f.doc}`).join('; ')} */`,
    `  ${lowerCamel(record.name)}(${parameters.join(', ')}): this {`,
    '    const at = this.reserve();',
    '    const words = this.words;',
    ...assemble(record, 4, value).map((e, word) => `    words[at${word === 0 ? '' : ` + ${word}`}] = ${e};`),
    '    return this;',
    '  }',
    '',
  ];
}

/** Identity first, then the payload in layout order, the optional commit flag last. */
function order(field: Field): number {
  if (field.name === 'commit') return 10_000;
  return field.name === 'book' || field.name === 'basket' ? field.lsb - 1000 : field.lsb;
}

export function emitTypescript(): string {
  const reserved = Array.from({ length: 256 * 4 }, () => 0xffffffff);
  for (const command of COMMANDS) {
    for (const [word, mask] of reservedWords(command).entries()) reserved[command.code * 4 + word] = mask;
  }
  const table = COMMANDS.map((c) => `  [${hex(c.code)}, [${reservedWords(c).map(hex).join(', ')}]], // ${c.name}`);
  return [
    '// Generated from src/contract/definition.ts by `npm run generate`. Do not edit.',
    '',
    `export const CONTRACT_DIGEST = '${contractDigest()}';`,
    ...Object.entries(LIMITS).flatMap(([name, l]) => [`/** ${l.doc} */`, `export const ${name} = ${l.value};`]),
    '/** Price steps in 1e-4 USD, finest first. */',
    `export const TICK_VALUES: readonly number[] = [${TICKS.join(', ')}];`,
    '',
    ...constants(
      'Opcode',
      'Byte 0 of a command.',
      COMMANDS.map((c) => [c.name, c.code]),
    ),
    ...constants(
      'EventType',
      'Byte 0 of an event.',
      EVENTS.map((e) => [e.name, e.code]),
    ),
    ...Object.entries(ENUMS).flatMap(([name, e]) => constants(name, e.doc, Object.entries(e.values))),
    '/** Bits that must be 0, four words an opcode at opcode * 4; all ones where none is defined (REC-2, REC-3). */',
    'export const RESERVED_WORDS = new Uint32Array(1024).fill(0xffffffff);',
    'const RESERVED: readonly [number, readonly number[]][] = [',
    ...table,
    '];',
    'for (const [opcode, words] of RESERVED) RESERVED_WORDS.set(words, opcode * 4);',
    '',
    '// Command fields, from the 32-bit words of a record.',
    ...COMMANDS.flatMap(accessors),
    '',
    '// Event fields, from the 32-bit words of an event.',
    ...EVENTS.flatMap(eventAccessors),
    '',
    '// Events.',
    ...EVENTS.flatMap(eventWriter),
    "/** Appends commands to a growing buffer; ranges are the kernel's to check. */",
    'export class CommandWriter {',
    '  private words: Uint32Array<ArrayBuffer>;',
    '  private used = 0;',
    '',
    '  /** capacity: commands before the buffer first grows. */',
    '  constructor(capacity = 1024) {',
    '    this.words = new Uint32Array(Math.max(1, capacity) * 4);',
    '  }',
    '',
    '  /** Commands written. */',
    '  get count(): number {',
    '    return this.used >>> 2;',
    '  }',
    '',
    '  /** A view on what was written, valid until the next write. */',
    '  bytes(): Uint8Array<ArrayBuffer> {',
    '    return new Uint8Array(this.words.buffer, 0, this.used * 4);',
    '  }',
    '',
    '  clear(): this {',
    '    this.used = 0;',
    '    return this;',
    '  }',
    '',
    '  /** Takes back everything after the first `count` commands. */',
    '  truncate(count: number): this {',
    '    if (count * 4 < this.used) this.used = count * 4;',
    '    return this;',
    '  }',
    '',
    '  /** Sets the commit flag of the last command, which must be one that has it. */',
    '  commitLast(): this {',
    '    if (this.used > 0) this.words[this.used - 4] = (this.words[this.used - 4] as number) | 0x100;',
    '    return this;',
    '  }',
    '',
    '  private reserve(): number {',
    '    const at = this.used;',
    '    if (at + 4 > this.words.length) {',
    '      const larger = new Uint32Array(this.words.length * 2);',
    '      larger.set(this.words);',
    '      this.words = larger;',
    '    }',
    '    this.used = at + 4;',
    '    return at;',
    '  }',
    '',
    ...COMMANDS.flatMap(writerMethod),
    '}',
    '',
  ].join('\n');
}
