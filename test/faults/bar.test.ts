// Goal: the campaign of faults over a BAR finds nothing wrong, every fault is counted, and it would find what is wrong.
import { describe, expect, it } from 'vitest';
import { NAMED_PROFILES, type Profile } from '../../src/contract/profile.js';
import { BarCampaign } from '../../src/faults/bar-campaign.js';
import { BAR_FAULT_KINDS } from '../../src/faults/bar-kinds.js';
import { barSolo } from '../../src/faults/bar-solo.js';
import { loadNative } from '../../src/hal/native-addon.js';
import { BAR_FAULT, type BoardsAddon, loadBoards } from '../../src/sim/boards-addon.js';

const MINUTES = 300_000;

function addon(): BoardsAddon {
  const loaded = loadBoards();
  if ('reason' in loaded) throw new Error(loaded.reason);
  return loaded.addon;
}

const missing = (() => {
  const loaded = loadNative();
  if ('reason' in loaded) return loaded.reason;
  return loaded.addon.BarWindow === undefined ? 'no memory of devices is mapped here' : undefined;
})();

/** A slow card: the host waits in ms. */
const card = () => ({
  addon: addon(),
  model: 'bar-tiny',
  profile: NAMED_PROFILES['tiny'] as Profile,
  cyclesPerMs: 250,
});

const run = (faults: number, seed: number, other: object = {}) =>
  new BarCampaign({ ...card(), ...other, faults, seed }).run();

const test = (name: string, check: () => Promise<void>) =>
  it(name, { timeout: MINUTES }, async (context) => {
    if (missing !== undefined) context.skip(`NOT RUN: ${missing}`);
    await check();
  });

/** The simulated boards, and their cards with something different about the faults that they are told of. */
function withFaults(change: (fault: number, times: number, cycles: number) => [number, number, number] | undefined) {
  const real = addon();
  class Card extends real.BarDevice {
    override inject(fault: number, times: number, cycles: number): void {
      const changed = change(fault, times, cycles);
      if (changed !== undefined) super.inject(...changed);
    }
  }
  return { addon: { ...real, BarDevice: Card } };
}

describe('a campaign over a BAR', () => {
  test('loses, invents and repeats nothing, and every fault is counted', async () => {
    const result = await run(200, 11);
    expect(Object.values(result.faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(200);
    expect(result.events).toBeGreaterThan(1000);
    const known = BAR_FAULT_KINDS.map(({ name }) => name);
    expect(Object.keys(result.faults).filter((name) => !known.includes(name))).toEqual([]);
    for (const { name, weight } of BAR_FAULT_KINDS) {
      if (weight >= 8) expect(result.faults[name], name).toBeGreaterThan(0);
    }
    expect(result.counters['host torn_lines']).toBe(result.faults['event_line_torn']);
    expect(result.counters['host stale_lines']).toBe(result.faults['event_line_stale']);
  });

  test('has the same faults and commands for the same seed', async () => {
    const [first, second] = [await run(60, 3), await run(60, 3)];
    // No two processes run alike: of a campaign with a host that is killed in it only this is the same again.
    expect(first.faults['host_killed']).toBeUndefined();
    expect(first).toEqual(second);
    expect((await run(60, 4)).faults).not.toEqual(first.faults);
  });

  test('reports a fault that shows nowhere', async () => {
    const none = withFaults((fault, ...rest) => (fault === BAR_FAULT.TORN_EVENT ? undefined : [fault, ...rest]));
    await expect(run(300, 5, none)).rejects.toThrow(/faults show in 'host torn_lines', which has counted 0/);
  });

  test('reports a session that ends though nothing ends it', async () => {
    const stuck = withFaults((fault, times) => [fault, times, 0]);
    await expect(run(300, 5, stuck)).rejects.toThrow(/the host ended without a reason: STREAM_CORRUPT/);
  });
});

describe('one fault of a BAR alone', () => {
  for (const kind of BAR_FAULT_KINDS) {
    test(`${kind.name} shows where it should`, async () => {
      const result = await barSolo(kind, { ...card(), repetitions: 2, seed: 9 });
      expect(result.repetitions).toBe(2);
      for (const { side, counter } of kind.signs) expect(result.moved[`${side} ${counter}`]).toBe(2);
    });
  }
});
