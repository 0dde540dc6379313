import process, { argv } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { consulBackend } from '@rollcall/backend-consul';
import { etcdBackend } from '@rollcall/backend-etcd';
import { openRegistry } from '@rollcall/core';
import { grpcServer, provide } from '@rollcall/provider';
import { greeter } from '../greeter.ts';

// A service as one would write it: `node program.mjs <registry url> <id>`. It answers with its id, and says in the end when it began to drain,
// and when it took its last call.
const [url = '', id = ''] = argv.slice(2);
const registry = openRegistry(url, { backends: [etcdBackend(), consulBackend()] });
let drainingAt = 0;
let lastTakenAt = 0;
const { server, port } = await greeter(id, async () => {
  lastTakenAt = performance.now();
  await sleep(Math.random() * 40); // so that some call is under way whatever happens
  return id;
});
const provider = await provide(grpcServer(server, { host: '127.0.0.1', port }), {
  registrar: registry,
  service: 'orders',
  id,
  onStateChange: ({ to }) => {
    if (to === 'draining') drainingAt = performance.now();
  },
});
console.log(`up at ${port}`);
await provider.stopped;
await registry.close();
process.once('exit', () => console.log(`called for ${lastTakenAt - drainingAt} ms of its drain`));
