// The RTL, simulated in this process: what verification and replays on it cost.
import { NAMED_PROFILES, type Profile } from '../contract/profile.js';
import { commandSubject } from './ladder-suite.js';
import { ladderWork } from './ladder-work.js';
import type { Group, Subject } from './measure.js';
import { EngineRun, touchProgram } from './programs.js';
import { type Plan, simulatedKind, type Wanted } from './suite.js';

export const SIM = NAMED_PROFILES['sim'] as Profile;
const SETS = 200_000;
const BOOKS = 64;
const COMMANDS = 4096;
const BATCHES = [1, 1024] as const;
const BASKETS = [0, 1, 10] as const;

/** Nothing where the simulated kernel is not built. */
export function simulationPlans(): Plan[] {
  return [{ name: 'simulated', group: (wanted) => simulationGroup(wanted) }];
}

function simulationGroup(wanted: Wanted): Group {
  const kind = simulatedKind();
  const subjects: Subject[] = [];
  if (kind !== undefined) {
    const name = `simulated: level changes, nothing committed, ${kind.name}`;
    if (wanted(name)) subjects.push({ ...commandSubject('', kind.create(SIM), ladderWork(SETS)), name });
    for (const basketsPerBook of BASKETS) {
      for (const batch of BATCHES) {
        const baskets = `${basketsPerBook} basket${basketsPerBook === 1 ? '' : 's'}`;
        const row = `simulated: commit, ${baskets}, ${kind.name}, batch ${batch}`;
        if (wanted(row)) subjects.push(commitSubject(row, kind.create(SIM), basketsPerBook, batch));
      }
    }
  }
  return { name: 'simulated', unit: 'ns/command', subjects };
}

function commitSubject(name: string, engine: EngineRun['engine'], basketsPerBook: number, batch: number): Subject {
  const program = touchProgram({
    ...{ books: BOOKS, commands: COMMANDS, seed: 1 },
    ...{ basketsPerBook, signals: false, change: 'mix' },
  });
  const run = new EngineRun(engine, program, batch);
  return {
    name,
    piece: batch,
    eventsPerCommand: run.eventsPerCommand,
    run: (commands) => run.run(commands),
    close: () => engine.close(),
  };
}
