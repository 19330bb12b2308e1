// gatebook import <format> <in> <out.capture>
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { IMPORT_FORMATS, importCapture, type LineRefusal, MAX_RECORD_BYTES } from '../capture/index.js';
import { captureAction, wholeNumber, writeJson } from './capture.js';
import { EXIT } from './exit-codes.js';
import { CliError, type CliIo } from './io.js';

/** Refused lines named one by one; a file of the wrong kind would fill the screen. */
const SHOWN_REFUSALS = 20;

interface ImportFlags {
  readonly force: boolean;
  readonly json: boolean;
  readonly strict: boolean;
  readonly field: Readonly<Record<string, string>>;
  readonly compression?: number;
  readonly maxLine?: number;
  readonly time?: string;
  readonly venue?: string;
  readonly origin?: string;
  readonly licence?: string;
}

function addField(text: string, former: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Not name=value.');
  return { ...former, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Adds `gatebook import`. */
export function registerImport(program: Command, io: CliIo): void {
  const names = IMPORT_FORMATS.map(({ name }) => name);
  const formats = IMPORT_FORMATS.map(({ name, description }) => `  ${name.padEnd(20)}${description}`);
  program
    .command('import')
    .description('turn recorded text into a capture; gzip is recognised by content')
    .addArgument(new Argument('<format>', 'how the input is written').choices(names))
    .argument('<in>', 'text file, plain or gzip')
    .argument('<out.capture>', 'capture to make; appears whole or not at all')
    .option('--force', 'replace an output that exists', false)
    .option('--json', 'summary as one JSON object on stdout', false)
    .option('--strict', 'fail at the first refused line and make nothing', false)
    .option('--compression <quality>', 'brotli quality 0..11 (default 5; 11 for data to be kept)', wholeNumber(0, 11))
    .option('--max-line <bytes>', 'refuse longer lines', wholeNumber(1, MAX_RECORD_BYTES))
    .option('--time <source>', 'where receive times come from, where the format leaves a choice')
    .option('--venue <name>', 'who sent the data')
    .option('--origin <text>', 'where the data came from: repository, commit, path')
    .option('--licence <spdx>', 'licence of the data')
    .option('--field <name=value>', 'further metadata; may be given again', addField, {})
    .addHelpText('after', `\nFormats:\n${formats.join('\n')}`)
    .action((format: string, input: string, output: string, flags: ImportFlags) =>
      captureAction(io, flags.json, () => runImport(io, format, input, output, flags)),
    );
}

/** --force replaces an earlier capture: never the input itself, and nothing that is no plain file. */
function checkOutput(input: string, output: string): void {
  const there = statSync(output, { throwIfNoEntry: false });
  if (there === undefined) return;
  const source = statSync(input, { throwIfNoEntry: false });
  if (source?.dev === there.dev && source.ino === there.ino) {
    throw new CliError(EXIT.USAGE, `OUTPUT_IS_INPUT: ${output} is the input itself`);
  }
  if (!there.isFile()) throw new CliError(EXIT.USAGE, `OUTPUT_NOT_A_FILE: ${output} is no plain file`);
}

async function runImport(io: CliIo, format: string, input: string, output: string, flags: ImportFlags): Promise<void> {
  let refusals = 0;
  const onRefusal = ({ line, code, reason }: LineRefusal): void => {
    refusals += 1;
    if (refusals <= SHOWN_REFUSALS) io.stderr.write(`gatebook: ${input}: line ${line}: ${code}: ${reason}\n`);
  };
  checkOutput(resolve(io.cwd, input), resolve(io.cwd, output));
  const { compression, maxLine, time, venue, origin, licence } = flags;
  const summary = await importCapture({
    format,
    input: resolve(io.cwd, input),
    output: resolve(io.cwd, output),
    force: flags.force,
    strict: flags.strict,
    fields: flags.field,
    onRefusal,
    ...(compression === undefined ? {} : { compression }),
    ...(maxLine === undefined ? {} : { maxLineBytes: maxLine }),
    ...(time === undefined ? {} : { timeSource: time }),
    ...(venue === undefined ? {} : { venue }),
    ...(origin === undefined ? {} : { origin }),
    ...(licence === undefined ? {} : { licence }),
  });
  if (refusals > SHOWN_REFUSALS) io.stderr.write(`gatebook: ... and ${refusals - SHOWN_REFUSALS} more\n`);
  if (flags.json) {
    writeJson(io, summary);
    return;
  }
  const refused = Object.entries(summary.refused).map(([code, count]) => `${count} ${code}`);
  const but = refused.length === 0 ? '' : `, refused ${refused.join(', ')}`;
  io.stdout.write(`${summary.records} records of ${summary.lines} lines${but}: ${summary.outputBytes} bytes\n`);
}
