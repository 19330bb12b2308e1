// Goal: `gatebook verify` tells equal engines from different ones by its status, by its last line and by a file that
// shows the difference; `gatebook engines` says what there is to compare.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.js';
import { CONTRACT_DIGEST } from '../../src/contract/generated/records.js';
import { FAULT_NAMES } from '../../src/verify/faults.js';
import { ENGINES, gatebook, jsonLines, missingNative } from './fake-process.js';

const folder = mkdtempSync(join(tmpdir(), 'gatebook-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PROGRAM = ['--commands', '5000', '--seed', '3'];
const verify = (engines: string, ...flags: readonly string[]) =>
  gatebook(['verify', '--engines', engines, ...PROGRAM, ...flags], '', folder);

describe('verify', () => {
  // Goal: engines that agree end with 0 and a last line that a script can read.
  it.for(ENGINES)('finds the reference equal to $name', async ({ name, reason }, context) => {
    if (reason !== undefined) context.skip(`NOT RUN: ${reason}`);
    const { out, err, status } = await verify(`software,${name}`, '--json');
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    const lines = jsonLines(out);
    expect(lines.at(-1)).toMatchObject({
      type: 'summary',
      engines: ['software', name],
      commands: 5000,
      divergences: 0,
      seed: 3,
      crc32: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
    expect(lines.at(-1)?.['events']).toBeGreaterThan(1000);
    expect(lines.slice(0, -1).every((line) => line['type'] === 'segment')).toBe(true);
    // The same in words, and the same again: nothing but the seed decides.
    expect((await verify(`software,${name}`)).out).toMatch(/^software, \w+: equal over 5000 commands and \d+ events, /);
    expect(jsonLines((await verify(`${name},software`, '--json')).out).at(-1)?.['crc32']).toBe(lines.at(-1)?.['crc32']);
  });

  // Goal: what stands behind the name of an engine, commas and all, belongs to it, and is part of its name.
  it('takes engines with arguments', async (context) => {
    const reason = ENGINES.find(({ name }) => name === 'verilator')?.reason;
    if (reason !== undefined) context.skip(`NOT RUN: verilator: ${reason}`);
    const specs = ['software', 'verilator:sim,stall=25,seed=7', 'verilator:stall-events=50'];
    const { out, err, status } = await verify(specs.join(','), '--json');
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    expect(jsonLines(out).at(-1)).toMatchObject({ engines: specs, divergences: 0 });
  });

  // Goal: a device is compared with the same program and the same figures as an engine, wherever it stands in the list.
  it('takes devices, and says how a pair stands', async () => {
    const pair = '(supervised:software,software)';
    const engines = jsonLines((await verify('software,software', '--json')).out);
    for (const list of [`software,${pair}`, `${pair},software`, `${pair},${pair}`]) {
      const { out, err, status } = await verify(list, '--json');
      expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
      const lines = jsonLines(out);
      expect(lines.slice(0, -1)).toEqual(engines.slice(0, -1));
      expect(lines.at(-1)).toMatchObject({
        crc32: engines.at(-1)?.['crc32'],
        divergences: 0,
        supervised: expect.arrayContaining([expect.objectContaining({ state: 'PAIRED', alarm: null, switches: 0 })]),
      });
    }
    const injected = await verify(`software,${pair}`, '--inject', 'event-bit-flip');
    expect([injected.status, injected.err]).toEqual([EXIT.USAGE, expect.stringContaining('--inject needs engines')]);
    expect((await verify('software,(supervised:software')).status).toBe(EXIT.USAGE);
  });

  // Goal: another seed is another program.
  it('depends on the seed', async () => {
    const crc = async (seed: string) => {
      const args = ['verify', '--engines', 'software,software', '--commands', '100', '--seed', seed, '--json'];
      return jsonLines((await gatebook(args)).out).at(-1)?.['crc32'];
    };
    expect(await crc('1')).not.toBe(await crc('2'));
    expect(await crc('1')).toBe(await crc('1'));
  });

  // Goal: --log appends one JSON line a segment.
  it('appends to a log', async () => {
    await verify('software,software', '--log', 'log.ndjson');
    await verify('software,software', '--log', 'log.ndjson');
    const lines = jsonLines(readFileSync(join(folder, 'log.ndjson'), 'utf8'));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ seed: 3, segment: 0, commands: 5000 });
    expect(lines[1]).toEqual(lines[0]);
    expect((await verify('software,software', '--log', 'absent/log')).status).toBe(EXIT.IO);
  });
});

describe('verify --inject', () => {
  /** Runs a divergence file through `exec`. */
  const execOn = async (engine: string, text: string): Promise<string> => {
    const { out, err, status } = await gatebook(['exec', '--engine', engine], text);
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    return out;
  };

  // Goal: each fault is found, ends with 5, and leaves a short program that `exec` accepts as it is.
  it.each(FAULT_NAMES)('%s ends with 5 and leaves a program for exec', async (fault) => {
    const out = join(folder, fault);
    const run = await verify('software,software', '--inject', fault, '--json', '--out', fault);
    expect(run).toMatchObject({ err: '', status: EXIT.DIVERGENCE });
    const lines = jsonLines(run.out);
    expect(readdirSync(out)).toEqual(['divergence-3-0.ndjson']);
    const file = join(out, 'divergence-3-0.ndjson');
    expect(lines.at(-2)).toMatchObject({ type: 'divergence', engines: ['software', 'software'], segment: 0, file });
    expect(lines.at(-1)).toMatchObject({ type: 'summary', divergences: 1, inject: fault });
    const text = readFileSync(file, 'utf8');
    const program = jsonLines(text);
    expect(program[0]).toEqual({ profile: expect.stringMatching(/^books=\d+,/) });
    expect(program).toHaveLength(Number(lines.at(-2)?.['commands']) + 1);
    expect(program.length).toBeLessThan(500);
    await execOn('software', text);
  });

  // Goal: the fault was in the comparison, not in the engines, so both give the same events for the program.
  it('leaves a program on which the engines agree', async (context) => {
    if (missingNative !== undefined) context.skip(`NOT RUN: ${missingNative}`);
    for (const fault of ['event-bit-flip', 'command-drop', 'state-size'] as const) {
      const run = await verify('software,native', '--inject', fault, '--out', `both-${fault}`);
      expect(run.status).toBe(EXIT.DIVERGENCE);
      const text = readFileSync(join(folder, `both-${fault}`, 'divergence-3-0.ndjson'), 'utf8');
      const events = await execOn('software', text);
      expect(events).not.toBe('');
      expect(await execOn('native', text)).toBe(events);
    }
  });

  // Goal: people get the byte, both events and the line that runs the program again.
  it('says how to get waveforms, of an engine that has them', async (context) => {
    const reason = ENGINES.find(({ name }) => name === 'verilator')?.reason;
    if (reason !== undefined) context.skip(`NOT RUN: verilator: ${reason}`);
    const { out } = await verify('software,verilator', '--inject', 'event-bit-flip', '--out', 'waves');
    const hint = /^With waveforms: npx gatebook exec --engine verilator --trace '(.*)' --trace-from \d+ < '(.*)'$/m;
    const [, trace, program] = hint.exec(out) ?? [];
    expect(trace).toBe(join(folder, 'waves', 'divergence-3-0.fst'));
    expect(program).toBe(join(folder, 'waves', 'divergence-3-0.ndjson'));
  });

  it('says in words what differs', async () => {
    const { out } = await verify('software,software', '--inject', 'event-bit-flip', '--out', 'words');
    expect(out).toMatch(/^software and software differ in segment 0; \d+ commands show it: .*divergence-3-0\.ndjson\n/);
    expect(out).toMatch(/byte \d+ of the event stream \(event \d+, byte \d+\): software 0x[0-9a-f]{2}, /);
    expect(out).toContain('caused by command ');
    expect(out).toContain("To run it: npx gatebook exec --engine software < '");
    expect(out).toContain('software, software: DIFFERENT over ');
  });
});

describe('verify with wrong arguments', () => {
  const GOOD = { '--engines': 'software,software', '--commands': '10', '--seed': '1' };
  const CASES: readonly (readonly [string, string | undefined])[] = [
    ['--engines', undefined],
    ['--engines', 'software'],
    ['--engines', 'software,'],
    ['--engines', 'software,abacus'],
    ['--engines', 'software,software:x'],
    ['--commands', undefined],
    ['--commands', '0'],
    ['--commands', '1e3'],
    ['--seed', undefined],
    ['--seed', '-1'],
    ['--seed', '4294967296'],
    ['--engines', 'software,software:x,stall=3'],
    ['--profile', 'huge'],
    ['--profile', 'books=0'],
    ['--inject', 'nothing'],
    ['--no-such-option', '1'],
  ];

  // Goal: one line that names the option or the engine, status 2, nothing on stdout.
  it.each(CASES)('ends with 2: %s %s', async (option, value) => {
    const flags = Object.entries({ ...GOOD, [option]: value }).flatMap(([k, v]) => (v === undefined ? [] : [k, v]));
    const { out, err, status } = await gatebook(['verify', ...flags], '', folder);
    expect({ out, status }).toEqual({ out: '', status: EXIT.USAGE });
    expect(err).toMatch(/^gatebook: [^\n]+\n$/);
    expect(err).toMatch(new RegExp(`${option}|'abacus'|'software:x(,stall=3)?'`));
  });
});

describe('engines', () => {
  // Goal: one JSON array: each engine once, whether it can be used or why not, and which one `auto` is.
  it('lists every engine as JSON', async () => {
    const { out, err, status } = await gatebook(['engines', '--json']);
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    expect(out.trimEnd().split('\n')).toHaveLength(1);
    const engines = JSON.parse(out) as readonly Record<string, unknown>[];
    const names = ['software', 'native', 'verilator', 'serial', 'pcie', 'supervised'];
    expect(engines.map((each) => each['name'])).toEqual(names);
    expect(engines.filter((each) => each['auto'] === true)).toHaveLength(1);
    for (const engine of engines) {
      expect(engine['limits']).toMatchObject({ books: expect.any(Number), finest_tick: 1 });
      expect(typeof engine['build']).toBe('string');
      // What hangs on a link says its contract itself, when it is opened.
      const known = engine['inProcess'] === true || engine['name'] === 'supervised';
      if (engine['available'] === true) expect(engine['contractDigest']).toBe(known ? CONTRACT_DIGEST : undefined);
      else expect(engine['reason']).toEqual(expect.any(String));
    }
    expect(engines.find((each) => each['auto'] === true)?.['available']).toBe(true);
    expect((await gatebook(['engines'])).out).toMatch(/^software(?: \(auto\))?: available\n {2}build {5}software /);
  });
});
