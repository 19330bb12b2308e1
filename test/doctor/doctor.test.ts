// Goal: the doctor tells what is there from what is missing and from what is wrong, each with what to do, and ends with
// the status of the worst.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.js';
import { deviceFindings } from '../../src/doctor/device-checks.js';
import { boardFindings, machineFindings } from '../../src/doctor/machine-checks.js';
import { remedyOf } from '../../src/doctor/remedies.js';
import { HAL_ERRORS, type HalErrorCode } from '../../src/hal/errors.js';
import { gatebook, jsonLines, ROOT } from '../cli/fake-process.js';

const folder = mkdtempSync(join(tmpdir(), 'gatebook-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const nowNs = () => process.hrtime.bigint();

describe('the machine', () => {
  const findingsOf = (nodeVersion: string, path: string) =>
    new Map(machineFindings({ nodeVersion, path }).map((finding) => [finding.code, finding]));

  // Goal: a version below the oldest is an error, the oldest itself is none.
  it.each([
    ['20.18.9', 'error'],
    ['18.20.0', 'error'],
    ['20.19.0', 'ok'],
    ['22.0.0', 'ok'],
  ])('judges Node %s', (version, severity) => {
    expect(findingsOf(version, '').get('NODE')).toMatchObject({ severity });
  });

  // Goal: a program counts as there only where it can be run; one of several names is enough.
  it('finds programs on the path, and says what is missing without them', () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'clang++'), '');
    chmodSync(join(bin, 'clang++'), 0o755);
    writeFileSync(join(bin, 'make'), '');
    chmodSync(join(bin, 'make'), 0o644);
    mkdirSync(join(bin, 'perl'));
    const found = findingsOf('20.19.0', `${join(folder, 'nothing')}:${bin}`);
    expect(found.get('COMPILER')).toEqual({ code: 'COMPILER', severity: 'ok', what: join(bin, 'clang++') });
    expect(found.get('MAKE')).toMatchObject({ severity: 'warning', remedy: expect.stringContaining('apt-get') });
    expect(found.get('PERL')).toMatchObject({ severity: 'warning', what: expect.stringContaining('no perl') });
    expect(found.get('BACKEND_SOFTWARE')).toMatchObject({ severity: 'ok' });
  });
});

describe('the boards', () => {
  // Goal: a board that somebody is about to add is named, and keeps the doctor from nothing.
  it('that are half written are errors that name their file', () => {
    for (const [name, text] of Object.entries({ whole: '', half: '{"name": "ha', empty: 'null' })) {
      mkdirSync(join(folder, 'hdl', 'boards', name), { recursive: true });
      if (text !== '') writeFileSync(join(folder, 'hdl', 'boards', name, 'board.json'), text);
    }
    const findings = boardFindings(folder);
    expect(findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual(Array(2).fill('BOARD_INVALID error'));
    expect(findings.map(({ what }) => what.split(':')[0])).toEqual([
      'hdl/boards/empty/board.json',
      'hdl/boards/half/board.json',
    ]);
    expect(boardFindings(join(folder, 'nothing'))).toEqual([]);
    expect(boardFindings(ROOT)).toEqual([]);
  });
});

describe('a device', () => {
  // Goal: a good one is described and measured, its answers held against a shadow.
  it('is opened, asked and loaded', async () => {
    const findings = await deviceFindings('software', nowNs);
    expect(findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      'DEVICE ok',
      'ROUND_TRIP ok',
      'THROUGHPUT ok',
    ]);
    expect(findings[2]?.what).toMatch(/^[1-9]\d* level changes a second \([1-9]\d* in/);
  });

  // Goal: what keeps it from being opened is a finding with its code and what to do, not an exception.
  it.each([
    ['fpga', 'BACKEND_UNKNOWN'],
    ['verilator:nonsense', 'ARGUMENT_INVALID'],
    ['serial:/dev/no-such-port', 'PORT_ABSENT'],
  ])('that cannot be opened is a finding: %s', async (spec, code) => {
    const findings = await deviceFindings(spec, nowNs);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity: 'error', what: expect.stringContaining(spec) });
    expect([code, 'BACKEND_UNAVAILABLE']).toContain(findings[0]?.code);
    expect(Object.keys(HAL_ERRORS)).toContain(findings[0]?.code);
  });
});

