import { once } from 'node:events';
import { createServer } from 'node:http';
import process from 'node:process';
import { memoryBackend } from '@rollcall/backend-memory';
import { openRegistry } from '@rollcall/core';
import { httpServer, provide, type ProvideOptions, type Provider } from '@rollcall/provider';

// A program that provides a server, says how far it is, and does nothing itself to end.
const [what = ''] = process.argv.slice(2);
const registry = openRegistry('memory:', { backends: [memoryBackend()] });

async function provideOne(name: string, options: Partial<ProvideOptions>): Promise<void> {
  const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const provider = await provide(httpServer(server), {
    registrar: registry,
    service: 'orders',
    drainMs: 100,
    exitAfterMs: 60_000,
    onStateChange: ({ to }) => console.log(name, to),
    ...options,
  });
  void tellEnd(name, provider);
}

async function tellEnd(name: string, { registration, stopped }: Provider): Promise<void> {
  const { type } = await stopped;
  const listed = await registry.list('orders');
  console.log(name, type, 'listed', listed.filter(({ id }) => id === registration.instance.id).length);
}

switch (what) {
  case 'one':
    await provideOne('a', {});
    break;
  case 'exit code':
    process.exitCode = 3;
    setInterval(() => undefined, 60_000);
    await provideOne('a', { exitAfterMs: 100 });
    break;
  case 'two':
    setInterval(() => undefined, 60_000);
    await provideOne('slow', { drainMs: 1_000, exitAfterMs: 0 });
    await provideOne('fast', { exitAfterMs: 0 });
    break;
  case 'own listener': {
    const kept = setInterval(() => undefined, 60_000);
    let heard = 0;
    process.on('SIGTERM', () => console.log(`heard ${(heard += 1)}`));
    process.once('SIGUSR2', () => clearInterval(kept));
    await provideOne('a', { exitAfterMs: 0 });
    break;
  }
  case 'no signals':
    await provideOne('a', { signals: [] });
    break;
  case 'starting':
    await provideOne('a', {
      ready: () => {
        console.log('ready');
        return new Promise(() => undefined);
      },
    });
    break;
}
console.log('ready');
