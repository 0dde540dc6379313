import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { NoInstanceError, roundRobin } from '@rollcall/balancer';
import { serviceInterceptor } from '@rollcall/undici';
import { testCertificates } from '@rollcall/testing-servers';
import {
  Agent,
  fetch,
  getGlobalDispatcher,
  interceptors,
  pipeline,
  request,
  setGlobalDispatcher,
  stream,
  WebSocket,
} from 'undici';
import { describe, expect, test } from 'vitest';
import { answeringUpgrades } from './upgrading-server.ts';
import { instanceAt, listening, refusedUrl, Scene, startServer, TestSources, whoAnswers } from './scene.ts';

/** Every way to call that people have. */
const ways: Readonly<Record<string, (url: string, scene: Scene) => Promise<string>>> = {
  'undici.request': async (url, { dispatcher }) => (await request(url, { dispatcher })).body.text(),
  'undici.stream': async (url, { dispatcher }) => {
    const through = new PassThrough();
    const [said] = await Promise.all([text(through), stream(url, { dispatcher, method: 'GET' }, () => through)]);
    return said;
  },
  'undici.pipeline': (url, { dispatcher }) =>
    text(pipeline(url, { dispatcher, method: 'GET' }, ({ body }) => body).end()),
  'undici.fetch': async (url, { dispatcher }) => (await fetch(url, { dispatcher })).text(),
  "Node's fetch, given the dispatcher": async (url, { dispatcher }) => {
    // Node's types are those of the undici that it brings along.
    const init: object = { dispatcher };
    return (await globalThis.fetch(url, init)).text();
  },
  "Node's fetch, by the global dispatcher": async (url, { dispatcher }) => {
    const former = getGlobalDispatcher();
    setGlobalDispatcher(dispatcher);
    try {
      return await (await globalThis.fetch(url)).text();
    } finally {
      setGlobalDispatcher(former);
    }
  },
};

describe.each(Object.entries(ways))('%s', (_name, call) => {
  test('reaches the instances of a service in turn', async () => {
    await using a = await startServer('a');
    await using b = await startServer('b');
    await using scene = new Scene([instanceAt(a), instanceAt(b)], { balancing: { policy: roundRobin() } });
    const answers = [await call('http://orders/?x=y', scene), await call('http://orders/?x=y', scene)];
    expect(answers.toSorted()).toEqual(['a GET /?x=y', 'b GET /?x=y']);
  });

  test('reaches another origin as ever', async () => {
    await using other = await startServer('other');
    await using scene = new Scene([]);
    expect(await call(`${other.url}/1`, scene)).toBe('other GET /1');
  });

  test('goes to another instance when nobody listens at the first one', async () => {
    await using b = await startServer('b');
    await using scene = new Scene([instanceAt({ id: 'a', url: await refusedUrl() }), instanceAt(b)]);
    expect(await call('http://orders/1', scene)).toBe('b GET /1');
  });
});

describe('the header Host', () => {
  test('is the host of the URL, so that a redirect that is built from it comes back to the service', async () => {
    await using a = await startServer('a', (asked, response) => {
      if (asked.url === '/new') response.end('new');
      else response.writeHead(302, { location: `http://${asked.headers.host}/new` }).end();
    });
    await using scene = new Scene([instanceAt(a)], { services: [{ service: 'orders', origin: 'http://orders:8080' }] });
    const response = await fetch('http://orders:8080/old', { dispatcher: scene.dispatcher });
    expect([await response.text(), response.url]).toEqual(['new', 'http://orders:8080/new']);
  });

  test('is the one of the call, where it has one', async () => {
    await using a = await startServer('a', ({ headers: { host } }, response) => response.end(host));
    await using scene = new Scene([instanceAt(a)]);
    const { body } = await request('http://orders/', { dispatcher: scene.dispatcher, headers: { host: 'other' } });
    expect(await body.text()).toBe('other');
  });
});

