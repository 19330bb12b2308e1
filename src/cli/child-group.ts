// Long builds run beside us in a process group of their own: what asks this process to end, ends all of them.
import { spawn } from 'node:child_process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Ended {
  /** Not 0 where it could not be started, or ended by a signal. */
  readonly status: number;
  /** The signal that this process got meanwhile and passed on. */
  readonly stopped: NodeJS.Signals | undefined;
}

/**
 * Runs a script of Node to its end. A first signal to this process goes on to the whole group, a second one kills it.
 * @param tell takes what they print, on whatever stream
 */
export function runScript(
  args: readonly string[],
  { cwd, tell }: { cwd: string; tell: (text: string) => void },
): Promise<Ended> {
  return new Promise((done) => {
    const detached = process.platform !== 'win32';
    const child = spawn(process.execPath, args, { cwd, detached, stdio: ['ignore', 'pipe', 'pipe'] });
    const pass = (text: string) => {
      try {
        tell(text);
      } catch {
        // Nobody reads it any more; what was begun is ended all the same.
      }
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', pass);
    let stopped: NodeJS.Signals | undefined;
    const stop = (signal: NodeJS.Signals) => {
      const again = stopped !== undefined;
      stopped ??= signal;
      if (child.pid !== undefined) kill(detached ? -child.pid : child.pid, again ? 'SIGKILL' : signal);
    };
    for (const signal of SIGNALS) process.on(signal, stop);
    const end = (status: number) => {
      for (const signal of SIGNALS) process.removeListener(signal, stop);
      done({ status, stopped });
    };
    child.on('error', (error) => {
      pass(`${error.message}\n`);
      end(1);
    });
    child.on('close', (status) => end(status ?? 1));
  });
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // All of them have ended.
  }
}
