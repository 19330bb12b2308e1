// `npm run addon`: builds the native engine anew, whatever the last build said; status 1 where it cannot be built.
import { rebuildAddon } from './prepare.mjs';

const { addon } = await rebuildAddon();
if (addon === 'built') console.log('gatebook: the native engine is built');
else process.exitCode = 1;
