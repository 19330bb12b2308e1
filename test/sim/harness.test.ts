// Goal: the simulation's own parts can be trusted: its UART, its byte port and its pseudo-terminal, on devices that
// are no gatebook, so that a mistake of the harness is not taken for one of the RTL.
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type BoardsAddon, LINK_STATE, loadBoards, STOP, UART_STATE } from '../../src/sim/boards-addon.js';

const loaded = loadBoards();
const addon = (): BoardsAddon => {
  if ('reason' in loaded) throw new Error(loaded.reason);
  return loaded.addon;
};

const LINE = { clockHz: 50_000_000, baud: 3_000_000 };
const BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);

describe('the UART of the harness', () => {
  /** One byte at a time: the echo has no room for a second one. */
  const echoed = (ppm: number) => {
    const board = new (addon().UartBoard)('echo', LINE);
    board.setBaudError(ppm);
    const answers: number[] = [];
    const into = new Uint8Array(16);
    for (const byte of BYTES) {
      board.send(Uint8Array.of(byte));
      board.run(1e6, true);
      const count = board.receive(into);
      answers.push(count === 1 ? (into[0] as number) : -1);
    }
    board.close();
    return answers;
  };

  it('is understood, and understands, at the rate of the board and 4 % beside it', () => {
    for (const ppm of [0, 40_000, -40_000]) expect(echoed(ppm), `${ppm} ppm`).toEqual([...BYTES]);
  });

  it('is not understood 9 % beside it', () => {
    for (const ppm of [90_000, -90_000]) expect(echoed(ppm)).not.toEqual([...BYTES]);
  });

  it('loses no byte that was sent at once, and stops when all is quiet', () => {
    const board = new (addon().UartBoard)('echo', LINE);
    board.setBaudError(-10_000);
    expect(board.send(BYTES)).toBe(256);
    // 256 bytes of 10 bits of 16.8 cycles, and some to be sure of the end.
    const cycles = board.run(1e7, true);
    expect(cycles).toBeGreaterThan(43_000);
    expect(cycles).toBeLessThan(50_000);
    const into = new Uint8Array(512);
    expect(board.receive(into)).toBe(256);
    expect([...into.subarray(0, 256)]).toEqual([...BYTES]);
    expect(board.state[UART_STATE.QUIET]).toBe(1);
    board.send(Uint8Array.of(1));
    expect(board.state[UART_STATE.QUIET]).toBe(0);
    board.close();
  });

  it('leaves out a stop bit where it is told to', () => {
    const board = new (addon().UartBoard)('echo', LINE);
    const into = new Uint8Array(4);
    board.send(Uint8Array.of(0x55), true);
    board.run(1e5, true);
    // The echo answers 0xff to a byte without its stop bit.
    expect([board.receive(into), into[0]]).toEqual([1, 0xff]);
    board.close();
  });

  it('turns the level of a wire over for as long as it is told to', () => {
    const board = new (addon().UartBoard)('echo', LINE);
    const into = new Uint8Array(4);
    const bit = LINE.clockHz / LINE.baud;
    board.send(Uint8Array.of(0));
    // Bit 3 of 0x00, which comes behind the start bit and three others.
    board.disturb(true, Math.round(4 * bit), Math.round(bit));
    board.run(1e5, true);
    expect([board.receive(into), into[0]]).toEqual([1, 8]);
    // A pulse on a line at rest, shorter than half a bit, is no byte; one of a bit is.
    board.disturb(false, 10, Math.floor(bit / 3));
    board.run(1e5, true);
    expect(board.receive(into)).toBe(0);
    board.disturb(false, 10, Math.ceil(bit));
    board.run(1e5, true);
    expect([board.receive(into), into[0]]).toEqual([1, 0xff]);
    board.close();
  });

  it('counts what comes without a stop bit, and what nobody fetches', () => {
    const board = new (addon().UartBoard)('echo', LINE);
    board.disturb(false, 10, Math.round((LINE.clockHz / LINE.baud) * 20));
    board.run(1e5, true);
    expect(board.state[UART_STATE.FRAMING_ERRORS]).toBe(1);
    board.close();
  });

  it('refuses what it cannot run, by code', () => {
    const { UartBoard } = addon();
    expect(() => new UartBoard('nothing', LINE)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
    const slow = { clockHz: 50_000_000, baud: 20_000_000 };
    expect(() => new UartBoard('echo', slow)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
    const board = new UartBoard('echo', LINE);
    board.close();
    expect(() => board.run(1, false)).toThrow(expect.objectContaining({ code: 'DEVICE_CLOSED' }));
  });
});

describe('the byte port of the harness', () => {
  it('passes bytes in order, waits where the device is not ready, and marks line errors', () => {
    const device = new (addon().LinkDevice)('link-echo', {});
    const into = new Uint8Array(1024);
    device.send(BYTES);
    device.send(Uint8Array.of(7), true);
    device.run(1e5, STOP.QUIET);
    expect(device.receive(into)).toBe(257);
    expect([...into.subarray(0, 257)]).toEqual([...BYTES, 0xff]);
    // It takes no byte in every fourth cycle.
    expect(device.state[LINK_STATE.LONGEST_WAIT]).toBe(1);
    device.close();
  });

  it('ends with a frame, holds bytes back, and forgets them', () => {
    const device = new (addon().LinkDevice)('link-echo', {});
    const into = new Uint8Array(64);
    device.send(Uint8Array.of(1, 2, 0, 3, 4));
    device.run(1e5, STOP.FRAME);
    expect([device.receive(into), ...into.subarray(0, 3)]).toEqual([3, 1, 2, 0]);
    device.hold(true);
    device.run(100, STOP.CYCLES);
    expect(device.receive(into)).toBe(0);
    device.hold(false);
    device.run(1e5, STOP.QUIET);
    expect([device.receive(into), ...into.subarray(0, 2)]).toEqual([2, 3, 4]);
    device.send(BYTES);
    device.clear();
    device.run(1e5, STOP.QUIET);
    expect(device.receive(into)).toBe(0);
    device.close();
  });

  it('hands the time scale to the device', () => {
    const device = new (addon().LinkDevice)('link-echo', {});
    const into = new Uint8Array(4);
    // The echo adds its lowest byte to each byte, bit by bit.
    device.setTimeScale(0x0f);
    device.send(Uint8Array.of(0xf0));
    device.run(1e5, STOP.QUIET);
    expect([device.receive(into), into[0]]).toEqual([1, 0xff]);
    device.close();
  });
});

describe('the pseudo-terminal', () => {
  it('carries every byte both ways, unchanged', () => {
    const pty = new (addon().Pty)();
    const host = openSync(pty.path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    const into = new Uint8Array(512);
    expect(pty.wait(0)).toBe(false);
    expect(pty.read(into)).toBe(0);
    writeSync(host, BYTES);
    expect(pty.wait(1000)).toBe(true);
    expect(pty.read(into)).toBe(256);
    expect([...into.subarray(0, 256)]).toEqual([...BYTES]);
    expect(pty.write(BYTES)).toBe(256);
    expect(readSync(host, into, 0, 512, null)).toBe(256);
    expect([...into.subarray(0, 256)]).toEqual([...BYTES]);
    closeSync(host);
    // Nobody has it open: that is no error, but what is written may be lost.
    expect(pty.read(into)).toBe(0);
    pty.close();
    expect(() => pty.read(into)).toThrow(expect.objectContaining({ code: 'DEVICE_CLOSED' }));
  });

  it('takes no more than there is room for, and says so', () => {
    const pty = new (addon().Pty)();
    const much = new Uint8Array(1 << 16);
    let written = 0;
    for (let turn = 0; turn < 100; turn++) written += pty.write(much);
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(much.length);
    pty.close();
  });
});
