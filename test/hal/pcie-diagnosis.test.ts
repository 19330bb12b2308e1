// Goal: a card is found by what it is, and what keeps it from being opened is told apart, each with what to do.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Backend } from '../../src/hal/backend.js';
import { HAL_ERRORS } from '../../src/hal/errors.js';
import type { Finding } from '../../src/hal/findings.js';
import { openDevice } from '../../src/hal/lifecycle.js';
import { diagnose } from '../../src/hal/pcie/diagnose.js';
import { knownIds, parseTarget } from '../../src/hal/pcie/discovery.js';
import { createPcieBackend } from '../../src/hal/pcie/pcie-backend.js';
import * as registry from '../../src/hal/registry.js';
import { ModelBar } from './model-bar.js';
import { type Card, PciTree } from './pci-tree.js';
import { codeOf } from './pcie-rig.js';
import { oneTop, TINY } from './programs.js';

const BDF = '0000:03:00.0';

let tree: PciTree;
let models: ModelBar[] = [];

beforeEach(() => {
  tree = new PciTree();
});

afterEach(() => {
  for (const model of models) model.close();
  models = [];
  rmSync(tree.root, { recursive: true });
  vi.unstubAllEnvs();
});

/** A card with a gatebook window. */
function addBoard(bdf: string, card: Card = {}): ModelBar {
  const model = new ModelBar(tree.add(bdf, card), TINY).run();
  models.push(model);
  return model;
}

const backend = (): Backend => createPcieBackend(tree.root);
const errorsOf = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity === 'error');

