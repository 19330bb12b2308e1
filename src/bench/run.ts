// Runs the suites one after another and hands out rows as they come.
import { loadavg } from 'node:os';
import { allocationPlan } from './allocation-suite.js';
import { commitPlans, crcPlan } from './commit-suite.js';
import { decodePlans } from './decode-suite.js';
import type { FrameWork } from './frame-work.js';
import { ladderPlan } from './ladder-suite.js';
import type { LadderWork } from './ladder-work.js';
import { type Effort, measureGroup, type Subject } from './measure.js';
import { replayPlans } from './replay-suite.js';
import { machineRow, type OutputRow } from './rows.js';
import { scalePlans } from './scale-suite.js';
import { sessionPlans } from './session-suite.js';
import { simulationPlans } from './simulation-suite.js';
import { missingEngines, type Plan } from './suite.js';
import { supervisedPlans } from './supervised-suite.js';

/** Subjects of other libraries, which take turns with ours. */
export interface Peers {
  readonly ladder: (work: LadderWork) => readonly Subject[];
  readonly decode: (work: FrameWork) => readonly Subject[];
}

export interface BenchOptions {
  readonly effort: Effort;
  /** Text that rows, or what they belong to, contain; all without one. */
  readonly filter?: string;
  readonly peers?: Peers;
  /** Wall clock, ms since the Unix epoch. */
  readonly nowMs: () => number;
  readonly onRow: (row: OutputRow) => void;
}

function plans(peers: Peers | undefined): Plan[] {
  return [
    ...commitPlans(),
    crcPlan(),
    ladderPlan(peers?.ladder),
    ...decodePlans(peers?.decode),
    ...scalePlans(),
    ...simulationPlans(),
    ...sessionPlans(),
    ...supervisedPlans(),
    allocationPlan(),
    ...replayPlans(),
  ];
}

/** Measures what is asked for; the last row is the machine. */
export async function runBench({ effort, filter = '', peers, nowMs, onRow }: BenchOptions): Promise<void> {
  const loadBefore = loadavg()[0] ?? 0;
  const text = filter.toLowerCase();
  const matches = (name: string) => name.toLowerCase().includes(text);
  for (const { name, reason } of missingEngines()) onRow({ type: 'not_run', name, reason });
  const all = plans(peers);
  if (!all.some(({ name }) => name.startsWith('replay'))) {
    onRow({ type: 'not_run', name: 'replay', reason: 'no capture is bundled with this installation' });
  }
  for (const plan of all) {
    const wanted = matches(plan.name) ? () => true : matches;
    if (plan.group !== undefined) await runGroup(plan.group(wanted, effort), effort, onRow);
    // A probe makes its rows together; without one that matches by its plan it is not run at all.
    if (plan.probe !== undefined && (matches(plan.name) || text.startsWith(plan.name))) {
      for (const row of await plan.probe.rows(effort)) onRow(row);
    }
  }
  onRow(machineRow(loadBefore, nowMs()));
}

async function runGroup(
  group: ReturnType<NonNullable<Plan['group']>>,
  effort: Effort,
  onRow: BenchOptions['onRow'],
): Promise<void> {
  try {
    const { rows, ratios } = await measureGroup(group, effort);
    for (const row of [...rows, ...ratios]) onRow(row);
  } finally {
    for (const subject of group.subjects) await subject.close?.();
  }
}
