// Faults for trying out the comparison: they change what the second engine does or says, never the comparison.

/** What each fault does, once, to the second engine. */
export const FAULTS = {
  'event-bit-flip': 'one bit of one event',
  'event-drop': 'one event is not given',
  'event-duplicate': 'one event is given twice',
  'event-swap': 'two events change places',
  'command-bit-flip': 'one bit of one command',
  'command-drop': 'one command does not arrive',
  'command-duplicate': 'one command arrives twice',
  'state-size': 'the size of one level',
  'state-fee': 'the fee rate of one book',
  'state-threshold': 'a threshold of one armed basket',
  'state-leg': 'the outcome of one leg',
  'state-fair': 'the fair value of one book',
  'state-mask': 'the mask of one book or basket',
  'state-row': 'the published row of a book that is dirty',
} as const;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];
