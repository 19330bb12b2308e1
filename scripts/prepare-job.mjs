// What the steps of `prepare` share: their place in the stamp, and work that says what it does and how long it takes.
import { readStamp, writeStamp } from './prepare-stamp.mjs';

/**
 * @typedef {object} Job
 * @property {'run' | 'all'} kind
 * @property {string} root
 * @property {import('./prepare-machine.mjs').Machine} machine
 * @property {(text: string) => void} say
 * @property {(pid: number) => void} addProcess names what is started to the holder of the lock
 * @property {string[]} did steps done so far
 */

/** Takes a step out of the stamp before it is redone, so that an interruption is seen by the next run. */
export function forget(job, step) {
  const stamp = readStamp(job.root);
  delete stamp[step];
  writeStamp(job.root, stamp);
}

export function remember(job, step, entry) {
  writeStamp(job.root, { ...readStamp(job.root), [step]: entry });
  job.did.push(step);
}

/** @returns {Promise<{ code: number, output: string }>} */
export async function timed(job, text, command, args, env = {}) {
  job.say(text);
  return await job.machine.run(command, args, {
    cwd: job.root,
    env,
    onStart: job.addProcess,
    onBusy: (seconds) => job.say(`still ${text} (${seconds} s)`),
  });
}
