import { AsyncLocalStorage } from 'node:async_hooks';
import { type Balancer, type BalancerDiagnosticEvent, NoInstanceError, roundRobin } from '@rollcall/balancer';
import type { CallObserver } from '@rollcall/undici';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { instanceAt, refusedUrl, Scene, startServer, whoAnswers } from '../scene.ts';

/** Writes down what it hears. */
function witness(): { readonly heard: unknown[]; readonly observer: CallObserver } {
  const heard: unknown[] = [];
  const observer: CallObserver = {
    callStarted({ service, origin, method, path }) {
      heard.push(`${method} ${path} of ${service} at ${origin}`);
      return {
        attemptStarted: ({ number, instance: { id }, url }) => void heard.push([number, id, url]),
        attemptEnded: ({ number }, { result, status, error }) =>
          void heard.push([number, result, status, error instanceof Error]),
        callEnded: ({ attempts, status, error }) => void heard.push([attempts, status, error instanceof Error]),
      };
    },
  };
  return { heard, observer };
}

test('an observer hears of the call, of each attempt in turn, and of the end', async () => {
  await using b = await startServer('b');
  const url = await refusedUrl();
  const { heard, observer } = witness();
  await using scene = new Scene([instanceAt({ id: 'a', url }), instanceAt(b)], { observer });
  await whoAnswers(scene);
  expect(heard).toEqual([
    'GET / of orders at http://orders',
    [1, 'a', url],
    [1, 'failure', undefined, true],
    [2, 'b', b.url],
    [2, 'success', 200, false],
    [2, 200, false],
  ]);
});

test('it hears of a call for which there is nobody', async () => {
  const { heard, observer } = witness();
  await using scene = new Scene([], { observer });
  await expect(whoAnswers(scene)).rejects.toBeInstanceOf(NoInstanceError);
  expect(heard).toEqual(['GET / of orders at http://orders', [0, undefined, true]]);
});

test('it may add headers to each attempt, which win over those of the call, in whatever form they came', async () => {
  await using a = await startServer('a', ({ headers }, response) =>
    response.end(JSON.stringify([headers['traceparent'], headers['x-own']])),
  );
  const observer: CallObserver = {
    callStarted: () => ({ attemptStarted: ({ number }) => ({ traceparent: `attempt ${number}` }) }),
  };
  await using scene = new Scene([instanceAt(a)], { observer });
  const forms = [
    { Traceparent: 'old', 'x-own': 'own' },
    ['Traceparent', 'old', 'x-own', 'own'],
    new Map([
      ['Traceparent', 'old'],
      ['x-own', 'own'],
    ]),
    { 'x-own': ['own'] },
  ];
  for (const headers of forms) {
    const { body } = await request('http://orders/', { dispatcher: scene.dispatcher, headers });
    expect(await body.json()).toEqual(['attempt 1', 'own']);
  }
  const { body } = await request('http://orders/', { dispatcher: scene.dispatcher });
  expect(await body.json()).toEqual(['attempt 1', null]);
});

test('what it throws stops no call', async () => {
  await using a = await startServer('a');
  const fail = (): never => {
    throw new Error('broken');
  };
  for (const observer of [
    { callStarted: fail },
    { callStarted: () => ({ attemptStarted: fail, attemptEnded: fail, callEnded: fail }) },
  ]) {
    await using scene = new Scene([instanceAt(a)], { observer });
    expect(await whoAnswers(scene)).toBe('a');
  }
});

test('a call begins in the async context of its caller', async () => {
  await using a = await startServer('a');
  const storage = new AsyncLocalStorage<string>();
  const contexts: unknown[] = [];
  const observer: CallObserver = { callStarted: () => void contexts.push(storage.getStore()) };
  await using scene = new Scene([instanceAt(a)], { observer });
  await storage.run('caller', () => whoAnswers(scene));
  expect(contexts).toEqual(['caller']);
});

test('observeBalancer hears of the balancer of each service, and takes it back when the interceptor closes', async () => {
  await using a = await startServer('a');
  const balancers = new Set<Pick<Balancer, 'service' | 'stats'>>();
  const scene = new Scene([instanceAt(a)], {
    observeBalancer(balancer) {
      balancers.add(balancer);
      return () => {
        expect(balancer.stats.done.success).toBe(1);
        balancers.delete(balancer);
      };
    },
  });
  await whoAnswers(scene);
  expect([...balancers]).toMatchObject([{ service: 'orders', stats: { acquired: 1, done: { success: 1 } } }]);
  await scene[Symbol.asyncDispose]();
  expect(balancers.size).toBe(0);
});

test('observeBalancer that throws is no trouble of anybody else', async () => {
  await using a = await startServer('a');
  const observeBalancer = (): never => {
    throw new Error('no');
  };
  await using scene = new Scene([instanceAt(a)], { observeBalancer });
  expect(await whoAnswers(scene)).toBe('a');
});

test('onDiagnostic hears of what balancers do, unless their balancing has its own', async () => {
  const url = await refusedUrl();
  const told: (readonly [string, BalancerDiagnosticEvent])[] = [];
  const tell =
    (who: string) =>
    (event: BalancerDiagnosticEvent): void =>
      void told.push([who, event]);
  for (const own of [{}, { onDiagnostic: tell('own') }]) {
    await using scene = new Scene(
      ['a', 'b'].map((id) => instanceAt({ id, url })),
      {
        onDiagnostic: tell('general'),
        balancing: { policy: roundRobin(), ejection: { failures: 1, maxShare: 1 }, ...own },
        retry: 'off',
      },
    );
    await expect(whoAnswers(scene)).rejects.toThrow('ECONNREFUSED');
  }
  expect(told).toMatchObject([
    ['general', { type: 'instance-ejected' }],
    ['own', { type: 'instance-ejected' }],
  ]);
});
