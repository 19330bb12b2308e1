// A verilated kernel behind the Engine interface.
import { type Profile, profileValues } from '../../contract/profile.js';
import type { Engine } from '../../kernel/engine.js';
import { HalError, type HalErrorCode } from '../errors.js';
import type { AddonKernel, KernelOptions, VerilatorAddon } from './verilator-addon.js';

/** Codes of the addon that are not the device layer's. */
const CODES: Readonly<Record<string, HalErrorCode>> = { KERNEL_HUNG: 'TIMEOUT', KERNEL_STOPPED: 'DEVICE_FAULT' };

/** After a TIMEOUT or a DEVICE_FAULT every call but `close` fails. */
export class VerilatedEngine implements Engine {
  readonly maxEventBytes: number;
  private readonly kernel: AddonKernel;
  private readonly state: Float64Array;

  /**
   * @param build of the addon, with room for the profile
   * @throws HalError TIMEOUT, DEVICE_FAULT: the kernel did not come out of reset; Error with code ARGUMENT_INVALID or
   *   OUT_OF_MEMORY
   */
  constructor(
    addon: VerilatorAddon,
    build: string,
    readonly profile: Profile,
    options: KernelOptions = {},
  ) {
    const make = () => new addon.VerilatedEngine(build, Uint32Array.from(profileValues(profile)), options);
    this.kernel = coded(make);
    this.maxEventBytes = this.kernel.maxEventBytes;
    this.state = this.kernel.state;
  }

  get eventBytes(): number {
    return this.state[0] ?? 0;
  }

  /** Clock cycles that the kernel has run. */
  get cycles(): number {
    return this.state[1] ?? 0;
  }

  /** @throws HalError TIMEOUT, DEVICE_FAULT */
  consume(commands: Uint8Array, from: number, out: Uint8Array): number {
    try {
      return this.kernel.consume(commands, from, out);
    } catch (error) {
      throw asHalError(error);
    }
  }

  /** @throws HalError TIMEOUT, DEVICE_FAULT */
  reset(epoch: number, out: Uint8Array): void {
    coded(() => this.kernel.reset(epoch, out));
  }

  /** The counter behind a telemetry address, 0..255; takes two cycles. @throws HalError TIMEOUT, DEVICE_FAULT */
  telemetry(address: number): bigint {
    return coded(() => this.kernel.telemetry(address));
  }

  close(): void {
    this.kernel.close();
  }
}

function coded<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asHalError(error);
  }
}

function asHalError(error: unknown): unknown {
  const code = CODES[(error as { code?: string }).code ?? ''];
  if (code === undefined) return error;
  return new HalError(code, `verilator: ${(error as Error).message}`, { cause: error });
}
