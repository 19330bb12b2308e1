// Runs a development tool by name, installed first where it is not: `node scripts/tool.mjs biome check`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './node-version.mjs';
import { prepare } from './prepare.mjs';

const TOOLS = {
  biome: '@biomejs/biome/bin/biome',
  tsc: 'typescript/bin/tsc',
  vitest: 'vitest/vitest.mjs',
};

const [name = '', ...args] = process.argv.slice(2);
if (TOOLS[name] === undefined) {
  console.error(`tool.mjs: one of ${Object.keys(TOOLS).join(', ')}, not '${name}'`);
  process.exit(2);
}
await prepare({ kind: 'all', steps: ['install'], quiet: true });
const tool = join(ROOT, 'node_modules', TOOLS[name]);
process.exitCode = spawnSync(process.execPath, [tool, ...args], { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
