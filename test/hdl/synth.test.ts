// Goal: a figure of the hardware counts only if nothing was trimmed, and the page says what the results say.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkNetlist } from '../../scripts/synth-netlist.mjs';
import { BUILDS, FAMILIES, parametersOf } from '../../scripts/synth-parts.mjs';
import { hardwareTables, median, pages, withTables } from '../../scripts/synth-report.mjs';
import { criticalPath } from '../../scripts/synth-timing.mjs';
import { PROFILE_FIELDS, PROFILES } from '../../src/contract/definition.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TOP = 'synth_top';

const net = (...bits: number[]) => ({ hide_name: 0, bits });
const register = (...bits: number[]) => ({ type: '$dff', parameters: {}, connections: { Q: bits } });
const flipFlop = (q: number) => ({ type: 'TRELLIS_FF', connections: { Q: [q] } });

/** A top with a unit that has four register bits, of which two reach an output, and a memory of 8 x 16 bits. */
function design(change: { kept?: number; memoryWidth?: number; cells?: Record<string, unknown> } = {}) {
  const { kept = 4, memoryWidth = 8, cells } = change;
  const elaborated = {
    modules: {
      [TOP]: {
        attributes: { hdlname: TOP },
        ports: {},
        netnames: { out: net(10, 11) },
        cells: { u_unit: { type: 'unit', connections: { sum_o: [10, 11] } } },
      },
      unit: {
        attributes: { hdlname: 'gb_unit' },
        ports: { sum_o: { bits: [2, 3] } },
        netnames: { sum_o: net(2, 3), sum_q: net(2, 3, 4, 5) },
        memories: { words: { width: 8, size: 16 } },
        cells: { r: register(2, 3, 4, 5) },
      },
    },
  };
  const binary = (value: number) => value.toString(2).padStart(32, '0');
  const memory = {
    type: '$mem_v2',
    parameters: { MEMID: '\\u_unit.words', WIDTH: binary(memoryWidth), SIZE: binary(16) },
  };
  const bits = [7, 8, 9, 6];
  const mapped = {
    modules: {
      [TOP]: {
        // The two bits that leave the unit have kept only the name that they have outside.
        netnames: { out: net(7, 8), 'u_unit.sum_q': { hide_name: 0, bits: ['x', 'x', 9, 6] } },
        cells: cells ?? {
          ...Object.fromEntries(bits.slice(0, kept).map((bit) => [`ff${bit}`, flipFlop(bit)])),
          'u_unit.words.0.0': { type: 'DP16KD', connections: {} },
        },
      },
    },
  };
  const coarse = { modules: { [TOP]: { cells: memoryWidth === 0 ? {} : { memory } } } };
  return { elaborated, coarse, mapped, top: TOP, family: FAMILIES.ecp5 };
}

const check = (change?: Parameters<typeof design>[0], expected = ['gb_unit'], leastMemoryBits = 128) =>
  checkNetlist({ ...design(change), expected, leastMemoryBits });

describe('the check of a netlist', () => {
  it('passes what is whole, and names what is outside after what made it', () => {
    const { problems, modules, names } = check();
    expect(problems).toEqual([]);
    expect(modules).toContainEqual({ path: 'u_unit', module: 'gb_unit', registers: 4, kept: 4, memory_cells: 1 });
    expect(names.get(7)).toBe('u_unit.sum_q[0]');
  });

  it('finds a module that is not in the design', () => {
    expect(check({}, ['gb_unit', 'gb_other']).problems).toEqual(['module gb_other is not in the design']);
  });

  it('finds a memory that vanished or became narrower', () => {
    const shrunk = ['memory u_unit.words: 112 of 128 bits are left'];
    expect(check({ memoryWidth: 7 }, [], 0).problems).toEqual(shrunk);
    expect(check({ memoryWidth: 0 }, [], 0).problems).toEqual(['memory u_unit.words: 0 of 128 bits are left']);
    expect(check({}, [], 129).problems).toEqual(['memories hold 128 bits, less than the 129 of the sizes']);
  });

  it('finds a module that has lost its registers', () => {
    const trimmed = { ...design(), expected: [], leastMemoryBits: 0 };
    Reflect.deleteProperty(trimmed.elaborated.modules.unit, 'memories');
    expect(checkNetlist(trimmed).problems).toEqual([]);
    const cells = {};
    const rest = { ...trimmed, mapped: design({ cells }).mapped };
    expect(checkNetlist(rest).problems).toEqual(['gb_unit (u_unit) was trimmed: 0 of 4 register bits are left']);
  });
});

