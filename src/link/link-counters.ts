// What a link counted since it was made; all of the host's side.
import type { RoundTripUs } from './round-trip.js';

export interface LinkCounters {
  /** Frames from the device that were dropped, by the first check that failed (LNK-4). */
  readonly badFrames: number;
  readonly crcErrors: number;
  readonly unknownFrames: number;
  readonly wrongEpochs: number;
  /** Frames whose events were not the expected ones. */
  readonly gaps: number;
  readonly duplicates: number;
  readonly overruns: number;
  /** Commands that were sent again, and the times that it was begun. */
  readonly retransmissions: number;
  readonly rewinds: number;
  readonly polls: number;
  readonly resets: number;
  /** Commands that the device has room for, and events that it may send. */
  readonly creditCommands: number;
  readonly creditEvents: number;
  readonly roundTripUs: RoundTripUs;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly framesIn: number;
  readonly framesOut: number;
}
