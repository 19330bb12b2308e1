// Run as a process of its own: prints the MiB by which the resident memory grew with one engine.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EngineRun, spreadProgram } from './programs.js';
import { engineKinds } from './suite.js';

const COMMANDS = 16_384;
const BATCH = 1024;
const BYTES_PER_MIB = 2 ** 20;
const FILE = fileURLToPath(import.meta.url);

/** MiB of an engine with so many books and baskets, from a new process: used memory would be used again. */
export function measureMemory(engine: string, books: number, baskets: number): number {
  return Number(execFileSync(process.execPath, [FILE, engine, `${books}`, `${baskets}`], { encoding: 'utf8' }));
}

function grow(name: string, books: number, baskets: number): number {
  const kind = engineKinds().find((each) => each.name === name);
  if (kind === undefined) throw new Error(`no engine '${name}' here`);
  // A small engine first: what the code itself takes is there before the measurement begins.
  const small = spreadProgram({ books: 64, baskets: 8, commands: COMMANDS, seed: 2 });
  const warm = kind.create(small.profile);
  new EngineRun(warm, small, BATCH).run(COMMANDS * 50);
  warm.close();

  const program = spreadProgram({ books, baskets, commands: COMMANDS, seed: 1 });
  const before = process.memoryUsage.rss();
  const engine = kind.create(program.profile);
  new EngineRun(engine, program, BATCH).run(COMMANDS);
  const grown = process.memoryUsage.rss() - before;
  engine.close();
  return grown / BYTES_PER_MIB;
}

if (process.argv[1] === FILE) {
  const [name = '', books, baskets] = process.argv.slice(2);
  process.stdout.write(`${grow(name, Number(books), Number(baskets)).toFixed(2)}\n`);
}
