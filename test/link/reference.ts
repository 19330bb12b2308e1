// What an engine that is fed without any link emits.
import type { Profile } from '../../src/contract/profile.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';

/** RESET_DONE of `epoch` first. */
export function direct(commands: Uint8Array, profile: Profile, epoch = 1): Uint8Array {
  const engine = new SoftwareEngine(profile);
  const out = new Uint8Array(engine.maxEventBytes + 4096);
  engine.reset(epoch, out);
  const chunks = [out.slice(0, engine.eventBytes)];
  for (let from = 0; from < commands.length; ) {
    from = engine.consume(commands, from, out);
    chunks.push(out.slice(0, engine.eventBytes));
  }
  engine.close();
  return new Uint8Array(Buffer.concat(chunks));
}
