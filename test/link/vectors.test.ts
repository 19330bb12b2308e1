// Goal: frames are the bytes that an independent program made from docs/link.md, both ways, at both ends; a damaged
// block goes into the counter that the page names, and nowhere else.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CONTRACT_DIGEST } from '../../src/contract/generated/records.js';
import { decodeBlock, encodeBlock } from '../../src/link/cobs.js';
import { FRAME_START, FrameDecoder } from '../../src/link/decoder.js';
import { FrameWriter, type Header, readHeader, readIdentity, readValue } from '../../src/link/frames.js';
import { TINY } from '../hal/programs.js';
import { ModelCodec } from './model-codec.js';
import { ModelDevice } from './model-device.js';

interface FrameVector {
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly records: readonly string[];
  readonly frame: string;
  readonly line: string;
}

interface DamagedVector {
  readonly name: string;
  readonly line: string;
  readonly device: string | null;
  readonly host: string | null;
}

const file = (name: string) => fileURLToPath(new URL(`../vectors/${name}`, import.meta.url));
const vectors = JSON.parse(readFileSync(file('link.json'), 'utf8')) as {
  readonly contract_digest: string;
  readonly frames: readonly FrameVector[];
  readonly damaged: readonly DamagedVector[];
};
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (array: ArrayLike<number>) => Buffer.from(Uint8Array.from(array)).toString('hex');

const TYPES: Readonly<Record<string, number>> = { RESET: 0x10, DATA: 0x11, READ: 0x12, VALUE: 0x13 };

/** Fields as the reader of the host gives them. */
function headerOf(fields: FrameVector['fields']): Header {
  const flags = (fields['poll'] === true ? 0x40 : 0) | (fields['replay'] === true ? 0x80 : 0);
  const number = (name: string) => fields[name] as number;
  const type = (TYPES[fields['type'] as string] as number) | flags;
  return { type, epoch: number('epoch'), seq: number('seq'), ack: number('ack'), credit: number('credit') };
}

/** What the host writes for a frame of this kind; undefined for those that only a device writes. */
function written({ fields, records }: FrameVector, lead: boolean): Uint8Array | undefined {
  const writer = new FrameWriter();
  const number = (name: string) => fields[name] as number;
  switch (fields['type']) {
    case 'HELLO':
      return writer.hello(number('nonce'), lead);
    case 'RESET':
      return writer.reset(headerOf(fields), number('kernel_epoch'), lead);
    case 'READ':
      return writer.read(headerOf(fields), number('address'), number('tag'), lead);
    case 'DATA': {
      const payload = bytes(records.join(''));
      return writer.data(headerOf(fields), payload.length / 16, (frame, at) => frame.set(payload, at), lead);
    }
    default:
      return undefined;
  }
}

/** What the decoder of the host hands on. */
function decoded(line: Uint8Array, cut = line.length) {
  const frames: { body: Uint8Array; buffer: Uint8Array }[] = [];
  const decoder = new FrameDecoder((buffer, length) => {
    frames.push({ body: buffer.slice(FRAME_START, FRAME_START + length), buffer: buffer.slice() });
  });
  for (let at = 0; at < line.length; at += cut) decoder.push(line.subarray(at, at + cut));
  return { frames, counters: decoder.counters };
}

