// Goal: the guest's archive is what the kernel reads; a guest that never ends is ended and said to be; and no check of
// what it did is satisfied by a guest that did nothing, or something else.
import { describe, expect, it } from 'vitest';
import { untilOff } from '../../scripts/qemu-guest.mjs';
import { newc } from '../../scripts/qemu-image.mjs';
import { boots, findings } from '../../scripts/qemu-steps.mjs';
import * as bar from '../../src/contract/generated/transports.js';

const text = (bytes: string) => () => Buffer.from(bytes, 'latin1');
const archive = (entries: Parameters<typeof newc>[0]) => Buffer.concat([...newc(entries)]).toString('latin1');

describe('an initramfs', () => {
  it('holds each file as cpio\'s form "newc" has it: a head in hex, name and data padded to words', () => {
    const bytes = archive([{ path: '/a/bc', mode: 0o100755, data: text('12345') }]);
    const head = ['070701', '00000001', '000081ed', '00000000', '00000000', '00000001', '00000000', '00000005'];
    head.push('00000000', '00000000', '00000000', '00000000', '00000005', '00000000');
    // 110 bytes of head and 5 of name make 115, so one 0 fills the word; three fill that of the data.
    const [name, data] = ['a/bc\0\0', '12345\0\0\0'];
    expect(bytes.slice(0, 124)).toBe(head.join('') + name + data);
  });

  it('ends with the trailer that the kernel stops at', () => {
    const bytes = archive([]);
    expect(bytes).toMatch(/^0707010{7}1.*TRAILER!!!\0+$/s);
    expect(bytes.length % 4).toBe(0);
  });
});

describe('waiting for a guest', () => {
  const run = (script: string, seconds: number) =>
    untilOff({ command: '/bin/sh', env: process.env }, ['-c', script], seconds, () => undefined);

  it('says that it ended by itself, and what it printed', async () => {
    expect(await run('echo on', 20)).toEqual({ ended: 'itself', output: 'on\n' });
    expect(await run('echo on >&2', 20)).toEqual({ ended: 'itself', output: 'on\n' });
  });

  it('says with which status it failed', async () => {
    expect((await run('exit 3', 20)).ended).toBe('QEMU ended with 3');
  });

  it('ends one that does not end', async () => {
    expect(await run('echo on; exec sleep 600', 1)).toEqual({ ended: 'after 1 s, by force', output: 'on\n' });
  });

  it('says what could not be started', async () => {
    const { ended } = await untilOff({ command: '/nowhere/qemu', env: {} }, [], 20, () => undefined);
    expect(ended).toContain('ENOENT');
  });
});

describe('what must come of a guest', () => {
  const summary = { commands: 9, events: 4, crc32: '01234567' };
  const all = boots({ capture: 'f.capture', summary, events: 'abc', bar, canSwitchOff: true });
  const steps = all.flatMap((boot) => boot.steps);
  const result = (name: string, status: number, stdout = '') => ({
    ...{ name, status, stdout, seconds: 1, stderr: '', sha256: '00' },
  });
  const problems = (name: string, ended: string, results: ReturnType<typeof result>[]) => {
    const boot = all.find((each) => each.name === name);
    return boot === undefined ? [] : findings(boot, { ended, results }).filter(([, finding]) => finding !== true);
  };

  it('is missing where a step did not run, and where the guest was ended', () => {
    const missing = problems('locked-down', 'itself', [result('end', 0)]);
    expect(missing.map(([, finding]) => finding)).toEqual(['did not run', 'did not run']);
    expect(problems('locked-down', 'after 9 s, by force', [result('end', 0)])).toHaveLength(3);
    // As after a panic of its kernel.
    expect(problems('locked-down', 'itself', [])).toHaveLength(3);
  });

  it('is not a step that failed without a word', () => {
    for (const { name, check } of steps) expect(check(result(name, 1)), name).not.toBe(true);
    for (const { name, check } of steps) expect(check(result(name, 6)), name).not.toBe(true);
  });

  it('is not a step that succeeded with nothing to show, but for those that only change something', () => {
    const satisfied = steps.filter(({ name, check }) => check(result(name, 0, '{}')) === true).map(({ name }) => name);
    expect(satisfied).toEqual([
      'the bus',
      'vfio takes the board',
      'vfio gives the board back; memory decode goes off',
      'what the diagnosis says to do about it',
      'the card loses its BARs, as when its FPGA is loaded anew',
      'what the diagnosis says to do about that',
      'the card is found anew',
      'the card goes',
    ]);
  });

  it('is the fence of the software, with its counts', () => {
    const replay = steps.find(({ name }) => name.startsWith('replay'));
    const found = (changes: object) =>
      replay?.check(result('', 0, `{}\n${JSON.stringify({ ...summary, ...changes })}\n`));
    expect(found({})).toBe(true);
    for (const changes of [{ crc32: '01234568' }, { events: 5 }, { commands: 8 }]) {
      expect(found(changes)).not.toBe(true);
    }
  });
});
