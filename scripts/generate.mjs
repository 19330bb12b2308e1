// `npm run generate`: writes the files that are generated from the contract. With --check it only says which are stale.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './node-version.mjs';
import { prepare } from './prepare.mjs';

await prepare({ kind: 'run', steps: ['install'] });
// The generator is compiled by itself and unchecked: a stale generated file may be just why the rest does not compile.
const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const compiled = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.generate.json'], { cwd: ROOT, stdio: 'inherit' });
if (compiled.status !== 0) process.exit(1);
const { generate } = await import(pathToFileURL(join(ROOT, 'build', 'generate', 'contract', 'generate.js')).href);
const check = process.argv.includes('--check');
const stale = generate({ root: ROOT, check });
for (const path of stale) console.log(`${check ? 'stale' : 'written'}: ${path}`);
if (stale.length === 0) console.log('all generated files are up to date');
if (check && stale.length > 0) {
  console.error('src/contract has changed since: `npm run generate` mends it');
  process.exitCode = 1;
}
