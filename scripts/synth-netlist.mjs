// Holds a netlist against the sources: a figure counts only if everything that was written is still in what was placed.
// Three stages of a design, each as yosys writes it with `write_json`: elaborated (modules, nothing optimised), coarse
// (flat, memories still whole) and mapped (cells of the part).

/**
 * @typedef {object} Instance
 * @property {string} path of instance names, joined by dots; '' for the top
 * @property {string} module as in the sources
 * @property {{ name: string, bits: number }[]} memories
 * @property {{ name: string, bits: (number | string)[] }[]} nets of the sources
 * @property {number} registers of the sources, in bits
 */

/** Registers that are always equal, and a profile of constants, take some away; a constant input takes all. */
const LEAST_SHARE = 0.6;
/** Of fewer bits, a few constant ones are a large share. */
const FEW_REGISTERS = 16;
const VERY_FEW_REGISTERS = 4;

/** Registers of the profile: constants, once the profile is. */
const TIED = /^limit_/;

const NONE = () => false;

const bitsOf = (binary) => Number.parseInt(binary, 2);

/** @returns {Instance[]} the top first, then everything below it */
export function instancesOf(elaborated, top) {
  const all = [];
  const visit = (name, path, outside) => {
    const module = elaborated.modules[name];
    // A bit of a port is the bit outside; every other one is new.
    const flat = (bit) => (typeof bit === 'number' ? (outside.get(bit) ?? `${path}:${bit}`) : undefined);
    const cells = Object.entries(module.cells);
    all.push({
      path,
      module: module.attributes.hdlname ?? name,
      memories: Object.entries(module.memories ?? {}).map(([id, m]) => ({ name: id, bits: m.width * m.size })),
      nets: Object.entries(module.netnames).flatMap(([id, net]) => {
        return net.hide_name ? [] : [{ name: join(path, id), bits: net.bits.map(flat) }];
      }),
      registers: namedRegisters(module),
    });
    for (const [id, cell] of cells) {
      const inner = elaborated.modules[cell.type];
      if (inner === undefined) continue;
      const ports = Object.entries(inner.ports).flatMap(([port, { bits }]) => {
        return bits.map((bit, i) => [bit, flat(cell.connections[port]?.[i])]);
      });
      visit(cell.type, join(path, id), new Map(ports.filter(([, bit]) => bit !== undefined)));
    }
  };
  visit(top, '', new Map());
  return all;
}

/**
 * Bits of registers that have a name of the sources. Others hold the write ports of memories, or locals of functions.
 */
function namedRegisters(module) {
  const named = new Set(
    Object.entries(module.netnames).flatMap(([id, net]) => {
      return net.hide_name || id.includes('$') || TIED.test(id) ? [] : net.bits;
    }),
  );
  const outputs = Object.values(module.cells).flatMap((cell) => (/^\$a?dff/.test(cell.type) ? cell.connections.Q : []));
  return outputs.filter((bit) => named.has(bit)).length;
}

const join = (path, name) => (path === '' ? name : `${path}.${name}`);

/** Names of the sources, and those that yosys made up and marked when it flattened: `$flatten\\u_a.\\u_b.$rom`. */
const plainName = (id) => id.replace(/^\$flatten/, '').replaceAll('\\', '');

/** Memories of the flat design, as long as they are whole: bits by path. */
export function wholeMemories(coarse, top) {
  const memories = new Map();
  for (const cell of Object.values(coarse.modules[top].cells)) {
    if (!cell.type.startsWith('$mem')) continue;
    const { MEMID, WIDTH, SIZE } = cell.parameters;
    memories.set(plainName(MEMID), bitsOf(WIDTH) * bitsOf(SIZE));
  }
  return memories;
}

