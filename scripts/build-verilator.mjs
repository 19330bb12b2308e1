// `npm run verilator [-- --trace]`: verilates the RTL and builds the addon anew, or the one that writes waveforms;
// status 1 where it cannot be built.
import { rebuildVerilator } from './prepare.mjs';

const args = process.argv.slice(2);
if (args.length > 1 || (args.length === 1 && args[0] !== '--trace')) {
  console.error('build-verilator.mjs: --trace or nothing');
  process.exit(2);
}
const trace = args.length === 1;
if (await rebuildVerilator({}, trace ? 'trace' : 'plain')) {
  console.log(`gatebook: the verilated kernel${trace ? ' with waveforms is' : 's are'} built`);
} else process.exitCode = 1;
