// Goal: what belongs to no subcommand: help, version, and names and arguments that nobody knows.
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.js';
import { CONTRACT_DIGEST } from '../../src/contract/generated/records.js';
import { gatebook, SESSION } from './fake-process.js';

describe('gatebook', () => {
  // Goal: the help names every subcommand and every exit status; without a subcommand the help is the answer.
  it.each([[['--help']], [['-h']], [[]]])('shows the help: %j', async (args) => {
    const { out, err, status } = await gatebook(args);
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    for (const name of ['demo', 'replay', 'exec', 'verify', 'engines', 'bench', 'import', 'capture']) {
      expect(out).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
    expect(out).toContain('Exit statuses:\n');
    for (const [name, code] of Object.entries(EXIT)) {
      expect(out).toMatch(new RegExp(`^ +${code} +${name} +\\S`, 'm'));
    }
  });

  // Goal: every subcommand has its help, on stdout, with status 0.
  it.each(['demo', 'replay', 'exec', 'verify', 'engines', 'bench', 'import', 'capture'])('%s --help', async (name) => {
    const { out, err, status } = await gatebook([name, '--help']);
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    expect(out).toMatch(new RegExp(`^Usage: gatebook ${name} `));
  });

  // Goal: a report of a defect can say what was run.
  it('says its version, commit and contract', async () => {
    const { out, err, status } = await gatebook(['--version']);
    expect({ err, status }).toEqual({ err: '', status: EXIT.OK });
    expect(out).toMatch(/^gatebook \d+\.\d+\.\d+ \(commit \w+, contract [0-9a-f]{16}\)\n$/);
    expect(out).toContain(CONTRACT_DIGEST);
  });

  // Goal: a name that does not exist is one line on stderr and status 2.
  it.each([
    [['reply'], "unknown command 'reply'"],
    [['--jason'], "unknown option '--jason'"],
    [['replay'], "missing required argument 'file'"],
    [['replay', SESSION, '--jason'], "unknown option '--jason'"],
    [['exec', '--raw', 'sideways'], 'Allowed choices are in, out, both.'],
    [['exec', '--profile', 'huge'], "profile 'huge' is not one of"],
    [['capture', 'look'], 'look'],
  ])('ends with 2: %j', async (args, why) => {
    const { out, err, status } = await gatebook(args);
    expect({ out, status }).toEqual({ out: '', status: EXIT.USAGE });
    expect(err).toContain(why);
  });

  // Goal: what goes with --watch alone is not passed over without it.
  it.each([
    ['--count', '3'],
    ['--every', '1000'],
  ])('engines %s %s wants --watch', async (...flags) => {
    const { out, err, status } = await gatebook(['engines', ...flags]);
    expect({ out, status }).toEqual({ out: '', status: EXIT.USAGE });
    expect(err).toBe(`gatebook: option '${flags[0]}' goes with --watch\n`);
  });

  // Goal: an argument too many is told, not dropped: of two captures nobody means to replay only the first.
  it.each([
    [['replay', SESSION, 'second.capture', '--json']],
    [['exec', 'program.ndjson']],
    [['verify', '--engines', 'software,software', '--commands', '1', '--seed', '1', 'extra']],
    [['engines', 'native']],
  ])('refuses an argument too many: %j', async (args) => {
    const { out, err, status } = await gatebook(args);
    expect({ out, status }).toEqual({ out: '', status: EXIT.USAGE });
    expect(err).toMatch(/^gatebook: [^\n]*too many arguments[^\n]*\n$/);
  });
});
