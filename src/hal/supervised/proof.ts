// Proves that a primary which came back holds the state of a snapshot. FENCE and BOOK_DIGEST are records of the stream:
// asked inside it they would change its counts and its CRC. So they are asked before the primary joins, and held
// against an engine of this process that was given the same snapshot and the same questions.
import { COMMAND_BYTES, EVENT_BYTES } from '../../contract/definition.js';
import { CommandWriter } from '../../contract/generated/records.js';
import type { Engine } from '../../kernel/engine.js';
import type { Device } from '../device.js';
import { HalError } from '../errors.js';
import { mismatchText } from './mismatch.js';

/** Records between two turns of the event loop: the stream goes on while a primary is being proven. */
const PIECE_BYTES = 4096 * COMMAND_BYTES;
const ROOM_BYTES = 1 << 16;

/**
 * Leaves the device with the state of the snapshot and more records behind it: it has to be restored once more.
 * @param scratch of the device's profile, after a reset; it is closed by the caller
 * @throws HalError SUPERVISED_MISMATCH, and what the device throws
 */
export async function prove(device: Device, snapshot: Uint8Array, scratch: Engine): Promise<void> {
  const { books } = device.identity.profile;
  const questions = new CommandWriter(books + 1).fence(0);
  for (let book = 0; book < books; book++) questions.bookDigest(book);
  const commands = Buffer.concat([snapshot, questions.bytes()]);
  const expected = await answersOf(scratch, commands);
  const received = new Collected(expected.length);
  const remove = device.onEvents((events) => received.add(events));
  try {
    for (let from = 0; from < commands.length; from += PIECE_BYTES) {
      await device.submit(commands.subarray(from, from + PIECE_BYTES));
      await turn();
    }
    // Everything before its answer has come by then.
    await device.fence();
  } finally {
    remove();
  }
  received.check(expected, commands.length / COMMAND_BYTES);
}

async function answersOf(engine: Engine, commands: Uint8Array): Promise<Uint8Array> {
  const out = new Uint8Array(engine.maxEventBytes + ROOM_BYTES);
  const answers: Uint8Array[] = [];
  for (let from = 0; from < commands.length; ) {
    const end = Math.min(commands.length, from + PIECE_BYTES);
    from = engine.consume(commands.subarray(0, end), from, out);
    answers.push(out.slice(0, engine.eventBytes));
    await turn();
  }
  return Buffer.concat(answers);
}

/** The events of the device: as many as are expected, and the answer to the last FENCE. */
class Collected {
  private readonly bytes: Uint8Array;
  private length = 0;

  constructor(expected: number) {
    this.bytes = new Uint8Array(expected + EVENT_BYTES);
  }

  add(events: Uint8Array): void {
    const room = this.bytes.length - this.length;
    this.bytes.set(events.subarray(0, room), this.length);
    this.length += events.length;
  }

  check(expected: Uint8Array, records: number): void {
    const same = Buffer.compare(this.bytes.subarray(0, expected.length), expected) === 0;
    if (same && this.length === this.bytes.length) return;
    let at = 0;
    while (at < expected.length && this.bytes[at] === expected[at]) at += 1;
    const event = Math.floor(at / EVENT_BYTES);
    const part = (bytes: Uint8Array, end: number) => {
      const from = event * EVENT_BYTES;
      return from + EVENT_BYTES <= end ? bytes.subarray(from, from + EVENT_BYTES) : undefined;
    };
    const [standby, primary] = [part(expected, expected.length), part(this.bytes, this.length)];
    throw new HalError(
      'SUPERVISED_MISMATCH',
      `while the primary was proven: ${mismatchText(event, records, standby, primary)}`,
    );
  }
}

/** Lets everybody else have their turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
