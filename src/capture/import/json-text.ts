import { isUtf8 } from 'node:buffer';
import { type Refusal, shown } from './format.js';

/** A JSON object, or why these bytes are none. */
export function parseJsonObject(bytes: Uint8Array): { readonly value: Record<string, unknown> } | Refusal {
  // JSON.parse would read U+FFFD in place of bad bytes and be content.
  if (!isUtf8(bytes)) return { code: 'BAD_UTF8', reason: 'the line is not UTF-8' };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { code: 'BAD_JSON', reason: `${shown(text)}: ${shown(why)}` };
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { value: value as Record<string, unknown> };
  }
  return { code: 'BAD_JSON', reason: `${shown(text)} is not a JSON object` };
}
