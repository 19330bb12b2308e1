// Goal: every start does what is missing and no more, whatever an earlier one left behind.
// The folder is real and empty; the machine is a stand-in whose npm, tsc and node-gyp leave what the real ones leave.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeProblem } from '../../scripts/node-version.mjs';
import { PrepareError, prepare, rebuildAddon } from '../../scripts/prepare.mjs';
import { withLock } from '../../scripts/prepare-lock.mjs';

const ADDON = 'build/Release/gatebook_native.node';

let root = '';
let lines: string[] = [];

const put = (path: string, text = '') => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const has = (path: string) => existsSync(join(root, path));

/** A machine on which everything works, but for what a test replaces. */
function standIn(changes: Record<string, unknown> = {}) {
  const tools = ['g++', 'make', 'python3'];
  const ran: string[] = [];
  const results: Record<string, () => void> = {
    npm: () => {
      rmSync(join(root, 'node_modules'), { recursive: true, force: true });
      put('node_modules/zod/package.json');
      put('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/zod': {} } }));
    },
    tsc: () => put('dist.next/cli/main.js'),
    gyp: () => put(ADDON),
  };
  return {
    abi: '115',
    platform: 'linux-x64-glibc',
    env: {} as Record<string, string>,
    execPath: '/nowhere/bin/node',
    tools,
    ran,
    results,
    which: (name: string) => (tools.includes(name) ? `/nowhere/bin/${name}` : undefined),
    run: async (command: string, args: string[]) => {
      const tool = command === 'npm' ? 'npm' : /tsc$/.test(args[0] ?? '') ? 'tsc' : 'gyp';
      ran.push([tool, ...args.slice(tool === 'npm' ? 0 : 1)].join(' '));
      try {
        results[tool]?.();
        return { code: 0, output: '' };
      } catch (error) {
        return { code: 1, output: `${tool}: ${(error as Error).message}` };
      }
    },
    ...changes,
  };
}

type StandIn = ReturnType<typeof standIn>;
const tools = (machine: StandIn) => machine.ran.map((line) => line.split(' ')[0]);

function go(machine: StandIn, options: { kind?: 'run' | 'all'; quiet?: boolean } = {}) {
  lines = [];
  return prepare({ kind: 'run', root, machine, log: (line: string) => lines.push(line), ...options });
}

/** A second machine like the first, so that what it ran is counted anew. */
async function again(options: { kind?: 'run' | 'all'; quiet?: boolean } = {}, changes: Record<string, unknown> = {}) {
  const machine = standIn(changes);
  const result = await go(machine, options);
  return { ...result, tools: tools(machine), machine };
}

