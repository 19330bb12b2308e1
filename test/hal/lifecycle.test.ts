// Goal: what goes wrong behind a device becomes an error with a code, at once or within the time-out, and stays.
import { describe, expect, it, vi } from 'vitest';
import { CommandWriter } from '../../src/contract/generated/records.js';
import { HalError } from '../../src/hal/errors.js';
import { openDevice } from '../../src/hal/lifecycle.js';
import type { Transport } from '../../src/hal/transport.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { ManualClock } from './manual-clock.js';
import { oneTop, TINY } from './programs.js';
import { QueuedTransport } from './queued-transport.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function errorOf(promise: unknown): Promise<HalError> {
  const error = await Promise.resolve(promise).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HalError)) throw new Error(`no HalError but ${String(error)}`);
  return error;
}

async function opened(options: Parameters<typeof openDevice>[1] = {}) {
  const transport = new QueuedTransport(TINY);
  const clock = new ManualClock();
  const device = await openDevice(transport, { clock, timeoutMs: 100, ...options });
  return { transport, clock, device };
}

describe('opening', () => {
  it('refuses a device of another contract, and closes it', async () => {
    const transport = new QueuedTransport(TINY, { contractDigest: '0123456789abcdef' });
    const error = await errorOf(openDevice(transport).then(() => {}));
    expect(error.code).toBe('CONTRACT_MISMATCH');
    expect(error.message).toContain('0123456789abcdef');
    expect(transport.closed).toBe(1);
  });

  it('refuses a RESET_DONE of another epoch', async () => {
    const transport = new QueuedTransport(TINY);
    transport.epochOf = (epoch) => epoch + 1;
    const error = await errorOf(openDevice(transport, { epoch: 7 }).then(() => {}));
    expect(error.code).toBe('STREAM_CORRUPT');
    expect(error.message).toContain('epoch 8 where epoch 7 was due');
    expect(transport.closed).toBe(1);
  });

  it('ends with TIMEOUT when the device is silent', async () => {
    const transport = new QueuedTransport(TINY);
    transport.tamper = () => undefined;
    const clock = new ManualClock();
    const opening = errorOf(openDevice(transport, { clock, timeoutMs: 49.6 }).then(() => {}));
    await turn();
    clock.advance(50);
    expect(await opening).toMatchObject({ code: 'TIMEOUT', message: expect.stringMatching(/ within 50 ms$/) });
  });

  it('closes what it was given when an option is wrong', async () => {
    for (const wrong of [{ timeoutMs: 0 }, { fences: { every: 0 } }, { epoch: -1 }]) {
      const [transport, shadow] = [new QueuedTransport(TINY), new SoftwareEngine(TINY)];
      const closed = vi.spyOn(shadow, 'close');
      const error = await errorOf(openDevice(transport, { ...wrong, shadow }).then(() => {}));
      expect(error.code).toBe('ARGUMENT_INVALID');
      expect([transport.closed, closed.mock.calls.length]).toEqual([1, 1]);
    }
  });

  it('refuses a time-out that is none', async () => {
    for (const timeoutMs of [0, -1, Number.NaN, 2 ** 31]) {
      const error = await errorOf(openDevice(new QueuedTransport(TINY), { timeoutMs }).then(() => {}));
      expect(error.code).toBe('ARGUMENT_INVALID');
    }
  });
});

