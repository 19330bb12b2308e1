// The RTL itself, simulated in this process, as a device: there where `npm run verilator` built it.
import { NAMED_PROFILES, type Profile, profileValues } from '../../contract/profile.js';
import type { Backend } from '../backend.js';
import { buildInfo } from '../build-info.js';
import { HalError } from '../errors.js';
import { InProcessTransport } from '../in-process.js';
import { profileMisfit, profileOf } from '../profile-limits.js';
import { type EngineArguments, parseEngineArguments } from './engine-arguments.js';
import { VerilatedEngine } from './verilated-engine.js';
import { type KernelBuild, loadVerilator, MISBEHAVING, type VerilatorAddon } from './verilator-addon.js';

const SIM = NAMED_PROFILES['sim'] as Profile;

/** The builds that may be asked for, by name. */
function buildsOf(addon: VerilatorAddon): Map<string, KernelBuild> {
  return new Map(Object.entries(addon.builds).filter(([name]) => name !== MISBEHAVING));
}

/** The addon that the arguments ask for. @throws HalError BACKEND_UNAVAILABLE */
function addonFor({ options }: EngineArguments): VerilatorAddon {
  const loaded = loadVerilator(options.trace === undefined ? 'plain' : 'trace');
  if ('reason' in loaded) throw new HalError('BACKEND_UNAVAILABLE', `verilator: ${loaded.reason}`);
  return loaded.addon;
}

/** @throws HalError ARGUMENT_INVALID */
function namedBuild(addon: VerilatorAddon, name: string): KernelBuild {
  const builds = buildsOf(addon);
  const build = builds.get(name);
  if (build !== undefined) return build;
  const names = [...builds.keys()].join(', ');
  throw new HalError('ARGUMENT_INVALID', `verilator: build '${name}' is not one of ${names}`);
}

/** The build that serves the profile: an exact one before one of any profile. @throws HalError PROFILE_MISMATCH */
function buildFor(addon: VerilatorAddon, { build: name }: EngineArguments, profile: Profile): string {
  const values = profileValues(profile);
  const isExactly = ({ profile: capacity }: KernelBuild) => capacity.every((value, i) => value === values[i]);
  if (name !== undefined) {
    const build = namedBuild(addon, name);
    const misfit = build.exact && !isExactly(build) ? 'its profile is fixed' : misfitOf(build, profile);
    if (misfit === undefined) return name;
    throw new HalError('PROFILE_MISMATCH', `verilator: build '${name}' cannot be opened with this profile: ${misfit}`);
  }
  const builds = [...buildsOf(addon)];
  const exact = builds.find(([, build]) => build.exact && isExactly(build));
  const [openName, open] = exact ?? builds.find(([, build]) => !build.exact) ?? ['', undefined];
  const misfit = open === undefined ? 'no build takes it' : misfitOf(open, profile);
  if (misfit === undefined) return openName;
  throw new HalError('PROFILE_MISMATCH', `verilator: the simulated kernel is too small for this profile: ${misfit}`);
}

/** @throws HalError ARGUMENT_INVALID, BACKEND_UNAVAILABLE */
function defaultOf(args: EngineArguments): Profile {
  return args.build === undefined ? SIM : profileOf(namedBuild(addonFor(args), args.build).profile);
}

const misfitOf = (build: KernelBuild, profile: Profile) => profileMisfit(profile, profileOf(build.profile));

export const verilatorBackend: Backend = {
  name: 'verilator',
  limits: SIM,

  get build() {
    const loaded = loadVerilator();
    const version = `verilator ${buildInfo().version}`;
    if ('reason' in loaded) return version;
    return `${version} (${loaded.addon.build}; builds ${[...buildsOf(loaded.addon).keys()].join(', ')})`;
  },

  get unavailable() {
    const loaded = loadVerilator();
    return 'reason' in loaded ? loaded.reason : undefined;
  },

  get contractDigest() {
    const loaded = loadVerilator();
    return 'addon' in loaded ? loaded.addon.contractDigest : undefined;
  },

  defaultProfile: (text) => defaultOf(parseEngineArguments(text)),

  connect(text, asked) {
    const args = parseEngineArguments(text);
    const profile = asked ?? defaultOf(args);
    const addon = addonFor(args);
    const build = buildFor(addon, args, profile);
    const identity = {
      backend: 'verilator',
      contractDigest: addon.contractDigest,
      build: `verilator ${buildInfo().version} (build ${build}, ${addon.build})`,
      commit: buildInfo().commit,
      profile,
      clockHz: undefined,
    };
    return new InProcessTransport(identity, new VerilatedEngine(addon, build, profile, args.options));
  },

  createEngine(text, profile) {
    const args = parseEngineArguments(text);
    const addon = addonFor(args);
    return new VerilatedEngine(addon, buildFor(addon, args, profile), profile, args.options);
  },

  withTrace(text, { file, fromRecord }) {
    if (file === '' || file.includes(',')) {
      throw new HalError('ARGUMENT_INVALID', `verilator: a trace cannot be written to '${file}': no name, or a comma`);
    }
    return [...(text === '' ? [] : [text]), `trace=${file}`, `from=${fromRecord}`].join(',');
  },
};
