// The device side of the serial link, written from the clauses of docs/link.md alone, with an engine of this process
// as its kernel. It imports nothing of src/link: what the two agree on, they agree on by the page.
import { CONTRACT_DIGEST } from '../../src/contract/generated/records.js';
import { type Profile, profileValues } from '../../src/contract/profile.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { le, ModelCodec, readLe } from './model-codec.js';

const [HELLO, IDENTITY, RESET, DATA, READ, VALUE] = [0x01, 0x02, 0x10, 0x11, 0x12, 0x13];
const [POLL, REPLAY] = [0x40, 0x80];

export interface ModelOptions {
  readonly profile: Profile;
  readonly commandWindow?: number;
  readonly eventWindow?: number;
  readonly digest?: string;
  readonly linkVersion?: number;
  readonly baud?: number;
  readonly timeScale?: number;
  readonly clockHz?: number;
  readonly board?: string;
  /** 40 hex digits. */
  readonly commit?: string;
  /** What the kernel counters say. */
  readonly registers?: (address: number) => bigint;
}

/** Numbers of LINK_COUNTERS, in the order of their table. */
export interface ModelCounters {
  frames_received: number;
  bad_frames: number;
  line_errors: number;
  crc_errors: number;
  unknown_frames: number;
  wrong_epochs: number;
  gaps: number;
  duplicates: number;
  overruns: number;
  frames_sent: number;
  rewinds: number;
  resets: number;
}

const noCounters = (): ModelCounters => ({
  frames_received: 0,
  bad_frames: 0,
  line_errors: 0,
  crc_errors: 0,
  unknown_frames: 0,
  wrong_epochs: 0,
  gaps: 0,
  duplicates: 0,
  overruns: 0,
  frames_sent: 0,
  rewinds: 0,
  resets: 0,
});

const U16 = 65536;
/** How far a is ahead of b: 1..32767 if it is (LNK-6). */
const ahead = (a: number, b: number) => (((a - b) % U16) + U16) % U16;

export class ModelDevice {
  counters = noCounters();
  epoch = 0;
  /** False: the kernel takes no command, as while it is busy for long. */
  kernelRuns = true;
  /** False: the line stands still; nothing is heard or said. */
  alive = true;
  /** Called when there may be something to send. */
  onReady: () => void = () => {};

  private readonly codec: ModelCodec;
  private readonly engine: SoftwareEngine;
  private readonly out: Uint8Array;
  private readonly commandWindow: number;
  private readonly eventWindow: number;
  private block: number[] = [];
  private lineError = false;

  // Commands: all that were taken in this epoch, and how many of them the kernel has.
  private commands: Uint8Array[] = [];
  private expected = 0;
  private consumed = 0;
  private toldCredit = 0;
  // Events: those that are not acknowledged, from index `acked` on, at most a window of them.
  private held: Uint8Array[] = [];
  private acked = 0;
  private next = 0;
  private sentMost = 0;
  private hostCredit = 0;
  /** Events of the kernel that the window has no room for yet. */
  private waiting: Uint8Array[] = [];

  private answerDue = false;
  private replayDue = false;
  private nonce: number | undefined;
  private question: { readonly address: number; readonly tag: number } | undefined;

  constructor(private readonly options: ModelOptions) {
    this.codec = new ModelCodec(options.digest ?? CONTRACT_DIGEST);
    this.engine = new SoftwareEngine(options.profile);
    this.out = new Uint8Array(this.engine.maxEventBytes + 4096);
    this.commandWindow = options.commandWindow ?? 64;
    this.eventWindow = options.eventWindow ?? 16;
  }

