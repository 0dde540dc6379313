import type { ServiceInstance, Sleeper } from '@rollcall/core/driver';

/** Where entries stand. */
export interface EntryPlace {
  readonly service: string;
  /** `entry` stands, in place of whatever had its id. */
  put(entry: Entry): void;
  /** Takes `entry` out, if it still stands. */
  takeOut(entry: Entry): void;
}

/** What an entry is registered with. */
export interface EntryTerms {
  readonly shelf: EntryPlace;
  readonly instance: ServiceInstance;
  /** Who registered it: client and registration, so that two clients never share one. */
  readonly client: number;
  readonly owner: string;
  /** The how manieth lease of the store it stands under. */
  readonly lease: number;
  readonly ttlMs: number;
}

/** One record of the store with the lease it stands under: in memory a lease has exactly one entry. */
export class Entry implements Sleeper {
  /** When the lease ends unless it is renewed; `Infinity` once the entry is gone. */
  dueAt: number = Infinity;
  queuedAt: number = Infinity;
  instance: ServiceInstance;
  readonly shelf: EntryPlace;
  readonly client: number;
  readonly owner: string;
  readonly lease: number;
  readonly ttlMs: number;

  constructor({ shelf, instance, client, owner, lease, ttlMs }: EntryTerms) {
    this.shelf = shelf;
    this.instance = instance;
    this.client = client;
    this.owner = owner;
    this.lease = lease;
    this.ttlMs = ttlMs;
  }

  /** Also false in the moment between the end of its lease and its removal: nobody may see it then (L3). */
  isLive(now: number): boolean {
    return this.dueAt !== Infinity && this.dueAt > now;
  }

  isOf(client: number, owner: string): boolean {
    return this.client === client && this.owner === owner;
  }

  wake(): void {
    this.shelf.takeOut(this);
  }
}
