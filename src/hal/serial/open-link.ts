// From a port to a device that said who it is: the HELLOs, and what a silent or strange port means.
import { randomBytes } from 'node:crypto';
import { CONTRACT_DIGEST } from '../../contract/generated/records.js';
import { LINK_VERSION } from '../../contract/generated/transports.js';
import type { LinkClock } from '../../link/clock.js';
import { LinkError } from '../../link/errors.js';
import type { DeviceIdentity } from '../../link/frames.js';
import { HostLink } from '../../link/host-link.js';
import { HalError } from '../errors.js';
import { asHalError, countedFaults, LinkEnd } from './link-transport.js';
import type { Port, PortOpener } from './port.js';

/** What boards run at, the likeliest first; tried where the first one brings no answer. */
export const USUAL_BAUDS: readonly number[] = [3_000_000, 1_000_000, 115_200, 2_000_000, 12_000_000, 921_600];
const DEFAULT_BAUD = 3_000_000;
const FIRST_WAIT_MS = 2500;
const OTHER_WAIT_MS = 400;
/** HELLOs of the baud test, after the one that was answered. */
const TEST_HELLOS = 8;

export const systemLinkClock: LinkClock = {
  now: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

export interface OpenLinkOptions {
  readonly backend: string;
  readonly path: string;
  /** Without one: the usual ones, and the first that is answered is used. */
  readonly baud: number | undefined;
  /** What to begin with where none is asked for: that of the board. */
  readonly firstBaud?: number | undefined;
  readonly open: PortOpener;
  readonly clock?: LinkClock | undefined;
  readonly random?: (() => number) | undefined;
  /** Waits for the first and for further rates in ms. */
  readonly waitMs?: number | undefined;
  readonly otherWaitMs?: number | undefined;
  /** As for HostLink. */
  readonly lostMs?: number | undefined;
}

export interface OpenedLink {
  readonly link: HostLink;
  readonly end: LinkEnd;
  readonly device: DeviceIdentity;
  readonly baud: number;
  /** HELLOs of the baud test, and how many of them were answered. */
  readonly asked: number;
  readonly answered: number;
  readonly faultsAtStart: ReadonlyMap<string, number>;
  release(): Promise<void>;
}

interface Attempt extends Omit<OpenedLink, 'device' | 'asked' | 'answered' | 'faultsAtStart'> {
  readonly device: DeviceIdentity | undefined;
  /** Bytes came, whatever they were. */
  readonly heard: boolean;
  /** What an error of the link means: where the port went away, that. */
  readonly fault: (error: unknown) => unknown;
}

/**
 * Opens the port and asks who is there.
 * @throws HalError PORT_*, BAUD_MISMATCH, NOT_GATEBOOK, NO_ANSWER, LINK_LOST, LINK_VERSION_MISMATCH,
 *   CONTRACT_MISMATCH, STREAM_CORRUPT, TIMEOUT; the port is closed by then
 */
export async function openLink(options: OpenLinkOptions): Promise<OpenedLink> {
  const { backend, path } = options;
  const first = options.baud ?? options.firstBaud ?? DEFAULT_BAUD;
  const bauds = [first, ...USUAL_BAUDS.filter((baud) => baud !== first)];
  let heard = false;
  for (const baud of bauds) {
    const wait = baud === first ? (options.waitMs ?? FIRST_WAIT_MS) : (options.otherWaitMs ?? OTHER_WAIT_MS);
    const attempt = await tryBaud(options, baud, wait);
    heard ||= attempt.heard;
    const { device } = attempt;
    if (device === undefined) {
      await attempt.release();
      continue;
    }
    try {
      if (options.baud !== undefined && baud !== options.baud) {
        const message = `${path} does not answer at ${options.baud} baud, but at ${baud}: use baud=${baud}`;
        throw new HalError('BAUD_MISMATCH', `${backend}: ${message}`);
      }
      checkVersions(backend, device);
      const tested = await baudTest(options, attempt, baud);
      const faultsAtStart = await countedFaults(attempt.link);
      // A simulation may have found out meanwhile that it runs at another speed.
      return { ...attempt, device: attempt.link.identity ?? device, ...tested, faultsAtStart };
    } catch (error) {
      attempt.link.close();
      await attempt.release();
      throw attempt.fault(error);
    }
  }
  throw silence(backend, path, bauds, heard);
}

async function tryBaud(options: OpenLinkOptions, baud: number, waitMs: number): Promise<Attempt> {
  const { backend, path } = options;
  const end = new LinkEnd();
  const opened: { port?: Port; link?: HostLink; lost?: string } = {};
  let heard = false;
  const lost = (why: string) => {
    opened.lost = why;
    opened.link?.close();
    end.fault(new HalError('LINK_LOST', `${backend}: ${path}: ${why}`));
  };
  const port = await options.open(path, baud, {
    data: (bytes) => {
      heard = true;
      opened.link?.receive(bytes);
    },
    lost,
  });
  const link = new HostLink({
    write: (bytes) => port.write(bytes),
    clock: options.clock ?? systemLinkClock,
    bitMs: 1000 / baud,
    random: options.random ?? (() => randomBytes(4).readUInt32LE(0)),
    onEvents: end.events,
    onFault: (error) => end.fault(asHalError(backend, error) as HalError),
    lostMs: options.lostMs,
  });
  opened.link = link;
  const release = () => port.close();
  const fault = (error: unknown) =>
    opened.lost === undefined
      ? asHalError(backend, error)
      : new HalError('LINK_LOST', `${backend}: ${path}: ${opened.lost}`, { cause: error });
  try {
    const device = await link.identify(waitMs);
    return { link, end, baud, device, heard, release, fault };
  } catch (error) {
    link.close();
    const silent = opened.lost === undefined && error instanceof LinkError && error.code === 'NO_ANSWER';
    if (silent) return { link, end, baud, device: undefined, heard, release, fault };
    await release();
    throw fault(error);
  }
}

/** Frames to the device and back at the very rate: one in two may fail by a few percent of difference. */
async function baudTest(
  { backend, path }: OpenLinkOptions,
  { link }: Attempt,
  baud: number,
): Promise<{ asked: number; answered: number }> {
  let answered = 0;
  for (let i = 0; i < TEST_HELLOS; i++) answered += await link.probe();
  if (answered * 2 < TEST_HELLOS) {
    const message = `${path} answers only ${answered} of ${TEST_HELLOS} HELLOs at ${baud} baud: the rates differ`;
    throw new HalError('BAUD_MISMATCH', `${backend}: ${message} by some percent, or the line is very noisy`);
  }
  return { asked: TEST_HELLOS, answered };
}

function checkVersions(backend: string, device: DeviceIdentity): void {
  if (device.linkVersion !== LINK_VERSION) {
    const message = `'${device.board}' speaks version ${device.linkVersion} of the link, this host ${LINK_VERSION}`;
    throw new HalError('LINK_VERSION_MISMATCH', `${backend}: ${message}`);
  }
  if (device.contractDigest === CONTRACT_DIGEST) return;
  const message =
    `the board '${device.board}' has contract digest '${device.contractDigest}' (commit ${device.commit}), ` +
    `this host has '${CONTRACT_DIGEST}'`;
  throw new HalError('CONTRACT_MISMATCH', `${backend}: ${message}`);
}

function silence(backend: string, path: string, bauds: readonly number[], heard: boolean): HalError {
  const tried = `tried ${bauds.join(', ')} baud`;
  if (heard) {
    return new HalError('NOT_GATEBOOK', `${backend}: what comes from ${path} are no frames of this link; ${tried}`);
  }
  return new HalError('NO_ANSWER', `${backend}: nothing answers at ${path}; ${tried}: is the board on and loaded?`);
}
