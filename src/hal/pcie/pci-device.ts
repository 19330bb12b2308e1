// A PCI device as sysfs shows it. Read only, whatever is missing stays undefined; nothing here touches the card but
// its config space, which the kernel reads on our behalf.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

/** PCI address: domain, bus, device, function. */
export const BDF = /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;
const SHORT_BDF = /^[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;

const MEMORY_FLAG = 0x200;
const CONFIG_BYTES = 64;
const BAR_COUNT = 6;
const CONFIG_COMMAND = 4;
const COMMAND_MEMORY = 2;
const CONFIG_BARS = 0x10;
const BAR_64_BITS = 4;

export interface PciResource {
  /** N of resourceN. */
  readonly index: number;
  readonly start: bigint;
  /** 0 where the card has no such BAR, or lost it. */
  readonly bytes: number;
  readonly isMemory: boolean;
  readonly file: string;
}

export interface PciDevice {
  readonly bdf: string;
  readonly folder: string;
  readonly vendor: number | undefined;
  readonly device: number | undefined;
  /** Name of the driver that is bound. */
  readonly driver: string | undefined;
  /** As the kernel counts it: undefined where it does not say. */
  readonly enabled: boolean | undefined;
  /** The first 64 bytes of the config space, or fewer where less can be read. */
  readonly config: Uint8Array;
  readonly resources: readonly PciResource[];
  /** `8.0 GT/s PCIe x4`, for people. */
  readonly link: string | undefined;
}

const devicesFolder = (sysfsRoot: string) => join(sysfsRoot, 'bus/pci/devices');

/** `03:00.0` and `0000:03:00.0` in the long form; undefined for anything else. */
export function parseBdf(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (BDF.test(lower)) return lower;
  return SHORT_BDF.test(lower) ? `0000:${lower}` : undefined;
}

/** Every PCI address of the machine, sorted; none where there is no PCI. */
export function listPci(sysfsRoot: string): string[] {
  try {
    return readdirSync(devicesFolder(sysfsRoot))
      .filter((name) => BDF.test(name))
      .sort();
  } catch {
    return [];
  }
}

/** @returns undefined where there is no such device */
export function readPciDevice(sysfsRoot: string, bdf: string): PciDevice | undefined {
  const folder = join(devicesFolder(sysfsRoot), bdf);
  const vendor = numberIn(join(folder, 'vendor'));
  const config = configIn(folder);
  if (vendor === undefined && config.length === 0) return undefined;
  const enable = textIn(join(folder, 'enable'));
  const [speed, width] = [textIn(join(folder, 'current_link_speed')), textIn(join(folder, 'current_link_width'))];
  return {
    bdf,
    folder,
    vendor,
    device: numberIn(join(folder, 'device')),
    driver: driverIn(folder),
    enabled: enable === undefined ? undefined : Number(enable) > 0,
    config,
    resources: resourcesIn(folder),
    link: speed === undefined || width === undefined ? undefined : `${speed} x${width}`,
  };
}

/** Every byte of what could be read is all ones: the card does not answer. */
export function isConfigGone({ config }: PciDevice): boolean {
  return config.length >= CONFIG_COMMAND && config.every((byte) => byte === 0xff);
}

/** Whether the card answers reads of its memory; undefined where the config space cannot be read. */
export function decodesMemory({ config }: PciDevice): boolean | undefined {
  const command = config[CONFIG_COMMAND];
  return command === undefined ? undefined : (command & COMMAND_MEMORY) !== 0;
}

/**
 * Memory BARs that the kernel gave an address and whose register holds none. Other addresses than the kernel's mean
 * nothing: a bridge may translate them.
 */
export function forgottenBars({ config, resources }: PciDevice): PciResource[] {
  return resources.filter(({ index, start, bytes, isMemory }) => {
    const at = CONFIG_BARS + 4 * index;
    if (!isMemory || bytes === 0 || start === 0n || at + 4 > config.length) return false;
    const low = Buffer.from(config).readUInt32LE(at);
    const isLong = (low & BAR_64_BITS) !== 0 && at + 8 <= config.length;
    const high = isLong ? Buffer.from(config).readUInt32LE(at + 4) : 0;
    return (low & ~0xf) === 0 && high === 0;
  });
}

function resourcesIn(folder: string): PciResource[] {
  const lines = (textIn(join(folder, 'resource')) ?? '').split('\n').slice(0, BAR_COUNT);
  return lines.flatMap((line, index) => {
    const words = /^(0x[0-9a-f]+) (0x[0-9a-f]+) (0x[0-9a-f]+)$/.exec(line.trim());
    if (words === null) return [];
    const [start, end, flags] = [BigInt(words[1] as string), BigInt(words[2] as string), Number(words[3])];
    const bytes = start === 0n && end === 0n ? 0 : Number(end - start + 1n);
    const isMemory = (flags & MEMORY_FLAG) !== 0;
    return [{ index, start, bytes, isMemory, file: join(folder, `resource${index}`) }];
  });
}

function configIn(folder: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(join(folder, 'config')).subarray(0, CONFIG_BYTES));
  } catch {
    return new Uint8Array(0);
  }
}

function driverIn(folder: string): string | undefined {
  try {
    return basename(readlinkSync(join(folder, 'driver')));
  } catch {
    return undefined;
  }
}

function numberIn(path: string): number | undefined {
  const text = textIn(path);
  return text !== undefined && /^0x[0-9a-f]{4}$/i.test(text) ? Number(text) : undefined;
}

function textIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch {
    return undefined;
  }
}
