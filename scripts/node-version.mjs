// Says so when Node is too old. Only old syntax here and in whoever imports it: it must load where the rest does not.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the package. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * @param {string} version of Node, as in process.versions.node
 * @param {string} range as in package.json: ">=" and a version
 * @returns {string | undefined} why this Node will not do
 */
export function nodeProblem(version, range) {
  const least = /^>=(\d+)\.(\d+)/.exec(range);
  const have = /^(\d+)\.(\d+)/.exec(version);
  if (!least || !have) return `cannot compare Node ${version} with "${range}" of package.json`;
  const enough = +have[1] > +least[1] || (+have[1] === +least[1] && +have[2] >= +least[2]);
  return enough ? undefined : `gatebook needs Node ${least[1]}.${least[2]} or later, this is Node ${version}`;
}

/** Ends the process with status 1 where Node is too old. */
export function requireNode() {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const problem = nodeProblem(process.versions.node, manifest.engines.node);
  if (problem === undefined) return;
  console.error(problem);
  process.exit(1);
}
