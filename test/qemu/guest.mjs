// Runs in the guest: each step of /steps.json in turn. What it said goes to the console, for people, and with status
// and time to the second serial port, for scripts/test-qemu.mjs, which alone knows what is right.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';

const RESULTS = '/dev/ttyS1';
/** Longer output is told by its digest: a serial port is slow. */
const MOST_SHOWN = 20_000;
const MAX_BUFFER = 64 * 1024 * 1024;

const send = (result) => appendFileSync(RESULTS, `${JSON.stringify(result)}\n`);

function runStep({ name, command, shown, input, uid, seconds }) {
  console.log(`\n== ${name}${uid === undefined ? '' : `, as user ${uid}`}\n$ ${shown ?? command.join(' ')}`);
  const started = performance.now();
  const { status, signal, stdout, stderr, error } = spawnSync(command[0], command.slice(1), {
    input: input === undefined ? '' : readFileSync(input),
    uid,
    timeout: seconds * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_BUFFER,
  });
  const took = (performance.now() - started) / 1000;
  const text = stdout.length > MOST_SHOWN ? `(${stdout.length} bytes)\n` : stdout.toString('utf8');
  process.stdout.write(text);
  process.stdout.write(stderr.toString('utf8'));
  console.log(`(status ${status ?? signal}, ${took.toFixed(1)} s)`);
  send({
    name,
    status,
    signal,
    error: error?.message,
    seconds: took,
    stdout: text,
    stderr: stderr.toString('utf8'),
    sha256: createHash('sha256').update(stdout).digest('hex'),
  });
}

for (const step of JSON.parse(readFileSync('/steps.json', 'utf8'))) runStep(step);
send({ name: 'end', uptime: Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) });
