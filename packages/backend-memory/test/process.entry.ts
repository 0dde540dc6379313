import { argv } from 'node:process';
import { createRegistry, serviceInstance } from '@rollcall/core';
import { memoryDriver, MemoryStore } from '../src/index.ts';

// A program that does what its argument says and then has nothing more to do: what keeps it alive is the library alone.
const store = new MemoryStore();
const registry = createRegistry(memoryDriver(store));
const orders = { service: 'orders', endpoints: ['http://10.0.0.1:80'] };

switch (argv.at(-1) ?? '') {
  case 'open registry':
    await registry.list('orders');
    break;
  case 'entries of a store': {
    const { signal } = new AbortController();
    const instance = serviceInstance(orders);
    await memoryDriver(store).register(instance, 60_000, { signal, owner: 'nobody', onConflict: 'replace' });
    break;
  }
  case 'idle watcher':
    await registry.watch('orders').next();
    break;
  case 'registration':
    await registry.register(orders);
    break;
  case 'pending read': {
    const watcher = registry.watch('orders');
    await watcher.next();
    void watcher.next();
    break;
  }
  case 'closed': {
    await registry.register(orders);
    const watcher = registry.watch('orders');
    await watcher.next();
    void watcher.next();
    await registry.close();
    break;
  }
}
console.log('ready');
