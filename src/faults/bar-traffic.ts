// Traffic over a BAR, every event compared as it comes, and each fault in the middle of it; campaigns and faults alone
// are made of these.
import { CommandWriter } from '../contract/generated/records.js';
import type { Profile } from '../contract/profile.js';
import { HalError } from '../hal/errors.js';
import type { ProgramGenerator } from '../verify/generator.js';
import type { Prng } from '../verify/prng.js';
import { BarWorld, type BarWorldOptions, PATIENCE_MS } from './bar-world.js';
import type { FaultKind } from './kinds.js';
import { Divergence, Reference } from './reference.js';

export interface BarTrafficOptions extends BarWorldOptions {
  readonly profile: Profile;
}

const BATCH_COMMANDS = 40;
const LEAST_STOP_MS = 100;
const STOP_MS = 400;
const PRESSURE_MS = 3000;
/** Each has an answer; together more than the ring of events holds, and less than that of commands does. */
const PRESSURE_FENCES = 700;
/** A doorbell that is lost is missed by the host when nothing has moved for a ms. */
const MENDED_MS = 20;
const AT_REST: readonly string[] = ['command_doorbell_lost', 'event_doorbell_lost', 'doorbell_repeated'];
const OFF: readonly string[] = ['all_ones', 'memory_gone', 'device_reprogrammed'];

/** Whether it is to happen while all is at rest: a doorbell that comes behind a lost one says the same. */
export const isAtRest = ({ name }: FaultKind): boolean => AT_REST.includes(name);

export class BarTraffic {
  readonly reference: Reference;
  readonly world: BarWorld;
  private tokens = 0;
  private failure: Divergence | undefined;

  constructor(options: BarTrafficOptions) {
    this.reference = new Reference(options.profile);
    this.world = new BarWorld(options, (events) => this.take(events));
  }

  /** A host, and a card right after a reset. */
  async begin(random: Prng): Promise<void> {
    const { world, reference } = this;
    const host = await world.startHost(random.u32());
    // The reset of the opening is over before anybody listens: a second one, whose every event is seen.
    const epoch = random.u32();
    reference.reset(epoch);
    await world.settle(host.reset(epoch), PATIENCE_MS);
    await this.drain();
  }

  async close(): Promise<void> {
    await this.world.endHost();
    this.world.close();
  }

  async submit(commands: Uint8Array): Promise<void> {
    const { world, reference } = this;
    reference.submit(commands);
    // The host may have ended: that is what is looked at next.
    const taken = world.ended === undefined ? world.host?.submit(commands) : undefined;
    if (taken !== undefined) await world.settle(taken, PATIENCE_MS);
    this.throwFailure();
  }

  /** With a FENCE behind it that is certain to be answered: the program may stand inside a restore. */
  answered(commands: Uint8Array): Uint8Array {
    const end = new CommandWriter().restoreEnd(0).fence(this.token());
    return Buffer.concat([commands, end.bytes()]);
  }

  /** Until every event has come. */
  async drain(): Promise<void> {
    const { world, reference } = this;
    const done = () => reference.outstanding === 0 || this.failure !== undefined || world.ended !== undefined;
    if (!(await world.until(done, PATIENCE_MS))) {
      throw new Divergence(`${reference.outstanding} events were lost: none came for ${PATIENCE_MS} ms`);
    }
    this.throwFailure();
  }

  /** A fault of a doorbell between two batches; undefined: the same traffic. */
  async atRest(kind: FaultKind | undefined, random: Prng, generator: ProgramGenerator): Promise<void> {
    const { world } = this;
    const isOfEvents = kind?.name === 'event_doorbell_lost';
    const commands = isOfEvents ? this.fence() : this.answered(generator.next(BATCH_COMMANDS));
    // The former doorbells are to have arrived.
    await world.until(() => world.quiet, PATIENCE_MS);
    if (kind !== undefined) world.injure(kind, random);
    await this.submit(commands);
    await this.drain();
  }

