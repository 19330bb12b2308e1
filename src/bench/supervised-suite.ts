// What a supervised pair costs beside its two engines, how long a switch takes, and how long the way back.
import type { Device } from '../hal/device.js';
import { HalError } from '../hal/errors.js';
import { InProcessTransport } from '../hal/in-process.js';
import { listBackends, open, openPair } from '../hal/registry.js';
import type { Supervision, SwitchReport } from '../hal/supervision.js';
import type { Transport } from '../hal/transport.js';
import { SoftwareEngine } from '../kernel/software-engine.js';
import type { Derived, Effort, Group, Subject } from './measure.js';
import { summarise } from './measure.js';
import { COMMAND_BYTES, type Program, spreadProgram } from './programs.js';
import type { BenchRow } from './rows.js';
import { SIM } from './simulation-suite.js';
import type { Plan, Wanted } from './suite.js';

const BATCHES = [16, 1024] as const;
const COMMANDS = 65_536;
/** Fits into the simulated kernel too. */
const SIZE = { books: 500, baskets: 100 } as const;
const PAIRS = [
  ['native', 'software'],
  ['software', 'software'],
  ['verilator', 'software'],
  ['verilator', 'native'],
] as const;
const SWITCH_BOOKS = 1000;
const REBUILD_BOOKS = 5000;
const REBUILD_MS = 60_000;

export function supervisedPlans(): Plan[] {
  return [
    { name: 'supervised', group: (wanted) => supervisedGroup(wanted) },
    { name: 'supervised', probe: { name: 'supervised', rows: switchRows } },
  ];
}

const rowOf = (spec: string, batch: number) => `supervised: ${spec}, batch ${batch}`;
const aloneOf = (primary: string, standby: string) => `both alone, ${primary} and ${standby}`;

function supervisedGroup(wanted: Wanted): Group {
  const here = new Set(listBackends().flatMap(({ name, available }) => (available ? [name] : [])));
  const program = { ...spreadProgram({ ...SIZE, commands: COMMANDS, seed: 1 }), profile: SIM };
  const subjects = new Map<string, Subject>();
  const derived: Derived[] = [];
  const add = (spec: string, batch: number, shown = spec) => {
    const name = rowOf(shown, batch);
    if (!subjects.has(name)) subjects.set(name, deviceSubject(name, spec, program, batch));
    return name;
  };
  for (const [primary, standby] of PAIRS) {
    if (!here.has(primary) || !here.has(standby)) continue;
    for (const batch of BATCHES) {
      if (!wanted(rowOf(`${primary} and ${standby}`, batch))) continue;
      const from = [add(primary, batch), add(standby, batch)];
      const name = rowOf(aloneOf(primary, standby), batch);
      derived.push({ name, from, combine: (...figures) => figures.reduce((sum, figure) => sum + figure, 0) });
      add(`supervised:${primary},${standby}`, batch, `${primary} and ${standby}`);
    }
  }
  return { name: 'supervised', unit: 'ns/command', subjects: [...subjects.values()], derived };
}

/** A device that is given the program again and again; opened with its first turn. */
function deviceSubject(name: string, spec: string, { setup, commands, profile }: Program, batch: number): Subject {
  let device: Device | undefined;
  let [at, events] = [0, 0];
  return {
    name,
    piece: batch,
    async restart() {
      if (device !== undefined) return;
      device = await open(spec, { profile });
      device.onEvents((bytes) => {
        events += bytes.length;
      });
      await device.submit(setup);
    },
    run(operations) {
      if (device === undefined) throw new Error(`${name}: not restarted`);
      for (let done = 0; done < operations; done += batch) {
        if (at + batch * COMMAND_BYTES > commands.length) at = 0;
        device.submit(commands.subarray(at, at + batch * COMMAND_BYTES));
        at += batch * COMMAND_BYTES;
      }
      return events;
    },
    close: () => device?.close(),
  };
}

/** A primary in this process that can be told to die. */
class MortalPrimary {
  dead = false;

  connect(profile: Program['profile']): Transport {
    const identity = {
      backend: 'mortal',
      contractDigest: this.digest,
      build: '',
      commit: '',
      profile,
      clockHz: undefined,
    };
    const inner = new InProcessTransport(identity, new SoftwareEngine(profile));
    return {
      identity,
      synchronous: true,
      start: (sink) => inner.start(sink),
      submit: (commands) => {
        if (this.dead) throw new HalError('DEVICE_FAULT', 'told to die');
        inner.submit(commands);
      },
      reset: (epoch) => inner.reset(epoch),
      close: () => inner.close(),
    };
  }

  constructor(private readonly digest: string) {}
}

async function switchRows(effort: Effort): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const books of [SWITCH_BOOKS, REBUILD_BOOKS]) {
    const [switches, rebuilds]: [number[], number[]] = [[], []];
    for (let round = 0; round < effort.rounds; round++) {
      const { switched, rebuilt } = await oneDeath(books);
      switches.push(switched);
      rebuilds.push(rebuilt);
    }
    const size = `${books.toLocaleString('en-US')} books`;
    rows.push(summarise(`supervised switch: ${size}`, 'ms', switches));
    rows.push(summarise(`supervised rebuild: ${size}`, 'ms', rebuilds));
  }
  return rows;
}

/** The submit during which the primary dies, and the time from its return to its take-over, in ms. */
async function oneDeath(books: number): Promise<{ switched: number; rebuilt: number }> {
  const { profile, setup, commands } = spreadProgram({ books, baskets: books / 5, commands: 8192, seed: 1 });
  const digest = listBackends().find(({ name }) => name === 'software')?.contractDigest ?? '';
  const primary = new MortalPrimary(digest);
  const device = await openPair({ name: 'mortal', connect: () => primary.connect(profile) }, 'software', {
    profile,
    retryMs: 1,
  });
  try {
    await device.submit(setup);
    primary.dead = true;
    const started = performance.now();
    await device.submit(commands);
    const switched = performance.now() - started;
    primary.dead = false;
    const back = await returned(device.supervision as Supervision);
    return { switched, rebuilt: back.ms };
  } finally {
    await device.close();
  }
}

function returned(supervision: Supervision): Promise<SwitchReport> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the primary did not come back')), REBUILD_MS);
    supervision.onChange((change) => {
      if (change.kind !== 'switch' || change.report.to !== 'primary') return;
      clearTimeout(timer);
      resolve(change.report);
    });
  });
}
