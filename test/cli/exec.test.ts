// Goal: `gatebook exec` turns lines into commands and events into lines, and a line that it cannot read is named so
// that its author finds it.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { MAX_LINE_BYTES } from '../../src/cli/exec-input.js';
import { EXIT } from '../../src/cli/exit-codes.js';
import { CommandWriter } from '../../src/contract/generated/records.js';
import { listBackends } from '../../src/hal/registry.js';
import { ModelBar } from '../hal/model-bar.js';
import { barPath, cleanUp } from '../hal/pcie-rig.js';
import { TINY } from '../hal/programs.js';
import { ENGINES, gatebook, jsonLines, ndjson, ROOT } from './fake-process.js';

afterAll(cleanUp);

const fence = (token: number) => ({ op: 'FENCE', token });
const fenceEvent = (token: number) => expect.objectContaining({ type: 'FENCE', token });
const BOOK = [
  { op: 'BOOK_BEGIN', book: 0, tick: 100 },
  { op: 'BOOK_LIVE', book: 0, commit: true },
  { op: 'LEVEL_SET', book: 0, side: 'BID', level: 40, size: 1_000_000, commit: true },
  { op: 'LEVEL_SET', book: 0, side: 'ASK', level: 42, size: 2_000_000, commit: true },
];
const TOPS = [
  { type: 'TOP', book: 0, bid_price: 4000, ask_price: 0, command: 2, bid_size: 1_000_000, ask_size: 0 },
  { type: 'TOP', book: 0, bid_price: 4000, ask_price: 4200, command: 3, bid_size: 1_000_000, ask_size: 2_000_000 },
];

/** Runs `exec` on the engine that is always there. */
const exec = (input: string | Uint8Array | readonly (string | Uint8Array)[], ...flags: readonly string[]) =>
  gatebook(['exec', '--engine', 'software', ...flags], input);

describe('exec', () => {
  // Goal: commands in, events out, by the names of the contract; every engine writes the same text.
  it.for(ENGINES)('answers commands with events: $name', async ({ name, reason }, context) => {
    if (reason !== undefined) context.skip(`NOT RUN: ${reason}`);
    const { out, err, status } = await gatebook(['exec', '--engine', name], ndjson(...BOOK, fence(9)));
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    expect(jsonLines(out)).toEqual([
      ...TOPS,
      { type: 'FENCE', token: 9, command: 4, records: 5, events: 2, crc: expect.any(Number) },
    ]);
  });

  // Goal: how the input is cut into pieces, and how its lines end, changes nothing.
  it('reads lines whatever pieces they come in', async () => {
    const text = ndjson(...BOOK);
    const whole = await exec(text);
    expect(await exec([...text])).toEqual(whole);
    expect(await exec(text.match(/[\s\S]{1,7}/g) ?? [])).toEqual(whole);
    expect(await exec(text.replaceAll('\n', '\r\n'))).toEqual(whole);
    expect(await exec(`\n \n${text.replaceAll('\n', '\n\n')}`)).toEqual(whole);
  });

  // Goal: a last line without a newline is a line, in one piece or in two.
  it('takes a last line without its end', async () => {
    const text = ndjson(...BOOK).trimEnd();
    for (const input of [text, [text.slice(0, -9), text.slice(-9)]]) {
      const { out, status } = await exec(input);
      expect(jsonLines(out)).toEqual(TOPS);
      expect(status).toBe(EXIT.OK);
    }
    expect((await exec(`${ndjson(fence(1))}{"op":"FENCE"`)).err).toContain('line 2: not JSON');
  });

  // Goal: nothing in, nothing out; but an engine that does not exist is still told.
  it('has nothing to say to an empty input', async () => {
    for (const input of ['', '\n', '\r\n\r\n', '   ']) {
      expect(await exec(input)).toEqual({ out: '', err: '', status: EXIT.OK });
    }
    const unknown = await gatebook(['exec', '--engine', 'abacus']);
    expect(unknown).toMatchObject({ out: '', status: EXIT.USAGE });
    const names = ['auto', ...listBackends().map(({ name }) => name)].join(', ');
    expect(unknown.err).toBe(`gatebook: BACKEND_UNKNOWN: backend 'abacus' is not one of ${names}\n`);
  });

  // Goal: more commands than one batch come out whole and in order.
  it('keeps the order over many batches', async () => {
    const tokens = Array.from({ length: 3000 }, (_, i) => i);
    const { out } = await exec(ndjson(...tokens.map(fence)));
    expect(jsonLines(out).map((event) => event['token'])).toEqual(tokens);
  });
});

