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
  readonly instance: ServiceInstance;
  /** Who registered it: client and registration, so that two clients never share one. */
  readonly client: number;
  readonly owner: string;
  readonly ttlMs: number;
}

/** One record of the store with the lease it stands under: in memory a lease has exactly one entry. */
export class Entry implements Sleeper {
  /** When the lease ends unless it is renewed; `Infinity` once the entry is gone. */
  dueAt: number = Infinity;
  queuedAt: number = Infinity;
  readonly ttlMs: number;
  instance: ServiceInstance;
  /** The how manieth lease of the store it stands under; 0 before it is granted. */
  lease: number = 0;
  /** Where it stands; undefined before it does. */
  shelf: EntryPlace | undefined;
  readonly client: number;
  readonly owner: string;

  constructor({ instance, client, owner, ttlMs }: EntryTerms) {
    this.ttlMs = ttlMs;
    this.instance = instance;
    this.client = client;
    this.owner = owner;
  }

  /** Also false in the moment between the end of its lease and its removal: nobody may see it then (L3). */
  isLive(now: number): boolean {
    return this.dueAt !== Infinity && this.dueAt > now;
  }

  isOf(client: number, owner: string): boolean {
    return this.client === client && this.owner === owner;
  }

  wake(): void {
    this.shelf?.takeOut(this);
  }
}
