// The profiles that a device can be opened with.
import { PROFILE_FIELDS, TICKS } from '../contract/definition.js';
import { NAMED_PROFILES, type Profile, parseProfile, profileValues } from '../contract/profile.js';

/** What an engine in memory is opened with where nothing else is asked for. */
export const STANDARD_PROFILE = NAMED_PROFILES['standard'] as Profile;

/** What an engine in memory can be opened with: every limit at its maximum, the tick at its finest. */
export const LARGEST_PROFILE: Profile = (() => {
  const fields = PROFILE_FIELDS.map((f) => `${f.name}=${f.name === 'finest_tick' ? TICKS[0] : f.max}`);
  const profile = parseProfile(`standard,${fields.join(',')}`);
  if (typeof profile === 'string') throw new Error(profile);
  return profile;
})();

/** The profile of values in the order of the profile table. */
export function profileOf(values: ArrayLike<number>): Profile {
  const fields = PROFILE_FIELDS.map((field, position) => `${field.name}=${values[position]}`);
  const profile = parseProfile(fields.join(','));
  if (typeof profile === 'string') throw new Error(profile);
  return profile;
}

/** Which field of a profile a device of these limits is too small for, in words; undefined where it fits. */
export function profileMisfit(profile: Profile, limits: Profile): string | undefined {
  const [asked, most] = [profileValues(profile), profileValues(limits)];
  for (const [position, { name }] of PROFILE_FIELDS.entries()) {
    const [value, limit] = [asked[position] as number, most[position] as number];
    // A finer tick is the smaller number and needs the larger memory.
    const isTick = name === 'finest_tick';
    if (isTick ? value < limit : value > limit) {
      return `profile.${name} = ${value} is ${isTick ? 'below' : 'above'} ${limit}`;
    }
  }
  return undefined;
}
