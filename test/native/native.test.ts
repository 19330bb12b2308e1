// Goal: the C++ engine is sound on its own (its own tests, under sanitizers), gives the same bytes inside Node, and
// takes any misuse from JavaScript as an error with a stable code.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, describe, expect, it, type TestContext, vi } from 'vitest';
import { NAMED_PROFILES, type Profile, parseProfile, profileValues } from '../../src/contract/profile.js';
import { createNativeEngine } from '../../src/hal/native/native-engine.js';
import { loadNative } from '../../src/hal/native-addon.js';
import type { Engine } from '../../src/kernel/engine.js';
import { describeBarProcess } from './bar-process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NATIVE = join(ROOT, 'native');
const BINARIES = join(ROOT, 'build/native-test');
const ADDON_FILE = join(ROOT, 'build/Release/gatebook_native.node');
const BUILD_MS = 240_000;
const MOST_OUTPUT = 256 << 20;

function profileOf(text: string): Profile {
  const profile = parseProfile(text);
  if (typeof profile === 'string') throw new Error(profile);
  return profile;
}

function run(command: string, args: readonly string[], input?: Uint8Array, env = process.env): Buffer {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, input, env, maxBuffer: MOST_OUTPUT });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: status ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

/** Skips where the addon is not built, and says why. */
function needAddon(context: TestContext): void {
  const found = loadNative();
  if ('reason' in found) context.skip(`NOT RUN: ${found.reason}`);
}

function nativeEngine(profile: Profile): Engine {
  const engine = createNativeEngine(profile);
  if (engine === undefined) throw new Error('there is no native engine');
  return engine;
}

/** The events of all commands, handed over in batches of `batch` records at most. */
function eventsOf(engine: Engine, commands: Uint8Array, batch: number): Buffer {
  const out = new Uint8Array(engine.maxEventBytes + 4096);
  const parts: Buffer[] = [];
  for (let from = 0; from < commands.length; ) {
    const end = Math.min(commands.length, from + batch * 16);
    from = engine.consume(commands.subarray(0, end), from, out);
    parts.push(Buffer.from(out.slice(0, engine.eventBytes)));
  }
  return Buffer.concat(parts);
}

describe('the C++ tests', () => {
  let missing: string | undefined;

  beforeAll(() => {
    if (process.platform === 'win32') missing = 'NOT RUN: the script is for a Unix shell';
    else missing = /^NOT RUN.*/m.exec(run('sh', ['native/test/run.sh', 'build']).toString())?.[0];
  }, BUILD_MS);

  it('the CRC has one value, however it is computed', (context) => {
    if (missing !== undefined) context.skip(missing);
    expect(run(join(BINARIES, 'crc32_test'), []).toString()).toContain('0 failures');
  });

  it('the host of a BAR loses nothing and takes nothing that is not whole', { timeout: BUILD_MS }, (context) => {
    if (missing !== undefined) context.skip(missing);
    const folder = mkdtempSync(join(tmpdir(), 'gatebook-native-'));
    const env = { ...process.env, TMPDIR: folder };
    expect(run(join(BINARIES, 'bar_test'), ['30000'], undefined, env).toString()).toContain('bar: 0 failures');
    // All that it has made was there, in a folder of its own, and is gone.
    expect(readdirSync(folder)).toEqual([]);
    const nowhere = { ...env, TMPDIR: join(folder, 'nowhere') };
    expect(() => run(join(BINARIES, 'bar_test'), ['1'], undefined, nowhere)).toThrow('nowhere/gatebook-');
    rmdirSync(folder);
  });

  describeBarProcess(() => missing);

  it('after every random record everything fits together', { timeout: BUILD_MS }, (context) => {
    if (missing !== undefined) context.skip(missing);
    expect(run(join(BINARIES, 'soak_test'), ['30000', '1']).toString()).toMatch(/^soak: \d+ fences checked/m);
  });

  it.for(['tiny', 'ecp5', 'sim', 'tiny,books=3,pages=40,baskets=20,legs=60,legs_per_basket=6,finest_tick=1'])(
    'the sanitizer build and the addon give the same bytes: %s',
    { timeout: BUILD_MS },
    (text, context) => {
      if (missing !== undefined) context.skip(missing);
      needAddon(context);
      const profile = profileOf(text);
      const values = profileValues(profile).join(',');
      const commands = run(join(BINARIES, 'random_program'), [values, '100000', '7']);
      const expected = run(join(BINARIES, 'engine_pipe'), [values], commands);
      const engine = nativeEngine(profile);
      try {
        expect(commands.length).toBe(1_600_000);
        expect(expected.length).toBeGreaterThan(100_000);
        expect(eventsOf(engine, commands, 333).equals(expected)).toBe(true);
      } finally {
        engine.close();
      }
    },
  );
});

