#!/usr/bin/env node
// The `gatebook` command. Preparing the folder writes to stderr only: stdout belongs to the command.
import { requireNode } from '../scripts/node-version.mjs';

requireNode();
// Imported only now, as an old Node could not read it.
import('../scripts/run-command.mjs').then(({ runCommand }) => runCommand(process.argv.slice(2), { quiet: true }));
