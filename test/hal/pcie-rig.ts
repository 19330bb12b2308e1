// A device behind the model of a BAR, and next to it an engine that is fed directly: what comes out of the one is held
// against the other, byte for byte.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandWriter } from '../../src/contract/generated/records.js';
import type { Profile } from '../../src/contract/profile.js';
import type { Device } from '../../src/hal/device.js';
import { HalError, type HalErrorCode } from '../../src/hal/errors.js';
import { type LifeCycleOptions, openDevice } from '../../src/hal/lifecycle.js';
import { pcieBackend } from '../../src/hal/pcie/pcie-backend.js';
import type { PcieTransport } from '../../src/hal/pcie/pcie-transport.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { ModelBar, type ModelOptions } from './model-bar.js';
import { TINY } from './programs.js';

const opened: Rig[] = [];
let folder: string | undefined;
let files = 0;

/** A path for a BAR file; everything there goes with `cleanUp`. */
export function barPath(): string {
  folder ??= mkdtempSync(join(tmpdir(), 'gatebook-bar-'));
  files += 1;
  return join(folder, `bar${files}`);
}

export async function cleanUp(): Promise<void> {
  for (const rig of opened.splice(0)) await rig.close();
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = undefined;
}

export async function openRig(model: ModelOptions = {}, options: LifeCycleOptions = {}): Promise<Rig> {
  const rig = new Rig(new ModelBar(barPath(), TINY, model).run(), TINY);
  opened.push(rig);
  rig.transport = (await pcieBackend.connect(rig.model.path, undefined)) as PcieTransport;
  rig.device = await openDevice(rig.transport, options);
  rig.device.onEvents((events) => rig.received.push(events.slice()));
  return rig;
}

export class Rig {
  device!: Device;
  transport!: PcieTransport;
  readonly received: Uint8Array[] = [];
  private readonly engine: SoftwareEngine;
  private readonly out: Uint8Array;
  private readonly expected: Uint8Array[] = [];
  private token = 0;

  constructor(
    readonly model: ModelBar,
    profile: Profile,
  ) {
    this.engine = new SoftwareEngine(profile);
    this.out = new Uint8Array(this.engine.maxEventBytes);
    this.engine.reset(1, this.out);
  }

  /** What the host counted so far. */
  get faults(): PcieTransport['faults'] {
    return this.transport.faults;
  }

  /** Sends commands and a FENCE, through the device and past it. */
  async play(commands: Uint8Array): Promise<void> {
    this.feed(commands);
    this.feed(new CommandWriter().fence(this.token).bytes());
    this.token += 1;
    await this.device.submit(commands);
    await this.device.fence();
  }

  /** Events of both, since the reset. */
  get bytes(): { readonly received: Buffer; readonly expected: Buffer } {
    return { received: Buffer.concat(this.received), expected: Buffer.concat(this.expected) };
  }

  async close(): Promise<void> {
    await this.device?.close();
    this.model.close();
  }

  private feed(commands: Uint8Array): void {
    for (let from = 0; from < commands.length; ) {
      from = this.engine.consume(commands, from, this.out);
      this.expected.push(this.out.slice(0, this.engine.eventBytes));
    }
  }
}

export async function codeOf(action: () => unknown): Promise<HalErrorCode | 'no error'> {
  try {
    await action();
    return 'no error';
  } catch (error) {
    if (error instanceof HalError) return error.code;
    throw error;
  }
}
