// The statuses of exit-codes.ts as the help shows them; a test holds the two together.
import { EXIT } from './exit-codes.js';

export const EXIT_DOCS: Readonly<Record<keyof typeof EXIT, string>> = {
  OK: 'done; also when the reader of our output went away early',
  FAILURE: 'anything without a status of its own, internal errors included',
  USAGE: 'unknown command, option or format, or an argument that does not parse',
  INPUT_CORRUPT: 'an input is damaged, or not what it claims to be',
  INPUT_TORN: 'an input ends in the middle of a record',
  DIVERGENCE: 'two engines, or an engine and a recording, gave different bytes',
  DEVICE: 'a device could not be opened, went away, or failed',
  IO: 'a file or socket could not be read or written',
  CONFIG: 'a configuration is invalid',
};

export function exitHelp(): string {
  const lines = Object.entries(EXIT_DOCS).map(([name, doc]) => {
    const status = EXIT[name as keyof typeof EXIT];
    return `  ${status}  ${name.padEnd(14)}${doc}`;
  });
  return `\nExit statuses:\n${lines.join('\n')}\n\nGATEBOOK_DEBUG=1 shows the stack of an internal error.`;
}
