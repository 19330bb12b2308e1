// What travels below the kernel contract: the frames of the serial link and the windows of a PCIe BAR, as data.
// The rules that are not layout are the clauses of transport-clauses.ts. None of it enters the contract digest:
// IDENTITY has a version of its own, so that a board can say which contract it has before anything else is agreed.
import { COMMAND_BYTES, EVENT_BYTES } from './definition.js';

/** A field of a frame, a block or a line; little-endian. */
export interface ByteField {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  /** Unit and range. */
  readonly doc: string;
}

export interface ByteLayout {
  readonly name: string;
  /** Behind the last field; a frame's CRC stands there. */
  readonly bytes: number;
  readonly fields: readonly ByteField[];
  readonly doc: string;
}

/** A value that other languages need too. */
export interface Constant {
  readonly name: string;
  readonly value: number;
  readonly doc: string;
}

/** Consecutive fields from offset 0 on. */
function layout(name: string, doc: string, fields: readonly (readonly [string, number, string])[]): ByteLayout {
  let offset = 0;
  const placed = fields.map(([field, bytes, fieldDoc]) => {
    const at = offset;
    offset += bytes;
    return { name: field, offset: at, bytes, doc: fieldDoc };
  });
  return { name, bytes: offset, fields: placed, doc };
}

const RECORDS_PER_FRAME = 15;
const EVENTS_PER_FRAME = 7;
const HEADER_BYTES = 9;
const CRC_BYTES = 4;

export const LINK_CONSTANTS: readonly Constant[] = [
  { name: 'LINK_VERSION', value: 1, doc: 'of these clauses; in HELLO and IDENTITY' },
  { name: 'TYPE_HELLO', value: 0x01, doc: 'host: who is there? Layout frozen for ever' },
  { name: 'TYPE_IDENTITY', value: 0x02, doc: 'device: the answer. Layout frozen for ever' },
  { name: 'TYPE_RESET', value: 0x10, doc: 'host: begin a new epoch' },
  { name: 'TYPE_DATA', value: 0x11, doc: 'both: records, or none' },
  { name: 'TYPE_READ', value: 0x12, doc: 'host: read a register' },
  { name: 'TYPE_VALUE', value: 0x13, doc: 'device: the answer' },
  {
    name: 'FLAG_POLL',
    value: 0x40,
    doc: 'set in the type of DATA: the device answers with DATA, even with none to send',
  },
  { name: 'FLAG_REPLAY', value: 0x80, doc: 'set in the type of DATA: go on from the ack of this frame' },
  { name: 'HEADER_BYTES', value: HEADER_BYTES, doc: 'of every frame but HELLO and IDENTITY' },
  { name: 'CRC_BYTES', value: CRC_BYTES, doc: 'at the end of every frame' },
  { name: 'COMMANDS_PER_FRAME', value: RECORDS_PER_FRAME, doc: 'most commands in one frame' },
  { name: 'EVENTS_PER_FRAME', value: EVENTS_PER_FRAME, doc: 'most events in one frame' },
  {
    name: 'FRAME_BYTES_MAX',
    value: HEADER_BYTES + RECORDS_PER_FRAME * COMMAND_BYTES + CRC_BYTES,
    doc: 'longest frame before COBS, so that no COBS code is 0xff and the overhead is always two bytes',
  },
  { name: 'FRAME_BYTES_MIN', value: 12, doc: 'shortest frame before COBS: HELLO' },
  { name: 'LINE_BYTES', value: 64, doc: 'of the rings in a BAR' },
];

export const LINK_FRAMES: readonly ByteLayout[] = [
  layout('HELLO', 'who is there?', [
    ['type', 1, 'TYPE_HELLO'],
    ['link_version', 1, 'LINK_VERSION of the host'],
    ['zero', 2, '0'],
    ['nonce', 4, 'comes back in IDENTITY'],
  ]),
  layout('IDENTITY', 'what a device says of itself, whatever contract it speaks', [
    ['type', 1, 'TYPE_IDENTITY'],
    ['link_version', 1, 'LINK_VERSION of the device'],
    ['epoch', 2, 'epoch of the link, 0 since power-up'],
    ['nonce', 4, 'of the HELLO'],
    ['contract_digest', 8, 'the bytes in the order of its hex digits'],
    ['profile', 32, 'eight u32 in the order of the profile table'],
    ['clock_hz', 4, 'clock of the kernel in Hz'],
    ['baud', 4, 'of the link; 0 where it has none'],
    ['command_window', 2, 'commands that the device can hold'],
    ['event_window', 2, 'events that it can hold until they are acknowledged'],
    ['time_scale', 4, '0: a device. Else a simulation, this many thousandths of a second for one of the device'],
    ['board', 16, 'name of the board, ASCII, padded with 0'],
    ['commit', 20, 'commit of the sources, binary; 0 unknown'],
  ]),
  layout('HEADER', 'what every other frame begins with', [
    ['type', 1, 'with its flags'],
    ['epoch', 2, 'of the link; in RESET the new one, 1..65535'],
    ['seq', 2, 'index modulo 2^16 of the first record of this frame, or of the next one to be sent'],
    ['ack', 2, 'index of the next record expected from the other side'],
    ['credit', 2, 'index of the first record that the other side may not send yet'],
  ]),
  layout('RESET', 'after the header', [['kernel_epoch', 4, 'comes back in RESET_DONE']]),
  layout('READ', 'after the header', [
    ['address', 2, 'of the register table'],
    ['tag', 2, 'comes back in VALUE'],
  ]),
  layout('VALUE', 'after the header', [
    ['address', 2, 'of the READ'],
    ['tag', 2, 'of the READ'],
    ['value', 8, '0 where there is no such register'],
  ]),
];

