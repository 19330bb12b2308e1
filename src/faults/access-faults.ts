// What keeps a port or a card from being used, beside its link: one row of docs/faults.md each. What a code means and
// what to do about it stands where programs have it; a test proves each row.
import type { HalErrorCode } from '../hal/errors.js';

export interface AccessFault {
  /** What has happened, for people. */
  readonly what: string;
  readonly code: HalErrorCode;
  /** Where it is proved: a file, and words of the name of the test in it. */
  readonly test: readonly [file: string, name: string];
}

const SERIAL = 'test/hal/serial.test.ts';
const PTY = 'test/hal/serial-pty.test.ts';
const CARD = 'test/hal/pcie-diagnosis.test.ts';
const BAR = 'test/hal/pcie.test.ts';

export const PORT_FAULTS: readonly AccessFault[] = [
  { what: 'there is no such port', code: 'PORT_ABSENT', test: [SERIAL, 'is told apart before it is tried'] },
  {
    what: 'this user may not open the port',
    code: 'PORT_PERMISSION',
    test: [SERIAL, 'names the group and the udev rule that would permit it'],
  },
  {
    what: 'another program has the port',
    code: 'PORT_BUSY',
    test: [PTY, 'is for one program at a time, and free again after close'],
  },
  {
    what: 'no power, no bitstream, or crossed wires',
    code: 'NO_ANSWER',
    test: [SERIAL, 'tells silence from something else'],
  },
  {
    what: 'something else answers, or another bitstream',
    code: 'NOT_GATEBOOK',
    test: [SERIAL, 'tells silence from something else'],
  },
  {
    what: 'the board runs at another baud rate',
    code: 'BAUD_MISMATCH',
    test: [SERIAL, 'finds the rate where none is asked for, and names it where another one is'],
  },
  {
    what: 'most frames are lost at this baud rate',
    code: 'BAUD_MISMATCH',
    test: [SERIAL, 'refuses a rate at which most frames are lost, and reports a few'],
  },
  {
    what: 'the bitstream is of another contract',
    code: 'CONTRACT_MISMATCH',
    test: [SERIAL, 'names both contracts, and both versions of the link'],
  },
  {
    what: 'the bitstream speaks another version of the link',
    code: 'LINK_VERSION_MISMATCH',
    test: [SERIAL, 'names both contracts, and both versions of the link'],
  },
  {
    what: 'the board is built for another profile',
    code: 'PROFILE_MISMATCH',
    test: [SERIAL, 'takes no other profile than the one of the board'],
  },
  {
    what: 'the port goes away in use',
    code: 'LINK_LOST',
    test: [SERIAL, 'is LINK_LOST at once when its port is gone'],
  },
];

export const CARD_FAULTS: readonly AccessFault[] = [
  { what: 'there is no such card', code: 'DEVICE_ABSENT', test: [CARD, 'says that there is no such card, or no PCI'] },
  {
    what: 'this user may not open its file',
    code: 'ACCESS_DENIED',
    test: [CARD, 'says that this user may not open the file'],
  },
  {
    what: 'another program has the BAR',
    code: 'PORT_BUSY',
    test: [BAR, 'the second one is told that the BAR is in use'],
  },
  { what: 'memory decoding is off', code: 'MEMORY_DECODE_OFF', test: [CARD, 'memory decoding is off'] },
  { what: 'a driver of the kernel holds the card', code: 'DRIVER_BOUND', test: [CARD, 'a driver is bound'] },
  { what: 'a virtual machine has the card', code: 'DRIVER_BOUND', test: [CARD, 'vfio has it'] },
  {
    what: 'the kernel is locked down, as with Secure Boot',
    code: 'KERNEL_LOCKDOWN',
    test: [CARD, 'says that the kernel is locked down, and in which mode'],
  },
  {
    what: 'the FPGA was loaded after the bus was scanned',
    code: 'BAR_LOST',
    test: [CARD, 'it forgot the address of its BAR'],
  },
  {
    what: 'the BAR reads all ones while the card answers',
    code: 'BAR_LOST',
    test: [CARD, 'calls a BAR lost that reads all ones while the card answers'],
  },
  { what: 'another bitstream is loaded', code: 'NOT_GATEBOOK', test: [BAR, 'is told apart'] },
  { what: 'the bitstream is of another contract', code: 'CONTRACT_MISMATCH', test: [BAR, 'is told apart'] },
  {
    what: 'the bitstream has another version of the BAR',
    code: 'LINK_VERSION_MISMATCH',
    test: [BAR, 'is told apart'],
  },
  {
    what: 'the window describes itself in a way that cannot be',
    code: 'DEVICE_FAULT',
    test: [BAR, 'a list of blocks that makes no sense is refused'],
  },
  {
    what: 'the card is built for another profile',
    code: 'PROFILE_MISMATCH',
    test: [BAR, 'a profile that is not the one of the board is refused by its numbers'],
  },
  {
    what: 'the process that simulates the card is killed',
    code: 'DEVICE_GONE',
    test: ['test/sim/bar-killed.test.ts', 'is missed within seconds'],
  },
  {
    what: 'the addon that maps memory is not built',
    code: 'BACKEND_UNAVAILABLE',
    test: [CARD, 'is not available without the addon, and says so'],
  },
];
