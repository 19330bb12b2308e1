// Goal: each rule of the house can fail. A rule that accepts everything looks just like a tidy project.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './project.js';
import type { RoomGraph, SourceFile } from './rules.js';
import * as rules from './rules.js';

const GRAPH: RoomGraph = { contract: [], kernel: ['contract'], hal: ['contract', 'kernel'], cli: 'ANY' };

const file = (path: string, text = ''): SourceFile => ({ path, text });
const importing = (path: string, ...targets: string[]) =>
  file(path, targets.map((target) => `import { x } from '${target}';\n`).join(''));

describe('imports', () => {
  it('are found in every form', () => {
    const text = [
      "import type { A } from './a.js';",
      "import {\n  b,\n  type B,\n} from './b.js';",
      "export * from './c.js';",
      "import './d.js';",
      "const e = await import('./e.js');",
    ].join('\n');
    expect(rules.importsOf(text).sort()).toEqual(['./a.js', './b.js', './c.js', './d.js', './e.js']);
  });

  it('that the graph does not allow are named', () => {
    const bad = importing('src/kernel/x.ts', '../hal/device.js', '../contract/derive.js', './y.js', 'zod');
    expect(rules.dependencyProblems([bad], GRAPH)).toEqual([
      'src/kernel/x.ts: imports src/hal/device.ts; kernel may import contract',
    ]);
    expect(rules.dependencyProblems([importing('src/contract/x.ts', '../kernel/y.js')], GRAPH)).toHaveLength(1);
    expect(rules.dependencyProblems([importing('src/kernel/x.ts', '../index.js')], GRAPH)).toHaveLength(1);
    expect(rules.dependencyProblems([importing('src/cli/x.ts', '../hal/device.js')], GRAPH)).toEqual([]);
  });

  it('of a room that is not in the table fail by its name', () => {
    expect(rules.dependencyProblems([file('src/attic/x.ts')], GRAPH).join()).toContain('src/attic: not in the table');
  });

  it('of a backend come from the registry only', () => {
    expect(rules.backendProblems([importing('src/hal/lifecycle.ts', './native/native-backend.js')])).toHaveLength(1);
    expect(rules.backendProblems([importing('src/cli/demo.ts', '../hal/software/backend.js')])).toHaveLength(1);
    expect(rules.backendProblems([importing('src/hal/software/a.ts', '../native/b.js')])).toHaveLength(1);
    expect(rules.backendProblems([importing('src/hal/registry.ts', './native/native-backend.js')])).toEqual([]);
    expect(rules.backendProblems([importing('src/hal/native/a.ts', './b.js', '../device.js')])).toEqual([]);
  });

  it('in a circle of rooms are named', () => {
    const circle = [importing('src/a/x.ts', '../b/x.js'), importing('src/b/x.ts', '../c/x.js')];
    expect(rules.roomCycleProblems(circle)).toEqual([]);
    const closed = [...circle, importing('src/c/y.ts', '../a/z.js')];
    expect(rules.roomCycleProblems(closed)).toHaveLength(3);
  });
});

describe('files', () => {
  it('that nothing reaches are named', () => {
    const files = [
      importing('src/cli/main.ts', '../kernel/live.js'),
      file('src/kernel/live.ts'),
      file('src/kernel/dead.ts'),
      file('package.json', '{"start": "node scripts/live.mjs"}'),
      file('scripts/live.mjs'),
      file('scripts/dead.mjs', 'dead.mjs names itself'),
    ];
    const problems = rules.deadFileProblems(files, ['src/cli/main.ts']);
    expect(problems.map((p) => p.split(':')[0])).toEqual(['src/kernel/dead.ts', 'scripts/dead.mjs']);
  });

  it('with names that say nothing are named', () => {
    for (const path of [
      'src/utils/x.ts',
      'src/kernel/helpers.ts',
      'native/common.h',
      'src/hal/Manager/x.ts'.toLowerCase(),
    ]) {
      expect(rules.nameProblems([file(path)])).toHaveLength(1);
    }
    expect(rules.nameProblems([file('src/kernel/common-ladder.ts')])).toEqual([]);
  });

  it('end in a newline', () => {
    expect(rules.lastNewlineProblems([file('a.md', 'text')])).toHaveLength(1);
    expect(rules.lastNewlineProblems([file('a.md', 'text\n'), file('empty'), file('data/a.json', '[]')])).toEqual([]);
  });

  it('of a room include a README of a page', () => {
    expect(rules.readmeProblems([file('src/kernel/x.ts')])).toEqual(['src/kernel: has no README.md']);
    expect(rules.readmeProblems([file('native/x.cc')])).toEqual(['native: has no README.md']);
    const long = file('src/kernel/README.md', 'line\n'.repeat(61));
    expect(rules.readmeProblems([file('src/kernel/x.ts'), long])).toHaveLength(1);
    expect(rules.readmeProblems([file('src/kernel/x.ts'), file('src/kernel/README.md', 'line\n'.repeat(60))])).toEqual(
      [],
    );
  });
});

