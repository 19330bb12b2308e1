// Which backends a CI run must have run. One that is required and missing is a failure, not a skip.
export const REQUIRED_IN_CI: readonly string[] = ['software', 'native', 'verilator', 'serial', 'pcie', 'supervised'];
