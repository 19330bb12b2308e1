import type { ExitCode } from './exit-codes.js';
import { EXIT } from './exit-codes.js';

/**
 * A text or byte sink. `write` returns false when the sink wants the caller to wait for `drained` before it writes
 * more; a caller that prints little may ignore it.
 */
export interface CliSink {
  write(chunk: string | Uint8Array): boolean;
  /** Resolves when the sink can take more, or rejects with its error (EPIPE included). */
  drained(): Promise<void>;
}

/**
 * Everything a subcommand touches of the process, so that a subcommand is a function that tests call with a fake.
 * Results go to stdout and nothing else does; diagnostics, progress and warnings go to stderr.
 */
export interface CliIo {
  readonly stdout: CliSink;
  readonly stderr: CliSink;
  /** Whether stdout is a terminal: no colour and no progress bar where it is not. */
  readonly isTTY: boolean;
  /** Size of the terminal behind stdout, as it is now; undefined where there is none. */
  readonly terminal?: { readonly columns: number; readonly rows: number } | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory that relative paths start from. */
  readonly cwd: string;
  /** Receive clock: nanoseconds since the Unix epoch. */
  nowNs(): bigint;
  /** Remembers the status the process ends with. The first status other than OK stays. */
  setExitCode(code: ExitCode): void;
}

/**
 * Ends a subcommand: the message (one line, with a stable code in it) goes to stderr, the status to the shell.
 * Thrown for anything the user can mend; any other error is a defect and ends with EXIT.FAILURE.
 */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

/** Whether an error says that the reader of our output went away (`gatebook ... | head`): quiet, status OK. */
export function isBrokenPipe(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}

/**
 * Runs the action of a subcommand and turns what it throws into a message and a status. Errors that are neither
 * CliError nor a closed pipe are defects, and pass through with their stack.
 */
export async function guarded(io: CliIo, action: () => void | Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (isBrokenPipe(error)) return;
    if (!(error instanceof CliError)) throw error;
    io.stderr.write(`gatebook: ${error.message}\n`);
    io.setExitCode(error.exitCode);
  }
}

function outputError(cause: unknown): unknown {
  if (isBrokenPipe(cause)) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CliError(EXIT.IO, `cannot write output: ${why}`, { cause });
}

/**
 * Wraps a writable stream. A write error is kept and thrown from the next call; one that comes after the last call
 * (a full disk behind a redirection) still reaches the exit status.
 */
function streamSink(stream: NodeJS.WriteStream): CliSink {
  let failure: Error | undefined;
  let told = false;
  const tell = (cause: unknown): unknown => {
    told = true;
    return outputError(cause);
  };
  let wake: Array<() => void> = [];
  const wakeAll = (): void => {
    const waiting = wake;
    wake = [];
    for (const resume of waiting) {
      resume();
    }
  };
  stream.on('error', (error: Error) => {
    failure ??= error;
    if (!isBrokenPipe(error) && (process.exitCode === undefined || process.exitCode === EXIT.OK)) {
      process.exitCode = EXIT.IO;
    }
    wakeAll();
  });
  stream.on('drain', wakeAll);
  // What failed after the last call was told to nobody yet.
  process.once('exit', () => {
    if (failure === undefined || told || isBrokenPipe(failure)) return;
    process.stderr.write(`gatebook: cannot write output: ${failure.message}\n`);
  });
  return {
    write(chunk) {
      if (failure !== undefined) throw tell(failure);
      try {
        return stream.write(chunk);
      } catch (error) {
        // A stream over a plain file writes, and fails, at once.
        throw tell(error);
      }
    },
    async drained() {
      if (failure === undefined && stream.writableNeedDrain) {
        await new Promise<void>((resume) => wake.push(resume));
      }
      if (failure !== undefined) throw tell(failure);
    },
  };
}

/** The real process. Call once: it listens for errors on stdout and stderr. */
export function processIo(): CliIo {
  // hrtime has no epoch; one reading of the wall clock anchors it, so that times within a run never step backwards.
  const anchorNs = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  return {
    stdout: streamSink(process.stdout),
    stderr: streamSink(process.stderr),
    isTTY: process.stdout.isTTY === true,
    get terminal() {
      const { columns, rows } = process.stdout;
      // A terminal that knows no size says 0.
      return process.stdout.isTTY === true && columns > 0 && rows > 0 ? { columns, rows } : undefined;
    },
    env: process.env,
    cwd: process.cwd(),
    nowNs: () => anchorNs + process.hrtime.bigint(),
    setExitCode(code) {
      if (process.exitCode === undefined || process.exitCode === EXIT.OK) {
        process.exitCode = code;
      }
    },
  };
}
