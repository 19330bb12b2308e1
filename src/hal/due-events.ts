// How many events a device owes, where it answers after `submit`: an engine of this process says, so that nothing has
// to be put into the stream to find the end of the answers.
import { EVENT_BYTES } from '../contract/definition.js';
import { SoftwareEngine } from '../kernel/software-engine.js';
import type { Device } from './device.js';
import { HalError } from './errors.js';

const ROOM_BYTES = 1 << 16;
const POLL_MS = 2;
/** Without one more event for so long a device has stopped that says no bound of its own. */
const STALL_MS = 5000;
const NOTHING = new Uint8Array(0);

export class DueEvents {
  private readonly engine: SoftwareEngine;
  private readonly out: Uint8Array;
  private due = 0;
  private came = 0;

  /** device: just opened, or reset. */
  constructor(private readonly device: Device) {
    this.engine = new SoftwareEngine(device.identity.profile);
    this.out = new Uint8Array(this.engine.maxEventBytes + ROOM_BYTES);
    this.engine.reset(0, this.out);
    device.onEvents((events) => {
      this.came += events.length / EVENT_BYTES;
    });
  }

  /** Commands that go to the device. */
  submitted(commands: Uint8Array): void {
    const batch = commands.slice();
    for (let from = 0; from < batch.length; ) {
      from = this.engine.consume(batch, from, this.out);
      this.due += this.engine.eventBytes / EVENT_BYTES;
    }
  }

  /** The device was reset, and has said so. */
  reset(): void {
    this.engine.reset(0, this.out);
    this.due = this.came;
  }

  /** Ends when all events that are due have come. @throws HalError: the fault of the device, TIMEOUT */
  async settled(): Promise<void> {
    const { identity, timeoutMs: stallMs = STALL_MS } = this.device;
    let [seen, since] = [this.came, performance.now()];
    while (this.came < this.due) {
      // Says whether the device has failed meanwhile.
      await this.device.submit(NOTHING);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      if (this.came !== seen) [seen, since] = [this.came, performance.now()];
      if (performance.now() - since < stallMs) continue;
      const owed = this.due - this.came;
      throw new HalError('TIMEOUT', `${identity.backend}: ${owed} events did not come within ${stallMs} ms`);
    }
  }
}
