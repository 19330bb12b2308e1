// What a window says of itself: the list of blocks (BAR-1). Nothing is known before it, and no offset is taken for
// granted behind it.
import { deviceText } from '../../contract/device-text.js';
import { CONTRACT_DIGEST } from '../../contract/generated/records.js';
import * as bar from '../../contract/generated/transports.js';
import type { Profile } from '../../contract/profile.js';
import { HalError } from '../errors.js';
import { profileOf } from '../profile-limits.js';
import { wordAt } from '../record-fields.js';

const PROFILE_FIELDS = 8;
const BLOCKS_FROM = 4;
const DIGEST_BYTES = 8;
const ALL_ONES = 0xffff_ffff;

/** Bytes from the start of the window. */
export interface BarLayout {
  readonly commandRing: number;
  readonly commandLines: number;
  readonly commandDoorbell: number;
  readonly eventRing: number;
  readonly eventLines: number;
  readonly eventDoorbell: number;
  readonly control: number;
  /** undefined where there are none. */
  readonly registers: { readonly offset: number; readonly count: number } | undefined;
}

export interface BarDescription {
  /** 16 hex digits: this host's. */
  readonly contractDigest: string;
  readonly profile: Profile;
  readonly clockHz: number;
  /** 0: a device; else a simulation, this many thousandths of a second for one of the device. */
  readonly timeScale: number;
  readonly board: string;
  /** 40 hex digits or 'unknown'. */
  readonly commit: string;
  readonly layout: BarLayout;
}

interface Block {
  readonly type: number;
  readonly version: number;
  /** Of what follows the head of the block. */
  readonly at: number;
}

/** What the first word of a window means. */
export function magicOf(window: Uint8Array): 'gatebook' | 'all ones' | 'other' {
  const magic = window.length < BLOCKS_FROM ? 0 : wordAt(window, 0);
  if (magic === bar.BAR_MAGIC) return 'gatebook';
  return magic === ALL_ONES ? 'all ones' : 'other';
}

/**
 * Reads the blocks at the start of a window.
 * @param window its first bytes, all blocks among them
 * @param windowBytes of all of it: everything that the blocks name lies inside
 * @param where names the window in messages
 * @throws HalError DEVICE_GONE, NOT_GATEBOOK, LINK_VERSION_MISMATCH, CONTRACT_MISMATCH, DEVICE_FAULT
 */
export function describeWindow(window: Uint8Array, windowBytes: number, where: string): BarDescription {
  checkMagic(window, where);
  const blocks = blocksOf(window, where);
  const identity = oneOf(blocks, window, bar.BLOCK_IDENTITY, 'IDENTITY', bar.IDENTITY_BLOCK_BYTES, where);
  const word = (offset: number) => wordAt(window, identity + offset);
  const version = word(bar.IDENTITY_BLOCK_BAR_VERSION);
  if (version !== bar.BAR_VERSION) {
    throw new HalError(
      'LINK_VERSION_MISMATCH',
      `${where}: the board has bar_version ${version}, this host speaks ${bar.BAR_VERSION} alone; ` +
        'load a bitstream that was built from this version of gatebook',
    );
  }
  const contractDigest = hexAt(window, identity + bar.IDENTITY_BLOCK_CONTRACT_DIGEST, DIGEST_BYTES);
  checkContract(contractDigest, where);
  const commit = hexAt(window, identity + bar.IDENTITY_BLOCK_COMMIT, 20);
  return {
    contractDigest,
    profile: profileAt(window, identity + bar.IDENTITY_BLOCK_PROFILE, where),
    clockHz: word(bar.IDENTITY_BLOCK_CLOCK_HZ),
    timeScale: word(bar.IDENTITY_BLOCK_TIME_SCALE),
    board: deviceText(window, identity + bar.IDENTITY_BLOCK_BOARD, 16),
    commit: /^0+$/.test(commit) ? 'unknown' : commit,
    layout: layoutOf(blocks, window, windowBytes, where),
  };
}

function checkMagic(window: Uint8Array, where: string): void {
  const magic = magicOf(window);
  if (magic === 'all ones') {
    throw new HalError(
      'DEVICE_GONE',
      `${where}: reads all ones: the card is unplugged, or its FPGA was loaded anew and lost its BAR; ` +
        'remove the device and scan the bus again, or start the machine anew',
    );
  }
  if (magic === 'other') {
    const found = `0x${(window.length < BLOCKS_FROM ? 0 : wordAt(window, 0)).toString(16).padStart(8, '0')}`;
    throw new HalError(
      'NOT_GATEBOOK',
      `${where}: begins with ${found}, not with 0x${bar.BAR_MAGIC.toString(16)}: no gatebook bitstream is loaded there`,
    );
  }
}