describe('a profile line', () => {
  // Goal: the limits of the line hold, as those of --profile do: book 5 is none of the 5 of `tiny`.
  it('sets the limits', async () => {
    const begin = { op: 'BOOK_BEGIN', book: 5, tick: 100 };
    expect((await exec(ndjson(begin))).out).toBe('');
    const byLine = await exec(ndjson({ profile: 'tiny' }, begin));
    expect(jsonLines(byLine.out)).toEqual([expect.objectContaining({ type: 'REFUSED', error: 'BOOK_RANGE', id: 5 })]);
    expect(await exec(ndjson(begin), '--profile', 'tiny')).toEqual(byLine);
    expect(await exec(ndjson({ profile: 'tiny' }, begin), '--profile', 'tiny')).toEqual(byLine);
    expect((await exec(ndjson({ profile: 'tiny,books=6' }, begin))).out).toBe('');
  });

  // Goal: no run starts under limits that its author did not mean.
  it('is refused behind a command, twice, against --profile, and when it is none', async () => {
    const refused = async (text: string, line: number, why: string, ...flags: readonly string[]) => {
      const { err, status } = await exec(text, ...flags);
      expect(err).toMatch(new RegExp(`^gatebook: COMMAND_INVALID: line ${line}: [^\n]+\n$`));
      expect(err).toContain(why);
      expect(status).toBe(EXIT.INPUT_CORRUPT);
    };
    const tiny = { profile: 'tiny' };
    await refused(ndjson(fence(1), tiny), 2, 'only stand before the first command');
    await refused(ndjson({ control: 'RESET', epoch: 1 }, tiny), 2, 'only stand before the first command');
    await refused(ndjson(tiny, tiny), 2, 'only stand before the first command');
    await refused(ndjson(tiny), 1, 'is not the --profile books=', '--profile', 'standard');
    await refused(ndjson({ profile: 'huge' }), 1, "profile 'huge' is not one of standard,");
    await refused(ndjson({ profile: 'books=0' }), 1, 'profile.books = 0 is not in 1..');
    await refused(ndjson({ profile: 7 }), 1, 'profile = 7 is not a string');
    await refused(ndjson({ profile: 'tiny', book: 1 }), 1, "no field 'book'");
  });
});

describe('a reset', () => {
  // Goal: the device is reset, with the epoch of the line, behind the commands before it and before those after it.
  it('is answered in its place and begins anew', async () => {
    const reset = (epoch: number) => ({ control: 'RESET', epoch });
    const { out, status } = await exec(ndjson(fence(1), reset(7), fence(2), reset(2 ** 32 - 1), reset(0), fence(3)));
    expect(status).toBe(EXIT.OK);
    expect(jsonLines(out)).toEqual([
      fenceEvent(1),
      { type: 'RESET_DONE', epoch: 7 },
      { type: 'FENCE', token: 2, command: 0, records: 1, events: 0, crc: 0 },
      { type: 'RESET_DONE', epoch: 2 ** 32 - 1 },
      { type: 'RESET_DONE', epoch: 0 },
      { type: 'FENCE', token: 3, command: 0, records: 1, events: 0, crc: 0 },
    ]);
  });

  // Goal: an epoch is 32 bits or it is refused with its range.
  it('names an epoch that is none', async () => {
    for (const epoch of [-1, 1.5, 2 ** 32, '7', null]) {
      const { err, status } = await exec(ndjson({ control: 'RESET', epoch }));
      const value = JSON.stringify(epoch);
      expect(err).toContain(`line 1: RESET.epoch = ${value} is not a whole number in 0..4294967295\n`);
      expect(status).toBe(EXIT.INPUT_CORRUPT);
    }
    expect((await exec(ndjson({ control: 'REST', epoch: 1 }))).err).toContain('control = "REST" is not "RESET"');
    expect((await exec(ndjson({ control: 'RESET', epoch: 1, x: 1 }))).err).toContain("no field 'x'");
    expect((await exec(ndjson({ control: 'RESET' }))).err).toContain('RESET.epoch = nothing is not');
  });
});

