// `npm run link-faults -- --faults N --seed S [--pins]`: a campaign of faults over the simulated link (src/faults).
import { prepareBoards } from './prepare.mjs';

if (await prepareBoards({ log: (line) => console.error(line) })) {
  const { main } = await import('../dist/faults/main.js');
  process.exitCode = await main(process.argv.slice(2));
} else process.exitCode = 6;
