// Goal: commands drive a device behind a link as they drive an engine: the same output, every event of it, and a device
// that fails ends them with its own status, after what came before the fault.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.js';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { HalError } from '../../src/hal/errors.js';
import { openDevice } from '../../src/hal/lifecycle.js';
import { LARGEST_PROFILE } from '../../src/hal/profile-limits.js';
import { connectPair } from '../../src/hal/supervised/connect-pair.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { QueuedTransport } from '../hal/queued-transport.js';
import { gatebook, jsonLines, ndjson, ROOT, SESSION } from './fake-process.js';

/** What happens to the next device behind a queue. */
let prepare: (transport: QueuedTransport) => void = () => {};

const STANDARD = NAMED_PROFILES['standard'] as Profile;

vi.mock('../../src/hal/registry.js', async (original) => {
  const registry = await original<typeof import('../../src/hal/registry.js')>();
  const connect = (profile: Profile) => {
    const transport = new QueuedTransport(profile);
    prepare(transport);
    return transport;
  };
  const standby = { name: 'software', limits: LARGEST_PROFILE, create: (of: Profile) => new SoftwareEngine(of) };
  return {
    ...registry,
    isEngine: (spec: string) => !spec.includes('queued') && registry.isEngine(spec),
    defaultProfile: (...specs: string[]) =>
      registry.defaultProfile(...specs.map((spec) => (spec.includes('queued') ? 'software' : spec))),
    canTrace: () => false,
    open: async (spec: string, options: Parameters<typeof registry.open>[1] = {}) => {
      const { profile = STANDARD, fences } = options;
      if (spec === 'queued:') return openDevice(connect(profile), { fences });
      if (spec !== 'supervised:queued:,software') return registry.open(spec, options);
      const primary = { name: 'queued', connect: () => connect(profile) };
      return openDevice(await connectPair({ primary, standby }, { profile, retryMs: 1 }), { fences });
    },
  };
});

beforeEach(() => {
  prepare = () => {};
});

/** Unplugs the device at its nth batch of commands. */
const unplugAt = (n: number, code: 'DEVICE_FAULT' | 'LINK_LOST' | 'TIMEOUT' = 'DEVICE_FAULT') => {
  let armed = true;
  prepare = (transport) => {
    let left = n;
    transport.tamperCommands = (commands) => {
      left -= 1;
      if (left === 0 && armed) {
        armed = false;
        transport.sink.fault(new HalError(code, 'pulled out'));
      }
      return commands;
    };
  };
};

const INPUT = [
  { profile: 'tiny' },
  { op: 'BOOK_BEGIN', book: 0, tick: 100 },
  { op: 'LEVEL_SET', book: 0, side: 'BID', level: 40, size: 5 },
  { op: 'BOOK_LIVE', book: 0, commit: true },
  { op: 'BOOK_STALE', book: 3 },
  ...Array.from({ length: 600 }, (_, i) => ({ op: 'BOOK_DIGEST', book: i % 5 })),
  { control: 'RESET', epoch: 7 },
  { op: 'BOOK_DIGEST', book: 0 },
];

const exec = (engine: string, ...flags: string[]) => gatebook(['exec', '--engine', engine, ...flags], ndjson(...INPUT));

describe('exec behind a link', () => {
  it('gives every event, and none of its own', async () => {
    const expected = await exec('software');
    expect(jsonLines(expected.out).length).toBe(604);
    expect(await exec('queued:')).toEqual(expected);
    expect(await exec('supervised:queued:,software')).toEqual(expected);
    expect(await exec('queued:', '--raw', 'out')).toEqual(await exec('software', '--raw', 'out'));
  });

  it('waits for a device that takes its time', async () => {
    prepare = (transport) => {
      transport.gate = new Promise((resolve) => setTimeout(resolve, 30));
    };
    expect(await exec('queued:')).toEqual(await exec('software'));
  });

  it('ends with 6 when the device dies, after what came before', async () => {
    unplugAt(3);
    const unplugged = prepare;
    prepare = (transport) => {
      unplugged(transport);
      // Time enough for the events of a batch to come before the next one is taken.
      transport.gate = new Promise((resolve) => setTimeout(resolve, 20));
      const { submit } = transport;
      transport.submit = async (commands) => {
        await submit.call(transport, commands);
        await new Promise((resolve) => setTimeout(resolve, 20));
      };
    };
    const { out, err, status } = await exec('queued:');
    expect(status).toBe(EXIT.DEVICE);
    expect(err).toBe('gatebook: DEVICE_FAULT: pulled out\n');
    expect(jsonLines(out).length).toBeGreaterThan(0);
    expect(jsonLines(out).length).toBeLessThan(604);
  });

  // Goal: what docs/bring-up.md says of a board that was unplugged: a command ends, and only a pair takes it back.
  it('ends with LINK_LOST when the board is unplugged, as bring-up says', async () => {
    const [row = ''] = /^\| it was unplugged .*$/m.exec(readFileSync(join(ROOT, 'docs', 'bring-up.md'), 'utf8')) ?? [];
    unplugAt(2, 'LINK_LOST');
    const { err, status } = await exec('queued:');
    expect(err).toBe('gatebook: LINK_LOST: pulled out\n');
    expect(row).toContain('`LINK_LOST` | the command ends with status 6: ');
    expect(row).toContain('`supervised:` alone');
    expect(status).toBe(6);
  });

  // Goal: as the README says, a pair does not begin on its standby.
  it('does not start a pair whose board is absent', async () => {
    const { out, err, status } = await exec('supervised:serial:/dev/no-such-port,software');
    expect({ out, status }).toEqual({ out: '', status: EXIT.DEVICE });
    expect(err).toMatch(/^gatebook: (PORT_ABSENT|BACKEND_UNAVAILABLE): /);
  });

  it('goes on when the primary of a pair dies, and says so', async () => {
    const expected = await exec('software');
    unplugAt(2);
    const { out, err, status } = await exec('supervised:queued:,software');
    expect([out, status]).toEqual([expected.out, EXIT.OK]);
    expect(err).toMatch(/^gatebook: supervised: the standby took over at command \d+, event \d+: DEVICE_FAULT: pulled/);
  });
});

