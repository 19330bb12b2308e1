// Prepares the folder, then runs a `gatebook` command in this process.
import { PrepareError, prepare } from './prepare.mjs';

/**
 * @param {string[]} args of the command
 * @param {{ quiet: boolean }} options as for prepare
 */
export async function runCommand(args, { quiet }) {
  try {
    await prepare({ kind: 'run', quiet });
  } catch (error) {
    if (!(error instanceof PrepareError)) throw error;
    console.error(`gatebook: ${error.message}`);
    process.exitCode = 1;
    return;
  }
  const { runCli } = await import('../dist/cli/main.js');
  process.exitCode = await runCli(args);
}
