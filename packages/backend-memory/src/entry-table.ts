import {
  type Clock,
  DeadlineQueue,
  type DriverSnapshot,
  type OnConflict,
  RegistryError,
  type ServiceInstance,
} from '@rollcall/core/driver';
import type { ChangeStream } from './change-stream.ts';
import type { Entry } from './entry.ts';
import { Pace } from './pace.ts';
import { Shelf } from './shelf.ts';

/**
 * The state of a store and the meaning of its leases. Every operation is one step, done when it returns; nothing here knows
 * clients or connections. One timer expires everything, whatever the number of leases, and keeps no process alive (C4).
 */
export class EntryTable {
  readonly clock: Clock;
  readonly #shelves = new Map<string, Shelf>();
  readonly #expiry: DeadlineQueue;
  readonly #pace: Pace;
  #leases = 0;
  #clients = 0;

  constructor(clock: Clock) {
    this.clock = clock;
    this.#expiry = new DeadlineQueue(clock, { background: true });
    this.#pace = new Pace(clock);
  }

  /** A number for one more client, so that owners of two clients are never taken for one. */
  nextClient(): number {
    return ++this.#clients;
  }

  /** Grants `entry` a lease and writes it (R1). @throws RegistryError `INSTANCE_ALREADY_REGISTERED` (R4) */
  register(entry: Entry, onConflict: OnConflict): void {
    const { instance, client, owner, ttlMs } = entry;
    const shelf = this.#shelf(instance.service);
    const former = shelf.entry(instance.id);
    const now = this.clock.now();
    if (onConflict === 'reject' && former?.isLive(now) === true && !former.isOf(client, owner))
      throw new RegistryError(
        'INSTANCE_ALREADY_REGISTERED',
        `Could not register ${nameOf(instance)}: a live entry of another owner stands. Wait until it is gone, or ask for onConflict 'replace'.`,
      );
    if (former !== undefined) this.#expiry.cancel(former);
    entry.shelf = shelf;
    entry.lease = ++this.#leases;
    this.#expiry.set(entry, now + ttlMs);
    shelf.put(entry);
  }

  /** Good only if the entry is present and still this lease's (L6). @throws RegistryError as `DriverLease.renew` says */
  renew(entry: Entry): void {
    const now = this.clock.now();
    if (!entry.isLive(now)) throw this.#notOurs(entry, 'renew the lease', now);
    this.#expiry.set(entry, now + entry.ttlMs);
  }

  /** Rewrites the entry in place, under the same lease (R5). @throws RegistryError as `DriverLease.update` says */
  update(entry: Entry, instance: ServiceInstance): void {
    const now = this.clock.now();
    if (!entry.isLive(now)) throw this.#notOurs(entry, 'update the instance', now);
    entry.instance = instance;
    entry.shelf?.put(entry);
  }

  /** Ends the lease, and the entry only if it is still this lease's. Already gone is success. */
  revoke(entry: Entry): void {
    this.#expiry.cancel(entry);
    entry.shelf?.takeOut(entry);
  }

  /** Deletes a record whatever lease it is under. @returns whether there was one */
  remove(service: string, id: string): boolean {
    const shelf = this.#shelves.get(service);
    if (shelf === undefined) return false;
    const entry = shelf.entry(id);
    if (entry !== undefined) this.#expiry.cancel(entry);
    return shelf.clear(id);
  }

  /** Overwrites a record with something that cannot be decoded, under no lease. @returns whether there was one */
  corrupt(service: string, id: string): boolean {
    const shelf = this.#shelves.get(service);
    const entry = shelf?.entry(id);
    if (shelf === undefined || entry === undefined) return false;
    this.#expiry.cancel(entry);
    shelf.spoil(id);
    return true;
  }

  wipe(): void {
    for (const shelf of this.#shelves.values()) {
      for (const entry of shelf.entries()) this.#expiry.cancel(entry);
      shelf.wipe();
    }
  }

  list(service: string): DriverSnapshot {
    return this.#shelves.get(service)?.snapshot(this.clock.now()) ?? { type: 'snapshot', instances: [] };
  }

  services(): readonly string[] {
    const now = this.clock.now();
    return [...this.#shelves.values()].filter((shelf) => shelf.hasLive(now)).map((shelf) => shelf.service);
  }

  /** From now on `stream` hears of every change of the service. @returns the set as it stands */
  attach(service: string, stream: ChangeStream): DriverSnapshot {
    const shelf = this.#shelf(service);
    shelf.attach(stream);
    return shelf.snapshot(this.clock.now());
  }

  /** Asks to tell `changes` of a service, and what `sweep` may find. @returns undefined if that may be done now, else what resolves when it may */
  enter(service: string, changes: number): Promise<void> | undefined {
    const found = this.#expiry.isBehind ? (this.#shelves.get(service)?.size ?? 0) : 0;
    return this.#pace.enter(changes + found);
  }

  /** Takes out what has run out in a service, should the expiry not have come to it yet: nobody is told a set that holds it (L3). */
  sweep(service: string): void {
    if (!this.#expiry.isBehind) return;
    const shelf = this.#shelves.get(service);
    const now = this.clock.now();
    for (const entry of shelf?.entries() ?? []) {
      if (entry.isLive(now)) continue;
      this.#expiry.cancel(entry);
      entry.wake();
    }
  }

  detach(service: string, stream: ChangeStream): void {
    this.#shelves.get(service)?.detach(stream);
  }

  #shelf(service: string): Shelf {
    const standing = this.#shelves.get(service);
    if (standing !== undefined) return standing;
    const shelf = new Shelf(service, () => this.#shelves.delete(service));
    this.#shelves.set(service, shelf);
    return shelf;
  }

  /** Why `entry` is not its owner's any more: somebody else's stands, or nothing does (L6, R3). */
  #notOurs({ instance, client, owner }: Entry, action: string, now: number): RegistryError {
    const standing = this.#shelves.get(instance.service)?.entry(instance.id);
    const attempt = `Could not ${action} of ${nameOf(instance)}`;
    return standing?.isLive(now) === true && !standing.isOf(client, owner)
      ? new RegistryError('LEASE_SUPERSEDED', `${attempt}: another owner has taken the entry.`)
      : new RegistryError('LEASE_NOT_FOUND', `${attempt}: the entry is gone.`);
  }
}

function nameOf({ service, id }: ServiceInstance): string {
  return JSON.stringify(`${service}/${id}`);
}
