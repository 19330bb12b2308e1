// Events from the device: taken in order and once, or not at all (LNK-7); when to ask for them again (LNK-9).
import { distance } from './frames.js';

const HALF = 2 ** 15;

export class EventReceiver {
  /** Index of the event expected next. */
  expected = 0;
  gaps = 0;
  duplicates = 0;
  overruns = 0;
  /** While true the credit stands still: the consumer cannot follow. */
  held = false;

  /** REPLAY is to be set in the next frame. */
  replayDue = false;
  /** A REPLAY went out, and what it asked for did not come yet. */
  replayPending = false;

  private offered: number;
  /** Index behind the last frame of the go that the gap was seen in. */
  private goEnd = 0;

  /** window: events that may be under way, at least the event window of the device. */
  constructor(private readonly window: number) {
    this.offered = window;
  }

  /** Index of the first event that the device may not send yet. */
  get credit(): number {
    if (!this.held) this.offered = Math.max(this.offered, this.expected + this.window);
    return this.offered;
  }

  /**
   * A DATA frame with `records` events from index `seq` (modulo 2^16) on.
   * @returns 'events' when they are to be taken; they are counted then
   */
  take(seq: number, records: number): 'events' | 'none' | 'refused' {
    const ahead = distance(this.expected, seq);
    if (ahead === 0) return this.inOrder(records);
    if (ahead < HALF) {
      this.gap(this.expected + ahead, records);
      return 'refused';
    }
    if (records === 0) return 'none';
    this.duplicates += 1;
    return 'refused';
  }

  /** REPLAY is on the line. */
  replayAsked(): void {
    this.replayDue = false;
    this.replayPending = true;
  }

  private inOrder(records: number): 'events' | 'none' | 'refused' {
    if (this.expected + records > this.offered) {
      this.overruns += 1;
      this.replayDue = true;
      return 'refused';
    }
    // An empty frame says that nothing is missing just as well.
    this.replayPending = false;
    this.replayDue = false;
    this.expected += records;
    this.goEnd = this.expected;
    return records > 0 ? 'events' : 'none';
  }

  /**
   * What follows a lost frame was on its way before the device heard of the loss: it is asked once. Only a frame that
   * goes back behind what came already shows that a new go has begun, and has lost its beginning too.
   */
  private gap(seq: number, records: number): void {
    this.gaps += 1;
    if (!this.replayPending || seq < this.goEnd) this.replayDue = true;
    this.goEnd = seq + records;
  }
}
