// The way back of a primary: opened again, proven outside of the stream, brought to the standby's state while the
// stream goes on, taken back. Whatever fails on the way is reported, and tried again.
import type { Engine } from '../../kernel/engine.js';
import type { Clock } from '../clock.js';
import type { Device } from '../device.js';
import type { HalError } from '../errors.js';
import { faultOf } from './mismatch.js';
import type { Primary } from './primary.js';
import { prove, turn } from './proof.js';

/** What the return needs of the stream. */
export interface Joinable {
  /** The state as commands, now; undefined inside a restore of the stream. */
  snapshot(): Uint8Array | undefined;
  /** The device is open and tells its events from here on. */
  adopt(device: Device): Primary;
  /** The primary begins to follow from the state of now; false inside a restore of the stream. */
  beginJoin(primary: Primary): boolean;
  /** Gives the primary a piece of what it lacks; it takes over when there is no more. */
  joinStep(primary: Primary): void | Promise<void>;
  /** Whether the primary is part of the stream. */
  has(primary: Primary): boolean;
  rebuilding(): void;
  returnFailed(error: HalError): void;
}

export interface ReturnOptions {
  /** Opens the primary again and resets it; bounded. */
  readonly connect: () => Promise<Device>;
  /** A new engine of the profile, after a reset. */
  readonly createScratch: () => Engine;
  readonly clock: Clock;
  readonly retryMs: number;
}

/** Between two looks whether a restore of the stream has ended. */
const RESTORE_POLL_MS = 10;
const CLOSED = 'the pair was closed';

export class Return {
  private wanted = false;
  private stopped = false;
  private running: Promise<void> | undefined;
  private device: Device | undefined;
  private endPause: () => void = () => {};
  private giveUp: () => void = () => {};
  /** The end of the device before: a port is opened again only when it was closed. */
  private left: Promise<void> = Promise.resolve();
  private startedAt = 0;

  constructor(
    private readonly stream: Joinable,
    private readonly options: ReturnOptions,
  ) {}

  /** Ms since the primary could be opened. */
  get ms(): number {
    return performance.now() - this.startedAt;
  }

  /** Tries until the primary is back. */
  start(): void {
    this.wanted = true;
    if (this.running !== undefined || this.stopped) return;
    this.running = this.run().finally(() => {
      this.running = undefined;
      if (this.wanted) this.start();
    });
  }

  /** No further attempt until `start`. */
  hold(): void {
    this.wanted = false;
  }

  /** A primary that is out. */
  leave(primary: Primary): void {
    this.left = primary.device.close().catch(() => {});
  }

  /** Does not wait for an attempt to open the primary, which may take minutes. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wanted = false;
    this.endPause();
    this.giveUp();
    await this.device?.close().catch(() => {});
    await Promise.all([this.running, this.left]);
  }

  private async run(): Promise<void> {
    while (this.wanted && !this.stopped) {
      await this.pause(this.options.retryMs);
      if (!this.wanted || this.stopped) return;
      await this.attempt();
    }
  }

  private async attempt(): Promise<void> {
    let device: Device | undefined;
    try {
      await this.left;
      this.checkStopped();
      device = await this.connect();
      this.device = device;
      this.checkStopped();
      this.startedAt = performance.now();
      this.stream.rebuilding();
      await this.prove(device);
      await this.join(this.stream.adopt(device));
    } catch (error) {
      if (!this.stopped) this.stream.returnFailed(faultOf(error));
      await device?.close().catch(() => {});
    } finally {
      this.device = undefined;
    }
  }

  /** An attempt cannot be taken back: what it brings after the end is closed, and what it throws is nobody's. */
  private connect(): Promise<Device> {
    const opening = this.options.connect();
    const stopped = new Promise<never>((_, reject) => {
      this.giveUp = () => {
        opening.then((device) => device.close()).catch(() => {});
        reject(new Error(CLOSED));
      };
    });
    return Promise.race([opening, stopped]).finally(() => {
      this.giveUp = () => {};
    });
  }

  private async prove(device: Device): Promise<void> {
    const scratch = this.options.createScratch();
    try {
      await prove(device, await this.state(), scratch);
    } finally {
      scratch.close();
    }
  }

  private async state(): Promise<Uint8Array> {
    for (;;) {
      const snapshot = this.stream.snapshot();
      if (snapshot !== undefined) return snapshot;
      await this.pause(RESTORE_POLL_MS);
      this.checkStopped();
    }
  }

  /** Ends when the primary has taken over, or when the stream has turned it out, which reports it. */
  private async join(primary: Primary): Promise<void> {
    for (;;) {
      while (!this.stream.beginJoin(primary)) {
        await this.pause(RESTORE_POLL_MS);
        this.checkStopped();
      }
      while (primary.joining && this.stream.has(primary)) {
        await this.stream.joinStep(primary);
        await turn();
      }
      if (!primary.interrupted) {
        if (this.stream.has(primary)) this.wanted = false;
        return;
      }
      this.checkStopped();
      // What it still has to say belongs to a state that a reset of the stream has ended.
      await primary.device.reset(0);
    }
  }

  private checkStopped(): void {
    if (this.stopped) throw new Error(CLOSED);
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(ms, resolve);
      this.endPause = () => {
        cancel();
        resolve();
      };
      if (this.stopped) this.endPause();
    });
  }
}
