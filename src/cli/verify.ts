// gatebook verify: one random program on several engines, compared byte by byte.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { COMMAND_BYTES } from '../contract/definition.js';
import { formatProfile, type Profile } from '../contract/profile.js';
import { canTrace, createEngine, defaultProfile, isEngine, open, resolveBackend } from '../hal/registry.js';
import { splitSpecs } from '../hal/spec.js';
import { hex } from '../hal/tally.js';
import { differenceText, programText } from '../verify/divergence.js';
import { FAULT_NAMES, FAULTS, type FaultName } from '../verify/faults.js';
import {
  type Divergence,
  type ProgramOptions,
  type VerifyEngine,
  type VerifyResult,
  verify,
} from '../verify/verify.js';
import { type VerifyDevice, verifyDevices } from '../verify/verify-devices.js';
import { wholeNumber } from './capture.js';
import { EXIT } from './exit-codes.js';
import { halAction, profileOption } from './hal-action.js';
import { CliError, type CliIo } from './io.js';
import { followSupervision, judgeSupervision, type SupervisionSummary } from './supervision.js';

const MOST_COMMANDS = 1e12;
const PROGRESS_MS = 200;

interface VerifyFlags {
  readonly engines: readonly string[];
  readonly commands: number;
  readonly seed: number;
  readonly profile?: Profile;
  readonly inject?: FaultName;
  readonly log?: string;
  readonly out: string;
  readonly json: boolean;
}

type RunFlags = VerifyFlags & { readonly profile: Profile };

/** Waveforms of a long program begin this many commands before what differs. */
const TRACED_BEFORE = 200;

/** Adds `gatebook verify`. */
export function registerVerify(program: Command, io: CliIo): void {
  const faults = Object.entries(FAULTS).map(([name, doc]) => `  ${name.padEnd(20)}${doc}`);
  program
    .command('verify')
    .description('run one random program on several engines and compare every event byte')
    .requiredOption(
      '--engines <a,b,...>',
      'two or more engines or devices; the first engine of this process is the reference; pairs: (supervised:a,b)',
      engineList,
    )
    .requiredOption('--commands <n>', 'length of the program', wholeNumber(1, MOST_COMMANDS))
    .requiredOption('--seed <n>', 'same seed, same program', wholeNumber(0, 2 ** 32 - 1))
    .option(
      '--profile <profile>',
      'limits: a name, or name,field=value,... (default: one that all take)',
      profileOption,
    )
    .addOption(new Option('--inject <fault>', 'put a fault into the second engine').choices(FAULT_NAMES))
    .option('--log <file>', 'append one JSON line for each million commands')
    .option('--out <folder>', 'where the program of a divergence is written', '.')
    .option('--json', 'JSON lines on stdout: segments, a divergence, the summary', false)
    .addHelpText('after', `\nFaults, for trying out the comparison:\n${faults.join('\n')}`)
    .action((flags: VerifyFlags) => halAction(io, () => run(io, flags)));
}

async function run(io: CliIo, given: VerifyFlags): Promise<void> {
  const profile = given.profile ?? defaultProfile(...given.engines);
  const flags = { ...given, profile };
  const { commands, seed, inject } = flags;
  const logPath = flags.log === undefined ? undefined : resolve(io.cwd, flags.log);
  const progress = progressLine(io, commands);
  let result: VerifyResult;
  const pairs: (() => SupervisionSummary | undefined)[] = [];
  try {
    result = await compare(io, flags, pairs, {
      profile,
      commands,
      seed,
      onProgress: progress.show,
      onSegment: (line) => {
        if (logPath !== undefined) writing(logPath, () => appendFileSync(logPath, `${JSON.stringify(line)}\n`));
        if (flags.json) io.stdout.write(`${JSON.stringify({ type: 'segment', ...line })}\n`);
      },
    });
  } finally {
    progress.clear();
  }
  const repro = result.divergence === undefined ? undefined : writeRepro(io, flags, result.divergence);
  if (result.divergence !== undefined) reportDivergence(io, flags, result.divergence, repro as string);
  const summaries = pairs.flatMap((summary) => summary() ?? []);
  reportSummary(io, flags, result, summaries);
  await io.stdout.drained();
  judge(io, inject, result);
  for (const summary of summaries) judgeSupervision(io, summary);
}

/** What stands behind the name makes another engine of it. */
const nameOf = (spec: string) => (spec.includes(':') ? spec : resolveBackend(spec));

