// The host's side of the serial link (docs/link.md): a state machine free of ports, timers and randomness of its own.
// It is fed by `receive`, writes through `write`, and ends with one fault at most.
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import * as wire from '../contract/generated/transports.js';
import { type LinkClock, Timer } from './clock.js';
import { CommandSender, UNACKNOWLEDGED_MAX } from './command-sender.js';
import { FRAME_START, FrameDecoder } from './decoder.js';
import { type Deferred, deferred } from './deferred.js';
import { LinkError } from './errors.js';
import { EventReceiver } from './event-receiver.js';
import {
  type DeviceIdentity,
  FrameWriter,
  type Header,
  lineBytes,
  readHeader,
  readIdentity,
  readValue,
  wrap,
} from './frames.js';
import { Line } from './line.js';
import type { LinkCounters } from './link-counters.js';
import { HELD_UP_MS, Repeater } from './repeater.js';
import { RoundTrip } from './round-trip.js';

const EVENT_CREDIT = 4096;
/** Timers of Node are late by a millisecond; this many bytes on the way keep the line busy until then. */
const WRITE_AHEAD_MS = 1.5;
/** Of the host: its scheduler, its USB stack. */
const SLACK_MS = 4;
/** Until there is a sample: the latency timer of a USB bridge alone may be 16 ms. */
const FIRST_ROUND_TRIP_MS = 25;
const IDLE_POLL_MS = 250;
const LOST_MS = 1000;
/** Longest frames that go by unanswered before a slow line counts as dead. */
const LOST_FRAMES = 64;
/** So many polls at least fit into the silence that ends a link, as far as the round trip lets them. */
const POLLS_IN_SILENCE = 24;
/** And so many went unanswered at least when it ends. */
const POLLS_UNANSWERED = 8;
const FIRST_HELLO_MS = 40;
const HELLO_WAIT_MS = 2500;
const EPOCHS = 0xffff;
/** What is believed of a device that says it: rates of a line, how much slower than life, and waits because of it. */
const BAUD_MIN = 300;
const BAUD_MAX = 100_000_000;
const SCALE_MAX = 1000;
export const MOST_WAIT_MS = 600_000;
const FORMER_EPOCHS = 8;
const LONGEST_FRAME = lineBytes(wire.HEADER_BYTES + wire.COMMANDS_PER_FRAME * COMMAND_BYTES);

export interface HostLinkOptions {
  /** Takes bytes for the line; they are its to keep. It never calls back into the link. */
  readonly write: (bytes: Uint8Array) => void;
  readonly clock: LinkClock;
  /** One bit on the line in ms: 1000 / baud. */
  readonly bitMs: number;
  /** 32 random bits, for nonces, tags and epochs. */
  readonly random: () => number;
  /** Whole events, in order, each once; the view is valid during the call and aligned to 16 bytes. */
  readonly onEvents: (events: Uint8Array) => void;
  /** The link is over; called once at most, and not after `close`. */
  readonly onFault: (error: LinkError) => void;
  /** Events under way at most, at least the event window of the device; 4,096 without. */
  readonly eventCredit?: number | undefined;
  /** Silence after which the device counts as gone, before the time scale; 1,000 or 64 frames without. */
  readonly lostMs?: number | undefined;
  /** Bytes are written this long before the line is free; 1.5 without. */
  readonly writeAheadMs?: number | undefined;
}

interface Hello {
  readonly nonce: number;
  readonly answer: Deferred<DeviceIdentity>;
  readonly atMs: number;
  sent: number;
}

type State = 'new' | 'resetting' | 'running' | 'ended';

export class HostLink {
  /** Of the last HELLO that was answered. */
  identity: DeviceIdentity | undefined;

  private state: State = 'new';
  private readonly clock: LinkClock;
  private readonly line: Line;
  private readonly decoder: FrameDecoder;
  private readonly writer = new FrameWriter();
  private readonly header: Header = { type: 0, epoch: 0, seq: 0, ack: 0, credit: 0 };
  private sender = new CommandSender(1);
  private receiver = new EventReceiver(1);
  private roundTrip: RoundTrip;
  private scale = 1;

  private epoch = 0;
  /** Own epochs of before: a frame of one of them may be late, it need not mean that the device began anew. */
  private formerEpochs: number[] = [];
  private strayAtMs: number | undefined;

