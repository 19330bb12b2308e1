// The addon of the simulated boards, and why it cannot be used when it cannot.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CONTRACT_DIGEST } from '../contract/generated/records.js';
import { PACKAGE_ROOT } from '../hal/build-info.js';
import { boardSourceDigest } from './source-digest.js';

/** Registers and memories begin random, from this seed; as zeros without one. 0..2^32-1. */
export interface StartOptions {
  readonly seed?: number;
}

export interface UartOptions extends StartOptions {
  /** Of clk_i, 1e5..1e9. */
  readonly clockHz: number;
  /** 300..clockHz / 4. */
  readonly baud: number;
}

/** Positions in the state of a UartBoard, which is read without a call into C++. */
export const UART_STATE = {
  CYCLES: 0,
  /** 1: nothing is under way, and nothing will be until the host sends. */
  QUIET: 1,
  /** Bytes that wait for the line towards the board. */
  TO_SEND: 2,
  /** Bytes that came from the board and were not fetched. */
  RECEIVED: 3,
  FRAMING_ERRORS: 4,
  /** Bytes from the board that were lost as nobody fetched those before them. */
  OVERRUNS: 5,
  /** Bytes that came from the board, since the start. */
  BYTES: 6,
} as const;

/** A verilated board behind its UART pins. Errors carry ARGUMENT_INVALID, DEVICE_CLOSED or KERNEL_STOPPED. */
export interface AddonUartBoard {
  readonly state: Float64Array;
  /** Runs at most that many cycles, or until nothing is under way. @returns cycles run */
  run(cycles: number, untilQuiet: boolean): number;
  /** @param broken every byte without its stop bit @returns how many bytes the line took */
  send(bytes: Uint8Array, broken?: boolean): number;
  /** @returns how many bytes there were */
  receive(into: Uint8Array): number;
  /** How much too fast the host's end runs, from its next byte on; -200,000..200,000 parts per million. */
  setBaudError(ppm: number): void;
  setTimeScale(thousandths: number): void;
  /** Turns the level of a wire over for `cycles`, `after` cycles from now; one at a time a wire. */
  disturb(toBoard: boolean, after: number, cycles: number): void;
  /** Forgets what is on the way. */
  unplug(): void;
  close(): void;
}

/** Positions in the state of a LinkDevice. */
export const LINK_STATE = {
  CYCLES: 0,
  QUIET: 1,
  TO_SEND: 2,
  RECEIVED: 3,
  /** Most cycles that a byte had to wait for rx_ready_o. */
  LONGEST_WAIT: 4,
} as const;

/** When `run` of a LinkDevice ends before its cycles are over. */
export const STOP = { CYCLES: 0, FRAME: 1, QUIET: 2 } as const;

/** gb_link_device behind its byte port, where a byte may pass in each cycle. Errors as those of a UartBoard. */
export interface AddonLinkDevice {
  readonly state: Float64Array;
  /** @param stop one of STOP @returns cycles run */
  run(cycles: number, stop: number): number;
  /** @param broken every byte without its stop bit @returns how many bytes the queue took */
  send(bytes: Uint8Array, broken?: boolean): number;
  receive(into: Uint8Array): number;
  /** Holds the reset of the device for some cycles. */
  reset(): void;
  /** While it holds no byte leaves the device. */
  hold(whether: boolean): void;
  /** Forgets what waits on either side of the port. */
  clear(): void;
  setTimeScale(thousandths: number): void;
  close(): void;
}

/** Positions in the state of a BarDevice. */
export const BAR_STATE = {
  CYCLES: 0,
  QUIET: 1,
  COMMAND_LINES: 2,
  EVENT_LINES: 3,
  BUS_ERRORS: 4,
  /** Injected faults that have not happened yet. */
  ARMED: 5,
} as const;

