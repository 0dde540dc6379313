import process, { argv, stdin, stdout } from 'node:process';
import { consulBackend } from '@rollcall/backend-consul';
import { etcdBackend } from '@rollcall/backend-etcd';
import { memoryBackend } from '@rollcall/backend-memory';
import { type CachedService, describeBalancing, openServiceCache } from '@rollcall/balancer';
import { openRegistry } from '@rollcall/core';

// A program that follows `orders`, says what is served and what it is told, and closes when it is told to. Nothing but its cache
// keeps it until then, and nothing may keep it afterwards.
const [url = '', snapshot = '', overrides = ''] = argv.slice(2);
const registry = openRegistry(url, { backends: [memoryBackend(), etcdBackend(), consulBackend()] });
const cache = openServiceCache({
  discovery: registry,
  services: ['orders'],
  onDiagnostic: (event) => say(describeBalancing(event)),
  ...(snapshot === '' ? {} : { snapshot: { path: snapshot, afterMs: 200 } }),
  ...(overrides === '' ? {} : { overrides: { file: overrides } }),
});
const orders = cache.service('orders');
orders.onChange(() => sayServed(orders));
stdin.once('data', () => void close());
stdin.unref();
await cache.ready({ timeoutMs: 2_000 }).then(
  () => say('ready'),
  (error: unknown) => say(`not ready: ${String(error)}`),
);

async function close(): Promise<void> {
  stdin.destroy();
  const closingAt = performance.now();
  await cache.close();
  await registry.close();
  const closedMs = performance.now() - closingAt;
  process.once('exit', () => say(`closed in ${closedMs} ms, gone in ${performance.now() - closingAt} ms`));
}

function sayServed({ state, instances }: CachedService): void {
  say(`${state}: ${Array.from(instances, ({ id }) => id).join(' ')}`);
}

function say(line: string): void {
  stdout.write(`${line}\n`);
}
