import { setTimeout as sleep } from 'node:timers/promises';
import { openGrpcResolver } from '@rollcall/grpc';
import { grpcServer, provide } from '@rollcall/provider';
import { TcpProxy } from '@rollcall/testing-servers';
import { describe, expect, test } from 'vitest';
import { atATime, CallsUnderLoad, withRetries } from './calls-under-load.ts';
import { balancedBy, type Greeter, greeter } from './greeter.ts';
import { openScene, type Scene } from './scene.ts';

const ids = ['a', 'b', 'c', 'd'];

describe('on memory, with four providers under constant calls', () => {
  test('a crash of one costs at most the calls that were under way to it, and none with retries', async () => {
    await using scene = openScene();
    await using fleet = await openFleet(scene);
    using resolver = openGrpcResolver({ cache: scene.cache });
    await using plain = new CallsUnderLoad(resolver.target('orders'));
    await using retrying = new CallsUnderLoad(resolver.target('orders'), withRetries);
    await Promise.all([plain.reaches(ids), retrying.reaches(ids)]);
    const peer = fleet.crash('a');
    const deadAt = performance.now();
    const others = ['b', 'c', 'd'];
    await Promise.all([plain.reaches(others), retrying.reaches(others)]);
    await Promise.all([plain.stop(), retrying.stop()]);
    expect(retrying.unanswered).toEqual([]);
    expect(plain.losses.length).toBeLessThanOrEqual(atATime);
    for (const loss of plain.losses) {
      expect(loss.peer).toBe(peer);
      expect(loss.begunAt).toBeLessThan(deadAt);
    }
  });

  test.each(['rollcall_weighted', 'round_robin'] as const)(
    'the registry out of reach costs none, with %s',
    async (policy) => {
      await using scene = openScene();
      await using _ = await openFleet(scene);
      using resolver = openGrpcResolver({ cache: scene.cache });
      await using plain = new CallsUnderLoad(resolver.target('orders'), balancedBy(policy));
      await plain.reaches(ids);
      scene.driver.disconnect();
      await expect.poll(() => scene.cache.service('orders').state, { timeout: 5_000 }).toBe('stale');
      await plain.reaches(ids);
      scene.driver.reconnect();
      await expect.poll(() => scene.cache.service('orders').state, { timeout: 5_000 }).toBe('live');
      await plain.reaches(ids);
      await plain.stop();
      expect(plain.losses).toEqual([]);
    },
  );

  test.each(['rollcall_weighted', 'round_robin', 'pick_first'] as const)(
    'a rolling restart costs none, with %s',
    async (policy) => {
      await using scene = openScene();
      using resolver = openGrpcResolver({ cache: scene.cache });
      const offer = async (id: string): Promise<() => Promise<void>> => {
        const own = await slowGreeter(id);
        const provider = await provide(grpcServer(own.server, { host: '127.0.0.1', port: own.port }), {
          registrar: scene.provider,
          service: 'orders',
          id,
          signals: [],
          drainMs: 200,
        });
        return () => provider.stop();
      };
      const former = await Promise.all(ids.map((id) => offer(id)));
      await using plain = new CallsUnderLoad(resolver.target('orders'), balancedBy(policy));
      await plain.goesOn();
      const present: (() => Promise<void>)[] = [];
      for (const [index, stop] of former.entries()) {
        await stop();
        present.push(await offer(`${ids[index]}2`));
        await plain.goesOn();
      }
      await plain.stop();
      expect(plain.losses).toEqual([]);
      await Promise.all(present.map((stop) => stop()));
    },
  );
});

/** One who has calls under way at any time. */
function slowGreeter(id: string): Promise<Greeter> {
  return greeter(id, async () => {
    await sleep(Math.random() * 20);
    return id;
  });
}

/** Four of them, each with a network of its own. */
interface Fleet extends AsyncDisposable {
  /** Breaks its connections, for good. @returns where it was */
  crash(id: string): string | undefined;
}

async function openFleet(scene: Scene): Promise<Fleet> {
  const greeters = await Promise.all(ids.map((id) => slowGreeter(id)));
  const proxies = new Map<string, TcpProxy>();
  for (const { id, port } of greeters) {
    const proxy = await TcpProxy.start({ host: '127.0.0.1', port });
    proxies.set(id, proxy);
    await scene.register(id, { endpoints: [`grpc://${proxy.endpoint}`] });
  }
  return {
    crash(id) {
      const proxy = proxies.get(id);
      proxy?.cut();
      return proxy?.endpoint;
    },
    async [Symbol.asyncDispose]() {
      for (const one of [...greeters, ...proxies.values()]) await one[Symbol.asyncDispose]();
    },
  };
}
