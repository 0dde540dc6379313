import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import process, { argv } from 'node:process';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { consulBackend } from '@rollcall/backend-consul';
import { etcdBackend } from '@rollcall/backend-etcd';
import { openRegistry } from '@rollcall/core';
import { httpServer, provide } from '@rollcall/provider';

// A service as one would write it: `node program.mjs <registry url> <id>`. It answers with its id and with what it was sent, leaves in
// order at SIGTERM, and wants no more calls after SIGUSR2.
const [url = '', id = ''] = argv.slice(2);
const registry = openRegistry(url, { backends: [etcdBackend(), consulBackend()] });

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  await sleep(Math.random() * 20); // so that some request is under way whatever happens
  response.end(`${id} ${body}`);
}

const server = createServer((request, response) => void answer(request, response));
server.listen(0, '127.0.0.1');
const provider = await provide(httpServer(server), { registrar: registry, service: 'orders', id });
process.once('SIGUSR2', () => void provider.registration.update({ status: 'draining' }));
console.log('up');
await provider.stopped;
await registry.close();
