// gatebook doctor
import type { Command } from 'commander';
import { deviceFindings } from '../doctor/device-checks.js';
import { machineFindings } from '../doctor/machine-checks.js';
import type { Finding } from '../hal/findings.js';
import { diagnose, listBackends } from '../hal/registry.js';
import { EXIT } from './exit-codes.js';
import { exitOfCode, halAction } from './hal-action.js';
import type { CliIo } from './io.js';

/** All of one width. */
const LABELS: Readonly<Record<Finding['severity'], string>> = { ok: 'ok     ', warning: 'warning', error: 'ERROR  ' };
const REMEDY = '     -> ';

interface Options {
  readonly engine: readonly string[];
  readonly json: boolean;
}

/** A finding and where it belongs: `machine`, a backend, or a device as it was named. */
type Placed = Finding & { readonly subject: string };

/** Adds `gatebook doctor`. */
export function registerDoctor(program: Command, io: CliIo): void {
  program
    .command('doctor')
    .description('look at this machine, its ports and cards, and say what is wrong and what to do about it')
    .option('--engine <spec>', 'also look at this device: open, reset and measure it; may be repeated', collect, [])
    .option('--json', 'one JSON object a finding on stdout', false)
    .action((options: Options) => halAction(io, () => examine(io, options)));
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** Ends with the status of the worst finding: of several errors the first, as the others may come of it. */
async function examine(io: CliIo, { engine, json }: Options): Promise<void> {
  const placed: Placed[] = [];
  const tell = (subject: string, findings: readonly Finding[]) => {
    if (!json && findings.length > 0) io.stdout.write(`${subject}\n`);
    for (const finding of findings) {
      placed.push({ subject, ...finding });
      io.stdout.write(json ? `${JSON.stringify({ subject, ...finding })}\n` : asText(finding));
    }
  };
  tell('machine', machineFindings({ nodeVersion: process.versions.node, path: io.env['PATH'] ?? '' }));
  for (const { name, available } of listBackends()) if (available) tell(name, await diagnose(name));
  for (const spec of engine) tell(spec, await deviceFindings(spec, () => io.nowNs()));
  const error = placed.find(({ severity }) => severity === 'error');
  if (error !== undefined) io.setExitCode(error.subject === 'machine' ? EXIT.CONFIG : exitOfCode(error.code));
  if (!json) io.stdout.write(`${closing(placed)}\n`);
}

function asText({ severity, code, what, remedy }: Finding): string {
  const line = `  ${LABELS[severity]} ${code}: ${what}\n`;
  return remedy === undefined ? line : `${line}  ${REMEDY}${remedy}\n`;
}

function closing(findings: readonly Finding[]): string {
  const count = (severity: Finding['severity']) => findings.filter((each) => each.severity === severity).length;
  return `${count('ok')} ok, ${count('warning')} warnings, ${count('error')} errors`;
}
