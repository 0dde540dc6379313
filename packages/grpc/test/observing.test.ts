import { AsyncLocalStorage } from 'node:async_hooks';
import { status } from '@grpc/grpc-js';
import { type CallListener, type CallObserver, type GrpcResolverOptions, openGrpcResolver } from '@rollcall/grpc';
import { describe, expect, test } from 'vitest';
import { balancedBy, Caller, greeter } from './greeter.ts';
import { openScene, type Scene } from './scene.ts';

/** What an observer was told, in order. */
class Told implements CallObserver {
  readonly lines: string[] = [];
  readonly context = new AsyncLocalStorage<string>();
  readonly #headers: Readonly<Record<string, string>> | undefined;

  constructor(headers?: Readonly<Record<string, string>>) {
    this.#headers = headers;
  }

  callStarted({ service, method }: Parameters<CallObserver['callStarted']>[0]): CallListener {
    this.lines.push(`${service} ${method} ${this.context.getStore() ?? 'nowhere'}`);
    return {
      attemptStarted: ({ number, instance, url }) => {
        this.lines.push(`${number} ${instance.id} ${url.replace(/:\d+$/, '')}`);
        return this.#headers;
      },
      attemptEnded: ({ number }, end) => this.lines.push(`${number} ${end.result} ${end.status}`),
      callEnded: (end) => this.lines.push(`${end.attempts} ${end.status}`),
    };
  }
}

function observed(scene: Scene, options: Partial<GrpcResolverOptions>, channel: object = {}): Caller & Disposable {
  using resolver = openGrpcResolver({ cache: scene.cache, ...options });
  return new Caller(resolver.target('orders'), { ...channel, interceptors: [resolver.interceptor('orders')] });
}

/** Tries again what failed as UNAVAILABLE. */
const retrying = {
  'grpc.service_config': JSON.stringify({
    loadBalancingConfig: [{ rollcall_weighted: {} }],
    methodConfig: [
      {
        name: [{ service: 'test.Greeter' }],
        retryPolicy: {
          maxAttempts: 3,
          initialBackoff: '0.01s',
          maxBackoff: '0.01s',
          backoffMultiplier: 1,
          retryableStatusCodes: ['UNAVAILABLE'],
        },
      },
    ],
  }),
};

