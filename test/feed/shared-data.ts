// Recordings that are not part of the repository: tests that need them are skipped by name where they are absent.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const folder = new URL('../../../shared/data/', import.meta.url);

export function hasSharedData(name: string): boolean {
  return existsSync(fileURLToPath(new URL(name, folder)));
}

/** The file, unpacked when its name ends in .gz. */
export function sharedData(name: string): Buffer {
  const bytes = readFileSync(new URL(name, folder));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** For the title of a test that cannot run. */
export function notRun(title: string, name: string): string {
  return hasSharedData(name) ? title : `NOT RUN: ${title}: no ${name} beside the repository`;
}

/** Lines of a text file without their newlines, as views. */
export function lines(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end < 0 ? bytes.length : end;
    found.push(bytes.subarray(start, stop));
    start = stop + 1;
  }
  return found;
}
