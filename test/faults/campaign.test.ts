// Goal: the campaign of faults over the link finds nothing wrong with it, and would find what is.
import { describe, expect, it } from 'vitest';
import { loadBoard } from '../../src/board/boards.js';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { Campaign } from '../../src/faults/campaign.js';
import { BytePort, type DevicePort, Pins } from '../../src/faults/device-port.js';
import { FAULT_KINDS } from '../../src/faults/kinds.js';
import { Reference } from '../../src/faults/reference.js';
import { solo } from '../../src/faults/solo.js';
import { PACKAGE_ROOT } from '../../src/hal/build-info.js';
import { loadBoards } from '../../src/sim/boards-addon.js';

const TINY = NAMED_PROFILES['tiny'] as Profile;
const MINUTES = 600_000;

function addon() {
  const loaded = loadBoards();
  if ('reason' in loaded) throw new Error(loaded.reason);
  return loaded.addon;
}

const bytePort = () => new BytePort(addon(), 'link-tiny');

/** A device whose answers are changed behind its CRC: what no link can mend. */
function lying(change: (bytes: Uint8Array) => Uint8Array): DevicePort {
  const port = bytePort();
  return new Proxy(port, {
    get(target, name) {
      if (name === 'receive') {
        return (into: Uint8Array) => {
          const count = target.receive(into);
          const bytes = change(into.slice(0, count));
          into.set(bytes);
          return bytes.length;
        };
      }
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('a campaign', () => {
  it('at the byte port loses, invents and repeats nothing', { timeout: MINUTES }, async () => {
    const result = await new Campaign({ port: bytePort(), profile: TINY, faults: 3000, seed: 11 }).run();
    const total = Object.values(result.faults).reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThanOrEqual(3000);
    expect(result.events).toBeGreaterThan(1000);
    const known = FAULT_KINDS.map(({ name }) => name);
    expect(Object.keys(result.faults).filter((name) => !known.includes(name))).toEqual([]);
    for (const { name, where, weight } of FAULT_KINDS) {
      if (where !== 'wires' && weight >= 3) expect(result.faults[name], name).toBeGreaterThan(0);
    }
  });

  it('at the pins of the ulx3s loses, invents and repeats nothing', { timeout: MINUTES }, async () => {
    const board = loadBoard(PACKAGE_ROOT, 'ulx3s');
    const port = new Pins(addon(), board);
    const result = await new Campaign({ port, profile: board.profile, faults: 60, seed: 5 }).run();
    expect(result.faults['wire_pulse_to_device']).toBeGreaterThan(0);
    expect(result.events).toBeGreaterThan(10);
  });

  it('is the same again for the same seed', { timeout: MINUTES }, async () => {
    const run = () => new Campaign({ port: bytePort(), profile: TINY, faults: 200, seed: 3 }).run();
    expect(await run()).toEqual(await run());
  });

  it('reports frames that vanish without being counted', { timeout: MINUTES }, async () => {
    // What the host gets is cut off behind its back: more of it is damaged than was injected.
    let calls = 0;
    const port = lying((bytes) => {
      calls += 1;
      if (calls % 3 !== 0 || bytes.length < 20) return bytes;
      const copy = bytes.slice();
      copy[10] = (copy[10] as number) ^ 1;
      return copy;
    });
    const campaign = new Campaign({ port, profile: TINY, faults: 2000, seed: 3 });
    await expect(campaign.run()).rejects.toThrow(/frames were damaged, yet the host dropped/);
  });
});

describe('the comparison', () => {
  const reference = () => {
    const expected = new Reference(TINY);
    expected.reset(1);
    return expected;
  };

  it('reports an event that differs, and one that none asked for', () => {
    expect(() => reference().take(new Uint8Array(32))).toThrow(/event 0 is 0{64}, and should be/);
    const other = new Reference(TINY);
    expect(() => other.take(new Uint8Array(32))).toThrow(/none was to come/);
  });

  it('knows what is outstanding', () => {
    expect(reference().outstanding).toBe(1);
  });
});

describe('one fault alone', () => {
  const options = { port: bytePort, profile: TINY, repetitions: 2, seed: 9 };

  for (const kind of FAULT_KINDS.filter(({ error, where }) => error === undefined && where !== 'wires')) {
    it(`${kind.name} shows where it should`, { timeout: MINUTES }, async () => {
      const result = await solo(kind, options);
      expect(result.repetitions).toBeGreaterThan(0);
    });
  }

  it('that shows nowhere is reported', { timeout: MINUTES }, async () => {
    const [kind] = FAULT_KINDS.filter(({ name }) => name === 'frame_late_to_host');
    if (kind === undefined) throw new Error('no such kind');
    const wrong = { ...kind, signs: [{ side: 'device', counter: 'overruns' }] as const };
    await expect(solo(wrong, options)).rejects.toThrow(/none of device overruns has moved/);
  });
});
