import { connectivityState, status } from '@grpc/grpc-js';
import { grpcServer, provide } from '@rollcall/provider';
import { openGrpcResolver } from '@rollcall/grpc';
import { poll, TcpProxy } from '@rollcall/testing-servers';
import { describe, expect, test } from 'vitest';
import { balancedBy, Caller, greeter } from './greeter.ts';
import { openScene } from './scene.ts';

const spread = ['rollcall_weighted', 'round_robin'] as const;

describe.each([...spread, 'pick_first'] as const)('with %s, a channel', (policy) => {
  test('calls an instance, and another one when that has left', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await using b = await greeter('b');
    const registration = await scene.offer(a);
    using _ = openGrpcResolver({ cache: scene.cache });
    using caller = new Caller('rollcall:///orders', balancedBy(policy));
    expect(await caller.greet()).toBe('a');
    await scene.offer(b);
    await registration.close();
    await expect.poll(() => caller.greet()).toBe('b');
  });

  test('goes on with the others when one crashes, and comes back to it when it is up again', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await using b = await greeter('b');
    await scene.offer(a);
    await scene.offer(b);
    using _ = openGrpcResolver({ cache: scene.cache, ejection: 'off' });
    using caller = new Caller('rollcall:///orders', balancedBy(policy));
    await caller.tally(20);
    a.crash();
    await expect.poll(() => caller.greet()).toBe('b');
    expect(await caller.tally(20)).toEqual({ b: 20 });
    await using again = await greeter('a', undefined, a.port);
    if (policy === 'pick_first') b.crash();
    await expect.poll(() => caller.greet().catch(() => 'nobody'), { timeout: 5_000 }).toBe('a');
    expect(again.taken).toBeGreaterThan(0);
  });

  test('makes calls wait that are sent before anything is known, and fails them when nobody is there', async () => {
    await using scene = openScene();
    scene.driver.disconnect();
    using _ = openGrpcResolver({ cache: scene.cache, readyTimeoutMs: 5_000 });
    using caller = new Caller('rollcall:///orders', balancedBy(policy));
    const waiting = caller.greet();
    await using a = await greeter('a');
    const registration = await scene.offer(a);
    scene.driver.reconnect();
    expect(await waiting).toBe('a');
    using late = new Caller('rollcall:///orders', balancedBy(policy));
    await registration.close();
    await expect.poll(() => late.greet().catch(({ code }: { code: status }) => code)).toBe(status.UNAVAILABLE);
    await expect(late.greet()).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      details: 'There is no instance of orders to call: none is listed. Look whether one is registered.',
    });
  });

  test('that waits for ready is served when somebody comes', async () => {
    await using scene = openScene();
    using _ = openGrpcResolver({ cache: scene.cache });
    using caller = new Caller('rollcall:///orders', balancedBy(policy));
    await expect(caller.greet()).rejects.toMatchObject({ code: status.UNAVAILABLE });
    const waiting = caller.greet('ada', { waitForReady: true });
    await using a = await greeter('a');
    await scene.offer(a);
    expect(await waiting).toBe('a');
  });

  test('is idle when nobody calls, follows nothing then, and wakes up with the next call', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await using b = await greeter('b');
    const registration = await scene.offer(a);
    using _ = openGrpcResolver({ cache: scene.cache });
    using caller = new Caller('rollcall:///orders', { ...balancedBy(policy), 'grpc.client_idle_timeout_ms': 1_000 });
    expect(await caller.greet()).toBe('a');
    await poll(() => caller.client.getChannel().getConnectivityState(false) === connectivityState.IDLE || undefined, {
      what: 'the channel is idle',
    });
    await scene.offer(b);
    await registration.close();
    expect(await caller.greet()).toBe('b');
  });
});

describe.each(spread)('with %s', (policy) => {
  test('all instances are called, and one that comes is too', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await using b = await greeter('b');
    await using c = await greeter('c');
    await scene.offer(a);
    await scene.offer(b);
    using _ = openGrpcResolver({ cache: scene.cache });
    using caller = new Caller('rollcall:///orders', balancedBy(policy));
    await expect.poll(async () => Object.keys(await caller.tally(50)).toSorted()).toEqual(['a', 'b']);
    await scene.offer(c);
    await expect.poll(async () => Object.keys(await caller.tally(50)).toSorted()).toEqual(['a', 'b', 'c']);
  });

  test('a change of records makes no new connection', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await using proxy = await TcpProxy.start({ host: '127.0.0.1', port: a.port });
    const registration = await scene.offer(a, { endpoints: [`grpc://${proxy.endpoint}`] });
    using _ = openGrpcResolver({ cache: scene.cache });
    using caller = new Caller('rollcall:///orders', balancedBy(policy));
    expect(await caller.greet()).toBe('a');
    for (const weight of [1, 2, 3]) {
      await registration.update({ weight, metadata: { turn: String(weight) } });
      expect(await caller.greet()).toBe('a');
    }
    expect(proxy.accepted).toBe(1);
  });

  test('an instance that drains gets nothing new within a second, answers what it has, and no call is lost', async () => {
    await using scene = openScene();
    await using leaving = await greeter('leaving');
    await using staying = await greeter('staying');
    const offer = (own: typeof leaving): ReturnType<typeof provide> =>
      provide(grpcServer(own.server, { host: '127.0.0.1', port: own.port }), {
        registrar: scene.provider,
        service: 'orders',
        id: own.id,
        signals: [],
        drainMs: 1_200,
      });
    const provider = await offer(leaving);
    const other = await offer(staying);
    using _ = openGrpcResolver({ cache: scene.cache });
    using caller = new Caller('rollcall:///orders', balancedBy(policy));
    const over = new AbortController();
    const callOn = async (): Promise<void> => {
      while (!over.signal.aborted) await caller.greet();
    };
    const calling = Promise.all(Array.from({ length: 4 }, callOn));
    await poll(() => (leaving.taken > 50 && staying.taken > 50) || undefined, { what: 'both are called' });
    const stopping = provider.stop();
    await poll(() => scene.cache.instances('orders').some(({ status: one }) => one === 'draining') || undefined, {
      what: 'the cache has heard of the drain',
      withinMs: 1_000,
    });
    // Once the calls that were under way have ended, nothing comes any more.
    const then = staying.taken;
    await poll(() => staying.taken > then + 20 || undefined, { what: 'calls go on' });
    const last = leaving.taken;
    await stopping;
    expect(leaving.taken).toBe(last);
    over.abort();
    await calling; // a call that is lost rejects
    await other.stop();
  });
});

test('an endpoint may have a name for a host', async () => {
  await using scene = openScene();
  await using a = await greeter('a');
  await scene.offer(a, { endpoints: [`grpc://localhost:${a.port}`] });
  using _ = openGrpcResolver({ cache: scene.cache });
  using caller = new Caller('rollcall:///orders');
  expect(await caller.greet()).toBe('a');
});
