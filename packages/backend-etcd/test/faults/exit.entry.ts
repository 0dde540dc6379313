import { once } from 'node:events';
import process, { argv, stdin, stdout } from 'node:process';
import { etcdBackend } from '@rollcall/backend-etcd';
import { openRegistry } from '@rollcall/core';

// A program that registers and watches, says so, and closes when it is told to: then nothing may keep it.
const [endpoint = '', prefix = '', callTimeout = ''] = argv.slice(2);
const registry = openRegistry(
  { backend: 'etcd', endpoints: endpoint, prefix },
  { backends: [etcdBackend()], callTimeoutMs: Number(callTimeout) },
);
const instance = { service: 'orders', id: 'child', endpoints: ['http://host.test:80'] };
void registry.register(instance, { ttlMs: 1_000, onUnavailable: 'retry' }).catch(() => undefined);
const reading = (async () => {
  for await (const { instances } of registry.watch('orders'))
    if (instances.some(({ id }) => id === 'child')) stdout.write('ready\n');
})();
stdout.write('started\n');
await once(stdin, 'data');
stdin.destroy();
const closingAt = performance.now();
await registry.close();
await reading;
process.once('exit', () => stdout.write(`closed in ${closedMs} ms, gone in ${performance.now() - closingAt} ms\n`));
const closedMs = performance.now() - closingAt;
