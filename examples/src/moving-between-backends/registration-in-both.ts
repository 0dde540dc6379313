import type {
  CallOptions,
  InstancePatch,
  Lease,
  Registration,
  RegistrationState,
  ServiceInstance,
} from '@rollcall/core';
import type { Follower } from './follower.ts';

/** The handle of an entry in two registries. What it tells, it tells of the leading one; what it is told, it does in both. */
export class RegistrationInBoth implements Registration {
  readonly #leading: Registration;
  readonly #follower: Follower;

  constructor(leading: Registration, follower: Follower) {
    this.#leading = leading;
    this.#follower = follower;
  }

  get instance(): ServiceInstance {
    return this.#leading.instance;
  }

  get state(): RegistrationState {
    return this.#leading.state;
  }

  get lease(): Lease {
    return this.#leading.lease;
  }

  get closed(): Registration['closed'] {
    return this.#leading.closed;
  }

  /** Waits for both: consumers of either have to hear of a drain before it counts. Each is bounded (E3). */
  async update(patch: InstancePatch, options?: CallOptions): Promise<void> {
    await Promise.all([this.#leading.update(patch, options), this.#follower.update(patch, options)]);
  }

  async close(options?: CallOptions): Promise<void> {
    await Promise.all([this.#leading.close(options), this.#follower.close(options)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