  private hello: Hello | undefined;
  private resetAnswer: Deferred<void> | undefined;
  private kernelEpoch = 0;
  private question: { readonly address: number; readonly tag: number; readonly answer: Deferred<bigint> } | undefined;
  private lastRead: Promise<unknown> = Promise.resolve();
  private readonly helloRepeater: Repeater;
  private readonly resetRepeater: Repeater;
  private readonly readRepeater: Repeater;

  private ackDue = false;
  private pollDue = false;
  private readonly wake: Timer;
  private readonly pollTimer: Timer;
  private pollAtMs = 0;
  private polls = 0;
  /** When something last went on, and polls since then. */
  private progressAtMs = 0;
  private backoff = 0;
  /** The poll under way while nothing else is: what comes next is its answer. */
  private idlePollAtMs: number | undefined;
  /** Since when something waits for any answer at all. */
  private silentSinceMs: number | undefined;
  /** Polls since then. */
  private unanswered = 0;
  /** The record whose acknowledgement is timed. */
  private timed: { readonly end: number; readonly atMs: number } | undefined;
  private resets = 0;
  private framesIn = 0;
  private bytesIn = 0;
  private wrongEpochs = 0;
  /** Of the epochs before. */
  private past = { gaps: 0, duplicates: 0, overruns: 0, retransmissions: 0, rewinds: 0 };

  constructor(private readonly options: HostLinkOptions) {
    const { clock } = options;
    this.clock = clock;
    this.line = new Line(clock, options.write, options.bitMs);
    this.decoder = new FrameDecoder((buffer, length) => this.frame(buffer, length));
    this.roundTrip = this.freshRoundTrip();
    this.wake = new Timer(clock, () => this.pump());
    this.pollTimer = new Timer(clock, () => this.pollTime());
    this.helloRepeater = new Repeater(clock);
    this.resetRepeater = new Repeater(clock);
    this.readRepeater = new Repeater(clock);
  }

  /**
   * Asks who is there (LNK-12), again and again until somebody says so.
   * @throws LinkError NO_ANSWER; STREAM_CORRUPT for windows that no device can have
   */
  identify(waitMs = HELLO_WAIT_MS, firstMs = FIRST_HELLO_MS): Promise<DeviceIdentity> {
    if (this.state === 'ended') return Promise.reject(closed('identify'));
    this.hello?.answer.reject(closed('identify: asked again'));
    const nonce = this.options.random();
    const answer = deferred<DeviceIdentity>();
    const hello: Hello = { nonce, answer, atMs: this.clock.now(), sent: 0 };
    this.hello = hello;
    const send = () => {
      hello.sent += 1;
      this.line.send(this.writer.hello(nonce, this.line.silent));
    };
    this.helloRepeater.start(Math.min(firstMs, waitMs), waitMs, send, () => {
      this.hello = undefined;
      answer.reject(new LinkError('NO_ANSWER', `nobody answered HELLO within ${Math.round(waitMs)} ms`));
    });
    return answer.promise;
  }

  /** One HELLO of a device that is known. @returns 1 when it was answered in time, 0 when not */
  async probe(): Promise<0 | 1> {
    const waitMs = this.roundTrip.timeoutMs;
    try {
      await this.identify(waitMs, waitMs);
    } catch (error) {
      if (error instanceof LinkError && error.code === 'NO_ANSWER') return 0;
      throw error;
    }
    return 1;
  }

  /**
   * Begins a new epoch (LNK-13): everything under way is discarded, and RESET_DONE with kernelEpoch is the first event.
   * Done when the device has answered.
   */
  reset(kernelEpoch: number): Promise<void> {
    const { identity } = this;
    if (this.state === 'ended') return Promise.reject(closed('reset'));
    if (identity === undefined) return Promise.reject(new LinkError('NO_ANSWER', 'reset: the device is not known yet'));
    this.discard(new LinkError('RESET_DISCARDED', 'a reset discarded what this call waited for'));
    this.count();
    this.sender = new CommandSender(identity.commandWindow);
    this.receiver = new EventReceiver(
      Math.min(UNACKNOWLEDGED_MAX, Math.max(identity.eventWindow, this.options.eventCredit ?? EVENT_CREDIT)),
    );
    this.epoch = this.freshEpoch(identity.epoch);
    this.kernelEpoch = kernelEpoch;
    this.state = 'resetting';
    this.resets += 1;
    this.clearWaits();
    const answer = deferred<void>();
    this.resetAnswer = answer;
    this.resetRepeater.start(
      this.roundTrip.timeoutMs,
      this.lostMs,
      () => this.sendReset(),
      () => {
        this.fail(new LinkError('LINK_LOST', `RESET was not answered within ${ms(this.lostMs)}`));
      },
    );
    return answer.promise;
  }

