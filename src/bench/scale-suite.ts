// Many books: what size costs in time and in memory.
import { type Effort, type Group, type Subject, summarise } from './measure.js';
import { measureMemory } from './memory-probe.js';
import { EngineRun, spreadProgram } from './programs.js';
import type { BenchRow } from './rows.js';
import { engineKinds, type Plan, type Wanted } from './suite.js';

const BATCH = 1024;
/** Enough to reach most of the books of the largest size. */
const COMMANDS = 262_144;

/** Books and baskets; every engine gets a profile of exactly this size, with two pages a book. */
export const SIZES = [
  { books: 50, baskets: 10 },
  { books: 5_000, baskets: 1_000 },
  { books: 50_000, baskets: 1_000 },
] as const;

type Size = (typeof SIZES)[number];

const count = (value: number): string => value.toLocaleString('en-US');
const label = ({ books, baskets }: Size): string => `${count(books)} books, ${count(baskets)} baskets`;

export function scalePlans(): Plan[] {
  return [
    { name: 'scale', group: (wanted) => scaleGroup(wanted) },
    { name: 'memory', probe: { name: 'memory', rows: memoryRows } },
  ];
}

function scaleGroup(wanted: Wanted): Group {
  const subjects: Subject[] = [];
  const ratios: [string, string][] = [];
  for (const kind of engineKinds()) {
    const name = (size: Size) => `scale: ${label(size)}, ${kind.name}`;
    const sizes = SIZES.filter((size) => wanted(name(size)));
    for (const size of sizes) {
      const program = spreadProgram({ ...size, commands: COMMANDS, seed: 1 });
      const engine = kind.create(program.profile);
      const run = new EngineRun(engine, program, BATCH);
      subjects.push({
        name: name(size),
        piece: BATCH,
        eventsPerCommand: run.eventsPerCommand,
        run: (commands) => run.run(commands),
        close: () => engine.close(),
      });
    }
    const [smallest, ...larger] = sizes;
    if (smallest === undefined) continue;
    for (const size of larger) ratios.push([name(size), name(smallest)]);
  }
  return { name: 'scale', unit: 'ns/command', subjects, ratios };
}

/** Memory varies little; each figure is a process of its own. */
const MOST_RUNS = 3;

async function memoryRows(effort: Effort): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const kind of engineKinds()) {
    for (const size of SIZES) {
      const figures = Array.from({ length: Math.min(MOST_RUNS, effort.rounds) }, () => {
        return measureMemory(kind.name, size.books, size.baskets);
      });
      rows.push(summarise(`memory: ${label(size)}, ${kind.name}`, 'MiB', figures));
    }
  }
  return rows;
}
