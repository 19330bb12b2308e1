// A host that is killed: a process of its own, so that nothing of it closes a mapping or gives a lock back.
import { join } from 'node:path';
import * as bar from '../contract/generated/transports.js';
import { PACKAGE_ROOT } from '../hal/build-info.js';

/** Maps, resets and writes for ever, and says so once: there is no good moment to be killed. */
export const KILLED_HOST = `
  const { BarWindow } = require(process.argv[1]);
  const window = new BarWindow(process.argv[2]);
  window.attach(Uint32Array.from(process.argv[3].split(','), Number));
  window.readControl();
  const generation = (window.state[8] % 65535) + 1;
  window.reset(1, generation);
  const commands = new Uint8Array(16 * 100);
  const out = new Uint8Array(64);
  let told = false;
  setInterval(() => {}, 1000);
  (function turn() {
    window.readControl();
    if (window.state[9] === generation) {
      window.write(commands, 0);
      window.poll(out);
      if (!told && window.state[3] > 20) {
        told = true;
        console.log('midway');
      }
    }
    setImmediate(turn);
  })();
`;

export function killedHostArguments(path: string): string[] {
  const layout = [
    bar.MAP_COMMAND_RING,
    bar.MAP_LINES,
    bar.MAP_CONTROL + bar.CONTROL_COMMAND_DOORBELL,
    bar.MAP_EVENT_RING,
    bar.MAP_LINES,
    bar.MAP_CONTROL + bar.CONTROL_EVENT_DOORBELL,
    bar.MAP_CONTROL,
    bar.MAP_REGISTERS,
  ];
  return [join(PACKAGE_ROOT, 'build', 'Release', 'gatebook_native.node'), path, layout.join(',')];
}
