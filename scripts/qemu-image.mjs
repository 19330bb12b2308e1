// The initramfs of the guest: BusyBox, this machine's Node with its libraries, and the package as npm would install it,
// with the addon that was built here. An archive in cpio's "newc" form is all that the kernel needs.
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { librariesOf } from './qemu-machine.mjs';

/** Dependencies that only building needs; the rest of what npm calls one goes into the guest. */
const BUILD_ONLY = /^node_modules\/(typescript|@typescript\/|@types\/|node-addon-api|node-gyp)/;
const ADDON = 'build/Release/gatebook_native.node';
const HOME = '/gatebook';
const FILE = 0o100755;
const FOLDER = 0o040755;

/**
 * @typedef {object} Entry
 * @property {string} path in the guest
 * @property {number} mode with the type of the file
 * @property {() => Buffer} data read only when it is its turn: Node alone is 100 MB
 */

const NOTHING = () => Buffer.alloc(0);

/** @param {Entry[]} entries @returns {Generator<Buffer>} the archive in pieces */
export function* newc(entries) {
  let inode = 0;
  for (const entry of [...entries, { path: 'TRAILER!!!', mode: 0, data: NOTHING }]) {
    inode += 1;
    const data = entry.data();
    const name = Buffer.from(`${entry.path.replace(/^\//, '')}\0`);
    const fields = [inode, entry.mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length, 0];
    const head = Buffer.from(`070701${fields.map((value) => value.toString(16).padStart(8, '0')).join('')}`);
    yield padded(Buffer.concat([head, name]));
    yield padded(data);
  }
}

const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

/** Files of a folder of this machine below a path of the guest. */
function filesBelow(folder, path) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const [from, to] = [join(folder, entry.name), join(path, entry.name)];
    return statSync(from).isDirectory() ? filesBelow(from, to) : [[to, from]];
  });
}

/** Those that package.json lists for npm, the addon, and the packages that running takes. */
function packageFiles(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const refused = manifest.files.filter((name) => name.startsWith('!')).map((name) => name.slice(1));
  const modules = Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && !entry.dev && !BUILD_ONLY.test(path) && existsSync(join(root, path)))
    .map(([path]) => path);
  return ['package.json', ...manifest.files, ADDON, ...modules]
    .filter((name) => !name.startsWith('!') && existsSync(join(root, name)))
    .flatMap((name) => {
      const from = join(root, name);
      return statSync(from).isDirectory() ? filesBelow(from, name) : [[name, from]];
    })
    .filter(([name]) => !refused.some((folder) => name.startsWith(`${folder}/`)))
    .map(([name, from]) => [join(HOME, name), from]);
}

/**
 * Writes the archive.
 * @param {string} file
 * @param {object} contents
 * @param {string} contents.root of the project
 * @param {string} contents.busybox
 * @param {Record<string, Buffer>} contents.more files by their path in the guest
 * @returns {{ files: number, bytes: number }}
 */
export function writeImage(file, { root, busybox, more }) {
  const node = process.execPath;
  const copied = new Map([
    ['/bin/busybox', busybox],
    ['/usr/bin/node', node],
    ...[node, join(root, ADDON)].flatMap(librariesOf).map((path) => [path, path]),
    ...packageFiles(root),
  ]);
  const files = [...copied].map(([path, from]) => ({ path, mode: FILE, data: () => readFileSync(from) }));
  for (const [path, data] of Object.entries(more)) files.push({ path, mode: FILE, data: () => data });
  const output = openSync(file, 'w');
  try {
    for (const piece of newc([...foldersOf([...copied.keys(), ...Object.keys(more)]), ...files])) {
      writeFileSync(output, piece);
    }
    return { files: files.length, bytes: fstatSync(output).size };
  } finally {
    closeSync(output);
  }
}

/** Entries of all folders that the paths go through, each before what is in it. */
function foldersOf(paths) {
  const folders = new Set();
  for (const path of paths) {
    const parts = dirname(path).split('/').slice(1);
    for (const [at] of parts.entries()) folders.add(`/${parts.slice(0, at + 1).join('/')}`);
  }
  return [...folders].map((path) => ({ path, mode: FOLDER, data: NOTHING }));
}
