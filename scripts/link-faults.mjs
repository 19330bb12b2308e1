// `npm run link-faults -- --faults N --seed S [--pins | --bar]`: a campaign of faults over the simulated link or BAR
// (src/faults).
// `--seed commit`: drawn by the commit, so that every change meets other programs and other faults.
import { execFileSync } from 'node:child_process';
import { ROOT } from './node-version.mjs';
import { prepareBoards } from './prepare.mjs';

const STATUS_NOT_RUN = 77;
const SEED_DIGITS = 7;

function seedOfCommit() {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' });
  return String(1 + Number.parseInt(commit.slice(0, SEED_DIGITS), 16));
}

if (await prepareBoards({ log: (line) => console.error(line) })) {
  const { main } = await import('../dist/faults/main.js');
  const args = process.argv.slice(2).map((arg) => (arg === 'commit' ? seedOfCommit() : arg));
  process.exitCode = await main(args);
} else {
  console.log('NOT RUN: the simulated boards could not be built here');
  process.exitCode = STATUS_NOT_RUN;
}
