import { describeCall } from '../driver/call-failure.ts';
import { RegistryError } from '../errors/registry-error.ts';
import type { ServiceInstance } from '../instance/instance.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import type { Sleeper } from '../time/sleeper.ts';
import type { KeptLease } from './kept-lease.ts';
import type { LeaseEvent } from './lease-state.ts';

/** What a write is called in messages. */
const action = 'update the instance';

/** Whoever owns the entry that is written. */
export interface WritesListener {
  /** A write found that the entry is gone or somebody else's. */
  leaseEvent(event: LeaseEvent): void;
}

/**
 * The owner's newest instance, and the way it gets to the backend (R5): one write at a time, always of the newest, so that
 * several updates that wait become one; written again with each renewal until the backend holds it.
 */
export class InstanceWrites {
  readonly #parts: RegistryParts;
  readonly #listener: WritesListener;
  /** Made for the first that waits. */
  #waiting: Set<UpdateWait> | undefined;
  #newest: ServiceInstance;
  /** Counts the owner's changes; the backend holds what it was at `#held`. */
  #version = 0;
  #held = 0;
  /** `queued`: it waits for a place in flight. */
  #write: 'none' | 'entering' | 'queued' | 'sent' = 'none';
  #queuedAt = 0;

  constructor(parts: RegistryParts, instance: ServiceInstance, listener: WritesListener) {
    this.#parts = parts;
    this.#newest = instance;
    this.#listener = listener;
  }

  /** What the owner wants the entry to be. */
  get newest(): ServiceInstance {
    return this.#newest;
  }

  get version(): number {
    return this.#version;
  }

  /** Whether the backend holds the newest instance, as far as it has said. */
  get isHeld(): boolean {
    return this.#held === this.#version;
  }

  /** The owner wants another instance from now on. */
  replace(instance: ServiceInstance): void {
    this.#newest = instance;
    this.#version += 1;
  }

  /**
   * Writes the newest instance under `lease`; without one, a re-registration will. Resolves when the backend holds the instance
   * as it is now; rejects when a write of it fails or the call's bound passes.
   */
  store(lease: KeptLease | undefined): Promise<void> {
    const { clock, callTimeoutMs } = this.#parts;
    return new Promise((resolve, reject) => {
      const wait: UpdateWait = {
        dueAt: Infinity,
        queuedAt: Infinity,
        version: this.#version,
        boundAt: clock.now() + callTimeoutMs,
        resolve,
        reject,
        wake: (now) => this.#late(wait, now),
      };
      this.#waiting ??= new Set();
      this.#waiting.add(wait);
      if (lease !== undefined) this.flush(lease);
      void this.#bound(wait);
    });
  }

  /** Writes the newest instance under `lease`, unless the backend holds it or a write is under way. */
  flush(lease: KeptLease): void {
    if (this.#write !== 'none' || this.isHeld) return;
    const version = this.#version;
    const instance = this.#newest;
    this.#write = 'entering';
    this.#parts.calls.start(
      {
        action,
        service: instance.service,
        id: instance.id,
        by: 'core',
        stop: lease.over,
        call: (options) => {
          this.#sent(version);
          return lease.driverLease.update(instance, options);
        },
      },
      { resolve: () => this.#written(version, lease), reject: (error) => this.#failed(version, lease, error) },
    );
    if (this.#write === 'entering') {
      this.#write = 'queued';
      this.#queuedAt = this.#parts.clock.now();
    }
  }

  /** The backend holds the instance as it was at `version`: a re-registration has written it. */
  holds(version: number): void {
    this.#held = version;
    for (const wait of this.#waiting ?? []) if (wait.version <= version) this.#settle(wait, wait.resolve);
  }

  /** No write will come any more. */
  end(reason: unknown): void {
    for (const wait of this.#waiting ?? []) this.#settle(wait, () => wait.reject(reason));
  }

  /** Behind the answer of a driver that gives it within the call: whoever waits no more needs no bound. */
  async #bound(wait: UpdateWait): Promise<void> {
    await Promise.resolve();
    if (this.#waiting?.has(wait) === true) this.#parts.queue.set(wait, wait.boundAt);
  }

  #late(wait: UpdateWait, now: number): void {
    // A write that waits for a place has not begun (E3).
    if (this.#write === 'queued') this.#parts.queue.set(wait, now + this.#parts.callTimeoutMs);
    else this.#settle(wait, () => wait.reject(this.#noAnswer()));
  }

  /** What a write has waited for a place does not count against the bound of whoever waits for it (E3). */
  #sent(version: number): void {
    const waitedMs = this.#write === 'queued' ? this.#parts.clock.now() - this.#queuedAt : 0;
    this.#write = 'sent';
    if (waitedMs === 0) return;
    for (const wait of this.#waiting ?? []) {
      if (wait.version > version) continue;
      wait.boundAt += waitedMs;
      this.#parts.queue.set(wait, wait.boundAt);
    }
  }

  #written(version: number, lease: KeptLease): void {
    this.#write = 'none';
    if (lease.isOver) return;
    this.holds(version);
    this.flush(lease);
  }

  #failed(version: number, lease: KeptLease, error: unknown): void {
    this.#write = 'none';
    if (lease.isOver) return;
    if (RegistryError.is(error, 'LEASE_SUPERSEDED'))
      return this.#listener.leaseEvent({ type: 'superseded', cause: error });
    if (RegistryError.is(error, 'LEASE_NOT_FOUND')) return this.#listener.leaseEvent({ type: 'gone', cause: error });
    for (const wait of this.#waiting ?? []) if (wait.version <= version) this.#settle(wait, () => wait.reject(error));
    if (this.#waiting !== undefined && this.#waiting.size > 0) this.flush(lease);
    else lease.tellRenewal(); // whose listener writes it again
  }

  #settle(wait: UpdateWait, settle: () => void): void {
    this.#waiting?.delete(wait);
    this.#parts.queue.cancel(wait);
    settle();
  }

  #noAnswer(): RegistryError {
    const { service, id } = this.#newest;
    return new RegistryError(
      'REGISTRY_UNAVAILABLE',
      `Could not ${describeCall({ action, service, id }, this.#parts.driver)} within ${this.#parts.callTimeoutMs} ms. ` +
        'The change is kept, and written as soon as the backend takes it.',
    );
  }
}

/** One caller of `update` who waits for the backend to hold a version. */
interface UpdateWait extends Sleeper {
  readonly version: number;
  /** When its bound passes; later by as long as its write has had to wait for a place. */
  boundAt: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}
