// Goal: what killed simulations left behind goes, and nothing else does.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeBarFolder } from '../../src/sim/bar-folder.js';

let parent = '';
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'gatebook-folders-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
/** Of a process that has ended. */
const dead = spawnSync(process.execPath, ['-e', '']).pid;
const isRoot = process.getuid?.() === 0;

function put(name: string): string {
  const path = join(parent, name);
  mkdirSync(path);
  writeFileSync(join(path, 'litefury'), 'bar');
  return path;
}

it('removes the folders of ended owners of this user and this machine', () => {
  const left = put(`gatebook-bar-${host}-${dead}-abcDE1`);
  const made = makeBarFolder(parent);
  expect(existsSync(left)).toBe(false);
  expect(basename(made)).toMatch(new RegExp(`^gatebook-bar-${host}-${process.pid}-`));
  const second = makeBarFolder(parent);
  expect([existsSync(made), existsSync(second)]).toEqual([true, true]);
});

it('leaves alone what it cannot be sure of', () => {
  const kept = [
    put(`gatebook-bar-${host}-${process.ppid}-abcDE1`),
    put(`gatebook-bar-0123abcd-${dead}-abcDE1`),
    put(`gatebook-bar-${host}-${dead}-abcDE1.old`),
    put(`my-gatebook-bar-${host}-${dead}-abcDE1`),
    put('gatebook-bar-abcDE1'),
    put('aim'),
    join(parent, `gatebook-bar-${host}-${dead}-linked`),
  ];
  symlinkSync(join(parent, 'aim'), kept.at(-1) as string);
  if (isRoot) {
    const others = put(`gatebook-bar-${host}-${dead}-other1`);
    chownSync(others, 65534, 65534);
    kept.push(others);
  }
  makeBarFolder(parent);
  expect(kept.filter((path) => !existsSync(path))).toEqual([]);
  expect(existsSync(join(parent, 'aim', 'litefury'))).toBe(true);
});
