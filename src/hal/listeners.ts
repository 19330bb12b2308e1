// Who receives events. One listener's mistake is neither another's nor the device's.
import type { EventListener } from './device.js';

interface Registration {
  readonly listener: EventListener;
  active: boolean;
}

export class Listeners {
  /** Replaced, never changed: a delivery under way keeps the list it began with. */
  private registrations: readonly Registration[] = [];
  private depth = 0;

  /** onError: told what a listener threw; the delivery goes on. */
  constructor(private readonly onError: (error: unknown) => void) {}

  /** True while a listener is running. */
  get delivering(): boolean {
    return this.depth > 0;
  }

  /** The same function may be added twice and is then called twice; each removal takes away one of them. */
  add(listener: EventListener): () => void {
    const registration: Registration = { listener, active: true };
    this.registrations = [...this.registrations, registration];
    return () => {
      registration.active = false;
      this.registrations = this.registrations.filter((r) => r !== registration);
    };
  }

  /** Whoever is removed while a delivery runs is not called any more; whoever is added then starts with the next. */
  deliver(events: Uint8Array): void {
    this.depth += 1;
    for (const registration of this.registrations) {
      if (!registration.active) continue;
      try {
        registration.listener(events);
      } catch (error) {
        this.onError(error);
      }
    }
    this.depth -= 1;
  }

  clear(): void {
    for (const registration of this.registrations) registration.active = false;
    this.registrations = [];
  }
}
