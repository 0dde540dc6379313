import { once } from 'node:events';
import { createServer } from 'node:http';
import { RegistryError } from '@rollcall/core';
import { httpServer, provide, ProviderError } from '@rollcall/provider';
import { describe, expect, test } from 'vitest';
import { deferred, disposable, listening, openScene } from './scene.ts';

describe('a provider that starts', () => {
  test('is registered where its server listens, with its fields, and up', async () => {
    await using scene = openScene();
    await using own = await listening();
    await using provider = await provide(httpServer(own.server), {
      ...scene.options,
      version: '1.2.0',
      metadata: { shard: '7' },
    });
    expect(await scene.others.list('orders')).toMatchObject([
      {
        id: `127.0.0.1:${own.port}`,
        endpoints: [{ scheme: 'http', host: '127.0.0.1', port: own.port }],
        status: 'up',
        version: '1.2.0',
        metadata: { shard: '7' },
      },
    ]);
    expect(provider.state).toBe('up');
    expect(provider.registration.state).toBe('active');
    expect(scene.states).toEqual(['up']);
  });

  test('waits for a server that does not listen yet', async () => {
    await using scene = openScene();
    await using own = disposable(createServer());
    const providing = provide(httpServer(own.server), scene.options);
    await scene.clock.advance(0);
    expect(await scene.statuses()).toEqual([]);
    own.server.listen(0, '127.0.0.1');
    await using provider = await providing;
    expect(provider.registration.instance.endpoints).toMatchObject([{ port: own.port }]);
  });

  test('is starting until it is ready, and then up', async () => {
    await using scene = openScene();
    await using own = await listening();
    const readiness = deferred();
    const asked = deferred();
    const ready = (): Promise<void> => {
      asked.resolve();
      return readiness.promise;
    };
    const providing = provide(httpServer(own.server), { ...scene.options, ready });
    await asked.promise;
    expect(await scene.statuses()).toEqual(['starting']);
    readiness.resolve();
    await using provider = await providing;
    expect(await scene.statuses()).toEqual(['up']);
    expect(provider.state).toBe('up');
    expect(scene.states).toEqual(['starting', 'up']);
  });

  test('is advertised as it is told', async () => {
    await using scene = openScene();
    await using own = await listening();
    await using provider = await provide(httpServer(own.server), { ...scene.options, advertise: { host: 'orders-1' } });
    expect(provider.registration.instance.id).toBe(`orders-1:${own.port}`);
  });

  test('on a pipe is refused, and nothing is registered', async () => {
    await using scene = openScene();
    const path = `\0rollcall-${process.pid}-${performance.now()}`;
    await using own = disposable(createServer().listen(path));
    const refused = await failure(provide(httpServer(own.server), scene.options));
    expect(refused).toMatchObject({ name: 'ProviderError', code: 'ADDRESS_UNUSABLE' });
    expect(await scene.statuses()).toEqual([]);
    expect(scene.states).toEqual(['stopped']);
  });
});

describe('a start that fails leaves nothing registered', () => {
  test('when it is not ready: with what ready said', async () => {
    await using scene = openScene();
    await using own = await listening();
    const reason = new Error('no database');
    const ready = (): Promise<never> => Promise.reject(reason);
    expect(await failure(provide(httpServer(own.server), { ...scene.options, ready }))).toBe(reason);
    expect(await scene.statuses()).toEqual([]);
    expect(own.server.listening).toBe(true);
    expect(scene.states).toEqual(['starting', 'stopped']);
  });

  test('when the port is taken: with what the system said', async () => {
    await using scene = openScene();
    await using first = await listening();
    const second = createServer();
    const providing = provide(httpServer(second), scene.options);
    second.listen(first.port, '127.0.0.1');
    const refused = await failure(providing);
    expect(ProviderError.is(refused, 'SERVER_FAILED')).toBe(true);
    expect(refused).toMatchObject({ cause: { code: 'EADDRINUSE' }, message: expect.stringContaining('EADDRINUSE') });
  });

  test('when the server closes before it listens', async () => {
    await using scene = openScene();
    const server = createServer();
    const providing = provide(httpServer(server), scene.options);
    server.close();
    expect(await failure(providing)).toMatchObject({ code: 'SERVER_CLOSED' });
  });

  test('when the server closes before it is ready', async () => {
    await using scene = openScene();
    await using own = await listening();
    const aborted: unknown[] = [];
    const ready = async ({ signal }: { signal: AbortSignal }): Promise<void> => {
      own.server.close();
      await once(signal, 'abort');
      aborted.push(signal.reason);
    };
    const refused = await failure(provide(httpServer(own.server), { ...scene.options, ready }));
    expect(refused).toMatchObject({ code: 'SERVER_CLOSED' });
    expect(aborted).toEqual([refused]);
    expect(await scene.statuses()).toEqual([]);
  });

  test.each(['before', 'during'] as const)('when its signal aborts %s: with the reason', async (when) => {
    await using scene = openScene();
    await using own = await listening();
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    if (when === 'before') controller.abort(reason);
    const ready = (): void => controller.abort(reason);
    const { signal } = controller;
    expect(await failure(provide(httpServer(own.server), { ...scene.options, ready, signal }))).toBe(reason);
    expect(await scene.statuses()).toEqual([]);
  });

  test('when it is ready and the registry has gone', async () => {
    await using scene = openScene();
    await using own = await listening();
    const ready = (): void => scene.driver.disconnect();
    const refused = await failure(provide(httpServer(own.server), { ...scene.options, ready, ttlMs: 15_000 }));
    expect(RegistryError.is(refused, 'REGISTRY_UNAVAILABLE')).toBe(true);
    // Nor could it be removed: it is told, and the TTL ends it.
    expect(scene.diagnostics).toMatchObject([{ type: 'deregistration-failed' }]);
    await scene.clock.advance(15_000);
    expect(await scene.statuses()).toEqual([]);
  });

  test('when the registry is out of reach', async () => {
    await using scene = openScene();
    await using own = await listening();
    scene.driver.disconnect();
    const refused = await failure(provide(httpServer(own.server), scene.options));
    expect(RegistryError.is(refused, 'REGISTRY_UNAVAILABLE')).toBe(true);
    scene.driver.reconnect();
    expect(await scene.statuses()).toEqual([]);
  });
});

