// The last so many round trips, and their percentiles.
const KEPT = 1024;

export class RoundTrips {
  private readonly times = new Float64Array(KEPT);
  private count = 0;

  add(us: number): void {
    this.times[this.count % KEPT] = us;
    this.count += 1;
  }

  /** Of the last ones; 0 while there is none. */
  percentiles(): { readonly p50: number; readonly p99: number } {
    const sorted = this.times.slice(0, Math.min(this.count, KEPT)).sort();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { p50: at(0.5), p99: at(0.99) };
  }
}
