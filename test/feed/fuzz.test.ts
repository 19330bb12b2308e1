// Goal: no damage to a frame makes the decoder crash, hang, or take what a reading by JSON.parse would not.
import { expect, it } from 'vitest';
import { fuzzFrames } from './fuzz.js';

// GATEBOOK_FUZZ_FRAMES=1000000 for a campaign.
const frames = Number(process.env.GATEBOOK_FUZZ_FRAMES ?? 20_000);

it(`${frames} frames decode as the naive decoder says`, { timeout: 60_000 + frames }, () => {
  const report = fuzzFrames({ frames, seed: 20_260_814 });
  expect(report.frames).toBe(frames);
  expect(report.accepted).toBeGreaterThan(frames / 4);
  // Every refusal that a frame can cause by itself is among them, so that the mutations reach what they are meant to.
  const reached = Object.keys(report.refusals);
  for (const name of [
    'JSON_SYNTAX',
    'UTF8_INVALID',
    'KEY_DUPLICATE',
    'FIELD_MISSING',
    'FIELD_TYPE',
    'FIELD_AMBIGUOUS',
    'EVENT_UNKNOWN',
    'TOKEN_UNKNOWN',
    'PRICE_SYNTAX',
    'PRICE_RANGE',
    'PRICE_OFF_GRID',
    'SIZE_SYNTAX',
    'SIDE_UNKNOWN',
    'TICK_INVALID',
    'TIMESTAMP_INVALID',
    'LEVEL_DUPLICATE',
    'NO_SNAPSHOT',
  ]) {
    expect(reached).toContain(name);
  }
  expect(Object.keys(report.notes)).toHaveLength(8);
});
