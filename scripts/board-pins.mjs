// What a pin file places, by the names of ports, and what is wrong with that.

const PATTERNS = {
  '.lpf': /^LOCATE COMP "([^"]+)" SITE "[A-Z]+\d+";/gm,
  '.pcf': /^set_io (?:-pullup (?:yes|no) )?(\S+) [A-Z]*\d+$/gm,
  '.xdc':
    /^set_property (?:PACKAGE_PIN \S+|-dict \{PACKAGE_PIN \S+ [^}]*\}) \[get_ports \{?([^\]}]+(?:\[\d+\])?)\}?\]$/gm,
};

/**
 * @param {string} text of a pin file
 * @param {'.lpf' | '.pcf' | '.xdc'} kind
 * @returns {string[]} names, as in the file
 */
export function placedPorts(text, kind) {
  return [...text.matchAll(PATTERNS[kind])].map(([, name]) => name);
}

/**
 * Ports without a pin, pins without a port, and ports that are placed twice.
 * @param {string[]} ports bits of the top: `led_o[0]`
 * @param {string[]} placed
 */
export function pinProblems(ports, placed) {
  const twice = placed.filter((name, i) => placed.indexOf(name) !== i);
  return [
    ...ports.filter((name) => !placed.includes(name)).map((name) => `port ${name} has no pin`),
    ...placed.filter((name) => !ports.includes(name)).map((name) => `pin file: ${name} is no port of the top`),
    ...twice.map((name) => `pin file: ${name} is placed twice`),
  ];
}

/**
 * @param {{ ports: Record<string, { bits: unknown[] }> }} module a top as yosys writes it
 * @returns {string[]} its bits
 */
export function portBits({ ports }) {
  return Object.entries(ports).flatMap(([name, { bits }]) => {
    return bits.length === 1 ? [name] : bits.map((_, i) => `${name}[${i}]`);
  });
}
