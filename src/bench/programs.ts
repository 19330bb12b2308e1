// Command programs for engines: seeded, endless by repetition, the same for every engine.
import { CommandWriter, MICRO_ONE, Side, SignalKind } from '../contract/generated/records.js';
import { NAMED_PROFILES, type Profile } from '../contract/profile.js';
import type { Engine } from '../kernel/engine.js';
import { Prng } from '../verify/prng.js';

export const COMMAND_BYTES = 16;
const EVENT_BYTES = 32;
/** Output beyond the worst command, as the device layer has it. */
export const ROOM_BYTES = 1 << 16;
/** An engine's books in the profile that people use when they say nothing. */
export const STANDARD = NAMED_PROFILES['standard'] as Profile;

/** Commands that set an engine up, and commands to be timed, which may be repeated without end. */
export interface Program {
  readonly profile: Profile;
  readonly setup: Uint8Array;
  readonly commands: Uint8Array;
}

export interface TouchOptions {
  /** A power of two. */
  readonly books: number;
  /** Two-leg baskets that each book is part of. */
  readonly basketsPerBook: number;
  /** True: every basket is open all the time, so that each of its changes is a signal. */
  readonly signals: boolean;
  /** What becomes of the best ask: its size changes, or its price, or a mix of both in equal parts. */
  readonly change: 'resize' | 'move' | 'mix';
  readonly commands: number;
  readonly seed: number;
}

const TICK = 10;
const BEST_BID = 480;
const BEST_ASK = 520;
const DEPTH = 8;
const SHARE = 1_000_000;
/** Taker fee rate of 0.07, as of Polymarket's crypto markets: ceil(0.07 / 100 * 2^32). */
const FEE_RATE = 3_006_478;
const NEVER = 2 ** 31 - 1;
const ALWAYS = -(2 ** 31);

/**
 * Committing LEVEL_SET that each change the best ask of a random book: each gives one TOP event. A move goes one level
 * better and, the next time, back; so the end of the program is its beginning again.
 */
export function touchProgram(options: TouchOptions): Program {
  const { books, seed } = options;
  const prng = new Prng(seed, books, options.basketsPerBook);
  const out = new CommandWriter(options.commands);
  const improved = new Uint8Array(books);
  let size = 0;
  // Never twice the same size running, also across the end: a size that stays would touch nothing (BOOK-4).
  const nextSize = () => {
    size += 1;
    return size * SHARE + prng.below(SHARE);
  };
  const flip = (book: number) => {
    const back = improved[book] === 1;
    improved[book] = back ? 0 : 1;
    out.levelSet(book, Side.ASK, BEST_ASK - 1, back ? 0 : nextSize(), true);
  };
  const resize = (book: number) => {
    out.levelSet(book, Side.ASK, BEST_ASK - (improved[book] as number), nextSize(), true);
  };
  while (out.count < options.commands - books) {
    const book = prng.below(books);
    if (options.change === 'move' || (options.change === 'mix' && prng.oneIn(2))) flip(book);
    else resize(book);
  }
  for (let book = 0; book < books; book++) if (improved[book] === 1) flip(book);
  while (out.count < options.commands) {
    const book = out.count % books;
    if (options.change !== 'move') resize(book);
    // Two at a time, as an even number of moves leaves the book as it was; `commands` and `books` are even.
    else for (let twice = 0; twice < 2; twice++) flip(book);
  }
  return { profile: STANDARD, setup: touchSetup(options), commands: out.bytes() };
}

function touchSetup({ books, basketsPerBook, signals }: TouchOptions): Uint8Array {
  const out = new CommandWriter();
  for (let book = 0; book < books; book++) {
    out.bookBegin(book, TICK).bookFee(book, FEE_RATE);
    for (let depth = 0; depth < DEPTH; depth++) {
      out.levelSet(book, Side.BID, BEST_BID - depth, SHARE * (depth + 1));
      out.levelSet(book, Side.ASK, BEST_ASK + depth, SHARE * (depth + 1));
    }
    out.bookLive(book, true);
  }
  let basket = 0;
  for (let round = 0; round < basketsPerBook; round++) {
    // Pairs by exclusive or: every book has exactly one partner a round, another one in the next.
    const partner = 1 + (round % (books - 1));
    for (let book = 0; book < books; book++) {
      if ((book ^ partner) < book) continue;
      out.basketCreate(basket, MICRO_ONE, SignalKind.COMPLEMENT_LONG);
      out.basketLeg(basket, book, 0).basketLeg(basket, book ^ partner, 0);
      out.basketArm(basket, signals ? ALWAYS : NEVER, 1);
      basket += 1;
    }
  }
  return out.bytes();
}