  /**
   * Sends whole commands; one batch at a time. The bytes are not needed any more when it is done.
   * @returns nothing when the device has room for all of them, or a promise of that
   */
  submit(commands: Uint8Array): undefined | Promise<void> {
    if (this.state !== 'running' && this.state !== 'resetting') throw closed('submit');
    const taken = this.sender.submit(commands);
    this.pump();
    return taken;
  }

  /**
   * Reads a register (LNK-15); one after the other.
   * @throws LinkError TIMEOUT when it was not told in time
   */
  read(address: number): Promise<bigint> {
    const answer = this.lastRead.then(() => this.ask(address));
    this.lastRead = answer.catch(() => {});
    return answer;
  }

  /** Bytes from the line, cut anywhere; they are read during the call only. */
  receive(bytes: Uint8Array): void {
    if (this.state === 'ended') return;
    this.bytesIn += bytes.length;
    const { counters } = this.decoder;
    const before = counters.badFrames + counters.crcErrors;
    this.decoder.push(bytes);
    // It may have held events: the answer to a poll shows whether it did.
    if (counters.badFrames + counters.crcErrors > before && this.silentSinceMs === undefined) this.pollDue = true;
    this.pump();
  }

  /** The consumer cannot follow: no more credit for events until `release`. What was granted still comes. */
  hold(): void {
    this.receiver.held = true;
  }

  release(): void {
    this.receiver.held = false;
    this.ackDue = true;
    this.pump();
  }

  close(): void {
    if (this.state === 'ended') return;
    this.end(closed('the link was closed'));
  }

  get counters(): LinkCounters {
    const { sender, receiver, past } = this;
    return {
      ...this.decoder.counters,
      wrongEpochs: this.wrongEpochs,
      gaps: past.gaps + receiver.gaps,
      duplicates: past.duplicates + receiver.duplicates,
      overruns: past.overruns + receiver.overruns,
      retransmissions: past.retransmissions + sender.retransmissions,
      rewinds: past.rewinds + sender.rewinds,
      polls: this.polls,
      resets: this.resets,
      creditCommands: sender.credit - sender.sent,
      creditEvents: receiver.credit - receiver.expected,
      roundTripUs: this.roundTrip.percentilesUs,
      bytesIn: this.bytesIn,
      bytesOut: this.line.bytesOut,
      framesIn: this.framesIn,
      framesOut: this.line.framesOut,
    };
  }

  // Frames from the device.

  private frame(buffer: Uint8Array, length: number): void {
    if (this.state === 'ended') return;
    const type = buffer[FRAME_START] as number;
    if (type === wire.TYPE_IDENTITY) {
      this.framesIn += 1;
      this.identified(readIdentity(buffer, FRAME_START));
      return;
    }
    const { header } = this;
    readHeader(buffer, FRAME_START, header);
    const ours = this.state !== 'new' && header.epoch === this.epoch;
    if (ours) this.heard();
    if (type === wire.TYPE_VALUE) {
      // Its epoch is that of the device, whatever epoch that is: news only while one of ours is running. Its ack and
      // credit act in nothing (LNK-8).
      if (!ours && this.state === 'running') this.strayFrame(header.epoch);
      this.framesIn += 1;
      this.valueCame(buffer);
    } else if (ours) {
      this.dataCame(header, buffer, length);
    } else {
      this.strayFrame(header.epoch);
    }
  }

