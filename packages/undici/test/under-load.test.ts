import { text } from 'node:stream/consumers';
import { memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { createRegistry, manualClock, type Registration, type Registry } from '@rollcall/core';
import { expect, test } from 'vitest';
import { CallsUnderLoad } from './calls-under-load.ts';
import { startServer, type TestServer } from './scene.ts';

const four = ['a', 'b', 'c', 'd'] as const;

/** Four servers of this process, in a registry in memory on a clock that stands still. */
class Stage implements AsyncDisposable {
  readonly clock = manualClock();
  readonly driver = memoryDriver(new MemoryStore({ clock: this.clock }));
  readonly registry: Registry = createRegistry(this.driver);
  readonly #all = new Map<string, { readonly server: TestServer; readonly registration: Registration }>();

  static async open(): Promise<Stage> {
    const stage = new Stage();
    for (const id of four) {
      const server = await startServer(id, (request, response) => {
        void text(request).then((body) => setImmediate(() => response.end(`${id} ${body}`)));
      });
      const registration = await stage.registry.register({ service: 'orders', id, endpoints: [server.url] });
      stage.#all.set(id, { server, registration });
    }
    return stage;
  }

  /** Its connections break, and it stays listed: the clock stands still. */
  async crash(id: string): Promise<void> {
    await this.#all.get(id)?.server[Symbol.asyncDispose]();
    this.#all.delete(id);
  }

  async drain(id: string): Promise<void> {
    await this.#all.get(id)?.registration.update({ status: 'draining' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry.close();
    for (const { server } of this.#all.values()) await server[Symbol.asyncDispose]();
  }
}

test('a crash of one of four costs no call that may be repeated', async () => {
  await using stage = await Stage.open();
  await using calls = await CallsUnderLoad.start(stage.registry, 'GET');
  await calls.reaches(...four);
  await stage.crash('b');
  await calls.reaches('a', 'c', 'd');
  await calls.stop();
  expect(calls.failures).toEqual([]);
});

test('and of the others at most those that are under way to it', async () => {
  await using stage = await Stage.open();
  await using calls = await CallsUnderLoad.start(stage.registry, 'POST');
  await calls.reaches(...four);
  const before = calls.attemptsOn('b');
  const underWay = calls.underWayTo('b');
  await stage.crash('b');
  const atRisk = underWay + calls.attemptsOn('b') - before;
  await calls.reaches('a', 'c', 'd');
  await calls.stop();
  expect(calls.failures.length).toBeLessThanOrEqual(atRisk);
  for (const { error, tried } of calls.failures) {
    expect(error).toMatchObject({ code: 'CALL_UNANSWERED' });
    expect(tried.at(-1)).toBe('b');
  }
});

test('a minute without the registry costs none', async () => {
  await using stage = await Stage.open();
  await using calls = await CallsUnderLoad.start(stage.registry, 'POST');
  stage.driver.disconnect();
  for (let second = 0; second < 60; second += 1) await stage.clock.advance(1_000);
  await calls.reaches(...four);
  stage.driver.reconnect();
  await stage.clock.advance(30_000);
  await calls.reaches(...four);
  await calls.stop();
  expect(calls.failures).toEqual([]);
});

test('one that is drained gets nothing new', async () => {
  await using stage = await Stage.open();
  await using calls = await CallsUnderLoad.start(stage.registry, 'POST');
  await calls.reaches(...four);
  await stage.drain('b');
  const before = calls.attemptsOn('b');
  await calls.reaches('a', 'c', 'd');
  await calls.stop();
  expect(calls.attemptsOn('b')).toBe(before);
  expect(calls.failures).toEqual([]);
});
