// Writes, or checks, every file that is generated from the contract.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkDefinition } from './derive.js';
import { emitCpp } from './emit-cpp.js';
import { emitMarkdown } from './emit-markdown.js';
import { emitPython } from './emit-python.js';
import {
  emitBarMarkdown,
  emitLinkMarkdown,
  emitTransportsCpp,
  emitTransportsPython,
  emitTransportsTypescript,
  emitTransportsVerilog,
} from './emit-transports.js';
import { emitTypescript } from './emit-typescript.js';
import { emitVerilog } from './emit-verilog.js';

export const GENERATED: readonly { readonly path: string; readonly emit: () => string }[] = [
  { path: 'src/contract/generated/records.ts', emit: emitTypescript },
  { path: 'native/generated/contract.h', emit: emitCpp },
  { path: 'hdl/generated/contract.vh', emit: emitVerilog },
  { path: 'sim/generated/gatebook_contract.py', emit: emitPython },
  { path: 'docs/contract.md', emit: emitMarkdown },
  { path: 'src/contract/generated/transports.ts', emit: emitTransportsTypescript },
  { path: 'native/generated/transports.h', emit: emitTransportsCpp },
  { path: 'hdl/generated/transports.vh', emit: emitTransportsVerilog },
  { path: 'sim/generated/gatebook_transports.py', emit: emitTransportsPython },
  { path: 'docs/link.md', emit: emitLinkMarkdown },
  { path: 'docs/bar.md', emit: emitBarMarkdown },
];

/**
 * Brings the generated files up to date, or with `check` only reports.
 * @param options root: the project folder; check: write nothing
 * @returns paths that differ (check) or were rewritten
 */
export function generate(options: { readonly root: string; readonly check: boolean }): string[] {
  checkDefinition();
  const stale: string[] = [];
  for (const { path, emit } of GENERATED) {
    const file = join(options.root, path);
    const text = emit();
    if (readIfThere(file) === text) continue;
    stale.push(path);
    if (options.check) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return stale;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
