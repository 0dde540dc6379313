import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { consulBackend } from '@rollcall/backend-consul';
import { etcdBackend } from '@rollcall/backend-etcd';
import { consoleDiagnostics, openRegistry } from '@rollcall/core';
import { httpServer, provide } from '@rollcall/provider';

// A service as one would write it: `node program.mjs <registry url>`. It answers with its process and with what it was sent.
const [url = ''] = process.argv.slice(2);
const registry = openRegistry(url, {
  backends: [etcdBackend(), consulBackend()],
  onDiagnostic: consoleDiagnostics(),
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  await sleep(Math.random() * 20); // so that some request is under way whatever happens
  response.end(`${process.pid} ${body}`);
}

const server = createServer((request, response) => void answer(request, response));
server.listen(0, '127.0.0.1');

const provider = await provide(httpServer(server), {
  registrar: registry,
  service: 'orders',
  ready: () => sleep(50),
  onDiagnostic: (event) => console.error(event),
});
console.log('up', provider.registration.instance.id);
await provider.stopped;
await registry.close();
