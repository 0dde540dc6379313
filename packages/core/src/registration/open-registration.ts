import { abandonOn } from '../cancelling/abandon-on.ts';
import { within } from '../cancelling/within.ts';
import { noAnswer } from '../driver/call-failure.ts';
import { RegistryError } from '../errors/registry-error.ts';
import { patchInstance } from '../instance/service-instance.ts';
import { sameInstance } from '../instance/same-instance.ts';
import type { InstancePatch, ServiceInstance } from '../instance/instance.ts';
import { type CallOptions, checkCallOptions } from '../registry/call-options.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import type { EndListener, Hold } from './hold.ts';
import type { Lease, Registration, RegistrationState } from './registration.ts';
import { revoke } from './removal.ts';

/** The handle that an owner holds: its view of the hold, and the two things it can do. */
export class OpenRegistration implements Registration, EndListener {
  readonly #parts: RegistryParts;
  readonly #hold: Hold;
  readonly #open: Set<OpenRegistration>;
  #closing: Promise<void> | undefined;

  /** @param open where it stands for as long as it is open */
  constructor(parts: RegistryParts, hold: Hold, open: Set<OpenRegistration>) {
    this.#parts = parts;
    this.#hold = hold;
    this.#open = open;
    open.add(this);
    hold.onEnd(this);
  }

  ended(): void {
    this.#open.delete(this);
  }

  get instance(): ServiceInstance {
    return this.#hold.writes.newest;
  }

  get state(): RegistrationState {
    return this.#hold.state.kind;
  }

  get lease(): Lease {
    return this.#hold.lease;
  }

  get closed(): Promise<{ readonly cause?: unknown }> {
    return this.#hold.closed;
  }

  async update(patch: InstancePatch, options?: CallOptions): Promise<void> {
    const { signal } = checkCallOptions(options);
    const { writes, lease, state } = this.#hold;
    const instance = patchInstance(writes.newest, patch);
    if (state.kind === 'closed') throw this.#hold.closedError('update the instance');
    signal?.throwIfAborted();
    if (!sameInstance(instance, writes.newest)) writes.replace(instance);
    if (writes.isHeld) return;
    const held = writes.store(state.kind === 'lost' ? undefined : lease);
    await abandonOn(this.#parts.signals.stop(signal), held);
  }

  async close(options?: CallOptions): Promise<void> {
    const { signal } = checkCallOptions(options);
    signal?.throwIfAborted();
    this.#hold.leaseEvent({ type: 'closed' });
    this.#closing ??= this.#deregister();
    await abandonOn(this.#parts.signals.stop(signal), this.#closing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** One attempt that serves all callers; when it failed, the next caller starts another. */
  #deregister(): Promise<void> {
    const attempt = this.#remove();
    this.#parts.unfinished.add(attempt);
    attempt.catch(() => {
      this.#closing = undefined;
    });
    return attempt;
  }

  async #remove(): Promise<void> {
    const { state, lease, abandonedAttempt } = this.#hold;
    if (state.kind === 'closed' && RegistryError.is(state.cause, 'LEASE_SUPERSEDED')) return; // it is somebody else's
    const { service, id } = this.instance;
    const removals = [revoke(this.#parts, { service, id, lease: lease.driverLease })];
    if (abandonedAttempt !== undefined) removals.push(this.#bounded(abandonedAttempt.disown()));
    // One that fails does not make the other less under way.
    const outcomes = await Promise.allSettled(removals);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** A register that was under way is removed when it returns, however long that takes; its closer waits for one call's bound (E3). */
  #bounded(removal: Promise<void>): Promise<void> {
    const { clock, callTimeoutMs, driver } = this.#parts;
    const { service, id } = this.instance;
    return within(clock, callTimeoutMs, removal, () =>
      noAnswer({ action: 'deregister the instance', service, id }, driver, callTimeoutMs),
    );
  }
}
