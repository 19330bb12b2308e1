// What is done to a link, and where it has to show. docs/faults.md is written from this table and a run.
import type { Prng } from '../verify/prng.js';

/** Whose counters: those of HostLink, or the registers of the device. */
export interface Sign {
  readonly side: 'host' | 'device';
  readonly counter: string;
}

export interface FaultKind {
  readonly name: string;
  /** What is injected, for people. */
  readonly what: string;
  /** Towards the device, towards the host, or neither: something happens to one end, or to the wires (pins alone). */
  readonly where: 'to-device' | 'to-host' | 'ends' | 'wires';
  /** One of them moves; where the list is empty, nothing has to. */
  readonly signs: readonly Sign[];
  /** Code of the error that the user sees; undefined: none, the link mends itself. */
  readonly error?: string;
  /** How often among the faults of a campaign. */
  readonly weight: number;
}

/** Signs at the host. */
export const host = (...counters: string[]): Sign[] => counters.map((counter) => ({ side: 'host', counter }));
export const device = (...counters: string[]): Sign[] => counters.map((counter) => ({ side: 'device', counter }));
const BROKEN = ['bad_frames', 'crc_errors', 'unknown_frames'];
const DROPPED = ['badFrames', 'crcErrors', 'unknownFrames'];
const MENDED = ['retransmissions', 'polls'];

/** To the device and to the host alike. */
function bothWays(name: string, what: string, weight: number, toDevice: Sign[], toHost: Sign[]): FaultKind[] {
  return [
    { name: `${name}_to_device`, what: `${what}, towards the device`, where: 'to-device', signs: toDevice, weight },
    { name: `${name}_to_host`, what: `${what}, towards the host`, where: 'to-host', signs: toHost, weight },
  ];
}

export const FAULT_KINDS: readonly FaultKind[] = [
  ...bothWays('bit_flip', 'one bit of a frame', 20, device(...BROKEN), host(...DROPPED)),
  ...bothWays('byte_changed', 'one byte of a frame is another one', 10, device(...BROKEN), host(...DROPPED)),
  ...bothWays('byte_lost', 'one byte of a frame is missing', 10, device(...BROKEN), host(...DROPPED)),
  ...bothWays('stray_bytes', '1 to 40 random bytes ahead of a frame', 8, device(...BROKEN), host(...DROPPED)),
  ...bothWays(
    'frame_truncated',
    'a frame without its end, and without its 0x00',
    8,
    device(...BROKEN),
    host(...DROPPED),
  ),
  ...bothWays(
    'frame_dropped',
    'a whole frame is missing',
    12,
    [...device('gaps'), ...host(...MENDED)],
    host('gaps', ...MENDED),
  ),
  ...bothWays('frame_duplicated', 'a frame comes twice', 10, device('duplicates'), host('duplicates')),
  ...bothWays(
    'frame_reordered',
    'a frame comes behind the next one',
    10,
    [...device('gaps', 'duplicates'), ...host(...MENDED)],
    host('gaps', 'duplicates', ...MENDED),
  ),
  ...bothWays(
    'frame_stale',
    'a frame of the same epoch that came before, again',
    8,
    device('duplicates'),
    host('duplicates'),
  ),
  ...bothWays('frame_late', 'everything from a frame on comes up to 50 ms later', 3, [], []),
  {
    name: 'line_error_to_device',
    what: 'one byte of a frame without its stop bit',
    where: 'to-device',
    signs: device('line_errors'),
    weight: 12,
  },
  {
    name: 'wire_pulse_to_device',
    what: 'the level of the wire is turned over for a tenth of a bit to three bits, towards the device',
    where: 'wires',
    signs: device('line_errors', ...BROKEN),
    weight: 20,
  },
  {
    name: 'wire_pulse_to_host',
    what: 'the level of the wire is turned over for a tenth of a bit to three bits, towards the host',
    where: 'wires',
    signs: host(...DROPPED),
    weight: 20,
  },
  {
    name: 'baud_error',
    what: "the host's end of the UART runs up to 4 % too fast or too slow",
    where: 'wires',
    signs: [],
    weight: 5,
  },
  { name: 'device_stopped', what: 'the device stands still for up to 400 ms', where: 'ends', signs: [], weight: 1 },
  {
    name: 'unplugged_briefly',
    what: 'nothing passes for up to 300 ms',
    where: 'ends',
    signs: host(...MENDED),
    weight: 1,
  },
  {
    name: 'host_back_pressure',
    what: 'no credit for events for up to 3 s: the link is told to hold (a slow listener holds up the host itself)',
    where: 'ends',
    signs: [],
    weight: 1,
  },
  {
    name: 'line_back_pressure',
    what: 'no byte leaves the device for up to 300 ms',
    where: 'ends',
    signs: [],
    weight: 0.3,
  },
  {
    name: 'device_reset',
    what: 'the device is reset in the middle of a frame',
    where: 'ends',
    signs: host('wrongEpochs'),
    error: 'DEVICE_RESTARTED',
    weight: 0.5,
  },
  {
    name: 'host_reset',
    what: 'the host begins a new epoch in the middle of a batch',
    where: 'ends',
    signs: device('resets'),
    error: 'RESET_DISCARDED',
    weight: 0.5,
  },
  {
    name: 'host_killed',
    what: 'the host is killed in the middle of a frame, and another one starts',
    where: 'ends',
    signs: device('resets'),
    error: 'the process is gone',
    weight: 0.5,
  },
  {
    name: 'unplugged',
    what: 'nothing passes any more, until another host opens the port',
    where: 'ends',
    signs: [],
    error: 'LINK_LOST',
    weight: 0.2,
  },
  {
    name: 'device_dead',
    what: 'the device stands still until another host opens the port',
    where: 'ends',
    signs: [],
    error: 'LINK_LOST',
    weight: 0.2,
  },
];

export function kindNamed(name: string): FaultKind {
  const kind = FAULT_KINDS.find((each) => each.name === name);
  if (kind === undefined) throw new Error(`no fault is called '${name}'`);
  return kind;
}

/** One of the kinds, by their weights. */
export function pick(kinds: readonly FaultKind[], random: Prng): FaultKind {
  const scale = 1000;
  let left = random.below(Math.round(kinds.reduce((sum, { weight }) => sum + weight, 0) * scale));
  for (const kind of kinds) {
    left -= kind.weight * scale;
    if (left < 0) return kind;
  }
  return kinds[0] as FaultKind;
}

export function addTo(counts: Record<string, number>, name: string, value: number): void {
  counts[name] = (counts[name] ?? 0) + value;
}
