// The profile: the parameter of the kernel function (clause RESET-2).
import { PROFILE_FIELDS, PROFILES, TICKS } from './definition.js';

/** Limits that an engine refuses at; ranges in docs/contract.md. */
export interface Profile {
  readonly books: number;
  readonly pages: number;
  readonly baskets: number;
  readonly legs: number;
  readonly legsPerBasket: number;
  readonly fairs: number;
  readonly booksPerMessage: number;
  readonly finestTick: number;
}

const KEYS = [
  'books',
  'pages',
  'baskets',
  'legs',
  'legsPerBasket',
  'fairs',
  'booksPerMessage',
  'finestTick',
] as const satisfies readonly (keyof Profile)[];

/** What is wrong with a profile: the field, its value and the range, or undefined. */
export function profileFault(profile: Profile): string | undefined {
  for (const [position, key] of KEYS.entries()) {
    const field = PROFILE_FIELDS[position];
    const value = profile[key];
    if (field === undefined) continue;
    if (!Number.isInteger(value) || value < field.min || value > field.max) {
      return `profile.${field.name} = ${value} is not in ${field.min}..${field.max}`;
    }
  }
  if (!(TICKS as readonly number[]).includes(profile.finestTick)) {
    return `profile.finest_tick = ${profile.finestTick} is not one of ${TICKS.join(', ')}`;
  }
  return undefined;
}

/** Named profiles, see docs/contract.md. */
export const NAMED_PROFILES: Readonly<Record<string, Profile>> = Object.fromEntries(
  Object.entries(PROFILES).map(([name, values]) => [name, fromValues(values)]),
);

function fromValues(values: readonly number[]): Profile {
  const entries = KEYS.map((key, position) => [key, values[position] ?? 0] as const);
  return Object.fromEntries(entries) as unknown as Profile;
}

/** The values in the order of the profile table. */
export function profileValues(profile: Profile): number[] {
  return KEYS.map((key) => profile[key]);
}

/** `books=4,pages=8,...` in the names of docs/contract.md; the text form that parseProfile reads. */
export function formatProfile(profile: Profile): string {
  return PROFILE_FIELDS.map((field, position) => `${field.name}=${profileValues(profile)[position]}`).join(',');
}

/**
 * Reads a named profile, or `name,field=value,...` with fields that differ from it (from `standard` without a name).
 * @returns the profile, or a sentence that names the field, the value and the range
 */
export function parseProfile(text: string): Profile | string {
  const parts = text.split(',').filter((part) => part !== '');
  const first = parts[0] ?? 'standard';
  const base = first.includes('=') ? 'standard' : first;
  const named = Object.hasOwn(NAMED_PROFILES, base) ? NAMED_PROFILES[base] : undefined;
  if (named === undefined) {
    return `profile '${base}' is not one of ${Object.keys(NAMED_PROFILES).join(', ')}`;
  }
  const values = profileValues(named);
  for (const part of first.includes('=') ? parts : parts.slice(1)) {
    const [name = '', ...rest] = part.split('=');
    const value = rest.join('=');
    const position = PROFILE_FIELDS.findIndex((field) => field.name === name);
    if (position < 0) {
      return `profile field '${name}' is not one of ${PROFILE_FIELDS.map((field) => field.name).join(', ')}`;
    }
    if (!/^\d{1,9}$/.test(value)) return `profile.${name} = '${value}' is not a whole number`;
    values[position] = Number(value);
  }
  const profile = fromValues(values);
  return profileFault(profile) ?? profile;
}
