// `npm run link-faults`: campaigns of faults over the serial link, and the page about them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadBoard } from '../board/boards.js';
import { NAMED_PROFILES, type Profile } from '../contract/profile.js';
import { buildInfo, PACKAGE_ROOT } from '../hal/build-info.js';
import { type BoardsAddon, loadBoards } from '../sim/boards-addon.js';
import { Campaign } from './campaign.js';
import { BytePort, type DevicePort, Pins } from './device-port.js';
import { FAULT_KINDS } from './kinds.js';
import { Divergence } from './reference.js';
import { type CampaignLine, type FaultResults, faultsPage } from './report.js';
import { solo } from './solo.js';
import { throughput } from './throughput.js';

const USAGE = `npm run link-faults -- [--faults N] [--seed S] [--pins] [--model NAME] [--keep]
       npm run link-faults -- --throughput [--model BOARD]
       npm run link-faults -- --document

A campaign of N faults (10,000) at the byte port of a link, or at the pins of the ulx3s; prints one line of JSON.
--keep puts it into docs/link-faults.json in place of that of the same port.
--throughput: how full the line of a board is under load, and its recovery; one line of JSON, which is kept.
--document: each fault alone, and docs/faults.md from all that is kept.`;

const RESULTS = join(PACKAGE_ROOT, 'docs', 'link-faults.json');
const PAGE = join(PACKAGE_ROOT, 'docs', 'faults.md');
const REPETITIONS = 20;
const EXIT = { OK: 0, FAILURE: 1, USAGE: 2, DIVERGENCE: 5, DEVICE: 6 } as const;

interface Place {
  readonly where: 'byte port' | 'pins';
  readonly model: string;
  readonly profile: Profile;
  port(): DevicePort;
}

function placeOf(addon: BoardsAddon, pins: boolean, model: string | undefined): Place {
  if (!pins) {
    const name = model ?? 'link-tiny';
    const profile = name === 'link-tiny' ? NAMED_PROFILES['tiny'] : loadBoard(PACKAGE_ROOT, name.slice(5)).profile;
    return { where: 'byte port', model: name, profile: profile as Profile, port: () => new BytePort(addon, name) };
  }
  const board = loadBoard(PACKAGE_ROOT, model ?? 'ulx3s');
  return { where: 'pins', model: board.name, profile: board.profile, port: () => new Pins(addon, board) };
}

function kept(): FaultResults {
  if (!existsSync(RESULTS)) return { solo: [], campaigns: [] };
  return JSON.parse(readFileSync(RESULTS, 'utf8')) as FaultResults;
}

const keep = (results: FaultResults) => writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 1)}\n`);

async function campaign(place: Place, faults: number, seed: number): Promise<CampaignLine> {
  const began = performance.now();
  const port = place.port();
  const onProgress = (count: number) => {
    const rate = Math.round((count / (performance.now() - began)) * 1000);
    console.error(`link-faults: ${count} of ${faults}, ${rate} a second`);
  };
  const result = await new Campaign({ port, profile: place.profile, faults, seed, onProgress }).run();
  port.close();
  const { commands, events, sessions, cycles } = result;
  return {
    seed,
    commit: buildInfo().commit,
    where: place.where,
    model: place.model,
    faults: result.faults,
    total: Object.values(result.faults).reduce((sum, count) => sum + count, 0),
    commands,
    events,
    sessions,
    lost: 0,
    cycles,
    seconds: Math.round((performance.now() - began) / 100) / 10,
  };
}

async function document(addon: BoardsAddon): Promise<void> {
  const { port, profile } = placeOf(addon, false, undefined);
  const results = [];
  for (const kind of FAULT_KINDS) {
    if (kind.error !== undefined || kind.where === 'wires') continue;
    results.push(await solo(kind, { port, profile, repetitions: REPETITIONS, seed: 1 }));
    console.error(`link-faults: ${kind.name}`);
  }
  const all = { ...kept(), solo: results };
  keep(all);
  writeFileSync(PAGE, faultsPage(all));
}

function wholeOption(text: string, name: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 1e9) return value;
  throw new TypeError(`--${name} must be a whole number in 1..1000000000`);
}

/** @returns exit status */
export async function main(args: readonly string[]): Promise<number> {
  const options = {
    faults: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    pins: { type: 'boolean', default: false },
    model: { type: 'string' },
    keep: { type: 'boolean', default: false },
    throughput: { type: 'boolean', default: false },
    document: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const;
  let faults: number;
  let seed: number;
  let values: { pins: boolean; model?: string; keep: boolean; throughput: boolean; document: boolean; help: boolean };
  try {
    const parsed = parseArgs({ args: [...args], options });
    values = parsed.values;
    faults = wholeOption(parsed.values.faults, 'faults');
    seed = wholeOption(parsed.values.seed, 'seed');
  } catch (error) {
    console.error(`link-faults: ${(error as Error).message}\n${USAGE}`);
    return EXIT.USAGE;
  }
  if (values.help) {
    console.log(USAGE);
    return EXIT.OK;
  }
  const loaded = loadBoards();
  if ('reason' in loaded) {
    console.error(`link-faults: ${loaded.reason}`);
    return EXIT.DEVICE;
  }
  try {
    if (values.document) {
      await document(loaded.addon);
      return EXIT.OK;
    }
    if (values.throughput) {
      const { port, profile, model } = placeOf(loaded.addon, true, values.model);
      const measured = { model, commit: buildInfo().commit, ...(await throughput(port, profile)) };
      console.log(JSON.stringify(measured));
      keep({ ...kept(), throughput: measured });
      return EXIT.OK;
    }
    const line = await campaign(placeOf(loaded.addon, values.pins, values.model), faults, seed);
    console.log(JSON.stringify(line));
    if (values.keep) {
      const { campaigns, ...rest } = kept();
      const others = campaigns.filter(({ where, model }) => where !== line.where || model !== line.model);
      keep({ ...rest, campaigns: [...others, line].sort((a, b) => (a.where < b.where ? -1 : 1)) });
    }
    return EXIT.OK;
  } catch (error) {
    if (!(error instanceof Divergence)) throw error;
    console.error(`link-faults: seed ${seed}: ${error.message}`);
    return EXIT.DIVERGENCE;
  }
}
