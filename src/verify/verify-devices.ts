// The programs of verify.ts on devices of any kind, links and boards among them.
import { COMMAND_BYTES } from '../contract/definition.js';
import { CommandWriter } from '../contract/generated/records.js';
import type { Profile } from '../contract/profile.js';
import type { Device } from '../hal/device.js';
import type { Engine } from '../kernel/engine.js';
import { DeviceLockstep, type DeviceMismatch } from './device-lockstep.js';
import { type Difference, describeDifference, type Shrunk } from './divergence.js';
import { SEGMENT_COMMANDS } from './generator.js';
import { Segment, type VerifyLogLine } from './segment.js';
import { shrinkSlowly } from './shrink.js';
import {
  checkProgram,
  type Divergence,
  type ProgramOptions,
  SHRINK_MS,
  type VerifyEngine,
  type VerifyResult,
} from './verify.js';

export interface VerifyDevice {
  readonly name: string;
  /** A new device of the profile. */
  open(profile: Profile): Promise<Device>;
}

export interface DeviceVerifyOptions extends ProgramOptions {
  readonly reference: VerifyEngine;
  /** One or more. */
  readonly devices: readonly VerifyDevice[];
}

/** @throws HalError ARGUMENT_INVALID, and what a device throws when it cannot be opened, or dies */
export async function verifyDevices(options: DeviceVerifyOptions): Promise<VerifyResult> {
  const { profile, seed, commands: length } = options;
  checkProgram(length, seed);
  const reference = options.reference.create(profile);
  const devices: Device[] = [];
  try {
    for (const each of options.devices) devices.push(await each.open(profile));
    return await runSegments(options, new DeviceLockstep(reference, devices), devices);
  } finally {
    // What was found out stands, however they end.
    for (const device of devices) await device.close().catch(() => {});
    reference.close();
  }
}

async function runSegments(
  options: DeviceVerifyOptions,
  lockstep: DeviceLockstep,
  devices: readonly Device[],
): Promise<VerifyResult> {
  const { profile, seed, commands: length } = options;
  const log: VerifyLogLine[] = [];
  let [commands, records] = [0, 0];
  let divergence: Divergence | undefined;
  for (let segment = 0; commands < length && divergence === undefined; segment++) {
    const run = new Segment(profile, seed, segment, Math.min(SEGMENT_COMMANDS, length - commands));
    const mismatch = await run.onDevices(lockstep, (done) => options.onProgress?.(commands + done));
    commands += run.length;
    records += lockstep.records;
    if (mismatch === undefined) {
      const line = run.logLine(lockstep);
      log.push(line);
      options.onSegment?.(line);
    } else {
      // A board can be opened once at a time.
      await devices[mismatch.engine - 1]?.close().catch(() => {});
      divergence = await diverged(options, run, mismatch);
    }
  }
  const { totalEvents: events, totalCrc32: crc32 } = lockstep;
  return { commands, records, events, crc32, log, divergence, struckAt: undefined };
}

async function diverged(options: DeviceVerifyOptions, run: Segment, { engine }: DeviceMismatch): Promise<Divergence> {
  const device = options.devices[engine - 1] as VerifyDevice;
  const commands = run.commands();
  const trial = new Trial(options.reference.create(options.profile), () => device.open(options.profile));
  try {
    // A device that dies meanwhile ends the search: that it differed is what has to be said.
    const shrunk = await shrinkOn(trial, commands, options.shrinkMs ?? SHRINK_MS).catch(() => undefined);
    return { engines: [options.reference.name, device.name], segment: run.segment, shrunk, commands };
  } finally {
    await trial.close().catch(() => {});
  }
}

/** @returns undefined when the device does not differ again: then the difference came from before the reset, or once */
async function shrinkOn(trial: Trial, commands: Uint8Array, budgetMs: number): Promise<Shrunk | undefined> {
  const first = await trial.difference(commands);
  if (first === undefined) return undefined;
  const end = performance.now() + budgetMs;
  const whole = commands.slice(0, (first.commandIndex + 1) * COMMAND_BYTES);
  const fails = async (candidate: Uint8Array) => (await trial.mismatch(candidate)) !== undefined;
  const small = await shrinkSlowly(whole, fails, () => performance.now() < end);
  const difference = await trial.difference(small);
  return difference === undefined ? { commands: whole, difference: first } : { commands: small, difference };
}

/** One device that runs programs from a reset, one after another; opened anew when it failed. */
class Trial {
  private device: Device | undefined;

  constructor(
    private readonly reference: Engine,
    private readonly open: () => Promise<Device>,
  ) {}

  async mismatch(commands: Uint8Array): Promise<DeviceMismatch | undefined> {
    this.device ??= await this.open();
    const lockstep = new DeviceLockstep(this.reference, [this.device]);
    try {
      await lockstep.reset(1);
      await lockstep.run(commands);
      // Part of a program may leave a restore open; elsewhere this is refused, by both.
      await lockstep.run(new CommandWriter().restoreEnd(0).bytes());
      await lockstep.settle();
    } finally {
      lockstep.close();
      if (lockstep.mismatch !== undefined) await this.renew();
    }
    return lockstep.mismatch;
  }

  /** The mismatch in words, with the command that caused it. */
  async difference(commands: Uint8Array): Promise<Difference | undefined> {
    const mismatch = await this.mismatch(commands);
    if (mismatch === undefined) return undefined;
    const index = this.commandAt(commands, mismatch.offset);
    const record = commands.subarray(index * COMMAND_BYTES, (index + 1) * COMMAND_BYTES);
    return describeDifference(mismatch, index, record);
  }

  async close(): Promise<void> {
    await this.device?.close();
    this.reference.close();
  }

  private async renew(): Promise<void> {
    const { device } = this;
    this.device = undefined;
    await device?.close();
  }

  /** The record whose events hold the byte; the last one where only the device gave any. */
  private commandAt(commands: Uint8Array, offset: number): number {
    const out = new Uint8Array(this.reference.maxEventBytes);
    this.reference.reset(1, out);
    let events = this.reference.eventBytes;
    for (let at = 0; at < commands.length; at += COMMAND_BYTES) {
      this.reference.consume(commands.subarray(0, at + COMMAND_BYTES), at, out);
      events += this.reference.eventBytes;
      if (offset < events) return at / COMMAND_BYTES;
    }
    return commands.length / COMMAND_BYTES - 1;
  }
}
