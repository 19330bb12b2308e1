// gatebook engines
import type { Command } from 'commander';
import { PROFILE_FIELDS } from '../contract/definition.js';
import { profileValues } from '../contract/profile.js';
import { type BackendInfo, listBackends, resolveBackend } from '../hal/registry.js';
import { wholeNumber } from './capture.js';
import { halAction } from './hal-action.js';
import type { CliIo } from './io.js';
import { watchDevice } from './watch.js';

const MOST_WAIT_MS = 3_600_000;

interface Options {
  readonly watch?: string;
  readonly every: number;
  readonly count?: number;
  readonly json: boolean;
}

/** Adds `gatebook engines`. */
export function registerEngines(program: Command, io: CliIo): void {
  program
    .command('engines')
    .description('list the engines, whether each can be used here, and why not')
    .option('--watch <spec>', 'open and reset this device, and show its times, credits and faults again and again')
    .option('--every <ms>', 'between two lines of --watch', wholeNumber(10, MOST_WAIT_MS), 1000)
    .option('--count <n>', 'lines of --watch; without end unless given', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--json', 'one JSON array on stdout; of --watch one a line', false)
    .action((options: Options, command: Command) => {
      const stray = ['every', 'count'].find((name) => command.getOptionValueSource(name) === 'cli');
      if (options.watch === undefined && stray !== undefined) {
        command.error(`error: option '--${stray}' goes with --watch`);
      }
      return halAction(io, () => run(io, options));
    });
}

async function run(io: CliIo, { watch, every, count, json }: Options): Promise<void> {
  if (watch !== undefined) return watchDevice(io, { spec: watch, everyMs: every, count, json });
  const backends = listBackends();
  io.stdout.write(json ? `${JSON.stringify(backends.map(asJson))}\n` : asText(backends));
}

/** Limits under the names that docs/contract.md and `--profile` use. */
function asJson(backend: BackendInfo) {
  return { ...backend, limits: limitsOf(backend), auto: backend.name === resolveBackend('auto') };
}

function limitsOf(backend: BackendInfo): Record<string, number> {
  const values = profileValues(backend.limits);
  return Object.fromEntries(PROFILE_FIELDS.map((field, position) => [field.name, values[position] ?? 0]));
}

const spec = ({ name, required }: BackendInfo) => (required === undefined ? name : `${name}:${required}`);

function asText(backends: readonly BackendInfo[]): string {
  const auto = resolveBackend('auto');
  return backends
    .map((backend) => {
      const state = backend.available ? 'available' : `not available: ${backend.reason}`;
      const limits = Object.entries(limitsOf(backend)).map(([name, value]) => `${name} ${value}`);
      return [
        `${spec(backend)}${backend.name === auto ? ' (auto)' : ''}: ${state}`,
        `  build     ${backend.build}`,
        `  contract  ${backend.contractDigest ?? '-'}`,
        `  limits    ${limits.join(', ')}`,
        '',
      ].join('\n');
    })
    .join('');
}
