export { memoryBackend } from './memory-backend.ts';
export { memoryDriver, type MemoryDriver } from './memory-driver.ts';
export { MemoryStore, type MemoryStoreOptions } from './memory-store.ts';
