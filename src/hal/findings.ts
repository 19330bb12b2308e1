// What is found out about a device without opening it: data, for `doctor` to print and for programs to act on.

export interface Finding {
  /** Stable: a HalErrorCode where it keeps the device from being opened, another name in capitals otherwise. */
  readonly code: string;
  readonly severity: 'ok' | 'warning' | 'error';
  /** One sentence. */
  readonly what: string;
  /** What to do, one sentence or command; left out where nothing is to be done. */
  readonly remedy?: string;
}
