// Goal: the verilated kernels are engines like the others, whatever their registers hold at the start and however the
// streams stall; what ends a simulation is an error with a code, and never the process.
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { COMMAND_BYTES } from '../../src/contract/definition.js';
import { CommandWriter, EventType } from '../../src/contract/generated/records.js';
import { NAMED_PROFILES, type Profile, profileValues } from '../../src/contract/profile.js';
import { HalError } from '../../src/hal/errors.js';
import { canTrace, createEngine, defaultProfile, listBackends, open, withTrace } from '../../src/hal/registry.js';
import { VerilatedEngine } from '../../src/hal/verilator/verilated-engine.js';
import {
  addonFile,
  type KernelOptions,
  loadVerilator,
  MISBEHAVING,
  type VerilatorAddon,
} from '../../src/hal/verilator/verilator-addon.js';
import type { Engine } from '../../src/kernel/engine.js';
import { SoftwareEngine } from '../../src/kernel/software-engine.js';
import { randomProgram, TINY } from './programs.js';

const reason = listBackends().find(({ name }) => name === 'verilator')?.reason;
const addon = (): VerilatorAddon => {
  const loaded = loadVerilator();
  if ('reason' in loaded) throw new Error(loaded.reason);
  return loaded.addon;
};

/** A test that needs the addon. */
const needing = (text: string, check: () => void | Promise<void>) =>
  it(text, async (context) => {
    if (reason !== undefined) return context.skip(`NOT RUN: ${reason}`);
    await check();
  });

/** The events of a program from a reset on; `room` bytes of `out` beyond what an engine must have. */
function eventsOf(engine: Engine, program: Uint8Array, room = 1 << 16): Buffer {
  const out = new Uint8Array(engine.maxEventBytes + room);
  const chunks: Uint8Array[] = [];
  engine.reset(3, out);
  chunks.push(out.slice(0, engine.eventBytes));
  for (let from = 0; from < program.length; ) {
    const next = engine.consume(program, from, out);
    expect(next).toBeGreaterThan(from);
    from = next;
    chunks.push(out.slice(0, engine.eventBytes));
  }
  return Buffer.concat(chunks);
}

const BUILDS: readonly (readonly [string, Profile])[] = ['ice40', 'ecp5', 'sim'].map((name) => [
  name,
  NAMED_PROFILES[name] as Profile,
]);

