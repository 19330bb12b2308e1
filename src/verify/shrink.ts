// Delta debugging: a failing program made small, in bounded time.
import { COMMAND_BYTES } from '../contract/definition.js';

/**
 * Drops chunks of commands, then single ones, as long as what is left still fails.
 * @param commands a program that fails
 * @param fails must be deterministic
 * @param inTime false ends the search with what is found by then
 */
export function shrink(
  commands: Uint8Array,
  fails: (commands: Uint8Array) => boolean,
  inTime: () => boolean,
): Uint8Array {
  const search = candidates(commands, inTime);
  let step = search.next();
  while (step.done !== true) step = search.next(fails(step.value));
  return step.value;
}

/** The same where a program takes a while to fail: on a device. */
export async function shrinkSlowly(
  commands: Uint8Array,
  fails: (commands: Uint8Array) => Promise<boolean>,
  inTime: () => boolean,
): Promise<Uint8Array> {
  const search = candidates(commands, inTime);
  let step = search.next();
  while (step.done !== true) step = search.next(await fails(step.value));
  return step.value;
}

/** Asks of one program after the other whether it fails; returns the smallest that did. */
function* candidates(commands: Uint8Array, inTime: () => boolean): Generator<Uint8Array, Uint8Array, boolean> {
  let kept: Uint8Array = commands.slice();
  let chunk = Math.max(1, Math.floor(kept.length / COMMAND_BYTES / 2));
  for (;;) {
    const before = kept.length;
    // From the end: what made the state is needed, what came between mostly is not.
    for (let end = kept.length / COMMAND_BYTES; end > 0 && inTime(); end -= chunk) {
      const start = Math.max(0, end - chunk);
      const rest = without(kept, start * COMMAND_BYTES, end * COMMAND_BYTES);
      if (rest.length > 0 && (yield rest)) kept = rest;
    }
    if (!inTime()) return kept;
    if (chunk > 1) chunk = Math.max(1, Math.floor(chunk / 2));
    else if (kept.length === before) return kept;
  }
}

function without(commands: Uint8Array, from: number, to: number): Uint8Array {
  const rest = new Uint8Array(commands.length - (to - from));
  rest.set(commands.subarray(0, from));
  rest.set(commands.subarray(to), from);
  return rest;
}
