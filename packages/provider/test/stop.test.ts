import { once } from 'node:events';
import { connect } from 'node:net';
import type { Registrar } from '@rollcall/core';
import { httpServer, provide } from '@rollcall/provider';
import { poll } from '@rollcall/testing-servers';
import { describe, expect, test } from 'vitest';
import { answerOf, Caller, deferred, listening, openScene } from './scene.ts';

describe('a provider that stops', () => {
  test('drains while it serves, then closes its server, then deregisters', async () => {
    await using scene = openScene();
    await using own = await listening();
    using caller = new Caller();
    const provider = await provide(httpServer(own.server), { ...scene.options, drainMs: 2_000 });

    const stopping = provider.stop();
    await scene.clock.advance(1_999);
    expect(provider.state).toBe('draining');
    expect(await scene.statuses()).toEqual(['draining']);
    expect(await caller.get(own.port)).toMatchObject({ status: 200, body: 'hello' });

    await scene.clock.advance(1);
    await stopping;
    expect(provider.state).toBe('stopped');
    expect(own.server.listening).toBe(false);
    expect(await scene.statuses()).toEqual([]);
    expect(scene.states).toEqual(['up', 'draining', 'closing', 'stopped']);
    expect(scene.diagnostics).toEqual([]);
    expect(await provider.stopped).toEqual({ type: 'asked' });
  });

  test('waits two seconds by default', async () => {
    await using scene = openScene();
    await using own = await listening();
    const provider = await provide(httpServer(own.server), { ...scene.options, drainMs: undefined });
    const stopping = provider.stop();
    await scene.clock.advance(1_999);
    expect(own.server.listening).toBe(true);
    await scene.clock.advance(1);
    await stopping;
  });

  test('stops once for all who ask, also by disposal', async () => {
    await using scene = openScene();
    await using own = await listening();
    const provider = await provide(httpServer(own.server), scene.options);
    const first = provider.stop();
    expect(provider.stop()).toBe(first);
    await provider[Symbol.asyncDispose]();
    expect(scene.states.filter((state) => state === 'draining')).toHaveLength(1);
  });

  test('ends keep-alive connections with an answer while it drains, and keeps them before', async () => {
    await using scene = openScene();
    await using own = await listening();
    using caller = new Caller();
    const provider = await provide(httpServer(own.server), { ...scene.options, drainMs: 2_000 });
    expect(await caller.get(own.port)).toMatchObject({ connection: 'keep-alive' });
    const stopping = provider.stop();
    await scene.clock.advance(1);
    expect(await caller.get(own.port)).toMatchObject({ status: 200, connection: 'close' });
    await scene.clock.advance(2_000);
    await stopping;
  });

  test('ends the connection of a request that came before the drain and is answered in it', async () => {
    await using scene = openScene();
    const handled = deferred();
    const answer = deferred();
    await using own = await listening((_, response) => {
      handled.resolve();
      void answer.promise.then(() => response.end('late'));
    });
    using caller = new Caller();
    const provider = await provide(httpServer(own.server), { ...scene.options, drainMs: 2_000 });
    const asked = caller.get(own.port);
    await handled.promise;
    const stopping = provider.stop();
    await scene.clock.advance(1);
    answer.resolve();
    expect(await asked).toMatchObject({ body: 'late', connection: 'close' });
    await scene.clock.advance(2_000);
    await stopping;
  });

  test('answers what is under way before it deregisters, however it began', async () => {
    await using scene = openScene();
    const answer = deferred();
    await using own = await listening((_, response) => {
      response.write('begun, ');
      void answer.promise.then(() => response.end('ended'));
    });
    own.server.keepAliveTimeout = 60_000;
    using caller = new Caller();
    const provider = await provide(httpServer(own.server), scene.options);
    const response = await caller.begin(own.port);
    const stopping = provider.stop();
    await scene.clock.advance(5_000);
    expect(provider.state).toBe('closing');
    expect(await scene.statuses()).toEqual(['draining']);
    answer.resolve();
    expect(await answerOf(response)).toMatchObject({ body: 'begun, ended' });
    // Neither Node's keep-alive timeout nor ours is waited for.
    await stopping;
    expect(scene.diagnostics).toEqual([]);
  });

  test('cuts what is not answered in time, and says so', async () => {
    await using scene = openScene();
    await using own = await listening((_, response) => response.write('begun'));
    using caller = new Caller();
    const provider = await provide(httpServer(own.server), { ...scene.options, closeTimeoutMs: 3_000 });
    const body = answerOf(await caller.begin(own.port)).catch((error: unknown) => error);
    const stopping = provider.stop();
    await scene.clock.advance(2_999);
    expect(provider.state).toBe('closing');
    await scene.clock.advance(1);
    await stopping;
    expect(await body).toMatchObject({ code: 'ECONNRESET' });
    expect(scene.diagnostics).toMatchObject([{ type: 'connections-cut', service: 'orders' }]);
    expect(await scene.statuses()).toEqual([]);
  });

  test('waits for no connection that has never said anything', async () => {
    await using scene = openScene();
    await using own = await listening();
    const provider = await provide(httpServer(own.server), scene.options);
    const silent = connect(own.port, '127.0.0.1');
    await once(own.server, 'connection');
    const ended = once(silent, 'close');
    silent.resume();
    await provider.stop();
    await ended;
    expect(scene.diagnostics).toEqual([]);
  });

  test('cuts what was upgraded', async () => {
    await using scene = openScene();
    await using own = await listening();
    own.server.on('upgrade', (_, socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
    const provider = await provide(httpServer(own.server), { ...scene.options, closeTimeoutMs: 1_000 });
    const upgraded = connect(own.port, '127.0.0.1');
    upgraded.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(upgraded, 'data');
    const ended = once(upgraded, 'close');
    const stopping = provider.stop();
    await poll(() => provider.state === 'closing' || undefined, { what: 'it closes' });
    await scene.clock.advance(1_000);
    await stopping;
    await ended;
    expect(scene.diagnostics).toMatchObject([{ type: 'connections-cut' }]);
  });

  test('in a hurry ends the wait under way, and then the next', async () => {
    await using scene = openScene();
    await using own = await listening((_, response) => response.write('begun'));
    using caller = new Caller();
    const provider = await provide(httpServer(own.server), { ...scene.options, drainMs: 60_000 });
    provider.hasten();
    const body = answerOf(await caller.begin(own.port)).catch((error: unknown) => error);
    expect(provider.state).toBe('up');
    const stopping = provider.stop();
    await scene.clock.advance(1);
    expect(provider.state).toBe('draining');
    provider.hasten();
    await scene.clock.advance(1);
    expect(provider.state).toBe('closing');
    provider.hasten();
    await stopping;
    expect(await body).toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('the registry cannot stop a provider from stopping', () => {
  test('when it is out of reach: the entry is left to its TTL, and both are told', async () => {
    await using scene = openScene();
    await using own = await listening();
    const provider = await provide(httpServer(own.server), { ...scene.options, drainMs: 2_000, ttlMs: 15_000 });
    scene.driver.disconnect();
    const stopping = provider.stop();
    await scene.clock.advance(2_000);
    await stopping;
    expect(own.server.listening).toBe(false);
    expect(scene.diagnostics).toMatchObject([
      { type: 'announcement-failed', service: 'orders', status: 'draining', error: { code: 'REGISTRY_UNAVAILABLE' } },
      { type: 'deregistration-failed', service: 'orders', error: { code: 'REGISTRY_UNAVAILABLE' } },
    ]);
    expect(await scene.statuses()).toEqual(['up']);
    await scene.clock.advance(15_000);
    expect(await scene.statuses()).toEqual([]);
  });

  test('when it does not answer: each call is given up after registryTimeoutMs', async () => {
    await using scene = openScene();
    await using own = await listening();
    const registrar = silentOnceRegistered(scene.options.registrar);
    const provider = await provide(httpServer(own.server), { ...scene.options, registrar, registryTimeoutMs: 700 });
    const stopping = provider.stop();
    await scene.clock.advance(700);
    await poll(() => !own.server.listening || undefined, { what: 'the server closes' });
    await scene.clock.advance(700);
    await stopping;
    expect(scene.diagnostics).toMatchObject([
      { type: 'announcement-failed', error: { message: expect.stringContaining('did not answer within 700 ms') } },
      { type: 'deregistration-failed', error: { message: expect.stringContaining('did not answer within 700 ms') } },
    ]);
  });

  test('when it does not answer and somebody is in a hurry: neither it nor the drain is waited for', async () => {
    await using scene = openScene();
    await using own = await listening();
    const registrar = silentOnceRegistered(scene.options.registrar);
    const provider = await provide(httpServer(own.server), { ...scene.options, registrar, drainMs: 2_000 });
    const stopping = provider.stop();
    provider.hasten();
    await poll(() => !own.server.listening || undefined, { what: 'the server closes' });
    await scene.clock.advance(5_000);
    await stopping;
    expect(scene.diagnostics).toMatchObject([{ type: 'deregistration-failed' }]);
  });

  test('when it comes back in the drain: it is told then', async () => {
    await using scene = openScene();
    await using own = await listening();
    const provider = await provide(httpServer(own.server), { ...scene.options, drainMs: 20_000 });
    scene.driver.disconnect();
    const stopping = provider.stop();
    await scene.clock.advance(100);
    scene.driver.reconnect();
    await scene.clock.advance(10_000);
    expect(await scene.statuses()).toEqual(['draining']);
    await scene.clock.advance(10_000);
    await stopping;
    expect(await scene.statuses()).toEqual([]);
  });
});

test('a provider whose id was taken over leaves the entry to its successor', async () => {
  await using scene = openScene();
  await using own = await listening();
  const provider = await provide(httpServer(own.server), { ...scene.options, id: 'orders-0' });
  const successor = { service: 'orders', id: 'orders-0', endpoints: ['http://10.0.0.9:80'], version: '2' };
  await scene.others.register(successor);
  await provider.stop();
  expect(await scene.others.list('orders')).toMatchObject([{ id: 'orders-0', version: '2', status: 'up' }]);
});

test('a server that somebody else closes leaves no ghost: its entry is removed', async () => {
  await using scene = openScene();
  await using own = await listening();
  const provider = await provide(httpServer(own.server), scene.options);
  own.server.close();
  expect(await provider.stopped).toEqual({ type: 'server-closed' });
  expect(await scene.statuses()).toEqual([]);
  expect(scene.states).toEqual(['up', 'stopped']);
});

test('a server that somebody else closes in the drain is not waited for', async () => {
  await using scene = openScene();
  await using own = await listening();
  const provider = await provide(httpServer(own.server), { ...scene.options, drainMs: 60_000 });
  const stopping = provider.stop();
  await scene.clock.advance(1);
  own.server.close();
  await stopping;
  expect(await scene.statuses()).toEqual([]);
});

test('what callbacks throw, or reject with, is told and stops nothing', async () => {
  await using scene = openScene();
  await using own = await listening();
  const provider = await provide(httpServer(own.server), {
    ...scene.options,
    onStateChange: ({ to }): unknown => {
      if (to === 'up') throw new Error('thrown');
      return to === 'draining' ? Promise.reject(new Error('rejected')) : undefined;
    },
  });
  await provider.stop();
  expect(scene.diagnostics).toMatchObject([
    { type: 'callback-failed', error: { message: 'thrown' } },
    { type: 'callback-failed', error: { message: 'rejected' } },
  ]);
});

/** Registers, and then answers nothing any more. */
function silentOnceRegistered(registrar: Registrar): Registrar {
  const never = (): Promise<never> => new Promise(() => undefined);
  return {
    async register(init, options) {
      const registration = await registrar.register(init, options);
      return new Proxy(registration, {
        get: (target, key) =>
          key === 'update' || key === 'close' ? never : (Reflect.get(target, key, target) as unknown),
      });
    },
  };
}
