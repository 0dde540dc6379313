import { memoryDriver, type MemoryDriver, MemoryStore } from '@rollcall/backend-memory';
import type { BackendDefinition } from '@rollcall/core';

/** The memory backend, with a count of what is opened and disposed, and the drivers at hand for faults. */
export class CountedBackend implements BackendDefinition<'memory', object> {
  readonly name = 'memory' as const;
  readonly store: MemoryStore;
  readonly opened: MemoryDriver[] = [];
  disposed = 0;
  /** What disposing a driver waits for, or fails with. */
  beforeDisposed: () => Promise<void> = () => Promise.resolve();

  constructor(store: MemoryStore = new MemoryStore()) {
    this.store = store;
  }

  parse(): object {
    return {};
  }

  open(): MemoryDriver {
    const driver = memoryDriver(this.store);
    const dispose = driver[Symbol.asyncDispose].bind(driver);
    driver[Symbol.asyncDispose] = async () => {
      this.disposed += 1;
      await this.beforeDisposed();
      await dispose();
    };
    this.opened.push(driver);
    return driver;
  }
}