describe('the vectors', () => {
  it('are what their program makes', (context) => {
    const made = spawnSync('python3', [file('link.py')], { encoding: 'utf8', timeout: 20_000 });
    if (made.error !== undefined) context.skip('NOT RUN: no python3 on the path');
    expect([made.stderr, made.status]).toEqual(['', 0]);
    expect(vectors.contract_digest).toBe(CONTRACT_DIGEST);
    expect([vectors.frames.length, vectors.damaged.length]).toEqual([18, 19]);
  });

  for (const vector of vectors.frames) {
    it(`${vector.name}: the same bytes from the host, the model and back`, () => {
      const line = bytes(vector.line);
      const out = new Uint8Array(300);
      const frame = bytes(vector.frame);
      const end = encodeBlock(frame, frame.length, out, 3);
      expect(hex(out.subarray(3, end))).toBe(vector.line);
      expect(decodeBlock(line, line.length - 1, out, 5)).toBe(frame.length);
      expect(hex(out.subarray(5, 5 + frame.length))).toBe(vector.frame);
      const codec = new ModelCodec(vectors.contract_digest);
      expect(hex(codec.block([...frame.subarray(0, -4)]))).toBe(vector.line);
      expect(codec.unblock([...line.subarray(0, -1)])).toEqual([...frame.subarray(0, -4)]);
      for (const lead of [false, true]) {
        const host = written(vector, lead);
        if (host !== undefined) expect(hex(host)).toBe((lead ? '00' : '') + vector.line);
      }
    });
  }

  const towardsHost = vectors.frames.filter(({ fields }) =>
    fields['type'] === 'DATA' ? fields['size'] === 32 : ['IDENTITY', 'VALUE'].includes(fields['type'] as string),
  );
  it.for(towardsHost)('$name: read by the host, however it is cut', (vector) => {
    const { fields, records } = vector;
    for (const cut of [1, 2, 7, 1000]) {
      const { frames, counters } = decoded(bytes(`00${vector.line}00`), cut);
      expect(counters).toEqual({ badFrames: 0, crcErrors: 0, unknownFrames: 0 });
      expect(frames.map(({ body }) => hex(body))).toEqual([vector.frame.slice(0, -8)]);
      const [{ buffer, body }] = frames as [{ buffer: Uint8Array; body: Uint8Array }];
      if (fields['type'] === 'IDENTITY') {
        const { type: _, ...said } = fields;
        const read = readIdentity(buffer, FRAME_START);
        expect(read).toEqual({
          linkVersion: said['link_version'],
          epoch: said['epoch'],
          nonce: said['nonce'],
          contractDigest: said['contract_digest'],
          profile: said['profile'],
          clockHz: said['clock_hz'],
          baud: said['baud'],
          commandWindow: said['command_window'],
          eventWindow: said['event_window'],
          timeScale: said['time_scale'],
          board: said['board'],
          commit: said['commit'] === '0'.repeat(40) ? 'unknown' : said['commit'],
        });
        continue;
      }
      const header: Header = { type: 0, epoch: 0, seq: 0, ack: 0, credit: 0 };
      readHeader(buffer, FRAME_START, header);
      expect(header).toEqual(headerOf(fields));
      if (fields['type'] === 'VALUE') {
        const { address, tag, value } = readValue(buffer, FRAME_START);
        expect([address, tag, String(value)]).toEqual([fields['address'], fields['tag'], fields['value']]);
      } else {
        expect(hex(body.subarray(9))).toBe(records.join(''));
      }
    }
  });
});

describe('a damaged block', () => {
  const good = vectors.frames.find(({ name }) => name === 'DATA with one event') as FrameVector;
  const hello = vectors.frames.find(({ name }) => name === 'HELLO') as FrameVector;
  const HOST_NAMES = { bad_frames: 'badFrames', crc_errors: 'crcErrors', unknown_frames: 'unknownFrames' } as const;

  it.for(vectors.damaged.filter(({ host }) => host !== null))('$name: counted by a host, and no more', (vector) => {
    const { frames, counters } = decoded(bytes(vector.line + good.line));
    const expected = { badFrames: 0, crcErrors: 0, unknownFrames: 0 };
    expected[HOST_NAMES[vector.host as keyof typeof HOST_NAMES]] = 1;
    expect(counters).toEqual(expected);
    expect(frames.map(({ body }) => hex(body))).toEqual([good.frame.slice(0, -8)]);
  });

  it.for(vectors.damaged.filter(({ device }) => device !== null))('$name: counted by the model', (vector) => {
    const device = new ModelDevice({ profile: TINY });
    device.receive(bytes(vector.line + hello.line));
    const { frames_received, ...rest } = device.counters;
    const counted = Object.entries(rest).filter(([, count]) => count !== 0);
    expect(counted).toEqual([[vector.device, 1]]);
    expect(frames_received).toBe(1);
  });
});
