// Goal: a profile is read as written or refused with the field, the value and the range.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROFILE_FIELDS, PROFILES, TICKS } from '../../src/contract/definition.js';
import {
  formatProfile,
  NAMED_PROFILES,
  type Profile,
  parseProfile,
  profileFault,
  profileValues,
} from '../../src/contract/profile.js';
import { SEED } from '../oracle/programs.js';

const anyProfile: fc.Arbitrary<string> = fc
  .tuple(
    ...PROFILE_FIELDS.map((field) =>
      field.name === 'finest_tick'
        ? fc.constantFrom(...TICKS)
        : fc.oneof(fc.constantFrom(field.min, field.max), fc.integer({ min: field.min, max: field.max })),
    ),
  )
  .map((values) => PROFILE_FIELDS.map((field, at) => `${field.name}=${values[at]}`).join(','));

describe('a profile', () => {
  it.for(Object.keys(PROFILES))('%s is legal and comes back from its text', (name) => {
    const profile = NAMED_PROFILES[name] as Profile;
    expect(profileFault(profile)).toBeUndefined();
    expect(profileValues(profile)).toEqual(PROFILES[name]);
    expect(parseProfile(name)).toEqual(profile);
    expect(parseProfile(formatProfile(profile))).toEqual(profile);
  });

  it('of any legal values comes back from its text', () => {
    fc.assert(
      fc.property(anyProfile, (text) => {
        const profile = parseProfile(text);
        if (typeof profile === 'string') throw new Error(profile);
        expect(profileFault(profile)).toBeUndefined();
        expect(formatProfile(profile)).toBe(text);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('is a named one with fields that differ, standard without a name', () => {
    expect(parseProfile('tiny,books=3,pages=0')).toEqual({ ...NAMED_PROFILES['tiny'], books: 3, pages: 0 });
    expect(parseProfile('books=3')).toEqual({ ...NAMED_PROFILES['standard'], books: 3 });
    expect(parseProfile('')).toEqual(NAMED_PROFILES['standard']);
    expect(parseProfile('tiny,books=1,books=2')).toMatchObject({ books: 2 });
  });

  it.for([
    ['huge', "profile 'huge' is not one of standard, large, sim, ecp5, ice40, tiny, bare"],
    ['constructor', "profile 'constructor' is not one of standard, large, sim, ecp5, ice40, tiny, bare"],
    ['tiny,depth=1', /^profile field 'depth' is not one of books, pages, .*finest_tick$/],
    ['tiny,books', "profile.books = '' is not a whole number"],
    ['tiny,books=-1', "profile.books = '-1' is not a whole number"],
    ['tiny,books=1.5', "profile.books = '1.5' is not a whole number"],
    ['tiny,books=1e3', "profile.books = '1e3' is not a whole number"],
    ['tiny,books=0', 'profile.books = 0 is not in 1..65536'],
    ['tiny,books=65537', 'profile.books = 65537 is not in 1..65536'],
    ['tiny,pages=1048577', 'profile.pages = 1048577 is not in 0..1048576'],
    ['tiny,legs_per_basket=257', 'profile.legs_per_basket = 257 is not in 0..256'],
    ['tiny,books_per_message=0', 'profile.books_per_message = 0 is not in 1..65536'],
    ['tiny,finest_tick=2', 'profile.finest_tick = 2 is not one of 1, 10, 25, 50, 100, 1000'],
    ['tiny,finest_tick=1001', 'profile.finest_tick = 1001 is not in 1..1000'],
  ] as const)('%s is refused', ([text, message]) => {
    const answer = parseProfile(text);
    if (typeof message === 'string') expect(answer).toBe(message);
    else expect(answer).toMatch(message);
  });

  it('that is no number is refused', () => {
    // Goal: a profile that was not parsed, but built by a program, is held to the same ranges.
    const tiny = NAMED_PROFILES['tiny'] as Profile;
    expect(profileFault({ ...tiny, legs: Number.NaN })).toBe('profile.legs = NaN is not in 0..1048576');
    expect(profileFault({ ...tiny, fairs: 0.5 })).toBe('profile.fairs = 0.5 is not in 0..65536');
  });
});
