// Why a card can or cannot be opened, from what sysfs says, before its memory is touched.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../findings.js';
import { decodesMemory, forgottenBars, isConfigGone, type PciDevice, readPciDevice } from './pci-device.js';

/** The smallest window that blocks and rings could fit into; a card may have smaller BARs for something else. */
export const LEAST_BAR_BYTES = 4096;
/** They hold a card without using it. */
const HARMLESS_DRIVERS = ['pci-stub', 'uio_pci_generic'];

/**
 * What stands between a host and the BAR of one card. Errors come in the order in which they are to be mended.
 * @param sysfsRoot `/sys`, or a tree like it
 * @param bdf in the long form
 */
export function diagnose(sysfsRoot: string, bdf: string): Finding[] {
  const device = readPciDevice(sysfsRoot, bdf);
  if (device === undefined) {
    const remedy = 'look it up in `lspci -nn`; after loading the FPGA: echo 1 > /sys/bus/pci/rescan, as root';
    return [finding('DEVICE_ABSENT', 'error', `there is no PCI device ${bdf}`, remedy)];
  }
  const found = [
    ...barFindings(device),
    ...driverFindings(device),
    ...lockdownFindings(sysfsRoot),
    ...accessFindings(device),
  ];
  return [presence(device), ...found];
}

/** The files that could be its window: memory BARs that are large enough. */
export function windowFiles(device: PciDevice): string[] {
  return device.resources.filter(({ isMemory, bytes }) => isMemory && bytes >= LEAST_BAR_BYTES).map(({ file }) => file);
}

function finding(code: string, severity: Finding['severity'], what: string, remedy?: string): Finding {
  return { code, severity, what, ...(remedy === undefined ? {} : { remedy }) };
}

function presence({ bdf, vendor, device, link }: PciDevice): Finding {
  const hex = (id: number | undefined) => id?.toString(16).padStart(4, '0') ?? '????';
  const lanes = link === undefined ? '' : `, ${link}`;
  return finding('PCI_PRESENT', 'ok', `${bdf} is ${hex(vendor)}:${hex(device)}${lanes}`);
}

const rescan = (bdf: string) =>
  `as root: echo 1 > /sys/bus/pci/devices/${bdf}/remove; echo 1 > /sys/bus/pci/rescan; or start the machine anew`;

/** A card that forgot its BAR mostly stopped decoding too: the first is what has to be mended. */
function barFindings(device: PciDevice): Finding[] {
  const { bdf, resources } = device;
  if (isConfigGone(device)) {
    const what = `${bdf} does not answer: its config space reads all ones, as after its FPGA was loaded anew`;
    return [finding('BAR_LOST', 'error', what, rescan(bdf))];
  }
  if (windowFiles(device).length === 0) {
    const sizes = resources.filter(({ isMemory }) => isMemory).map(({ bytes }) => bytes);
    const what =
      `${bdf} has no memory BAR of at least ${LEAST_BAR_BYTES} bytes (sizes: ${sizes.join(', ') || 'none'}): ` +
      'it got no address when the bus was scanned';
    return [finding('BAR_LOST', 'error', what, rescan(bdf))];
  }
  const forgotten = forgottenBars(device);
  if (forgotten.length > 0) {
    const names = forgotten.map(({ index }) => index).join(', ');
    const what = `${bdf} forgot the address of its BAR ${names}: its FPGA was loaded after the bus was scanned`;
    return [finding('BAR_LOST', 'error', what, rescan(bdf))];
  }
  return decodeFindings(device);
}

function decodeFindings(device: PciDevice): Finding[] {
  const { bdf, enabled } = device;
  const decodes = decodesMemory(device);
  if (decodes === undefined) {
    return [finding('CONFIG_UNREADABLE', 'warning', `the config space of ${bdf} cannot be read`, 'run it as root')];
  }
  if (decodes) return [];
  const counted = enabled === undefined ? '' : `; the kernel counts it as ${enabled ? 'enabled' : 'not enabled'}`;
  const what = `${bdf} does not decode memory: bit 1 of its command register is 0${counted}`;
  // The kernel sets the bit when its count goes from 0 to 1, and not when it is above that already.
  const remedy =
    enabled === true ? `setpci -s ${bdf} COMMAND=0002:0002` : `echo 1 > /sys/bus/pci/devices/${bdf}/enable`;
  return [finding('MEMORY_DECODE_OFF', 'error', what, `as root: ${remedy}`)];
}

function driverFindings({ bdf, driver }: PciDevice): Finding[] {
  if (driver === undefined) return [];
  const unbind = `as root: echo ${bdf} > /sys/bus/pci/drivers/${driver}/unbind`;
  if (HARMLESS_DRIVERS.includes(driver)) {
    return [finding('DRIVER_HARMLESS', 'ok', `${bdf} is bound to ${driver}, which leaves the BAR alone`)];
  }
  if (driver === 'vfio-pci') {
    const what = `${bdf} is bound to vfio-pci: a virtual machine or a user-space driver owns its BAR`;
    return [finding('DRIVER_BOUND', 'error', what, `end that program, then ${unbind}`)];
  }
  const what = `${bdf} is bound to the driver ${driver}, which may use the BAR at the same time`;
  return [finding('DRIVER_BOUND', 'error', what, unbind)];
}

function lockdownFindings(sysfsRoot: string): Finding[] {
  let text: string;
  try {
    text = readFileSync(join(sysfsRoot, 'kernel/security/lockdown'), 'utf8');
  } catch {
    return [];
  }
  const mode = /\[(\w+)\]/.exec(text)?.[1];
  if (mode === undefined || mode === 'none') return [];
  const what = `the kernel is locked down (${mode}): it refuses to map memory of devices, with EPERM`;
  const remedy = 'turn Secure Boot off, or start the kernel without lockdown= on its command line';
  return [finding('KERNEL_LOCKDOWN', 'error', what, remedy)];
}

function accessFindings(device: PciDevice): Finding[] {
  return windowFiles(device)
    .slice(0, 1)
    .flatMap((file) => {
      try {
        // Opening is harmless, and asks with the rights that count; mapping is another step.
        closeSync(openSync(file, 'r+'));
        return [];
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code === 'ENOENT') {
          const what = `${file} is not there: this kernel offers no files of BARs`;
          return [finding('BACKEND_UNAVAILABLE', 'error', what, 'use a kernel with CONFIG_SYSFS and HAVE_PCI_MMAP')];
        }
        const what = `${file} may not be read and written by this user (${code})`;
        const remedy = `run as root, or once as root: chgrp GROUP ${file}; chmod g+rw ${file}`;
        return [finding('ACCESS_DENIED', 'error', what, remedy)];
      }
    });
}
