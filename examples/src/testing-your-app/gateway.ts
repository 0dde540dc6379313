import type { Discovery, ServiceInstance, ServiceSnapshot, Watcher } from '@rollcall/core';

/**
 * The app under test: follows one service and says whom to call next. It takes a `Discovery`, the part of a registry that
 * readers need, so that a test can hand it any registry and any clock.
 */
export class Gateway implements AsyncDisposable {
  /** Resolves once the first set is known; rejects if there will never be one. */
  readonly ready: Promise<void>;
  readonly #watcher: Watcher;
  readonly #following: Promise<void>;
  #snapshot: ServiceSnapshot | undefined;
  #last = '';

  constructor(discovery: Discovery, service: string) {
    this.#watcher = discovery.watch(service);
    this.ready = this.#readFirst();
    // Whoever awaits `ready` is told of a failure; who doesn't must not bring the process down.
    this.#following = this.ready.then(() => this.#follow()).catch(() => undefined);
  }

  /** Whether the registry is out of reach, so that the set is the last one known. */
  get isStale(): boolean {
    return this.#snapshot?.freshness === 'stale';
  }

  /** The next instance that wants traffic, round robin by id; undefined if there is none. */
  next(): ServiceInstance | undefined {
    const eligible = (this.#snapshot?.instances ?? []).filter(({ status, weight }) => status === 'up' && weight > 0);
    const next = eligible.find(({ id }) => id > this.#last) ?? eligible[0];
    if (next !== undefined) this.#last = next.id;
    return next;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watcher.return(); // ends the read that waits, too
    await this.#following;
  }

  async #readFirst(): Promise<void> {
    const { value } = await this.#watcher.next();
    this.#snapshot = value;
  }

  async #follow(): Promise<void> {
    for await (const snapshot of this.#watcher) this.#snapshot = snapshot;
  }
}
