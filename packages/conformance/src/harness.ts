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
  /**
   * How far a watch may be behind on a clock that is moved by hand, in milliseconds, at most 1,000 (W4): for a backend that looks
   * now and then. Random programs judge by it what a watch shows, and by when it has noticed that the backend is gone. Where
   * time passes by itself, a watch has the whole second. @defaultValue 0
   */
  readonly watchDelayMs?: number | undefined;
  /** A fresh and empty backend, or an empty part of a shared one. Every case and every program opens its own. */
  open(): Promise<World>;
}

/** One empty backend, with the faults that every case may stage. Disposing ends it and all its clients. */
export interface World extends AsyncDisposable {
  /** The clock that the backend's time follows: a manual one, the system's, or the machine's. */
  readonly clock: Clock;
  /**
   * Lets `ms` milliseconds pass on `clock`, and what falls due meanwhile happen. Resolves only when what the clients have under
   * way has come to rest, other than by waiting for a timer. On a clock that is moved by hand, real I/O takes no time only if it
   * is waited for: before each timer, not just at the end. `manualClock().advance` does not do that.
   */
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
  /** The connection itself. The suite puts a registry on top, or calls it by hand. */
  readonly driver: RegistryDriver;
  /**
   * From now on nothing gets through in either direction, until `restore`. Entries stay and run into their TTL. Calls under way
   * are told at once, as by a connection that is reset; a watch may notice within `Harness.watchDelayMs`, and where time passes by
   * itself within the 20 s of W7. A network that falls silent is for tests of the backend's own.
   */
  cut(): void | Promise<void>;
  /** Calls and answers get through again. */
  restore(): void | Promise<void>;
  /** The process is gone without a goodbye: nothing of it reaches the backend again. */
  crash(): void | Promise<void>;
}