/** Kinds of faults and traffic that a link counts; registers LINK_COUNTERS + index. 16 bits, they wrap. */
export const LINK_COUNTERS: readonly (readonly [string, string])[] = [
  ['frames_received', 'frames that passed every check'],
  ['bad_frames', 'COBS code 0xff or past the end, too long, too short'],
  ['line_errors', 'frames with a byte whose stop bit was missing'],
  ['crc_errors', 'frames whose CRC is another one'],
  ['unknown_frames', 'right CRC, but no known type, or a length that its type cannot have'],
  ['wrong_epochs', 'frames of another epoch'],
  ['gaps', 'frames of records that are ahead of what is expected'],
  ['duplicates', 'frames of records that were taken already'],
  ['overruns', 'frames with more records than there is room for'],
  ['frames_sent', 'frames sent'],
  ['rewinds', 'times that sending began anew from an acknowledged record'],
  ['resets', 'epochs begun'],
];

/** What a BAR counts since power-up; registers REGISTER_LINK + index. 32 bits, they wrap. */
export const BAR_COUNTERS: readonly (readonly [string, string])[] = [
  ['lines_taken', 'command lines whose last command the kernel has'],
  ['crc_refusals', 'command lines refused for their CRC: torn or damaged'],
  ['stale_refusals', 'command lines refused for their sequence or generation, with the right CRC'],
  ['form_refusals', 'command lines refused for their count or zeros, with the right CRC, sequence and generation'],
  ['events_written', 'event lines written'],
  ['event_waits', 'cycles in which an event waited for room in its ring'],
  ['command_waits', 'cycles in which a checked command waited for the kernel'],
  ['doorbells_ignored', 'doorbells that were behind or too far ahead'],
  ['generations_ignored', 'writes of generation that were 0, too large or the one that stands there'],
  ['partial_writes', 'writes of a part of a register'],
  ['stray_writes', 'writes of a whole word where there is no register to write'],
  ['stray_beats', 'beats of writes to the rings that did not fall into the command ring'],
  ['resets', 'generations begun'],
];

/** First register of each kind. */
export const REGISTERS: readonly Constant[] = [
  { name: 'REGISTER_KERNEL', value: 0x000, doc: 'counters of the kernel (docs/hdl.md), 256 of them' },
  { name: 'REGISTER_LINK', value: 0x100, doc: 'counters of the link or of the BAR, in the order of their table' },
];

export const BAR_CONSTANTS: readonly Constant[] = [
  { name: 'BAR_BYTES', value: 0x10000, doc: 'of the window' },
  { name: 'BAR_VENDOR_ID', value: 0x1209, doc: 'PCI vendor: pid.codes, where open hardware may ask for an id' },
  { name: 'BAR_DEVICE_ID', value: 0x6b00, doc: 'PCI device; not registered yet: the identity block decides' },
  { name: 'BAR_MAGIC', value: 0x31424247, doc: "'GBB1': first word of the window" },
  { name: 'BAR_VERSION', value: 1, doc: 'of these clauses' },
  { name: 'BLOCK_IDENTITY', value: 1, doc: 'type of the block' },
  { name: 'BLOCK_COMMAND_RING', value: 2, doc: 'type of the block' },
  { name: 'BLOCK_EVENT_RING', value: 3, doc: 'type of the block' },
  { name: 'BLOCK_CONTROL', value: 4, doc: 'type of the block' },
  { name: 'BLOCK_REGISTERS', value: 5, doc: 'type of the block' },
  { name: 'BLOCK_HOST_RING', value: 6, doc: 'type of the block; reserved: an event ring in host memory' },
  { name: 'COMMANDS_PER_LINE', value: 3, doc: 'most commands in one line' },
];