/** Engines of this process record by record; with a device among them all as devices, against one such engine. */
async function compare(
  io: CliIo,
  { engines, inject, json }: RunFlags,
  pairs: (() => SupervisionSummary | undefined)[],
  program: ProgramOptions,
): Promise<VerifyResult> {
  const engineOf = (spec: string): VerifyEngine => ({
    name: nameOf(spec),
    create: (profile) => createEngine(spec, profile),
  });
  if (engines.every(isEngine)) return verify({ ...program, engines: engines.map(engineOf), inject });
  if (inject !== undefined) throw new CliError(EXIT.USAGE, '--inject needs engines of this process alone');
  const reference = engines.find(isEngine) ?? 'software';
  const first = engines.indexOf(reference);
  const devices = engines.filter((_, position) => position !== first);
  const deviceOf = (spec: string): VerifyDevice => ({
    name: nameOf(spec),
    open: async (profile) => {
      const device = await open(spec, { profile });
      pairs.push(followSupervision(io, device, json));
      return device;
    },
  });
  return verifyDevices({ ...program, reference: engineOf(reference), devices: devices.map(deviceOf) });
}

function judge(io: CliIo, inject: FaultName | undefined, result: VerifyResult): void {
  if (result.divergence !== undefined) {
    io.setExitCode(EXIT.DIVERGENCE);
  } else if (inject !== undefined && result.struckAt === undefined) {
    throw new CliError(EXIT.FAILURE, `FAULT_NOT_INJECTED: the program gave no place for ${inject}; run more commands`);
  } else if (inject !== undefined) {
    throw new CliError(EXIT.FAILURE, `FAULT_NOT_CAUGHT: ${inject} at command ${result.struckAt} changed no event`);
  }
}

function writeRepro(io: CliIo, flags: RunFlags, { shrunk, commands, segment }: Divergence): string {
  const path = join(resolve(io.cwd, flags.out), `divergence-${flags.seed}-${segment}.ndjson`);
  writing(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, programText(flags.profile, shrunk?.commands ?? commands));
  });
  return path;
}

function writing(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(EXIT.IO, `IO: cannot write ${path}: ${why}`, { cause: error });
  }
}

function reportDivergence(io: CliIo, { json }: VerifyFlags, divergence: Divergence, repro: string): void {
  const { engines, segment, shrunk, commands } = divergence;
  const left = (shrunk?.commands ?? commands).length / COMMAND_BYTES;
  if (json) {
    const what = { type: 'divergence', engines, segment, commands: left, file: repro, difference: shrunk?.difference };
    io.stdout.write(`${JSON.stringify(what)}\n`);
    return;
  }
  io.stdout.write(`${engines[0]} and ${engines[1]} differ in segment ${segment}; ${left} commands show it: ${repro}\n`);
  if (shrunk === undefined) {
    io.stdout.write('Run again they do not differ on this segment: the cause lies before its reset, or came once.\n');
  } else {
    io.stdout.write(`${differenceText(shrunk.difference, engines)}\n`);
    const exec = `npx gatebook exec --engine ${engines[1]}`;
    io.stdout.write(`To run it: ${exec} < '${repro}'\n`);
    if (canTrace(engines[1])) {
      const from = Math.max(0, shrunk.difference.commandIndex - TRACED_BEFORE);
      const trace = repro.replace(/\.ndjson$/, '.fst');
      io.stdout.write(`With waveforms: ${exec} --trace '${trace}' --trace-from ${from} < '${repro}'\n`);
    }
  }
}

function reportSummary(
  io: CliIo,
  flags: RunFlags,
  result: VerifyResult,
  supervised: readonly SupervisionSummary[],
): void {
  const summary = {
    type: 'summary',
    engines: flags.engines.map(nameOf),
    commands: result.commands,
    events: result.events,
    divergences: result.divergence === undefined ? 0 : 1,
    crc32: hex(result.crc32),
    records: result.records,
    seed: flags.seed,
    profile: formatProfile(flags.profile),
    ...(supervised.length === 0 ? {} : { supervised }),
    ...(flags.inject === undefined ? {} : { inject: flags.inject, struckAt: result.struckAt ?? null }),
  };
  if (flags.json) {
    io.stdout.write(`${JSON.stringify(summary)}\n`);
    return;
  }
  const verdict = summary.divergences === 0 ? 'equal' : 'DIFFERENT';
  io.stdout.write(
    `${summary.engines.join(', ')}: ${verdict} over ${summary.commands} commands and ${summary.events} events, ` +
      `CRC ${summary.crc32}, seed ${summary.seed}\n`,
  );
}

function engineList(text: string): readonly string[] {
  let engines: readonly string[];
  try {
    engines = splitSpecs(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
  if (engines.length < 2 || engines.includes('')) throw new InvalidArgumentError('Not two or more names, with commas.');
  return engines;
}

/** A line on stderr that is written over; nothing where no terminal shows it. */
function progressLine(io: CliIo, commands: number) {
  if (!io.isTTY) return { show: () => {}, clear: () => {} };
  let last = 0n;
  return {
    show: (done: number) => {
      const now = io.nowNs();
      if (now - last < BigInt(PROGRESS_MS) * 1_000_000n) return;
      last = now;
      io.stderr.write(`\rverify: ${done} of ${commands} commands (${Math.floor((done / commands) * 100)} %)`);
    },
    clear: () => void io.stderr.write('\r\x1b[K'),
  };
}
