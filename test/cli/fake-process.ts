// A command line run on a process that is not there, and what came out of it.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CliIo, CliSink } from '../../src/cli/io.js';
import { runCli } from '../../src/cli/main.js';
import { listBackends } from '../../src/hal/registry.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SESSION = join(ROOT, 'data', 'btc-updown-15m-2026-04-01.capture');

/** Every engine of this process; `reason` is there where it cannot be used. */
export const ENGINES = listBackends()
  .filter(({ inProcess }) => inProcess)
  .map(({ name, reason }) => ({ name, reason }));
export const missingNative = ENGINES.find(({ name }) => name === 'native')?.reason;

export interface Run {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

/** stdin in the pieces in which it comes. */
export type Input = string | Uint8Array | readonly (string | Uint8Array)[] | AsyncIterable<string | Uint8Array>;

async function* pieces(input: Input): AsyncGenerator<string | Uint8Array> {
  if (typeof input !== 'string' && !(input instanceof Uint8Array)) yield* input;
  else if (input.length > 0) yield input;
}

function sink(kept: Buffer[], onWrite?: (text: string) => void): CliSink {
  return {
    write(chunk) {
      kept.push(Buffer.from(chunk));
      onWrite?.(Buffer.from(chunk).toString('latin1'));
      // Always full: a command that waits has to wait, and goes on.
      return false;
    },
    drained: () => Promise.resolve(),
  };
}

/** Runs a command line in this process; onWrite is told what goes to stdout, when it does. */
export async function gatebook(
  args: readonly string[],
  input: Input = '',
  cwd: string = ROOT,
  onWrite?: (text: string) => void,
): Promise<Run> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const io: CliIo = {
    stdout: sink(out, onWrite),
    stderr: sink(err),
    isTTY: false,
    env: {},
    cwd,
    nowNs: () => 0n,
    setExitCode: () => {},
  };
  const status = await runCli(args, io, pieces(input));
  return { out: Buffer.concat(out).toString('latin1'), err: Buffer.concat(err).toString('utf8'), status };
}

/** The JSON objects of an output, one a line; throws for anything else in it. */
export function jsonLines(text: string): Record<string, unknown>[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error(`the output does not end with a newline: ${text.slice(-80)}`);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** JSON values as the lines of an input. */
export const ndjson = (...values: readonly object[]): string => values.map((v) => `${JSON.stringify(v)}\n`).join('');
