// `npm run boards-sim [-- --if-needed]`: verilates the boards and builds the addon that simulates them, anew or where
// it is out of date; status 1 where it cannot be built. Says so on stderr: `gatebook board sim` starts it too.
import { prepareBoards, rebuildVerilator } from './prepare.mjs';

const args = process.argv.slice(2);
if (args.length > 1 || (args.length === 1 && args[0] !== '--if-needed')) {
  console.error('build-boards.mjs: --if-needed or nothing');
  process.exit(2);
}
const log = (line) => console.error(line);
if (args.length === 1) {
  if (!(await prepareBoards({ log }))) process.exitCode = 1;
} else if (await rebuildVerilator({ log }, 'boards')) {
  console.error('gatebook: the simulated boards are built');
} else process.exitCode = 1;
