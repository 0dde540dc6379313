import type { BackendCapabilities, RegistryDriver } from '@rollcall/core/driver';
import type { Clock } from '@rollcall/core';

/** What a backend hands to the suite. Nothing in it switches a case off: only declared capabilities excuse (B3). */
export interface Harness {
  /** For test names: `memory`, `etcd 3.5`. */
  readonly name: string;
  /** As its drivers declare them; a case holds the two against each other. */
  readonly capabilities: BackendCapabilities;
  /** The TTL of the suite's registrations in milliseconds: on a real server as short as it can grant, on a manual clock anything. */
  readonly ttlMs: number;
  /** A fresh and empty backend, or an empty part of a shared one. Every case and every program opens its own. */
  open(): Promise<World>;
}

/** One empty backend, with the faults that every case may stage. Disposing ends it and all its clients. */
export interface World extends AsyncDisposable {
  /** The clock that the backend's time follows: a manual one, or the system's. */
  readonly clock: Clock;
  /** Lets `ms` milliseconds pass on `clock`, and what falls due meanwhile happen. */
  elapse(ms: number): Promise<void>;
  /** A new client with a connection of its own, as another process would have. */
  connect(): Promise<Client>;
  /** Deletes one entry behind its owner's back, whatever lease it is under. Absent is fine. */
  remove(service: string, id: string): Promise<void>;
  /** Deletes every entry, as a store that lost its data would. */
  wipe(): Promise<void>;
  /** Overwrites the record of one entry with something that cannot be decoded. */
  corrupt(service: string, id: string): Promise<void>;
}

/** One client of the backend, and what can happen to it. */
export interface Client {
  readonly driver: RegistryDriver;
  /** From now on nothing gets through in either direction, until `restore`. Entries stay and run into their TTL. */
  cut(): void | Promise<void>;
  restore(): void | Promise<void>;
  /** The process is gone without a goodbye: nothing of it reaches the backend again. */
  crash(): void | Promise<void>;
}
