// What one device does when it is opened, asked and loaded. A shadow in this process follows it, so that every answer
// is checked and not only timed.
import { CommandWriter, Side } from '../contract/generated/records.js';
import { formatProfile } from '../contract/profile.js';
import type { Device, Identity } from '../hal/device.js';
import { HalError } from '../hal/errors.js';
import type { Finding } from '../hal/findings.js';
import type { LinkTelemetry } from '../hal/link-telemetry.js';
import { open } from '../hal/registry.js';
import { switchText } from '../hal/supervision.js';
import { remedyOf } from './remedies.js';

/** Bounds of one measurement: whichever comes first ends it. */
const ASK_NS = 1_500_000_000n;
const MOST_QUESTIONS = 500;
const LOAD_NS = 3_000_000_000n;
const BATCH = 256;
const MOST_BATCHES = 4000;

/** In 1e-4 USD: a level each for a price of 0.01 to 0.99. */
const TICK = 100;
const LEVELS = 99;
const NS_PER_US = 1000;
const NS_PER_S = 1e9;

/** Monotonic time in ns. */
export type NowNs = () => bigint;

/**
 * Opens the device, resets it, measures and closes it: what it held is gone afterwards.
 * @param spec as `--engine` takes it
 * @returns never rejects for what a device can do wrong: that is a finding
 */
export async function deviceFindings(spec: string, nowNs: NowNs): Promise<Finding[]> {
  const findings: Finding[] = [];
  let device: Device | undefined;
  try {
    device = await open(spec, { shadow: true });
    findings.push(identityFinding(spec, device.identity));
    for (const what of device.identity.advice ?? []) findings.push({ code: 'ADVICE', severity: 'warning', what });
    for (const measure of [roundTripFinding, throughputFinding]) {
      const finding = await measure(device, nowNs);
      const takeover = takeoverFinding(spec, device);
      findings.push(takeover ?? finding);
      // What was measured is at least in part the standby.
      if (takeover !== undefined) return findings;
    }
    if (device.telemetry !== undefined) findings.push(linkFinding(await device.telemetry()));
  } catch (error) {
    findings.push(failure(spec, error));
  } finally {
    await device?.close().catch((error: unknown) => findings.push(failure(spec, error)));
  }
  return findings;
}

/** A pair goes on whatever becomes of its primary; undefined while the primary is well. */
function takeoverFinding(spec: string, { supervision }: Device): Finding | undefined {
  const { alarm, reports } = supervision?.status() ?? {};
  if (alarm !== undefined) return failure(spec, alarm);
  const report = reports?.findLast(({ to }) => to === 'standby');
  if (report === undefined || report.code === 'PRIMARY_RETURNED') return undefined;
  return failure(spec, new HalError(report.code, switchText(report)));
}

function identityFinding(spec: string, identity: Identity): Finding {
  const { build, commit, contractDigest, clockHz, profile } = identity;
  const clock = clockHz === undefined ? '' : `, ${(clockHz / 1e6).toFixed(1)} MHz`;
  const made = `${build}, commit ${commit.slice(0, 12)}, contract ${contractDigest}${clock}`;
  return { code: 'DEVICE', severity: 'ok', what: `${spec}: ${made}; ${formatProfile(profile)}` };
}

async function roundTripFinding(device: Device, nowNs: NowNs): Promise<Finding> {
  const timesUs: number[] = [];
  const end = nowNs() + ASK_NS;
  while (timesUs.length < MOST_QUESTIONS && (timesUs.length === 0 || nowNs() < end)) {
    const from = nowNs();
    await device.fence();
    timesUs.push(Number(nowNs() - from) / NS_PER_US);
  }
  timesUs.sort((a, b) => a - b);
  const at = (share: number) => (timesUs[Math.floor(share * (timesUs.length - 1))] ?? 0).toFixed(1);
  const what = `a FENCE and its answer take ${at(0.5)} us p50, ${at(0.99)} us p99 (${timesUs.length} of them)`;
  return { code: 'ROUND_TRIP', severity: 'ok', what };
}

async function throughputFinding(device: Device, nowNs: NowNs): Promise<Finding> {
  const hasLevels = device.identity.profile.pages > 0;
  const batches = hasLevels ? levelBatches() : fenceBatches();
  const kind = hasLevels ? 'level changes' : 'fences';
  if (hasLevels) await device.submit(new CommandWriter(1).bookBegin(0, TICK, false).bytes());
  const from = nowNs();
  let sent = 0;
  for (let batch = 0; batch < MOST_BATCHES && nowNs() - from < LOAD_NS; batch++) {
    await device.submit(batches[batch % batches.length] as Uint8Array);
    sent += BATCH;
  }
  await device.fence();
  const seconds = Number(nowNs() - from) / NS_PER_S;
  const rate = Math.round(sent / seconds);
  const what = `${rate} ${kind} a second (${sent} in ${seconds.toFixed(2)} s); counts and CRC are those of a shadow`;
  return { code: 'THROUGHPUT', severity: 'ok', what };
}

/** Two different ones, so that every command changes a level. */
function levelBatches(): Uint8Array[] {
  return [1, 2].map((factor) => {
    const writer = new CommandWriter(BATCH);
    for (let i = 0; i < BATCH; i++) writer.levelSet(0, Side.BID, 1 + (i % LEVELS), factor * (1 + i), false);
    return writer.bytes();
  });
}

function fenceBatches(): Uint8Array[] {
  const writer = new CommandWriter(BATCH);
  for (let i = 0; i < BATCH; i++) writer.fence(i);
  return [writer.bytes()];
}

function linkFinding(link: LinkTelemetry): Finding {
  const faults = Object.entries(link.faults).filter(([, count]) => count > 0);
  const frames = link.framesIn + link.framesOut;
  const list = faults.map(([name, count]) => `${name} ${count}`).join(', ');
  if (faults.length === 0) return { code: 'LINK', severity: 'ok', what: `the link: ${frames} frames, no fault` };
  const count = faults.reduce((sum, [, each]) => sum + each, 0);
  return {
    code: 'LINK',
    severity: 'warning',
    what: `the link: ${count} faults in ${frames} frames, all made good (${list})`,
    remedy: 'a shorter cable, a lower rate, another port; docs/faults.md says what each of them means',
  };
}

function failure(spec: string, error: unknown): Finding {
  const code = error instanceof HalError ? error.code : 'INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  const remedy = error instanceof HalError ? remedyOf(error.code) : undefined;
  return { code, severity: 'error', what: `${spec}: ${message}`, ...(remedy === undefined ? {} : { remedy }) };
}