const replay = (engine: string, ...flags: string[]) =>
  gatebook(['replay', SESSION, '--independent', '--fee-rate', '0', '--json', '--engine', engine, ...flags]);
/** The last line but for what names the engine. */
const figures = (out: string) => {
  const { engine: _, supervised: __, ...rest } = jsonLines(out).at(-1) as Record<string, unknown>;
  return rest;
};
const signals = (out: string) => jsonLines(out).filter((line) => line['type'] === 'signal');

describe('replay behind a link', () => {
  it('ends with the same fence and the same signals at the same times', async () => {
    const expected = await replay('software');
    expect(signals(expected.out).length).toBeGreaterThan(90);
    const { out, err, status } = await replay('queued:');
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    expect(figures(out)).toEqual(figures(expected.out));
    expect(signals(out)).toEqual(signals(expected.out));
  });

  it('quarantines at the same place where the kernel refuses', async () => {
    // Too few pages for the session: the kernel refuses levels.
    const small = ['--profile', 'standard,pages=4'];
    const expected = await replay('software', ...small);
    prepare = (transport) => {
      const { start, submit } = transport;
      // The events of a frame come while the next ones are being decoded.
      const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
      transport.submit = (commands) => submit.call(transport, commands).then(nextTurn);
      transport.start = (sink) => {
        const later = async (events: Uint8Array) => {
          for (let i = 0; i < 5; i++) await nextTurn();
          sink.events(events);
        };
        start.call(transport, { fault: sink.fault, events: (events) => void later(events.slice()) });
      };
    };
    expect(figures(expected.out)).toMatchObject({ refusals: { commands: { PAGE_LIMIT: expect.any(Number) } } });
    expect(figures((await replay('queued:', ...small)).out)).toEqual(figures(expected.out));
  });

  it('puts the same FENCEs into the stream of every device', async () => {
    const every = ['--fence-every', '100'];
    const expected = await replay('software', ...every);
    expect(figures(expected.out)['commands']).toBeGreaterThan(
      Number(figures((await replay('software')).out)['commands']),
    );
    for (const engine of ['queued:', 'supervised:queued:,software', 'supervised:software,software,every=100']) {
      const { out, status } = await replay(engine, ...(engine.includes('every') ? [] : every));
      expect([engine, status, figures(out)]).toEqual([engine, EXIT.OK, figures(expected.out)]);
      expect(signals(out)).toEqual(signals(expected.out));
    }
  });

  it('ends with the fence of software though the primary of a pair dies, and reports both switches', async () => {
    const expected = await replay('software');
    unplugAt(3000);
    const { out, err, status } = await replay('supervised:queued:,software');
    expect(status).toBe(EXIT.OK);
    expect(figures(out)).toEqual(figures(expected.out));
    const switches = jsonLines(out).filter((line) => line['type'] === 'switch');
    expect(switches.map(({ to, code }) => [to, code])).toEqual([
      ['standby', 'DEVICE_FAULT'],
      ['primary', 'PRIMARY_RETURNED'],
    ]);
    expect(switches[0]).toMatchObject({
      message: 'pulled out',
      command: expect.any(Number),
      event: expect.any(Number),
    });
    expect(jsonLines(out).at(-1)).toMatchObject({
      supervised: { state: 'PAIRED', active: 'primary', alarm: null, switches: 2 },
    });
    expect(err.trimEnd().split('\n')).toHaveLength(2);
  });

  it('says with its status that the engines of a pair differ, though the stream is right', async () => {
    const expected = await replay('software');
    prepare = (transport) => {
      let left = 500;
      transport.tamper = (events) => {
        left -= 1;
        return left === 0 ? events.fill((events[9] as number) ^ 1, 9, 10) : events;
      };
    };
    const { out, err, status } = await replay('supervised:queued:,software');
    expect([status, figures(out)]).toEqual([EXIT.DIVERGENCE, figures(expected.out)]);
    expect(err).toContain('supervised: ALARM, no new orders: SUPERVISED_MISMATCH: event ');
    expect(jsonLines(out).filter((line) => line['type'] === 'alarm')).toHaveLength(1);
  });

  it('ends with 6 when the device dies', async () => {
    unplugAt(3000, 'TIMEOUT');
    const { err, status } = await replay('queued:');
    expect({ err, status }).toEqual({ err: 'gatebook: TIMEOUT: pulled out\n', status: EXIT.DEVICE });
  });
});