test('a start with onUnavailable retry goes on until the registry is back', async () => {
  await using scene = openScene();
  await using own = await listening();
  scene.driver.disconnect();
  const providing = provide(httpServer(own.server), { ...scene.options, onUnavailable: 'retry' });
  await scene.clock.advance(30_000);
  scene.driver.reconnect();
  await scene.clock.advance(30_000);
  await using provider = await providing;
  expect(provider.state).toBe('up');
  expect(await scene.statuses()).toEqual(['up']);
});

test('with onUnavailable retry, being up is written by a renewal if the registry was away then', async () => {
  await using scene = openScene();
  await using own = await listening();
  const ready = (): void => scene.driver.disconnect();
  const providing = provide(httpServer(own.server), { ...scene.options, onUnavailable: 'retry', ready });
  await using provider = await providing;
  expect(provider.state).toBe('up');
  expect(scene.diagnostics).toMatchObject([{ type: 'announcement-failed', status: 'up' }]);
  expect(await scene.statuses()).toEqual(['starting']);
  scene.driver.reconnect();
  await scene.clock.advance(10_000);
  expect(await scene.statuses()).toEqual(['up']);
});

describe('misuse', () => {
  test.each([
    [{ service: '' }, 'service: '],
    [{ weight: -1 }, 'weight: expected an integer from 0 to 65535, got -1'],
    [{ registrar: {} }, 'options.registrar: expected a Registrar'],
    [{ endpoints: ['http://a:1'] }, 'options.endpoints: unknown key'],
    [{ status: 'up' }, 'options.status: unknown key'],
    [{ drainMS: 1 }, 'options.drainMS: unknown key; known are service, id'],
    [{ drainMs: -1 }, 'options.drainMs: expected a finite number of milliseconds, 0 or more, got -1'],
    [{ closeTimeoutMs: Infinity }, 'options.closeTimeoutMs: expected a finite number of milliseconds'],
    [{ registryTimeoutMs: 0 }, 'options.registryTimeoutMs: expected a finite number of milliseconds, above 0, got 0'],
    [{ exitAfterMs: '1' }, 'options.exitAfterMs: expected a finite number of milliseconds'],
    [{ ttlMs: 0 }, 'options.ttlMs: expected a finite number of milliseconds, above 0, got 0'],
    [{ onConflict: 'take' }, "options.onConflict: expected 'replace' or 'reject', got \"take\""],
    [{ onUnavailable: 'wait' }, "options.onUnavailable: expected 'reject' or 'retry', got \"wait\""],
    [{ signals: 'SIGTERM' }, 'options.signals: expected an array'],
    [{ signals: ['SIGKILL'] }, 'options.signals[0]: expected one of SIGTERM, SIGINT'],
    [{ signal: {} }, 'options.signal: expected an AbortSignal'],
    [{ clock: {} }, 'options.clock: expected a Clock'],
    [{ ready: true }, 'options.ready: expected a function, got true'],
    [{ onStateChange: 1 }, 'options.onStateChange: expected a function, got 1'],
    [{ advertise: 'http://0.0.0.0:80' }, 'options.advertise.host: expected an address that others can reach'],
  ])('%j is a TypeError that names the key, before anything happens', async (wrong, message) => {
    await using scene = openScene();
    await using own = await listening();
    const options = { ...scene.options, ...wrong } as typeof scene.options;
    const refused = await failure(provide(httpServer(own.server), options));
    expect(refused).toMatchObject({ name: 'TypeError', message: expect.stringContaining(message) });
    expect(scene.states).toEqual([]);
    expect(await scene.others.services()).toEqual([]);
  });
});

async function failure(attempt: Promise<unknown>): Promise<unknown> {
  try {
    return await attempt;
  } catch (error) {
    return error;
  }
}
