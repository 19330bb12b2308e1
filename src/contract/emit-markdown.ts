// Emits docs/contract.md: the reference that users and other implementations read.
import { CLAUSE_GROUPS } from './clauses.js';
import {
  COMMAND_BYTES,
  COMMANDS,
  ENUMS,
  ERROR_DOCS,
  EVENT_BYTES,
  EVENTS,
  LIMITS,
  PROFILE_FIELDS,
  PROFILES,
  RESERVED_OPCODES,
  REVISION,
  type RecordDefinition,
} from './definition.js';
import { contractDigest } from './derive.js';

const hex = (value: number) => `0x${value.toString(16).padStart(2, '0')}`;

function recordSection(record: RecordDefinition, refusals?: readonly string[]): string[] {
  const rows = record.fields.map((f) => {
    const kind = f.enum === undefined ? (f.signed === true ? 'signed' : '') : f.enum;
    return `| \`${f.name}\` | ${f.lsb}..${f.lsb + f.bits - 1} | ${kind} | ${f.doc} |`;
  });
  return [
    `### ${record.name} (${hex(record.code)})`,
    '',
    `${record.doc.charAt(0).toUpperCase()}${record.doc.slice(1)}.`,
    '',
    ...(rows.length === 0 ? ['No fields.'] : ['| field | bits | kind | meaning |', '|---|---|---|---|', ...rows]),
    '',
    ...(refusals === undefined
      ? []
      : [`Refusals, in this order: ${refusals.length === 0 ? 'none of its own' : refusals.join(', ')}.`, '']),
  ];
}

export function emitMarkdown(): string {
  const kept = RESERVED_OPCODES.map((r) => `${hex(r.from)}..${hex(r.to)} ${r.doc}`);
  return [
    '<!-- Generated from src/contract/definition.ts and clauses.ts by `npm run generate`. Do not edit. -->',
    '# The kernel contract',
    '',
    `Revision ${REVISION}, digest \`${contractDigest()}\`. Commands are ${COMMAND_BYTES} bytes, events`,
    `${EVENT_BYTES} bytes, ` +
      'little-endian; bit n of a record is bit n % 8 of byte n / 8. Bits 0..7 hold the opcode or the event type.',
    'Two devices with different digests do not speak the same language: a host refuses to talk to one.',
    '',
    '## Clauses',
    '',
    ...CLAUSE_GROUPS.flatMap((group) => [
      `### ${group.title}`,
      '',
      ...group.clauses.flatMap((clause) => [`- **${clause.id}** ${clause.text}`]),
      '',
    ]),
    '## Limits',
    '',
    '| name | value | meaning |',
    '|---|---|---|',
    ...Object.entries(LIMITS).map(([name, l]) => `| ${name} | ${l.value} | ${l.doc} |`),
    '',
    '## Profile',
    '',
    '| field | range | meaning |',
    '|---|---|---|',
    ...PROFILE_FIELDS.map((f) => `| ${f.name} | ${f.min}..${f.max} | ${f.doc} |`),
    '',
    `| named profile | ${PROFILE_FIELDS.map((f) => f.name).join(' | ')} |`,
    `|---|${PROFILE_FIELDS.map(() => '---').join('|')}|`,
    ...Object.entries(PROFILES).map(([name, values]) => `| ${name} | ${values.join(' | ')} |`),
    '',
    '## Commands',
    '',
    `Opcodes kept for later kernels: ${kept.join(', ')}.`,
    '',
    ...COMMANDS.flatMap((c) => recordSection(c, c.refusals)),
    '## Events',
    '',
    ...EVENTS.flatMap((e) => recordSection(e)),
    '## Enums',
    '',
    ...Object.entries(ENUMS).flatMap(([name, e]) => [
      `### ${name}`,
      '',
      `${e.doc}.`,
      '',
      ...Object.entries(e.values).map(
        ([key, value]) => `- ${value} \`${key}\`${name === 'ErrorCode' ? `: ${ERROR_DOCS[key]}` : ''}`,
      ),
      '',
    ]),
  ].join('\n');
}
