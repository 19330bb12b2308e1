// A board behind a BAR, in miniature: the device's side of docs/bar.md over the software engine, written from the
// clauses alone. It lives on a file with plain reads and writes, which Linux keeps coherent with the mapping of the
// host; it maps nothing and shares nothing with the host but the file. It works in turns of this process' event loop.
//
// What a file cannot do, a device can: notice that a word was written without having changed. Where that matters (a
// doorbell after a refused line, a doorbell that is lost) the model puts the word back, and sees it change again.
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { CONTRACT_DIGEST } from '../../src/contract/generated/records.js';
import { type Profile, profileValues } from '../../src/contract/profile.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';

const LINE = 64;
const WINDOW = 0x10000;
const SEED = crc32(Buffer.from(CONTRACT_DIGEST, 'hex'));

/** Offsets in the control registers. */
const RESET_EPOCH = 0x00;
const GENERATION = 0x04;
const GENERATION_DONE = 0x08;
const COMMAND_LINES = 0x0c;
const EVENT_LINES = 0x10;
const REFUSED_LINES = 0x14;

export interface ModelOptions {
  readonly contractDigest?: string;
  readonly barVersion?: number;
  readonly magic?: number;
  readonly timeScale?: number;
  /** Of the last reset, by a host before. */
  readonly generation?: number;
  /** How many registers it has. */
  readonly registers?: number;
  /** Lines of each ring. */
  readonly lines?: number;
  /** Other places than those of this project's RTL, and blocks that nobody knows in between. */
  readonly elsewhere?: boolean;
}

interface Places {
  readonly control: number;
  readonly commandDoorbell: number;
  readonly eventDoorbell: number;
  readonly registers: number;
  readonly commandRing: number;
  readonly eventRing: number;
}

const USUAL: Places = {
  control: 0x1000,
  commandDoorbell: 0x1040,
  eventDoorbell: 0x1080,
  registers: 0x2000,
  commandRing: 0x8000,
  eventRing: 0x4000,
};

const ELSEWHERE: Places = {
  control: 0x3040,
  commandDoorbell: 0x0ffc,
  eventDoorbell: 0x3100,
  registers: 0x3800,
  commandRing: 0x9040,
  eventRing: 0x6080,
};

const modulo = (value: number) => value >>> 0;

export class ModelBar {
  /** A line of which only the first so many bytes are written; the rest follows when `until` holds. */
  tear: { readonly bytes: number; until(): boolean } | undefined;
  /** A line that is counted but not yet written: what stands there is of a former lap. */
  hold: { until(): boolean } | undefined;
  /** Doorbells of commands, of events, that never arrive. */
  loseCommandDoorbells = 0;
  loseEventDoorbells = 0;
  /** Changes the next command line on its way in, so that it is refused. */
  spoil: ((line: Buffer) => void) | undefined;
  /** No turn does anything while it holds. */
  stopped = false;
  /** Turns between a reset and generation_done. */
  resetTurns = 0;
  /** What happened, for the test to compare with what the host counted. */
  readonly happened = { torn: 0, stale: 0, commandDoorbells: 0, eventDoorbells: 0, refused: 0, resets: 0 };

  private readonly file: number;
  private readonly places: Places;
  private readonly lines: number;
  private readonly engine: SoftwareEngine;
  private readonly out: Uint8Array;
  private generation = 0;
  private turnsToDone = 0;
  private epoch = 0;
  private taken = 0;
  private written = 0;
  private refused = 0;
  private rungCommands = 0;
  private rungEvents = 0;
  /** Waits for the doorbell to be written after a refusal. */
  private refusing = false;
  private queue: Buffer[] = [];
  private pending: { readonly place: number; readonly line: Buffer; until(): boolean } | undefined;
  private cycles = 0n;
  private immediate: NodeJS.Immediate | undefined;

  constructor(
    readonly path: string,
    profile: Profile,
    private readonly options: ModelOptions = {},
  ) {
    this.lines = options.lines ?? 256;
    this.places = options.elsewhere === true ? ELSEWHERE : USUAL;
    this.engine = new SoftwareEngine(profile);
    this.out = new Uint8Array(this.engine.maxEventBytes);
    this.file = openSync(path, 'w+');
    ftruncateSync(this.file, WINDOW);
    this.put(0, this.blocks(profile));
    this.generation = options.generation ?? 0;
    this.putWord(this.places.control + GENERATION, this.generation);
  }

  /** Turns until `close`. */
  run(): this {
    const turn = () => {
      this.immediate = setImmediate(turn);
      if (!this.stopped) this.turn();
    };
    this.immediate = setImmediate(turn);
    return this;
  }

  close(): void {
    if (this.immediate === undefined) return;
    clearImmediate(this.immediate);
    this.immediate = undefined;
    closeSync(this.file);
  }

