// What a campaign needs of a device: bytes, time, and what can befall it. Two of them: the byte port of gb_link_device,
// where a byte may pass in each cycle, and the UART pins of a whole board.
import type { BoardDescription } from '../board/description.js';
import {
  type AddonLinkDevice,
  type AddonUartBoard,
  type BoardsAddon,
  LINK_STATE,
  STOP,
  UART_STATE,
} from '../sim/boards-addon.js';

export interface DevicePort {
  /** One bit on the line, in ms of the device's time. */
  readonly bitMs: number;
  /** Nothing is under way, and nothing will be until the host sends. */
  readonly quiet: boolean;
  readonly cycles: number;
  /** Lets at most that much time pass, less where a frame has ended or the device is quiet. @returns ms that passed */
  run(ms: number): number;
  /** @param broken the byte of the block whose stop bit is missing */
  send(bytes: Uint8Array, broken?: number): void;
  receive(into: Uint8Array): number;
  /** The device begins as after power-up. */
  reset(): void;
  /** What is on the line is lost. */
  clear(): void;
  /** No byte leaves the device while it holds; false where that cannot be. */
  hold(whether: boolean): boolean;
  /** What can befall a wire; undefined where there are none. */
  readonly wires?: Wires;
  close(): void;
}

/** The two wires of a UART. */
export interface Wires {
  /** How much too fast the host's end runs from its next byte on, in parts per million. */
  setBaudError(ppm: number): void;
  /** Turns the level of a wire over for `bits`, `afterBits` from now. */
  disturb(toDevice: boolean, afterBits: number, bits: number): void;
}

const BITS_PER_BYTE = 10;
/** What a byte port stands for: a line of this rate, a byte of which passes in a cycle. */
const BYTE_PORT_BAUD = 3_000_000;
const LONGEST_RUN = 1 << 16;

export class BytePort implements DevicePort {
  readonly bitMs = 1000 / BYTE_PORT_BAUD;
  private readonly device: AddonLinkDevice;

  constructor(addon: BoardsAddon, name: string, seed?: number) {
    this.device = new addon.LinkDevice(name, seed === undefined ? {} : { seed });
  }

  get quiet(): boolean {
    return this.device.state[LINK_STATE.QUIET] === 1;
  }

  get cycles(): number {
    return this.device.state[LINK_STATE.CYCLES] ?? 0;
  }

  run(ms: number): number {
    const cycleMs = BITS_PER_BYTE * this.bitMs;
    const cycles = Math.min(LONGEST_RUN, Math.max(1, Math.floor(ms / cycleMs)));
    return this.device.run(cycles, STOP.FRAME) * cycleMs;
  }

  send(bytes: Uint8Array, broken?: number): void {
    sendPieces((piece, marked) => this.device.send(piece, marked), bytes, broken);
  }

  receive(into: Uint8Array): number {
    return this.device.receive(into);
  }

  reset(): void {
    this.device.reset();
  }

  clear(): void {
    this.device.clear();
  }

  hold(whether: boolean): boolean {
    this.device.hold(whether);
    return true;
  }

  close(): void {
    this.device.close();
  }
}

/** Sends a block with one byte of it broken. */
function sendPieces(put: (bytes: Uint8Array, broken: boolean) => number, bytes: Uint8Array, broken?: number): void {
  const at = broken ?? bytes.length;
  const pieces = [bytes.subarray(0, at), bytes.subarray(at, at + 1), bytes.subarray(at + 1)] as const;
  const taken = put(pieces[0], false) + put(pieces[1], true) + put(pieces[2], false);
  if (taken !== bytes.length) throw new Error(`the line took ${taken} of ${bytes.length} bytes`);
}

export class Pins implements DevicePort {
  readonly bitMs: number;
  private board: AddonUartBoard;
  private before = 0;

  constructor(
    private readonly addon: BoardsAddon,
    private readonly description: BoardDescription,
    private readonly seed?: number,
  ) {
    this.bitMs = 1000 / this.baud;
    this.board = this.powered();
  }

  get quiet(): boolean {
    return this.board.state[UART_STATE.QUIET] === 1;
  }

  get cycles(): number {
    return this.before + (this.board.state[UART_STATE.CYCLES] ?? 0);
  }

  run(ms: number): number {
    const cycleMs = 1000 / this.description.clockHz;
    // About a byte: the host hears a frame soon after its end.
    const slice = Math.ceil((BITS_PER_BYTE * this.bitMs) / cycleMs);
    const cycles = Math.min(slice, Math.max(1, Math.floor(ms / cycleMs)));
    return this.board.run(cycles, true) * cycleMs;
  }

  send(bytes: Uint8Array, broken?: number): void {
    sendPieces((piece, marked) => this.board.send(piece, marked), bytes, broken);
  }

  receive(into: Uint8Array): number {
    return this.board.receive(into);
  }

  reset(): void {
    this.before = this.cycles;
    this.board.close();
    this.board = this.powered();
  }

  clear(): void {
    this.board.unplug();
  }

  hold(): boolean {
    return false;
  }

  get wires(): Wires {
    const { board, description, baud } = this;
    const bit = description.clockHz / baud;
    return {
      setBaudError: (ppm) => board.setBaudError(ppm),
      disturb: (toDevice, afterBits, bits) => {
        board.disturb(toDevice, Math.round(afterBits * bit), Math.max(1, Math.round(bits * bit)));
      },
    };
  }

  close(): void {
    this.board.close();
  }

  private get baud(): number {
    return this.description.uart?.baud ?? 1;
  }

  private powered(): AddonUartBoard {
    const { name, clockHz } = this.description;
    const seed = this.seed === undefined ? {} : { seed: this.seed };
    return new this.addon.UartBoard(name, { clockHz, baud: this.baud, ...seed });
  }
}