describe('the addon', () => {
  const tiny = NAMED_PROFILES['tiny'] as Profile;
  // A LEVEL_SET of an EMPTY book: refused, one event.
  const refused = Uint8Array.from([4, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]);

  afterEach(() => vi.unstubAllEnvs());

  const codeOf = (call: () => unknown): unknown => {
    try {
      call();
    } catch (error) {
      return error instanceof Error ? (error as { code?: unknown }).code : 'not an Error';
    }
    return 'no error';
  };

  it('says that it is turned off', () => {
    vi.stubEnv('GATEBOOK_NO_ADDON', '1');
    expect(loadNative()).toEqual({ reason: expect.stringContaining('GATEBOOK_NO_ADDON=1') });
    expect(createNativeEngine(tiny)).toBeUndefined();
  });

  it('refuses arguments of the wrong kind, length or alignment', (context) => {
    needAddon(context);
    const engine = nativeEngine(tiny);
    const out = new Uint8Array(engine.maxEventBytes);
    const detached = new Uint8Array(16);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    const detachedOut = new Uint8Array(engine.maxEventBytes);
    structuredClone(detachedOut.buffer, { transfer: [detachedOut.buffer] });
    const any = (value: unknown): never => value as never;
    const bad: readonly (() => unknown)[] = [
      () => engine.consume(any(undefined), 0, out),
      () => engine.consume(any([1, 2, 3]), 0, out),
      () => engine.consume(any(new Uint16Array(8)), 0, out),
      () => engine.consume(any(new DataView(new ArrayBuffer(16))), 0, out),
      () => engine.consume(refused.subarray(1), 0, out),
      () => engine.consume(detached, 0, out),
      () => engine.consume(refused, 1, out),
      () => engine.consume(refused, 32, out),
      () => engine.consume(refused, -16, out),
      () => engine.consume(refused, Number.NaN, out),
      () => engine.consume(refused, any('0'), out),
      () => engine.consume(refused, 0, any(undefined)),
      () => engine.consume(refused, 0, new Uint8Array(engine.maxEventBytes - 32)),
      () => engine.consume(refused, 0, new Uint8Array(new ArrayBuffer(4096), 2, 2048)),
      () => engine.consume(refused, 0, detachedOut),
      () => engine.reset(-1, out),
      () => engine.reset(2 ** 32, out),
      () => engine.reset(0.5, out),
      () => engine.reset(any({}), out),
      () => engine.reset(1, new Uint8Array(31)),
    ];
    expect(bad.map(codeOf)).toEqual(bad.map(() => 'ARGUMENT_INVALID'));
    expect(engine.consume(refused, 0, out)).toBe(16);
    expect(engine.eventBytes).toBe(32);
    engine.close();
  });

  it('refuses to work when it is closed, and profiles out of range', (context) => {
    needAddon(context);
    const engine = nativeEngine(tiny);
    const out = new Uint8Array(engine.maxEventBytes);
    engine.close();
    engine.close();
    expect(codeOf(() => engine.consume(refused, 0, out))).toBe('DEVICE_CLOSED');
    expect(codeOf(() => engine.reset(1, out))).toBe('DEVICE_CLOSED');
    for (const wrong of [
      { books: 0 },
      { books: 65537 },
      { pages: 1048577 },
      { legsPerBasket: 257 },
      { finestTick: 7 },
    ]) {
      expect(codeOf(() => nativeEngine({ ...tiny, ...wrong }))).toBe('ARGUMENT_INVALID');
    }
    const { NativeEngine } = createRequire(import.meta.url)(ADDON_FILE) as {
      NativeEngine: new (...a: unknown[]) => object;
    };
    expect(codeOf(() => new NativeEngine())).toBe('ARGUMENT_INVALID');
    expect(codeOf(() => new NativeEngine(new Uint32Array(7)))).toBe('ARGUMENT_INVALID');
    const consume = Reflect.get(NativeEngine.prototype, 'consume') as () => unknown;
    expect(() => consume.call({})).toThrow(TypeError);
  });

  it('writes into memory of any kind, and engines do not meet', (context) => {
    needAddon(context);
    const first = nativeEngine(tiny);
    const second = nativeEngine(tiny);
    const shared = new Uint8Array(new SharedArrayBuffer(first.maxEventBytes));
    const unaligned = new Uint8Array(new ArrayBuffer(first.maxEventBytes + 4), 4);
    const odd = new Uint8Array(17).subarray(1);
    odd.set(refused);
    first.consume(odd, 0, shared);
    first.consume(refused, 0, shared);
    second.consume(refused, 0, unaligned);
    expect([shared[8], unaligned[8]]).toEqual([1, 0]);
    first.reset(9, unaligned);
    expect([first.eventBytes, unaligned[0], unaligned[4]]).toEqual([32, 6, 9]);
    expect(second.consume(new Uint8Array(0), 0, unaligned)).toBe(0);
    expect(second.eventBytes).toBe(0);
    first.close();
    second.close();
  });

  it('runs in several threads at a time, and one may end in the middle', { timeout: 60_000 }, async (context) => {
    needAddon(context);
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      const { NativeEngine } = require(workerData.addon);
      const engine = new NativeEngine(Uint32Array.from(workerData.values));
      const out = new Uint8Array(engine.maxEventBytes + 65536);
      const commands = new Uint8Array(16 * 1000).fill(255);
      let total = 0;
      do {
        for (let from = 0; from < commands.length; ) {
          from = engine.consume(commands, from, out);
          total += engine.state[0];
        }
      } while (workerData.forever || total < 32 * 200000);
      parentPort.postMessage(total);`;
    const start = (forever: boolean) =>
      new Worker(code, { eval: true, workerData: { addon: ADDON_FILE, values: profileValues(tiny), forever } });
    const endless = start(true);
    const totals = await Promise.all(
      [start(false), start(false)].map(
        (worker) =>
          new Promise((resolve, reject) => {
            worker.once('message', resolve);
            worker.once('error', reject);
          }),
      ),
    );
    expect(totals).toEqual([32 * 200_000, 32 * 200_000]);
    expect(await endless.terminate()).toBe(1);
  });
});

it('every clause of the contract is cited beside the code that implements it', () => {
  const clauses = readFileSync(join(ROOT, 'docs/contract.md'), 'utf8').match(/(?<=^- \*\*)[A-Z]+-\d+(?=\*\*)/gm) ?? [];
  const sources = readdirSync(NATIVE).filter((name) => /\.(h|cc)$/.test(name));
  const text = sources.map((name) => readFileSync(join(NATIVE, name), 'utf8')).join('\n');
  expect(clauses.length).toBeGreaterThan(40);
  expect(clauses.filter((clause) => !new RegExp(`\\b${clause}\\b`).test(text))).toEqual([]);
});
