// What `npm run test:qemu` needs of a machine with Debian's packages: QEMU, a kernel for the guest and BusyBox. What is
// not installed is unpacked from packages into build/qemu, so that nothing on the machine changes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from './prepare-machine.mjs';

const QEMU = 'qemu-system-x86_64';
const QEMU_PACKAGE = 'qemu-system-x86';
const BUSYBOX_PACKAGE = 'busybox-static';
/** Stands for the newest kernel of Debian for virtual machines, with the serial console built in. */
const KERNEL_PACKAGE = 'linux-image-cloud-amd64';
/** Modules of it that drive any PCI device, each after those that it needs. */
const MODULES = [
  'virt/lib/irqbypass',
  'drivers/vfio/vfio',
  'drivers/vfio/vfio_virqfd',
  'drivers/vfio/vfio_iommu_type1',
  'drivers/vfio/pci/vfio-pci-core',
  'drivers/vfio/pci/vfio-pci',
  'drivers/uio/uio',
  'drivers/uio/uio_pci_generic',
];
const DOWNLOAD_MS = 300_000;
const ASK_MS = 60_000;

/** There is no QEMU here and none to be had; the message says what it would take. */
export class QemuMissing extends Error {}

/**
 * @typedef {object} QemuMachine
 * @property {string} command
 * @property {string[]} args where its ROMs are
 * @property {NodeJS.ProcessEnv} env
 * @property {string} version
 * @property {string} kernel path of an image that QEMU boots
 * @property {string} kernelVersion
 * @property {string[]} modules paths of kernel modules, in the order in which they load
 * @property {string} busybox path of a static one
 */

/**
 * Finds them, and fetches what is missing once.
 * @param {string} folder for what is fetched
 * @param {(line: string) => void} log
 * @returns {QemuMachine}
 * @throws {QemuMissing}
 */
export function qemuMachine(folder, log) {
  const { platform, arch } = process;
  if (platform !== 'linux' || arch !== 'x64') throw new QemuMissing(`Linux on x86-64, which this is not`);
  const root = join(folder, 'packages');
  if (!existsSync(join(root, 'complete'))) fetchPackages(root, log);
  const boot = join(root, 'boot');
  const image = readdirSync(boot).find((name) => name.startsWith('vmlinuz-'));
  const busybox = ['bin/busybox', 'usr/bin/busybox'].map((path) => join(root, path)).find((path) => existsSync(path));
  if (image === undefined || busybox === undefined) throw new QemuMissing(`a kernel and BusyBox in ${root}: delete it`);
  const kernelVersion = image.replace('vmlinuz-', '');
  const modules = MODULES.map((name) => join(root, 'lib', 'modules', kernelVersion, 'kernel', `${name}.ko`));
  const qemu = { ...qemuCommand(root), kernel: join(boot, image), kernelVersion, modules, busybox };
  const { status, stdout, stderr } = spawnSync(qemu.command, ['--version'], {
    env: qemu.env,
    encoding: 'utf8',
    timeout: ASK_MS,
  });
  if (status !== 0) throw new QemuMissing(`a ${QEMU} that starts: ${stderr.trim()}`);
  return { ...qemu, version: stdout.split('\n')[0] };
}

/** The installed one where there is one: the packages hold another only where none was found when they were fetched. */
function qemuCommand(root) {
  const own = join(root, 'usr', 'bin', QEMU);
  const { env } = process;
  if (!existsSync(own)) return { command: QEMU, args: [], env };
  const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((path) => join(root, path));
  const roms = ['qemu', 'seabios'].flatMap((name) => [join(root, 'usr', 'share', name), join('/usr/share', name)]);
  return {
    command: own,
    args: roms.filter((path) => existsSync(path)).flatMap((path) => ['-L', path]),
    env: {
      ...env,
      LD_LIBRARY_PATH: [...libraries, env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
      QEMU_MODULE_DIR: join(libraries[0], 'qemu'),
    },
  };
}

function fetchPackages(root, log) {
  for (const tool of ['apt-get', 'apt-cache', 'dpkg']) {
    if (findOnPath(tool, process.env.PATH ?? '') === undefined) {
      throw new QemuMissing(`${tool}, to fetch QEMU, a kernel and BusyBox from Debian's packages`);
    }
  }
  const names = packageNames();
  log(`fetching ${names.length} packages: ${names.join(' ')}`);
  const next = `${root}.next`;
  rmSync(next, { recursive: true, force: true });
  mkdirSync(join(next, 'debs'), { recursive: true });
  run('apt-get', ['download', ...names], { cwd: join(next, 'debs'), timeout: DOWNLOAD_MS });
  for (const name of readdirSync(join(next, 'debs'))) run('dpkg', ['-x', join(next, 'debs', name), next], {});
  rmSync(join(next, 'debs'), { recursive: true });
  writeFileSync(join(next, 'complete'), `${names.join('\n')}\n`);
  rmSync(root, { recursive: true, force: true });
  renameSync(next, root);
}

/** BusyBox, the kernel, and QEMU with those of its packages that are not installed. */
function packageNames() {
  const installed = findOnPath(QEMU, process.env.PATH ?? '') !== undefined;
  const plan = installed ? '' : run('apt-get', ['install', '--simulate', '--no-install-recommends', QEMU_PACKAGE], {});
  const qemu = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1]);
  if (!installed && !qemu.includes(QEMU_PACKAGE)) throw new QemuMissing(`the package ${QEMU_PACKAGE}: apt-get update`);
  return [...qemu, BUSYBOX_PACKAGE, kernelPackage()];
}

function kernelPackage() {
  const match = /Depends: (linux-image-\d\S+)/.exec(run('apt-cache', ['depends', KERNEL_PACKAGE], {}));
  if (match === null) throw new QemuMissing(`the package ${KERNEL_PACKAGE}: apt-get update`);
  return match[1];
}

function run(command, args, { cwd, timeout = ASK_MS }) {
  const env = { ...process.env, LC_ALL: 'C' };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, timeout, env, encoding: 'utf8' });
  const last = (stderr ?? '').trim().split('\n').at(-1);
  if (status !== 0) throw new QemuMissing(`packages: '${command} ${args[0]}' failed: ${last} (apt-get update?)`);
  return stdout;
}

/** Libraries that a program or an addon is linked against, by the paths at which the loader finds them here. */
export function librariesOf(file) {
  const list = run('ldd', [file], {});
  return [...list.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map((match) => match[1]);
}
