// What to do about an error of a device, where its message does not say it already.
import type { HalErrorCode } from '../hal/errors.js';

const REMEDIES: Partial<Record<HalErrorCode, string>> = {
  ARGUMENT_INVALID: '`gatebook engines` lists what --engine takes',
  BACKEND_UNKNOWN: '`gatebook engines` lists what --engine takes',
  BAUD_MISMATCH: 'put baud=N, the rate that the message names, behind the port',
  CONTRACT_MISMATCH: 'build and load the bitstream of this checkout: `gatebook board build` and `gatebook board flash`',
  DEVICE_ABSENT: '`gatebook doctor` lists the ports and cards that are here; after loading a card, scan the bus again',
  DEVICE_FAULT:
    'open it again; if it comes again, load the bitstream anew and send us what `gatebook doctor --json` says',
  DEVICE_GONE:
    'look at the supply and at how the card sits; if its FPGA was loaded anew, remove it and scan the bus again',
  DEVICE_RESTARTED: 'look at the supply and the cable; let one host at a time use the board',
  LINK_LOST: 'look at the cable and the supply, then open it again',
  LINK_VERSION_MISMATCH:
    'build and load the bitstream of this checkout: `gatebook board build` and `gatebook board flash`',
  NOT_GATEBOOK: 'load the bitstream: `gatebook board flash BOARD`',
  NO_ANSWER:
    'is it powered, is the bitstream loaded (`gatebook board flash BOARD`), are rx and tx the right way round?',
  PORT_ABSENT: 'is the board plugged in? `gatebook doctor` lists the ports that are here',
  PORT_BUSY: 'end the program that has it',
  PORT_FAILED: 'is it the path of a serial port? if it is, plug the board in anew',
  PROFILE_MISMATCH: 'leave the profile out: a board knows its own',
  STREAM_CORRUPT: 'load the bitstream anew; if it comes again, send us what `gatebook doctor --json` says',
  SUPERVISED_MISMATCH:
    '`gatebook verify` holds the engines against each other; acknowledge the alarm when it is known which',
  TIMEOUT: 'open it again; if it comes again, load the bitstream anew',
};

export const remedyOf = (code: HalErrorCode): string | undefined => REMEDIES[code];
