import { memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { createRegistry } from '@rollcall/core';
import { inProcess } from '../providing/in-process.ts';
import { diagnosticsBeside, Link } from './link.ts';
import type { Performance } from './venue.ts';

/** Plays it all in one process: the backend is an object. */
export async function onMemory(ttlMs: number, perform: Performance): Promise<void> {
  const store = new MemoryStore();
  const driver = memoryDriver(store);
  const link = new Link({ cut: () => driver.disconnect(), restore: () => driver.reconnect() });
  await perform({
    about: (expiry) => [`Backend: memory. ${expiry}`],
    registry: createRegistry(driver, { onDiagnostic: diagnosticsBeside(link) }),
    link,
    launch: inProcess(store, ttlMs),
    brokenOff: new AbortController().signal,
  });
}
