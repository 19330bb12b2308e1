// The transport of every engine that runs in this process: no promise, no queue, no copy.
import { COMMAND_BYTES, EVENT_BYTES } from '../contract/definition.js';
import type { Engine, SnapshotEngine } from '../kernel/engine.js';
import type { Identity } from './device.js';
import { HalError } from './errors.js';
import type { Transport, TransportSink } from './transport.js';

/** Events of one `consume` beyond the worst command: enough to make its cost per call small, little enough for L2. */
const ROOM_BYTES = 1 << 16;
/** Batches of at most this many events have a view of their own that is made once. */
const SMALL_BATCH = 64;

export class InProcessTransport implements Transport {
  readonly synchronous = true;
  readonly snapshot?: () => Uint8Array | undefined;

  private readonly out: Uint8Array;
  /** Views on `out` by number of events: most batches are small, and a view costs more than a small batch. */
  private readonly views: Uint8Array[] = [];
  private sink: TransportSink | undefined;
  private aligned = new Uint8Array(0);

  /** engine: one that can export its state is its own shadow. */
  constructor(
    readonly identity: Identity,
    private readonly engine: Engine | SnapshotEngine,
  ) {
    this.out = new Uint8Array(engine.maxEventBytes + ROOM_BYTES);
    if ('snapshot' in engine) this.snapshot = () => engine.snapshot();
  }

  start(sink: TransportSink): void {
    this.sink = sink;
  }

  submit(commands: Uint8Array): void {
    // Engines read whole words.
    const batch = commands.byteOffset % 4 === 0 ? commands : this.align(commands);
    for (let from = 0; from < batch.length; ) {
      const next = this.engine.consume(batch, from, this.out);
      if (next <= from || next > batch.length || next % COMMAND_BYTES !== 0) {
        throw new HalError(
          'DEVICE_FAULT',
          `${this.identity.backend}: the engine went from byte ${from} to ${next} of a batch of ${batch.length}`,
        );
      }
      from = next;
      this.deliver();
    }
  }

  reset(epoch: number): void {
    this.engine.reset(epoch, this.out);
    this.deliver();
  }

  close(): void {
    this.engine.close();
  }

  private deliver(): void {
    const { eventBytes } = this.engine;
    if (eventBytes > 0) this.sink?.events(this.view(eventBytes));
  }

  private view(bytes: number): Uint8Array {
    const events = bytes / EVENT_BYTES;
    if (events > SMALL_BATCH) return this.out.subarray(0, bytes);
    let view = this.views[events];
    if (view === undefined) {
      view = this.out.subarray(0, bytes);
      this.views[events] = view;
    }
    return view;
  }

  private align(commands: Uint8Array): Uint8Array {
    if (this.aligned.length < commands.length) this.aligned = new Uint8Array(commands.length);
    const batch = this.aligned.subarray(0, commands.length);
    batch.set(commands);
    return batch;
  }
}
