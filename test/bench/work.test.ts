// Goal: the work that is timed is the work that rows name: its mix, its events, and the same again in every repetition.
import { describe, expect, it } from 'vitest';
import { FramePath } from '../../src/bench/decode-suite.js';
import { frameWork } from '../../src/bench/frame-work.js';
import { ladderWork } from '../../src/bench/ladder-work.js';
import {
  EngineRun,
  type Program,
  STANDARD,
  spreadProgram,
  type TouchOptions,
  touchProgram,
} from '../../src/bench/programs.js';
import { engineKinds } from '../../src/bench/suite.js';
import { CommandWriter } from '../../src/contract/generated/records.js';
import { PolymarketDecoder } from '../../src/feed/polymarket/decoder.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';

const COMMANDS = 4096;
const touch = (options: Partial<TouchOptions>): Program =>
  touchProgram({
    books: 64,
    basketsPerBook: 1,
    signals: false,
    change: 'mix',
    commands: COMMANDS,
    seed: 1,
    ...options,
  });

/** Events a command of a pass, after the program ran once. */
function events(program: Program, batch = 1024): number {
  return new EngineRun(new SoftwareEngine(program.profile), program, batch).eventsPerCommand;
}

describe('touch programs', () => {
  it('give exactly one event a command without signals, whatever changes and however it is cut', () => {
    for (const change of ['resize', 'move', 'mix'] as const) {
      for (const basketsPerBook of [0, 1, 10]) {
        for (const batch of [1, 16, 1024]) expect(events(touch({ change, basketsPerBook }), batch)).toBe(1);
      }
    }
  });

  it('give a signal with every move where baskets are open', () => {
    expect(events(touch({ change: 'move', signals: true }))).toBe(2);
    expect(events(touch({ change: 'move', signals: true, basketsPerBook: 10 }))).toBe(11);
  });

  it('are the same commands for the same seed', () => {
    expect(touch({}).commands).toEqual(touch({}).commands);
    expect(touch({ seed: 2 }).commands).not.toEqual(touch({}).commands);
  });
});

describe('spread programs', () => {
  it('change a level with every command, also when repeated', () => {
    const program = spreadProgram({ books: 200, baskets: 20, commands: COMMANDS, seed: 1 });
    // A fifth of the places is the best one; only a change of it is an event.
    expect(events(program)).toBeGreaterThan(0.15);
    expect(events(program)).toBeLessThan(0.25);
    const engine = new SoftwareEngine(program.profile);
    const out = new Uint8Array(engine.maxEventBytes * 2);
    const digests = (): string => {
      let text = '';
      for (let book = 0; book < 200; book++) {
        engine.consume(new CommandWriter().bookDigest(book).bytes(), 0, out);
        text += Buffer.from(out.subarray(4, 8)).toString('hex');
      }
      return text;
    };
    const play = (commands: Uint8Array) => {
      for (let from = 0; from < commands.length; ) from = engine.consume(commands, from, out);
    };
    play(program.setup);
    const bytes = program.commands.length;
    play(program.commands.subarray(0, bytes / 2));
    const first = digests();
    play(program.commands.subarray(bytes / 2));
    expect(digests()).not.toBe(first);
    play(program.commands.subarray(0, bytes / 2));
    expect(digests()).toBe(first);
  });

  it('fit the profile that they bring', () => {
    const program = spreadProgram({ books: 50, baskets: 10, commands: COMMANDS, seed: 1 });
    for (const kind of engineKinds()) {
      const engine = kind.create(program.profile);
      const run = new EngineRun(engine, program, 1024);
      expect(run.run(COMMANDS)).toBeGreaterThan(0);
      engine.close();
    }
  });
});

describe('work W1', () => {
  const work = ladderWork(200_000);

  it('has the mix that it claims', () => {
    expect(work.deletes).toBeCloseTo(0.235, 2);
    expect(work.touchMoves).toBeCloseTo(0.048, 2);
    expect(work.sizes.length).toBe(200_000 + work.opening);
  });

  it('stays on the grid and never crosses the book', () => {
    const books = [new Set<number>(), new Set<number>()] as const;
    for (let at = 0; at < 20_000; at++) {
      const book = work.sides[at] === 0 ? books[0] : books[1];
      const level = work.levels[at] as number;
      expect(level >= 1 && level <= 999).toBe(true);
      if (work.sizes[at] === 0) expect(book.delete(level)).toBe(true);
      else book.add(level);
    }
    expect(Math.max(...books[0])).toBeLessThan(Math.min(...books[1]));
  });
});

describe('work W2', () => {
  const work = frameWork(STANDARD, 2000, 100);

  it('has frames of about 600 bytes, all of which the decoder takes', () => {
    expect(work.changeBytes).toBeGreaterThan(590);
    expect(work.changeBytes).toBeLessThan(610);
    const decoder = new PolymarketDecoder(work.universe);
    const out = new CommandWriter();
    for (const frame of [...work.opening, ...work.changes]) {
      expect(decoder.decode(frame, out.clear())).toMatchObject({ refused: 0 });
    }
    expect(decoder.tally.report()).toEqual({ refusals: {}, kinds: { BOOK: 500, PRICE_CHANGE: 2000 }, notes: {} });
    for (const frame of work.books) expect(decoder.decode(frame, out.clear()).commands).toBe(34);
  });

  it('leads to signals, the same from every engine', () => {
    const totals = engineKinds().map((kind) => {
      const engine = kind.create(STANDARD);
      const path = new FramePath(engine, work);
      const bytes = work.changes.reduce((sum, frame) => sum + path.frame(frame), 0);
      engine.close();
      return bytes;
    });
    expect(new Set(totals).size).toBe(1);
    expect(totals[0]).toBeGreaterThan(work.changes.length * 32);
  });
});
