// Text that a device says of itself: it goes to terminals and into messages.

/** The text of a field of `bytes` bytes at `at`, padded with 0; what is not printable ASCII is left out. */
export function deviceText(from: Uint8Array, at: number, bytes: number): string {
  const text = Buffer.from(from.subarray(at, at + bytes)).toString('latin1');
  return text.replace(/\0.*$/s, '').replace(/[^ -~]/g, '');
}
