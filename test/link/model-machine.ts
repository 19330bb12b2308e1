// A machine with one serial port and a model device behind it, in this process and as fast as it goes: for the whole
// path of the backend but the operating system.
import type { Port, PortEvents } from '../../src/hal/serial/port.js';
import type { SerialMachine } from '../../src/hal/serial/serial-backend.js';
import { ModelDevice, type ModelOptions } from './model-device.js';

/** The most that a device may say: so fast that the host hardly waits for the line. */
const NO_LIMIT_BAUD = 100_000_000;

export class ModelPort implements Port {
  closed = false;
  lost = false;
  private planned = false;

  constructor(
    readonly device: ModelDevice,
    private readonly events: PortEvents,
    private readonly passes: boolean,
  ) {
    device.onReady = () => this.plan();
  }

  write(bytes: Uint8Array): void {
    if (this.passes) setImmediate(() => this.device.receive(bytes));
  }

  async close(): Promise<void> {
    this.closed = true;
    this.device.onReady = () => {};
  }

  /** As when the cable is pulled. */
  unplug(): void {
    this.lost = true;
    this.events.lost('the port is gone: unplugged');
  }

  private plan(): void {
    if (this.planned) return;
    this.planned = true;
    setImmediate(() => {
      this.planned = false;
      const blocks: Uint8Array[] = [];
      for (let block = this.device.pull(); block !== undefined; block = this.device.pull()) blocks.push(block);
      if (!this.closed && !this.lost && blocks.length > 0) this.events.data(new Uint8Array(Buffer.concat(blocks)));
    });
  }
}

export interface ModelMachine extends SerialMachine {
  readonly opened: ModelPort[];
}

/** answersAt: the one rate at which bytes pass; any without. */
export function modelMachine(
  options: ModelOptions & { readonly answersAt?: number; readonly machine?: Partial<SerialMachine> },
): ModelMachine {
  const opened: ModelPort[] = [];
  const device = new ModelDevice({ baud: NO_LIMIT_BAUD, eventWindow: 64, ...options });
  return {
    opened,
    open: async (_path, baud, events) => {
      const port = new ModelPort(device, events, options.answersAt === undefined || options.answersAt === baud);
      opened.push(port);
      return port;
    },
    ports: async () => [],
    boards: () => [],
    ...options.machine,
  };
}
