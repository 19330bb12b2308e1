// Memory that commands leave to the garbage collector: the claim is none per command, a little per batch.
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Effort, QUICK, summarise, swallow } from './measure.js';
import { EngineRun, touchProgram } from './programs.js';
import type { BenchRow } from './rows.js';
import { type EngineKind, engineKinds, type Plan } from './suite.js';

const BATCH = 1024;
const COMMANDS = 16_384;
const CHUNKS = 10;
const CHUNK = 1024 * 1024;
const QUICK_CHUNK = 128 * 1024;

export function allocationPlan(): Plan {
  const rows = async (effort: Effort) => {
    const all: BenchRow[] = [];
    for (const kind of engineKinds()) all.push(...(await allocationRows(kind, effort)));
    return all;
  };
  return { name: 'allocation', probe: { name: 'allocation', rows } };
}

/** Heap growth over ten pieces of about a million commands, each begun on a collected heap. */
async function allocationRows(kind: EngineKind, effort: Effort): Promise<BenchRow[]> {
  const program = touchProgram({
    books: 64,
    basketsPerBook: 1,
    signals: true,
    change: 'mix',
    commands: COMMANDS,
    seed: 1,
  });
  const engine = kind.create(program.profile);
  const run = new EngineRun(engine, program, BATCH);
  const chunk = effort.turnMs <= QUICK.turnMs ? QUICK_CHUNK : CHUNK;
  // Compiled code is heap too: all of it has to be there before.
  swallow(run.run(CHUNK));
  const collect = collector();
  const watch = new CollectionWatch();
  const figures: number[] = [];
  for (let piece = 0; piece < CHUNKS; piece++) {
    collect();
    await watch.forget();
    const before = usedHeap();
    swallow(run.run(chunk));
    figures.push(Math.max(0, usedHeap() - before) / chunk);
    await watch.count();
  }
  watch.stop();
  engine.close();
  const where = `${kind.name}, batch ${BATCH}`;
  const events = run.eventsPerCommand;
  return [
    summarise(`allocation: ${where}`, 'bytes/command', figures, events),
    // A collection in between would hide what it freed: the figure above counts only while this one is 0.
    summarise(`allocation: collections while measuring, ${where}`, 'collections', [watch.collections], events),
  ];
}

function usedHeap(): number {
  return getHeapStatistics().used_heap_size;
}

/** The collector on demand, also where Node was started without --expose-gc. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('gc');
  if (typeof found !== 'function') throw new Error('this Node does not expose its garbage collector');
  return () => found();
}

/** Counts collections; entries arrive in a later turn of the event loop. */
class CollectionWatch {
  collections = 0;
  private seen = 0;
  private readonly observer = new PerformanceObserver((list) => {
    this.seen += list.getEntries().length;
  });

  constructor() {
    this.observer.observe({ entryTypes: ['gc'] });
  }

  /** Those until now are not counted. */
  async forget(): Promise<void> {
    await this.settle();
    this.seen = 0;
  }

  async count(): Promise<void> {
    await this.settle();
    this.collections += this.seen;
    this.seen = 0;
  }

  stop(): void {
    this.observer.disconnect();
  }

  private async settle(): Promise<void> {
    await nextTurn();
    await nextTurn();
  }
}
