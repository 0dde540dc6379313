import { setTimeout as sleep } from 'node:timers/promises';
import { openServiceCache } from '@rollcall/balancer';
import type { Registry } from '@rollcall/core';
import { type GrpcResolver, openGrpcResolver } from '@rollcall/grpc';
import { poll } from '@rollcall/testing-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registryAt, servers, type StageServer } from '../../../balancer/test/servers/stage.ts';
import { type Program, programOf, type RunningProgram } from '../../../provider/test/processes/program.ts';
import { atATime, CallsUnderLoad, withRetries } from '../calls-under-load.ts';

let program: Program;

beforeAll(async () => {
  program = await programOf(new URL('./greeter.entry.ts', import.meta.url));
});

afterAll(() => program[Symbol.asyncDispose]());

// All at once: a minute of outage is then one minute in all.
describe.concurrent.each(['etcd', 'consul'] as const)('on %s, with four providers, each a process', (backend) => {
  test(
    'kill -9 of one costs at most the calls that were under way to it, and none with retries',
    { timeout: 120_000 },
    async () => {
      await using stage = await openStage(backend, 'crash');
      const { fleet, target } = stage;
      const ids = await fleet.addAll(['a', 'b', 'c', 'd']);
      await using plain = new CallsUnderLoad(target);
      await using retrying = new CallsUnderLoad(target, withRetries);
      await Promise.all([plain.reaches(ids), retrying.reaches(ids)]);
      const peer = fleet.addressOf('a');
      await fleet.kill('a');
      const deadAt = performance.now();
      await Promise.all([plain.reaches(['b', 'c', 'd']), retrying.reaches(['b', 'c', 'd'])]);
      // Also when its entry runs into its TTL.
      await stage.lists(3);
      await Promise.all([plain.goesOn(), retrying.goesOn()]);
      await Promise.all([plain.stop(), retrying.stop()]);
      expect(retrying.unanswered).toEqual([]);
      expect(plain.losses.length).toBeLessThanOrEqual(atATime);
      for (const loss of plain.losses) {
        expect(loss.peer).toBe(peer);
        expect(loss.begunAt).toBeLessThan(deadAt);
      }
    },
  );

  test('a minute without the registry costs no call', { timeout: 180_000 }, async () => {
    await using stage = await openStage(backend, 'outage');
    const { fleet, server, target } = stage;
    const ids = await fleet.addAll(['a', 'b', 'c', 'd']);
    await using plain = new CallsUnderLoad(target);
    await plain.reaches(ids);
    await server.stop();
    // How long it lasts is what the test is about.
    await sleep(60_000);
    await plain.reaches(ids);
    await server.start();
    await stage.lists(4);
    await plain.reaches(ids);
    await plain.stop();
    expect(plain.losses).toEqual([]);
  });

  test(
    'a rolling restart costs no call, and who drains gets nothing new after a second',
    { timeout: 180_000 },
    async () => {
      await using stage = await openStage(backend, 'rolling');
      const { fleet, target } = stage;
      const ids = await fleet.addAll(['a', 'b', 'c', 'd']);
      await using plain = new CallsUnderLoad(target);
      await plain.reaches(ids);
      for (const id of ids) {
        expect(await fleet.end(id)).toBeLessThan(1_000);
        await fleet.addAll([`${id}2`]);
        await plain.reaches([`${id}2`]);
      }
      await plain.stop();
      expect(plain.losses).toEqual([]);
      expect(plain.answered).toBeGreaterThan(200);
    },
  );
});

/** A server of its own, those who register there, and a resolver that follows it. */
interface Stage extends AsyncDisposable {
  readonly server: StageServer;
  readonly fleet: Fleet;
  readonly resolver: GrpcResolver;
  readonly target: string;
  /** Waits until so many are listed. */
  lists(count: number): Promise<void>;
}

async function openStage(backend: 'etcd' | 'consul', scene: string): Promise<Stage> {
  const server = await servers[backend]();
  const registry = registryAt(backend, server.endpoint);
  const cache = openServiceCache({ discovery: registry });
  const resolver = openGrpcResolver({ cache, authority: `${backend}-${scene}` });
  const fleet = new Fleet(`${backend}://${server.endpoint}`);
  return {
    server,
    fleet,
    resolver,
    target: resolver.target('orders'),
    lists: (count) => listed(registry, count),
    async [Symbol.asyncDispose]() {
      resolver.close();
      await cache.close();
      await registry.close();
      await fleet[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function listed(registry: Registry, count: number): Promise<void> {
  await poll(async () => (await registry.list('orders')).length === count || undefined, {
    what: `${count} are listed`,
    withinMs: 40_000,
  });
}

/** Providers, each a process of its own. */
class Fleet implements AsyncDisposable {
  readonly #url: string;
  readonly #running = new Map<string, RunningProgram>();
  readonly #addresses = new Map<string, string>();

  constructor(url: string) {
    this.#url = url;
  }

  /** Such as `127.0.0.1:1234`. */
  addressOf(id: string): string | undefined {
    return this.#addresses.get(id);
  }

  /** @returns the ids, once all are up */
  async addAll(ids: readonly string[]): Promise<readonly string[]> {
    await Promise.all(ids.map((id) => this.#add(id)));
    return ids;
  }

  /** Resolves when it is dead. */
  async kill(id: string): Promise<void> {
    await this.#running.get(id)?.[Symbol.asyncDispose]();
    this.#running.delete(id);
  }

  /** As an orchestrator would. @returns for how long calls still came while it drained, in milliseconds */
  async end(id: string): Promise<number> {
    const one = this.#running.get(id);
    one?.kill('SIGTERM');
    const ended = await one?.end();
    expect(ended).toMatchObject({ code: 0, signal: null, complaints: '' });
    this.#running.delete(id);
    const [, ms] = /called for (\S+) ms/.exec(ended?.lines.at(-1) ?? '') ?? [];
    return Number(ms);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.values()].map((one) => one[Symbol.asyncDispose]()));
  }

  async #add(id: string): Promise<void> {
    const one = program.start([this.#url, id]);
    this.#running.set(id, one);
    const line = await one.says('up at');
    this.#addresses.set(id, `127.0.0.1:${line.replace('up at ', '')}`);
  }
}
