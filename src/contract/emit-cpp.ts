// Emits the C++ header: constants, field accessors over the two 64-bit words of a command, event writers.
import {
  COMMAND_BYTES,
  COMMANDS,
  ENUMS,
  EVENT_BYTES,
  EVENTS,
  type Field,
  LIMITS,
  PROFILE_FIELDS,
  type RecordDefinition,
  TICKS,
} from './definition.js';
import { contractDigest, reservedWords, upperCamel } from './derive.js';

const hex = (value: number) => `0x${value.toString(16)}`;

function enumeration(name: string, doc: string, values: readonly (readonly [string, number])[]): string[] {
  return [
    `// ${doc}`,
    `enum class ${name} : uint8_t {`,
    ...values.map(([key, value]) => `  k${upperCamel(key)} = ${value},`),
    '};',
    '',
  ];
}

function accessor(record: RecordDefinition, field: Field): string[] {
  const name = `${record.name.toLowerCase()}_${field.name}`;
  const first = field.lsb >> 6;
  const last = (field.lsb + field.bits - 1) >> 6;
  if (first !== last) throw new Error(`${record.name}.${field.name} straddles two 64-bit words`);
  const word = first === 0 ? 'lo' : 'hi';
  const shift = field.lsb & 63;
  const type = field.bits <= 32 ? 'uint32_t' : 'uint64_t';
  const shifted = shift === 0 ? word : `(${word} >> ${shift})`;
  const masked = `${shifted} & ${hex(2 ** field.bits - 1)}ULL`;
  const result = field.signed === true ? `static_cast<int32_t>(${masked})` : `static_cast<${type}>(${masked})`;
  return [`inline ${field.signed === true ? 'int32_t' : type} ${name}(uint64_t ${word}) { return ${result}; }`];
}

function eventWriter(record: RecordDefinition): string[] {
  const wide = record.fields.find((field) => field.bits > 64);
  const plain = record.fields.filter((field) => field !== wide);
  const words: string[][] = [[`${record.code}ULL`], [], [], []];
  for (const field of plain) {
    const first = field.lsb >> 6;
    const last = (field.lsb + field.bits - 1) >> 6;
    const shift = field.lsb & 63;
    const value =
      field.signed === true
        ? `static_cast<uint64_t>(static_cast<uint32_t>(${field.name}))`
        : `static_cast<uint64_t>(${field.name})`;
    words[first]?.push(shift === 0 ? value : `${value} << ${shift}`);
    if (last !== first) words[last]?.push(`${value} >> ${64 - shift}`);
  }
  const type = (f: Field) => (f.signed === true ? 'int32_t' : f.bits <= 32 ? 'uint32_t' : 'uint64_t');
  const parameters = plain.map((f) => `, ${type(f)} ${f.name}`).join('');
  const extra = wide === undefined ? '' : ', uint64_t record_lo, uint64_t record_hi';
  if (wide !== undefined) {
    words[2]?.push('record_lo');
    words[3]?.push('record_hi');
  }
  return [
    `// ${record.name}: ${record.doc}`,
    `inline void put_${record.name.toLowerCase()}(uint64_t* out${parameters}${extra}) {`,
    ...words.map(
      (terms, word) => `  out[${word}] = ${terms.length === 0 ? '0' : terms.map((t) => `(${t})`).join(' | ')};`,
    ),
    '}',
    '',
  ];
}

export function emitCpp(): string {
  const reserved = COMMANDS.map((c) => {
    const [w0, w1, w2, w3] = reservedWords(c) as [number, number, number, number];
    const word = (high: number, low: number) =>
      `0x${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}ULL`;
    return `    case ${hex(c.code)}: return {${word(w1, w0)}, ${word(w3, w2)}, true};  // ${c.name}`;
  });
  return [
    '// Generated from src/contract/definition.ts by `npm run generate`. Do not edit.',
    '#pragma once',
    '#include <cstdint>',
    '',
    'namespace gatebook {',
    '',
    `constexpr char kContractDigest[] = "${contractDigest()}";`,
    `constexpr uint32_t kCommandBytes = ${COMMAND_BYTES};`,
    `constexpr uint32_t kEventBytes = ${EVENT_BYTES};`,
    ...Object.entries(LIMITS).flatMap(([name, l]) => [
      `constexpr uint64_t k${upperCamel(name)} = ${l.value}ULL;  // ${l.doc}`,
    ]),
    `constexpr uint32_t kTicks[] = {${TICKS.join(', ')}};`,
    '',
    ...enumeration(
      'Opcode',
      'Byte 0 of a command.',
      COMMANDS.map((c) => [c.name, c.code]),
    ),
    ...enumeration(
      'EventType',
      'Byte 0 of an event.',
      EVENTS.map((e) => [e.name, e.code]),
    ),
    ...Object.entries(ENUMS).flatMap(([name, e]) => enumeration(name, e.doc, Object.entries(e.values))),
    '// The parameter of the kernel function (clause RESET-2).',
    'struct Profile {',
    ...PROFILE_FIELDS.map((f) => `  uint32_t ${f.name};  // ${f.min}..${f.max}: ${f.doc}`),
    '};',
    '',
    '// Bits that must be 0 in a command (clause REC-3); defined is false where byte 0 is no opcode (clause REC-2).',
    'struct ReservedBits {',
    '  uint64_t lo;',
    '  uint64_t hi;',
    '  bool defined;',
    '};',
    'constexpr ReservedBits reserved_bits(uint32_t opcode) {',
    '  switch (opcode) {',
    ...reserved,
    '    default: return {~0ULL, ~0ULL, false};',
    '  }',
    '}',
    '',
    '// Command fields; lo is bytes 0..7 of the record, hi bytes 8..15, little-endian.',
    ...COMMANDS.flatMap((c) => c.fields.flatMap((f) => accessor(c, f))),
    '',
    '// Event writers; out is four little-endian 64-bit words.',
    ...EVENTS.flatMap(eventWriter),
    '}  // namespace gatebook',
    '',
  ].join('\n');
}
