// What `npm run synth` and `npm run bitstreams` share: running the tools, and what a netlist of the kernel must hold.
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './node-version.mjs';

/** Modules without which a build is not the kernel. */
const ALWAYS = () => true;
export const MODULES = [
  { module: 'gatebook', when: ALWAYS },
  { module: 'gb_kernel', when: ALWAYS },
  { module: 'gb_front', when: ALWAYS },
  { module: 'gb_retire', when: ALWAYS },
  { module: 'gb_ram_1r1w', when: ALWAYS },
  { module: 'gb_dirty_set', when: ALWAYS },
  { module: 'gb_ladder', when: ALWAYS },
  { module: 'gb_page_pool', when: ({ Paged }) => Paged === 1 },
  { module: 'gb_digest', when: ALWAYS },
  { module: 'gb_row_table', when: ALWAYS },
  { module: 'gb_publisher', when: ALWAYS },
  { module: 'gb_stage', when: ALWAYS },
  { module: 'gb_fee_serial', when: ({ SerialFee, Baskets, Fairs }) => SerialFee === 1 && Baskets + Fairs > 0 },
  { module: 'gb_fee_parallel', when: ({ SerialFee, Baskets, Fairs }) => SerialFee === 0 && Baskets + Fairs > 0 },
  { module: 'gb_basket_engine', when: ({ Baskets }) => Baskets > 0 },
  { module: 'gb_fair_engine', when: ({ Fairs }) => Fairs > 0 },
  { module: 'gb_no_fairs', when: ({ Fairs }) => Fairs === 0 },
  { module: 'gb_event_queue', when: ({ CrcBytes }) => CrcBytes === 32 },
  { module: 'gb_event_slot', when: ({ CrcBytes }) => CrcBytes < 32 },
  { module: 'gb_telemetry', when: ({ Telemetry }) => Telemetry === 1 },
];

/** What may lose its registers or memories, and why that is no fault. */
export const EXCUSES = [
  // Nobody looks at costs where there is nothing that compares them.
  { path: /\.u_(costs|publisher)$/, when: ({ Baskets, Fairs }) => Baskets + Fairs === 0 },
  // The registers around a multiplication become part of its DSP block.
  { path: /\.u_fee$/, when: ({ SerialFee }, { family }) => SerialFee === 0 && family === 'xilinx' },
];

/** A tool has ended with a status that is not 0. */
export class ToolFailed extends Error {}

/** A placement was given up. */
export class Unrouted extends ToolFailed {}

/** Runs a tool in the root of the project, which is all that it can see. @returns {Promise<void>} */
export function run(tools, program, args, seconds) {
  return new Promise((done, failed) => {
    const child = spawn(join(tools.bin, program), args, {
      cwd: ROOT,
      env: tools.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const limit = seconds === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output = (output + chunk).slice(-4000);
      });
    }
    child.on('error', failed);
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      if (signal === 'SIGKILL') return failed(new Unrouted(`${program} did not end in ${seconds} s`));
      const lines = output.trim().split('\n').slice(-12).join('\n');
      if (code === 0) return done();
      failed(new ToolFailed(`${program} ended with ${code}:\n${lines}`));
    });
  });
}

const STILL_BUSY_MS = 30_000;

/** Says every half a minute that `work` is still under way. @returns {Promise<T>} @template T */
export async function patiently(what, work) {
  const started = performance.now();
  const tell = () => console.log(`still ${what} (${Math.round((performance.now() - started) / 1000)} s)`);
  const timer = setInterval(tell, STILL_BUSY_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

/** Verilog of a folder, sorted. */
export const sourcesIn = (folder) => {
  const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.v'));
  return names.sort().map((name) => `${folder}/${name}`);
};

/** Two drivers of one register are undefined, which lets yosys drop all that depends on it. */
export function conflicts(log, top) {
  const found = log.matchAll(new RegExp(`^Warning: multiple conflicting drivers for ${top}\\.\\\\(\\S+):$`, 'gm'));
  return [...new Set([...found].map(([, name]) => `${name} has several drivers`))];
}

export const readJson = (path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

export function toolVersions(tools) {
  const list = execFileSync(tools.python, ['-m', 'pip', 'list', '--format', 'json'], {
    encoding: 'utf8',
    env: tools.env,
  });
  const packages = JSON.parse(list).filter(({ name }) => /^yowasp-(yosys|nextpnr)/.test(name));
  return Object.fromEntries(packages.map(({ name, version }) => [name, version]));
}
