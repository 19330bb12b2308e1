// `npm run build`: everything that the program needs, and nothing that only tests need.
import { PrepareError, prepare } from './prepare.mjs';

try {
  const { did } = await prepare({ kind: 'run' });
  console.log(`gatebook: ${did.length === 0 ? 'everything was up to date' : `done: ${did.join(', ')}`}`);
} catch (error) {
  if (!(error instanceof PrepareError)) throw error;
  console.error(`gatebook: ${error.message}`);
  process.exitCode = 1;
}
