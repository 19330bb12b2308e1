// Goal: the peers stay apart from what users install, and their lock binds nobody to a registry.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('bench/peers', () => {
  it('has exact versions, a lock that knows them, and no addresses', () => {
    const manifest = JSON.parse(read('bench/peers/package.json')) as { dependencies: Record<string, string> };
    const lock = JSON.parse(read('bench/peers/package-lock.json')) as {
      packages: Record<string, { version?: string; integrity?: string; resolved?: string }>;
    };
    for (const [name, version] of Object.entries(manifest.dependencies)) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(lock.packages[`node_modules/${name}`]).toMatchObject({ version, integrity: expect.any(String) });
    }
    expect(Object.values(lock.packages).filter((entry) => entry.resolved !== undefined)).toEqual([]);
    expect(read('bench/peers/.npmrc')).toContain('omit-lockfile-registry-resolved=true');
  });

  it('is no part of the root package', () => {
    const root = JSON.parse(read('package-lock.json')) as { packages: Record<string, unknown> };
    for (const name of ['ccxt', 'sorted-btree', '@nevuamarkets/poly-websockets']) {
      expect(root.packages[`node_modules/${name}`]).toBeUndefined();
    }
  });
});
