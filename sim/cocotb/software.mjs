// The compiled software engine and the generator of `gatebook verify`, for the benches; compiles nothing by itself.
//   node sim/cocotb/software.mjs exec ARGUMENTS...                        `gatebook exec`
//   node sim/cocotb/software.mjs program PROFILE SEED SEGMENT COMMANDS    a random program as raw commands of 16 bytes,
//     with the epilogue that brings hidden state out
import { runCli } from '../../dist/cli/main.js';
import { parseProfile } from '../../dist/contract/profile.js';
import { ProgramGenerator } from '../../dist/verify/generator.js';

function program(profileText, seed, segment, commands) {
  const profile = parseProfile(profileText);
  if (typeof profile === 'string') throw new Error(profile);
  const generator = new ProgramGenerator(profile, Number(seed), Number(segment));
  const body = Buffer.from(generator.next(Number(commands)));
  process.stdout.write(Buffer.concat([body, generator.epilogue()]));
}

const [verb, ...args] = process.argv.slice(2);
if (verb === 'program') program(...args);
else process.exitCode = await runCli([verb, ...args]);