describe('lines', () => {
  it('that are too long are named, generated ones excepted', () => {
    const long = `${'x'.repeat(121)}\n`;
    for (const path of ['src/a.ts', 'native/a.cc', 'native/a.h', 'a.py', 'a.v', 'a.mjs']) {
      expect(rules.lineLengthProblems([file(path, `ok\n${long}`)], [])).toEqual([
        `${path}:2: 121 columns, at most 120`,
      ]);
    }
    expect(rules.lineLengthProblems([file('native/generated/a.h', long), file('a.md', long)], [])).toEqual([]);
    expect(rules.lineLengthProblems([file('src/a.ts', long)], ['src/a.ts'])).toEqual([]);
    expect(rules.lineLengthProblems([file('src/a.ts', 'x'.repeat(120))], [])).toEqual([]);
  });

  it('that put work off are named', () => {
    for (const word of ['TO' + 'DO', 'FIX' + 'ME', 'X'.repeat(3)]) {
      expect(rules.promiseProblems([file('native/a.cc', `// ${word}: later\n`)])).toHaveLength(1);
    }
    expect(rules.promiseProblems([file('a.ts', 'const template = "XXXXXX";\n')])).toEqual([]);
  });

  it('that hold on one machine only are named', () => {
    for (const folder of ['work', 'root', 'home']) {
      expect(rules.machineProblems([file('a.md', `see \`/${folder}/x\`\n`)])).toHaveLength(1);
    }
    expect(rules.machineProblems([file('a.md', ['https://registry', 'npmjs', 'org/x'].join('.'))])).toHaveLength(1);
    expect(rules.machineProblems([file('a.md', 'docs/work/x, ../home/y\n')])).toEqual([]);
  });
});

describe('packages', () => {
  it('have locks without addresses', () => {
    expect(rules.lockProblems([file('package-lock.json', '{"resolved": "x"}')])).toHaveLength(1);
    expect(rules.lockProblems([file('test/peer/package-lock.json', '{"resolved": "x"}')])).toHaveLength(1);
    expect(rules.lockProblems([file('package-lock.json', '{"version": "1"}')])).toEqual([]);
  });

  it('are pinned to one version and used', () => {
    const users = [importing('src/a.ts', 'zod', '@scope/x/deep.js')];
    const manifest = (dependencies: Record<string, string>) => ({ dependencies });
    expect(rules.packageProblems(manifest({ zod: '^4.0.0' }), users)).toHaveLength(1);
    expect(rules.packageProblems(manifest({ zod: '4.x' }), users)).toHaveLength(1);
    expect(rules.packageProblems(manifest({ 'left-pad': '1.0.0' }), users)).toEqual([
      'package.json: nothing uses left-pad',
    ]);
    const devDependencies = { unused: '1.0.0' };
    expect(rules.packageProblems({ devDependencies }, users)).toHaveLength(1);
    expect(
      rules.packageProblems(manifest({ zod: '4.0.0', '@scope/x': '1.0.0-rc.1', '@types/zod': '1.0.0' }), users),
    ).toEqual([]);
  });
});

// The linter holds the rest; this shows that its rules are on, for the folders where they should be.
describe('the linter', () => {
  const long = `export function long(): void {\n${'  console.log(1);\n'.repeat(101)}}\n`;
  const SAMPLES: Readonly<Record<string, readonly [path: string, text: string]>> = {
    noExplicitAny: ['src/kernel/any.ts', 'export const x: any = 1;\n'],
    noDefaultExport: ['src/kernel/default.ts', 'export default 1;\n'],
    noExcessiveLinesPerFunction: ['src/kernel/long.ts', long],
    noNonNullAssertion: ['src/kernel/assert.ts', 'export const f = (x?: string): string => x!;\n'],
    noFocusedTests: ['test/only.test.ts', "it.only('x', () => {});\n"],
    noSkippedTests: ['test/skip.test.ts', "it.skip('x', () => {});\n"],
    'noSkippedTests of a suite': ['test/suite.test.ts', "describe.skip('x', () => {});\n"],
    nothing: ['src/kernel/good.ts', 'export const x = 1;\n'],
  };
  const found = new Map<string, string[]>();

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'gatebook-lint-'));
    for (const name of ['biome.json', '.gitignore']) cpSync(join(ROOT, name), join(folder, name));
    for (const [path, text] of Object.values(SAMPLES)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
    const { stdout } = spawnSync(process.execPath, [biome, 'lint', '--reporter=json'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const report = JSON.parse(stdout) as {
      diagnostics: { severity: string; category: string; location: { path: string } }[];
    };
    for (const { severity, category, location } of report.diagnostics) {
      if (severity !== 'error') continue;
      found.set(location.path, [...(found.get(location.path) ?? []), category.replace(/^.*\//, '')]);
    }
    rmSync(folder, { recursive: true });
  });

  for (const [rule, [path]] of Object.entries(SAMPLES)) {
    it(`refuses ${rule} in ${path}`, () => {
      expect(found.get(path) ?? []).toEqual(rule === 'nothing' ? [] : [rule.split(' ')[0]]);
    });
  }
});
