// The oracle behind the interface of the in-process engines, so that one test drives them all.
import { COMMAND_BYTES, EVENT_BYTES } from '../../src/contract/definition.js';
import type { Profile } from '../../src/contract/profile.js';
import type { Engine } from '../../src/kernel/engine.js';
import { type Observer, Oracle } from './oracle.js';

export class OracleEngine implements Engine {
  readonly oracle: Oracle;
  readonly maxEventBytes: number;
  eventBytes = 0;

  constructor(
    readonly profile: Profile,
    observer?: Observer,
  ) {
    this.oracle = new Oracle(profile, observer);
    // MSG-3, MSG-4: a TOP and two fair-value signals for each book of a message, a signal for each basket.
    const books = Math.min(profile.booksPerMessage, profile.books);
    this.maxEventBytes = EVENT_BYTES * Math.max(2, 3 * books + profile.baskets);
  }

  consume(commands: Uint8Array, from: number, out: Uint8Array): number {
    this.eventBytes = 0;
    let at = from;
    while (at < commands.length && out.length - this.eventBytes >= this.maxEventBytes) {
      for (const event of this.oracle.apply(commands.slice(at, at + COMMAND_BYTES))) {
        out.set(event, this.eventBytes);
        this.eventBytes += EVENT_BYTES;
      }
      at += COMMAND_BYTES;
    }
    return at;
  }

  reset(epoch: number, out: Uint8Array): void {
    out.set(this.oracle.reset(epoch), 0);
    this.eventBytes = EVENT_BYTES;
  }

  close(): void {}
}
