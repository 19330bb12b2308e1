// The frames of the serial link as bytes (LNK-2 to LNK-5): what a host writes, and readers of what a device sends.
import { crc32 } from 'node:zlib';
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import { deviceText } from '../contract/device-text.js';
import * as wire from '../contract/generated/transports.js';
import { encodeBlock } from './cobs.js';

/** zlib goes on from values whose bits are inverted against the register. */
const SEED = ~wire.CRC_SEED >>> 0;
const U16 = 2 ** 16;

/** What every frame but HELLO and IDENTITY begins with; indices modulo 2^16. */
export interface Header {
  /** With its flags. */
  type: number;
  epoch: number;
  seq: number;
  ack: number;
  credit: number;
}

/** What a device says of itself. */
export interface DeviceIdentity {
  readonly linkVersion: number;
  /** 0 since power-up. */
  readonly epoch: number;
  readonly nonce: number;
  /** 16 hex digits. */
  readonly contractDigest: string;
  /** In the order of the profile table. */
  readonly profile: readonly number[];
  readonly clockHz: number;
  /** 0 where the link has none. */
  readonly baud: number;
  readonly commandWindow: number;
  readonly eventWindow: number;
  /** Thousandths of a second for one of the device; 0: not a simulation. */
  readonly timeScale: number;
  readonly board: string;
  /** 40 hex digits, or 'unknown'. */
  readonly commit: string;
}

/** The CRC that belongs behind `length` bytes from `at` on; the type in the first decides on the seed (LNK-3). */
export function frameCrc(bytes: Uint8Array, at: number, length: number): number {
  const type = bytes[at];
  const seed = type === wire.TYPE_HELLO || type === wire.TYPE_IDENTITY ? 0 : SEED;
  return crc32(bytes.subarray(at, at + length), seed);
}

export function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
}

export function putU32(bytes: Uint8Array, at: number, value: number): void {
  putU16(bytes, at, value);
  putU16(bytes, at + 2, value >>> 16);
}

