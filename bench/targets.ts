// What the design promises of rows, judged by their medians. A row that was not measured is neither met nor missed.

export interface Target {
  /** For people. */
  readonly what: string;
  readonly row: string;
  /** The target is on row / over. */
  readonly over?: string;
  readonly most: number;
}

export const TARGETS: readonly Target[] = [
  {
    what: 'TypeScript: a committing command, one TOP event, one two-leg basket, without CRC',
    row: 'commit: 1 basket, software without CRC',
    most: 50,
  },
  { what: 'TypeScript: CRC an event, batches of 1,024', row: 'crc: 1024 events a batch, software', most: 8 },
  { what: 'native: ladder alone, inside C++', row: 'inside C++: engine_ladder', most: 8 },
  {
    what: 'native: ladder alone, through a bare C++ loop over the same work',
    row: 'inside C++: engine_ladder',
    over: 'inside C++: bare_ladder',
    most: 1.5,
  },
  {
    what: 'native: the committing command, CRC included, inside C++',
    row: 'inside C++: commit_top_1_basket',
    most: 12,
  },
  {
    what: 'frame to signal, C++ engine behind the TypeScript decoder, p50',
    row: 'frame to signal, latency: native, p50',
    most: 1000,
  },
  {
    what: 'frame to signal, C++ engine behind the TypeScript decoder, p99',
    row: 'frame to signal, latency: native, p99',
    most: 5000,
  },
  {
    what: 'verilated: level changes from Node, 3 million a second',
    row: 'simulated: level changes, nothing committed, verilator',
    most: 333,
  },
  {
    what: 'verilated: the commands of the bundled session, 1 million a second',
    row: 'session, commands alone: verilator',
    most: 1000,
  },
  {
    what: 'verilated: a commit in a batch of its own, no basket',
    row: 'simulated: commit, 0 baskets, verilator, batch 1',
    most: 2000,
  },
  {
    what: 'verilated: a commit in a batch of its own, one basket',
    row: 'simulated: commit, 1 basket, verilator, batch 1',
    most: 6000,
  },
  {
    what: 'PCIe: session through the BAR file, of the verilated kernel in the process',
    row: 'session, commands alone: pcie, simulated',
    over: 'session, commands alone: verilator',
    most: 2,
  },
  {
    what: 'supervised: native and software, of both alone',
    row: 'supervised: native and software, batch 1024',
    over: 'supervised: both alone, native and software, batch 1024',
    most: 1.3,
  },
  {
    what: 'supervised: native and software, of both alone, in batches of a frame',
    row: 'supervised: native and software, batch 16',
    over: 'supervised: both alone, native and software, batch 16',
    most: 1.3,
  },
  {
    what: 'supervised: verilated and software, of both alone',
    row: 'supervised: verilator and software, batch 1024',
    over: 'supervised: both alone, verilator and software, batch 1024',
    most: 1.3,
  },
  { what: 'supervised: switch to the standby, 1,000 books', row: 'supervised switch: 1,000 books', most: 10 },
  { what: 'supervised: way back, 5,000 books', row: 'supervised rebuild: 5,000 books', most: 1000 },
  { what: 'memory, 5,000 books: TypeScript', row: 'memory: 5,000 books, 1,000 baskets, software', most: 16 },
  { what: 'memory, 5,000 books: native', row: 'memory: 5,000 books, 1,000 baskets, native', most: 16 },
  { what: 'garbage a command: TypeScript', row: 'allocation: software, batch 1024', most: 1 },
  { what: 'garbage a command: native', row: 'allocation: native, batch 1024', most: 1 },
];

export interface Verdict {
  readonly value: number | undefined;
  readonly unit: string;
  readonly met: boolean | undefined;
}

type Rows = ReadonlyMap<string, { readonly median: number; readonly unit: string }>;

export function judge({ row, over, most }: Target, rows: Rows): Verdict {
  const found = rows.get(row);
  const below = over === undefined ? undefined : rows.get(over);
  if (found === undefined || (over !== undefined && below === undefined)) {
    return { value: undefined, unit: '', met: undefined };
  }
  const value = below === undefined ? found.median : found.median / below.median;
  return { value, unit: below === undefined ? found.unit : 'times', met: value <= most };
}
