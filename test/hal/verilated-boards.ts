// The RTL behind the backends of boards, verilated in this process and run between two turns of the event loop: the
// host that is shipped, and the device that is built, without the operating system's port between them.
import { loadBoard } from '../../src/board/boards.js';
import { PACKAGE_ROOT } from '../../src/hal/build-info.js';
import type { Port, PortEvents } from '../../src/hal/serial/port.js';
import type { SerialMachine } from '../../src/hal/serial/serial-backend.js';
import { BarSimulation } from '../../src/sim/bar-simulation.js';
import { type AddonLinkDevice, type BoardsAddon, LINK_STATE, loadBoards, STOP } from '../../src/sim/boards-addon.js';
import { TINY } from './programs.js';

const CYCLES_A_TURN = 20_000;
const ROOM = 1 << 16;
/** Other tests run beside this one: silence of a device that has no turn is no fault of the link. */
const PATIENCE_MS = 60_000;

/** Why there is no RTL to run, or undefined. */
export const boardsMissing = (() => {
  const loaded = loadBoards();
  return 'reason' in loaded ? loaded.reason : undefined;
})();

function addon(): BoardsAddon {
  const loaded = loadBoards();
  if ('reason' in loaded) throw new Error(loaded.reason);
  return loaded.addon;
}

class BytePort implements Port {
  private readonly device: AddonLinkDevice;
  private readonly received = new Uint8Array(ROOM);
  private toSend: Uint8Array[] = [];
  private closed = false;
  private planned = false;

  constructor(private readonly events: PortEvents) {
    this.device = new (addon().LinkDevice)('link-tiny', { seed: 1 });
  }

  write(bytes: Uint8Array): void {
    this.toSend.push(bytes.slice());
    this.plan();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.device.close();
  }

  private plan(): void {
    if (this.planned || this.closed) return;
    this.planned = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    this.planned = false;
    if (this.closed) return;
    this.feed();
    this.device.run(CYCLES_A_TURN, STOP.QUIET);
    const length = this.device.receive(this.received);
    const busy = this.device.state[LINK_STATE.QUIET] === 0 || this.toSend.length > 0;
    if (length > 0) this.events.data(this.received.subarray(0, length));
    if (busy || length > 0) this.plan();
  }

  private feed(): void {
    for (let bytes = this.toSend[0]; bytes !== undefined; bytes = this.toSend[0]) {
      const taken = this.device.send(bytes);
      if (taken < bytes.length) {
        this.toSend[0] = bytes.subarray(taken);
        return;
      }
      this.toSend.shift();
    }
  }
}

/** A machine with one serial port and the RTL of the link and the kernel behind it; its profile is `tiny`. */
export function verilatedMachine(): SerialMachine {
  return {
    open: async (_path, _baud, events) => new BytePort(events),
    ports: async () => [],
    boards: () => [],
    lostMs: PATIENCE_MS,
    waitMs: PATIENCE_MS,
  };
}

/** The BAR shell behind a file, its profile `tiny`; it runs until it is closed. */
export function verilatedBar(): { readonly path: string; close(): void } {
  const board = { ...loadBoard(PACKAGE_ROOT, 'litefury'), name: 'bar-tiny', profile: TINY };
  const simulation = new BarSimulation(addon(), board);
  let running = true;
  const turn = () => {
    if (!running) return;
    simulation.step();
    setImmediate(turn);
  };
  turn();
  return {
    path: simulation.port,
    close: () => {
      running = false;
      simulation.close();
    },
  };
}