describe('waiting', () => {
  it('bounds every wait, and a time-out stays', async () => {
    const { transport, clock, device } = await opened();
    transport.tamper = () => undefined;
    const fence = errorOf(device.fence().then(() => {}));
    const digest = errorOf(device.digest(0).then(() => {}));
    await turn();
    clock.advance(99);
    await turn();
    clock.advance(1);
    expect([(await fence).code, (await digest).code]).toEqual(['TIMEOUT', 'TIMEOUT']);
    expect((await errorOf(device.fence().then(() => {}))).code).toBe('TIMEOUT');
    expect(() => device.submit(oneTop())).toThrow(HalError);
    expect(clock.pending).toBe(0);
    await device.close();
    expect((await errorOf(device.fence().then(() => {}))).code).toBe('DEVICE_CLOSED');
  });

  it('reads what has come by the time before it calls it late', async () => {
    const { transport, clock, device } = await opened();
    const held: Uint8Array[] = [];
    transport.tamper = (events) => {
      held.push(events);
      return undefined;
    };
    const fence = device.fence();
    await turn();
    await turn();
    clock.advance(100);
    for (const events of held) transport.sink.events(events);
    expect((await fence).records).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('takes no time off the device in which this process itself was held up', async () => {
    for (const answers of [true, false]) {
      const manual = new ManualClock();
      let now = 0;
      const clock = { now: () => now, after: (ms: number, action: () => void) => manual.after(ms, action) };
      const transport = new QueuedTransport(TINY);
      const device = await openDevice(transport, { clock, timeoutMs: 100 });
      const held: Uint8Array[] = [];
      transport.tamper = (events) => {
        held.push(events);
        return undefined;
      };
      const fence = device.fence();
      for (let i = 0; i < 3; i++) await turn();
      // The timer goes off sixty ms too late: so much is waited once more.
      now = 160;
      manual.advance(100);
      await turn();
      manual.advance(59);
      await turn();
      if (answers) for (const events of held) transport.sink.events(events);
      manual.advance(1);
      if (answers) expect((await fence).records).toBe(1);
      else expect((await errorOf(fence)).code).toBe('TIMEOUT');
      expect(manual.pending).toBe(0);
      await device.close();
    }
  });

  it('bounds back-pressure for each piece, not for the whole batch', async () => {
    const { transport, clock, device } = await opened();
    let pieces = 0;
    transport.tamperCommands = (commands) => {
      pieces += 1;
      clock.advance(60);
      return commands;
    };
    await device.submit(new Uint8Array(16 * 4096 * 5));
    expect(pieces).toBe(5);
    transport.gate = new Promise(() => {});
    const stuck = errorOf(device.submit(oneTop()));
    await turn();
    clock.advance(100);
    expect((await stuck).code).toBe('TIMEOUT');
  });

  it('keeps the order of submits that nobody waited for, one at a time', async () => {
    const { transport, device } = await opened();
    const out = new CommandWriter();
    const all: (void | Promise<void>)[] = [];
    for (let i = 0; i < 50; i++) all.push(device.submit(out.clear().fence(i).bytes().slice()));
    const tokens: number[] = [];
    device.onEvents((events) => {
      for (let at = 0; at < events.length; at += 32) tokens.push(events[at + 4] as number);
    });
    await Promise.all(all);
    await device.fence();
    expect(tokens).toEqual([...Array.from({ length: 50 }, (_, i) => i), 0]);
    expect(transport.mostAtOnce).toBe(1);
  });

  it('rejects who waits when the device is closed', async () => {
    const { transport, device } = await opened();
    transport.gate = new Promise(() => {});
    const waits = [errorOf(device.submit(oneTop())), errorOf(device.fence().then(() => {}))];
    const closing = device.close();
    expect((await Promise.all(waits)).map((error) => error.code)).toEqual(['DEVICE_CLOSED', 'DEVICE_CLOSED']);
    await closing;
    expect(transport.closed).toBe(1);
  });

  it('rejects who waits when the device is reset, and answers what comes after', async () => {
    const { transport, device } = await opened();
    let open = () => {};
    transport.gate = new Promise((resolve) => {
      open = resolve;
    });
    const waits = [errorOf(device.submit(oneTop())), errorOf(device.fence().then(() => {}))];
    const reset = device.reset(9);
    const after = device.submit(oneTop());
    open();
    expect((await Promise.all(waits)).map((error) => error.code)).toEqual(['RESET_DISCARDED', 'RESET_DISCARDED']);
    await reset;
    await after;
    expect(await device.fence()).toMatchObject({ records: 5, events: 1 });
  });

  it('does one reset after the other', async () => {
    const { device } = await opened();
    const epochs: number[] = [];
    device.onEvents((events) => epochs.push(events[4] as number));
    await Promise.all([device.reset(1), device.reset(2), device.reset(3)]);
    expect(epochs).toEqual([1, 2, 3]);
  });

  it('bounds close too', async () => {
    const { transport, clock, device } = await opened();
    transport.closeGate = new Promise(() => {});
    const closing = errorOf(device.close());
    await turn();
    clock.advance(100);
    expect((await closing).code).toBe('TIMEOUT');
    expect((await errorOf(device.close())).code).toBe('TIMEOUT');
  });
});

describe('a stream that cannot be', () => {
  const cases: readonly (readonly [string, (events: Uint8Array) => Uint8Array])[] = [
    ['an event that was lost', (events) => events.subarray(32)],
    ['an event that came twice', (events) => new Uint8Array(Buffer.concat([events.subarray(0, 32), events]))],
    ['a bit that was flipped', (events) => events.fill((events[20] as number) ^ 4, 20, 21)],
    ['an event of no type', (events) => events.fill(0x77, 0, 1)],
    ['half an event', (events) => events.subarray(0, events.length - 7)],
    ['a RESET_DONE out of nowhere', (events) => events.fill(6, 0, 1)],
  ];
  for (const [name, change] of cases) {
    it(`is a fault: ${name}`, async () => {
      const { transport, device } = await opened();
      let changed = false;
      transport.tamper = (events) => {
        if (changed || events[0] !== 1) return events;
        changed = true;
        return change(events);
      };
      await device.submit(oneTop());
      expect((await errorOf(device.fence().then(() => {}))).code).toBe('STREAM_CORRUPT');
      expect((await errorOf(device.fence().then(() => {}))).code).toBe('STREAM_CORRUPT');
      await device.close();
    });
  }

  it('is a fault: an answer to another question', async () => {
    const { transport, device } = await opened();
    transport.tamper = (events) => events.fill(99, 4, 5);
    const error = await errorOf(device.fence().then(() => {}));
    expect(error.message).toContain('an answer to FENCE 99 where FENCE 0 was due');
  });

  it('delivers nothing after a fault', async () => {
    const { transport, device } = await opened();
    let delivered = 0;
    device.onEvents(() => {
      delivered += 1;
    });
    transport.sink.fault(new HalError('DEVICE_FAULT', 'pulled out'));
    transport.sink.events(new Uint8Array(32).fill(1, 0, 1));
    expect(delivered).toBe(0);
    expect((await errorOf(device.reset(1))).message).toBe('pulled out');
  });
});

describe('a shadow', () => {
  it('finds out a device that did something else', async () => {
    const { transport, device } = await opened({ shadow: new SoftwareEngine(TINY) });
    transport.tamperCommands = (commands) => {
      if (commands.length > 40) commands[40] = 1;
      return commands;
    };
    await device.submit(oneTop());
    const error = await errorOf(device.snapshot().then(() => {}));
    expect(error.code).toBe('DEVICE_FAULT');
    expect(error.message).toMatch(/the device answers .*, its shadow 5 records, 1 events/);
  });

  it('is needed for a snapshot', async () => {
    const { device } = await opened();
    expect((await errorOf(device.snapshot().then(() => {}))).code).toBe('NO_SHADOW');
  });

  it('follows resets and restores', async () => {
    const { device } = await opened({ shadow: new SoftwareEngine(TINY) });
    await device.submit(oneTop());
    const snapshot = await device.snapshot();
    await device.reset(3);
    await device.restore(snapshot);
    expect((await device.digest(0)).bids).toBe(1);
    expect((await device.snapshot()).length).toBe(snapshot.length);
  });

  it('finds out a restore that left the device elsewhere', async () => {
    const { transport, device } = await opened();
    const snapshot = new CommandWriter().restoreBegin().restoreCounts(5, 6).restoreEnd(7).bytes().slice();
    transport.tamperCommands = (commands) => (commands[0] === 0xe0 ? commands.fill(9, 18, 19) : commands);
    const error = await errorOf(device.restore(snapshot));
    expect(error.code).toBe('STREAM_CORRUPT');
  });
});

describe('an engine in this process', () => {
  const broken = (submit: () => void): Transport => {
    const transport = new QueuedTransport(TINY);
    return {
      identity: transport.identity,
      synchronous: true,
      start: (sink) => transport.start(sink),
      submit,
      reset: (epoch) => {
        const done = new Uint8Array(32);
        done[0] = 6;
        done[4] = epoch;
        transport.sink.events(done);
      },
      close: () => {},
    };
  };

  it('that throws is a fault with its cause', async () => {
    const cause = new Error('segment');
    const device = await openDevice(
      broken(() => {
        throw cause;
      }),
    );
    expect(() => device.submit(oneTop())).toThrow(/segment/);
    const error = await errorOf(device.fence().then(() => {}));
    expect([error.code, error.cause]).toEqual(['DEVICE_FAULT', cause]);
  });

  it('that does not answer is a fault at once', async () => {
    const device = await openDevice(broken(() => {}));
    expect((await errorOf(device.fence().then(() => {}))).code).toBe('STREAM_CORRUPT');
  });
});
