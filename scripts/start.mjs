// `npm start`: from a fresh clone to the demonstration.
import { requireNode } from './node-version.mjs';

requireNode();
console.log('gatebook: checking that everything is installed and built');
// Imported only now, as an old Node could not read it.
import('./run-command.mjs').then(({ runCommand }) => runCommand(['demo', ...process.argv.slice(2)], { quiet: false }));