describe('a malformed line', () => {
  const level = { op: 'LEVEL_SET', book: 0, side: 'BID', level: 40, size: 1 };
  const CASES: readonly (readonly [string, string])[] = [
    [JSON.stringify({ ...level, level: 65_536 }), 'LEVEL_SET.level = 65536 is not a whole number in 0..65535'],
    [JSON.stringify({ ...level, size: -1 }), 'LEVEL_SET.size = -1 is not a whole number in 0..281474976710655'],
    [JSON.stringify({ ...level, size: 0.5 }), 'LEVEL_SET.size = 0.5 is not a whole number in 0..281474976710655'],
    [JSON.stringify({ ...level, book: '0' }), 'LEVEL_SET.book = "0" is not a whole number in 0..65535'],
    [
      JSON.stringify({ ...level, side: 'UP' }),
      'LEVEL_SET.side = "UP" is not a whole number in 0..1 or one of BID, ASK',
    ],
    [JSON.stringify({ ...level, commit: 1 }), 'LEVEL_SET.commit = 1 is not true or false'],
    [JSON.stringify({ ...level, price: 1 }), "LEVEL_SET has no field 'price'"],
    ['{"op":"LEVEL_GET"}', 'op = "LEVEL_GET" is not one of BOOK_BEGIN, '],
    ['{"op":"constructor"}', 'op = "constructor" is not one of BOOK_BEGIN, '],
    ['{"raw":"00"}', 'raw = "00" is not 32 hex digits'],
    [`{"raw":"${'g'.repeat(32)}"}`, 'is not 32 hex digits'],
    [`{"raw":"${'0'.repeat(32)}","op":"FENCE"}`, 'is not 32 hex digits alone'],
    ['[1]', '[1] is not a JSON object'],
    ['null', 'null is not a JSON object'],
    ['{"op":', 'not JSON: '],
  ];

  // Goal: line, field, value and range in one line on stderr, and the status of a damaged input.
  it.each(CASES)('is named: %s', async (line, why) => {
    const { out, err, status } = await exec(`${ndjson(fence(1))}${line}\n${ndjson(fence(2))}`);
    expect(err).toMatch(/^gatebook: COMMAND_INVALID: line 2: [^\n]+\n$/);
    expect(err).toContain(why);
    expect(status).toBe(EXIT.INPUT_CORRUPT);
    // What stands before it was done, what stands behind it was not.
    expect(jsonLines(out)).toEqual([fenceEvent(1)]);
  });

  // Goal: bytes that are no text are told as such, not replaced in silence.
  it('is named when it is not UTF-8', async () => {
    const { err, status } = await exec(Buffer.from('{"op":"\xff"}\n', 'latin1'));
    expect(err).toBe('gatebook: COMMAND_INVALID: line 1: the line is not UTF-8\n');
    expect(status).toBe(EXIT.INPUT_CORRUPT);
  });

  // Goal: with --keep-going all others are done, each malformed one is named, and the status still tells.
  it('is left out with --keep-going', async () => {
    const bad = ['xx', JSON.stringify({ ...level, size: -1 })];
    const text = `${ndjson(fence(1))}${bad[0]}\n${ndjson(fence(2))}${bad[1]}\n${ndjson(fence(3))}`;
    const { out, err, status } = await exec(text, '--keep-going');
    expect(jsonLines(out)).toEqual([1, 2, 3].map(fenceEvent));
    expect(jsonLines(out).map((event) => event['command'])).toEqual([0, 1, 2]);
    const lines = err.split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^gatebook: COMMAND_INVALID: line 2: not JSON: /);
    expect(lines[1]).toMatch(/^gatebook: COMMAND_INVALID: line 4: LEVEL_SET\.size = -1 is not /);
    expect(lines[2]).toBe('gatebook: COMMAND_INVALID: 2 malformed lines were left out');
    expect(status).toBe(EXIT.INPUT_CORRUPT);
    expect(await exec(ndjson(fence(1)), '--keep-going')).toMatchObject({ err: '', status: EXIT.OK });
  });

  // Goal: a file of the wrong kind does not fill the screen.
  it('is counted, not named, from the twenty-first on', async () => {
    const { err, status } = await exec('x\n'.repeat(5000), '--keep-going');
    expect(err.trimEnd().split('\n')).toHaveLength(21);
    expect(err).toContain('5000 malformed lines were left out');
    expect(status).toBe(EXIT.INPUT_CORRUPT);
  });

  // Goal: a line without end is refused without being kept, and the lines behind it are read.
  it('may be very long', async () => {
    const long = `the line is longer than ${MAX_LINE_BYTES} bytes`;
    const megabyte = 'y'.repeat(1 << 20);
    const stopped = await exec([ndjson(fence(1)), ...Array<string>(16).fill(megabyte), '\n', ndjson(fence(2))]);
    expect(jsonLines(stopped.out)).toEqual([fenceEvent(1)]);
    expect(stopped).toMatchObject({ err: `gatebook: COMMAND_INVALID: line 2: ${long}\n`, status: EXIT.INPUT_CORRUPT });
    const went = await exec([megabyte, megabyte, '\n', ndjson(fence(2)), megabyte], '--keep-going');
    expect(jsonLines(went.out)).toEqual([fenceEvent(2)]);
    expect(went.err).toContain(`line 1: ${long}\n`);
    expect(went.err).toContain(`line 3: ${long}\n`);
    expect(went.status).toBe(EXIT.INPUT_CORRUPT);
  });

  // Goal: the limit is the limit: a line of just so many bytes is read, one more is refused.
  it('is too long from one byte above the limit on', async () => {
    const command = JSON.stringify(fence(1)).padEnd(MAX_LINE_BYTES);
    expect(jsonLines((await exec(`${command}\n`)).out)).toEqual([fenceEvent(1)]);
    expect(jsonLines((await exec(command)).out)).toEqual([fenceEvent(1)]);
    expect(await exec(`${command} \n`)).toMatchObject({ out: '', status: EXIT.INPUT_CORRUPT });
  });

  // Goal: CR before LF belongs to the end of a line (lines.ts), so it does not count.
  it('does not count the CR of its end', async () => {
    const command = JSON.stringify(fence(1)).padEnd(MAX_LINE_BYTES);
    expect(jsonLines((await exec(`${command}\r\n`)).out)).toEqual([fenceEvent(1)]);
  });
});

