// `pcie:`: a board behind a BAR, or a simulated one behind a file that is mapped like one.
import { profileValues } from '../../contract/profile.js';
import type { Backend } from '../backend.js';
import { buildInfo } from '../build-info.js';
import { HalError } from '../errors.js';
import type { Finding } from '../findings.js';
import { loadNative } from '../native-addon.js';
import { LARGEST_PROFILE } from '../profile-limits.js';
import { BarWindow } from './bar-window.js';
import { diagnose } from './diagnose.js';
import { addressOf, checkFile, filesOf, findCards, parseTarget, throwFindings } from './discovery.js';
import { PcieTransport } from './pcie-transport.js';
import { systemTiming, type Timing } from './timing.js';

/** @param sysfsRoot `/sys`, or a tree like it @param timing when a card is looked at: a simulation may own time */
export function createPcieBackend(sysfsRoot: string, timing: Timing = systemTiming): Backend {
  return {
    name: 'pcie',
    // The card alone knows; what it says is held against what is asked for.
    limits: LARGEST_PROFILE,
    contractDigest: undefined,

    get build() {
      return `pcie ${buildInfo().version}`;
    },

    get unavailable() {
      const loaded = loadNative();
      if ('reason' in loaded) return loaded.reason;
      return loaded.addon.BarWindow === undefined ? 'this system maps no memory of devices' : undefined;
    },

    defaultProfile(args) {
      const bar = openWindow(sysfsRoot, args);
      bar.window.close();
      return bar.description.profile;
    },

    connect(args, asked) {
      const bar = openWindow(sysfsRoot, args);
      const { profile, board, commit, clockHz, timeScale } = bar.description;
      const built = profileValues(profile).join(', ');
      if (asked !== undefined && profileValues(asked).join(', ') !== built) {
        bar.window.close();
        throw new HalError(
          'PROFILE_MISMATCH',
          `pcie: the board is built for the profile ${built}, not for ${profileValues(asked).join(', ')}`,
        );
      }
      const simulated = timeScale === 0 ? '' : `, simulated, ${timeScale / 1000} times slower`;
      const identity = {
        backend: 'pcie',
        // Held against ours when the window was described.
        contractDigest: bar.description.contractDigest,
        build: `board ${board === '' ? 'without a name' : board}${simulated}`,
        commit,
        profile,
        clockHz,
        ...(board === '' ? {} : { board }),
      };
      return new PcieTransport(identity, bar, timing);
    },

    diagnose: (args) => findingsOf(sysfsRoot, args),
  };
}

export const pcieBackend = createPcieBackend('/sys');

/** The first of the files that is a gatebook window; what the first one said where none is. @throws HalError */
function openWindow(sysfsRoot: string, args: string): BarWindow {
  const files = filesOf(sysfsRoot, parseTarget(args));
  const refusals: unknown[] = [];
  for (const file of files) {
    try {
      return openFile(sysfsRoot, file);
    } catch (error) {
      refusals.push(error);
    }
  }
  throw refusals.find((error) => !(error instanceof HalError && error.code === 'NOT_GATEBOOK')) ?? refusals[0];
}

/** A file of a card is looked at before it is mapped: a card that does not decode would be read as all ones. */
function openFile(sysfsRoot: string, file: string): BarWindow {
  const bdf = addressOf(file);
  if (bdf === undefined) checkFile(file);
  else throwFindings(diagnose(sysfsRoot, bdf));
  try {
    return BarWindow.open(file);
  } catch (error) {
    if (bdf === undefined || !(error instanceof HalError) || error.code !== 'DEVICE_GONE') throw error;
    throw new HalError(
      'BAR_LOST',
      `pcie: the BAR of ${bdf} reads all ones while its config space answers: its FPGA was loaded anew; ` +
        `as root: echo 1 > /sys/bus/pci/devices/${bdf}/remove; echo 1 > /sys/bus/pci/rescan`,
      { cause: error },
    );
  }
}

function findingsOf(sysfsRoot: string, args: string): Finding[] {
  const target = parseTarget(args);
  if (target.kind === 'file') return findingsOfCard(sysfsRoot, addressOf(target.path), target.path);
  if (target.kind === 'address') return findingsOfCard(sysfsRoot, target.bdf, target.bdf);
  const cards = findCards(sysfsRoot, target.ids);
  if (cards.length > 0) return cards.flatMap((bdf) => findingsOfCard(sysfsRoot, bdf, bdf).map(unlessBusy));
  return [{ code: 'PCI_NONE', severity: 'ok', what: 'no PCI device has an id of a gatebook board' }];
}

/** Whoever looks at all cards wants to know of one that is in use; nothing is wrong with it. */
function unlessBusy(finding: Finding): Finding {
  return finding.code === 'PORT_BUSY' ? { ...finding, severity: 'ok' } : finding;
}

/** It is opened only where nothing is known to stand in the way. */
function findingsOfCard(sysfsRoot: string, bdf: string | undefined, args: string): Finding[] {
  const findings = bdf === undefined ? [] : diagnose(sysfsRoot, bdf);
  if (findings.some(({ severity }) => severity === 'error')) return findings;
  return [...findings, opened(sysfsRoot, args)];
}

/** What opening it says. */
function opened(sysfsRoot: string, args: string): Finding {
  try {
    const bar = openWindow(sysfsRoot, args);
    const { board } = bar.description;
    const combines = bar.window.combines ? 'writes combine' : 'writes do not combine';
    bar.window.close();
    return { code: 'BAR_OK', severity: 'ok', what: `${bar.path} is the window of board ${board} (${combines})` };
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    return { code: error.code, severity: 'error', what: error.message };
  }
}
