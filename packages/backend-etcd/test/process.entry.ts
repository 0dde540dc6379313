import process from 'node:process';
import { etcdBackend } from '@rollcall/backend-etcd';
import { openRegistry } from '@rollcall/core';

// A program that does what its arguments say and then has nothing more to do: what keeps it alive is the library alone.
const [what = '', endpoints = '', prefix = ''] = process.argv.slice(-3);
const registry = openRegistry(
  // Longer than any test waits: who is kept by an attempt to connect is kept for good.
  { backend: 'etcd', endpoints, prefix, dialTimeoutMs: 60_000 },
  { backends: [etcdBackend()], callTimeoutMs: 2_000 },
);
const orders = { service: 'orders', endpoints: ['http://10.0.0.1:80'] };

async function pendingRead(): Promise<void> {
  const watcher = registry.watch('orders');
  await watcher.next();
  void watcher.next();
}

switch (what) {
  case 'open registry':
    await registry.list('orders');
    break;
  case 'idle watcher':
    await registry.watch('orders').next();
    break;
  case 'former registration': {
    const registration = await registry.register(orders);
    await pendingReadOf();
    await registration.close();
    break;
  }
  case 'registration':
    await registry.register(orders);
    break;
  case 'pending read':
    await pendingRead();
    break;
  case 'closed':
    await registry.register(orders);
    await pendingRead();
    await registry.close();
    break;
  case 'stale watcher': {
    const watcher = registry.watch('orders');
    await watcher.next();
    void watcher.next();
    break;
  }
  case 'idle once told': {
    // Held by a registration until the fault has come, then by nothing.
    const registration = await registry.register(orders, { ttlMs: 2_000 });
    await registry.watch('orders').next();
    process.once('SIGUSR2', () => void registration.close().catch(() => undefined));
    break;
  }
}
console.log('ready');

/** A read that was served, of a watcher that then ended. */
async function pendingReadOf(): Promise<void> {
  await using watcher = registry.watch('orders');
  await watcher.next();
}
