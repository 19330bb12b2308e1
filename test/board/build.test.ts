// Goal: `gatebook board build` says why a build failed, leaves the figures of the repository alone, and leaves nothing
// running when it is told to stop.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { patiently } from '../../scripts/synth-tools.mjs';
import { gatebook, ROOT } from '../cli/fake-process.js';

const place = vi.hoisted(() => ({ root: '' }));
vi.mock('../../src/hal/build-info.js', async (original) => ({
  ...(await original<typeof import('../../src/hal/build-info.js')>()),
  get PACKAGE_ROOT() {
    return place.root;
  },
}));

place.root = mkdtempSync(join(tmpdir(), 'gatebook-build-'));
mkdirSync(join(place.root, 'scripts'));
symlinkSync(join(ROOT, 'hdl'), join(place.root, 'hdl'));
afterAll(() => rmSync(place.root, { recursive: true }));
afterEach(() => vi.useRealTimers());

/** In place of the real one. */
const script = (text: string) => writeFileSync(join(place.root, 'scripts', 'bitstreams.mjs'), text);
const build = () => gatebook(['board', 'build', 'icebreaker']);

it('asks for no figures: those of the repository are of `npm run bitstreams`', async () => {
  script(`import { writeFileSync } from 'node:fs'; writeFileSync('args.json', JSON.stringify(process.argv.slice(2)));`);
  await build();
  const args = JSON.parse(readFileSync(join(place.root, 'args.json'), 'utf8')) as string[];
  expect(args).toEqual(['--board', 'icebreaker', '--check']);
  const real = readFileSync(join(ROOT, 'scripts', 'bitstreams.mjs'), 'utf8');
  expect(real.indexOf('if (check ||')).toBeGreaterThan(0);
  expect(real.indexOf('writeResults({')).toBeGreaterThan(real.indexOf('if (check ||'));
});

it.each([
  [
    'what was missed',
    ['FAILED icebreaker: 20.1 MHz are routed, 24 MHz are asked for'],
    /: 20.1 MHz are routed, 24 MHz/,
  ],
  [
    'the words of a tool that gave up',
    ['FAILED icebreaker: yowasp-yosys ended with 1:', 'Info: reading', 'ERROR: no such module'],
    /: yowasp-yosys ended with 1: ERROR: no such module$/,
  ],
])('names %s, not the count at the end', async (_, lines, reason) => {
  script(
    `console.log(${JSON.stringify([...lines, '0 passed, 1 failed, 0 skipped'].join('\n'))}); process.exitCode = 1;`,
  );
  const { err, status } = await build();
  expect(status).toBe(1);
  expect(err.trimEnd().split('\n').at(-1)).toMatch(/^gatebook: BUILD_FAILED: icebreaker was not built: /);
  expect(err.trimEnd()).toMatch(reason);
});

it('says each half minute that a tool is still at work', async () => {
  vi.useFakeTimers();
  const said = vi.spyOn(console, 'log').mockImplementation(() => {});
  let end: (value: number) => void = () => {};
  const work = patiently('placing ulx3s', new Promise<number>((done) => (end = done)));
  vi.advanceTimersByTime(61_000);
  end(7);
  expect(await work).toBe(7);
  vi.advanceTimersByTime(60_000);
  expect(said.mock.calls.flat()).toEqual(['still placing ulx3s (30 s)', 'still placing ulx3s (60 s)']);
  said.mockRestore();
});

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    // One that has ended and that nobody has asked for yet is alive to the call above.
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

// Goal: make and its compilers are children of a child; all of them end with us.
it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends what was started, and its children', async (signal) => {
  const idle = 'setInterval(() => {}, 1000)';
  const outer = `
    import { spawn } from 'node:child_process';
    console.log(process.pid, spawn(process.execPath, ['-e', '${idle}']).pid);
    ${idle};`;
  const run = `
    import { runScript } from ${JSON.stringify(join(ROOT, 'dist', 'cli', 'child-group.js'))};
    const args = ['--input-type=module', '-e', ${JSON.stringify(outer)}];
    const { stopped } = await runScript(args, { cwd: '.', tell: (text) => void process.stdout.write(text) });
    console.log(stopped);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', run], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const pids = await new Promise<number[]>((done) => {
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (text.includes('\n')) done((text.split('\n')[0] as string).split(' ').map(Number));
    });
  });
  expect(pids.map(isAlive)).toEqual([true, true]);
  const ended = new Promise((done) => child.on('close', done));
  child.kill(signal);
  await ended;
  expect(text.trimEnd().split('\n').at(-1)).toBe(signal);
  await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]));
});
