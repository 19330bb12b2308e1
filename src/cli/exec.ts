// gatebook exec: commands in, events out.
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import { formatProfile, type Profile } from '../contract/profile.js';
import { decodeEvent } from '../contract/symbolic.js';
import type { Device } from '../hal/device.js';
import { DueEvents } from '../hal/due-events.js';
import { open, withTrace } from '../hal/registry.js';
import { wholeNumber } from './capture.js';
import { type ExecInput, LineError, MAX_LINE_BYTES, readLine } from './exec-input.js';
import { EXIT } from './exit-codes.js';
import { closeDevice, halAction, profileOption } from './hal-action.js';
import { CliError, type CliIo } from './io.js';
import { lineGroups } from './lines.js';
import { followSupervision, judgeSupervision, type SupervisionSummary } from './supervision.js';

/** Commands handed over at once at most: their events wait in memory until they are written. */
const BATCH = 256;
/** Malformed lines named one by one; a file of the wrong kind would fill the screen. */
const SHOWN_ERRORS = 20;

export type ByteSource = AsyncIterable<Uint8Array | string>;

interface ExecFlags {
  readonly engine: string;
  readonly profile?: Profile;
  readonly keepGoing: boolean;
  readonly raw?: 'in' | 'out' | 'both';
  readonly trace?: string;
  readonly traceFrom: number;
}

const HELP = `
Input, one JSON object a line:
  {"op":"LEVEL_SET","book":0,"side":"BID","level":40,"size":1000000,"commit":true}
  {"raw":"<32 hex digits>"}            any 16 bytes
  {"control":"RESET","epoch":7}        a reset of the device
  {"profile":"tiny"}                   only before anything else; as --profile
Fields, units and ranges: docs/contract.md. Output: one event a line, as {"type":...}.`;

/** Adds `gatebook exec`. */
export function registerExec(program: Command, io: CliIo, input: ByteSource): void {
  program
    .command('exec')
    .description('run commands from stdin on an engine, and write its events to stdout')
    .option('--engine <name>', 'engine; `gatebook engines` lists them', 'auto')
    .option('--profile <profile>', 'limits: a name, or name,field=value,... (default: of the engine)', profileOption)
    .option('--keep-going', 'count malformed lines and go on', false)
    .addOption(new Option('--raw <side>', 'bytes instead of JSON').choices(['in', 'out', 'both']))
    .option('--trace <file>', 'waveforms of a simulated engine, as an FST file')
    .option('--trace-from <n>', 'commands that pass before the waveforms begin', wholeNumber(0, 1e15), 0)
    .addHelpText('after', HELP)
    .action((flags: ExecFlags) => halAction(io, () => new Exec(io, flags).run(input)));
}

class Exec {
  private device: Device | undefined;
  /** Of a device that answers after `submit`. */
  private due: DueEvents | undefined;
  private supervised: () => SupervisionSummary | undefined = () => undefined;
  private events: Uint8Array[] = [];
  private readonly batch = new Uint8Array(BATCH * COMMAND_BYTES);
  private used = 0;
  private malformed = 0;

  constructor(
    private readonly io: CliIo,
    private readonly flags: ExecFlags,
  ) {}

  async run(input: ByteSource): Promise<void> {
    try {
      if (this.flags.raw === 'in' || this.flags.raw === 'both') await this.runRaw(input);
      else await this.runLines(input);
      await this.flush();
      await this.settle();
    } catch (error) {
      // What came before a fault comes out before the fault does.
      await this.write();
      throw error;
    } finally {
      await closeDevice(this.io, this.device);
    }
    judgeSupervision(this.io, this.supervised());
    if (this.malformed > 0) {
      throw new CliError(EXIT.INPUT_CORRUPT, `COMMAND_INVALID: ${this.malformed} malformed lines were left out`);
    }
  }

  private async runLines(input: ByteSource): Promise<void> {
    for await (const group of lineGroups(input, MAX_LINE_BYTES)) {
      for (const line of group) {
        let read: ExecInput;
        try {
          read = readLine(line);
          if (read.kind === 'profile') this.checkProfileLine(line.number, read.profile);
        } catch (error) {
          if (!(error instanceof LineError)) throw error;
          await this.refuse(error);
          continue;
        }
        await this.apply(read);
      }
      // What came together is answered before more is waited for.
      await this.flush();
      await this.settle();
    }
    // An empty input still says whether the engine can be opened.
    await this.opened();
  }

