import type { ServerResponse } from 'node:http';
import { Agent } from 'undici';
import { expect, test } from 'vitest';
import { instanceAt, Scene, startServer, whoAnswers } from './scene.ts';

test.each([
  ['leaves', () => []],
  ['is drained', (a: Parameters<typeof instanceAt>[0]) => [instanceAt(a, { status: 'draining' })]],
])('when an instance %s its connections are closed, those in use after their answer', async (_, next) => {
  const held: ServerResponse[] = [];
  await using a = await startServer('a', ({ url }, response) => {
    if (url === '/held') held.push(response);
    else response.end('a');
  });
  await using scene = new Scene([instanceAt(a)]);
  const slow = scene.dispatcher.request({ origin: 'http://orders', path: '/held', method: 'GET' });
  await expect.poll(() => held.length).toBe(1);
  await Promise.all([whoAnswers(scene), whoAnswers(scene)]);
  expect(a.sockets.size).toBe(3);
  scene.sources.set('orders', next(a));
  await expect.poll(() => a.sockets.size).toBe(1);
  held[0]?.end('slow');
  expect(await (await slow).body.text()).toBe('slow');
  await expect.poll(() => a.sockets.size).toBe(0);
});

test('an instance that is back is called over new connections', async () => {
  await using a = await startServer('a');
  await using scene = new Scene([instanceAt(a)]);
  const [instance] = [instanceAt(a)];
  scene.sources.set('orders', [instance]);
  await whoAnswers(scene);
  scene.sources.set('orders', []);
  scene.sources.set('orders', [instance]);
  expect(await whoAnswers(scene)).toBe('a');
});

test('a change of an instance that keeps its endpoint keeps the connections', async () => {
  await using a = await startServer('a');
  await using scene = new Scene([instanceAt(a)], { pool: { connections: 1 } });
  await whoAnswers(scene);
  scene.sources.set('orders', [instanceAt(a, { weight: 7, metadata: { x: 'y' } })]);
  await whoAnswers(scene);
  expect(a.connections).toBe(1);
});

test('no more connections are opened than undici alone would open', async () => {
  await using mine = await startServer('mine');
  await using theirs = await startServer('theirs');
  await using scene = new Scene([instanceAt(mine)]);
  const agent = new Agent();
  for (const width of [1, 1, 7, 3, 12, 5]) {
    await Promise.all(Array.from({ length: width }, () => whoAnswers(scene)));
    await Promise.all(
      Array.from({ length: width }, async () => {
        const { body } = await agent.request({ origin: theirs.url, path: '/', method: 'GET' });
        await body.dump();
      }),
    );
  }
  expect(mine.connections).toBe(theirs.connections);
  await agent.close();
});

test("undici's options for a pool hold for the connections to each endpoint", async () => {
  await using a = await startServer('a');
  await using b = await startServer('b');
  await using scene = new Scene([instanceAt(a), instanceAt(b)], { pool: { connections: 1, pipelining: 1 } });
  await Promise.all(Array.from({ length: 20 }, () => whoAnswers(scene)));
  expect([a.connections, b.connections]).toEqual([1, 0]);
});
