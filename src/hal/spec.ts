// Specs of devices as text: what stands between commas may itself hold commas, in parentheses.
import { HalError } from './errors.js';

/**
 * Cuts at the commas outside of parentheses.
 * @throws HalError ARGUMENT_INVALID where parentheses do not match
 */
export function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')') depth -= 1;
    else if (text[at] === ',' && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
    if (depth < 0) break;
  }
  if (depth !== 0) throw new HalError('ARGUMENT_INVALID', `'${text}': the parentheses do not match`);
  return [...parts, text.slice(from)];
}

/** `(text)` without its parentheses; other text as it is. */
export function unwrap(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  const inner = text.slice(1, -1);
  let depth = 0;
  for (const letter of inner) {
    if (letter === '(') depth += 1;
    else if (letter === ')') depth -= 1;
    // `(a),(b)`: the first parenthesis ends before the last.
    if (depth < 0) return text;
  }
  return inner;
}

/**
 * A list of specs. An option, as in `verilator:sim,stall=25`, belongs to the spec before it; a spec with other commas
 * stands in parentheses: `software,(supervised:native,software)`.
 * @throws HalError ARGUMENT_INVALID
 */
export function splitSpecs(text: string): string[] {
  const specs: string[] = [];
  for (const part of splitAtCommas(text)) {
    if (/^[a-z-]+=/.test(part) && specs.length > 0) specs.push(`${specs.pop()},${part}`);
    else specs.push(part);
  }
  return specs.map(unwrap);
}