export function getU16(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

export function getU32(bytes: Uint8Array, at: number): number {
  return (getU16(bytes, at) | (getU16(bytes, at + 2) << 16)) >>> 0;
}

/** Bytes on the line of a frame whose part before the CRC has `length` bytes: CRC, one code, one 0x00. */
export function lineBytes(length: number): number {
  return length + wire.CRC_BYTES + 2;
}

/** Builds one frame after another; what it returns is the caller's to keep. */
export class FrameWriter {
  private readonly frame = new Uint8Array(wire.FRAME_BYTES_MAX);

  hello(nonce: number, lead: boolean): Uint8Array {
    this.frame.fill(0, 0, wire.HELLO_BYTES);
    this.frame[wire.HELLO_TYPE] = wire.TYPE_HELLO;
    this.frame[wire.HELLO_LINK_VERSION] = wire.LINK_VERSION;
    putU32(this.frame, wire.HELLO_NONCE, nonce);
    return this.finish(wire.HELLO_BYTES, lead);
  }

  reset(header: Header, kernelEpoch: number, lead: boolean): Uint8Array {
    this.header(header);
    putU32(this.frame, wire.HEADER_BYTES + wire.RESET_KERNEL_EPOCH, kernelEpoch);
    return this.finish(wire.HEADER_BYTES + wire.RESET_BYTES, lead);
  }

  read(header: Header, address: number, tag: number, lead: boolean): Uint8Array {
    this.header(header);
    putU16(this.frame, wire.HEADER_BYTES + wire.READ_ADDRESS, address);
    putU16(this.frame, wire.HEADER_BYTES + wire.READ_TAG, tag);
    return this.finish(wire.HEADER_BYTES + wire.READ_BYTES, lead);
  }

  /** fill: writes `records` commands, at most 15, to the place that it is given. */
  data(header: Header, records: number, fill: (frame: Uint8Array, at: number) => void, lead: boolean): Uint8Array {
    this.header(header);
    fill(this.frame, wire.HEADER_BYTES);
    return this.finish(wire.HEADER_BYTES + records * COMMAND_BYTES, lead);
  }

  private header({ type, epoch, seq, ack, credit }: Header): void {
    this.frame[wire.HEADER_TYPE] = type;
    putU16(this.frame, wire.HEADER_EPOCH, epoch);
    putU16(this.frame, wire.HEADER_SEQ, seq);
    putU16(this.frame, wire.HEADER_ACK, ack);
    putU16(this.frame, wire.HEADER_CREDIT, credit);
  }

  /** lead: a 0x00 before the block, as after silence (LNK-1). */
  private finish(length: number, lead: boolean): Uint8Array {
    putU32(this.frame, length, frameCrc(this.frame, 0, length));
    const start = lead ? 1 : 0;
    const line = new Uint8Array(start + lineBytes(length));
    encodeBlock(this.frame, length + wire.CRC_BYTES, line, start);
    return line;
  }
}

/** Reads the header at `at` into `into`. */
export function readHeader(bytes: Uint8Array, at: number, into: Header): void {
  into.type = bytes[at + wire.HEADER_TYPE] as number;
  into.epoch = getU16(bytes, at + wire.HEADER_EPOCH);
  into.seq = getU16(bytes, at + wire.HEADER_SEQ);
  into.ack = getU16(bytes, at + wire.HEADER_ACK);
  into.credit = getU16(bytes, at + wire.HEADER_CREDIT);
}

/** Reads the IDENTITY at `at`. */
export function readIdentity(bytes: Uint8Array, at: number): DeviceIdentity {
  const part = (offset: number, length: number) => Buffer.from(bytes.subarray(at + offset, at + offset + length));
  const commit = part(wire.IDENTITY_COMMIT, 20);
  return {
    linkVersion: bytes[at + wire.IDENTITY_LINK_VERSION] as number,
    epoch: getU16(bytes, at + wire.IDENTITY_EPOCH),
    nonce: getU32(bytes, at + wire.IDENTITY_NONCE),
    contractDigest: part(wire.IDENTITY_CONTRACT_DIGEST, 8).toString('hex'),
    profile: Array.from({ length: 8 }, (_, i) => getU32(bytes, at + wire.IDENTITY_PROFILE + 4 * i)),
    clockHz: getU32(bytes, at + wire.IDENTITY_CLOCK_HZ),
    baud: getU32(bytes, at + wire.IDENTITY_BAUD),
    commandWindow: getU16(bytes, at + wire.IDENTITY_COMMAND_WINDOW),
    eventWindow: getU16(bytes, at + wire.IDENTITY_EVENT_WINDOW),
    timeScale: getU32(bytes, at + wire.IDENTITY_TIME_SCALE),
    board: deviceText(bytes, at + wire.IDENTITY_BOARD, 16),
    commit: commit.every((byte) => byte === 0) ? 'unknown' : commit.toString('hex'),
  };
}

export interface RegisterValue {
  readonly address: number;
  readonly tag: number;
  readonly value: bigint;
}

/** Reads the VALUE whose header stands at `at`. */
export function readValue(bytes: Uint8Array, at: number): RegisterValue {
  const from = at + wire.HEADER_BYTES;
  const low = getU32(bytes, from + wire.VALUE_VALUE);
  const high = getU32(bytes, from + wire.VALUE_VALUE + 4);
  return {
    address: getU16(bytes, from + wire.VALUE_ADDRESS),
    tag: getU16(bytes, from + wire.VALUE_TAG),
    value: (BigInt(high) << 32n) | BigInt(low),
  };
}

/** Whether a host knows a frame of this type whose part before the CRC has this length (LNK-4, LNK-5). */
export function hostKnows(type: number, length: number): boolean {
  if (type === wire.TYPE_IDENTITY) return length === wire.IDENTITY_BYTES;
  if (type === wire.TYPE_VALUE) return length === wire.HEADER_BYTES + wire.VALUE_BYTES;
  if ((type & ~(wire.FLAG_POLL | wire.FLAG_REPLAY)) !== wire.TYPE_DATA) return false;
  const records = (length - wire.HEADER_BYTES) / EVENT_BYTES;
  return Number.isInteger(records) && records >= 0 && records <= wire.EVENTS_PER_FRAME;
}

/** How far the 16-bit `low` lies ahead of the absolute index `from`: 0..65535. */
export function distance(from: number, low: number): number {
  return (low - (from % U16) + U16) % U16;
}

/** The index as it stands in a frame. */
export function wrap(index: number): number {
  return index % U16;
}
