// A folder that looks like /sys: PCI cards with config space, resources, drivers, and what the kernel says of itself.
import { chmodSync, linkSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Card {
  readonly vendor?: number;
  readonly device?: number;
  /** Command register; memory decoding is bit 1. */
  readonly command?: number;
  readonly driver?: string;
  readonly enable?: number;
  /** Bytes of each BAR as the kernel sees it. */
  readonly bars?: readonly number[];
  /** What the card's own BAR registers hold; the kernel's addresses unless given. */
  readonly registers?: readonly number[];
  readonly isConfigGone?: boolean;
  /** A second file of BAR 0 whose writes combine. */
  readonly combines?: boolean;
}

const MEMORY = 0x40200;
const FIRST_ADDRESS = 0xf000_0000;

export class PciTree {
  readonly root = mkdtempSync(join(tmpdir(), 'gatebook-sys-'));

  constructor() {
    // Another user than the one who made it looks into it.
    chmodSync(this.root, 0o755);
    mkdirSync(join(this.root, 'bus/pci/devices'), { recursive: true });
  }

  /** lockdown: as the kernel writes it, `none [integrity] confidentiality`. */
  lockDown(text: string): void {
    mkdirSync(join(this.root, 'kernel/security'), { recursive: true });
    writeFileSync(join(this.root, 'kernel/security/lockdown'), `${text}\n`);
  }

  /** @returns the file of BAR 0 */
  add(bdf: string, card: Card = {}): string {
    const folder = join(this.root, 'bus/pci/devices', bdf);
    mkdirSync(folder);
    const put = (name: string, text: string) => writeFileSync(join(folder, name), `${text}\n`);
    const hex = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, '0')}`;
    const { vendor = 0x1209, device = 0x6b00, bars = [65536], enable = 1 } = card;
    put('vendor', hex(vendor, 4));
    put('device', hex(device, 4));
    put('enable', String(enable));
    put('current_link_speed', '8.0 GT/s PCIe');
    put('current_link_width', '4');
    const start = (index: number) => FIRST_ADDRESS + index * 0x10_0000;
    const lines = Array.from({ length: 6 }, (_, index) => {
      const bytes = bars[index] ?? 0;
      if (bytes === 0) return [0, 0, bars[index] === undefined ? 0 : MEMORY];
      writeFileSync(join(folder, `resource${index}`), Buffer.alloc(bytes));
      return [start(index), start(index) + bytes - 1, MEMORY];
    });
    put('resource', lines.map((line) => line.map((word) => hex(word, 16)).join(' ')).join('\n'));
    if (card.combines === true) linkSync(join(folder, 'resource0'), join(folder, 'resource0_wc'));
    writeFileSync(
      join(folder, 'config'),
      configOf(
        card,
        vendor,
        device,
        bars.map((_, index) => start(index)),
      ),
    );
    if (card.driver !== undefined) {
      const driver = join(this.root, 'bus/pci/drivers', card.driver);
      mkdirSync(driver, { recursive: true });
      symlinkSync(driver, join(folder, 'driver'));
    }
    return join(folder, 'resource0');
  }
}

function configOf(card: Card, vendor: number, device: number, addresses: readonly number[]): Buffer {
  const config = Buffer.alloc(256, card.isConfigGone === true ? 0xff : 0);
  if (card.isConfigGone === true) return config;
  config.writeUInt16LE(vendor, 0);
  config.writeUInt16LE(device, 2);
  config.writeUInt16LE(card.command ?? 2, 4);
  for (const [index, address] of (card.registers ?? addresses).entries())
    config.writeUInt32LE(address, 0x10 + 4 * index);
  return config;
}
