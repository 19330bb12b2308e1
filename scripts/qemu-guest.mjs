// One run of a QEMU guest: files of this machine are the memory BARs of PCI devices on its bus, and what it runs is a
// list of steps. Emulated, not virtualised: the same on every machine, and where this runs in a guest itself.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from './node-version.mjs';
import { writeImage } from './qemu-image.mjs';

const MEMORY = '1G';
const PROCESSORS = 2;
/** On a busy machine an emulated timer can be too late for the kernel's own check of it, which would then panic. */
const KERNEL_OPTIONS = 'console=ttyS0 quiet panic=-1 no_timer_check intremap=off rcupdate.rcu_cpu_stall_suppress=1';

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string[]} command
 * @property {string} [shown] to people, instead of it
 * @property {string} [input] path in the guest of what it reads on stdin
 * @property {number} seconds after which it is ended
 * @property {number} [uid] of whom it runs as; root unless told otherwise
 *
 * @typedef {object} Memory
 * @property {number} slot on the guest's PCI bus
 * @property {string} file
 * @property {number} bytes
 *
 * @typedef {object} StepResult
 * @property {string} name
 * @property {number | null} status
 * @property {number} seconds
 * @property {string} stdout what it said, or its length where that is long
 * @property {string} stderr
 * @property {string} sha256 of stdout
 */

/** @param {Memory} memory */
function deviceOptions({ slot, file, bytes }) {
  const id = `bar${slot}`;
  const backend = `memory-backend-file,id=${id},share=on,mem-path=${file.replaceAll(',', ',,')},size=${bytes}`;
  return ['-object', backend, '-device', `ivshmem-plain,memdev=${id},addr=${slot}`];
}

/**
 * Boots the guest, waits until it has switched itself off.
 * @param {object} run
 * @param {import('./qemu-machine.mjs').QemuMachine} run.machine
 * @param {string} run.folder for the image and the logs
 * @param {string} [run.kernelOptions]
 * @param {Memory[]} run.memories
 * @param {Step[]} run.steps
 * @param {Record<string, Buffer>} run.files of the guest
 * @param {number} run.seconds after which it is ended
 * @param {(text: string) => void} run.show told what the guest prints
 * @returns {Promise<{ ended: string, results: StepResult[], console: string, seconds: number }>} ended: 'itself' or how
 */
export async function runGuest({ machine, folder, kernelOptions = '', memories, steps, files, seconds, show }) {
  const image = join(folder, 'initramfs.cpio');
  const answers = join(folder, 'results.ndjson');
  const guest = (name) => readFileSync(join(ROOT, 'test', 'qemu', name));
  const more = { '/init': guest('init.sh'), '/guest.mjs': guest('guest.mjs'), ...files };
  more['/steps.json'] = Buffer.from(JSON.stringify(steps));
  more['/modules/order'] = Buffer.from(machine.modules.map((file) => basename(file)).join('\n'));
  for (const file of machine.modules) more[`/modules/${basename(file)}`] = readFileSync(file);
  writeImage(image, { root: ROOT, busybox: machine.busybox, more });
  rmSync(answers, { force: true });
  const args = [
    ...machine.args,
    ...['-nodefaults', '-no-user-config', '-nographic', '-no-reboot', '-net', 'none'],
    ...[
      '-machine',
      'q35',
      '-device',
      'intel-iommu',
      '-accel',
      'tcg',
      '-cpu',
      'max',
      '-smp',
      `${PROCESSORS}`,
      '-m',
      MEMORY,
    ],
    ...['-kernel', machine.kernel, '-initrd', image, '-append', `${KERNEL_OPTIONS} ${kernelOptions}`],
    ...['-serial', 'stdio', '-serial', `file:${answers}`],
    ...memories.flatMap(deviceOptions),
  ];
  const started = performance.now();
  const { ended, output } = await untilOff(machine, args, seconds, show);
  writeFileSync(join(folder, 'console.log'), output);
  return { ended, results: readResults(answers), console: output, seconds: (performance.now() - started) / 1000 };
}

/**
 * Runs a program until it ends by itself or is ended, and collects what it says.
 * @returns {Promise<{ ended: string, output: string }>}
 */
export function untilOff({ command, env }, args, seconds, show) {
  return new Promise((done) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    let output = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end();
    }, seconds * 1000);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        show(text);
      });
    }
    const finish = (ended) => {
      clearTimeout(timer);
      process.removeListener('exit', end);
      done({ ended, output });
    };
    child.on('error', (error) => finish(error.message));
    child.on('close', (code, signal) => {
      if (late) finish(`after ${seconds} s, by force`);
      else finish(code === 0 ? 'itself' : `QEMU ended with ${code ?? signal}`);
    });
  });
}

/** What came whole: a guest that was ended may leave half a line. */
function readResults(path) {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}
