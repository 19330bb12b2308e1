// Goal: devices behind links are compared as engines are: the same program, the same figures, every difference found,
// put into words and made small.
import { describe, expect, it } from 'vitest';
import { Opcode } from '../../src/contract/generated/records.js';
import { HalError } from '../../src/hal/errors.js';
import { openDevice } from '../../src/hal/lifecycle.js';
import { STANDARD_PROFILE } from '../../src/hal/profile-limits.js';
import { open } from '../../src/hal/registry.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { Segment } from '../../src/verify/segment.js';
import { type VerifyEngine, verify } from '../../src/verify/verify.js';
import { type VerifyDevice, verifyDevices } from '../../src/verify/verify-devices.js';
import { TINY } from '../hal/programs.js';
import { QueuedTransport } from '../hal/queued-transport.js';

const software: VerifyEngine = { name: 'software', create: (profile) => new SoftwareEngine(profile) };
const PROGRAM = { profile: TINY, commands: 6000, seed: 3, shrinkMs: 2000 };

/** A device behind a queue; `prepare` may tamper with each one that is opened. */
function queued(
  prepare: (transport: QueuedTransport) => void = () => {},
): VerifyDevice & { opened: QueuedTransport[] } {
  const opened: QueuedTransport[] = [];
  return {
    name: 'queued',
    opened,
    open: (profile) => {
      const transport = new QueuedTransport(profile);
      prepare(transport);
      opened.push(transport);
      return openDevice(transport, { timeoutMs: 2000 });
    },
  };
}

describe('verify with devices', () => {
  it('gives the figures and the log of the same program on engines', async () => {
    const expected = verify({ ...PROGRAM, engines: [software, software] });
    const pair: VerifyDevice = {
      name: 'pair',
      open: (profile) => open('supervised:software,software', { profile }),
    };
    const device = queued();
    const result = await verifyDevices({ ...PROGRAM, reference: software, devices: [device, pair] });
    expect(result).toEqual(expected);
    expect(device.opened.map(({ closed }) => closed)).toEqual([1]);
  });

  it('takes a program that ends inside a restore', async () => {
    const cut = { ...PROGRAM, profile: STANDARD_PROFILE, commands: 300, seed: 4 };
    const opcodes = new Segment(cut.profile, cut.seed, 0, cut.commands).commands().filter((_, i) => i % 16 === 0);
    expect(opcodes.lastIndexOf(Opcode.RESTORE_BEGIN)).toBeGreaterThan(opcodes.lastIndexOf(Opcode.RESTORE_END));
    const expected = verify({ ...cut, engines: [software, software] });
    const result = await verifyDevices({ ...cut, reference: software, devices: [queued()] });
    expect(result).toEqual(expected);
  });

  // Wrong from the first level change of this size on, and in the commands: the stream is consistent in itself.
  const wrongSize = (transport: QueuedTransport) => {
    transport.tamperCommands = (commands) => {
      for (let at = 0; at < commands.length; at += 16) if (commands[at] === Opcode.LEVEL_SET) commands[at + 8] = 7;
      return commands;
    };
  };

  it('finds a device that computes otherwise, and makes the program small', async () => {
    const device = queued(wrongSize);
    const { divergence } = await verifyDevices({ ...PROGRAM, reference: software, devices: [queued(), device] });
    expect(divergence?.engines).toEqual(['software', 'queued']);
    const { commands, difference } = divergence?.shrunk ?? {};
    expect(commands?.length).toBeLessThanOrEqual(16 * 6);
    expect(difference?.expected).not.toEqual(difference?.actual);
    // Not made small, it is far behind its reset: the event names the record that caused it, which is the one found.
    const whole = await verifyDevices({ ...PROGRAM, shrinkMs: 0, reference: software, devices: [device] });
    const first = whole.divergence?.shrunk?.difference;
    expect(first?.commandIndex).toBeGreaterThan(3);
    expect(first?.expected?.['command']).toBe(first?.commandIndex);
    // Every one that was opened was closed.
    expect(device.opened.every(({ closed }) => closed === 1)).toBe(true);
  });

  it('finds events that a link loses, repeats or changes', async () => {
    const changes: ((events: Uint8Array) => Uint8Array)[] = [
      (events) => events.subarray(32),
      (events) => new Uint8Array(Buffer.concat([events.subarray(0, 32), events])),
      (events) => events.fill((events[9] as number) ^ 4, 9, 10),
    ];
    for (const change of changes) {
      const device = queued((transport) => {
        let left = 20;
        transport.tamper = (events) => {
          left -= 1;
          return left === 0 ? change(events) : events;
        };
      });
      const { divergence } = await verifyDevices({ ...PROGRAM, reference: software, devices: [device] });
      expect(divergence?.engines).toEqual(['software', 'queued']);
    }
  });

  it('hands on the fault of a device that dies', async () => {
    const device = queued((transport) => {
      let left = 5;
      transport.tamperCommands = (commands) => {
        left -= 1;
        if (left === 0) transport.sink.fault(new HalError('DEVICE_FAULT', 'unplugged'));
        return commands;
      };
    });
    const running = verifyDevices({ ...PROGRAM, reference: software, devices: [device] });
    await expect(running).rejects.toMatchObject({ code: 'DEVICE_FAULT', message: 'unplugged' });
    expect(device.opened.map(({ closed }) => closed)).toEqual([1]);
  });

  it('refuses a program that is none', async () => {
    const none = verifyDevices({ ...PROGRAM, commands: 0, reference: software, devices: [queued()] });
    await expect(none).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });
});