describe('a critical path', () => {
  it('is read in names of the sources, its delays split', () => {
    const { names } = check();
    const hop = (type: string, delay: number, from: string, to: string, wire?: string) => ({
      type,
      delay,
      ...(wire && { net: wire }),
      from: { cell: from, port: 'Q' },
      to: { cell: to, port: 'DIA3' },
    });
    const report = {
      critical_paths: [
        { from: '<async>', to: 'posedge clk', path: [] },
        {
          from: 'posedge clk',
          to: 'posedge clk',
          path: [
            hop('clk-to-q', 0.5, 'ff7', 'ff7'),
            hop('routing', 2, 'ff7', 'lut', 'out[0]'),
            hop('logic', 0.25, 'lut', 'lut'),
            hop('routing', 1, 'lut', 'u_unit.words.0.0', 'auto'),
            hop('setup', 0.25, 'u_unit.words.0.0', 'u_unit.words.0.0'),
          ],
        },
      ],
    };
    const module = design().mapped.modules[TOP];
    expect(criticalPath(report, { module, names, family: FAMILIES.ecp5 })).toEqual({
      from: 'u_unit.sum_q[0]',
      to: 'u_unit.words (DIA3)',
      ns: 4,
      logicNs: 1,
      routingNs: 3,
      cells: 1,
      through: [],
    });
  });
});

describe('the builds', () => {
  it('each have a profile and a structure', () => {
    for (const { name } of BUILDS) {
      const { parameters } = parametersOf(name, { PROFILES, PROFILE_FIELDS });
      expect(Object.keys(parameters), name).toEqual([
        ...['Books', 'Pages', 'Baskets', 'Legs', 'LegsPerBasket', 'Fairs', 'BooksPerMessage', 'FinestTick'],
        ...['Paged', 'Pipelined', 'Overlap', 'SerialFee', 'CrcBytes', 'TableRam', 'Telemetry'],
      ]);
    }
  });

  it('hold every module of the kernel that a parameter does not leave out', () => {
    const text = readFileSync(`${ROOT}/scripts/synth-tools.mjs`, 'utf8');
    const named = [...text.matchAll(/module: '(\w+)'/g)].map((match) => match[1]);
    const used = readFileSync(`${ROOT}/hdl/rtl/gb_kernel.v`, 'utf8').matchAll(/^\s+(gb_\w+) (?:#\(|u_)/gm);
    expect(named).toEqual(expect.arrayContaining([...new Set([...used].map((match) => match[1]))]));
  });
});

describe('docs/hardware.md', () => {
  it('says what the results say', () => {
    const { now, due } = pages();
    expect(now, 'the results are newer than the page: `npm run synth -- --report` mends it').toBe(due);
  });

  it('keeps what stands around the tables', () => {
    const page = 'a\n<!-- synth:start -->\nold\n<!-- synth:end -->\nb\n';
    expect(withTables(page, 'new')).toBe('a\n<!-- synth:start -->\nnew\n<!-- synth:end -->\nb\n');
    expect(() => withTables('a', 'new')).toThrow(/markers/);
    expect(hardwareTables({ builds: {} })).toBe('Nothing was built yet.');
  });

  it('takes a median that was measured', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2]);
  });
});
