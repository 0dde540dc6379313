import type { Clock } from '@rollcall/core/driver';
import type { StoredAt } from '../agent/consul-api.ts';

/** Core opens a watch that broke again at once: what nobody has asked for in so long, nobody watches any more. */
const keptForMs = 60_000;

interface Kept {
  readonly entries: readonly StoredAt[];
  readonly at: number;
}

/** What watches that broke had shown: opened again, they must not show less for lack of rights (W6, W8). */
export class WatchMemory {
  readonly #clock: Clock;
  /** By service, oldest first. */
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(service: string, entries: readonly StoredAt[]): void {
    this.#forgetOld();
    this.#kept.delete(service);
    this.#kept.set(service, { entries, at: this.#clock.now() });
  }

  /** What the last watch of a service had shown, if it broke just now. It is forgotten here. */
  take(service: string): readonly StoredAt[] {
    this.#forgetOld();
    const entries = this.#kept.get(service)?.entries ?? [];
    this.#kept.delete(service);
    return entries;
  }

  #forgetOld(): void {
    for (const [service, { at }] of this.#kept) {
      if (this.#clock.now() - at < keptForMs) return;
      this.#kept.delete(service);
    }
  }
}