  /** The card is unplugged: every read gives ones from here on. */
  unplug(): void {
    this.stopped = true;
    this.put(0, Buffer.alloc(WINDOW, 0xff));
  }

  /** The file becomes shorter below the mapping. */
  truncate(bytes: number): void {
    this.stopped = true;
    ftruncateSync(this.file, bytes);
  }

  /** The FPGA is loaded anew: as after power-up. */
  restart(): void {
    this.generation = 0;
    this.refused = this.taken = this.written = 0;
    this.queue = [];
    this.pending = undefined;
    for (let at = 0; at <= REFUSED_LINES; at += 4) this.putWord(this.places.control + at, 0);
  }

  /** Every event was taken, and the doorbell says so. */
  get isQuiet(): boolean {
    return this.queue.length === 0 && this.rungEvents === this.written;
  }

  setRegister(index: number, value: bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    this.put(this.places.registers + 8 * index, bytes);
  }

  /** One look at the registers, and what follows from it. */
  private turn(): void {
    this.finishPending();
    this.lookForReset();
    if (this.turnsToDone > 0) {
      this.turnsToDone -= 1;
      if (this.turnsToDone === 0) this.putWord(this.places.control + GENERATION_DONE, this.generation);
      return;
    }
    this.lookAtDoorbells();
    this.writeEvents();
    while (this.queue.length === 0 && this.taken !== this.rungCommands && !this.refusing) {
      if (!this.takeLine()) break;
      this.writeEvents();
    }
  }

  // Reset.

  private lookForReset(): void {
    const { control } = this.places;
    const generation = this.word(control + GENERATION);
    if (generation === this.generation) return;
    if (generation === 0 || generation > 65535) {
      this.putWord(control + GENERATION, this.generation);
      return;
    }
    this.generation = generation;
    this.epoch = this.word(control + RESET_EPOCH);
    this.happened.resets += 1;
    this.taken = this.written = this.refused = this.rungCommands = this.rungEvents = 0;
    this.refusing = false;
    this.pending = undefined;
    for (const at of [GENERATION_DONE, COMMAND_LINES, EVENT_LINES, REFUSED_LINES]) this.putWord(control + at, 0);
    this.putWord(this.places.commandDoorbell, 0);
    this.putWord(this.places.eventDoorbell, 0);
    this.engine.reset(this.epoch, this.out);
    this.queue = [];
    this.queueEvents();
    this.turnsToDone = 1 + this.resetTurns;
  }

  // Commands.

  private lookAtDoorbells(): void {
    const { commandDoorbell, eventDoorbell } = this.places;
    const commands = this.word(commandDoorbell);
    if (commands !== this.rungCommands || this.refusing) {
      const isWritten = commands !== (this.refusing ? this.taken : this.rungCommands);
      if (isWritten && this.loseCommandDoorbells > 0) {
        this.loseCommandDoorbells -= 1;
        this.happened.commandDoorbells += 1;
        this.putWord(commandDoorbell, this.refusing ? this.taken : this.rungCommands);
      } else if (isWritten) {
        this.refusing = false;
        const isNew = modulo(commands - this.rungCommands) <= this.lines && modulo(commands - this.taken) <= this.lines;
        if (isNew) this.rungCommands = commands;
        this.putWord(commandDoorbell, this.rungCommands);
      }
    }
    const events = this.word(eventDoorbell);
    if (events === this.rungEvents) return;
    if (this.loseEventDoorbells > 0) {
      this.loseEventDoorbells -= 1;
      this.happened.eventDoorbells += 1;
    } else if (modulo(events - this.rungEvents) <= modulo(this.written - this.rungEvents)) {
      this.rungEvents = events;
    }
    this.putWord(eventDoorbell, this.rungEvents);
  }

  private takeLine(): boolean {
    const line = this.get(this.places.commandRing + (this.taken % this.lines) * LINE, LINE);
    const { spoil } = this;
    this.spoil = undefined;
    spoil?.(line);
    if (!this.isRight(line)) {
      this.refused = modulo(this.refused + 1);
      this.happened.refused += 1;
      this.refusing = true;
      this.putWord(this.places.control + REFUSED_LINES, this.refused);
      // Whatever is written there from here on differs from it: see above.
      this.putWord(this.places.commandDoorbell, this.taken);
      return false;
    }
    const count = line.readUInt16LE(6);
    const commands = new Uint8Array(line.subarray(8, 8 + 16 * count));
    for (let from = 0; from < commands.length; ) {
      from = this.engine.consume(commands, from, this.out);
      this.queueEvents();
    }
    this.cycles += 20n * BigInt(count);
    this.taken = modulo(this.taken + 1);
    this.putWord(this.places.control + COMMAND_LINES, this.taken);
    return true;
  }

