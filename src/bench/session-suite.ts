// The commands of the bundled session alone: what an engine takes for them, without the decoder before it.
import type { Device, EventListener } from '../hal/device.js';
import { open } from '../hal/registry.js';
import { replay } from '../host/replay.js';
import { openSource } from '../host/source.js';
import type { Engine } from '../kernel/engine.js';
import type { Group, Subject } from './measure.js';
import { COMMAND_BYTES, ROOM_BYTES } from './programs.js';
import { bundledCaptures, UNPACED } from './replay-suite.js';
import { type SimulatedCard, simulatedCard } from './simulated-card.js';
import { SIM } from './simulation-suite.js';
import { type EngineKind, engineKinds, type Plan, simulatedKind, type Wanted } from './suite.js';

/** The first capture that comes with the checkout; nothing without one. */
export function sessionPlans(): Plan[] {
  const [path] = bundledCaptures();
  return path === undefined ? [] : [{ name: 'session', group: (wanted) => sessionGroup(path, wanted) }];
}

/** Passes everything on, and keeps what is submitted. */
class Tap implements Device {
  readonly submitted: Uint8Array[] = [];

  constructor(private readonly device: Device) {}

  get identity() {
    return this.device.identity;
  }

  submit(commands: Uint8Array): void | Promise<void> {
    this.submitted.push(commands.slice());
    return this.device.submit(commands);
  }

  onEvents = (listener: EventListener) => this.device.onEvents(listener);
  fence = () => this.device.fence();
  digest = (book: number) => this.device.digest(book);
  snapshot = () => this.device.snapshot();
  restore = (snapshot: Uint8Array) => this.device.restore(snapshot);
  reset = (epoch: number) => this.device.reset(epoch);
  close = () => this.device.close();
}

async function commandsOf(path: string): Promise<Uint8Array> {
  const source = openSource({ path, mode: 'mirrored', profile: SIM });
  const device = new Tap(await open('software', { profile: SIM }));
  try {
    await replay({ ...source, device, clock: UNPACED, onSignal: () => {} });
    return Buffer.concat(device.submitted);
  } finally {
    source.reader.close();
    await device.close();
  }
}

function sessionGroup(path: string, wanted: Wanted): Group {
  let commands: Promise<Uint8Array> | undefined;
  let count = 1;
  const load = async () => {
    commands ??= commandsOf(path);
    const bytes = await commands;
    count = bytes.length / COMMAND_BYTES;
    return bytes;
  };
  const simulated = simulatedKind();
  const kinds = [...engineKinds(), ...(simulated === undefined ? [] : [simulated])];
  const subjects = kinds.filter(({ name }) => wanted(rowOf(name))).map((kind) => sessionSubject(kind, load));
  if (simulated !== undefined && wanted(rowOf(CARD))) subjects.push(cardSubject(load));
  return { name: 'session', unit: 'ns/command', subjects, figure: (nanoseconds) => nanoseconds / count };
}

/** In another process, behind a BAR file: host, file, shell and kernel together. */
const CARD = 'pcie, simulated';

function cardSubject(load: () => Promise<Uint8Array>): Subject {
  let card: SimulatedCard | undefined;
  let commands = new Uint8Array(0);
  return {
    name: rowOf(CARD),
    most: 1,
    async restart() {
      commands = new Uint8Array(await load());
      card ??= await simulatedCard();
      await card.device.reset(1);
    },
    async run() {
      if (card === undefined) throw new Error('session: not restarted');
      await card.device.submit(commands);
      return (await card.device.fence()).events;
    },
    close: () => card?.close(),
  };
}

const rowOf = (kind: string) => `session, commands alone: ${kind}`;

function sessionSubject(kind: EngineKind, load: () => Promise<Uint8Array>): Subject {
  let engine: Engine | undefined;
  let commands: Uint8Array | undefined;
  let out = new Uint8Array(0);
  return {
    name: rowOf(kind.name),
    most: 1,
    async restart() {
      commands = await load();
      engine ??= kind.create(SIM);
      out = new Uint8Array(engine.maxEventBytes + ROOM_BYTES);
      engine.reset(1, out);
    },
    run() {
      if (engine === undefined || commands === undefined) throw new Error('session: not restarted');
      let events = 0;
      for (let from = 0; from < commands.length; ) {
        from = engine.consume(commands, from, out);
        events += engine.eventBytes;
      }
      return events;
    },
    close: () => engine?.close(),
  };
}
