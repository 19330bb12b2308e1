// The two subcommands on a real process.
import { Command } from 'commander';
import { registerCapture } from '../../src/cli/capture.js';
import { registerImport } from '../../src/cli/import.js';
import { processIo } from '../../src/cli/io.js';

const io = processIo();
const program = new Command('gatebook');
registerImport(program, io);
registerCapture(program, io);
await program.parseAsync();