  private dataCame(header: Header, buffer: Uint8Array, length: number): void {
    const acts = this.acknowledged(header);
    if (acts && (header.type & wire.FLAG_REPLAY) !== 0) {
      if (this.sender.rewind(this.clock.now(), this.echoMs)) this.timed = undefined;
    }
    const from = FRAME_START + wire.HEADER_BYTES;
    const to = FRAME_START + length;
    const records = (to - from) / EVENT_BYTES;
    if (records > 0) {
      // A duplicate tells that the acknowledgement may have been lost.
      this.ackDue = true;
      if (!this.sender.outstanding) this.progress();
    }
    if (this.idlePollAtMs !== undefined) {
      this.roundTrip.sample(this.clock.now() - this.idlePollAtMs);
      this.idlePollAtMs = undefined;
    }
    const take = this.receiver.take(header.seq, records);
    if (take !== 'refused') this.framesIn += 1;
    if (take === 'events') this.options.onEvents(buffer.subarray(from, to));
  }

  /** @returns whether the ack acts */
  private acknowledged({ ack, credit }: Header): boolean {
    const { sender } = this;
    const before = sender.acknowledged;
    const acts = sender.acknowledge(ack);
    sender.grant(credit);
    if (sender.acknowledged > before) this.progress();
    if (sender.acknowledged === sender.sent) this.line.arrived();
    if (this.timed !== undefined && sender.acknowledged >= this.timed.end) {
      this.roundTrip.sample(this.clock.now() - this.timed.atMs);
      this.timed = undefined;
    }
    sender.refill();
    return acts;
  }

  private heard(): void {
    this.silentSinceMs = undefined;
    this.unanswered = 0;
    this.strayAtMs = undefined;
    if (this.state !== 'resetting') return;
    this.state = 'running';
    this.resetRepeater.stop();
    this.resetAnswer?.resolve();
    this.resetAnswer = undefined;
    this.line.arrived();
    this.progress();
  }

  private strayFrame(epoch: number): void {
    this.wrongEpochs += 1;
    if (this.state !== 'running') return;
    const now = this.clock.now();
    this.strayAtMs ??= now;
    // One of an own epoch of before may have been late on its way; if only such come, they are not.
    const late = this.formerEpochs.includes(epoch) && now - this.strayAtMs <= this.roundTrip.timeoutMs;
    if (late) {
      this.pollDue = true;
      return;
    }
    const began = epoch === 0 ? 'was switched on' : `was put into epoch ${epoch}`;
    this.fail(new LinkError('DEVICE_RESTARTED', `the device ${began} since this host put it into epoch ${this.epoch}`));
  }

  private identified(identity: DeviceIdentity): void {
    const { hello } = this;
    if (hello === undefined || hello.nonce !== identity.nonce) return;
    this.hello = undefined;
    this.helloRepeater.stop();
    for (const [name, value, least, most] of [
      ['command_window', identity.commandWindow, 1, UNACKNOWLEDGED_MAX],
      ['event_window', identity.eventWindow, 1, UNACKNOWLEDGED_MAX],
      ['baud', identity.baud === 0 ? BAUD_MIN : identity.baud, BAUD_MIN, BAUD_MAX],
    ] as const) {
      if (value >= least && value <= most) continue;
      const message = `the device says ${name} = ${value}, which is not in ${least}..${most}`;
      hello.answer.reject(new LinkError('STREAM_CORRUPT', message));
      return;
    }
    this.adopt(identity);
    // Of several HELLOs nobody knows which one was answered.
    if (hello.sent === 1) this.roundTrip.sample(this.clock.now() - hello.atMs);
    hello.answer.resolve(identity);
  }

  private adopt(identity: DeviceIdentity): void {
    if (this.state === 'running' && identity.epoch !== this.epoch) {
      this.strayFrame(identity.epoch);
      return;
    }
    const known = this.identity;
    this.identity = identity;
    const scale = slowerBy(identity);
    if (known !== undefined && scale === this.scale) return;
    this.scale = scale;
    // A pseudo-terminal has no rate of its own; the link behind it has.
    const bitMs = (identity.baud === 0 ? this.options.bitMs : 1000 / identity.baud) * scale;
    // A frame takes seconds at most, and so the waits for it minutes.
    this.line.bitMs = Math.min(1000 / BAUD_MIN, bitMs);
    this.roundTrip = this.freshRoundTrip();
  }

