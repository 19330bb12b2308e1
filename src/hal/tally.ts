// The host's own count and CRC of the events it received, held against every FENCE: a link that loses, repeats or
// invents an event is found out, whatever the link itself checks.
import { crc32 } from 'node:zlib';
import { EVENT_BYTES } from '../contract/definition.js';
import { COUNTER_MODULO } from '../contract/generated/records.js';
import type { FenceAnswer } from './device.js';

export class Tally {
  private events = 0;
  private crc = 0;

  add(events: Uint8Array): void {
    this.crc = crc32(events, this.crc);
    this.events = (this.events + events.length / EVENT_BYTES) % COUNTER_MODULO;
  }

  /** @returns a sentence when the device counts otherwise */
  compare(answer: FenceAnswer): string | undefined {
    if (answer.events === this.events && answer.crc32 === this.crc) return undefined;
    return (
      `the device emitted ${answer.events} events with CRC ${hex(answer.crc32)}, ` +
      `the host received ${this.events} with CRC ${hex(this.crc)}`
    );
  }

  /** Takes over what the device says: after a restore its counts continue another stream. */
  adopt(answer: FenceAnswer): void {
    this.events = answer.events;
    this.crc = answer.crc32;
  }

  clear(): void {
    this.events = 0;
    this.crc = 0;
  }
}

/** 8 digits, as every CRC is shown. */
export function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