  /** Bytes from the line. */
  receive(bytes: ArrayLike<number>): void {
    if (!this.alive) return;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte !== 0) {
        this.block.push(byte);
        continue;
      }
      const { block, lineError } = this;
      this.block = [];
      this.lineError = false;
      if (block.length > 0) this.blockEnded(block, lineError);
    }
    this.runKernel();
    this.onReady();
  }

  /** A byte without its stop bit. */
  receiveBroken(): void {
    this.block.push(0xaa);
    this.lineError = true;
  }

  /** Power off and on. */
  powerCycle(): void {
    this.counters = noCounters();
    this.block = [];
    this.begin(0, 0);
    this.nonce = undefined;
    this.question = undefined;
    this.answerDue = false;
    this.waiting = [];
    this.held = [];
  }

  /** The kernel goes on. */
  release(): void {
    this.kernelRuns = true;
    this.runKernel();
    this.onReady();
  }

  /** The next block for the line, which is free; undefined when nothing is due (LNK-10). */
  pull(): Uint8Array | undefined {
    if (!this.alive) return undefined;
    const body = this.nextFrame();
    if (body === undefined) return undefined;
    this.counters.frames_sent += 1;
    return this.codec.block(body);
  }

  private nextFrame(): number[] | undefined {
    if (this.nonce !== undefined) {
      const { nonce } = this;
      this.nonce = undefined;
      return this.identity(nonce);
    }
    if (this.question !== undefined) {
      const { address, tag } = this.question;
      this.question = undefined;
      return [...this.header(VALUE, this.next), ...le(address, 2), ...le(tag, 2), ...le(this.register(address), 8)];
    }
    const events = Math.min(7, this.acked + this.held.length - this.next, this.hostCredit - this.next);
    const credit = this.consumed + this.commandWindow;
    const creditDue = this.epoch !== 0 && credit - this.toldCredit >= this.commandWindow / 4;
    if (events <= 0 && !this.answerDue && !this.replayDue && !creditDue) return undefined;
    const seq = this.next;
    const type = DATA | (this.replayDue ? REPLAY : 0);
    this.toldCredit = credit;
    const count = Math.max(0, events);
    const from = this.next - this.acked;
    const payload = this.held.slice(from, from + count);
    this.next += count;
    this.sentMost = Math.max(this.sentMost, this.next);
    const body = [...this.header(type, seq)];
    for (const event of payload) body.push(...event);
    this.answerDue = false;
    this.replayDue = false;
    return body;
  }

  private header(type: number, seq: number): number[] {
    const credit = this.consumed + this.commandWindow;
    return [type, ...le(this.epoch, 2), ...le(seq % U16, 2), ...le(this.expected % U16, 2), ...le(credit % U16, 2)];
  }

  private identity(nonce: number): number[] {
    const { options } = this;
    const digest = options.digest ?? CONTRACT_DIGEST;
    const board = [...Buffer.from((options.board ?? 'model').padEnd(16, '\0'), 'latin1')];
    const commit = [...Buffer.from(options.commit ?? '00'.repeat(20), 'hex')];
    return [
      ...[IDENTITY, options.linkVersion ?? 1, ...le(this.epoch, 2), ...le(nonce, 4)],
      ...Buffer.from(digest, 'hex'),
      ...profileValues(options.profile).flatMap((value) => le(value, 4)),
      ...[...le(options.clockHz ?? 48_000_000, 4), ...le(options.baud ?? 3_000_000, 4)],
      ...[...le(this.commandWindow, 2), ...le(this.eventWindow, 2), ...le(options.timeScale ?? 0, 4)],
      ...[...board, ...commit],
    ];
  }

  private register(address: number): bigint {
    const names = Object.keys(this.counters) as (keyof ModelCounters)[];
    const name = names[address - 0x100];
    if (name !== undefined) return BigInt(this.counters[name] % U16);
    return address < 0x100 ? (this.options.registers?.(address) ?? 0n) : 0n;
  }

  private blockEnded(block: readonly number[], lineError: boolean): void {
    const body = lineError ? 'line' : this.codec.unblock(block);
    if (typeof body === 'string') {
      this.counters[body === 'line' ? 'line_errors' : body === 'bad' ? 'bad_frames' : 'crc_errors'] += 1;
      // LNK-9: after a frame that was dropped for its form or its CRC.
      if (this.epoch !== 0) this.replayDue = true;
      return;
    }
    const type = body[0] as number;
    const plain = type & ~(POLL | REPLAY);
    const lengths: Readonly<Record<number, boolean>> = {
      [HELLO as number]: type === HELLO && body.length === 8,
      [RESET as number]: type === RESET && body.length === 13 && readLe(body, 1, 2) !== 0,
      [READ as number]: type === READ && body.length === 13,
      [DATA as number]: (body.length - 9) % 16 === 0 && body.length >= 9 && body.length <= 9 + 15 * 16,
    };
    if (lengths[plain] !== true) {
      this.counters.unknown_frames += 1;
      return;
    }
    this.known(type, plain, body);
  }

  private known(type: number, plain: number, body: readonly number[]): void {
    if (plain === HELLO) {
      this.counters.frames_received += 1;
      this.nonce = readLe(body, 4, 4);
    } else if (plain === RESET) {
      this.counters.frames_received += 1;
      const epoch = readLe(body, 1, 2);
      if (epoch !== this.epoch) this.begin(epoch, readLe(body, 9, 4));
      this.answerDue = true;
    } else if (plain === READ) {
      this.counters.frames_received += 1;
      this.question = { address: readLe(body, 9, 2), tag: readLe(body, 11, 2) };
    } else if (readLe(body, 1, 2) !== this.epoch || this.epoch === 0) {
      this.counters.wrong_epochs += 1;
      this.answerDue = true;
    } else {
      this.data(type, body);
    }
  }

  private begin(epoch: number, kernelEpoch: number): void {
    this.epoch = epoch;
    this.commands = [];
    this.expected = 0;
    this.consumed = 0;
    this.toldCredit = this.commandWindow;
    this.held = [];
    this.waiting = [];
    this.acked = 0;
    this.next = 0;
    this.sentMost = 0;
    this.hostCredit = this.eventWindow;
    this.replayDue = false;
    this.engine.reset(kernelEpoch, this.out);
    if (epoch === 0) return;
    this.counters.resets += 1;
    this.keepEvents();
  }

  private acknowledge(body: readonly number[]): void {
    const ack = ahead(readLe(body, 5, 2), this.acked);
    if (ack <= this.sentMost - this.acked) {
      this.held.splice(0, ack);
      this.acked += ack;
      this.next = Math.max(this.next, this.acked);
    }
    const credit = ahead(readLe(body, 7, 2), this.hostCredit);
    if (credit >= 1 && credit <= 32767) this.hostCredit += credit;
  }

  private data(type: number, body: readonly number[]): void {
    this.acknowledge(body);
    if (type & REPLAY) {
      const back = ahead(readLe(body, 5, 2), this.acked);
      if (back <= this.sentMost - this.acked && this.next !== this.acked + back) {
        this.next = this.acked + back;
        this.counters.rewinds += 1;
      }
    }
    const records = (body.length - 9) / 16;
    if (records > 0 || type & POLL) this.answerDue = true;
    const distance = ahead(readLe(body, 3, 2), this.expected);
    const room = this.consumed + this.commandWindow - this.expected;
    if (distance >= 1 && distance <= 32767) {
      this.counters.gaps += 1;
      this.replayDue = true;
    } else if (distance !== 0) {
      if (records > 0) this.counters.duplicates += 1;
      else this.counters.frames_received += 1;
    } else if (records > room) {
      this.counters.overruns += 1;
      this.replayDue = true;
    } else {
      this.counters.frames_received += 1;
      for (let i = 0; i < records; i++) this.commands.push(Uint8Array.from(body.slice(9 + 16 * i, 25 + 16 * i)));
      this.expected += records;
    }
  }

  private keepEvents(): void {
    for (let at = 0; at < this.engine.eventBytes; at += 32) this.waiting.push(this.out.slice(at, at + 32));
    this.fillWindow();
  }

  private fillWindow(): void {
    while (this.waiting.length > 0 && this.held.length < this.eventWindow) {
      this.held.push(this.waiting.shift() as Uint8Array);
    }
  }

  private runKernel(): void {
    this.fillWindow();
    while (this.kernelRuns && this.waiting.length === 0 && this.commands.length > 0) {
      this.engine.consume(this.commands.shift() as Uint8Array, 0, this.out);
      this.consumed += 1;
      this.keepEvents();
    }
  }
}