function checkContract(digest: string, where: string): void {
  if (digest === CONTRACT_DIGEST) return;
  throw new HalError(
    'CONTRACT_MISMATCH',
    `${where}: the board has contract digest '${digest}', this host has '${CONTRACT_DIGEST}'; ` +
      'load a bitstream that was built from this version of gatebook',
  );
}

function blocksOf(window: Uint8Array, where: string): Block[] {
  const blocks: Block[] = [];
  for (let at = BLOCKS_FROM; ; ) {
    if (at % 4 !== 0 || at + bar.BLOCK_BYTES > window.length) throw broken(where, `a block at ${at} lies outside`);
    const head = wordAt(window, at);
    const next = wordAt(window, at + bar.BLOCK_NEXT);
    blocks.push({ type: head & 0xffff, version: head >>> 16, at: at + bar.BLOCK_BYTES });
    if (next === 0) return blocks;
    if (next <= at) throw broken(where, `the block at ${at} says that the next one is at ${next}`);
    at = next;
  }
}

/** The first block of a type and of version 1: a later version is another layout. */
function oneOf(
  blocks: readonly Block[],
  window: Uint8Array,
  type: number,
  name: string,
  bytes: number,
  where: string,
): number {
  const block = blocks.find((each) => each.type === type && each.version === 1);
  if (block === undefined) throw broken(where, `there is no block ${name} of version 1`);
  if (block.at + bytes > window.length) throw broken(where, `the block ${name} lies outside`);
  return block.at;
}

function layoutOf(blocks: readonly Block[], window: Uint8Array, windowBytes: number, where: string): BarLayout {
  const ring = (type: number, name: string) => {
    const at = oneOf(blocks, window, type, name, bar.RING_BLOCK_BYTES, where);
    const [offset, lines] = [wordAt(window, at + bar.RING_BLOCK_OFFSET), wordAt(window, at + bar.RING_BLOCK_LINES)];
    const doorbell = wordAt(window, at + bar.RING_BLOCK_DOORBELL);
    const isPower = lines !== 0 && (lines & (lines - 1)) === 0;
    if (!isPower) throw broken(where, `${name}.lines = ${lines} is not a power of two`);
    checkPlace(windowBytes, `${name}.offset`, offset, lines * bar.LINE_BYTES, bar.LINE_BYTES, where);
    checkPlace(windowBytes, `${name}.doorbell`, doorbell, 4, 4, where);
    return { offset, lines, doorbell };
  };
  const commands = ring(bar.BLOCK_COMMAND_RING, 'COMMAND_RING');
  const events = ring(bar.BLOCK_EVENT_RING, 'EVENT_RING');
  const at = oneOf(blocks, window, bar.BLOCK_CONTROL, 'CONTROL', bar.CONTROL_BLOCK_BYTES, where);
  const control = wordAt(window, at + bar.CONTROL_BLOCK_OFFSET);
  checkPlace(windowBytes, 'CONTROL.offset', control, bar.CONTROL_REFUSED_LINES + 4, 4, where);
  return {
    commandRing: commands.offset,
    commandLines: commands.lines,
    commandDoorbell: commands.doorbell,
    eventRing: events.offset,
    eventLines: events.lines,
    eventDoorbell: events.doorbell,
    control,
    registers: registersOf(blocks, window, windowBytes, where),
  };
}

function registersOf(
  blocks: readonly Block[],
  window: Uint8Array,
  windowBytes: number,
  where: string,
): BarLayout['registers'] {
  if (!blocks.some((each) => each.type === bar.BLOCK_REGISTERS && each.version === 1)) return undefined;
  const at = oneOf(blocks, window, bar.BLOCK_REGISTERS, 'REGISTERS', bar.REGISTERS_BLOCK_BYTES, where);
  const offset = wordAt(window, at + bar.REGISTERS_BLOCK_OFFSET);
  const count = wordAt(window, at + bar.REGISTERS_BLOCK_COUNT);
  checkPlace(windowBytes, 'REGISTERS.offset', offset, count * 8, 8, where);
  return { offset, count };
}

function checkPlace(
  windowBytes: number,
  what: string,
  offset: number,
  bytes: number,
  multiple: number,
  where: string,
): void {
  if (offset % multiple === 0 && offset + bytes <= windowBytes) return;
  throw broken(where, `${what} = ${offset} with ${bytes} bytes is not a multiple of ${multiple} inside the window`);
}

function profileAt(window: Uint8Array, at: number, where: string): Profile {
  const values = Array.from({ length: PROFILE_FIELDS }, (_, field) => wordAt(window, at + 4 * field));
  try {
    return profileOf(values);
  } catch (error) {
    throw broken(where, `its profile is none: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function hexAt(window: Uint8Array, at: number, bytes: number): string {
  return Buffer.from(window.subarray(at, at + bytes)).toString('hex');
}

function broken(where: string, what: string): HalError {
  return new HalError('DEVICE_FAULT', `${where}: the list of blocks makes no sense: ${what}`);
}
