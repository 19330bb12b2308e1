// Which room of src may import which: dependencies point one way. A new room is entered here in the same commit.
import type { RoomGraph } from './rules.js';

export const ROOMS: RoomGraph = {
  contract: [],
  kernel: ['contract'],
  link: ['contract'],
  hal: ['contract', 'kernel', 'link'],
  market: ['contract'],
  // Never the HAL: a decoder hands over commands and does not know what becomes of them.
  feed: ['contract', 'market'],
  capture: ['contract'],
  board: ['contract'],
  sim: ['contract', 'hal', 'board'],
  verify: ['contract', 'kernel', 'hal'],
  faults: ['contract', 'kernel', 'hal', 'link', 'verify', 'board', 'sim', 'doctor'],
  host: ['contract', 'hal', 'market', 'feed', 'capture'],
  bench: ['contract', 'kernel', 'hal', 'verify', 'market', 'feed', 'host'],
  doctor: ['contract', 'hal', 'board', 'sim'],
  observe: ['contract', 'hal'],
  cli: 'ANY',
};

/** Where reading the program starts: the command, the library and the generator. */
export const ENTRIES = ['src/cli/main.ts', 'src/index.ts', 'src/contract/generate.ts', 'src/faults/main.ts'];

/** Files of text in data: a clause is one line, so that searching for words of it finds it whole. */
export const LONG_LINES = ['src/contract/clauses.ts', 'src/contract/transport-clauses.ts'];
