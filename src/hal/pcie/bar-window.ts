// A BAR, mapped by the addon: opened, recognized, attached. Its errors are HalErrors.
import { HalError, type HalErrorCode } from '../errors.js';
import { type AddonBarWindow, loadNative } from '../native-addon.js';
import { type BarDescription, describeWindow } from './blocks.js';

/** Positions in AddonBarWindow.state; native/bar/bar_addon.cc has the same order. */
export const BarState = {
  EVENT_BYTES: 0,
  /** Command lines that the device has taken. */
  TAKEN: 1,
  WRITTEN: 2,
  NEXT_EVENT: 3,
  /** Of the kernel, when the last event line was made. */
  CYCLES: 4,
  /** Event lines that were counted and yet torn, each once. */
  TORN: 5,
  /** What stood at the place of the next event line; LineState. */
  LINE_STATE: 6,
  // From here on: registers as readControl found them.
  MAGIC: 7,
  GENERATION: 8,
  GENERATION_DONE: 9,
  COMMAND_LINES: 10,
  EVENT_LINES: 11,
  REFUSED_LINES: 12,
  COMMAND_DOORBELL: 13,
  EVENT_DOORBELL: 14,
} as const;

export const LineState = { OTHER: 0, TORN: 1, ALL_ONES: 2, RIGHT: 3 } as const;

/** Blocks lie in the first of the window. */
const HEAD_BYTES = 1 << 16;

const OPEN_ERRORS: Readonly<Record<string, readonly [HalErrorCode, string]>> = {
  ENOENT: ['DEVICE_ABSENT', 'there is no such file'],
  ENODEV: ['DEVICE_ABSENT', 'the device behind it is gone'],
  ENXIO: ['DEVICE_ABSENT', 'the device behind it is gone'],
  EISDIR: ['ARGUMENT_INVALID', 'it is a folder; a BAR is a file like resource0 in it'],
  EACCES: ['ACCESS_DENIED', 'this user may not read and write it: run as root, or give the file to a group by udev'],
  EBUSY: ['PORT_BUSY', 'another program has it open; a BAR has one host at a time'],
  ESIZE: ['BAR_LOST', 'it is too short for a BAR: the card was loaded anew or never got an address'],
};

/** The file whose mapping combines writes, as sysfs names it; undefined for a file that has none beside it. */
export function combiningPathOf(path: string): string | undefined {
  return /\/resource\d$/.test(path) ? `${path}_wc` : undefined;
}

/** A file of a bus may have a simulated card behind it as well, as in a virtual machine: nobody serves it here. */
const isSimulated = (path: string, { timeScale }: BarDescription) =>
  timeScale !== 0 && combiningPathOf(path) === undefined;

export const abandonedError = (path: string) =>
  new HalError('DEVICE_GONE', `${path}: the process that simulated the card has ended without a word; start it again`);

export class BarWindow {
  private constructor(
    readonly path: string,
    readonly window: AddonBarWindow,
    readonly description: BarDescription,
  ) {}

  /** Whether a process of this machine simulates the card and is gone: its file stays as it was, and says nothing. */
  get abandoned(): boolean {
    return isSimulated(this.path, this.description) && !this.window.served();
  }

  /**
   * Opens, locks and maps a BAR file, and reads what it says of itself.
   * @throws HalError BACKEND_UNAVAILABLE, those of OPEN_ERRORS, KERNEL_LOCKDOWN, DEVICE_GONE, and those of
   *   describeWindow
   */
  static open(path: string): BarWindow {
    const window = openAddonWindow(path);
    try {
      const head = new Uint8Array(Math.min(HEAD_BYTES, window.bytes & ~3));
      window.read(0, head);
      const description = describeWindow(head, window.bytes, path);
      if (isSimulated(path, description) && !window.served()) throw abandonedError(path);
      const { layout } = description;
      const values = [
        layout.commandRing,
        layout.commandLines,
        layout.commandDoorbell,
        layout.eventRing,
        layout.eventLines,
        layout.eventDoorbell,
        layout.control,
        layout.registers?.offset ?? 0,
      ];
      window.attach(Uint32Array.from(values), combiningPathOf(path));
      return new BarWindow(path, window, description);
    } catch (error) {
      window.close();
      throw barError(path, error);
    }
  }
}

function openAddonWindow(path: string): AddonBarWindow {
  const loaded = loadNative();
  if ('reason' in loaded) throw new HalError('BACKEND_UNAVAILABLE', `pcie: ${loaded.reason}`);
  const { BarWindow: Window } = loaded.addon;
  if (Window === undefined) {
    throw new HalError('BACKEND_UNAVAILABLE', 'pcie: this system maps no memory of devices');
  }
  try {
    return new Window(path);
  } catch (error) {
    throw openError(path, error);
  }
}

function openError(path: string, error: unknown): HalError {
  const name = codeOf(error);
  const step = messageOf(error).split(' ')[0];
  if (step === 'map' && (name === 'EPERM' || name === 'EACCES')) {
    return new HalError(
      'KERNEL_LOCKDOWN',
      `${path}: the kernel maps no memory of devices (${messageOf(error)}): it is locked down, as with Secure Boot; ` +
        'start it without lockdown',
      { cause: error },
    );
  }
  const known = OPEN_ERRORS[name === 'EPERM' ? 'EACCES' : name];
  if (known === undefined) return new HalError('BACKEND_UNAVAILABLE', messageOf(error), { cause: error });
  return new HalError(known[0], `${path}: ${known[1]}`, { cause: error });
}

/** What a call of the addon threw, as an error with a code of this layer. */
export function barError(path: string, error: unknown): HalError {
  if (error instanceof HalError) return error;
  if (codeOf(error) === 'BAR_FAULT') {
    return new HalError(
      'DEVICE_GONE',
      `${path}: the memory behind the BAR is gone: the card was removed, or the file was truncated`,
      { cause: error },
    );
  }
  return new HalError('DEVICE_FAULT', `${path}: ${messageOf(error)}`, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
