// Generated from src/contract/transport-layouts.ts by `npm run generate`. Do not edit.
/** of these clauses; in HELLO and IDENTITY */
export const LINK_VERSION = 0x01;
/** host: who is there? Layout frozen for ever */
export const TYPE_HELLO = 0x01;
/** device: the answer. Layout frozen for ever */
export const TYPE_IDENTITY = 0x02;
/** host: begin a new epoch */
export const TYPE_RESET = 0x10;
/** both: records, or none */
export const TYPE_DATA = 0x11;
/** host: read a register */
export const TYPE_READ = 0x12;
/** device: the answer */
export const TYPE_VALUE = 0x13;
/** set in the type of DATA: the device answers with DATA, even with none to send */
export const FLAG_POLL = 0x40;
/** set in the type of DATA: go on from the ack of this frame */
export const FLAG_REPLAY = 0x80;
/** what every other frame begins with */
export const HEADER_BYTES = 0x09;
/** at the end of every frame */
export const CRC_BYTES = 0x04;
/** most commands in one frame */
export const COMMANDS_PER_FRAME = 0x0f;
/** most events in one frame */
export const EVENTS_PER_FRAME = 0x07;
/** longest frame before COBS, so that no COBS code is 0xff and the overhead is always two bytes */
export const FRAME_BYTES_MAX = 0xfd;
/** shortest frame before COBS: HELLO */
export const FRAME_BYTES_MIN = 0x0c;
/** of the rings in a BAR */
export const LINE_BYTES = 0x40;
/** register of the CRC after the contract digest */
export const CRC_SEED = 0x42a95707;
/** counters of the kernel (docs/hdl.md), 256 of them */
export const REGISTER_KERNEL = 0x00;
/** counters of the link or of the BAR, in the order of their table */
export const REGISTER_LINK = 0x100;
/** frames that passed every check */
export const COUNTER_FRAMES_RECEIVED = 0x00;
/** COBS code 0xff or past the end, too long, too short */
export const COUNTER_BAD_FRAMES = 0x01;
/** frames with a byte whose stop bit was missing */
export const COUNTER_LINE_ERRORS = 0x02;
/** frames whose CRC is another one */
export const COUNTER_CRC_ERRORS = 0x03;
/** right CRC, but no known type, or a length that its type cannot have */
export const COUNTER_UNKNOWN_FRAMES = 0x04;
/** frames of another epoch */
export const COUNTER_WRONG_EPOCHS = 0x05;
/** frames of records that are ahead of what is expected */
export const COUNTER_GAPS = 0x06;
/** frames of records that were taken already */
export const COUNTER_DUPLICATES = 0x07;
/** frames with more records than there is room for */
export const COUNTER_OVERRUNS = 0x08;
/** frames sent */
export const COUNTER_FRAMES_SENT = 0x09;
/** times that sending began anew from an acknowledged record */
export const COUNTER_REWINDS = 0x0a;
/** epochs begun */
export const COUNTER_RESETS = 0x0b;
/** command lines whose last command the kernel has */
export const BAR_COUNTER_LINES_TAKEN = 0x00;
/** command lines refused for their CRC: torn or damaged */
export const BAR_COUNTER_CRC_REFUSALS = 0x01;
/** command lines refused for their sequence or generation, with the right CRC */
export const BAR_COUNTER_STALE_REFUSALS = 0x02;
/** command lines refused for their count or zeros, with the right CRC, sequence and generation */
export const BAR_COUNTER_FORM_REFUSALS = 0x03;
/** event lines written */
export const BAR_COUNTER_EVENTS_WRITTEN = 0x04;
/** cycles in which an event waited for room in its ring */
export const BAR_COUNTER_EVENT_WAITS = 0x05;
/** cycles in which a checked command waited for the kernel */
export const BAR_COUNTER_COMMAND_WAITS = 0x06;
/** doorbells that were behind or too far ahead */
export const BAR_COUNTER_DOORBELLS_IGNORED = 0x07;
/** writes of generation that were 0, too large or the one that stands there */
export const BAR_COUNTER_GENERATIONS_IGNORED = 0x08;
/** writes of a part of a register */
export const BAR_COUNTER_PARTIAL_WRITES = 0x09;
/** writes of a whole word where there is no register to write */
export const BAR_COUNTER_STRAY_WRITES = 0x0a;
/** beats of writes to the rings that did not fall into the command ring */
export const BAR_COUNTER_STRAY_BEATS = 0x0b;
/** generations begun */
export const BAR_COUNTER_RESETS = 0x0c;
/** who is there? */
export const HELLO_BYTES = 0x08;
/** byte 0, 1 bytes: TYPE_HELLO */
export const HELLO_TYPE = 0x00;
/** byte 1, 1 bytes: LINK_VERSION of the host */
export const HELLO_LINK_VERSION = 0x01;
/** byte 2, 2 bytes: 0 */
export const HELLO_ZERO = 0x02;
/** byte 4, 4 bytes: comes back in IDENTITY */
export const HELLO_NONCE = 0x04;
/** what a device says of itself, whatever contract it speaks */
export const IDENTITY_BYTES = 0x64;
/** byte 0, 1 bytes: TYPE_IDENTITY */
export const IDENTITY_TYPE = 0x00;
/** byte 1, 1 bytes: LINK_VERSION of the device */
export const IDENTITY_LINK_VERSION = 0x01;
/** byte 2, 2 bytes: epoch of the link, 0 since power-up */
export const IDENTITY_EPOCH = 0x02;
/** byte 4, 4 bytes: of the HELLO */
export const IDENTITY_NONCE = 0x04;
/** byte 8, 8 bytes: the bytes in the order of its hex digits */
export const IDENTITY_CONTRACT_DIGEST = 0x08;
/** byte 16, 32 bytes: eight u32 in the order of the profile table */
export const IDENTITY_PROFILE = 0x10;
/** byte 48, 4 bytes: clock of the kernel in Hz */
export const IDENTITY_CLOCK_HZ = 0x30;
/** byte 52, 4 bytes: of the link; 0 where it has none */
export const IDENTITY_BAUD = 0x34;
/** byte 56, 2 bytes: commands that the device can hold */
export const IDENTITY_COMMAND_WINDOW = 0x38;
/** byte 58, 2 bytes: events that it can hold until they are acknowledged */
export const IDENTITY_EVENT_WINDOW = 0x3a;
/** byte 60, 4 bytes: 0: a device. Else a simulation, this many thousandths of a second for one of the device */
export const IDENTITY_TIME_SCALE = 0x3c;
/** byte 64, 16 bytes: name of the board, ASCII, padded with 0 */
export const IDENTITY_BOARD = 0x40;
/** byte 80, 20 bytes: commit of the sources, binary; 0 unknown */
export const IDENTITY_COMMIT = 0x50;
/** byte 0, 1 bytes: with its flags */
export const HEADER_TYPE = 0x00;
/** byte 1, 2 bytes: of the link; in RESET the new one, 1..65535 */
export const HEADER_EPOCH = 0x01;
/** byte 3, 2 bytes: index modulo 2^16 of the first record of this frame, or of the next one to be sent */
export const HEADER_SEQ = 0x03;
/** byte 5, 2 bytes: index of the next record expected from the other side */
export const HEADER_ACK = 0x05;
/** byte 7, 2 bytes: index of the first record that the other side may not send yet */
export const HEADER_CREDIT = 0x07;
/** after the header */
export const RESET_BYTES = 0x04;
/** byte 0, 4 bytes: comes back in RESET_DONE */
export const RESET_KERNEL_EPOCH = 0x00;
/** after the header */
export const READ_BYTES = 0x04;
/** byte 0, 2 bytes: of the register table */
export const READ_ADDRESS = 0x00;
/** byte 2, 2 bytes: comes back in VALUE */
export const READ_TAG = 0x02;
/** after the header */
export const VALUE_BYTES = 0x0c;
/** byte 0, 2 bytes: of the READ */
export const VALUE_ADDRESS = 0x00;
/** byte 2, 2 bytes: of the READ */
export const VALUE_TAG = 0x02;
/** byte 4, 8 bytes: 0 where there is no such register */
export const VALUE_VALUE = 0x04;
/** what every block begins with */
export const BLOCK_BYTES = 0x08;
/** byte 0, 2 bytes: BLOCK_*; a host passes over those it does not know */
export const BLOCK_TYPE = 0x00;
/** byte 2, 2 bytes: of the block, 1 */
export const BLOCK_VERSION = 0x02;
/** byte 4, 4 bytes: offset of the next block in the window, ahead of this one; 0: the last */
export const BLOCK_NEXT = 0x04;
/** after BLOCK */
export const IDENTITY_BLOCK_BYTES = 0x58;
/** byte 0, 4 bytes: BAR_VERSION of the device */
export const IDENTITY_BLOCK_BAR_VERSION = 0x00;
/** byte 4, 8 bytes: the bytes in the order of its hex digits */
export const IDENTITY_BLOCK_CONTRACT_DIGEST = 0x04;
/** byte 12, 32 bytes: eight u32 in the order of the profile table */
export const IDENTITY_BLOCK_PROFILE = 0x0c;
/** byte 44, 4 bytes: clock of the kernel in Hz */
export const IDENTITY_BLOCK_CLOCK_HZ = 0x2c;
/** byte 48, 4 bytes: as in IDENTITY of the link */
export const IDENTITY_BLOCK_TIME_SCALE = 0x30;
/** byte 52, 16 bytes: name of the board, ASCII, padded with 0 */
export const IDENTITY_BLOCK_BOARD = 0x34;
/** byte 68, 20 bytes: commit of the sources, binary; 0 unknown */
export const IDENTITY_BLOCK_COMMIT = 0x44;
/** after BLOCK: COMMAND_RING and EVENT_RING; HOST_RING where there is one */
export const RING_BLOCK_BYTES = 0x0c;
/** byte 0, 4 bytes: of line 0 in the window, a multiple of 64 */
export const RING_BLOCK_OFFSET = 0x00;
/** byte 4, 4 bytes: number of lines, a power of two */
export const RING_BLOCK_LINES = 0x04;
/** byte 8, 4 bytes: offset of the doorbell in the window */
export const RING_BLOCK_DOORBELL = 0x08;
/** after BLOCK */
export const CONTROL_BLOCK_BYTES = 0x04;
/** byte 0, 4 bytes: of the control registers in the window */
export const CONTROL_BLOCK_OFFSET = 0x00;
/** after BLOCK */
export const REGISTERS_BLOCK_BYTES = 0x08;
/** byte 0, 4 bytes: of register 0 in the window, a multiple of 8 */
export const REGISTERS_BLOCK_OFFSET = 0x00;
/** byte 4, 4 bytes: registers of 8 bytes each */
export const REGISTERS_BLOCK_COUNT = 0x04;
/** up to three commands */
export const COMMAND_LINE_BYTES = 0x40;
/** byte 0, 4 bytes: absolute index of the line since the reset */
export const COMMAND_LINE_SEQUENCE = 0x00;
/** byte 4, 2 bytes: of the reset */
export const COMMAND_LINE_GENERATION = 0x04;
/** byte 6, 2 bytes: commands in it, 1..3 */
export const COMMAND_LINE_COUNT = 0x06;
/** byte 8, 48 bytes: the commands; zeros behind the last */
export const COMMAND_LINE_COMMANDS = 0x08;
/** byte 56, 4 bytes: 0 */
export const COMMAND_LINE_ZERO = 0x38;
/** byte 60, 4 bytes: CRC-32 of the 60 bytes before, seeded with the contract digest */
export const COMMAND_LINE_CRC = 0x3c;
/** one event */
export const EVENT_LINE_BYTES = 0x40;
/** byte 0, 4 bytes: absolute index of the line since the reset */
export const EVENT_LINE_SEQUENCE = 0x00;
/** byte 4, 2 bytes: of the reset */
export const EVENT_LINE_GENERATION = 0x04;
/** byte 6, 2 bytes: 1 */
export const EVENT_LINE_COUNT = 0x06;
/** byte 8, 4 bytes: as the control register, when the line was made */
export const EVENT_LINE_COMMAND_LINES = 0x08;
/** byte 12, 4 bytes: 0 */
export const EVENT_LINE_ZERO = 0x0c;
/** byte 16, 32 bytes: the event */
export const EVENT_LINE_EVENT = 0x10;
/** byte 48, 8 bytes: cycles of the kernel when the line was made */
export const EVENT_LINE_CYCLES = 0x30;
/** byte 56, 4 bytes: 0 */
export const EVENT_LINE_ZERO_TOO = 0x38;
/** byte 60, 4 bytes: CRC-32 of the 60 bytes before, seeded with the contract digest */
export const EVENT_LINE_CRC = 0x3c;
/** of the window */
export const BAR_BYTES = 0x10000;
/** PCI vendor: pid.codes, where open hardware may ask for an id */
export const BAR_VENDOR_ID = 0x1209;
/** PCI device; not registered yet: the identity block decides */
export const BAR_DEVICE_ID = 0x6b00;
/** 'GBB1': first word of the window */
export const BAR_MAGIC = 0x31424247;
/** of these clauses */
export const BAR_VERSION = 0x01;
/** type of the block */
export const BLOCK_IDENTITY = 0x01;
/** type of the block */
export const BLOCK_COMMAND_RING = 0x02;
/** type of the block */
export const BLOCK_EVENT_RING = 0x03;
/** type of the block */
export const BLOCK_CONTROL = 0x04;
/** type of the block */
export const BLOCK_REGISTERS = 0x05;
/** type of the block; reserved: an event ring in host memory */
export const BLOCK_HOST_RING = 0x06;
/** most commands in one line */
export const COMMANDS_PER_LINE = 0x03;
/** magic and blocks */
export const MAP_BLOCKS = 0x00;
/** control registers */
export const MAP_CONTROL = 0x1000;
/** registers */
export const MAP_REGISTERS = 0x2000;
/** event ring */
export const MAP_EVENT_RING = 0x4000;
/** command ring */
export const MAP_COMMAND_RING = 0x8000;
/** lines of each ring */
export const MAP_LINES = 0x100;
/** byte 0, 4 bytes: read/write: epoch of the next reset, comes back in RESET_DONE */
export const CONTROL_RESET_EPOCH = 0x00;
/** byte 4, 4 bytes: read/write: writing another value than the one that stands there resets; 0 since power-up, 1..65535 */
export const CONTROL_GENERATION = 0x04;
/** byte 8, 4 bytes: read: generation whose reset is complete */
export const CONTROL_GENERATION_DONE = 0x08;
/** byte 12, 4 bytes: read: lines taken by the kernel since the reset */
export const CONTROL_COMMAND_LINES = 0x0c;
/** byte 16, 4 bytes: read: event lines written since the reset */
export const CONTROL_EVENT_LINES = 0x10;
/** byte 20, 4 bytes: read: times that the line at command_lines was refused; the host writes the line and the doorbell again */
export const CONTROL_REFUSED_LINES = 0x14;
/** byte 64, 4 bytes: read/write: absolute index behind the last line written */
export const CONTROL_COMMAND_DOORBELL = 0x40;
/** byte 128, 4 bytes: read/write: absolute index behind the last line read */
export const CONTROL_EVENT_DOORBELL = 0x80;
export const LINK_COUNTER_NAMES = ['frames_received', 'bad_frames', 'line_errors', 'crc_errors', 'unknown_frames', 'wrong_epochs', 'gaps', 'duplicates', 'overruns', 'frames_sent', 'rewinds', 'resets'] as const;
export const BAR_COUNTER_NAMES = ['lines_taken', 'crc_refusals', 'stale_refusals', 'form_refusals', 'events_written', 'event_waits', 'command_waits', 'doorbells_ignored', 'generations_ignored', 'partial_writes', 'stray_writes', 'stray_beats', 'resets'] as const;
