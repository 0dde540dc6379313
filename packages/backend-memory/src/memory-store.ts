import { type Clock, systemClock } from '@rollcall/core/driver';
import { EntryTable } from './entry-table.ts';

/** Options of a store. */
export interface MemoryStoreOptions {
  /** What its leases expire on. A registry on top of it follows the same one by itself. @defaultValue systemClock */
  readonly clock?: Clock | undefined;
}

let tableBehind: (store: MemoryStore) => EntryTable;

/**
 * The "server" of the memory backend: every client that is made with the same store sees the same entries. There is no
 * hidden global one: who wants to share a store passes it. It keeps no process alive (C4).
 */
export class MemoryStore {
  static {
    tableBehind = (store) => store.#table;
  }

  readonly #table: EntryTable;

  /** An empty store. Make one for each test. */
  constructor(options: MemoryStoreOptions = {}) {
    this.#table = new EntryTable(options.clock ?? systemClock);
  }

  /** As an operator would: deletes one entry behind its owner's back (L6). @returns whether there was one */
  remove(service: string, id: string): boolean {
    return this.#table.remove(service, id);
  }

  /** As an operator's slip would: overwrites one entry with something that cannot be decoded (D5, L6). @returns whether there was one */
  corrupt(service: string, id: string): boolean {
    return this.#table.corrupt(service, id);
  }

  /** As a store that lost its data would: every entry is gone, and no owner is told (L6). */
  wipe(): void {
    this.#table.wipe();
  }
}

/** What stands behind a store, for its clients in this package. */
export function tableOf(store: MemoryStore): EntryTable {
  return tableBehind(store);
}
