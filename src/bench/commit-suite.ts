// Committing commands: the heart of both engines, with the CRC as a row of its own.
import { crc32 } from 'node:zlib';
import type { Derived, Group, Subject } from './measure.js';
import { EngineRun, type Program, type TouchOptions, touchProgram } from './programs.js';
import { engineKinds, type Plan, type Wanted } from './suite.js';

/** Enough that no pattern is learnt, few enough that commands stay in the second-level cache. */
const COMMANDS = 16_384;
const BOOKS = 64;
const EVENT_BYTES = 32;
const BATCHES = [1, 16, 1024] as const;
/** Batch of the rows that the targets speak of. */
const LARGE = 1024;

type Case = Pick<TouchOptions, 'basketsPerBook' | 'signals' | 'change'>;

/** Case by the front of its rows' names. */
const CASES: readonly (readonly [string, Case])[] = [
  ['resize, 1 basket', { basketsPerBook: 1, signals: false, change: 'resize' }],
  ['move, 1 basket', { basketsPerBook: 1, signals: false, change: 'move' }],
  ['0 baskets', { basketsPerBook: 0, signals: false, change: 'mix' }],
  ['1 basket', { basketsPerBook: 1, signals: false, change: 'mix' }],
  ['10 baskets', { basketsPerBook: 10, signals: false, change: 'mix' }],
  ['100 baskets', { basketsPerBook: 100, signals: false, change: 'mix' }],
  ['1 basket, signals', { basketsPerBook: 1, signals: true, change: 'mix' }],
  ['10 baskets, signals', { basketsPerBook: 10, signals: true, change: 'mix' }],
  ['100 baskets, signals', { basketsPerBook: 100, signals: true, change: 'mix' }],
];

/** One group a case: both engines and, for the software engine, the CRC of its events, in turns. */
export function commitPlans(): Plan[] {
  return CASES.map(([label, options]) => ({
    name: `commit: ${label}`,
    group: (wanted) => commitGroup(label, options, wanted),
  }));
}

function commitGroup(label: string, options: Case, wanted: Wanted): Group {
  const program = touchProgram({ ...options, books: BOOKS, commands: COMMANDS, seed: 1 });
  const subjects: Subject[] = [];
  for (const kind of engineKinds()) {
    for (const batch of kind.name === 'native' ? BATCHES : [LARGE]) {
      const name = `commit: ${label}, ${kind.name}${kind.name === 'native' ? `, batch ${batch}` : ''}`;
      if (wanted(name)) subjects.push(engineSubject(name, program, batch, kind.create(program.profile)));
    }
  }
  const engine = subjects.find(({ name }) => name.endsWith('software'));
  const derived: Derived[] = [];
  if (engine?.eventsPerCommand !== undefined) {
    const events = engine.eventsPerCommand;
    const crc = crcSubject(`commit: ${label}, software, its CRC`, events);
    subjects.push(crc);
    derived.push({
      name: `${engine.name} without CRC`,
      from: [engine.name, crc.name],
      eventsPerCommand: events,
      combine: (whole, part) => (whole as number) - (part as number),
    });
  }
  return { name: `commit: ${label}`, unit: 'ns/command', subjects, derived };
}

function engineSubject(name: string, program: Program, batch: number, engine: EngineRun['engine']): Subject {
  const run = new EngineRun(engine, program, batch);
  return {
    name,
    piece: batch,
    eventsPerCommand: run.eventsPerCommand,
    run: (commands) => run.run(commands),
    close: () => engine.close(),
  };
}

/** What the software engine does for INT-1, alone: one call of zlib over the events of a batch. */
function crcSubject(name: string, eventsPerCommand: number): Subject {
  const bytes = new Uint8Array(Math.round(LARGE * eventsPerCommand) * EVENT_BYTES).fill(0x5a);
  let crc = 0;
  return {
    name,
    piece: LARGE,
    eventsPerCommand,
    run(commands) {
      for (let done = 0; done < commands; done += LARGE) crc = crc32(bytes, crc);
      return crc;
    },
  };
}

const CRC_BATCHES = [1, 16, 1024] as const;

/** The CRC of the software engine an event, by the number of events that come together. */
export function crcPlan(): Plan {
  return {
    name: 'crc',
    group: (wanted) => {
      const subjects = CRC_BATCHES.map((events): Subject => {
        const bytes = new Uint8Array(events * EVENT_BYTES).fill(0x5a);
        let crc = 0;
        return {
          name: `crc: ${events} event${events === 1 ? '' : 's'} a batch, software`,
          piece: events,
          run(count) {
            for (let done = 0; done < count; done += events) crc = crc32(bytes, crc);
            return crc;
          },
        };
      });
      return { name: 'crc', unit: 'ns/event', subjects: subjects.filter(({ name }) => wanted(name)) };
    },
  };
}
