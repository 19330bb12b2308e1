// Goal: the guest's archive is what the kernel reads, and a guest that never ends is ended and said to be.
import { describe, expect, it } from 'vitest';
import { untilOff } from '../../scripts/qemu-guest.mjs';
import { newc } from '../../scripts/qemu-image.mjs';

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
