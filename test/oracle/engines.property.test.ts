// Goal: every in-process engine gives the event bytes of the oracle for random programs, however they are cut, and a
// snapshot taken anywhere and restored into any engine continues the same stream.
// GATEBOOK_SEED and GATEBOOK_FC_RUNS choose other programs and more of them; a failure prints its seed and the
// smallest program found, to be kept in test/vectors/found-*.json with events worked out by hand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProfile, type Profile } from '../../src/contract/profile.js';
import { ENGINES } from '../contract/engines.js';
import { difference } from '../vectors/load.js';
import { type Cuts, create, holding, run, type SnapshotCase, snapshotFault } from './compare.js';
import { OracleEngine } from './oracle-engine.js';
import { PROGRAM_PROFILES, type Program, programs, RUNS, reduceProgram, revealing, SEED } from './programs.js';

const TIMEOUT_MS = 600_000;

const cuts: fc.Arbitrary<Cuts> = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
  room: fc.constantFrom(0, 1, 1 << 16),
});

/** Runs a property; a failure is reported with its seed and with every record taken out that is not needed. */
function hold<Rest>(
  profile: Profile,
  arbitrary: fc.Arbitrary<readonly [Program, Rest]>,
  fault: (program: Program, rest: Rest) => string | undefined,
): void {
  const runs = Math.max(1, Math.ceil(RUNS / PROGRAM_PROFILES.length));
  const property = fc.property(arbitrary, ([program, rest]) => fault(program, rest) === undefined);
  const details = fc.check(property, { seed: SEED, numRuns: runs });
  if (!details.failed) return;
  if (details.counterexample === null) throw details.errorInstance;
  const [program, rest] = details.counterexample[0];
  const smallest = reduceProgram(program, (candidate) => fails(() => fault(candidate, rest)));
  expect.fail(
    [
      `GATEBOOK_SEED=${details.seed}, path ${details.counterexamplePath ?? ''}, profile ${formatProfile(profile)}`,
      describeFault(() => fault(smallest, rest)),
      `with ${JSON.stringify(rest)}`,
      ...smallest.map((command) => JSON.stringify(command)),
    ].join('\n'),
  );
}

const describeFault = (fault: () => string | undefined) => {
  try {
    return fault() ?? 'it passes when it is run again';
  } catch (error) {
    return String(error);
  }
};

const fails = (fault: () => string | undefined) => describeFault(fault) !== 'it passes when it is run again';

for (const entry of ENGINES) {
  describe(entry.name, () => {
    for (const profile of PROGRAM_PROFILES) {
      const under = `under ${formatProfile(profile)}`;
      it(`equals the oracle ${under}`, { timeout: TIMEOUT_MS }, (context) => {
        // Goal: REC-1, for programs nobody thought of.
        if (entry.missing !== undefined) context.skip(entry.missing);
        hold(profile, fc.tuple(programs(profile), cuts), (program, cut) => {
          const whole = [...program, ...revealing(profile)];
          const expected = run(new OracleEngine(profile), whole, { sizes: [1], room: 0 });
          return difference(
            expected,
            holding(create(entry, profile), (engine) => run(engine, whole, cut)),
          );
        });
      });

      if (!entry.snapshots) continue;
      it(`a snapshot continues its stream ${under}`, { timeout: TIMEOUT_MS }, (context) => {
        // Goal: RST-5, in the middle of messages too, into every engine, whatever it held before.
        if (entry.missing !== undefined) context.skip(entry.missing);
        const rest = fc.record({ point: fc.nat({ max: 1000 }), before: programs(profile, 4), cut: cuts });
        hold<SnapshotCase>(profile, fc.tuple(programs(profile), rest), (program, chosen) =>
          snapshotFault(entry, profile, program, chosen),
        );
      });
    }
  });
}