describe('an observer', () => {
  test('hears of a call, whom it goes to, and how both end, in the context of the caller', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await scene.offer(a);
    const told = new Told();
    using caller = observed(scene, { observer: told });
    expect(await told.context.run('here', () => caller.greet())).toBe('a');
    expect(told.lines).toEqual(['orders test.Greeter/Greet here', '1 a grpc://127.0.0.1', '1 success OK', '1 OK']);
  });

  test('hears of each attempt, one after the other', async () => {
    await using scene = openScene();
    let calls = 0;
    await using a = await greeter('a', async () => {
      calls += 1;
      if (calls === 1) throw Object.assign(new Error('not now'), { code: status.UNAVAILABLE });
      return 'served';
    });
    await scene.offer(a);
    const told = new Told();
    using caller = observed(scene, { observer: told, ejection: 'off' }, retrying);
    expect(await caller.greet()).toBe('served');
    expect(told.lines).toEqual([
      'orders test.Greeter/Greet nowhere',
      '1 a grpc://127.0.0.1',
      '1 failure UNAVAILABLE',
      '2 a grpc://127.0.0.1',
      '2 success OK',
      '2 OK',
    ]);
  });

  test('sends metadata with an attempt, in place of that of the call', async () => {
    await using scene = openScene();
    const got: unknown[] = [];
    await using a = await greeter('a', (_name, metadata) => {
      got.push(metadata.get('traceparent'), metadata.get('other'));
      return 'a';
    });
    await scene.offer(a);
    using caller = observed(scene, { observer: new Told({ traceparent: '00-1', 'not a key': 'x' }) });
    await caller.greet('ada', { metadata: { traceparent: '00-0', other: 'kept' } });
    expect(got).toEqual([['00-1'], ['kept']]);
  });

  test('hears that there was nobody to call', async () => {
    await using scene = openScene();
    const told = new Told();
    using caller = observed(scene, { observer: told });
    await expect(caller.greet()).rejects.toMatchObject({ code: status.UNAVAILABLE });
    expect(told.lines).toEqual(['orders test.Greeter/Greet nowhere', '0 UNAVAILABLE']);
  });

  test('hears the end of an attempt that the caller gives up', async () => {
    await using scene = openScene();
    const told = new Told();
    await using a = await greeter('a', () => new Promise(() => undefined));
    await scene.offer(a);
    using caller = observed(scene, { observer: told });
    await expect(caller.greet('ada', { withinMs: 300 })).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(told.lines.slice(1)).toEqual(['1 a grpc://127.0.0.1', '1 failure DEADLINE_EXCEEDED', '1 DEADLINE_EXCEEDED']);
  });

  test('hears of an attempt that was given up before it was sent', async () => {
    await using scene = openScene();
    const told = new Told();
    await using a = await greeter('a');
    await scene.offer(a);
    using caller = observed(scene, { observer: told });
    await caller.greet();
    told.lines.length = 0;
    await caller.cancelled();
    expect(told.lines.slice(1)).toEqual(['1 a grpc://127.0.0.1', '1 ignored undefined', '1 CANCELLED']);
  });

  test('that throws stops no call, and one that does not care hears no more', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await scene.offer(a);
    const fail = (): never => {
      throw new Error('no');
    };
    const listeners: (CallListener | undefined)[] = [
      { attemptStarted: fail, attemptEnded: fail, callEnded: fail },
      undefined,
    ];
    for (const observer of [{ callStarted: fail }, ...listeners.map((one) => ({ callStarted: () => one }))]) {
      using caller = observed(scene, { observer });
      expect(await caller.greet()).toBe('a');
    }
  });

  test('hears of calls alone where grpc-js balances by itself', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await scene.offer(a);
    const told = new Told();
    using caller = observed(scene, { observer: told }, balancedBy('round_robin'));
    expect(await caller.greet()).toBe('a');
    expect(told.lines).toEqual(['orders test.Greeter/Greet nowhere', '0 OK']);
  });
});

test('without an observer, the interceptor does nothing', async () => {
  await using scene = openScene();
  await using a = await greeter('a');
  await scene.offer(a);
  using caller = observed(scene, {});
  expect(await caller.greet()).toBe('a');
});

test('observeBalancer hears of the balancer of a channel, counts each call once, and takes it back with the channel', async () => {
  await using scene = openScene();
  await using a = await greeter('a');
  await scene.offer(a);
  type Observed = Parameters<NonNullable<GrpcResolverOptions['observeBalancer']>>[0];
  const balancers = new Set<Observed>();
  const observeBalancer = (balancer: Observed): (() => void) => {
    balancers.add(balancer);
    return () => {
      expect(balancer.stats.done.success).toBe(10);
      balancers.delete(balancer);
    };
  };
  const caller = observed(scene, { observeBalancer });
  await caller.tally(10);
  const [balancer] = balancers;
  expect(balancer?.service).toBe('orders');
  expect(balancer?.stats).toMatchObject({
    picked: 0,
    acquired: 10,
    done: { success: 10 },
    instances: { candidate: 1 },
  });
  caller.client.close();
  expect(balancers.size).toBe(0);
});

test.each<[object, string]>([
  [{ observer: {} }, 'options.observer: expected a CallObserver, with a method callStarted'],
  [{ observer: null }, 'options.observer: expected a CallObserver, with a method callStarted'],
  [{ observeBalancer: {} }, 'options.observeBalancer: expected a function'],
])('%j is refused', async (options, message) => {
  await using scene = openScene();
  expect(() => openGrpcResolver(Object.assign({ cache: scene.cache }, options))).toThrow(message);
});