describe('verify behind a link', () => {
  const verify = (engines: string) =>
    gatebook(['verify', '--engines', engines, '--commands', '3000', '--seed', '4', '--profile', 'tiny', '--json']);

  it('finds it equal, and a death of it by its status', async () => {
    const expected = jsonLines((await verify('software,software')).out).at(-1);
    const { out, err, status } = await verify('software,queued:');
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    expect(jsonLines(out).at(-1)).toEqual({ ...expected, engines: ['software', 'queued:'] });
    unplugAt(4);
    expect((await verify('software,queued:')).status).toBe(EXIT.DEVICE);
  });
});

// Goal: what a command found out is not lost because the device cannot be closed, nor is what failed first.
describe('a device that cannot be closed', () => {
  /** Besides whatever is prepared. */
  const hang = () => {
    const before = prepare;
    const gate = Promise.reject(new HalError('PORT_FAILED', 'the port hangs'));
    gate.catch(() => {});
    prepare = (transport) => {
      before(transport);
      transport.closeGate = gate;
    };
  };
  const NOT_CLOSED = 'gatebook: the device was not closed as it should be: PORT_FAILED: the port hangs\n';

  it('is told beside the result', async () => {
    const [commands, expected] = [await exec('software'), figures((await replay('software')).out)];
    hang();
    expect(await exec('queued:')).toEqual({ ...commands, err: NOT_CLOSED });
    const { out, err, status } = await replay('queued:');
    expect([figures(out), err, status]).toEqual([expected, NOT_CLOSED, EXIT.OK]);
    const verified = await gatebook(['verify', '--engines', 'software,queued:', '--commands', '3000', '--seed', '4']);
    expect([verified.err, verified.status]).toEqual(['', EXIT.OK]);
  });

  it('does not replace what failed first', async () => {
    const ended = { err: `${NOT_CLOSED}gatebook: DEVICE_FAULT: pulled out\n`, status: EXIT.DEVICE };
    for (const command of [exec, replay]) {
      unplugAt(2);
      hang();
      expect(await command('queued:')).toMatchObject(ended);
    }
  });
});

describe('engines --watch on a pair', () => {
  const watch = (...flags: string[]) =>
    gatebook(['engines', '--watch', 'supervised:queued:,software', '--every', '10', '--count', '6', ...flags]);
  const metric = (line: string, name: string) =>
    (JSON.parse(line) as { name: string; value: number }[]).find((each) => each.name === `gatebook_supervised_${name}`);

  it('tells a takeover on stderr, and counts it', async () => {
    unplugAt(2);
    const { out, err, status } = await watch('--json');
    expect(status).toBe(EXIT.OK);
    expect(err).toMatch(/^gatebook: supervised: the standby took over at command \d+, event \d+: DEVICE_FAULT: pulled/);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    const figures = (line = '') => ['active', 'switches_total', 'alarm'].map((name) => metric(line, name)?.value);
    expect(figures(lines[0])).toEqual([1, 0, 0]);
    // Whether it is back by then is a matter of time.
    expect([
      [0, 1, 0],
      [1, 2, 0],
    ]).toContainEqual(figures(lines.at(-1)));
  });

  it('ends with the status of a divergence after an alarm', async () => {
    prepare = (transport) => {
      let left = 3;
      transport.tamper = (events) => {
        left -= 1;
        return left === 0 ? events.fill((events[9] as number) ^ 1, 9, 10) : events;
      };
    };
    const { out, err, status } = await watch('--json');
    expect(status).toBe(EXIT.DIVERGENCE);
    expect(err).toContain('supervised: ALARM, no new orders: SUPERVISED_MISMATCH: ');
    const last = out.trimEnd().split('\n').at(-1) as string;
    expect([metric(last, 'active')?.value, metric(last, 'alarm')?.value]).toEqual([0, 1]);
  });
});