describe('diagnosis', () => {
  it('finds nothing wrong with a card that is all right', () => {
    tree.add(BDF);
    tree.lockDown('[none] integrity confidentiality');
    expect(diagnose(tree.root, BDF)).toEqual([
      { code: 'PCI_PRESENT', severity: 'ok', what: `${BDF} is 1209:6b00, 8.0 GT/s PCIe x4` },
    ]);
  });

  const CASES: Readonly<Record<string, readonly [Card, string, RegExp, RegExp]>> = {
    'memory decoding is off': [
      { command: 4, enable: 0 },
      'MEMORY_DECODE_OFF',
      /bit 1 of its command register is 0; the kernel counts it as not enabled/,
      new RegExp(`echo 1 > /sys/bus/pci/devices/${BDF}/enable`),
    ],
    'memory decoding is off though the kernel switched it on': [
      { command: 0, enable: 1 },
      'MEMORY_DECODE_OFF',
      /the kernel counts it as enabled/,
      /setpci -s 0000:03:00.0 COMMAND=0002:0002/,
    ],
    'a driver is bound': [{ driver: 'xdma' }, 'DRIVER_BOUND', /the driver xdma/, /drivers\/xdma\/unbind/],
    'vfio has it': [{ driver: 'vfio-pci' }, 'DRIVER_BOUND', /virtual machine/, /end that program, .*vfio-pci\/unbind/],
    'it has no BAR': [{ bars: [0] }, 'BAR_LOST', /no memory BAR .*sizes: 0\)/, /remove; echo 1 > .*rescan/],
    'its BARs are too small': [{ bars: [256, 128] }, 'BAR_LOST', /sizes: 256, 128\)/, /rescan/],
    'it forgot the address of its BAR': [
      { registers: [0], command: 0 },
      'BAR_LOST',
      /forgot the address of its BAR 0/,
      /rescan/,
    ],
    'it does not answer at all': [{ isConfigGone: true }, 'BAR_LOST', /config space reads all ones/, /rescan/],
  };

  for (const [name, [card, code, what, remedy]] of Object.entries(CASES)) {
    it(`says that ${name}`, async () => {
      tree.add(BDF, card);
      const errors = errorsOf(diagnose(tree.root, BDF));
      expect(errors).toEqual([
        { code, severity: 'error', what: expect.stringMatching(what), remedy: expect.stringMatching(remedy) },
      ]);
      // Programs match on these codes.
      expect(HAL_ERRORS).toHaveProperty(code);
      expect(await codeOf(() => backend().connect(BDF, undefined))).toBe(code);
    });
  }

  it('says that the kernel is locked down, and in which mode', async () => {
    tree.add(BDF);
    for (const [text, mode] of [
      ['none [integrity] confidentiality', 'integrity'],
      ['none integrity [confidentiality]', 'confidentiality'],
    ] as const) {
      tree.lockDown(text);
      const [error] = errorsOf(diagnose(tree.root, BDF));
      expect(error).toMatchObject({ code: 'KERNEL_LOCKDOWN', what: expect.stringContaining(`(${mode})`) });
      expect(error?.remedy).toContain('Secure Boot');
    }
    expect(await codeOf(() => backend().connect(BDF, undefined))).toBe('KERNEL_LOCKDOWN');
  });

  it('says that this user may not open the file', (context) => {
    const file = tree.add(BDF);
    chmodSync(file, 0o400);
    const isRoot = process.getuid?.() === 0;
    if (isRoot && process.seteuid === undefined) context.skip('NOT RUN: root may open everything');
    if (isRoot) process.seteuid?.(65534);
    try {
      expect(errorsOf(diagnose(tree.root, BDF))).toEqual([
        {
          code: 'ACCESS_DENIED',
          severity: 'error',
          what: `${file} may not be read and written by this user (EACCES)`,
          remedy: expect.stringContaining(`chmod g+rw ${file}`),
        },
      ]);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('leaves drivers alone that leave the BAR alone', () => {
    tree.add(BDF, { driver: 'uio_pci_generic' });
    expect(diagnose(tree.root, BDF).map(({ code, severity }) => [code, severity])).toEqual([
      ['PCI_PRESENT', 'ok'],
      ['DRIVER_HARMLESS', 'ok'],
    ]);
  });

  it('says what is to be mended first: a card that forgot its BAR before the driver on it', () => {
    tree.add(BDF, { registers: [0], driver: 'xdma' });
    expect(errorsOf(diagnose(tree.root, BDF)).map(({ code }) => code)).toEqual(['BAR_LOST', 'DRIVER_BOUND']);
  });

  it('says that there is no such card, or no PCI', () => {
    expect(diagnose(tree.root, BDF)).toMatchObject([
      { code: 'DEVICE_ABSENT', remedy: expect.stringContaining('lspci') },
    ]);
    expect(diagnose(join(tree.root, 'nowhere'), BDF)).toMatchObject([{ code: 'DEVICE_ABSENT' }]);
  });
});

describe('discovery', () => {
  const needAddon = () => backend().unavailable;

  it('understands paths, addresses, ids and nothing', () => {
    expect(parseTarget('/dev/shm/board')).toEqual({ kind: 'file', path: '/dev/shm/board' });
    expect(parseTarget('0000:03:00.0')).toEqual({ kind: 'address', bdf: '0000:03:00.0' });
    expect(parseTarget('0A:1f.7')).toEqual({ kind: 'address', bdf: '0000:0a:1f.7' });
    expect(parseTarget('1af4:1110')).toEqual({ kind: 'ids', ids: [{ vendor: 0x1af4, device: 0x1110 }] });
    expect(parseTarget('')).toMatchObject({ kind: 'ids' });
    expect(parseTarget('0000:03:00.8')).toMatchObject({ kind: 'file' });
  });

  it('knows our own ids and those of the boards', () => {
    const boards = mkdtempSync(join(tmpdir(), 'gatebook-boards-'));
    for (const [name, board] of Object.entries({
      one: { pci: { vendor: '10ee', device: '7021' } },
      two: { pci: [{ vendor: 0x1234, device: 0x5678 }] },
      three: { transport: 'uart' },
    })) {
      mkdirSync(join(boards, name));
      writeFileSync(join(boards, name, 'board.json'), JSON.stringify(board));
    }
    mkdirSync(join(boards, 'without'));
    expect(knownIds(boards)).toEqual(
      expect.arrayContaining([
        { vendor: 0x1209, device: 0x6b00 },
        { vendor: 0x10ee, device: 0x7021 },
        { vendor: 0x1234, device: 0x5678 },
      ]),
    );
    expect(knownIds(boards)).toHaveLength(3);
    // Half written, and no object at all: the others count all the same.
    for (const text of ['{"pci":', 'null', '{"pci":[null]}']) {
      writeFileSync(join(boards, 'three', 'board.json'), text);
      expect(knownIds(boards)).toHaveLength(3);
    }
    expect(knownIds(join(boards, 'nowhere'))).toEqual([{ vendor: 0x1209, device: 0x6b00 }]);
    rmSync(boards, { recursive: true });
  });

  it('finds the board by its id, by its address and by another id, on whichever BAR it is', async (context) => {
    if (needAddon() !== undefined) context.skip(`NOT RUN: ${needAddon()}`);
    tree.add('0000:00:1f.3', { vendor: 0x8086, device: 0xa348 });
    addBoard('0000:01:00.0', { combines: true });
    // BAR 0 is of the right size and something else.
    tree.add('0000:02:00.0', { vendor: 0x1af4, device: 0x1110, bars: [65536, 0, 65536] });
    const other = join(tree.root, 'bus/pci/devices/0000:02:00.0/resource2');
    models.push(new ModelBar(other, TINY).run());
    for (const args of ['', '01:00.0', '1209:6b00', '1af4:1110', '0000:02:00.0', other]) {
      const device = await openDevice(await backend().connect(args, undefined));
      await device.submit(oneTop());
      expect(await device.fence()).toMatchObject({ records: 5, events: 1 });
      await device.close();
    }
    expect(await codeOf(() => backend().connect('00:1f.3', undefined))).toBe('NOT_GATEBOOK');
    expect(await codeOf(() => backend().connect('dead:beef', undefined))).toBe('DEVICE_ABSENT');
  });

  it('writes commands through the file that combines, where there is one', async (context) => {
    if (needAddon() !== undefined) context.skip(`NOT RUN: ${needAddon()}`);
    addBoard('0000:01:00.0', { combines: true });
    addBoard('0000:02:00.0', {});
    const sentence = async (bdf: string) => (await backend().diagnose?.(bdf))?.at(-1)?.what;
    expect(await sentence('0000:01:00.0')).toMatch(/is the window of board model \(writes combine\)/);
    expect(await sentence('0000:02:00.0')).toMatch(/\(writes do not combine\)/);
  });

  it('passes over a card that cannot be opened, and says why when there is no other', async (context) => {
    if (needAddon() !== undefined) context.skip(`NOT RUN: ${needAddon()}`);
    tree.add('0000:01:00.0', { driver: 'xdma' });
    expect(await codeOf(() => backend().connect('', undefined))).toBe('DRIVER_BOUND');
    addBoard('0000:02:00.0');
    const device = await openDevice(await backend().connect('', undefined));
    expect(device.identity.build).toBe('board model');
    await device.close();
  });

  it('calls a BAR lost that reads all ones while the card answers', async (context) => {
    if (needAddon() !== undefined) context.skip(`NOT RUN: ${needAddon()}`);
    const file = tree.add(BDF);
    writeFileSync(file, Buffer.alloc(65536, 0xff));
    for (const args of [BDF, file]) {
      await expect(Promise.resolve().then(() => backend().connect(args, undefined))).rejects.toMatchObject({
        code: 'BAR_LOST',
        message: expect.stringContaining(`/sys/bus/pci/devices/${BDF}/remove`),
      });
    }
  });

  it('gives findings for cards, for files, and for a machine without any', async (context) => {
    if (needAddon() !== undefined) context.skip(`NOT RUN: ${needAddon()}`);
    const codes = async (args: string) => ((await backend().diagnose?.(args)) ?? []).map(({ code }) => code);
    expect(await codes('')).toEqual(['PCI_NONE']);
    const model = addBoard('0000:01:00.0');
    expect(await codes('')).toEqual(['PCI_PRESENT', 'BAR_OK']);
    tree.add('0000:02:00.0', { driver: 'xdma' });
    expect(await codes('')).toEqual(['PCI_PRESENT', 'BAR_OK', 'PCI_PRESENT', 'DRIVER_BOUND']);
    const transport = await backend().connect('01:00.0', undefined);
    expect(await codes(model.path)).toEqual(['PCI_PRESENT', 'PORT_BUSY']);
    const busy = async (args: string) =>
      ((await backend().diagnose?.(args)) ?? []).find(({ code }) => code === 'PORT_BUSY');
    // Whoever names a card wants to use it; whoever looks at all only wants to know.
    expect(await busy('01:00.0')).toMatchObject({ severity: 'error' });
    expect(await busy('')).toMatchObject({ severity: 'ok', what: expect.stringMatching(/resource0: another program/) });
    await transport.close();
    expect(await codes(join(tree.root, 'nothing'))).toEqual(['DEVICE_ABSENT']);
    expect(await registry.diagnose('software')).toEqual([]);
  });

  it('is not available without the addon, and says so', async () => {
    vi.stubEnv('GATEBOOK_NO_ADDON', '1');
    await expect(registry.open('pcie:/nowhere')).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringContaining('GATEBOOK_NO_ADDON=1'),
    });
  });
});
