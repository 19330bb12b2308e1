// Goal: a pair whose primary dies while the doctor looks at it is no healthy device, though its standby answers.
import { expect, it, vi } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.js';
import { deviceFindings } from '../../src/doctor/device-checks.js';
import { gatebook } from '../cli/fake-process.js';
import { FailingPair } from '../hal/failing-pair.js';
import type { Plan } from '../hal/failing-primary.js';

let plan: Plan | 'well' = 'well';

vi.mock('../../src/hal/registry.js', async (original) => {
  const registry = await original<typeof import('../../src/hal/registry.js')>();
  return {
    ...registry,
    open: async (spec: string, options: Parameters<typeof registry.open>[1] = {}) =>
      spec === SPEC ? (await FailingPair.open([plan], false)).device : registry.open(spec, options),
  };
});

const SPEC = 'supervised:failing,software';

/** A millisecond a look. */
function clock(): () => bigint {
  let ns = 0n;
  return () => {
    ns += 1_000_000n;
    return ns;
  };
}

it('a pair that stays whole is measured', async () => {
  plan = 'well';
  const findings = await deviceFindings(SPEC, clock());
  expect(findings.map(({ code }) => code)).toEqual(['DEVICE', 'ROUND_TRIP', 'THROUGHPUT']);
});

it.each([
  ['while it is asked', { death: 'is unplugged', at: 40 }, ['DEVICE', 'DEVICE_FAULT']],
  ['while it is loaded', { death: 'is unplugged', at: 2000 }, ['DEVICE', 'ROUND_TRIP', 'DEVICE_FAULT']],
] as const)('a board that dies %s is an error that names the switch and its cause', async (_, death, codes) => {
  plan = death;
  const findings = await deviceFindings(SPEC, clock());
  expect(findings.map(({ code }) => code)).toEqual(codes);
  expect(findings.at(-1)).toMatchObject({ severity: 'error' });
  expect(findings.at(-1)?.what).toContain(`${SPEC}: supervised: the standby took over at command `);
  expect(findings.at(-1)?.what).toContain('the primary was unplugged');
});

it('gatebook doctor ends with 6 then, and with the status of a divergence where the engines differ', async () => {
  plan = { death: 'is unplugged', at: 40 };
  const dead = await gatebook(['doctor', '--engine', SPEC]);
  expect(dead.status).toBe(EXIT.DEVICE);
  expect(dead.out).toMatch(/\n {2}ERROR {3}DEVICE_FAULT: .*the standby took over at command/);
  plan = { death: 'flips a bit', at: 40 };
  const differs = await gatebook(['doctor', '--engine', SPEC]);
  expect(differs.status).toBe(EXIT.DIVERGENCE);
  expect(differs.out).toMatch(/\n {2}ERROR {3}SUPERVISED_MISMATCH: .*\n {7}-> `gatebook verify`/);
});
