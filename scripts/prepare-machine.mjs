// What `prepare` asks of the machine: in one object, so that its tests can hand it another one.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join, resolve } from 'node:path';

const STILL_BUSY_MS = 10_000;

/**
 * @typedef {object} Machine
 * @property {string} abi Node's ABI number: an addon of another one does not load
 * @property {string} platform system, processor and C library, as 'linux-x64-glibc'
 * @property {NodeJS.ProcessEnv} env
 * @property {string} execPath of Node
 * @property {(name: string) => string | undefined} which path of a command
 * @property {(command: string, args: string[], options: RunOptions) => Promise<{ code: number, output: string }>} run
 *
 * @typedef {object} RunOptions
 * @property {string} cwd
 * @property {Record<string, string>} [env] added to the machine's
 * @property {(pid: number) => void} [onStart] called once
 * @property {(seconds: number) => void} [onBusy] called every ten seconds
 */

/** @returns {Machine} */
export function thisMachine() {
  const { env, execPath } = process;
  return {
    abi: process.versions.modules,
    platform: `${process.platform}-${process.arch}${libc()}`,
    env,
    execPath,
    which: (name) => findOnPath(name, env.PATH ?? ''),
    run: (command, args, options) => runCommand(command, args, { ...options, env: { ...env, ...options.env } }),
  };
}

/** A folder of packages made on a glibc system holds binaries that musl cannot load, and the other way round. */
function libc() {
  if (process.platform !== 'linux') return '';
  return existsSync('/etc/alpine-release') ? '-musl' : '-glibc';
}

/** @returns {string | undefined} */
export function findOnPath(name, path) {
  for (const folder of path.split(delimiter).filter((f) => f !== '')) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

function runCommand(command, args, { cwd, env, onStart, onBusy }) {
  return new Promise((done) => {
    const started = Date.now();
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid !== undefined) onStart?.(child.pid);
    const timer = setInterval(() => onBusy?.(Math.round((Date.now() - started) / 1000)), STILL_BUSY_MS);
    let output = '';
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    const end = (code, more = '') => {
      clearInterval(timer);
      done({ code, output: output + more });
    };
    child.on('error', (error) => end(127, `${command}: ${error.message}\n`));
    child.on('close', (code, signal) => end(code ?? 128, signal === null ? '' : `${command}: ended by ${signal}\n`));
  });
}

/**
 * @param {Machine} machine
 * @returns {{ compiler: string, missing: string[] }} compiler: command; missing: what building the addon would need
 */
export function findToolchain(machine) {
  const compilers = [machine.env.CXX, 'g++', 'c++', 'clang++'].filter(Boolean);
  const compiler = compilers.map((name) => machine.which(name) ?? (existsSync(name) ? name : undefined)).find(Boolean);
  const missing = [];
  if (compiler === undefined) missing.push('a C++17 compiler');
  if (machine.which('make') === undefined) missing.push('make');
  if (machine.which('python3') === undefined) missing.push('python3');
  return { compiler: compiler ?? '', missing };
}

/** Changes whenever the compiler is updated or replaced, and costs no start of it as asking for its version would. */
export function compilerIdentity(compiler) {
  try {
    const file = realpathSync(compiler);
    const { mtimeMs, size } = statSync(file);
    return `${file} ${size} ${Math.round(mtimeMs)}`;
  } catch {
    return compiler;
  }
}

/** Folder that holds include/node, or undefined where Node came without headers and node-gyp must find them. */
export function nodeFolder(execPath) {
  const folder = resolve(execPath, '../..');
  return existsSync(join(folder, 'include', 'node', 'node_api.h')) ? folder : undefined;
}

/** Beside this package where it is installed in another's node_modules; the path of an absent one makes a clear log. */
export function nodeGyp(root) {
  const script = 'node-gyp/bin/node-gyp.js';
  try {
    return createRequire(join(root, 'package.json')).resolve(script);
  } catch {
    return join(root, 'node_modules', script);
  }
}
