import { memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { consoleDiagnostics, createRegistry } from '@rollcall/core';
import { inProcess } from './in-process.ts';
import type { Performance } from './venue.ts';

/** Plays it all in one process: the backend is an object. */
export async function onMemory(ttlMs: number, perform: Performance): Promise<void> {
  const store = new MemoryStore();
  await perform({
    about: (expiry) => [`Backend: memory. ${expiry}`],
    registry: createRegistry(memoryDriver(store), { onDiagnostic: consoleDiagnostics() }),
    launch: inProcess(store, ttlMs),
    brokenOff: new AbortController().signal,
  });
}
