// What every simulated board offers to the process that runs it, whatever it is plugged into.

export interface SimulationStatus {
  /** Clock cycles of the board. */
  readonly cycles: number;
  /** The same as time of the board. */
  readonly simulatedSeconds: number;
  /** Wall time in which the clock ran; it stands still while nothing is under way. */
  readonly runSeconds: number;
  /** In thousandths, as IDENTITY reports it. */
  readonly timeScale: number;
  /** From the host to the board. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface Simulation {
  /** What a host opens: a terminal, or the file of a BAR. */
  readonly port: string;
  /**
   * Runs for about a millisecond.
   * @returns whether anything is under way; where nothing is, the clock of the board may stand still
   * @throws HalError DEVICE_FAULT: the model ended its simulation
   */
  step(): boolean;
  /** Sleeps until the host does something, at most `ms`; blocks the thread. */
  rest(ms: number): void;
  status(): SimulationStatus;
  close(): void;
}