export interface SpreadOptions {
  readonly books: number;
  readonly baskets: number;
  /** Even. */
  readonly commands: number;
  readonly seed: number;
}

/** Pages that a book of the scale rows holds: one a side. */
const PAGES_PER_BOOK = 2;

/** Sizes of the best five levels of random books, each committed: what a quiet day over many markets looks like. */
export function spreadProgram({ books, baskets, commands, seed }: SpreadOptions): Program {
  const prng = new Prng(seed, books, baskets);
  const setup = new CommandWriter();
  for (let book = 0; book < books; book++) {
    setup.bookBegin(book, TICK).bookFee(book, FEE_RATE);
    for (let depth = 0; depth < 5; depth++) {
      setup.levelSet(book, Side.BID, BEST_BID - depth, SHARE).levelSet(book, Side.ASK, BEST_ASK + depth, SHARE);
    }
    setup.bookLive(book, true);
  }
  for (let basket = 0; basket < baskets; basket++) {
    const first = (basket * 2) % books;
    setup.basketCreate(basket, MICRO_ONE, SignalKind.COMPLEMENT_LONG);
    setup.basketLeg(basket, first, 0).basketLeg(basket, (first + 1) % books, 0);
    setup.basketArm(basket, NEVER, 1);
  }
  const out = new CommandWriter(commands);
  const half = commands / 2;
  const places = Array.from({ length: half }, () => [prng.below(books), prng.below(2), prng.below(5)] as const);
  for (let at = 0; at < commands; at++) {
    // Each place comes again in the second half, with another size: also when the program is repeated, every command
    // changes something.
    const [book, side, depth] = places[at % half] as (typeof places)[number];
    const level = side === Side.BID ? BEST_BID - depth : BEST_ASK + depth;
    out.levelSet(book, side, level, (1 + at) * 1000 + prng.below(1000), true);
  }
  const profile: Profile = {
    books,
    pages: books * PAGES_PER_BOOK,
    baskets,
    legs: baskets * 2,
    legsPerBasket: 2,
    fairs: 0,
    booksPerMessage: 64,
    finestTick: 1,
  };
  return { profile, setup: setup.bytes(), commands: out.bytes() };
}

/** An engine with a program, fed in batches of one length. */
export class EngineRun {
  private readonly batches: Uint8Array[] = [];
  private readonly out: Uint8Array;
  private at = 0;
  /** Events of one pass over the program, a command. */
  readonly eventsPerCommand: number;

  /** batch: commands in one call of the engine; the program is a whole number of them. */
  constructor(
    readonly engine: Engine,
    program: Program,
    readonly batch: number,
  ) {
    this.out = new Uint8Array(engine.maxEventBytes + ROOM_BYTES);
    const { commands } = program;
    const bytes = batch * COMMAND_BYTES;
    for (let from = 0; from + bytes <= commands.length; from += bytes) {
      this.batches.push(commands.subarray(from, from + bytes));
    }
    engine.reset(1, this.out);
    this.feed(program.setup);
    // The first pass settles what the end of the program leaves behind.
    this.pass();
    this.eventsPerCommand = this.pass() / EVENT_BYTES / (this.batches.length * batch);
  }

  /** Feeds at least so many commands, from where the last call ended; returns bytes of events. */
  run(commands: number): number {
    const { batches } = this;
    let events = 0;
    for (let done = 0; done < commands; done += this.batch) {
      if (this.at === batches.length) this.at = 0;
      events += this.feed(batches[this.at] as Uint8Array);
      this.at += 1;
    }
    return events;
  }

  private pass(): number {
    this.at = 0;
    return this.run(this.batches.length * this.batch);
  }

  private feed(commands: Uint8Array): number {
    const { engine, out } = this;
    let events = 0;
    for (let from = 0; from < commands.length; ) {
      from = engine.consume(commands, from, out);
      events += engine.eventBytes;
    }
    return events;
  }
}
