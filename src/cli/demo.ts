// gatebook demo: what `npm start` shows. The bundled session, three ways, and the fence of a second engine.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { profileMisfit } from '../hal/profile-limits.js';
import { listBackends } from '../hal/registry.js';
import { parseFeeRate } from '../market/decimal.js';
import { captureAction } from './capture.js';
import { EXIT } from './exit-codes.js';
import { CliError, type CliIo } from './io.js';
import { hex, latencyText, type ReplayFlags, type ReplayRun, replayFile, signalSummary } from './replay.js';
import { bookTable, SignalLives, signalTable } from './signal-table.js';

export const BUNDLED_SESSION = 'data/btc-updown-15m-2026-04-01.capture';
const SHOWN_SIGNALS = 8;
const SHOWN_BOOKS = 10;
/** The venue's taker fee rate for crypto markets: the fee is rate * p * (1 - p) a share. */
const VENUE_FEE_RATE = '0.07';

/** The folder of the package: the first one upwards that holds its package.json. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** Adds `gatebook demo`. */
export function registerDemo(program: Command, io: CliIo): void {
  program
    .command('demo')
    .description('replay the bundled session and check it on a second engine (what `npm start` runs)')
    .option('--engine <name>', 'engine; `gatebook engines` lists them', 'auto')
    .action(({ engine }: { engine: string }) => captureAction(io, false, () => runDemo(io, engine)));
}

async function runDemo(io: CliIo, engine: string): Promise<void> {
  const print = (text: string) => io.stdout.write(`${text}\n`);
  const path = join(packageRoot(), BUNDLED_SESSION);
  const ignore = () => {};
  print('A recorded Polymarket session (five BTC 15-minute up/down markets, 2026-04-01) through the kernels.\n');

  const lives = new SignalLives();
  const flags = flagsFor(engine, true, '0');
  const first = await replayFile(io, path, flags, (signal) => lives.add(signal));
  print(signalTable(lives.all, SHOWN_SIGNALS));
  print('\nThe books as they stood at the end:');
  print(bookTable(first.universe, first.summary.quotes, SHOWN_BOOKS));

  const withFee = await replayFile(io, path, flagsFor(engine, true, VENUE_FEE_RATE), ignore);
  const mirrored = await replayFile(io, path, flagsFor(engine, false, '0'), ignore);
  print('\nSignals opened:');
  print(`  two books a market, no fee:         ${signalSummary(first.summary)}`);
  print(`  two books a market, fee rate ${VENUE_FEE_RATE}:  ${signalSummary(withFee.summary)}`);
  print(`  one mirrored book a market, no fee: ${signalSummary(mirrored.summary)}`);
  print('The two tokens of a market are one mirrored book: the first line shows that their snapshots were');
  print('recorded milliseconds apart, not that money lay on the street. Fees, then the mirror, remove it.');

  const { frames, fence, elapsedMs } = first.summary;
  const rate = Math.round((frames / elapsedMs) * 1000);
  print(
    `\nEngine ${first.engine}: ${frames} frames, ${fence.records} commands, ${fence.events} events, ${rate} frames/s`,
  );
  print(`From raw frame to last event: ${latencyText(first.summary)}`);
  await compareWithSecond(io, path, flags, first);
  print('\nNext:');
  print(`  npx gatebook replay ${BUNDLED_SESSION} --independent --fee-rate 0 --json | head`);
  print('  npx gatebook verify --engines software,native --commands 1000000 --seed 1');
  print('  npx gatebook import --help        record and replay your own data');
  print('  npx gatebook --help');
}

/** The same bytes on another engine; without one, the same engine again says nothing, and the line says so. */
async function compareWithSecond(io: CliIo, path: string, flags: ReplayFlags, first: ReplayRun): Promise<void> {
  const { engine, profile } = first;
  const second = listBackends().find(
    ({ name, available, inProcess, limits }) =>
      inProcess && available && name !== engine && profileMisfit(profile, limits) === undefined,
  );
  if (second === undefined) {
    const missing = listBackends().find((backend) => backend.inProcess && !backend.available);
    io.stdout.write(`Fence ${hex(first.summary.fence.crc32)}, not compared: ${missing?.name}: ${missing?.reason}\n`);
    return;
  }
  const other = await replayFile(io, path, { ...flags, profile, engine: second.name }, () => {});
  const a = first.summary.fence;
  const b = other.summary.fence;
  const line = `${first.engine} ${hex(a.crc32)}, ${other.engine} ${hex(b.crc32)}`;
  if (a.crc32 !== b.crc32 || a.events !== b.events || a.records !== b.records) {
    throw new CliError(EXIT.DIVERGENCE, `the engines differ: ${line}`);
  }
  io.stdout.write(`Fence: ${line}: the same ${a.events} events to the last bit\n`);
}

function flagsFor(engine: string, independent: boolean, feeRate: string): ReplayFlags {
  const rest = { minEdge: 1, minSize: 1, fair: [], quarantine: false, maskTops: false, json: false };
  return { engine, independent, feeRate: parseFeeRate(feeRate), ...rest };
}