describe('https', () => {
  test('certificates are checked against the host of the endpoint, a name or an address', async () => {
    const { ca, server } = testCertificates();
    const [key, cert] = await Promise.all([readFile(server.key), readFile(server.cert)]);
    const tls = createServer({ key, cert }, ({ headers: { host } }, response) => response.end(`for ${host}`));
    await using a = await listening('a', tls);
    for (const host of ['localhost', '127.0.0.1']) {
      await using scene = new Scene([instanceAt({ id: 'a', url: `https://${host}:${a.port}` })], {
        pool: { connect: { ca: await readFile(ca) } },
      });
      expect(await whoAnswers(scene)).toBe('for orders');
    }
  });

  test('what is called by https goes to endpoints of https alone', async () => {
    await using a = await startServer('a');
    await using scene = new Scene([instanceAt(a)], { services: [{ service: 'orders', origin: 'https://orders' }] });
    const asked = request('https://orders/', { dispatcher: scene.dispatcher });
    await expect(asked).rejects.toSatisfy((error) => NoInstanceError.is(error, 'NONE_SELECTED'));
    await expect(asked).rejects.toThrow('endpointOfHttps');
  });

  test('an instance without an endpoint of http is passed over', async () => {
    await using b = await startServer('b');
    await using scene = new Scene([
      instanceAt({ id: 'a', url: 'grpc://127.0.0.1:1' }),
      instanceAt(b, { endpoints: ['grpc://127.0.0.1:1', b.url] }),
    ]);
    expect(await whoAnswers(scene)).toBe('b');
  });
});

test('nobody to call is an error that says why', async () => {
  await using scene = new Scene([]);
  await expect(request('http://orders/', { dispatcher: scene.dispatcher })).rejects.toSatisfy((error) =>
    NoInstanceError.is(error, 'NONE_LISTED'),
  );
});

test.each([
  ['a WebSocket', []],
  ['a WebSocket, through another interceptor,', [interceptors.retry()]],
])('%s reaches an instance', async (_, outer) => {
  await using a = await answeringUpgrades('a');
  const instances = [instanceAt({ id: 'nobody', url: await refusedUrl() }), instanceAt(a, { id: 'x' })];
  await using scene = new Scene(instances, {}, ...outer);
  const socket = new WebSocket('ws://orders/', { dispatcher: scene.dispatcher });
  const heard = await new Promise((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => resolve(data));
    socket.addEventListener('error', ({ error }) => reject(error));
  });
  socket.close();
  expect(heard).toBe('hello from a');
  expect(scene.results).toEqual(['nobody failure', 'x success']);
});

describe('beside interceptors of undici', () => {
  test('retry, redirect and dump around it work as around any dispatcher', async () => {
    let asked = 0;
    await using a = await startServer('a', ({ url }, response) => {
      if (url === '/moved') response.writeHead(302, { location: '/here' }).end();
      else if ((asked += 1) < 3) response.writeHead(500).end();
      else response.end('at last');
    });
    await using scene = new Scene(
      [instanceAt(a)],
      {},
      interceptors.retry({ minTimeout: 1, statusCodes: [500] }),
      interceptors.redirect({ maxRedirections: 1 }),
    );
    const { body } = await request('http://orders/moved', { dispatcher: scene.dispatcher });
    expect([await body.text(), asked]).toEqual(['at last', 3]);
  });
});

describe('closing', () => {
  test('lets what is under way end, and closes the connections', async () => {
    const held: ServerResponse[] = [];
    await using a = await startServer('a', (_, response) => held.push(response));
    await using scene = new Scene([instanceAt(a)]);
    const answer = whoAnswers(scene);
    await expect.poll(() => held.length).toBe(1);
    const closed = scene.interceptor.close();
    expect(scene.interceptor.close()).toBe(closed);
    await expect(whoAnswers(scene)).rejects.toSatisfy((error) => NoInstanceError.is(error, 'BALANCER_CLOSED'));
    held[0]?.end('a');
    expect(await answer).toBe('a');
    await closed;
    await expect.poll(() => a.sockets.size).toBe(0);
  });

  test('follows nobody any more, also where one of several services could not be opened', async () => {
    const sources = new TestSources();
    const interceptor = serviceInterceptor({ cache: sources, services: ['orders', 'billing'] });
    expect(sources.listeners).toBeGreaterThan(0);
    await interceptor.close();
    expect(sources.listeners).toBe(0);
    const broken = { cache: sources, services: ['orders', sources.unknown] };
    expect(() => serviceInterceptor(broken)).toThrow(sources.unknown);
    await expect.poll(() => sources.listeners).toBe(0);
  });

  test('two dispatchers share the connections of one interceptor', async () => {
    await using a = await startServer('a');
    await using scene = new Scene([instanceAt(a)], { pool: { connections: 1 } });
    const other = new Agent().compose(scene.interceptor);
    expect(await whoAnswers(scene)).toBe('a');
    expect(await whoAnswers({ dispatcher: other })).toBe('a');
    expect(a.connections).toBe(1);
    await other.close();
  });
});
