// Which file a spec means: a path, a PCI address, ids, or nothing at all.
import { existsSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BAR_DEVICE_ID, BAR_VENDOR_ID } from '../../contract/generated/transports.js';
import { PACKAGE_ROOT } from '../build-info.js';
import { HalError, type HalErrorCode } from '../errors.js';
import type { Finding } from '../findings.js';
import { diagnose, windowFiles } from './diagnose.js';
import { BDF, listPci, parseBdf, readPciDevice } from './pci-device.js';

export interface PciIds {
  readonly vendor: number;
  readonly device: number;
}

const IDS = /^([0-9a-f]{4}):([0-9a-f]{4})$/i;
const OWN_IDS: PciIds = { vendor: BAR_VENDOR_ID, device: BAR_DEVICE_ID };

export type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'address'; readonly bdf: string }
  | { readonly kind: 'ids'; readonly ids: readonly PciIds[] };

/** @param args what stands behind `pcie:` */
export function parseTarget(args: string): Target {
  if (args === '') return { kind: 'ids', ids: knownIds() };
  const ids = IDS.exec(args);
  if (ids !== null) {
    return { kind: 'ids', ids: [{ vendor: parseInt(ids[1] as string, 16), device: parseInt(ids[2] as string, 16) }] };
  }
  const bdf = parseBdf(args);
  return bdf === undefined ? { kind: 'file', path: args } : { kind: 'address', bdf };
}

/** Our own, and those of the boards of this project, where its hardware folder is here. */
export function knownIds(boards = join(PACKAGE_ROOT, 'hdl/boards')): PciIds[] {
  const names = existsSync(boards) ? readdirSync(boards) : [];
  return [OWN_IDS, ...names.flatMap((name) => idsIn(join(boards, name, 'board.json')))];
}

/** `pci` of a board: objects with vendor and device, as numbers or as text in hexadecimal. */
function idsIn(file: string): PciIds[] {
  const pci = pciField(file);
  const entries = Array.isArray(pci) ? pci : [pci];
  const idOf = (value: unknown) => (typeof value === 'string' ? Number.parseInt(value, 16) : Number(value));
  return entries.flatMap((entry: { vendor?: unknown; device?: unknown } | null | undefined) => {
    const [vendor, device] = [idOf(entry?.vendor), idOf(entry?.device)];
    return Number.isInteger(vendor) && Number.isInteger(device) ? [{ vendor, device }] : [];
  });
}

/** Undefined for a board that is half written, too: what is wrong with it, `doctor` says. */
function pciField(file: string): unknown {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { pci?: unknown } | null)?.pci;
  } catch {
    return undefined;
  }
}

/** The addresses of cards with one of these ids. */
export function findCards(sysfsRoot: string, ids: readonly PciIds[]): string[] {
  return listPci(sysfsRoot).filter((bdf) => {
    const card = readPciDevice(sysfsRoot, bdf);
    return ids.some(({ vendor, device }) => vendor === card?.vendor && device === card.device);
  });
}

/** The address of the card whose `resourceN` this is; undefined for any other file. */
export function addressOf(path: string): string | undefined {
  if (!/^resource\d(_wc)?$/.test(basename(path))) return undefined;
  try {
    const name = basename(realpathSync(dirname(path)));
    return BDF.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a path that is no card's names, before it is opened: opening some things waits, or has effects.
 * @throws HalError ARGUMENT_INVALID, NOT_GATEBOOK; what is not there is told when it is opened
 */
export function checkFile(path: string): void {
  let status: Stats;
  try {
    status = statSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOOP') return;
    throw new HalError('ARGUMENT_INVALID', `${path}: its symbolic links run in a circle`, { cause: error });
  }
  if (!status.isFile() && !status.isDirectory()) {
    throw new HalError('ARGUMENT_INVALID', `${path}: is ${kindOf(status)}; a BAR is a file like resource0`);
  }
  if (status.isFile() && status.size === 0) {
    throw new HalError('NOT_GATEBOOK', `${path}: is empty: no simulated board has made its BAR of it`);
  }
}

function kindOf(status: Stats): string {
  if (status.isFIFO()) return 'a FIFO';
  if (status.isSocket()) return 'a socket';
  return status.isBlockDevice() ? 'a block device' : 'a character device';
}

/** @throws HalError of the first finding that keeps the card from being opened */
export function throwFindings(findings: readonly Finding[]): void {
  const worst = findings.find(({ severity }) => severity === 'error');
  if (worst === undefined) return;
  const remedy = worst.remedy === undefined ? '' : `; ${worst.remedy}`;
  throw new HalError(worst.code as HalErrorCode, `pcie: ${worst.what}${remedy}`);
}

/**
 * The files that a target may mean, likeliest first.
 * @throws HalError DEVICE_ABSENT, and what stands in the way of a card that is named
 */
export function filesOf(sysfsRoot: string, target: Target): string[] {
  if (target.kind === 'file') return [target.path];
  const cards = target.kind === 'address' ? [target.bdf] : findCards(sysfsRoot, target.ids);
  if (cards.length === 0) throw new HalError('DEVICE_ABSENT', `pcie: ${noCard(target)}`);
  const files: string[] = [];
  const refusals: unknown[] = [];
  for (const bdf of cards) {
    try {
      throwFindings(diagnose(sysfsRoot, bdf));
      const card = readPciDevice(sysfsRoot, bdf);
      if (card !== undefined) files.push(...windowFiles(card));
    } catch (error) {
      refusals.push(error);
    }
  }
  if (files.length === 0) throw refusals[0];
  return files;
}

function noCard(target: Target): string {
  if (target.kind !== 'ids') return 'there is no such card';
  const hex = (id: number) => id.toString(16).padStart(4, '0');
  const ids = target.ids.map(({ vendor, device }) => `${hex(vendor)}:${hex(device)}`);
  return (
    `no PCI device has the id ${ids.join(' or ')}; name another as pcie:VVVV:DDDD, ` +
    'a card by its address as pcie:0000:03:00.0, or a BAR file by its path'
  );
}