describe('a device that answers when it can', () => {
  const reason = listBackends().find(({ name }) => name === 'pcie')?.reason;
  const reset = (epoch: number) => ({ control: 'RESET', epoch });
  const begin = { op: 'RESTORE_BEGIN' };
  const programs = {
    'that ends with no FENCE': [ndjson(...BOOK)],
    'with a FENCE': [ndjson(...BOOK, fence(1))],
    'with resets': [ndjson(reset(1), ...BOOK, reset(2), ...BOOK, fence(1), reset(3))],
    'that ends inside a restore': [ndjson(...BOOK, begin, ...BOOK)],
    'that is reset inside a restore': [ndjson(...BOOK, begin, ...BOOK, reset(1), ...BOOK)],
    'that breaks off at a line which is none': [`${ndjson(...BOOK)}{`],
    'that comes in pieces': [...ndjson(...BOOK, fence(1))],
    'that is longer than the ring': [ndjson(...BOOK, ...Array.from({ length: 2000 }, () => fence(1)), reset(1))],
  };

  // Goal: what was sent is answered before the device is reset or closed, and nothing of our own comes out.
  it.for(Object.entries(programs))('gives the events of a program %s', async ([, input], context) => {
    if (reason !== undefined) context.skip(`NOT RUN: ${reason}`);
    const wanted = await gatebook(['exec', '--engine', 'software', '--profile', 'tiny'], input);
    const model = new ModelBar(barPath(), TINY).run();
    const found = await gatebook(['exec', '--engine', `pcie:${model.path}`], input);
    model.close();
    expect(found).toEqual(wanted);
    expect(found.out).not.toBe('');
  });

  it('gives the bytes before a torn record', async (context) => {
    if (reason !== undefined) context.skip(`NOT RUN: ${reason}`);
    const commands = new CommandWriter().bookDigest(0).bytes();
    const input = Buffer.concat([commands, commands.subarray(0, 5)]);
    const wanted = await exec(input, '--raw', 'both', '--profile', 'tiny');
    const model = new ModelBar(barPath(), TINY).run();
    const found = await gatebook(['exec', '--engine', `pcie:${model.path}`, '--raw', 'both'], input);
    model.close();
    expect(found).toEqual(wanted);
    expect(found.out).toHaveLength(32);
  });

  // Goal: events come out while more is waited for: whoever types commands sees their answers.
  it('writes events before the input ends', async (context) => {
    if (reason !== undefined) context.skip(`NOT RUN: ${reason}`);
    const model = new ModelBar(barPath(), TINY).run();
    let out = '';
    const arrived = () => out.includes('"FENCE"');
    async function* typed() {
      yield ndjson(fence(1));
      for (let turns = 0; turns < 10_000 && !arrived(); turns += 1) await nextTurn();
      seen = arrived();
    }
    let seen = false;
    await gatebook(['exec', '--engine', `pcie:${model.path}`], typed(), ROOT, (chunk) => {
      out += chunk;
    });
    model.close();
    expect(seen).toBe(true);
  });
});

