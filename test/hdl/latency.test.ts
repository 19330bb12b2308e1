// Goal: each latency that docs/hdl.md promises is what telemetry measures, on the build without and on the one with
// registers between its lookups.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CommandWriter, Outcome, Side } from '../../src/contract/generated/records.js';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { createEngine } from '../../src/hal/registry.js';
import type { VerilatedEngine } from '../../src/hal/verilator/verilated-engine.js';
import { loadVerilator } from '../../src/hal/verilator/verilator-addon.js';

const KINDS = 32;
const TOP = 20;
const SIGNAL = 21;
const COMMITS = 19;

interface Scenario {
  readonly kind: number;
  readonly commands: (out: CommandWriter) => void;
}

const live = (out: CommandWriter) =>
  out.bookBegin(0, 100, false).bookLive(0, true).bookBegin(1, 100, false).bookLive(1, true);
const level = (out: CommandWriter, book: number, price: number) => out.levelSet(book, Side.ASK, price, 1_000_000, true);
const basket = (out: CommandWriter) =>
  live(out).basketCreate(0, 1_000_000, 2).basketLeg(0, 0, Outcome.YES).basketLeg(0, 1, Outcome.YES);
const opening = (out: CommandWriter) => level(level(basket(out).basketArm(0, 0, 0), 0, 40), 1, 50);

/** By the words of the table. The telemetry of the last record of each is looked at. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'BOOK_BEGIN refused for its tick': { kind: 0, commands: (out) => out.bookBegin(0, 7, false) },
  'LEVEL_SET without commit': { kind: 3, commands: (out) => live(out).levelSet(0, Side.BID, 40, 1, false) },
  'BOOK_FEE without commit': { kind: 4, commands: (out) => out.bookFee(0, 1, false) },
  BOOK_MASK: { kind: 5, commands: (out) => out.bookMask(0, true, false) },
  'BOOK_BEGIN of an empty book, without commit': { kind: 0, commands: (out) => out.bookBegin(0, 100, false) },
  'BOOK_BEGIN of a book with a page on each side': {
    kind: 0,
    commands: (out) =>
      live(out).levelSet(0, Side.BID, 40, 1, false).levelSet(0, Side.ASK, 60, 1, false).bookBegin(0, 100, false),
  },
  'a commit with nothing dirty': { kind: COMMITS, commands: (out) => live(out).levelSet(0, Side.BID, 40, 0, true) },
  'a commit of one book that nobody watches': { kind: COMMITS, commands: (out) => level(live(out), 0, 60) },
  'its TOP': { kind: TOP, commands: (out) => level(live(out), 0, 60) },
  'the signal of a basket of two legs in two books': { kind: SIGNAL, commands: opening },
  FENCE: { kind: 17, commands: (out) => out.fence(1) },
  'BOOK_DIGEST of an empty book': { kind: 18, commands: (out) => out.bookDigest(0) },
  BASKET_CREATE: { kind: 6, commands: (out) => out.basketCreate(0, 1_000_000, 2) },
  'BASKET_LEG, the first': { kind: 7, commands: (out) => live(out).basketCreate(0, 1, 2).basketLeg(0, 0, Outcome.YES) },
  'BASKET_ARM that cannot open': { kind: 8, commands: (out) => basket(out).basketArm(0, 0, 0) },
  BASKET_MASK: { kind: 11, commands: (out) => out.basketCreate(0, 1, 2).basketMask(0, true) },
  BASKET_DISARM: { kind: 9, commands: (out) => basket(out).basketDisarm(0) },
  'BASKET_REMOVE with two memberships': { kind: 10, commands: (out) => basket(out).basketRemove(0) },
  FAIR_SET: { kind: 12, commands: (out) => out.fairSet(0, 1, 1) },
  FAIR_CLEAR: { kind: 13, commands: (out) => out.fairSet(0, 1, 1).fairClear(0) },
};

/** Rows of the table in docs/hdl.md: record, cycles of sim, cycles of ecp5. */
function promised(): Map<string, readonly [number, number]> {
  const page = readFileSync('docs/hdl.md', 'utf8');
  const text = page.split('<!-- latency:start -->')[1]?.split('<!-- latency:end -->')[0] ?? '';
  const rows = [...text.matchAll(/^\| ([^|]+) \| (\d+) \| (\d+) \|$/gm)];
  return new Map(rows.map(([, name = '', sim, ecp5]) => [name, [Number(sim), Number(ecp5)]]));
}

function measured(profile: Profile, { kind, commands }: Scenario): number {
  const engine = createEngine('verilator', profile) as VerilatedEngine;
  try {
    const out = new CommandWriter();
    commands(out);
    const events = new Uint8Array(2 * engine.maxEventBytes);
    const bytes = out.bytes();
    for (let from = 0; from < bytes.length; ) from = engine.consume(bytes, from, events);
    return Number(engine.telemetry(KINDS + kind) >> 48n);
  } finally {
    engine.close();
  }
}

const unavailable = (() => {
  const loaded = loadVerilator();
  return 'reason' in loaded ? loaded.reason : undefined;
})();

describe('latency of the verilated kernels', () => {
  it('has a scenario for every row of the table and a row for every scenario', () => {
    expect([...promised().keys()].sort()).toEqual(Object.keys(SCENARIOS).sort());
  });

  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    it.skipIf(unavailable !== undefined)(`${name}: as many cycles as docs/hdl.md says`, () => {
      const profiles = [NAMED_PROFILES['sim'], NAMED_PROFILES['ecp5']] as Profile[];
      expect(profiles.map((profile) => measured(profile, scenario))).toEqual(promised().get(name));
    });
  }
});