describe('a verilated kernel', () => {
  for (const [name, profile] of BUILDS) {
    for (const spec of [
      `${name},seed=7`,
      `${name},stall=25,seed=8`,
      `${name},stall-events=80`,
      `${name},stall-commands=60`,
    ]) {
      needing(`gives the same bytes as ${spec}`, () => {
        const program = randomProgram(6000, 21, profile);
        const expected = eventsOf(new SoftwareEngine(profile), program);
        const engine = createEngine(`verilator:${spec}`, profile);
        expect(Buffer.compare(eventsOf(engine, program), expected)).toBe(0);
        // Again, from where the first run left off.
        expect(Buffer.compare(eventsOf(engine, program), expected)).toBe(0);
        engine.close();
      });
    }
  }

  needing('depends on no value that a register or a memory starts with', () => {
    const program = randomProgram(3000, 22);
    const expected = eventsOf(new SoftwareEngine(TINY), program);
    for (let seed = 0; seed < 8; seed++) {
      const engine = createEngine(`verilator:seed=${seed}`, TINY);
      expect(Buffer.compare(eventsOf(engine, program), expected)).toBe(0);
      engine.close();
    }
  });

  needing('is, when new, as after a reset, without its RESET_DONE', () => {
    const program = randomProgram(2000, 23);
    const engine = createEngine('verilator', TINY);
    expect(engine.eventBytes).toBe(0);
    const out = new Uint8Array(engine.maxEventBytes + program.length * 2);
    expect(engine.consume(program, 0, out)).toBe(program.length);
    const first = Buffer.from(out.subarray(0, engine.eventBytes));
    expect(Buffer.compare(first, eventsOf(new SoftwareEngine(TINY), program).subarray(32))).toBe(0);
    engine.close();
  });

  needing('consumes what there is room for, and delivers every event of it', () => {
    const program = randomProgram(4000, 24);
    const expected = eventsOf(new SoftwareEngine(TINY), program);
    for (const room of [0, 32, 64, 1000]) {
      for (const spec of ['verilator', 'verilator:stall=40']) {
        const engine = createEngine(spec, TINY);
        expect(Buffer.compare(eventsOf(engine, program, room), expected)).toBe(0);
        engine.close();
      }
    }
  });

  needing('counts its clock cycles, and stops its clock when it has nothing to do', () => {
    const engine = createEngine('verilator', TINY) as VerilatedEngine;
    const out = new Uint8Array(engine.maxEventBytes);
    const started = engine.cycles;
    expect(started).toBeGreaterThan(0);
    engine.consume(new Uint8Array(0), 0, out);
    expect(engine.cycles).toBe(started);
    engine.consume(new CommandWriter().fence(1).bytes(), 0, out);
    expect(engine.cycles - started).toBeGreaterThan(1);
    expect(engine.cycles - started).toBeLessThan(100);
    engine.close();
  });

  needing('lives beside others, each with its own state', () => {
    const programs = [31, 32, 33].map((seed) => randomProgram(1500, seed));
    const expected = programs.map((program) => eventsOf(new SoftwareEngine(TINY), program));
    const engines = programs.map((_, i) => createEngine(`verilator${i === 1 ? ':stall=30' : ''}`, TINY));
    const outs = engines.map((engine) => new Uint8Array(engine.maxEventBytes + 4096));
    const chunks: Uint8Array[][] = engines.map((engine, i) => {
      engine.reset(3, outs[i] as Uint8Array);
      return [(outs[i] as Uint8Array).slice(0, 32)];
    });
    for (let at = 0; at < 1500 * COMMAND_BYTES; at += 7 * COMMAND_BYTES) {
      for (const [i, engine] of engines.entries()) {
        const batch = (programs[i] as Uint8Array).subarray(at, at + 7 * COMMAND_BYTES);
        for (let from = 0; from < batch.length; ) {
          from = engine.consume(batch, from, outs[i] as Uint8Array);
          chunks[i]?.push((outs[i] as Uint8Array).slice(0, engine.eventBytes));
        }
      }
      // The first one is gone while the others go on.
      if (at === 0) createEngine('verilator', TINY).close();
    }
    engines[0]?.close();
    for (const [i, expectedBytes] of expected.entries()) {
      expect(Buffer.compare(Buffer.concat(chunks[i] ?? []), expectedBytes)).toBe(0);
    }
    for (const engine of engines.slice(1)) engine.close();
  });

  needing('runs in several threads at once, and ends with a thread that is ended', async () => {
    const script = `
      const { parentPort, workerData } = require('node:worker_threads');
      const { VerilatedEngine } = require(workerData.addon);
      const engine = new VerilatedEngine('sim', Uint32Array.from(workerData.profile), {});
      const out = new Uint8Array(engine.maxEventBytes + 65536);
      const { program } = workerData;
      do {
        engine.reset(1, out);
        let bytes = 0;
        for (let from = 0; from < program.length; bytes += engine.state[0]) from = engine.consume(program, from, out);
        parentPort.postMessage(bytes);
      } while (workerData.endless);
    `;
    const program = randomProgram(3000, 25);
    const expected = eventsOf(new SoftwareEngine(TINY), program).length - 32;
    const start = (endless: boolean) => {
      const workerData = { addon: addonFile('plain'), profile: profileValues(TINY), program, endless };
      return new Worker(script, { eval: true, workerData });
    };
    const answers = [false, true, false].map((endless) => {
      const worker = start(endless);
      return new Promise<number>((resolve, reject) => {
        worker.once('error', reject);
        worker.once('message', (bytes: number) => {
          if (endless) worker.terminate().then(() => resolve(bytes), reject);
          else resolve(bytes);
        });
      });
    });
    const engine = createEngine('verilator', TINY);
    expect(eventsOf(engine, program).length - 32).toBe(expected);
    engine.close();
    expect(await Promise.all(answers)).toEqual([expected, expected, expected]);
  });
});

describe('many verilated kernels', () => {
  needing('made and closed one after another, leave no memory behind', () => {
    const profile = NAMED_PROFILES['sim'] as Profile;
    const makeAndClose = (count: number) => {
      for (let made = 0; made < count; made++) createEngine('verilator', profile).close();
      return process.memoryUsage().rss;
    };
    const before = makeAndClose(10);
    // One of them holds more than 4 MiB.
    expect(makeAndClose(100) - before).toBeLessThan(100 * (1 << 20));
  });
});

