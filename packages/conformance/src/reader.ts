import type { ServiceInstance, ServiceSnapshot, Watcher } from '@rollcall/core';
import { assertFollows } from './watch-laws.ts';

/** Reads a watcher without pause and keeps what it saw. Every snapshot is held against the one before it (W1–W5). */
export class Reader {
  readonly watcher: Watcher;
  readonly snapshots: ServiceSnapshot[] = [];
  /** How the reading ended: undefined while it goes on. */
  ended: { readonly error?: unknown } | undefined;
  #violation: unknown;

  constructor(watcher: Watcher) {
    this.watcher = watcher;
    void this.#pump();
  }

  /** The newest snapshot. Throws the first broken law, if one was broken on the way here. */
  get last(): ServiceSnapshot | undefined {
    this.check();
    return this.snapshots.at(-1);
  }

  /** Ids of the newest set; undefined before the first. */
  get ids(): readonly string[] | undefined {
    return this.last?.instances.map((instance) => instance.id);
  }

  get instances(): readonly ServiceInstance[] {
    return this.last?.instances ?? [];
  }

  /** Throws the first law that a snapshot broke. */
  check(): void {
    if (this.#violation !== undefined) throw this.#violation;
  }

  async #pump(): Promise<void> {
    try {
      for await (const snapshot of this.watcher) {
        try {
          assertFollows(this.snapshots.at(-1), snapshot);
        } catch (error) {
          // No step further: a watch that yields the same again and again would never let go.
          this.#violation = error;
          break;
        }
        this.snapshots.push(snapshot);
      }
      this.ended = {};
    } catch (error) {
      this.ended = { error };
    }
  }
}
