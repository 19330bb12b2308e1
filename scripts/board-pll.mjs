// What a routed ECP5 says of its PLLs. Charge pump and loop filter are words that a router without the attributes of
// its cell leaves at 0: no report shows it, and whether the PLL then locks is chance.

/** Words of a PLL that are never 0, as Project Trellis names them. */
const NEVER_ZERO = ['ICP_CURRENT', 'LPF_RESISTOR'];

/**
 * @param {string} config as nextpnr-ecp5 writes it with --textcfg
 * @returns {string[]} what is wrong; nothing where there is no PLL
 */
export function pllProblems(config) {
  return NEVER_ZERO.flatMap((name) => {
    const words = [...config.matchAll(new RegExp(`^word: ${name} ([01]+)$`, 'gm'))];
    const zero = words.filter(([, bits]) => !bits.includes('1'));
    return zero.map(() => `${name} of a PLL is routed as 0: its cell lacks the attribute`);
  });
}
