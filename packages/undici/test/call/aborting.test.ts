import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { ServiceCallError } from '@rollcall/undici';
import { fetch, request } from 'undici';
import { describe, expect, test } from 'vitest';
import { instanceAt, Scene, startDeafServer, startServer, whoAnswers } from '../scene.ts';

const reason = new Error('the caller has gone');

describe('a call that is aborted', () => {
  test('before it begins reaches nobody', async () => {
    await using a = await startServer('a');
    await using scene = new Scene([instanceAt(a)]);
    const asked = request('http://orders/', { dispatcher: scene.dispatcher, signal: AbortSignal.abort(reason) });
    await expect(asked).rejects.toBe(reason);
    expect([scene.results, a.connections]).toEqual([[], 0]);
  });

  test('while a connection is opened ends at once, and is not sent', async () => {
    await using a = await startDeafServer('a');
    await using scene = new Scene([instanceAt(a)], { pool: { connectTimeout: 300 } });
    const caller = new AbortController();
    const asked = request('http://orders/', { dispatcher: scene.dispatcher, signal: caller.signal });
    caller.abort(reason);
    await expect(asked).rejects.toBe(reason);
    expect(scene.results).toEqual(['a ignored']);
  });

  test('while it waits for an answer ends at once, and nobody else is asked', async () => {
    const held: ServerResponse[] = [];
    await using a = await startServer('a', (_, response) => held.push(response));
    await using b = await startServer('b');
    await using scene = new Scene([instanceAt(a), instanceAt(b)]);
    const caller = new AbortController();
    const asked = fetch('http://orders/', { dispatcher: scene.dispatcher, signal: caller.signal });
    await expect.poll(() => held.length).toBe(1);
    caller.abort(reason);
    await expect(asked).rejects.toBe(reason);
    expect([scene.results, b.connections]).toEqual([['a ignored'], 0]);
    await expect.poll(() => held[0]?.closed).toBe(true);
  });

  test('while its answer is read ends at once', async () => {
    const held: ServerResponse[] = [];
    await using a = await startServer('a', (_, response) => {
      response.write('begun');
      held.push(response);
    });
    await using scene = new Scene([instanceAt(a)]);
    const caller = new AbortController();
    const { body } = await request('http://orders/', { dispatcher: scene.dispatcher, signal: caller.signal });
    caller.abort(reason);
    await expect(body.text()).rejects.toBe(reason);
    expect(scene.results).toEqual(['a ignored']);
    await expect.poll(() => held[0]?.closed).toBe(true);
  });
});

test('a call that is aborted in the queue for a connection costs no connection, and is not sent', async () => {
  const asked: string[] = [];
  const held: ServerResponse[] = [];
  await using a = await startServer('a', ({ url }, response) => {
    asked.push(String(url));
    if (url === '/held') held.push(response);
    else response.end('a');
  });
  await using scene = new Scene([instanceAt(a)], { pool: { connections: 1 } });
  const { dispatcher } = scene;
  const first = request('http://orders/held', { dispatcher });
  await expect.poll(() => held.length).toBe(1);
  const caller = new AbortController();
  const second = request('http://orders/aborted', { dispatcher, method: 'POST', body: 'x', signal: caller.signal });
  caller.abort(reason);
  await expect(second).rejects.toBe(reason);
  const third = request('http://orders/third', { dispatcher });
  held[0]?.end('first');
  expect([await (await first).body.text(), await (await third).body.text()]).toEqual(['first', 'a']);
  expect([asked, a.connections]).toEqual([['/held', '/third'], 1]);
});

describe('attemptTimeoutMs', () => {
  test('an instance that does not answer in time is at fault, and another one is asked', async () => {
    await using a = await startServer('a', () => undefined);
    await using b = await startServer('b');
    await using scene = new Scene([instanceAt(a), instanceAt(b)], { attemptTimeoutMs: 50 });
    expect(await whoAnswers(scene)).toBe('b');
    expect(scene.results).toEqual(['a failure', 'b success']);
  });

  test('so is one to which no connection comes about; then also what is not idempotent is tried again', async () => {
    await using a = await startDeafServer('a');
    await using b = await startServer('b');
    await using scene = new Scene([instanceAt(a), instanceAt(b)], {
      attemptTimeoutMs: 50,
      pool: { connectTimeout: 300 },
    });
    for (const body of ['x', Readable.from(['x'])]) {
      const answer = await request('http://orders/', { dispatcher: scene.dispatcher, method: 'POST', body });
      expect(await answer.body.text()).toBe('b POST /');
    }
  });

  test('what was sent and is not idempotent fails, and says so', async () => {
    const held: ServerResponse[] = [];
    await using a = await startServer('a', (_, response) => held.push(response));
    await using b = await startServer('b');
    await using scene = new Scene([instanceAt(a), instanceAt(b)], { attemptTimeoutMs: 50 });
    const asked = request('http://orders/', { dispatcher: scene.dispatcher, method: 'POST' });
    await expect(asked).rejects.toSatisfy((error) => ServiceCallError.is(error, 'CALL_UNANSWERED'));
    await expect(asked).rejects.toThrow('no answer within 50 ms (attemptTimeoutMs)');
    await expect.poll(() => held[0]?.closed).toBe(true);
  });

  test('it bounds the time to the head of an answer, not the answer', async () => {
    const held: ServerResponse[] = [];
    await using a = await startServer('a', (_, response) => {
      response.write('begun');
      held.push(response);
    });
    await using scene = new Scene([instanceAt(a)], { attemptTimeoutMs: 50 });
    const { body } = await request('http://orders/', { dispatcher: scene.dispatcher });
    const slow = await startServer('slow', () => undefined);
    await using other = new Scene([instanceAt(slow)], { attemptTimeoutMs: 60, retry: 'off' });
    // One that began later has run out of its time.
    await expect(whoAnswers(other)).rejects.toThrow('attemptTimeoutMs');
    held[0]?.end(' and ended');
    expect(await body.text()).toBe('begun and ended');
    await slow[Symbol.asyncDispose]();
  });
});
