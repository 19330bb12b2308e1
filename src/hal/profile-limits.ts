// The largest profile there is: what an engine in memory can be opened with.
import { PROFILE_FIELDS, TICKS } from '../contract/definition.js';
import { type Profile, parseProfile } from '../contract/profile.js';

/** Every limit at its maximum, the tick at its finest. */
export const LARGEST_PROFILE: Profile = (() => {
  const fields = PROFILE_FIELDS.map((f) => `${f.name}=${f.name === 'finest_tick' ? TICKS[0] : f.max}`);
  const profile = parseProfile(`standard,${fields.join(',')}`);
  if (typeof profile === 'string') throw new Error(profile);
  return profile;
})();