describe('waveforms', () => {
  // Goal: an engine with nothing to see inside says so; one that is not built for it says how it would be.
  it('are refused by an engine that has none', async () => {
    const { out, err, status } = await exec(ndjson(fence(1)), '--trace', 'f.fst');
    expect({ out, status }).toEqual({ out: '', status: EXIT.USAGE });
    expect(err).toBe('gatebook: ARGUMENT_INVALID: software writes no waveforms\n');
  });

  it('are written from the command that is asked for', async (context) => {
    const reason = ENGINES.find(({ name }) => name === 'verilator')?.reason;
    if (reason !== undefined) context.skip(`NOT RUN: verilator: ${reason}`);
    const folder = mkdtempSync(join(tmpdir(), 'gatebook-trace-'));
    const run = (name: string, ...flags: readonly string[]) => {
      const args = ['exec', '--engine', 'verilator', '--trace', join(folder, name), ...flags];
      return gatebook(args, ndjson(...BOOK, fence(1)));
    };
    const whole = await run('whole.fst');
    if (/npm run verilator -- --trace/.test(whole.err)) {
      expect(whole).toMatchObject({ out: '', status: EXIT.DEVICE });
    } else {
      expect(whole.out).toBe((await exec(ndjson(...BOOK, fence(1)))).out);
      await run('late.fst', '--trace-from', '4');
      const [all, late] = ['whole.fst', 'late.fst'].map((name) => statSync(join(folder, name)).size);
      expect(late).toBeGreaterThan(1000);
      expect(late).toBeLessThan((all as number) / 2);
    }
    rmSync(folder, { recursive: true });
  });
});

describe('raw records', () => {
  const record = 'ff000102030405060708090a0b0c0d0e';

  // Goal: any 16 bytes reach the engine, which refuses them with the bytes in its answer.
  it.for(ENGINES)('reach the engine as they are: $name', async ({ name, reason }, context) => {
    if (reason !== undefined) context.skip(`NOT RUN: ${reason}`);
    const { out, err, status } = await gatebook(['exec', '--engine', name], ndjson({ raw: record }));
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    expect(jsonLines(out)).toEqual([expect.objectContaining({ type: 'REFUSED', error: 'UNKNOWN_OPCODE', record })]);
    const upper = await gatebook(['exec', '--engine', name], ndjson({ raw: record.toUpperCase() }));
    expect(upper.out).toBe(out);
  });

  // Goal: with --raw bytes go in and events come out as bytes; a record cut short is a torn input.
  it('go in and come out as bytes with --raw', async () => {
    const bytes = Buffer.from(record, 'hex');
    const lines = await exec(ndjson({ raw: record }, { raw: record }));
    expect(await exec(Buffer.concat([bytes, bytes]), '--raw', 'in')).toEqual(lines);
    expect(await exec([bytes.subarray(0, 5), bytes.subarray(5), bytes], '--raw', 'in')).toEqual(lines);
    const events = Buffer.from((await exec(Buffer.concat([bytes, bytes]), '--raw', 'both')).out, 'latin1');
    expect(events).toHaveLength(64);
    expect(events.includes(bytes)).toBe(true);
    expect((await exec(ndjson({ raw: record }, { raw: record }), '--raw', 'out')).out).toBe(events.toString('latin1'));
    const torn = await exec(Buffer.concat([bytes, bytes.subarray(0, 3)]), '--raw', 'in');
    expect(jsonLines(torn.out)).toEqual(jsonLines(lines.out).slice(0, 1));
    expect(torn.err).toMatch(/^gatebook: INPUT_TORN: the input ends 3 bytes into the record .* at offset 16\n$/);
    expect(torn.status).toBe(EXIT.INPUT_TORN);
  });
});