  private isRight(line: Buffer): boolean {
    const count = line.readUInt16LE(6);
    if (crc32(line.subarray(0, 60), SEED) !== line.readUInt32LE(60)) return false;
    if (line.readUInt32LE(0) !== this.taken || line.readUInt16LE(4) !== this.generation) return false;
    if (count < 1 || count > 3 || line.readUInt32LE(56) !== 0) return false;
    return line.subarray(8 + 16 * count, 56).every((byte) => byte === 0);
  }

  // Events.

  private queueEvents(): void {
    for (let at = 0; at < this.engine.eventBytes; at += 32) this.queue.push(Buffer.from(this.out.slice(at, at + 32)));
  }

  private writeEvents(): void {
    while (this.queue.length > 0 && this.pending === undefined) {
      if (modulo(this.written - this.rungEvents) >= this.lines) return;
      const line = this.eventLine(this.queue.shift() as Buffer);
      this.writeEventLine(this.places.eventRing + (this.written % this.lines) * LINE, line);
      this.written = modulo(this.written + 1);
      this.putWord(this.places.control + EVENT_LINES, this.written);
    }
  }

  private writeEventLine(place: number, line: Buffer): void {
    const { tear, hold } = this;
    if (tear !== undefined) {
      this.tear = undefined;
      this.happened.torn += 1;
      this.put(place, line.subarray(0, tear.bytes));
      this.pending = { place, line, until: tear.until };
    } else if (hold !== undefined) {
      this.hold = undefined;
      this.happened.stale += 1;
      this.pending = { place, line, until: hold.until };
    } else {
      this.put(place, line);
    }
  }

  private finishPending(): void {
    const { pending } = this;
    if (pending === undefined || !pending.until()) return;
    this.pending = undefined;
    this.put(pending.place, pending.line);
  }

  private eventLine(event: Buffer): Buffer {
    const line = Buffer.alloc(LINE);
    line.writeUInt32LE(this.written, 0);
    line.writeUInt16LE(this.generation, 4);
    line.writeUInt16LE(1, 6);
    line.writeUInt32LE(this.taken, 8);
    event.copy(line, 16);
    line.writeBigUInt64LE(this.cycles, 48);
    line.writeUInt32LE(crc32(line.subarray(0, 60), SEED), 60);
    return line;
  }

  // Blocks.

  private blocks(profile: Profile): Buffer {
    const { places, options } = this;
    const identity = Buffer.alloc(88);
    identity.writeUInt32LE(options.barVersion ?? 1, 0);
    Buffer.from(options.contractDigest ?? CONTRACT_DIGEST, 'hex').copy(identity, 4);
    for (const [field, value] of profileValues(profile).entries()) identity.writeUInt32LE(value, 12 + 4 * field);
    identity.writeUInt32LE(125_000_000, 44);
    identity.writeUInt32LE(options.timeScale ?? 0, 48);
    identity.write('model', 52, 'latin1');
    Buffer.alloc(20, 0xab).copy(identity, 68);
    const words = (...values: number[]) => {
      const bytes = Buffer.alloc(4 * values.length);
      for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, 4 * at);
      return bytes;
    };
    const unknown: readonly (readonly [number, number, Buffer])[] =
      options.elsewhere === true
        ? [
            [0x77, 1, words(1, 2, 3)],
            [2, 9, words(0, 0, 0)],
          ]
        : [];
    return chain(options.magic ?? 0x31424247, [
      ...unknown,
      [1, 1, identity],
      [5, 1, words(places.registers, options.registers ?? 300)],
      [2, 1, words(places.commandRing, this.lines, places.commandDoorbell)],
      [3, 1, words(places.eventRing, this.lines, places.eventDoorbell)],
      [4, 1, words(places.control)],
    ]);
  }

  // The file.

  private get(at: number, bytes: number): Buffer {
    const buffer = Buffer.alloc(bytes);
    readSync(this.file, buffer, 0, bytes, at);
    return buffer;
  }

  private put(at: number, bytes: Uint8Array): void {
    writeSync(this.file, bytes, 0, bytes.length, at);
  }

  private word(at: number): number {
    return this.get(at, 4).readUInt32LE(0);
  }

  private putWord(at: number, value: number): void {
    const word = Buffer.alloc(4);
    word.writeUInt32LE(value);
    this.put(at, word);
  }
}

/** Magic and blocks: type, version, body. */
function chain(magic: number, blocks: readonly (readonly [number, number, Buffer])[]): Buffer {
  const parts: Buffer[] = [Buffer.alloc(4)];
  parts[0]?.writeUInt32LE(magic);
  let at = 4;
  for (const [position, [type, version, body]] of blocks.entries()) {
    const head = Buffer.alloc(8);
    head.writeUInt16LE(type, 0);
    head.writeUInt16LE(version, 2);
    at += head.length + body.length;
    head.writeUInt32LE(position === blocks.length - 1 ? 0 : at, 4);
    parts.push(head, body);
  }
  return Buffer.concat(parts);
}