describe('a remedy', () => {
  /** Their messages say what to do, as it depends on what was found. */
  const IN_THE_MESSAGE: readonly HalErrorCode[] = [
    'ACCESS_DENIED',
    'BACKEND_UNAVAILABLE',
    'BAR_LOST',
    'DRIVER_BOUND',
    'KERNEL_LOCKDOWN',
    'MEMORY_DECODE_OFF',
    'PORT_PERMISSION',
  ];
  /** Only a program can make these, by how it calls a device. */
  const OF_THE_CALLER: readonly HalErrorCode[] = [
    'BATCH_INVALID',
    'DEVICE_CLOSED',
    'IN_RESTORE',
    'NO_SHADOW',
    'PROFILE_INVALID',
    'REENTRANT',
    'RESET_DISCARDED',
    'RESTORE_REJECTED',
  ];

  it('is there for every code that opening or running a device can end with', () => {
    const others = [...IN_THE_MESSAGE, ...OF_THE_CALLER];
    for (const code of Object.keys(HAL_ERRORS) as HalErrorCode[]) {
      if (others.includes(code)) continue;
      expect(remedyOf(code), code).toMatch(/^.{10,}[^.]$/);
    }
    expect(others.filter((code) => remedyOf(code) !== undefined)).toEqual([]);
  });

  it('is told of a port that is not there', async () => {
    const [finding] = await deviceFindings('serial:/dev/no-such-port', nowNs);
    if (finding?.code === 'PORT_ABSENT') expect(finding.remedy).toContain('plugged in');
    else expect(finding?.code).toBe('BACKEND_UNAVAILABLE');
  });
});

describe('gatebook doctor', () => {
  // Goal: a machine that lacks only what is optional is healthy.
  it('ends with 0 where nothing is wrong, and counts what it found', async () => {
    const { out, err, status } = await gatebook(['doctor', '--engine', 'software']);
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    const ok = out.split('\n').filter((line) => line.startsWith('  ok ')).length;
    const warnings = out.split('\n').filter((line) => line.startsWith('  warning ')).length;
    expect(ok).toBeGreaterThan(3);
    expect(out).toMatch(new RegExp(`\\n${ok} ok, ${warnings} warnings, 0 errors\\n$`));
    expect(out).toContain('\nsoftware\n  ok      DEVICE: ');
  });

  // Goal: the same as JSON, an object a line, each with its subject.
  it('says the same as JSON, and ends with the status of the first error', async () => {
    const { out, status } = await gatebook(['doctor', '--json', '--engine', 'fpga', '--engine', 'software']);
    const lines = jsonLines(out);
    expect(status).toBe(EXIT.USAGE);
    expect(lines.every((line) => ['ok', 'warning', 'error'].includes(String(line['severity'])))).toBe(true);
    expect(lines.find((line) => line['subject'] === 'fpga')).toMatchObject({
      code: 'BACKEND_UNKNOWN',
      severity: 'error',
      remedy: expect.stringContaining('gatebook engines'),
    });
    expect(lines.filter((line) => line['subject'] === 'software').at(-1)).toMatchObject({ code: 'THROUGHPUT' });
  });

  // Goal: a path that cannot be looked at is a fault of the port, not one of the program.
  it('ends with 6 where a path leads nowhere', async () => {
    const loop = join(folder, 'loop');
    symlinkSync(loop, loop);
    const { out, status } = await gatebook(['doctor', '--json', '--engine', `serial:${loop}`]);
    expect(status).toBe(EXIT.DEVICE);
    const codes = jsonLines(out).filter((line) => line['subject'] === `serial:${loop}`);
    expect(['PORT_FAILED', 'BACKEND_UNAVAILABLE']).toContain(codes[0]?.['code']);
  });

  it('ends with 6 where a device is at fault', async () => {
    const { out, status } = await gatebook(['doctor', '--engine', 'serial:/dev/no-such-port']);
    expect(status).toBe(EXIT.DEVICE);
    expect(out).toMatch(/\n {2}ERROR {3}(PORT_ABSENT|BACKEND_UNAVAILABLE): /);
  });
});
