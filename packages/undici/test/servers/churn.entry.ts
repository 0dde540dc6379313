import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import process, { argv } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { memoryBackend } from '@rollcall/backend-memory';
import { openServiceCache } from '@rollcall/balancer';
import { openRegistry } from '@rollcall/core';
import { httpServer, provide, type Provider } from '@rollcall/provider';
import { serviceInterceptor } from '@rollcall/undici';
import { Agent } from 'undici';

// `node program.mjs <turns>`: calls under load while instances come and go, all in one process; then says what is left of it, and ends by itself.
const turns = Number(argv[2]);
const atATime = 8;
const kept = 4;

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

const registry = openRegistry('memory:', { backends: [memoryBackend()] });
const cache = openServiceCache({ discovery: registry, services: ['orders'] });
const interceptor = serviceInterceptor({ cache, services: ['orders'], attemptTimeoutMs: 10_000 });
const dispatcher = new Agent().compose(interceptor);

interface Running {
  readonly server: Server;
  readonly provider: Provider;
}

const fleet: Running[] = [];
const calls = { answered: 0, failed: 0 };

async function add(): Promise<void> {
  const server = createServer((_, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const provider = await provide(httpServer(server), {
    registrar: registry,
    service: 'orders',
    signals: [],
    drainMs: 0,
    // Registries keep the place of a renewal that was called off until its time has come: a third of this.
    ttlMs: 1_000,
  });
  fleet.push({ server, provider });
}

/** Every fourth one crashes: its connections break, and it is gone. */
async function remove(turn: number): Promise<void> {
  const one = fleet.shift();
  if (turn % 4 === 0) one?.server.closeAllConnections();
  await one?.provider.stop();
}

async function churn(count: number): Promise<void> {
  const end = new AbortController();
  const callOn = async (): Promise<void> => {
    while (!end.signal.aborted) {
      try {
        const { body } = await dispatcher.request({ origin: 'http://orders', path: '/', method: 'GET' });
        await body.dump();
        calls.answered += 1;
      } catch {
        calls.failed += 1;
      }
    }
  };
  const calling = Promise.all(Array.from({ length: atATime }, callOn));
  for (let turn = 0; turn < count; turn += 1) {
    await add();
    await remove(turn);
    for (const enough = calls.answered + 40; calls.answered < enough;) await new Promise(setImmediate);
  }
  end.abort();
  await calling;
}

async function figures(): Promise<{ heap: number; sockets: number }> {
  // Whatever was let go of in this turn can be collected in the next ones.
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise(setImmediate);
    if (typeof collect === 'function') collect();
  }
  const sockets = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
  return { heap: process.memoryUsage().heapUsed, sockets };
}

for (let count = 0; count < kept; count += 1) await add();
await cache.ready();
await churn(turns / 3);
const before = await figures();
await churn(turns);
const after = await figures();
await interceptor.close();
await dispatcher.close();
while (fleet.length > 0) await remove(1);
await cache.close();
await registry.close();
console.log(JSON.stringify({ before, after, ...calls }));
