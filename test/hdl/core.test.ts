// Goal: hdl/gatebook.core lists the RTL that there is, in an order that any tool takes.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const core = readFileSync(`${ROOT}hdl/gatebook.core`, 'utf8');
const filesets = core
  .split(/^ {2}\w+:\n {4}file_type: .*$/m)
  .slice(1)
  .map(filesOf);
const listed = filesets.flat();
const verilog = (path: string) => readFileSync(`${ROOT}hdl/${path}`, 'utf8');
const moduleOf = (path: string) => path.replace(/^\w+\/|\.v$/g, '');

function filesOf(text: string): string[] {
  return [...text.matchAll(/^ {6}- ((?:rtl|link|generated)\/\S+\.vh?)\b/gm)].map((match) => match[1] ?? '');
}

describe('gatebook.core', () => {
  it('lists every file of hdl/rtl, hdl/link and hdl/generated', () => {
    const expected = ['rtl', 'link', 'generated'].flatMap((folder) => {
      const there = readdirSync(`${ROOT}hdl/${folder}`).filter((name) => /\.vh?$/.test(name));
      return there.map((name) => `${folder}/${name}`);
    });
    expect([...listed].sort()).toEqual(expected.sort());
  });

  it('lists what is included and what is instantiated before whoever does it', () => {
    const modules = listed.filter((path) => path.endsWith('.v'));
    expect(modules.length).toBeGreaterThan(0);
    for (const files of filesets) {
      const first = files.findIndex((path) => path.endsWith('.v'));
      expect(files.findLastIndex((path) => path.endsWith('.vh'))).toBe(first - 1);
    }
    for (const [i, path] of modules.entries()) {
      const later = modules.slice(i + 1).map(moduleOf);
      const used = later.filter((name) => new RegExp(`^\\s*${name}\\s+(#\\(|u_)`, 'm').test(verilog(path)));
      expect(used, `${path} uses these, which come after it`).toEqual([]);
    }
  });

  it('has the parameters of the tops, and the version of the package', () => {
    const declared = [...core.matchAll(/^ {2}(\w+):\n {4}datatype: int\n {4}paramtype: vlogparam$/gm)].map((m) => m[1]);
    for (const top of ['rtl/gatebook.v', 'rtl/gatebook_axis.v']) {
      const parameters = [...verilog(top).matchAll(/^\s+parameter (\w+) =/gm)].map((match) => match[1]);
      expect(declared, top).toEqual(parameters);
    }
    const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string };
    expect(core).toContain(`name: gatebook:kernel:gatebook:${version}\n`);
  });
});
