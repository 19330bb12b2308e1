// The rules of the house that the linter does not know, as pure functions from files to problems, one line each.
// tidy.test.ts and dependencies.test.ts apply them to the project; rules.test.ts shows that each of them can fail.
import { dirname, join, normalize } from 'node:path/posix';

/** A tracked file; the path is relative to the project, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** For each room of src the rooms that it may import; ANY for all. */
export type RoomGraph = Readonly<Record<string, readonly string[] | 'ANY'>>;

const IMPORT = /(?:^|[;\n])\s*(?:import|export)\b[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]/g;
const BARE_IMPORT = /(?:^|[;\n])\s*import\s*['"]([^'"]+)['"]/g;
const DYNAMIC_IMPORT = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** What a file imports, as it is written there. */
export function importsOf(text: string): string[] {
  return [IMPORT, BARE_IMPORT, DYNAMIC_IMPORT].flatMap((form) => [...text.matchAll(form)].map((m) => m[1] ?? ''));
}

const inSrc = (files: readonly SourceFile[]) => files.filter((f) => /^src\/.*\.ts$/.test(f.path));

/** Path in src of a relative import, or undefined for packages and for paths outside of src. */
function target(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = normalize(join(dirname(from), specifier)).replace(/\.js$/, '.ts');
  return path.startsWith('src/') ? path : undefined;
}

/** 'kernel' of src/kernel/x.ts; undefined for files that lie in src itself, which join all rooms. */
function roomOf(path: string): string | undefined {
  const parts = path.split('/');
  return parts.length > 2 ? parts[1] : undefined;
}

interface Edge {
  readonly from: string;
  readonly to: string;
}

function edges(files: readonly SourceFile[]): Edge[] {
  return inSrc(files).flatMap(({ path, text }) =>
    importsOf(text).flatMap((specifier) => {
      const to = target(path, specifier);
      return to === undefined ? [] : [{ from: path, to }];
    }),
  );
}

/** Imports that the graph does not allow, and rooms that are not in it. */
export function dependencyProblems(files: readonly SourceFile[], graph: RoomGraph): string[] {
  const rooms = new Set(inSrc(files).flatMap((f) => roomOf(f.path) ?? []));
  const unknown = [...rooms]
    .filter((room) => graph[room] === undefined)
    .map((room) => `src/${room}: not in the table of rooms (test/house/rooms.ts): say there what it may import`);
  const forbidden = edges(files).flatMap(({ from, to }) => {
    const [room, other] = [roomOf(from), roomOf(to)];
    if (room === undefined || room === other) return [];
    const allowed = graph[room];
    if (allowed === undefined || allowed === 'ANY' || (other !== undefined && allowed.includes(other))) return [];
    return [`${from}: imports ${to}; ${room} may import ${allowed.length === 0 ? 'no room' : allowed.join(', ')}`];
  });
  return [...unknown, ...forbidden];
}

/** Only the registry names backends: every other import from outside of a backend's folder. */
export function backendProblems(files: readonly SourceFile[]): string[] {
  const backend = (path: string) => /^src\/hal\/([^/]+)\/./.exec(path)?.[1];
  return edges(files)
    .filter(({ from, to }) => backend(to) !== undefined && backend(from) !== backend(to))
    .filter(({ from }) => from !== 'src/hal/registry.ts')
    .map(({ from, to }) => `${from}: imports ${to}; only src/hal/registry.ts may name a backend`);
}

/** Circles of rooms that import each other, by what the files do, whatever the table allows. */
export function roomCycleProblems(files: readonly SourceFile[]): string[] {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of edges(files)) {
    const [a, b] = [roomOf(from), roomOf(to)];
    if (a === undefined || b === undefined || a === b) continue;
    next.set(a, (next.get(a) ?? new Set()).add(b));
  }
  const reaches = (from: string, goal: string, seen: Set<string>): boolean =>
    [...(next.get(from) ?? [])].some((room) => {
      if (room === goal) return true;
      if (seen.has(room)) return false;
      return reaches(room, goal, seen.add(room));
    });
  return [...next.keys()].filter((room) => reaches(room, room, new Set())).map((room) => `src/${room}: imports itself`);
}

/** Files of src that no entry reaches, and scripts that nothing names. */
export function deadFileProblems(files: readonly SourceFile[], entries: readonly string[]): string[] {
  const known = new Set(files.map((f) => f.path));
  const next = new Map<string, string[]>();
  for (const { from, to } of edges(files)) next.set(from, [...(next.get(from) ?? []), to]);
  const live = new Set<string>();
  const visit = (path: string): void => {
    if (live.has(path) || !known.has(path)) return;
    live.add(path);
    for (const other of next.get(path) ?? []) visit(other);
  };
  for (const entry of entries) visit(entry);
  const deadSources = inSrc(files).filter((f) => !live.has(f.path));
  const deadScripts = files.filter(
    ({ path }) =>
      path.startsWith('scripts/') && !files.some((f) => f.path !== path && f.text.includes(path.replace(/^.*\//, ''))),
  );
  return [
    ...deadSources.map((f) => `${f.path}: no entry reaches it (${entries.join(', ')})`),
    ...deadScripts.map((f) => `${f.path}: nothing names it`),
  ];
}

export const isGenerated = (path: string) => path.split('/').includes('generated');

const MAX_COLUMNS = 120;
const CODE = /\.(ts|js|mjs|cc|h|py|v)$/;

/** Too long lines of code, but for generated files and the listed ones. */
export function lineLengthProblems(files: readonly SourceFile[], except: readonly string[]): string[] {
  return files
    .filter((f) => CODE.test(f.path) && !isGenerated(f.path) && !except.includes(f.path))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, i) => {
        return line.length > MAX_COLUMNS ? [`${path}:${i + 1}: ${line.length} columns, at most ${MAX_COLUMNS}`] : [];
      }),
    );
}

