// A PCIe board behind a file that stands for its BAR; the work between the two is that of sim/boards/bar_mirror.h.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BoardDescription } from '../board/description.js';
import { LINE_BYTES } from '../contract/generated/transports.js';
import { makeBarFolder } from './bar-folder.js';
import { type AddonBarDevice, BAR_STATE, type BoardsAddon } from './boards-addon.js';
import type { Simulation, SimulationStatus } from './simulation.js';
import { TimeScale } from './time-scale.js';

export interface BarSimulationOptions {
  /** Registers and memories begin random, from this seed. */
  readonly seed?: number;
  /** File of the BAR, made where there is none; one in a folder of its own without, which goes with the simulation. */
  readonly path?: string;
}

const SLICE_CYCLES = 16_384;
const WARM_UP_CYCLES = 1 << 18;

export class BarSimulation implements Simulation {
  readonly port: string;
  readonly device: AddonBarDevice;
  private readonly temporary: boolean;
  private readonly scale: TimeScale;
  private runMs = 0;
  private lastMs: number | undefined;

  /** @throws Error with a code of the addon */
  constructor(
    addon: BoardsAddon,
    private readonly description: BoardDescription,
    options: BarSimulationOptions = {},
  ) {
    const { seed, path } = options;
    this.temporary = path === undefined;
    this.port = path ?? join(makeBarFolder(), description.name);
    this.device = new addon.BarDevice(description.name, this.port, seed === undefined ? {} : { seed });
    this.scale = new TimeScale(description.clockHz);
    this.warmUp();
  }

  step(): boolean {
    const now = performance.now();
    const since = this.lastMs ?? now;
    this.lastMs = now;
    this.runMs += now - since;
    const ran = this.device.run(SLICE_CYCLES, true);
    if (since !== now && this.scale.add(ran, now - since)) this.device.setTimeScale(this.scale.thousandths);
    const busy = this.device.state[BAR_STATE.QUIET] === 0;
    if (!busy) this.lastMs = undefined;
    return busy;
  }

  rest(ms: number): void {
    this.device.wait(ms);
  }

  status(): SimulationStatus {
    const state = (position: number) => this.device.state[position] ?? 0;
    const cycles = state(BAR_STATE.CYCLES);
    return {
      cycles,
      simulatedSeconds: cycles / this.description.clockHz,
      runSeconds: this.runMs / 1000,
      timeScale: this.scale.thousandths,
      bytesIn: state(BAR_STATE.COMMAND_LINES) * LINE_BYTES,
      bytesOut: state(BAR_STATE.EVENT_LINES) * LINE_BYTES,
    };
  }

  /** The file reads all ones to whoever still has it. */
  close(): void {
    this.device.close();
    if (this.temporary) rmSync(dirname(this.port), { recursive: true, force: true });
  }

  private warmUp(): void {
    for (let ran = 0; ran < WARM_UP_CYCLES; ran += SLICE_CYCLES) {
      const from = performance.now();
      this.device.run(SLICE_CYCLES, false);
      const wallMs = performance.now() - from;
      this.runMs += wallMs;
      this.scale.add(SLICE_CYCLES, wallMs);
    }
    this.device.setTimeScale(this.scale.thousandths);
    this.device.run(SLICE_CYCLES, true);
  }
}
