// The `gatebook` command: what belongs to no single subcommand.
import { Command, CommanderError } from 'commander';
import { CONTRACT_DIGEST } from '../contract/generated/records.js';
import { buildInfo } from '../hal/build-info.js';
import { registerBench } from './bench.js';
import { registerBoard } from './board.js';
import { addBoardSim } from './board-sim.js';
import { registerCapture } from './capture.js';
import { registerDemo } from './demo.js';
import { registerDoctor } from './doctor.js';
import { registerEngines } from './engines.js';
import { type ByteSource, registerExec } from './exec.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { exitHelp } from './exit-docs.js';
import { asCliError } from './hal-action.js';
import { registerImport } from './import.js';
import { CliError, type CliIo, isBrokenPipe, processIo } from './io.js';
import { registerReplay } from './replay.js';
import { registerVerify } from './verify.js';

/** Subcommands in the order in which the help lists them. */
function registerAll(program: Command, io: CliIo, input: ByteSource): void {
  registerDemo(program, io);
  registerReplay(program, io);
  registerExec(program, io, input);
  registerVerify(program, io);
  registerEngines(program, io);
  registerDoctor(program, io);
  registerBench(program, io);
  registerImport(program, io);
  registerCapture(program, io);
  addBoardSim(registerBoard(program, io), io);
}

/**
 * Runs one command line.
 * @param argv arguments without the interpreter and the script
 * @param io the process without it; with the process, a status that an output error left behind counts too
 * @param input stdin of `exec`
 * @returns the exit status
 */
export async function runCli(argv: readonly string[], io?: CliIo, input: ByteSource = process.stdin): Promise<number> {
  let status: ExitCode = EXIT.OK;
  const inner = io ?? processIo();
  const tracked: CliIo = {
    stdout: inner.stdout,
    stderr: inner.stderr,
    isTTY: inner.isTTY,
    get terminal() {
      return inner.terminal;
    },
    env: inner.env,
    cwd: inner.cwd,
    nowNs: () => inner.nowNs(),
    setExitCode: (code) => {
      if (status === EXIT.OK) status = code;
      inner.setExitCode(code);
    },
  };
  try {
    await programFor(tracked, input).parseAsync([...argv], { from: 'user' });
  } catch (error) {
    tracked.setExitCode(report(tracked, error));
  }
  if (status === EXIT.OK && io === undefined && process.exitCode !== undefined) return Number(process.exitCode);
  return status;
}

function programFor(io: CliIo, input: ByteSource): Command {
  const program = new Command('gatebook');
  const { version, commit } = buildInfo();
  program
    .description('order-book and arbitrage kernels for prediction markets: one contract, many engines')
    .version(`gatebook ${version} (commit ${commit.slice(0, 12)}, contract ${CONTRACT_DIGEST})`)
    .addHelpText('after', exitHelp())
    .action((_flags: unknown, command: Command) => {
      // Without a subcommand the help is the answer; anything else is a name that does not exist.
      const [unknown] = command.args;
      if (unknown !== undefined) command.error(`error: unknown command '${unknown}'; see gatebook --help`);
      io.stdout.write(program.helpInformation() + exitHelp());
      io.stdout.write('\n');
    })
    .allowExcessArguments()
    .helpCommand(true);
  configure(program, io);
  registerAll(program, io, input);
  for (const command of program.commands) configureDeep(command, io);
  return program;
}

function configureDeep(command: Command, io: CliIo): void {
  configure(command, io);
  // Only the root takes words that it does not know, to say that there is no such command.
  command.allowExcessArguments(false);
  for (const child of command.commands) configureDeep(child, io);
}

/** Usage errors are one line on stderr; nothing ends the process but the status. */
function configure(command: Command, io: CliIo): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void io.stderr.write(text),
    outputError: (text, write) => write(`gatebook: ${oneLine(text.replace(/^error: /, ''))}\n`),
  });
}

const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ');

function report(io: CliIo, thrown: unknown): ExitCode {
  const error = asCliError(thrown);
  // commander has said what was wrong; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.OK : EXIT.USAGE;
  if (isBrokenPipe(error)) return EXIT.OK;
  try {
    if (error instanceof CliError) {
      io.stderr.write(`gatebook: ${error.message}\n`);
      return error.exitCode;
    }
    const message = error instanceof Error ? error.message : String(error);
    io.stderr.write(`gatebook: INTERNAL: ${oneLine(message)} (GATEBOOK_DEBUG=1 shows where)\n`);
    if (io.env['GATEBOOK_DEBUG'] === '1' && error instanceof Error) io.stderr.write(`${error.stack}\n`);
  } catch {
    // Nobody reads stderr either; the status says it.
  }
  return EXIT.FAILURE;
}