  private valueCame(buffer: Uint8Array): void {
    const { question } = this;
    const { address, tag, value } = readValue(buffer, FRAME_START);
    if (question === undefined || question.address !== address || question.tag !== tag) return;
    this.question = undefined;
    this.readRepeater.stop();
    question.answer.resolve(value);
  }

  // Frames to the device.

  /** Sends what is due, as long as the line wants bytes. */
  private pump(): void {
    if (this.state !== 'running') return;
    this.sender.refill();
    // A few bytes that shorten every loss do not wait for room on the line.
    if (this.receiver.replayDue) this.sendData(0);
    const ahead = this.options.writeAheadMs ?? WRITE_AHEAD_MS;
    for (;;) {
      const { sendable } = this.sender;
      const due = this.ackDue || this.pollDue;
      if (sendable <= 0 && !due) break;
      const backlog = this.line.backlogMs;
      if (backlog > ahead) {
        this.wake.setBy(backlog - ahead);
        break;
      }
      // A frame that is not full waits for company while the line is busy, unless one has to go anyway.
      if (sendable > 0 && sendable < wire.COMMANDS_PER_FRAME && backlog > 0 && !due) {
        this.wake.setBy(backlog);
        break;
      }
      this.sendData(Math.max(0, Math.min(sendable, wire.COMMANDS_PER_FRAME)));
    }
    this.planPoll();
  }

  private sendData(records: number): void {
    const { sender, receiver, header } = this;
    const now = this.clock.now();
    const fresh = records > 0 && sender.next === sender.sent;
    let type = wire.TYPE_DATA;
    if (this.pollDue) type |= wire.FLAG_POLL;
    if (receiver.replayDue) type |= wire.FLAG_REPLAY;
    this.fillHeader(type, sender.next);
    const line = this.writer.data(header, records, (frame, at) => sender.copy(records, frame, at), this.line.silent);
    this.line.send(line);
    sender.advance(records);
    if (receiver.replayDue) receiver.replayAsked();
    if (this.pollDue) this.polls += 1;
    if (records > 0 || this.pollDue || receiver.replayPending) this.silentSinceMs ??= now;
    if (fresh && this.timed === undefined) this.timed = { end: sender.sent, atMs: now };
    if (this.pollDue) this.idlePollAtMs = sender.outstanding || this.unanswered > 1 ? undefined : now;
    if (records > 0) this.progress();
    this.ackDue = false;
    this.pollDue = false;
  }

  private sendReset(): void {
    this.fillHeader(wire.TYPE_RESET, 0);
    this.line.send(this.writer.reset(this.header, this.kernelEpoch, this.line.silent));
  }

  private fillHeader(type: number, seq: number): void {
    const { header, receiver } = this;
    header.type = type;
    header.epoch = this.epoch;
    header.seq = wrap(seq);
    header.ack = wrap(receiver.expected);
    header.credit = wrap(receiver.credit);
  }

  private async ask(address: number): Promise<bigint> {
    if (this.state === 'ended') throw closed('read');
    const answer = deferred<bigint>();
    const tag = this.options.random() & 0xffff;
    this.question = { address, tag, answer };
    const send = () => {
      this.fillHeader(wire.TYPE_READ, this.sender.next);
      this.line.send(this.writer.read(this.header, address, tag, this.line.silent));
    };
    this.readRepeater.start(this.roundTrip.timeoutMs, this.lostMs, send, () => {
      this.question = undefined;
      const message = `register ${address} was not told within ${ms(this.lostMs)}`;
      answer.reject(new LinkError('TIMEOUT', message));
    });
    return answer.promise;
  }

  // Time (LNK-11).

  private get lostMs(): number {
    const frames = this.line.msOf(LONGEST_FRAME) * LOST_FRAMES;
    const scale = Math.max(1, this.scale);
    const { lostMs } = this.options;
    return Math.min(MOST_WAIT_MS, lostMs === undefined ? Math.max(LOST_MS * scale, frames) : lostMs * scale);
  }

  /** For so long a REPLAY may be an answer to what was written before: what is on the way, there and back. */
  private get echoMs(): number {
    return this.line.backlogMs + this.roundTrip.meanMs + 2 * this.line.msOf(LONGEST_FRAME);
  }

  private get waits(): boolean {
    return this.sender.outstanding || this.receiver.replayPending || this.silentSinceMs !== undefined;
  }

