// Goal: backends are found by name, and what is wrong with a name, a profile or a machine is said by code.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CONTRACT_DIGEST } from '../../src/contract/generated/records.js';
import { buildInfo, commitOf } from '../../src/hal/build-info.js';
import {
  canTrace,
  createEngine,
  defaultProfile,
  diagnose,
  listBackends,
  open,
  openPair,
  resolveBackend,
  withTrace,
} from '../../src/hal/registry.js';
import { serialBackend } from '../../src/hal/serial/serial-backend.js';
import { softwareBackend } from '../../src/hal/software/software-backend.js';
import { TINY } from './programs.js';

describe('the registry', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('gives every error of a backend a code, at once or later', async () => {
    const connect = vi.spyOn(softwareBackend, 'connect');
    const failed = { code: 'BACKEND_UNAVAILABLE', message: 'software: no memory' };
    connect.mockImplementationOnce(() => {
      throw new RangeError('no memory');
    });
    await expect(open('software')).rejects.toMatchObject(failed);
    connect.mockImplementationOnce(() => Promise.reject(new RangeError('no memory')) as never);
    await expect(open('software')).rejects.toMatchObject(failed);
    const primary = { name: 'own', connect: () => Promise.reject(new RangeError('no memory')) };
    await expect(openPair(primary, 'software')).rejects.toMatchObject({ ...failed, message: 'supervised: no memory' });
    vi.spyOn(serialBackend as Required<typeof serialBackend>, 'diagnose').mockRejectedValue(
      new RangeError('no memory'),
    );
    await expect(diagnose('serial')).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });

  it('lists every backend with its limits, contract and build', () => {
    const [software, native, verilator] = listBackends();
    expect(software).toMatchObject({ name: 'software', available: true, contractDigest: CONTRACT_DIGEST });
    expect(software?.limits).toMatchObject({ books: 65536, pages: 1048576, finestTick: 1 });
    expect(software?.build).toBe(`software ${buildInfo().version}`);
    for (const each of [native, verilator]) {
      expect(each?.available === true ? each.contractDigest : each?.reason).toBeTruthy();
    }
    expect(verilator?.limits).toMatchObject({ books: 1024, pages: 4096, finestTick: 1 });
  });

  it('takes software for auto where native is turned off, and says why native is not there', async () => {
    vi.stubEnv('GATEBOOK_NO_ADDON', '1');
    expect(resolveBackend('auto')).toBe('software');
    const device = await open('auto', { profile: TINY });
    expect(device.identity.backend).toBe('software');
    await device.close();
    await expect(open('native')).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringContaining('GATEBOOK_NO_ADDON'),
    });
    expect(() => createEngine('native', TINY)).toThrow(/GATEBOOK_NO_ADDON/);
  });

  it('names the backends when there is none of that name', async () => {
    await expect(open('fpga')).rejects.toMatchObject({
      code: 'BACKEND_UNKNOWN',
      message: expect.stringMatching(/^backend 'fpga' is not one of auto, software, native, verilator(, [a-z]+)*$/),
    });
    await expect(open('')).rejects.toMatchObject({ code: 'BACKEND_UNKNOWN' });
  });

  it('refuses arguments that a backend does not take', async () => {
    await expect(open('software:/dev/ttyUSB0')).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    expect(() => createEngine('software:x', TINY)).toThrow(/'software:x'/);
  });

  it('names the field and the range of a profile that is wrong', async () => {
    await expect(open('software', { profile: { ...TINY, legs: -1 } })).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
      message: 'profile.legs = -1 is not in 0..1048576',
    });
  });

  it('opens the standard profile when none is asked for', async () => {
    const device = await open('software');
    expect(device.identity.profile.books).toBe(8192);
    expect(device.identity.profile).toEqual(defaultProfile('software'));
    await device.close();
  });

  it('has waveforms to offer where there is something inside to see', () => {
    expect(canTrace('software')).toBe(false);
    expect(() => withTrace('software', { file: 'f.fst', fromRecord: 0 })).toThrow(/software writes no waveforms/);
  });
});

describe('the build', () => {
  const commit = 'a'.repeat(40);
  const folder = (files: Readonly<Record<string, string>>) => {
    const root = mkdtempSync(join(tmpdir(), 'gatebook-build-'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(root, name, '..'), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    return root;
  };
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ['no checkout', { 'package.json': '{}' }, 'unknown'],
    ['a branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${commit}\n` }, commit],
    [
      'a packed branch',
      { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': `${commit} refs/heads/main\n` },
      commit,
    ],
    ['a commit by itself', { '.git/HEAD': `${commit}\n` }, commit],
    ['a branch without commits', { '.git/HEAD': 'ref: refs/heads/main\n' }, 'unknown'],
    ['a worktree', { '.git': 'gitdir: elsewhere\n', 'elsewhere/HEAD': `${commit}\n` }, commit],
  ];
  for (const [name, files, expected] of cases) {
    it(`knows the commit of ${name}`, () => {
      const root = folder(files);
      expect(commitOf(root)).toBe(expected);
      rmSync(root, { recursive: true });
    });
  }
});