const breakTool = (machine: StandIn, tool: string) => {
  machine.results[tool] = () => {
    throw new Error('broken');
  };
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatebook-prepare-'));
  put('package-lock.json', '{"lock": 1}');
  put('tsconfig.json', '{}');
  put('binding.gyp', '{}');
  put('src/cli/main.ts', 'export const a = 1;\n');
  put('native/engine.cc', 'int a;\n');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('prepare', () => {
  it('does everything in a fresh folder, in order, and nothing the second time', async () => {
    const machine = standIn();
    expect(await go(machine)).toEqual({ did: ['install', 'compile', 'addon'], addon: 'built' });
    expect(tools(machine)).toEqual(['npm', 'tsc', 'gyp']);
    expect(machine.ran[0]).toBe('npm ci --include=optional --omit=dev');
    expect(await again()).toMatchObject({ did: [], tools: [], addon: 'built' });
    expect(lines).toEqual([]);
    expect(has('.prepared/lock')).toBe(false);
  });

  it('installs anew after a change of the lock file, of the ABI or of the platform', async () => {
    await go(standIn());
    expect((await again({}, { abi: '127' })).tools).toEqual(['npm', 'gyp']);
    expect((await again({}, { abi: '127', platform: 'linux-x64-musl' })).tools).toEqual(['npm', 'gyp']);
    await again();
    put('package-lock.json', '{"lock": 2}');
    expect((await again()).tools).toEqual(['npm', 'tsc', 'gyp']);
  });

  it('mends an install that was interrupted', async () => {
    const machine = standIn();
    machine.results['npm'] = () => {
      put('node_modules/zod/package.json');
      throw new Error('killed');
    };
    await expect(go(machine)).rejects.toThrow(PrepareError);
    expect(has('node_modules/zod')).toBe(true);
    expect((await again()).did).toContain('install');
  });

  it('mends an install whose stamp was lost, or that lost a package', async () => {
    await go(standIn());
    rmSync(join(root, '.prepared'), { recursive: true });
    expect((await again()).tools).toEqual(['npm', 'tsc', 'gyp']);
    rmSync(join(root, 'node_modules/zod'), { recursive: true });
    expect((await again()).tools).toEqual(['npm']);
    put('.prepared/stamp.json', '{"install": {"lo');
    expect((await again()).tools).toEqual(['npm', 'tsc', 'gyp']);
  });

  it('adds test tools when they are asked for, and keeps them', async () => {
    await go(standIn());
    const all = await again({ kind: 'all' });
    expect(all.machine.ran).toEqual(['npm ci --include=optional --include=dev']);
    expect((await again()).tools).toEqual([]);
    put('package-lock.json', '{"lock": 2}');
    expect((await again()).machine.ran[0]).toContain('--include=dev');
  });

  it('compiles when a source changes, comes or goes, and not when it is only touched', async () => {
    await go(standIn());
    utimesSync(join(root, 'src/cli/main.ts'), new Date(0), new Date(0));
    expect((await again()).tools).toEqual([]);
    put('src/cli/main.ts', 'export const a = 2;\n');
    put('dist/gone.js');
    expect((await again()).tools).toEqual(['tsc']);
    expect(has('dist/gone.js')).toBe(false);
    put('tsconfig.json', '{ }');
    expect((await again()).tools).toEqual(['tsc']);
    rmSync(join(root, 'dist/cli/main.js'));
    expect((await again()).tools).toEqual(['tsc']);
  });

  it('says why the sources do not compile, leaves the last program and tries again', async () => {
    await go(standIn());
    put('src/cli/main.ts', 'export const a = ;\n');
    const machine = standIn();
    breakTool(machine, 'tsc');
    await expect(go(machine)).rejects.toThrow(/do not compile\ntsc: broken/);
    expect(has('dist/cli/main.js')).toBe(true);
    expect((await again()).tools).toEqual(['tsc']);
  });

  it('uses the npm that runs it', async () => {
    const machine = standIn({ env: { npm_execpath: '/nowhere/npm-cli.js' } });
    const asked: string[] = [];
    const { run } = machine;
    machine.run = (command, args) => {
      asked.push([command, args[0]].join(' '));
      return run(args[0] === '/nowhere/npm-cli.js' ? 'npm' : command, args);
    };
    await go(machine);
    expect(asked[0]).toBe('/nowhere/bin/node /nowhere/npm-cli.js');
  });

  it('uses an installed package as it is', async () => {
    rmSync(join(root, 'package-lock.json'));
    await expect(go(standIn())).rejects.toThrow(/install gatebook anew/);
    put('dist/cli/main.js');
    expect(await again({ quiet: true })).toMatchObject({ did: [], tools: [] });
    expect(has('.prepared')).toBe(false);
  });
});

describe('the addon', () => {
  it('is left out in one line where tools are missing, and built when they come', async () => {
    for (const missing of ['g++', 'make', 'python3']) {
      const machine = standIn();
      machine.tools.splice(machine.tools.indexOf(missing), 1);
      expect(await go(machine)).toMatchObject({ addon: 'absent' });
      const about = lines.filter((line) => line.includes('native engine'));
      expect(about).toHaveLength(1);
      expect(about[0]).toContain(missing === 'g++' ? 'a C++17 compiler' : missing);
      expect(await go(machine, { quiet: true })).toMatchObject({ did: [] });
      expect(lines).toEqual([]);
    }
    expect((await again()).did).toEqual(['addon']);
  });

  it('whose build fails stops nothing; the log is kept, and it is tried again when something changes', async () => {
    const machine = standIn();
    breakTool(machine, 'gyp');
    expect(await go(machine)).toMatchObject({ addon: 'failed' });
    const about = lines.filter((line) => line.includes('build/addon.log'));
    expect(about).toHaveLength(1);
    expect(readFileSync(join(root, 'build/addon.log'), 'utf8')).toContain('gyp: broken');
    expect(await again()).toMatchObject({ addon: 'failed', tools: [] });
    expect(lines.filter((line) => line.includes('build/addon.log'))).toHaveLength(1);
    put('native/engine.cc', 'int b;\n');
    expect(await again()).toMatchObject({ addon: 'built', tools: ['gyp'] });
  });

  it('of other sources is never left where it would be loaded', async () => {
    await go(standIn());
    put('native/engine.cc', 'int b;\n');
    const broken = standIn();
    breakTool(broken, 'gyp');
    expect(await go(broken)).toMatchObject({ addon: 'failed' });
    expect(has(ADDON)).toBe(false);
    put('native/engine.cc', 'int c;\n');
    expect(await again()).toMatchObject({ addon: 'built' });
    put('native/engine.cc', 'int d;\n');
    const bare = standIn();
    bare.tools.length = 0;
    expect(await go(bare)).toMatchObject({ addon: 'absent' });
    expect(has(ADDON)).toBe(false);
  });

  it('that was built stays where only the tools went away', async () => {
    await go(standIn());
    const bare = standIn();
    bare.tools.length = 0;
    expect(await go(bare)).toEqual({ did: [], addon: 'built' });
  });

  it('is built anew for another compiler, without objects of the last', async () => {
    await go(standIn());
    put('build/Release/obj/engine.o');
    const other = standIn();
    other.tools.splice(0, 1, 'clang++');
    await go(other);
    expect(tools(other)).toEqual(['gyp']);
    expect(has('build/Release/obj/engine.o')).toBe(false);
  });

  it('is left alone under GATEBOOK_NO_ADDON=1, in one line', async () => {
    expect(await again({}, { env: { GATEBOOK_NO_ADDON: '1' } })).toMatchObject({ tools: ['npm', 'tsc'] });
    expect(lines.filter((line) => line.includes('GATEBOOK_NO_ADDON'))).toHaveLength(1);
  });

  it('is built anew on request', async () => {
    await go(standIn());
    const machine = standIn();
    expect(await rebuildAddon({ root, machine, log: () => {} })).toEqual({ did: ['addon'], addon: 'built' });
    expect(tools(machine)).toEqual(['gyp']);
  });
});

describe('the verilated kernels', () => {
  const sources = () => {
    put('sim/verilator/binding.gyp', '{}');
    put('hdl/rtl/gb_kernel.v', 'module gb_kernel; endmodule\n');
  };
  const about = () => lines.filter((line) => line.includes('verilated'));

  it("are nobody else's business: what starts the program does not ask for them", async () => {
    sources();
    const machine = standIn();
    expect(await go(machine)).toMatchObject({ did: ['install', 'compile', 'addon'] });
    expect(about()).toEqual([]);
    expect((await again({}, { env: { VERILATOR_ROOT: '/nowhere' } })).tools).toEqual([]);
  });

  it('are left out in one line where their tools are missing', async () => {
    sources();
    const bare = standIn();
    bare.tools.length = 0;
    expect(await go(bare, { kind: 'all' })).toMatchObject({ did: ['install', 'compile'] });
    expect(about()).toHaveLength(1);
    expect(about()[0]).toMatch(/a C\+\+17 compiler, make, python3/);
    const without = standIn({ env: { VERILATOR_ROOT: '/nowhere/verilator' } });
    expect(await go(without, { kind: 'all' })).toMatchObject({ did: ['addon'] });
    expect(about()).toEqual([expect.stringContaining('no Verilator in /nowhere/verilator (again: npm run verilator)')]);
  });

  it('are no part of a folder without their sources', async () => {
    expect((await again({ kind: 'all' })).did).toEqual(['install', 'compile', 'addon']);
    expect(about()).toEqual([]);
  });
});

describe('the lock', () => {
  const log: string[] = [];
  const pause = () => new Promise((done) => setTimeout(done, 20));

  it('lets one at a time through', async () => {
    let inside = 0;
    const work = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await pause();
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(root, (line: string) => log.push(line), work)));
    expect(log.some((line) => line.includes('waiting'))).toBe(true);
  });

  it('of a process that is gone is taken over', async () => {
    // Larger than any process id that Linux gives.
    put('.prepared/lock', `${hostname()} 4194305`);
    expect(
      await withLock(
        root,
        () => {},
        async () => 'done',
      ),
    ).toBe('done');
    expect(has('.prepared/lock')).toBe(false);
  });

  it('of a process that is gone is not taken over while one that it started still works', async () => {
    put('.prepared/lock', `${hostname()} 4194305 ${process.pid}`);
    let done = false;
    const waiting = withLock(
      root,
      () => {},
      async () => {
        done = true;
      },
    );
    await pause();
    expect(done).toBe(false);
    rmSync(join(root, '.prepared/lock'));
    await waiting;
    expect(done).toBe(true);
  });

  it('names what the work starts', async () => {
    await withLock(
      root,
      () => {},
      async (addProcess: (pid: number) => void) => {
        addProcess(4194305);
        expect(readFileSync(join(root, '.prepared/lock'), 'utf8')).toBe(`${hostname()} ${process.pid} 4194305`);
      },
    );
  });

  it('is given back when the work fails', async () => {
    const failing = withLock(
      root,
      () => {},
      () => Promise.reject(new Error('no')),
    );
    await expect(failing).rejects.toThrow('no');
    expect(has('.prepared/lock')).toBe(false);
  });

  it('makes two starts in one folder install once', async () => {
    const [one, two] = [standIn(), standIn()];
    await Promise.all([go(one), go(two)]);
    expect([...tools(one), ...tools(two)].sort()).toEqual(['gyp', 'npm', 'tsc']);
  });
});

describe('the version of Node', () => {
  it('is compared with package.json', () => {
    const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    for (const version of ['20.19.0', '20.20.2', '22.0.0', '100.1.0']) {
      expect(nodeProblem(version, engines.node)).toBeUndefined();
    }
    for (const version of ['20.18.9', '18.20.0', '8.0.0']) {
      expect(nodeProblem(version, engines.node)).toContain(`this is Node ${version}`);
    }
    expect(nodeProblem('20.19.0', 'latest')).toContain('cannot compare');
  });
});
