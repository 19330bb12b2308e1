// `npm run link-faults`: campaigns of faults over the serial link and over a BAR, and the page about them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadBoard } from '../board/boards.js';
import { NAMED_PROFILES, type Profile } from '../contract/profile.js';
import { buildInfo, PACKAGE_ROOT } from '../hal/build-info.js';
import { HalError } from '../hal/errors.js';
import { type BoardsAddon, loadBoards } from '../sim/boards-addon.js';
import { BarCampaign, type BarCampaignResult } from './bar-campaign.js';
import { BAR_FAULT_KINDS } from './bar-kinds.js';
import { barSolo } from './bar-solo.js';
import type { BarTrafficOptions } from './bar-traffic.js';
import { Campaign, type CampaignResult } from './campaign.js';
import { BytePort, type DevicePort, Pins } from './device-port.js';
import { FAULT_KINDS } from './kinds.js';
import { Divergence } from './reference.js';
import { type CampaignLine, type FaultResults, faultsPage } from './report.js';
import { solo } from './solo.js';
import { throughput } from './throughput.js';

const USAGE = `npm run link-faults -- [--faults N] [--seed S] [--pins | --bar] [--model NAME] [--keep]
       npm run link-faults -- --throughput [--model BOARD]
       npm run link-faults -- --document

A campaign of N faults (10,000) at the byte port of a link, at the pins of the ulx3s, or over a BAR; prints one line of
JSON. --keep puts it into docs/link-faults.json or docs/bar-faults.json in place of that of the same model.
--throughput: how full the line of a board is under load, and its recovery; one line of JSON, which is kept.
--document: each fault alone, and docs/faults.md from all that is kept.`;

const RESULTS = join(PACKAGE_ROOT, 'docs', 'link-faults.json');
const BAR_RESULTS = join(PACKAGE_ROOT, 'docs', 'bar-faults.json');
const PAGE = join(PACKAGE_ROOT, 'docs', 'faults.md');
const REPETITIONS = 20;
/** A card of 250 kHz: the host waits in ms, and what it waits for need not be simulated for as many cycles. */
const CAMPAIGN_CYCLES_PER_MS = 250;
const MS_PER_S = 1000;
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

function kept(file: string): FaultResults {
  if (!existsSync(file)) return { solo: [], campaigns: [] };
  return JSON.parse(readFileSync(file, 'utf8')) as FaultResults;
}

const keep = (file: string, results: FaultResults) => writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);

function keepCampaign(file: string, line: CampaignLine): void {
  const { campaigns, ...rest } = kept(file);
  const others = campaigns.filter(({ where, model }) => where !== line.where || model !== line.model);
  keep(file, { ...rest, campaigns: [...others, line].sort((a, b) => (a.where < b.where ? -1 : 1)) });
}

/** `bar-tiny`: the shell of the litefury around the smallest kernel, for many faults a second. */
function cardOf(addon: BoardsAddon, model = 'bar-tiny'): BarTrafficOptions {
  const board = loadBoard(PACKAGE_ROOT, model === 'bar-tiny' ? 'litefury' : model);
  const profile = model === 'bar-tiny' ? (NAMED_PROFILES['tiny'] as Profile) : board.profile;
  return { addon, model, profile, cyclesPerMs: board.clockHz / MS_PER_S };
}

const progress = (faults: number) => {
  const began = performance.now();
  return (count: number) => {
    const rate = Math.round((count / (performance.now() - began)) * MS_PER_S);
    console.error(`link-faults: ${count} of ${faults}, ${rate} a second`);
  };
};

async function barCampaign(card: BarTrafficOptions, faults: number, seed: number): Promise<CampaignLine> {
  const began = performance.now();
  const options = { ...card, cyclesPerMs: CAMPAIGN_CYCLES_PER_MS, faults, seed, onProgress: progress(faults) };
  const result = await new BarCampaign(options).run();
  return lineOf(result, { seed, where: 'BAR', model: card.model }, began);
}

function lineOf(
  result: CampaignResult | BarCampaignResult,
  of: Pick<CampaignLine, 'seed' | 'where' | 'model'>,
  began: number,
): CampaignLine {
  const { commands, events, sessions, cycles, faults } = result;
  const { seed, where, model } = of;
  const total = Object.values(faults).reduce((sum, count) => sum + count, 0);
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const { commit } = buildInfo();
  return { seed, commit, where, model, faults, total, commands, events, sessions, lost: 0, cycles, seconds };
}

async function campaign(place: Place, faults: number, seed: number): Promise<CampaignLine> {
  const began = performance.now();
  const port = place.port();
  const onProgress = progress(faults);
  const result = await new Campaign({ port, profile: place.profile, faults, seed, onProgress }).run();
  port.close();
  return lineOf(result, { seed, where: place.where, model: place.model }, began);
}

async function document(addon: BoardsAddon): Promise<void> {
  const { port, profile } = placeOf(addon, false, undefined);
  const results = [];
  for (const kind of FAULT_KINDS) {
    if (kind.error !== undefined || kind.where === 'wires') continue;
    results.push(await solo(kind, { port, profile, repetitions: REPETITIONS, seed: 1 }));
    console.error(`link-faults: ${kind.name}`);
  }
  const link = { ...kept(RESULTS), solo: results };
  keep(RESULTS, link);
  const alone = [];
  for (const kind of BAR_FAULT_KINDS) {
    alone.push(await barSolo(kind, { ...cardOf(addon), repetitions: REPETITIONS, seed: 1 }));
    console.error(`link-faults: ${kind.name}`);
  }
  const bar = { ...kept(BAR_RESULTS), solo: alone };
  keep(BAR_RESULTS, bar);
  writeFileSync(PAGE, faultsPage(link, bar));
}

function wholeOption(text: string, name: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 1e9) return value;
  throw new TypeError(`--${name} must be a whole number in 1..1000000000`);
}

interface Flags {
  readonly pins: boolean;
  readonly bar: boolean;
  readonly model?: string;
  readonly keep: boolean;
  readonly throughput: boolean;
  readonly document: boolean;
  readonly help: boolean;
}

/** @returns exit status */
export async function main(args: readonly string[]): Promise<number> {
  const options = {
    faults: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    pins: { type: 'boolean', default: false },
    bar: { type: 'boolean', default: false },
    model: { type: 'string' },
    keep: { type: 'boolean', default: false },
    throughput: { type: 'boolean', default: false },
    document: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const;
  let faults: number;
  let seed: number;
  let values: Flags;
  try {
    const parsed = parseArgs({ args: [...args], options });
    values = parsed.values;
    if (values.pins && values.bar) throw new TypeError('--pins and --bar are two campaigns');
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
      keep(RESULTS, { ...kept(RESULTS), throughput: measured });
      return EXIT.OK;
    }
    const { addon } = loaded;
    const line = values.bar
      ? await barCampaign(cardOf(addon, values.model), faults, seed)
      : await campaign(placeOf(addon, values.pins, values.model), faults, seed);
    console.log(JSON.stringify(line));
    if (values.keep) keepCampaign(values.bar ? BAR_RESULTS : RESULTS, line);
    return EXIT.OK;
  } catch (error) {
    // A device that does not even open has lost everything.
    if (!(error instanceof Divergence || error instanceof HalError)) throw error;
    console.error(`link-faults: seed ${seed}: ${error.message}`);
    return EXIT.DIVERGENCE;
  }
}