  private progress(): void {
    this.progressAtMs = this.clock.now();
    this.backoff = 0;
  }

  /** The next poll: a time-out after the last progress, later each time that it brings none. */
  private planPoll(): void {
    const timeout = this.roundTrip.timeoutMs * Math.min(2 ** this.backoff, 1 << 20);
    const idle = IDLE_POLL_MS * Math.max(1, this.scale);
    const cap = this.waits ? Math.min(idle, this.lostMs / POLLS_IN_SILENCE) : idle;
    this.pollAtMs = this.progressAtMs + Math.min(timeout, Math.max(cap, this.roundTrip.timeoutMs));
    this.pollTimer.setBy(Math.max(0, this.pollAtMs - this.clock.now()));
  }

  private pollTime(): void {
    if (this.state !== 'running') return;
    const now = this.clock.now();
    if (now < this.pollAtMs) {
      this.planPoll();
      return;
    }
    // Held up for longer than a timer is late: what came meanwhile is still to be read.
    const lateMs = now - this.pollAtMs;
    if (this.silentSinceMs !== undefined && lateMs > HELD_UP_MS) this.silentSinceMs += lateMs;
    const { silentSinceMs } = this;
    const silent = silentSinceMs !== undefined && now - silentSinceMs >= this.lostMs;
    if (silent && this.unanswered >= POLLS_UNANSWERED) {
      this.fail(new LinkError('LINK_LOST', `nothing good came from the device for ${ms(now - silentSinceMs)}`));
      return;
    }
    this.progressAtMs = now;
    this.backoff += 1;
    this.unanswered += 1;
    // Whichever is answered now: the time since the first one says nothing.
    this.timed = undefined;
    this.pollDue = true;
    // The answer to the last one would have come by now.
    if (this.receiver.replayPending) this.receiver.replayDue = true;
    this.pump();
  }

  private freshRoundTrip(): RoundTrip {
    const frames = 2 * this.line.msOf(LONGEST_FRAME);
    return new RoundTrip(frames + FIRST_ROUND_TRIP_MS, frames + SLACK_MS);
  }

  // Beginnings and ends.

  private freshEpoch(current: number): number {
    if (this.epoch !== 0) this.formerEpochs = [this.epoch, ...this.formerEpochs].slice(0, FORMER_EPOCHS);
    const start = this.options.random() % EPOCHS;
    const epochs = Array.from({ length: FORMER_EPOCHS + 2 }, (_, i) => 1 + ((start + i) % EPOCHS));
    return epochs.find((epoch) => epoch !== current && !this.formerEpochs.includes(epoch)) as number;
  }

  private count(): void {
    const { past, receiver, sender } = this;
    past.gaps += receiver.gaps;
    past.duplicates += receiver.duplicates;
    past.overruns += receiver.overruns;
    past.retransmissions += sender.retransmissions;
    past.rewinds += sender.rewinds;
  }

  private clearWaits(): void {
    this.ackDue = false;
    this.pollDue = false;
    this.progress();
    this.silentSinceMs = undefined;
    this.unanswered = 0;
    this.strayAtMs = undefined;
    this.timed = undefined;
    this.idlePollAtMs = undefined;
    this.wake.clear();
    this.pollTimer.clear();
  }

  private discard(error: LinkError): void {
    this.sender.discard(error);
    this.resetAnswer?.reject(error);
    this.resetAnswer = undefined;
  }

  private fail(error: LinkError): void {
    if (this.state === 'ended') return;
    this.end(error);
    this.options.onFault(error);
  }

  private end(error: LinkError): void {
    this.state = 'ended';
    this.clearWaits();
    for (const repeater of [this.helloRepeater, this.resetRepeater, this.readRepeater]) repeater.stop();
    this.discard(error);
    this.hello?.answer.reject(error);
    this.question?.answer.reject(error);
    this.hello = undefined;
    this.question = undefined;
  }
}

/** How much slower than life a device is; a board is not, and what nobody could wait for is not believed. */
export function slowerBy({ timeScale }: DeviceIdentity): number {
  return timeScale === 0 ? 1 : Math.min(SCALE_MAX, timeScale / 1000);
}

function closed(what: string): LinkError {
  return new LinkError('DEVICE_CLOSED', `${what}: the link is closed`);
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
