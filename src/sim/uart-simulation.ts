// A UART board behind a pseudo-terminal: bytes there and back, and the clock of the board while anything is under way.

import type { BoardDescription } from '../board/description.js';
import { type AddonPty, type AddonUartBoard, type BoardsAddon, UART_STATE } from './boards-addon.js';
import type { Simulation, SimulationStatus } from './simulation.js';
import { TimeScale } from './time-scale.js';

export interface UartSimulationOptions {
  /** Registers and memories begin random, from this seed. */
  readonly seed?: number;
  /** How much too fast the host's end of the UART runs, in parts per million. */
  readonly baudErrorPpm?: number;
}

/** A slice is short enough for a host that waits for each answer, and long enough to cost little beside the model. */
const SLICE_CYCLES = 4096;
/** Run before the port is told, so that the first IDENTITY already has a measured time scale. */
const WARM_UP_CYCLES = 1 << 19;
const BUFFER_BYTES = 1 << 14;

export class UartSimulation implements Simulation {
  readonly port: string;
  private readonly pty: AddonPty;
  private readonly board: AddonUartBoard;
  private readonly scale: TimeScale;
  private readonly inbox = new Uint8Array(BUFFER_BYTES);
  private readonly outbox = new Uint8Array(BUFFER_BYTES);
  private inFrom = 0;
  private inTo = 0;
  private outFrom = 0;
  private outTo = 0;
  private bytesIn = 0;
  private bytesOut = 0;
  private runMs = 0;
  private lastMs: number | undefined;
  private plugged = true;

  /** @throws Error with a code of the addon */
  constructor(
    addon: BoardsAddon,
    private readonly description: BoardDescription,
    options: UartSimulationOptions = {},
  ) {
    const { seed, baudErrorPpm = 0 } = options;
    const { name, clockHz, uart } = description;
    const line = { clockHz, baud: uart?.baud ?? 0 };
    this.board = new addon.UartBoard(name, { ...line, ...(seed === undefined ? {} : { seed }) });
    this.board.setBaudError(baudErrorPpm);
    this.scale = new TimeScale(clockHz);
    this.warmUp();
    this.pty = new addon.Pty();
    this.port = this.pty.path;
  }

  step(): boolean {
    const now = performance.now();
    const since = this.lastMs ?? now;
    this.lastMs = now;
    this.runMs += now - since;
    this.takeFromHost();
    const ran = this.board.run(SLICE_CYCLES, true);
    this.giveToHost();
    // From one slice to the next: what the process does between them makes the board slower as well.
    if (since !== now && this.scale.add(ran, now - since)) this.board.setTimeScale(this.scale.thousandths);
    const busy = this.state(UART_STATE.QUIET) === 0 || this.inFrom < this.inTo;
    if (!busy) this.lastMs = undefined;
    return busy;
  }

  rest(ms: number): void {
    if (this.plugged) this.pty.wait(ms);
  }

  status(): SimulationStatus {
    const cycles = this.state(UART_STATE.CYCLES);
    return {
      cycles,
      simulatedSeconds: cycles / this.description.clockHz,
      runSeconds: this.runMs / 1000,
      timeScale: this.scale.thousandths,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
    };
  }

  /** How much too fast the host's end of the UART runs from now on, in parts per million. */
  setBaudError(ppm: number): void {
    this.board.setBaudError(ppm);
  }

  /** Pulls the plug: who has the port open loses it, and what is on the way is lost. */
  unplug(): void {
    this.plugged = false;
    this.pty.close();
    this.board.unplug();
  }

  close(): void {
    this.pty.close();
    this.board.close();
  }

  private warmUp(): void {
    for (let ran = 0; ran < WARM_UP_CYCLES; ran += SLICE_CYCLES) {
      const from = performance.now();
      this.board.run(SLICE_CYCLES, false);
      const wallMs = performance.now() - from;
      this.runMs += wallMs;
      this.scale.add(SLICE_CYCLES, wallMs);
    }
    this.board.setTimeScale(this.scale.thousandths);
  }

  private takeFromHost(): void {
    if (!this.plugged) return;
    if (this.inFrom === this.inTo) {
      this.inFrom = 0;
      this.inTo = this.pty.read(this.inbox);
      this.bytesIn += this.inTo;
    }
    if (this.inFrom < this.inTo) this.inFrom += this.board.send(this.inbox.subarray(this.inFrom, this.inTo));
  }

  private giveToHost(): void {
    if (this.outFrom === this.outTo) {
      this.outFrom = 0;
      this.outTo = this.board.receive(this.outbox);
      this.bytesOut += this.outTo;
    }
    if (!this.plugged) this.outFrom = this.outTo;
    if (this.outFrom < this.outTo) this.outFrom += this.pty.write(this.outbox.subarray(this.outFrom, this.outTo));
  }

  private state(position: number): number {
    return this.board.state[position] ?? 0;
  }
}