  /** Until the host has missed a doorbell of events. */
  async mended(): Promise<void> {
    await this.world.until(() => false, MENDED_MS);
    this.throwFailure();
  }

  /** Something that befalls an end of it for a while, and is borne without an error. happens: else the same traffic. */
  async bear(kind: FaultKind, random: Prng, generator: ProgramGenerator, happens = true): Promise<void> {
    const { world } = this;
    if (kind.name === 'host_back_pressure') {
      const fences = new CommandWriter();
      for (let n = 0; n < PRESSURE_FENCES; n++) fences.fence(this.token());
      await this.submit(this.answered(fences.bytes()));
      if (happens) world.blockHost(1 + random.below(PRESSURE_MS));
    } else {
      if (happens && kind.name === 'device_stopped') world.stop();
      else if (happens) world.slow();
      await this.submit(this.answered(generator.next(BATCH_COMMANDS)));
      if (happens) await world.until(() => false, random.between(LEAST_STOP_MS, STOP_MS));
      world.go();
    }
    await this.drain();
  }

  /**
   * Something that ends the session, in the middle of a batch; the card works again afterwards.
   * @returns ms until the host said so
   * @throws Divergence when it says something else
   */
  async end(kind: FaultKind, random: Prng, generator: ProgramGenerator): Promise<number> {
    const { world, reference } = this;
    const isOfLine = kind.name.startsWith('event_line_');
    if (isOfLine) world.injure(kind, random);
    const batch = this.answered(generator.next(BATCH_COMMANDS));
    reference.submit(batch);
    world.host?.submit(batch)?.catch(goesWithIt);
    await world.until(() => false, random.below(100) / 100);
    const from = world.clock.now();
    if (!isOfLine && kind.name !== 'host_reset') await world.end(kind);
    const code = kind.name === 'host_reset' ? await this.reset(random) : await this.codeOf(kind);
    const ms = world.clock.now() - from;
    if (code !== kind.error) throw new Divergence(`${kind.name}: the host says ${code}, not ${kind.error}`);
    await world.endHost();
    if (this.failure !== undefined) throw this.failure;
    if (OFF.includes(kind.name)) world.power();
    return ms;
  }

  private async codeOf(kind: FaultKind): Promise<string> {
    const { world } = this;
    if (world.host === undefined) return 'the process is gone';
    // A device that stands still while nothing is asked of it is no fault.
    if (world.ended === undefined) world.host.submit(this.fence())?.catch(goesWithIt);
    const done = () => world.ended !== undefined || this.failure !== undefined;
    if (await world.until(done, PATIENCE_MS)) return world.ended?.code ?? '';
    throw new Divergence(`${kind.name}: the host did not notice within ${PATIENCE_MS} ms`);
  }

  private async reset(random: Prng): Promise<string> {
    const { world, reference } = this;
    const { host } = world;
    let code = '';
    host?.fence().catch((error: HalError) => {
      code = error.code;
    });
    const epoch = random.u32();
    reference.reset(epoch);
    if (host !== undefined) await world.settle(host.reset(epoch), PATIENCE_MS);
    await this.drain();
    return code;
  }

  private token(): number {
    this.tokens = (this.tokens + 1) % 2 ** 32;
    return this.tokens;
  }

  private fence(): Uint8Array {
    return new CommandWriter().fence(this.token()).bytes().slice();
  }

  private take(events: Uint8Array): void {
    if (this.failure !== undefined) return;
    try {
      this.reference.take(events);
    } catch (error) {
      if (!(error instanceof Divergence)) throw error;
      this.failure = error;
    }
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
    const { ended } = this.world;
    if (ended !== undefined) throw new Divergence(`the host ended without a reason: ${ended.code}: ${ended.message}`);
  }
}

/** The call goes with its session. */
function goesWithIt(error: unknown): void {
  if (!(error instanceof HalError)) throw error;
}
