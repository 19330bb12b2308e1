// Goal: the serial ports of a machine are told apart without opening one: fit for use, closed to this user, slow by its
// bridge, not there.
import { mkdtempSync, readFileSync, rmSync, type Stats, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/hal/build-info.js';
import { serialFindings } from '../../src/hal/serial/diagnose.js';
import type { PortProbe } from '../../src/hal/serial/port-faults.js';
import type { SerialBoard } from '../../src/hal/serial/serial-spec.js';
import type { PortInfo } from '../../src/hal/serial/sysfs.js';

const BOARDS: readonly SerialBoard[] = [{ name: 'ulx3s', usb: [{ vendor: '0403', product: '6015' }], baud: 3_000_000 }];
const BOARD_PORT: PortInfo = { path: '/dev/ttyUSB0', vendor: '0403', product: '6015', title: 'ULX3S', latencyMs: 16 };
const OTHER_PORT: PortInfo = { path: '/dev/ttyACM0', vendor: '2341', product: '0043' };

/** Character devices of group 20, mode 660, those of `closed` closed to this user; nothing else is there. */
const probe = (there: readonly string[], closed: readonly string[] = []): PortProbe => ({
  stat: (path) =>
    there.includes(path) ? ({ isCharacterDevice: () => true, gid: 20, mode: 0o20660 } as unknown as Stats) : undefined,
  permitted: (path) => !closed.includes(path),
  groups: () => 'root:x:0:\ndialout:x:20:\n',
});
const both = ['/dev/ttyUSB0', '/dev/ttyACM0'];

describe('serial ports', () => {
  it('says which board a port may be, and what its bridge costs', () => {
    const findings = serialFindings('', [BOARD_PORT, OTHER_PORT], BOARDS, probe(both));
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['PORT', 'ok'],
      ['LATENCY_TIMER', 'warning'],
      ['PORT', 'ok'],
    ]);
    expect(findings[0]?.what).toBe('/dev/ttyUSB0, USB 0403:6015 ULX3S; by its ids it may be: ulx3s');
    expect(findings[1]?.what).toContain('16 ms');
    expect(findings[2]?.what).toBe('/dev/ttyACM0, USB 2341:0043');
  });

  // Goal: a board that this user may not open is an error with the rule that permits it; a modem is not our concern.
  it('offers a udev rule where there is no permission', () => {
    const findings = serialFindings('', [BOARD_PORT, OTHER_PORT], BOARDS, probe(both, both));
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['PORT_PERMISSION', 'error'],
      ['PORT_PERMISSION', 'warning'],
    ]);
    expect(findings[0]?.what).toContain('group dialout');
    expect(findings[0]?.remedy).toContain('ATTRS{idVendor}=="0403", ATTRS{idProduct}=="6015"');
  });

  // Goal: no rule of udev opens a folder, and one that is closed to this user is no accident of the program.
  it('tells a closed folder on the way from a closed port', () => {
    const stat = () => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    };
    const findings = serialFindings('/closed/ttyUSB0', [], BOARDS, { ...probe([]), stat });
    expect(findings).toMatchObject([{ code: 'PORT_PERMISSION', severity: 'error' }]);
    expect(findings[0]).not.toHaveProperty('remedy');
  });

  // Goal: a rule never matches every terminal of the machine: without USB ids it names the port, or there is none.
  it.each([
    ['/dev/ttyS0', [{ path: '/dev/ttyS0' }], 'SUBSYSTEM=="tty", KERNEL=="ttyS0", MODE="0660", TAG+="uaccess"'],
    ['/dev/ttyAMA0', [], 'SUBSYSTEM=="tty", KERNEL=="ttyAMA0", MODE="0660", TAG+="uaccess"'],
    ['/dev/pts/7', [], undefined],
    ['/dev/tty', [], undefined],
    ['/dev/serial/by-id/usb-a"b', [], undefined],
    ['/dev/null', [], undefined],
  ] as const)('offers a rule that matches %s alone, or none', (path, ports, rule) => {
    const [finding, ...others] = serialFindings(path, ports, BOARDS, probe([path], [path]));
    expect(others).toEqual([]);
    expect(finding?.code).toBe('PORT_PERMISSION');
    expect(finding?.remedy).toBe(rule && `udev rule: ${rule}`);
    const said = `${finding?.what} ${finding?.remedy ?? ''}`;
    const rules = [...said.matchAll(/SUBSYSTEM==[^)]*?uaccess"/g)].map(([text]) => text);
    expect(rules).toEqual(rule === undefined ? [] : [rule, rule]);
    expect(rules.every((text) => /KERNEL==|ATTRS\{idVendor\}==/.test(text))).toBe(true);
    if (path.startsWith('/dev/pts/')) expect(said).toMatch(/run both as the same user $/);
  });

  it.each(['docs/doctor.md', 'docs/bring-up.md'])('%s holds no rule that matches every terminal', (page) => {
    const rules = readFileSync(join(PACKAGE_ROOT, page), 'utf8').match(/SUBSYSTEM=="tty".*/g) ?? [];
    expect(rules.filter((rule) => !/KERNEL==|ATTRS\{idVendor\}==/.test(rule))).toEqual([]);
  });

  it('looks at one port alone where it is named', () => {
    const findings = serialFindings('/dev/ttyUSB9', [BOARD_PORT], BOARDS, probe(both));
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([['PORT_ABSENT', 'error']]);
  });

  it('names the target of a link that leads nowhere', () => {
    const link = join(mkdtempSync(join(tmpdir(), 'gatebook-link-')), 'u');
    symlinkSync('/dev/pts/none', link);
    const [finding] = serialFindings(link, [], BOARDS, probe([]));
    rmSync(dirname(link), { recursive: true });
    expect(finding).toMatchObject({ code: 'PORT_ABSENT' });
    expect(finding?.what).toBe(`serial: ${link} is a link to /dev/pts/none, which is not there`);
  });

  it('takes a machine without ports for a healthy one, unless a board is asked for', () => {
    expect(serialFindings('', [], BOARDS, probe([]))).toMatchObject([{ code: 'NO_PORTS', severity: 'ok' }]);
    expect(serialFindings('ulx3s', [], BOARDS, probe([]))).toMatchObject([{ code: 'NO_PORTS', severity: 'warning' }]);
  });
});
