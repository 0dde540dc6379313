import { consistentHash } from '@rollcall/balancer';
import { serviceInterceptor, type ServiceInterceptorOptions } from '@rollcall/undici';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { instanceAt, Scene, startServer, TestSources } from './scene.ts';

const good: ServiceInterceptorOptions = { cache: new TestSources(), services: ['orders'] };

const bad: readonly (readonly [string, object])[] = [
  ['options.retries: unknown key', { retries: {} }],
  ['options.cache: expected a service cache', { cache: {} }],
  ['options.services: expected an array', { services: 'orders' }],
  ['options.services[0].service: expected the name of a service', { services: [{}] }],
  ['options.services[0].origin: expected an origin', { services: [{ service: 'orders', origin: 1 }] }],
  ['options.services[0].name: unknown key', { services: [{ name: 'orders' }] }],
  [
    'options.services[0].attemptTimeoutMs: expected a number from 1',
    { services: [{ service: 'a', attemptTimeoutMs: 0 }] },
  ],
  ['options.retry.attempts: unknown key', { retry: { attempts: 1 } }],
  ['options.retry.maxAttempts: expected a whole number from 1', { retry: { maxAttempts: 0 } }],
  ['options.retry.methods[0]: expected a method in upper case', { retry: { methods: ['get'] } }],
  ['options.retry.methods: expected an array', { retry: { methods: 'GET' } }],
  ['options.retry.budget.ratio: expected a number from 0', { retry: { budget: { ratio: -1 } } }],
  ['options.retry.budget.percent: unknown key', { retry: { budget: { percent: 1 } } }],
  ['options.failureStatuses[1]: expected a whole number from 400', { failureStatuses: [500, 200] }],
  ['options.failureStatuses: expected an array', { failureStatuses: 500 }],
  ['options.pickContext: expected a function', { pickContext: 'key' }],
  ['options.pool: expected', { pool: 1 }],
  ['options.balancing.policy: expected a policy', { balancing: {} }],
  ['options.observer: expected a CallObserver', { observer: {} }],
  ['options.observeBalancer: expected a function', { observeBalancer: {} }],
  ['options.onDiagnostic: expected a function', { onDiagnostic: {} }],
  ['options.clock: expected a Clock', { clock: {} }],
];

test.each(bad)('%s', (message, wrong) => {
  const options = Object.assign({}, good, wrong);
  expect(() => serviceInterceptor(options)).toThrow(TypeError);
  expect(() => serviceInterceptor(options)).toThrow(message);
});

test('a setting of a route wins over that of the interceptor, and the others hold', async () => {
  await using a = await startServer('a', (_, response) => response.writeHead(418).end());
  await using b = await startServer('b');
  await using scene = new Scene([instanceAt(a), instanceAt(b)], {
    failureStatuses: [418],
    services: ['orders', { service: 'orders', origin: 'http://strict', retry: 'off' }],
  });
  const { dispatcher } = scene;
  const statuses: number[] = [];
  for (const url of ['http://orders/', 'http://strict/']) {
    const { statusCode, body } = await request(url, { dispatcher });
    await body.dump();
    statuses.push(statusCode);
  }
  expect(statuses).toEqual([200, 418]);
});

test('pickContext is what policies choose by', async () => {
  await using a = await startServer('a');
  await using b = await startServer('b');
  await using scene = new Scene([instanceAt(a), instanceAt(b)], {
    balancing: { policy: consistentHash() },
    pickContext: ({ path }) => ({ key: path }),
  });
  const who = async (path: string): Promise<string> =>
    (await (await request(`http://orders${path}`, { dispatcher: scene.dispatcher })).body.text()).charAt(0);
  const keys = Array.from({ length: 20 }, (_, key) => `/${key}`);
  const first = await Promise.all(keys.map(who));
  expect(new Set(first)).toEqual(new Set(['a', 'b']));
  expect(await Promise.all(keys.map(who))).toEqual(first);
});

test('a policy that needs what a call does not have fails the call', async () => {
  await using a = await startServer('a');
  await using scene = new Scene([instanceAt(a)], { balancing: { policy: consistentHash() } });
  await expect(request('http://orders/', { dispatcher: scene.dispatcher })).rejects.toBeInstanceOf(TypeError);
});

test('without balancing an instance that fails is left out', async () => {
  await using a = await startServer('a', (_, response) => response.writeHead(500).end());
  await using b = await startServer('b');
  await using scene = new Scene([instanceAt(a), instanceAt(b)], {
    balancing: undefined,
    failureStatuses: [500],
    retry: 'off',
  });
  const statuses = [];
  for (let call = 0; call < 40; call += 1) {
    const { statusCode, body } = await request('http://orders/', { dispatcher: scene.dispatcher });
    await body.dump();
    statuses.push(statusCode);
  }
  expect(statuses.filter((status) => status === 500)).toHaveLength(5);
});
