// gatebook engines
import type { Command } from 'commander';
import { PROFILE_FIELDS } from '../contract/definition.js';
import { profileValues } from '../contract/profile.js';
import { type BackendInfo, listBackends, resolveBackend } from '../hal/registry.js';
import { halAction } from './hal-action.js';
import type { CliIo } from './io.js';

/** Adds `gatebook engines`. */
export function registerEngines(program: Command, io: CliIo): void {
  program
    .command('engines')
    .description('list the engines, whether each can be used here, and why not')
    .option('--json', 'one JSON array on stdout', false)
    .action(({ json }: { json: boolean }) =>
      halAction(io, async () => {
        const backends = listBackends();
        io.stdout.write(json ? `${JSON.stringify(backends.map(asJson))}\n` : asText(backends));
      }),
    );
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