/** In pieces, as this file is held to the rule too. */
const PROMISE = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X'.repeat(3)].join('|')})\\b`);

/** Words that put work off; what is open belongs into the tracker, where somebody sees it. */
export function promiseProblems(files: readonly SourceFile[]): string[] {
  return files
    .filter((f) => CODE.test(f.path))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, i) => {
        const word = PROMISE.exec(line)?.[1];
        return word === undefined ? [] : [`${path}:${i + 1}: ${word}: do it or file it`];
      }),
    );
}

const EMPTY_NAME = /^(utils?|common|misc|helpers?|managers?)$/;

/** Names that say nothing of what is inside, and so take in everything. */
export function nameProblems(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path }) => {
    const bad = path.split('/').find((part) => EMPTY_NAME.test(part.replace(/\..*$/, '')));
    return bad === undefined ? [] : [`${path}: '${bad}' does not say what it holds`];
  });
}

const MAX_README_LINES = 60;

/** Rooms without a README, or with one of more than a page. */
export function readmeProblems(files: readonly SourceFile[]): string[] {
  const texts = new Map(files.map((f) => [f.path, f.text]));
  const others = ['native', 'test/oracle', 'bench'].filter((room) => files.some((f) => f.path.startsWith(`${room}/`)));
  const rooms = new Set([...inSrc(files).flatMap((f) => roomOf(f.path) ?? [])].map((room) => `src/${room}`));
  return [...rooms, ...others].flatMap((room) => {
    const text = texts.get(`${room}/README.md`);
    if (text === undefined) return [`${room}: has no README.md`];
    const lines = text.trimEnd().split('\n').length;
    return lines > MAX_README_LINES ? [`${room}/README.md: ${lines} lines, at most ${MAX_README_LINES}`] : [];
  });
}

/** In data/ lie recordings, kept byte for byte. */
export function lastNewlineProblems(files: readonly SourceFile[]): string[] {
  return files
    .filter((f) => f.text !== '' && !f.text.endsWith('\n') && !f.path.startsWith('data/'))
    .map((f) => `${f.path}: does not end in a newline`);
}

const MACHINE_FOLDERS = ['work', 'root', 'home'];
const MACHINE_PATH = new RegExp(`(?<![\\w.~)}>-])/(?:${MACHINE_FOLDERS.join('|')})/`);
/** In pieces, as this file is held to the rule too. */
const REGISTRY_HOSTS = [
  ['registry', 'npmjs'],
  ['registry', 'yarnpkg'],
  ['pypi', 'org'],
  ['pythonhosted', 'org'],
  ['crates', 'io'],
  ['deb', 'debian', 'org'],
  ['proxy', 'golang', 'org'],
].map((parts) => parts.join('.'));

/** Paths and hosts that hold on one machine only. */
export function machineProblems(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => {
      const folder = MACHINE_PATH.exec(line)?.[0];
      const host = REGISTRY_HOSTS.find((name) => line.includes(name));
      return [
        ...(folder === undefined ? [] : [`${path}:${i + 1}: a path of one machine (${folder})`]),
        ...(host === undefined ? [] : [`${path}:${i + 1}: a registry's host (${host})`]),
      ];
    }),
  );
}

/** Download addresses in lock files: they bind every user to the registry that the author had. */
export function lockProblems(files: readonly SourceFile[]): string[] {
  return files
    .filter((f) => /(^|\/)package-lock\.json$/.test(f.path) && f.text.includes('"resolved"'))
    .map((f) => `${f.path}: records download addresses; .npmrc beside it needs omit-lockfile-registry-resolved=true`);
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Packages that nothing uses, and versions that may change by themselves. */
export function packageProblems(manifest: Manifest, files: readonly SourceFile[]): string[] {
  const all = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies };
  const users = files.filter((f) => /\.(ts|js|mjs)$|^binding\.gyp$|^tsconfig\.json$/.test(f.path));
  const uses = (name: string) => {
    const quoted = new RegExp(`['"]${name.replace(/[.*+?^$()[\]{}|\\]/g, '\\$&')}['"/]`);
    return users.some((f) => quoted.test(f.text));
  };
  return Object.entries(all).flatMap(([name, version]) => [
    ...(/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) ? [] : [`package.json: ${name} ${version} is not one exact version`]),
    // Types are used by the name of the package that they describe.
    ...(uses(name.replace(/^@types\//, '')) ? [] : [`package.json: nothing uses ${name}`]),
  ]);
}
