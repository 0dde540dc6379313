import { once } from 'node:events';
import { argv, stdin, stdout } from 'node:process';
import { consulRegistry } from './consul-registry.ts';

// A program that does what its arguments say, until it is told that this is all: what keeps it then is the library alone.
const [endpoint = '', prefix = '', what = ''] = argv.slice(2);
const registry = consulRegistry({ endpoint, prefix }, { callTimeoutMs: 1_500 });
const instance = { service: 'orders', id: 'child', endpoints: ['http://host.test:80'] };

async function readAll(): Promise<void> {
  for await (const { instances } of registry.watch('orders'))
    if (instances.some(({ id }) => id === 'child')) stdout.write('ready\n');
}

async function untilTold(): Promise<void> {
  const registering = registry.register(instance, { ttlMs: 1_000, onUnavailable: 'retry' }).catch(() => undefined);
  const reading = readAll();
  stdout.write('started\n');
  await told();
  const closingAt = performance.now();
  await registry.close();
  await Promise.all([registering, reading]);
  const closedMs = performance.now() - closingAt;
  process.once('exit', () => stdout.write(`closed in ${closedMs} ms, gone in ${performance.now() - closingAt} ms\n`));
}

/** Holds the process until then. */
async function told(): Promise<void> {
  await once(stdin, 'data');
  stdin.destroy();
}

switch (what) {
  case 'until told':
    await untilTold();
    break;
  case 'an open registry':
    await registry.list('orders');
    break;
  case 'an idle watcher':
    await registry.watch('orders').next();
    break;
  case 'a former registration':
    await (await registry.register(instance)).close();
    break;
  case 'an aborted register':
    await registry.register(instance, { signal: AbortSignal.timeout(1) }).catch(() => undefined);
    break;
  case 'a registration':
    await registry.register(instance);
    break;
  case 'a pending read': {
    const watcher = registry.watch('orders');
    await watcher.next();
    void watcher.next();
    break;
  }
}
if (what !== 'until told') {
  stdout.write('done\n');
  await told();
}