describe('what ends a simulation', () => {
  const Op = { FATAL: 1, FINISH: 2, STOP: 3, SILENCE: 4, FLOOD: 5, ECHO: 0xf0 };
  const misbehaving = (options: KernelOptions = {}) => new VerilatedEngine(addon(), MISBEHAVING, TINY, options);
  const commands = (...opcodes: readonly number[]) => {
    const bytes = new Uint8Array(opcodes.length * COMMAND_BYTES);
    for (const [i, opcode] of opcodes.entries()) bytes[i * COMMAND_BYTES] = opcode;
    return bytes;
  };
  const errorOf = (action: () => unknown): HalError => {
    try {
      action();
    } catch (error) {
      if (error instanceof HalError) return error;
      throw error;
    }
    throw new Error('nothing was thrown');
  };

  needing('is an error with the place in the source, and the process goes on', () => {
    for (const [opcode, text] of [
      [Op.FATAL, /misbehaving\.v:\d+.*told to/s],
      [Op.FINISH, /\$finish at .*misbehaving\.v:\d+/],
      [Op.STOP, /\$stop at .*misbehaving\.v:\d+/],
    ] as const) {
      const engine = misbehaving();
      const out = new Uint8Array(engine.maxEventBytes);
      expect(engine.consume(commands(Op.ECHO), 0, out)).toBe(COMMAND_BYTES);
      const error = errorOf(() => engine.consume(commands(opcode, Op.ECHO), 0, out));
      expect(error.code).toBe('DEVICE_FAULT');
      expect(error.message).toMatch(text);
      // It stays ended; it can only be closed.
      expect(errorOf(() => engine.consume(commands(Op.ECHO), 0, out)).code).toBe('DEVICE_FAULT');
      expect(errorOf(() => engine.reset(1, out)).code).toBe('DEVICE_FAULT');
      engine.close();
      expect(() => engine.consume(commands(Op.ECHO), 0, out)).toThrow(/closed/);
    }
    const whole = misbehaving();
    const out = new Uint8Array(whole.maxEventBytes);
    whole.reset(9, out);
    expect([out[0], out[4], whole.eventBytes]).toEqual([EventType.RESET_DONE, 9, 32]);
    whole.close();
  });

  needing('is a time-out where a kernel falls silent', () => {
    const engine = misbehaving({ quietCycles: 1000 });
    const out = new Uint8Array(engine.maxEventBytes);
    const error = errorOf(() => engine.consume(commands(Op.SILENCE, Op.ECHO), 0, out));
    expect(error.code).toBe('TIMEOUT');
    expect(error.message).toMatch(/neither took a command nor gave an event for 1001 cycles/);
    engine.close();
  });

  needing('is a fault where a kernel gives more than it may', () => {
    const engine = misbehaving();
    const out = new Uint8Array(engine.maxEventBytes);
    expect(errorOf(() => engine.consume(commands(Op.FLOOD), 0, out))).toMatchObject({
      code: 'DEVICE_FAULT',
      message: expect.stringContaining('more events than its profile allows'),
    });
    engine.close();
  });
});

describe('the verilator backend', () => {
  needing('takes the build that is exactly the profile, and says which', async () => {
    for (const [spec, profile, build] of [
      ['verilator', undefined, 'sim'],
      ['verilator', NAMED_PROFILES['ecp5'], 'ecp5'],
      ['verilator', NAMED_PROFILES['ice40'], 'ice40'],
      ['verilator', TINY, 'sim'],
      ['verilator:sim', NAMED_PROFILES['ecp5'], 'sim'],
      ['verilator:ecp5', undefined, 'ecp5'],
    ] as const) {
      const device = await open(spec, profile === undefined ? {} : { profile });
      expect(device.identity.build).toContain(`build ${build},`);
      expect(device.identity.profile).toEqual(profile ?? NAMED_PROFILES[build]);
      await device.close();
    }
    expect(defaultProfile('verilator')).toEqual(NAMED_PROFILES['sim']);
    expect(defaultProfile('software', 'verilator')).toEqual(NAMED_PROFILES['sim']);
    expect(defaultProfile('verilator:ecp5', 'software')).toEqual(NAMED_PROFILES['ecp5']);
  });

  needing('refuses a profile that does not fit, by field', () => {
    const standard = NAMED_PROFILES['standard'] as Profile;
    for (const [spec, profile, message] of [
      ['verilator', standard, /too small for this profile: profile.books = 8192 is above 1024/],
      ['verilator:ecp5', { ...(NAMED_PROFILES['ecp5'] as Profile), books: 31 }, /its profile is fixed/],
    ] as const) {
      expect(() => createEngine(spec, profile)).toThrow(expect.objectContaining({ code: 'PROFILE_MISMATCH' }));
      expect(() => createEngine(spec, profile)).toThrow(message);
    }
  });

  needing('refuses arguments that it does not understand, by name', () => {
    for (const spec of [
      'verilator:fast',
      `verilator:${MISBEHAVING}`,
      'verilator:stall=96',
      'verilator:stall=x',
      'verilator:sim,seed=-1',
      'verilator:sim,from=3',
      'verilator:speed=1',
      'verilator:sim,',
    ]) {
      expect(() => createEngine(spec, TINY)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
    }
  });

  needing('offers waveforms through its arguments', () => {
    expect(canTrace('verilator')).toBe(true);
    const trace = { file: 'f.fst', fromRecord: 12 };
    expect(withTrace('verilator', trace)).toBe('verilator:trace=f.fst,from=12');
    expect(withTrace('verilator:sim,stall=5', trace)).toBe('verilator:sim,stall=5,trace=f.fst,from=12');
    expect(() => withTrace('verilator', { file: 'a,b', fromRecord: 0 })).toThrow(/comma/);
  });
});