/** What can be done to a BAR. */
export const BAR_FAULT = {
  /** The device is gone. */
  ALL_ONES: 0,
  /** The second half of the next command lines is lost on the way. */
  TORN_COMMAND: 1,
  /** The next event line is counted when half of it is there. */
  TORN_EVENT: 2,
  /** The next event line is counted when that of the former lap still stands there. */
  STALE_EVENT: 3,
  /** The next command doorbells do not arrive. */
  LOST_DOORBELL: 4,
  /** The next command lines do not arrive, but their doorbells do. */
  LOST_COMMAND: 5,
  /** The next event doorbells do not arrive. */
  LOST_EVENT_DOORBELL: 6,
} as const;

/**
 * gb_bar_device behind a file that stands for its BAR, which it serves alone. Errors carry ARGUMENT_INVALID,
 * DEVICE_CLOSED, IO, KERNEL_*.
 */
export interface AddonBarDevice {
  readonly state: Float64Array;
  /** Runs at most that many cycles, or until the device has nothing to do and the file shows it. @returns cycles run */
  run(cycles: number, untilQuiet: boolean): number;
  /** Sleeps until the host writes a doorbell or a control register, 0..1000 ms at most. @returns whether it did */
  wait(milliseconds: number): boolean;
  /** @param fault one of BAR_FAULT @param times how many @param cycles how long a line stays wrong, 0 for ever */
  inject(fault: number, times: number, cycles: number): void;
  /** Writes a word of the window behind the host's back, doorbells and what cannot be written included. */
  write(offset: number, value: number): void;
  setTimeScale(thousandths: number): void;
  /** The file reads all ones from then on. */
  close(): void;
}

/** A pseudo-terminal in raw mode, seen from its master end; nothing blocks but `wait`. Errors carry IO. */
export interface AddonPty {
  /** What the host opens. */
  readonly path: string;
  read(into: Uint8Array): number;
  write(bytes: Uint8Array): number;
  /** Sleeps until the host wrote something, 0..1000 ms at most. @returns whether it did */
  wait(milliseconds: number): boolean;
  close(): void;
}

export interface BoardsAddon {
  readonly UartBoard: new (name: string, options: UartOptions) => AddonUartBoard;
  readonly LinkDevice: new (name: string, options: StartOptions) => AddonLinkDevice;
  readonly BarDevice: new (name: string, path: string, options: StartOptions) => AddonBarDevice;
  readonly Pty: new () => AddonPty;
  /** Names of the models of each kind; `echo` and `link-echo` are no gatebook, but test the harness. */
  readonly uartBoards: readonly string[];
  readonly linkDevices: readonly string[];
  readonly barDevices: readonly string[];
  /** Of the header that the RTL includes. */
  readonly contractDigest: string;
  /** boardSourceDigest of what it was made from. */
  readonly sources: string;
}

const REMEDY = '`npm run boards-sim`';

let loaded: BoardsAddon | undefined;

function addonFile(): string {
  return join(PACKAGE_ROOT, 'build', 'boards-sim', 'build', 'Release', 'gatebook_boards.node');
}

/** The addon, or one sentence that says why it cannot be used. */
export function loadBoards(): { addon: BoardsAddon } | { reason: string } {
  if (process.env['GATEBOOK_NO_ADDON'] === '1') return { reason: 'GATEBOOK_NO_ADDON=1 turns native addons off' };
  if (loaded !== undefined) return { addon: loaded };
  const file = addonFile();
  if (!existsSync(file)) return { reason: `the simulated boards are not built: ${REMEDY} makes ${file}` };
  let addon: BoardsAddon;
  try {
    addon = createRequire(import.meta.url)(file) as BoardsAddon;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { reason: `the simulated boards are built for another system: ${REMEDY} builds for this one (${why})` };
  }
  if (addon.contractDigest !== CONTRACT_DIGEST) {
    const what = `for contract ${addon.contractDigest}, this is ${CONTRACT_DIGEST}`;
    return { reason: `the simulated boards are built ${what}: ${REMEDY} builds anew` };
  }
  if (addon.sources !== (boardSourceDigest(PACKAGE_ROOT) ?? addon.sources)) {
    return { reason: `the simulated boards are built from other sources than those here: ${REMEDY} builds anew` };
  }
  loaded = addon;
  return { addon };
}