  private checkProfileLine(number: number, profile: Profile): void {
    if (this.device !== undefined || this.used > 0) {
      throw new LineError(number, 'a profile line may only stand before the first command');
    }
    const asked = this.flags.profile;
    if (asked !== undefined && formatProfile(asked) !== formatProfile(profile)) {
      throw new LineError(number, `profile = ${formatProfile(profile)} is not the --profile ${formatProfile(asked)}`);
    }
  }

  private async apply(read: ExecInput): Promise<void> {
    switch (read.kind) {
      case 'blank':
        return;
      case 'profile':
        await this.opened(read.profile);
        return;
      case 'reset':
        await this.flush();
        await this.settle();
        await (await this.opened()).reset(read.epoch);
        this.due?.reset();
        return this.write();
      case 'command':
        this.batch.set(read.record, this.used * COMMAND_BYTES);
        this.used += 1;
        if (this.used === BATCH) await this.flush();
    }
  }

  private async refuse(error: LineError): Promise<void> {
    const message = `COMMAND_INVALID: line ${error.line}: ${error.message}`;
    if (!this.flags.keepGoing) {
      // The events of the lines before come out before the error does.
      await this.flush();
      throw new CliError(EXIT.INPUT_CORRUPT, message);
    }
    this.malformed += 1;
    if (this.malformed <= SHOWN_ERRORS) this.io.stderr.write(`gatebook: ${message}\n`);
  }

  private async runRaw(input: ByteSource): Promise<void> {
    await this.opened();
    let rest = new Uint8Array(0);
    let taken = 0;
    for await (const piece of input) {
      const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const whole = bytes.length - (bytes.length % COMMAND_BYTES);
      for (let from = 0; from < whole; from += this.batch.length) {
        await this.submit(bytes.subarray(from, Math.min(whole, from + this.batch.length)));
      }
      taken += whole;
      rest = Uint8Array.from(bytes.subarray(whole));
    }
    if (rest.length > 0) {
      // The events of the records before come out before the error does.
      await this.settle();
      throw new CliError(
        EXIT.INPUT_TORN,
        `INPUT_TORN: the input ends ${rest.length} bytes into the record of ${COMMAND_BYTES} bytes at offset ${taken}`,
      );
    }
  }

  private async opened(profile = this.flags.profile): Promise<Device> {
    if (this.device === undefined) {
      this.device = await open(this.spec(), { profile });
      this.device.onEvents((events) => this.events.push(events.slice()));
      this.supervised = followSupervision(this.io, this.device, false);
    }
    return this.device;
  }

  private spec(): string {
    const { engine, trace, traceFrom } = this.flags;
    if (trace === undefined) return engine;
    return withTrace(engine, { file: resolve(this.io.cwd, trace), fromRecord: traceFrom });
  }

  private async flush(): Promise<void> {
    if (this.used === 0) return;
    const commands = this.batch.subarray(0, this.used * COMMAND_BYTES);
    this.used = 0;
    await this.submit(commands);
  }

  private async submit(commands: Uint8Array): Promise<void> {
    const device = await this.opened();
    const wait = device.submit(commands);
    if (wait !== undefined) {
      this.due ??= new DueEvents(device);
      this.due.submitted(commands);
      await wait;
    }
    await this.write();
  }

  /** Behind a link: waits for the answers. */
  private async settle(): Promise<void> {
    await this.due?.settled();
    await this.write();
  }

  private async write(): Promise<void> {
    const { events } = this;
    if (events.length === 0) return;
    this.events = [];
    const raw = this.flags.raw === 'out' || this.flags.raw === 'both';
    for (const bytes of events) {
      if (!this.io.stdout.write(raw ? bytes : asLines(bytes))) await this.io.stdout.drained();
    }
  }
}

function asLines(events: Uint8Array): string {
  let text = '';
  for (let at = 0; at < events.length; at += EVENT_BYTES) text += `${JSON.stringify(decodeEvent(events, at))}\n`;
  return text;
}
