// A campaign over a BAR: random programs through an injured window. Every event must be that of the software engine, in
// order and once; every fault must show in each counter that its kind names.
import { ProgramGenerator } from '../verify/generator.js';
import { Prng } from '../verify/prng.js';
import { BAR_FAULT_KINDS } from './bar-kinds.js';
import { BarTraffic, type BarTrafficOptions, isAtRest } from './bar-traffic.js';
import { addTo, type FaultKind, pick } from './kinds.js';
import { Divergence } from './reference.js';
import { nameOf } from './solo.js';

export interface BarCampaignOptions extends BarTrafficOptions {
  readonly faults: number;
  readonly seed: number;
  /** Called now and then. */
  readonly onProgress?: (faults: number) => void;
}

export interface BarCampaignResult {
  readonly faults: Readonly<Record<string, number>>;
  readonly commands: number;
  readonly events: number;
  readonly sessions: number;
  /** How sessions ended, by code. */
  readonly errors: Readonly<Record<string, number>>;
  /** As far as they were read before a session ended. */
  readonly counters: Readonly<Record<string, number>>;
  readonly cycles: number;
}

const BATCHES = 3;
const BATCH_COMMANDS = 40;
const KINDS_A_ROUND = 5;
const CHECK_EVERY = 100;
/** The next fault of an end comes after this many rounds, on the average. */
const ENDS_EVERY = 12;
const PROGRESS_EVERY = 1000;

const OF_THE_WINDOW = BAR_FAULT_KINDS.filter(({ where }) => where !== 'ends');
const ENDS = BAR_FAULT_KINDS.filter(({ where }) => where === 'ends');

/** The ring, a line of which it injures. */
const lineOf = ({ name }: FaultKind): string | undefined => /^(command|event)_line_/.exec(name)?.[1];

export class BarCampaign {
  private readonly random: Prng;
  private readonly traffic: BarTraffic;
  private readonly faults: Record<string, number> = {};
  private readonly errors: Record<string, number> = {};
  private readonly counters: Record<string, number> = {};
  /** Since the last check. */
  private pending: Record<string, number> = {};
  private seen = new Map<string, number>();
  private total = 0;
  private told = 0;
  private unchecked = 0;
  private sessions = 0;

  constructor(private readonly options: BarCampaignOptions) {
    this.random = new Prng(options.seed);
    this.traffic = new BarTraffic(options);
  }

  /** @throws Divergence what was lost, invented or repeated, or a fault that nobody counted */
  async run(): Promise<BarCampaignResult> {
    const { traffic, faults, errors, counters } = this;
    try {
      while (this.total < this.options.faults) await this.session();
      const { commands, events } = traffic.reference;
      return { faults, commands, events, sessions: this.sessions, errors, counters, cycles: traffic.world.cycles };
    } finally {
      await traffic.close();
    }
  }

  /** One host, up to a fault that ends it. */
  private async session(): Promise<void> {
    const { random, traffic } = this;
    this.sessions += 1;
    await traffic.begin(random);
    this.seen = await traffic.world.counters();
    this.pending = {};
    const generator = new ProgramGenerator(this.options.profile, this.options.seed, this.sessions);
    while (this.total < this.options.faults) {
      await this.round(generator);
      if (this.unchecked >= CHECK_EVERY) await this.check();
      if (random.below(ENDS_EVERY) === 0 && (await this.befall(pick(ENDS, random), generator))) return;
    }
    await this.check();
    await traffic.world.endHost();
  }

  /** Some batches with faults between them; then nothing may be outstanding, and every fault has happened. */
  private async round(generator: ProgramGenerator): Promise<void> {
    const { random, traffic } = this;
    const { world } = traffic;
    const kinds = this.draw();
    const batches = 1 + random.below(BATCHES);
    const inTraffic = kinds.filter((kind) => !isAtRest(kind));
    const places = inTraffic.map(() => random.below(batches));
    for (let batch = 0; batch < batches; batch++) {
      for (const [n, kind] of inTraffic.entries()) {
        if (places[n] !== batch) continue;
        this.add(kind);
        world.injure(kind, random);
      }
      const last = batch === batches - 1;
      const commands = generator.next(1 + random.below(BATCH_COMMANDS)).slice();
      await traffic.submit(last ? traffic.answered(commands) : commands);
    }
    await traffic.drain();
    for (const kind of kinds.filter(isAtRest)) {
      this.add(kind);
      await traffic.atRest(kind, random, generator);
      await traffic.mended();
    }
    if (world.armed !== 0) throw new Divergence(`${world.armed} faults that were injected have not happened`);
  }

  /** Kinds of one round: such that each is certain to happen, and to show. */
  private draw(): FaultKind[] {
    const drawn: FaultKind[] = [];
    for (let n = 0; n < KINDS_A_ROUND; n++) {
      const kind = pick(OF_THE_WINDOW, this.random);
      // While one event line is wrong, those behind it are not looked at; and when a command line was refused, those
      // behind it are written again, whatever has become of them.
      const line = lineOf(kind);
      if (line === undefined || !drawn.some((other) => lineOf(other) === line)) drawn.push(kind);
    }
    return drawn;
  }

  private add({ name }: FaultKind): void {
    addTo(this.faults, name, 1);
    addTo(this.pending, name, 1);
    this.total += 1;
    this.unchecked += 1;
    if (this.total - this.told < PROGRESS_EVERY) return;
    this.told = this.total;
    this.options.onProgress?.(this.total);
  }

  /** Everything has come; what was injected is counted, of each kind no less. */
  private async check(): Promise<void> {
    await this.traffic.drain();
    const now = await this.traffic.world.counters();
    const wanted = new Map<string, number>();
    for (const { name, signs } of BAR_FAULT_KINDS) {
      for (const sign of signs.map(nameOf)) wanted.set(sign, (wanted.get(sign) ?? 0) + (this.pending[name] ?? 0));
    }
    for (const [name, least] of wanted) {
      const moved = (now.get(name) ?? 0) - (this.seen.get(name) ?? 0);
      if (moved < least) throw new Divergence(`${least} faults show in '${name}', which has counted ${moved}`);
    }
    for (const [name, value] of now) addTo(this.counters, name, value - (this.seen.get(name) ?? 0));
    this.seen = now;
    this.pending = {};
    this.unchecked = 0;
  }

  /** @returns whether the session is over */
  private async befall(kind: FaultKind, generator: ProgramGenerator): Promise<boolean> {
    const { traffic, random } = this;
    if (kind.error === undefined) {
      this.add(kind);
      await traffic.bear(kind, random, generator);
      return false;
    }
    // What is counted must be read before: some of it goes with the device.
    await this.check();
    this.add(kind);
    await traffic.end(kind, random, generator);
    addTo(this.errors, kind.error, 1);
    return true;
  }
}
