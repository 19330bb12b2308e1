// A board on a USB or UART port as a device.
import { PROFILE_FIELDS } from '../../contract/definition.js';
import { formatProfile, type Profile, parseProfile } from '../../contract/profile.js';
import type { LinkClock } from '../../link/clock.js';
import type { Backend } from '../backend.js';
import { buildInfo } from '../build-info.js';
import { HalError } from '../errors.js';
import { LARGEST_PROFILE } from '../profile-limits.js';
import { lineAdvice, portAdvice } from './advice.js';
import { serialFindings } from './diagnose.js';
import { type Candidate, candidates, isSameDevice, pathAgain } from './find-port.js';
import { LinkTransport, waitBound } from './link-transport.js';
import { type OpenedLink, openLink } from './open-link.js';
import type { PortOpener } from './port.js';
import { parseSerialSpec, type SerialBoard, type SerialSpec, serialBoards } from './serial-spec.js';
import { listPorts, openSerialPort, serialportMissing } from './serialport-package.js';
import type { PortInfo } from './sysfs.js';

const NAME = 'serial';

/** What the backend takes from the machine; tests bring their own. */
export interface SerialMachine {
  readonly open: PortOpener;
  readonly ports: () => Promise<readonly PortInfo[]>;
  readonly boards: () => readonly SerialBoard[];
  readonly clock?: LinkClock;
  readonly random?: () => number;
  readonly waitMs?: number;
  readonly otherWaitMs?: number;
  readonly lostMs?: number;
}

export const thisMachine: SerialMachine = { open: openSerialPort, ports: listPorts, boards: () => serialBoards() };

/** USB devices by the path or the board that was asked for: where they come back under another path, they are found. */
const openedPorts = new Map<string, PortInfo>();

/**
 * Opens the device that the spec means.
 * @throws HalError ARGUMENT_INVALID, PORT_*, PROFILE_MISMATCH and what openLink throws
 */
export async function connectSerial(
  args: string,
  asked: Profile | undefined,
  machine: SerialMachine = thisMachine,
): Promise<LinkTransport> {
  const spec = parseSerialSpec(args);
  const ports = await machine.ports();
  const found = candidates(spec, machine.boards(), ports);
  const tried = spec.isPath ? found.map((candidate) => movedTo(candidate, ports)) : formerFirst(spec.target, found);
  let first: unknown;
  for (const candidate of tried) {
    try {
      return await connectTo(candidate, spec, asked, machine);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

/** A port that was open before and is now somewhere else, because it was plugged in again: another may be there now. */
function movedTo(candidate: Candidate, ports: readonly PortInfo[]): Candidate {
  const former = openedPorts.get(candidate.path);
  if (former === undefined || (candidate.port !== undefined && isSameDevice(candidate.port, former))) return candidate;
  const path = pathAgain(former, ports);
  if (path === undefined) return candidate;
  return { ...candidate, path, port: ports.find((port) => port.path === path) };
}

/** Of several boards of a name the one that was open before. */
function formerFirst(board: string, found: readonly Candidate[]): readonly Candidate[] {
  const former = openedPorts.get(board);
  const isFormer = ({ port }: Candidate) => former !== undefined && port !== undefined && isSameDevice(port, former);
  return [...found.filter(isFormer), ...found.filter((candidate) => !isFormer(candidate))];
}

async function connectTo(
  { path, port, baud }: Candidate,
  spec: SerialSpec,
  asked: Profile | undefined,
  machine: SerialMachine,
): Promise<LinkTransport> {
  const opened = await openLink({ ...machine, backend: NAME, path, baud: spec.baud, firstBaud: baud });
  try {
    const profile = profileOfDevice(opened.device.profile);
    checkProfileAsked(opened, profile, asked);
    if (!spec.isPath && opened.device.board !== spec.target) {
      const message = `the board at ${path} says that it is '${opened.device.board}', not '${spec.target}'`;
      throw new HalError('PORT_ABSENT', `serial: ${message}`);
    }
    if (port !== undefined) openedPorts.set(spec.target, port);
    return transportOf(opened, profile, path, port);
  } catch (error) {
    opened.link.close();
    await opened.release();
    throw error;
  }
}

function transportOf(opened: OpenedLink, profile: Profile, path: string, port: PortInfo | undefined): LinkTransport {
  const { link, end, device, baud, faultsAtStart, release } = opened;
  const identity = {
    backend: NAME,
    contractDigest: device.contractDigest,
    build: `${device.board} at ${path}, ${baud} baud, link ${device.linkVersion}`,
    commit: device.commit,
    profile,
    clockHz: device.clockHz,
    board: device.board,
    advice: [...portAdvice(port), ...lineAdvice(opened.asked, opened.answered, baud)],
  };
  const timeoutMs = waitBound(device, device.baud === 0 ? baud : device.baud);
  return new LinkTransport({ identity, link, end, timeoutMs, faultsAtStart, release });
}

/** @throws HalError STREAM_CORRUPT */
function profileOfDevice(values: readonly number[]): Profile {
  const profile = parseProfile(PROFILE_FIELDS.map((field, i) => `${field.name}=${values[i]}`).join(','));
  if (typeof profile !== 'string') return profile;
  throw new HalError('STREAM_CORRUPT', `serial: the device says a profile that cannot be: ${profile}`);
}

function checkProfileAsked({ device }: OpenedLink, profile: Profile, asked: Profile | undefined): void {
  if (asked === undefined || formatProfile(asked) === formatProfile(profile)) return;
  const message = `the board '${device.board}' is built for ${formatProfile(profile)}, not for ${formatProfile(asked)}`;
  throw new HalError('PROFILE_MISMATCH', `serial: ${message}`);
}

export const serialBackend: Backend = {
  name: NAME,
  limits: LARGEST_PROFILE,
  build: `serial ${buildInfo().version}`,
  contractDigest: undefined,

  get unavailable() {
    return serialportMissing();
  },

  defaultProfile(args) {
    parseSerialSpec(args);
    return undefined;
  },

  connect: (args, profile) => connectSerial(args, profile),

  diagnose: async (args) => serialFindings(args, await listPorts(), serialBoards()),
};
