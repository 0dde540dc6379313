import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { ServiceCallError } from '@rollcall/undici';
import { type Dispatcher, fetch, request } from 'undici';
import { describe, expect, test } from 'vitest';
import { instanceAt, refusedUrl, Scene, startServer, type TestServer, whoAnswers } from '../scene.ts';

type Body = NonNullable<Dispatcher.DispatchOptions['body']> | null;

/** What is done to a server that fails. */
const failures = {
  'breaks the connection': () => startServer('a', ({ socket }) => void socket.destroy()),
  'answers 503': () => startServer('a', (_, response) => response.writeHead(503).end('not now')),
} as const;

async function statusOf(scene: Scene, method: string, body: Body = null): Promise<number | string> {
  try {
    const answer = await request('http://orders/', { dispatcher: scene.dispatcher, method, body });
    await answer.body.dump();
    return answer.statusCode;
  } catch (error) {
    return ServiceCallError.is(error) ? error.code : String(error);
  }
}

describe.each(Object.entries(failures))('an instance that %s', (what, start) => {
  test.each(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])('%s is tried on another one', async (method) => {
    await using a = await start();
    await using b = await startServer('b');
    await using scene = new Scene([instanceAt(a), instanceAt(b)]);
    expect(await statusOf(scene, method)).toBe(200);
    expect(scene.results).toEqual(['a failure', 'b success']);
  });

  test.each(['POST', 'PATCH'])('%s is not, as it may have been carried out', async (method) => {
    await using a = await start();
    await using b = await startServer('b');
    await using scene = new Scene([instanceAt(a), instanceAt(b)]);
    expect(await statusOf(scene, method)).toBe(what === 'answers 503' ? 503 : 'CALL_UNANSWERED');
    expect(scene.results).toEqual(['a failure']);
  });

  test('a request that says idempotent itself is taken at its word', async () => {
    await using a = await start();
    await using b = await startServer('b');
    await using scene = new Scene([instanceAt(a), instanceAt(b)]);
    const options = { dispatcher: scene.dispatcher, method: 'POST', body: 'x', idempotent: true } as const;
    const answer = await request('http://orders/', options);
    expect(await answer.body.text()).toBe('b POST /');
  });

  test('a body that is read while it is sent is not sent twice', async () => {
    await using a = await start();
    await using b = await startServer('b');
    await using scene = new Scene([instanceAt(a), instanceAt(b)]);
    expect(await statusOf(scene, 'PUT', Readable.from(['x']))).toBe(what === 'answers 503' ? 503 : 'CALL_UNANSWERED');
  });
});

describe('where nobody listens, anything is tried on another instance, as nothing was sent:', () => {
  const bodies: Readonly<Record<string, () => Body>> = {
    none: () => null,
    'a string': () => 'body',
    bytes: () => Buffer.from('body'),
    'a stream': () => Readable.from([Buffer.from('bo'), Buffer.from('dy')]),
  };

  test.each(Object.entries(bodies))('POST with %s as its body', async (name, body) => {
    await using b = await echo('b');
    await using scene = new Scene([instanceAt({ id: 'a', url: await refusedUrl() }), instanceAt(b)]);
    const answer = await request('http://orders/', { dispatcher: scene.dispatcher, method: 'POST', body: body() });
    expect(await answer.body.text()).toBe(name === 'none' ? '' : 'body');
    expect(scene.results).toEqual(['a failure', 'b success']);
  });

  test('fetch with a body, which it hands over as a stream', async () => {
    await using b = await echo('b');
    await using scene = new Scene([instanceAt({ id: 'a', url: await refusedUrl() }), instanceAt(b)]);
    const answer = await fetch('http://orders/', { dispatcher: scene.dispatcher, method: 'POST', body: 'body' });
    expect(await answer.text()).toBe('body');
  });
});

test('without an instance that was not tried, the caller gets the answer that there is', async () => {
  await using a = await failures['answers 503']();
  await using scene = new Scene([instanceAt(a)]);
  const answer = await request('http://orders/', { dispatcher: scene.dispatcher });
  expect([answer.statusCode, await answer.body.text()]).toEqual([503, 'not now']);
  expect(scene.results.at(-1)).toBe('a failure');
});

test('the only instance is asked again on another connection when the one it kept has broken', async () => {
  let asked = 0;
  await using a = await startServer('a', ({ socket }, response) => {
    if ((asked += 1) === 2) socket.destroy();
    else response.end('a');
  });
  await using scene = new Scene([instanceAt(a)]);
  expect([await whoAnswers(scene), await whoAnswers(scene), asked]).toEqual(['a', 'a', 3]);
});

