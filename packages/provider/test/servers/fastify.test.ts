import { httpServer, provide } from '@rollcall/provider';
import fastify from 'fastify';
import { expect, test } from 'vitest';
import { Caller, disposable, openScene } from '../scene.ts';

test('an app of Fastify drains, stops without losing a request, and closes afterwards with its hooks', async () => {
  await using scene = openScene();
  const app = fastify();
  await using own = disposable(app.server);
  const closed: string[] = [];
  app.get('/', () => 'hello');
  app.addHook('onClose', () => {
    closed.push('pool');
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  using caller = new Caller();
  const provider = await provide(httpServer(app.server), { ...scene.options, drainMs: 2_000 });
  expect(await caller.get(own.port)).toMatchObject({ status: 200, connection: 'keep-alive' });

  const stopping = provider.stop();
  await scene.clock.advance(1);
  expect(await caller.get(own.port)).toMatchObject({ status: 200, body: 'hello', connection: 'close' });
  await scene.clock.advance(2_000);
  await stopping;
  expect(await scene.statuses()).toEqual([]);
  expect(closed).toEqual([]);
  await app.close();
  expect(closed).toEqual(['pool']);
});

test('an app of Fastify that is closed by itself is deregistered', async () => {
  await using scene = openScene();
  const app = fastify();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const provider = await provide(httpServer(app.server), scene.options);
  await app.close();
  expect(await provider.stopped).toEqual({ type: 'server-closed' });
  expect(await scene.statuses()).toEqual([]);
});