/** The linked list that starts behind the magic, at byte 4: next = 0 ends it. */
export const BAR_BLOCKS: readonly ByteLayout[] = [
  layout('BLOCK', 'what every block begins with', [
    ['type', 2, 'BLOCK_*; a host passes over those it does not know'],
    ['version', 2, 'of the block, 1'],
    ['next', 4, 'offset of the next block in the window, ahead of this one; 0: the last'],
  ]),
  layout('IDENTITY_BLOCK', 'after BLOCK', [
    ['bar_version', 4, 'BAR_VERSION of the device'],
    ['contract_digest', 8, 'the bytes in the order of its hex digits'],
    ['profile', 32, 'eight u32 in the order of the profile table'],
    ['clock_hz', 4, 'clock of the kernel in Hz'],
    ['time_scale', 4, 'as in IDENTITY of the link'],
    ['board', 16, 'name of the board, ASCII, padded with 0'],
    ['commit', 20, 'commit of the sources, binary; 0 unknown'],
  ]),
  layout('RING_BLOCK', 'after BLOCK: COMMAND_RING and EVENT_RING; HOST_RING where there is one', [
    ['offset', 4, 'of line 0 in the window, a multiple of 64'],
    ['lines', 4, 'number of lines, a power of two'],
    ['doorbell', 4, 'offset of the doorbell in the window'],
  ]),
  layout('CONTROL_BLOCK', 'after BLOCK', [['offset', 4, 'of the control registers in the window']]),
  layout('REGISTERS_BLOCK', 'after BLOCK', [
    ['offset', 4, 'of register 0 in the window, a multiple of 8'],
    ['count', 4, 'registers of 8 bytes each'],
  ]),
];

/** Offsets from the start of the control registers; each a u32. */
export const BAR_CONTROL: readonly ByteField[] = [
  { name: 'reset_epoch', offset: 0x00, bytes: 4, doc: 'read/write: epoch of the next reset, comes back in RESET_DONE' },
  {
    name: 'generation',
    offset: 0x04,
    bytes: 4,
    doc: 'read/write: writing another value than the one that stands there resets; 0 since power-up, 1..65535',
  },
  { name: 'generation_done', offset: 0x08, bytes: 4, doc: 'read: generation whose reset is complete' },
  { name: 'command_lines', offset: 0x0c, bytes: 4, doc: 'read: lines taken by the kernel since the reset' },
  { name: 'event_lines', offset: 0x10, bytes: 4, doc: 'read: event lines written since the reset' },
  {
    name: 'refused_lines',
    offset: 0x14,
    bytes: 4,
    doc: 'read: times that the line at command_lines was refused; the host writes the line and the doorbell again',
  },
  { name: 'command_doorbell', offset: 0x40, bytes: 4, doc: 'read/write: absolute index behind the last line written' },
  { name: 'event_doorbell', offset: 0x80, bytes: 4, doc: 'read/write: absolute index behind the last line read' },
];

export const BAR_LINES: readonly ByteLayout[] = [
  layout('COMMAND_LINE', 'up to three commands', [
    ['sequence', 4, 'absolute index of the line since the reset'],
    ['generation', 2, 'of the reset'],
    ['count', 2, 'commands in it, 1..3'],
    ['commands', 48, 'the commands; zeros behind the last'],
    ['zero', 4, '0'],
    ['crc', 4, 'CRC-32 of the 60 bytes before, seeded with the contract digest'],
  ]),
  layout('EVENT_LINE', 'one event', [
    ['sequence', 4, 'absolute index of the line since the reset'],
    ['generation', 2, 'of the reset'],
    ['count', 2, '1'],
    ['command_lines', 4, 'as the control register, when the line was made'],
    ['zero', 4, '0'],
    ['event', EVENT_BYTES, 'the event'],
    ['cycles', 8, 'cycles of the kernel when the line was made'],
    ['zero_too', 4, '0'],
    ['crc', 4, 'CRC-32 of the 60 bytes before, seeded with the contract digest'],
  ]),
];

/** Where the windows of the RTL in this repository lie. A host reads them from the blocks. */
export const BAR_MAP: readonly Constant[] = [
  { name: 'MAP_BLOCKS', value: 0x0000, doc: 'magic and blocks' },
  { name: 'MAP_CONTROL', value: 0x1000, doc: 'control registers' },
  { name: 'MAP_REGISTERS', value: 0x2000, doc: 'registers' },
  { name: 'MAP_EVENT_RING', value: 0x4000, doc: 'event ring' },
  { name: 'MAP_COMMAND_RING', value: 0x8000, doc: 'command ring' },
  { name: 'MAP_LINES', value: 256, doc: 'lines of each ring' },
];
