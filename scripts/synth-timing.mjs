// Reads what nextpnr reports: the clock that was reached, and the path that limits it, in names of the sources.

/**
 * @typedef {object} Path
 * @property {string} from register or memory that it leaves
 * @property {string} to register or memory that it enters, with the port
 * @property {number} ns in all
 * @property {number} logicNs of it in cells, set-up included
 * @property {number} routingNs of it between them
 * @property {number} cells passed between the ends
 * @property {string[]} through nets of the sources on the way
 */

/** @returns {number} MHz of the one clock of the design */
export function clockOf(report) {
  const clocks = Object.values(report.fmax);
  if (clocks.length !== 1) throw new Error(`one clock was expected, not ${clocks.length}`);
  return clocks[0].achieved;
}

/**
 * @param {object} report nextpnr's JSON
 * @param {object} netlist module: top of the mapped design, as yosys wrote it; names: of sourceNames; family: of
 *   FAMILIES
 * @returns {Path}
 */
export function criticalPath(report, netlist) {
  const path = report.critical_paths.find(({ from, to }) => /^posedge/.test(from) && /^posedge/.test(to));
  const hops = path.path;
  const sum = (wanted) => hops.reduce((total, hop) => total + ((hop.type === 'routing') === wanted ? hop.delay : 0), 0);
  const last = hops[hops.length - 1].to;
  const steps = hops.filter((hop) => hop.type === 'logic').length;
  return {
    from: startName(hops, netlist),
    to: endName(last, netlist),
    ns: rounded(sum(true) + sum(false)),
    logicNs: rounded(sum(false)),
    routingNs: rounded(sum(true)),
    cells: steps,
    through: passed(hops, netlist),
  };
}

const rounded = (ns) => Number(ns.toFixed(2));

/** nextpnr names a net after one of its names; ours is another one of the same bit. */
function netName(net, { module, names }) {
  const entry = module.netnames[net] ?? module.netnames[net.replace(/\[\d+\]$/, '')];
  if (entry === undefined) return undefined;
  const index = Number(/\[(\d+)\]$/.exec(net)?.[1] ?? 0) - (entry.offset ?? 0);
  return names.get(entry.bits[entry.bits.length === 1 ? 0 : index]);
}

const isMemory = (cell, { family, module }) => {
  const type = module.cells[cell.replace(/\$.*$/, '')]?.type;
  return type !== undefined && family.memoryCell.test(type);
};

const memoryName = (cell) => cell.replace(/(\.\d+)+(\$.*)?$/, '');

function startName(hops, netlist) {
  const { cell } = hops[0].from;
  if (isMemory(cell, netlist)) return memoryName(cell);
  const net = hops.find((hop) => hop.net !== undefined)?.net;
  return (net && netName(net, netlist)) ?? stripped(cell);
}

function endName({ cell, port }, netlist) {
  const { module, names, family } = netlist;
  if (isMemory(cell, netlist)) return `${memoryName(cell)} (${port})`;
  const own = cell.replace(/(_DFFLC|_LC|\$.*)$/, '');
  const found = module.cells[own];
  const output = found?.connections[family.registerOutput] ?? registerBehind(found, netlist);
  return names.get(output?.[0]) ?? stripped(cell);
}

/** The iCE40 packs a register with the table before it and names both after the table. */
function registerBehind(cell, { module, family }) {
  const bit = cell?.connections.O?.[0];
  const register = Object.values(module.cells).find((each) => {
    return family.flipFlop.test(each.type) && each.connections.D?.[0] === bit;
  });
  return bit === undefined ? undefined : register?.connections[family.registerOutput];
}

/** Without what mappers append: `x_LUT4_Z_1` is `x`. */
const stripped = (name) =>
  name.replace(/_(LUT4|CCU2C|PFUMX|L6MUX21|TRELLIS_FF|SB_[A-Z0-9]+|MULT18X18D)(_.*|\$.*)?$/, '');

/** Nets of the sources on the way, each vector once. */
function passed(hops, netlist) {
  const nets = hops.flatMap((hop) => (hop.type === 'routing' && hop.net !== undefined ? [hop.net] : []));
  const found = nets.slice(1).map((net) => netName(net, netlist)?.replace(/\[\d+\]$/, ''));
  return [...new Set(found.filter((name) => name !== undefined))];
}
