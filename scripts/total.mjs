// The closing line over several runs: `node scripts/total.mjs tests campaigns`. A run that left no counts has failed.
import { readFileSync } from 'node:fs';
import { resultsPath } from './results.mjs';
import { closingLine, total } from './verdict.mjs';

function countsOf(name) {
  try {
    return JSON.parse(readFileSync(resultsPath(name), 'utf8'));
  } catch {
    console.log(`${name}: left no counts`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const sum = total(process.argv.slice(2).map(countsOf));
console.log(closingLine(sum));
if (sum.failed > 0 || sum.passed === 0) process.exitCode = 1;
