// `npm run bench [-- ARGUMENTS]`: compiles bench/ and runs its main.ts with the arguments.
// It imports the compiled program from ../dist; dist.bench lies beside dist, so that the paths hold after compiling.
import { spawnSync } from 'node:child_process';
import { ROOT } from './node-version.mjs';
import { prepare } from './prepare.mjs';

const node = (...args) => spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status ?? 1;

await prepare({ kind: 'all', quiet: true });
const compiled = node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.bench.json');
process.exitCode = compiled || node('dist.bench/main.js', ...process.argv.slice(2));
