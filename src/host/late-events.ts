// Events of a device that answers after `submit`: which frame they belong to, and what was refused. An engine of this
// process is asked for the latter, so that what is done about a refusal does not depend on how long a link takes.
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import { EventType, eventRefusedId } from '../contract/generated/records.js';
import type { Profile } from '../contract/profile.js';
import { eventField, wordAt } from '../hal/record-fields.js';
import { createEngine } from '../hal/registry.js';

const ROOM_BYTES = 1 << 16;
/** Frames that are over and still kept at most. */
const KEPT = 4096;

const commandOf = eventField('TOP', 'command');

export class LateEvents {
  private readonly engine: ReturnType<typeof createEngine>;
  private readonly out: Uint8Array;
  private records = 0;
  /** FENCEs that nobody asked for are records too, and take an index each. */
  private fences = 0;
  /** For each batch the number of records up to its end, and its time. */
  private ends: number[] = [];
  private times: bigint[] = [];
  private head = 0;

  constructor(profile: Profile) {
    this.engine = createEngine('software', profile);
    this.out = new Uint8Array(this.engine.maxEventBytes + ROOM_BYTES);
    this.engine.reset(0, this.out);
  }

  /** @returns the book or basket ids of the records that the kernel refuses */
  submitted(commands: Uint8Array, timeNs: bigint): number[] {
    const refused: number[] = [];
    this.records += commands.length / COMMAND_BYTES;
    this.ends.push(this.records);
    this.times.push(timeNs);
    for (let from = 0; from < commands.length; ) {
      from = this.engine.consume(commands, from, this.out);
      for (let at = 0; at < this.engine.eventBytes; at += EVENT_BYTES) {
        if (this.out[at] === EventType.REFUSED) refused.push(eventRefusedId(wordAt(this.out, at) | 0));
      }
    }
    return refused;
  }

  /** Hands events on, each with the time of its frame. */
  deliver(events: Uint8Array, consume: (events: Uint8Array, timeNs: bigint) => void): void {
    let from = 0;
    for (let at = 0; at < events.length; at += EVENT_BYTES) {
      const position = this.batchOf(commandOf(events, at) - this.fences);
      if (position > this.head) {
        if (at > from) consume(events.subarray(from, at), this.times[this.head] ?? 0n);
        from = at;
        this.head = position;
      }
      if (events[at] === EventType.FENCE) this.fences += 1;
    }
    consume(events.subarray(from), this.times[this.head] ?? 0n);
    if (this.head > KEPT) this.forget();
  }

  close(): void {
    this.engine.close();
  }

  private batchOf(record: number): number {
    let position = this.head;
    while (position + 1 < this.ends.length && (this.ends[position] as number) <= record) position += 1;
    return position;
  }

  private forget(): void {
    this.ends = this.ends.slice(this.head);
    this.times = this.times.slice(this.head);
    this.head = 0;
  }
}
