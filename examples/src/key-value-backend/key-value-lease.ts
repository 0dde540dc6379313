import type { DriverCallOptions, DriverLease, ServiceInstance } from '@rollcall/core/driver';
import { attempt } from './attempt.ts';
import type { KeyValueClient } from './key-value-client.ts';
import { encodeRecord, type EntryRecord } from './key-value-record.ts';
import { extend, type Found, remove, rewrite } from './scripts.ts';
import type { Script } from './store/key-value-connection.ts';
import { type HeldEntry, verdict } from './verdict.ts';

/** One granted lease with the one entry under it. Its time runs in the store alone: who believes in it is core's business (L5). */
export class KeyValueLease implements DriverLease {
  readonly id: string;
  readonly ttlMs: number;
  readonly #client: KeyValueClient;
  readonly #entry: HeldEntry;
  readonly #key: string;
  /** What may stand: what the store said it holds, and after that what was sent and is not answered. The newest is last. */
  #mayStand: readonly string[];
  #version: number;

  constructor(client: KeyValueClient, record: EntryRecord, ttlMs: number) {
    const { instance, owner, lease, version } = record;
    this.#client = client;
    this.id = lease;
    this.ttlMs = ttlMs;
    this.#entry = { service: instance.service, id: instance.id, owner };
    this.#key = client.keys.entry(instance.service, instance.id);
    this.#mayStand = [encodeRecord(record)];
    this.#version = version;
  }

  async renew({ signal }: DriverCallOptions): Promise<void> {
    const expected = this.#mayStand;
    // L2: the time counts anew from when this arrives, which is no earlier than when it was sent.
    // L6: and only if the entry is present and ours. A bare PEXPIRE would keep a stranger's entry alive.
    this.#assertOurs('renew', expected, await this.#run('renew', signal, extend(expected, this.#key, this.ttlMs)));
  }

  async update(instance: ServiceInstance, { signal }: DriverCallOptions): Promise<void> {
    signal.throwIfAborted();
    this.#version += 1;
    const value = encodeRecord({ instance, owner: this.#entry.owner, lease: this.id, version: this.#version });
    const expected = this.#mayStand;
    // R5: an update whose answer is lost may stand from now on, and is as much ours as what stood before it.
    this.#mayStand = [...expected, value];
    // R8: one that arrives late finds nothing of what it expects any more, and changes nothing.
    this.#assertOurs('update', expected, await this.#run('update', signal, rewrite(expected, this.#key, value)));
    // Nothing from before this write can stand any more; what was sent after it may.
    this.#mayStand = this.#mayStand.slice(Math.max(0, this.#mayStand.indexOf(value)));
  }

  async revoke({ signal }: DriverCallOptions): Promise<void> {
    // R3, R7: only what is still ours goes. That it was gone already, or is somebody else's by now, is success.
    await this.#run('deregister', signal, remove(this.#mayStand, this.#key));
  }

  #run(action: string, signal: AbortSignal, script: Script<Found>): Promise<Found> {
    const { connection } = this.#client;
    return attempt({ action, ...this.#entry }, connection.address, signal, () => connection.eval(script));
  }

  #assertOurs(action: string, expected: readonly string[], found: Found): void {
    if (found === undefined || !expected.includes(found)) throw verdict(this.#client, this.#entry, action, found);
  }
}
