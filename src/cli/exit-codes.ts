/**
 * Exit statuses of the `gatebook` command. Scripts depend on them: a number, once given, never changes its meaning.
 *
 * | status | name | when |
 * |---|---|---|
 * | 0 | OK | done; also when the reader of our stdout went away early (EPIPE) |
 * | 1 | FAILURE | anything that has no status of its own, an internal error included |
 * | 2 | USAGE | unknown command, option or format, or an argument that does not parse |
 * | 3 | INPUT_CORRUPT | an input is damaged, or is not what it claims to be |
 * | 4 | INPUT_TORN | an input ends in the middle of a record, as after a crash; all before the tear is good |
 * | 5 | DIVERGENCE | two engines, or an engine and a recording, gave different bytes |
 * | 6 | DEVICE | a device could not be opened, went away, or failed |
 * | 7 | IO | a file or socket could not be read or written (absent, no permission, no space, I/O error) |
 * | 8 | CONFIG | a configuration is invalid |
 */
export const EXIT = {
  OK: 0,
  FAILURE: 1,
  USAGE: 2,
  INPUT_CORRUPT: 3,
  INPUT_TORN: 4,
  DIVERGENCE: 5,
  DEVICE: 6,
  IO: 7,
  CONFIG: 8,
} as const;

/** One of the statuses of EXIT. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