/** Number of cells of each type. */
export function cellCounts(mapped, top) {
  const counts = {};
  for (const { type } of Object.values(mapped.modules[top].cells)) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** The instance that owns a path: the longest one that it begins with. */
function ownerOf(paths, name) {
  for (let at = name.lastIndexOf('.'); at > 0; at = name.lastIndexOf('.', at - 1)) {
    const path = name.slice(0, at);
    if (paths.has(path)) return path;
  }
  return '';
}

const WORTH = { q: 300, o: 200, i: 0 };

/** Where a name says most: a register, then an output, then any wire but an input, and the deepest of each. */
function worth(name) {
  const suffix = /_([qoi])(\[\d+\])?$/.exec(name)?.[1];
  return (suffix === undefined ? 100 : WORTH[suffix]) + name.split('.').length;
}

/** Every name of a bit of the sources, with the best name of that bit: `outputs[48]` is `u_ladder.a3_leaf_q[4]`. */
function bestNames(instances) {
  const best = new Map();
  const all = [];
  for (const { name, bits } of instances.flatMap(({ nets }) => nets)) {
    for (const [i, bit] of bits.entries()) {
      if (bit === undefined) continue;
      const label = bits.length === 1 ? name : `${name}[${i}]`;
      all.push([label, bit]);
      if (!best.has(bit) || worth(label) > worth(best.get(bit))) best.set(bit, label);
    }
  }
  return new Map(all.map(([label, bit]) => [label, best.get(bit)]));
}

/** Names of the sources for the bits of the flat netlist. */
export function sourceNames(mapped, top, instances) {
  const best = bestNames(instances);
  const names = new Map();
  for (const [name, net] of Object.entries(mapped.modules[top].netnames)) {
    for (const [i, bit] of net.bits.entries()) {
      const label = best.get(net.bits.length === 1 ? name : `${name}[${i}]`);
      const old = names.get(bit);
      if (label !== undefined && (old === undefined || worth(label) > worth(old))) names.set(bit, label);
    }
  }
  return names;
}

/** What of each instance is left: registers in bits, and cells of memories. */
function leftOf({ mapped, top, family, instances, names }) {
  const paths = new Set(instances.map((each) => each.path));
  const left = new Map([...paths].map((path) => [path, { registers: 0, memoryCells: 0 }]));
  for (const [id, cell] of Object.entries(mapped.modules[top].cells)) {
    if (family.memoryCell.test(cell.type)) left.get(ownerOf(paths, plainName(id))).memoryCells += 1;
    if (!family.flipFlop.test(cell.type)) continue;
    const name = names.get(cell.connections[family.registerOutput]?.[0]) ?? plainName(id);
    left.get(ownerOf(paths, name)).registers += 1;
  }
  return left;
}

/**
 * @param {object} design elaborated, coarse, mapped: as above; top; family: of FAMILIES; expected: names of modules
 *   that must be there; leastMemoryBits: that these parameters cannot do without; excused: whether the instance at a
 *   path may have lost what it had
 * @returns {{ problems: string[], modules: object[], memories: object[], names: Map<number, string> }}
 */
export function checkNetlist({ elaborated, coarse, mapped, top, family, expected, leastMemoryBits, excused = NONE }) {
  const instances = instancesOf(elaborated, top);
  const names = sourceNames(mapped, top, instances);
  const left = leftOf({ mapped, top, family, instances, names });
  const whole = wholeMemories(coarse, top);
  const problems = [];
  const there = new Set(instances.map((each) => each.module));
  for (const module of expected) if (!there.has(module)) problems.push(`module ${module} is not in the design`);
  const memories = [];
  for (const { path, memories: own } of instances) {
    for (const { name, bits } of own) {
      const kept = whole.get(join(path, name)) ?? 0;
      memories.push({ name: join(path, name), bits, kept });
      if (kept !== bits && !excused(path))
        problems.push(`memory ${join(path, name)}: ${kept} of ${bits} bits are left`);
    }
  }
  const total = memories.reduce((sum, memory) => sum + memory.kept, 0);
  if (total < leastMemoryBits)
    problems.push(`memories hold ${total} bits, less than the ${leastMemoryBits} of the sizes`);
  const modules = instances.map(({ path, module, registers, memories: own }) => {
    const { registers: kept, memoryCells } = left.get(path);
    // The output register of a memory becomes part of its cells.
    const few = registers >= VERY_FEW_REGISTERS ? 1 : 0;
    const least = registers >= FEW_REGISTERS ? LEAST_SHARE * registers : few;
    // A memory that yosys made of a `case` has cells that are named after what they feed: it counts while it is whole.
    const table = own.some(({ name }) => name.startsWith('$') && (whole.get(join(path, name)) ?? 0) > 0);
    const vanished = own.length > 0 ? kept + memoryCells === 0 && !table : kept < least;
    if (vanished && !excused(path))
      problems.push(`${module} (${path}) was trimmed: ${kept} of ${registers} register bits are left`);
    return { path, module, registers, kept, memory_cells: memoryCells };
  });
  return { problems, modules, memories, names };
}
