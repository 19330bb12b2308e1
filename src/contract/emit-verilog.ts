// Emits the Verilog header: localparams only, for `include inside a module.
import {
  COMMAND_BYTES,
  COMMANDS,
  ENUMS,
  EVENT_BYTES,
  EVENTS,
  LIMITS,
  type RecordDefinition,
  TICKS,
} from './definition.js';
import { contractDigest, fieldMask } from './derive.js';

const sized = (bits: number, value: number | bigint) => `${bits}'h${value.toString(16)}`;

const upperSnake = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();

function fieldParameters(prefix: string, record: RecordDefinition): string[] {
  return record.fields.flatMap((field) => [
    `localparam ${prefix}_${record.name}_${field.name.toUpperCase()}_LSB = ${field.lsb};`,
    `localparam ${prefix}_${record.name}_${field.name.toUpperCase()}_BITS = ${field.bits};`,
  ]);
}

export function emitVerilog(): string {
  const all = (1n << BigInt(COMMAND_BYTES * 8)) - 1n;
  return [
    '// Generated from src/contract/definition.ts by `npm run generate`. Do not edit.',
    '// Include inside a module: localparams only, so that Verilator, Icarus and Yosys all take it.',
    `localparam [63:0] CONTRACT_DIGEST = 64'h${contractDigest()};`,
    `localparam COMMAND_BITS = ${COMMAND_BYTES * 8};`,
    `localparam EVENT_BITS = ${EVENT_BYTES * 8};`,
    ...Object.entries(LIMITS).map(
      ([name, l]) => `localparam [48:0] LIMIT_${name} = ${sized(49, l.value)}; // ${l.doc}`,
    ),
    ...TICKS.map((tick, index) => `localparam [15:0] TICK_${index} = 16'd${tick};`),
    '',
    ...COMMANDS.map((c) => `localparam [7:0] OP_${c.name} = ${sized(8, c.code)};`),
    '',
    ...EVENTS.map((e) => `localparam [7:0] EV_${e.name} = ${sized(8, e.code)};`),
    '',
    ...Object.entries(ENUMS).flatMap(([name, e]) =>
      Object.entries(e.values).map(
        ([key, value]) => `localparam [${e.bits - 1}:0] ${upperSnake(name)}_${key} = ${sized(e.bits, value)};`,
      ),
    ),
    '',
    '// Bits that must be 0 (clause REC-3).',
    ...COMMANDS.map((c) => `localparam [127:0] RESERVED_${c.name} = ${sized(128, ~fieldMask(c) & all)};`),
    '',
    ...COMMANDS.flatMap((c) => fieldParameters('CMD', c)),
    '',
    ...EVENTS.flatMap((e) => fieldParameters('EVT', e)),
    '',
  ].join('\n');
}