test('an answer that is passed over leaves its connection for others', async () => {
  await using a = await failures['answers 503']();
  await using b = await startServer('b');
  await using scene = new Scene([instanceAt(a), instanceAt(b)], { pool: { connections: 1 } });
  expect([await whoAnswers(scene), await whoAnswers(scene)]).toEqual(['b', 'b']);
  expect(a.connections).toBe(1);
});

test('one that is long is not read to its end', async () => {
  const held: ServerResponse[] = [];
  await using a = await startServer('a', (_, response) => {
    held.push(response);
    response.writeHead(503).write('x'.repeat(100_000));
  });
  await using b = await startServer('b');
  await using scene = new Scene([instanceAt(a), instanceAt(b)]);
  expect(await whoAnswers(scene)).toBe('b');
  await expect.poll(() => held[0]?.closed).toBe(true);
});

test('no more than maxAttempts are made', async () => {
  await using scene = new Scene(await nobody('abcde'), { retry: { maxAttempts: 4 } });
  expect(await statusOf(scene, 'GET')).toBe('CALL_NOT_SENT');
  expect(scene.results).toEqual(['a failure', 'b failure', 'c failure', 'd failure']);
});

test("with 'off' there is one attempt", async () => {
  await using scene = new Scene(await nobody('ab'), { retry: 'off' });
  expect(await statusOf(scene, 'GET')).toBe('CALL_NOT_SENT');
  expect(scene.results).toEqual(['a failure']);
});

test('when the budget is spent there are no more retries', async () => {
  await using scene = new Scene(await nobody('ab'), { retry: { budget: { ratio: 0, minPerSecond: 0.2 } } });
  for (let call = 0; call < 5; call += 1) await statusOf(scene, 'GET');
  expect(scene.results.filter((result) => result === 'a failure')).toHaveLength(5);
  // Ten seconds of 0.2.
  expect(scene.results.filter((result) => result === 'b failure')).toHaveLength(2);
});

test('the error says what was tried on whom, and keeps queries to itself', async () => {
  const [a, b] = await nobody('ab');
  await using scene = new Scene([a, b].filter((one) => one !== undefined));
  const asked = request('http://orders/1?token=secret', { dispatcher: scene.dispatcher });
  await expect(asked).rejects.toMatchObject({
    name: 'ServiceCallError',
    code: 'CALL_NOT_SENT',
    service: 'orders',
    attempts: [
      { id: 'a', sent: false, status: undefined, error: { code: 'ECONNREFUSED' } },
      { id: 'b', sent: false, status: undefined, error: { code: 'ECONNREFUSED' } },
    ],
    cause: { code: 'ECONNREFUSED' },
    message: expect.stringMatching(
      /^GET http:\/\/orders\/1 failed: orders was tried 2 times: a at http.*; b at http.*\. Nothing was sent/,
    ),
  });
});

test('an answer that breaks off is an error, never another answer', async () => {
  await using a = await startServer('a', (_, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('begun');
    setImmediate(() => response.destroy());
  });
  await using b = await startServer('b');
  await using scene = new Scene([instanceAt(a), instanceAt(b)]);
  const { body } = await request('http://orders/', { dispatcher: scene.dispatcher });
  await expect(body.text()).rejects.toSatisfy((error) => ServiceCallError.is(error, 'CALL_ANSWER_BROKEN'));
  expect(scene.results).toEqual(['a failure']);
});

test.each([
  ['a path that cannot be sent', { path: 'no path' }],
  ['a header that cannot be sent', { headers: { 'x y': '1' } }],
])("%s is the caller's fault: undici's error, and nothing against the instance", async (_, options) => {
  await using a = await startServer('a');
  await using scene = new Scene([instanceAt(a)]);
  const asked = scene.dispatcher.request({ origin: 'http://orders', path: '/', method: 'GET', ...options });
  await expect(asked).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
  expect(scene.results).toEqual(['a ignored']);
});

test('a body of the caller that fails says nothing against the instance', async () => {
  await using a = await echo('a');
  await using scene = new Scene([instanceAt(a)]);
  const broken = Object.assign(new Error('the disk is gone'), { code: 'EPIPE' });
  const body = Readable.from(
    (async function* () {
      yield 'x';
      throw broken;
    })(),
  );
  const asked = request('http://orders/', { dispatcher: scene.dispatcher, method: 'PUT', body });
  await expect(asked).rejects.toBe(broken);
  expect(scene.results).toEqual(['a ignored']);
});

/** Instances at ports where nobody listens. */
async function nobody(ids: string): Promise<ReturnType<typeof instanceAt>[]> {
  return Promise.all(ids.split('').map(async (id) => instanceAt({ id, url: await refusedUrl() })));
}

/** Answers with what it is sent. */
function echo(id: string): Promise<TestServer> {
  return startServer(id, (asked, response) => void asked.pipe(response));
}
