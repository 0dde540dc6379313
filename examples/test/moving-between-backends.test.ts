import { randomUUID } from 'node:crypto';
import { consulBackend } from '@rollcall/backend-consul';
import { etcdBackend } from '@rollcall/backend-etcd';
import { openRegistry, type Registry } from '@rollcall/core';
import { freePort, poll } from '@rollcall/testing-servers';
import { beforeAll, expect, inject, test } from 'vitest';
import { CallerUnderLoad } from '../../packages/provider/test/processes/caller-under-load.ts';
import { buildDemo } from './demo-process.ts';
import { ExampleProcess } from './example-process.ts';

type Variables = Readonly<Record<string, string>>;

const backends = [etcdBackend(), consulBackend()];

beforeAll(buildDemo, 60_000);

// With the defaults: what a user gets who sets nothing.
test(
  'a service moves from etcd to Consul under constant requests, and not one is lost',
  { timeout: 90_000 },
  async () => {
    const place = randomUUID();
    const etcd = `etcd://${new URL(inject('etcd35').url).host}/${place}`;
    const consul = `consul://${new URL(inject('consul').url).host}?prefix=${place}-`;
    await using inEtcd = openRegistry(etcd, { backends });
    await using inConsul = openRegistry(consul, { backends });
    const both = { ROLLCALL_URL: etcd, ALSO_ROLLCALL_URL: consul };
    await using fleet = new Fleet();
    await fleet.deploy({ ROLLCALL_URL: etcd });
    await using first = await consumer(inEtcd, fleet);
    await using second = await consumer(inEtcd, fleet);

    // 1. Providers register in Consul too.
    expect(await mayMove(both)).toEqual({ exitCode: 1, missing: 2 });
    await fleet.deploy(both);
    await listed(inConsul, 2);

    // 2. Consumers move, one after the other.
    expect(await mayMove(both)).toEqual({ exitCode: 0, missing: 0 });
    await using firstMoved = await consumer(inConsul, fleet);
    const tolls = [await first.stop()];
    await using secondMoved = await consumer(inConsul, fleet);
    tolls.push(await second.stop());

    // 3. Consul leads, as it is what consumers read; the way back is still open.
    await fleet.deploy({ ROLLCALL_URL: consul, ALSO_ROLLCALL_URL: etcd });
    await listed(inEtcd, 2);

    // 4. Providers leave etcd.
    await fleet.deploy({ ROLLCALL_URL: consul });
    await firstMoved.serves(fleet.pids);

    tolls.push(await firstMoved.stop(), await secondMoved.stop());
    expect(tolls.flatMap(({ failures }) => failures)).toEqual([]);
    for (const { answered } of tolls) expect(answered).toBeGreaterThan(500);
    expect(await inEtcd.services()).toEqual([]);
    expect(await inConsul.list('orders')).toHaveLength(2);
  },
);

test(
  'a provider starts, serves and leaves while the registry that it is to move to is down',
  { timeout: 60_000 },
  async () => {
    const etcd = `etcd://${new URL(inject('etcd35').url).host}/${randomUUID()}`;
    await using inEtcd = openRegistry(etcd, { backends });
    await using provider = new ExampleProcess('moving-between-backends/provider-process.js', {
      ROLLCALL_URL: etcd,
      ALSO_ROLLCALL_URL: `consul://127.0.0.1:${await freePort()}`,
    });
    await provider.tells('up');
    await listed(inEtcd, 1);
    provider.kill('SIGTERM');
    const { exitCode, complaints } = await provider.end();
    expect(exitCode).toBe(0);
    expect(complaints).toContain('the following registry has not answered for 5000 ms; going on without it.');
    expect(await inEtcd.services()).toEqual([]);
  },
);

/** One that has found everybody. */
async function consumer(registry: Registry, fleet: Fleet): Promise<CallerUnderLoad> {
  const caller = new CallerUnderLoad(registry, 'orders');
  await caller.serves(fleet.pids);
  return caller;
}

async function listed(registry: Registry, count: number): Promise<void> {
  await poll(async () => ((await registry.list('orders')).length === count ? true : undefined), {
    what: `${count} are listed on ${registry.backend}`,
  });
}

/** What the gate says. */
async function mayMove(variables: Variables): Promise<{ exitCode: number | null; missing: number }> {
  await using gate = new ExampleProcess('moving-between-backends/main.js', variables);
  const { exitCode, output } = await gate.end();
  return { exitCode, missing: output.split('\n').filter((line) => line.startsWith('missing: orders/')).length };
}

/** Two providers, each a process. */
class Fleet implements AsyncDisposable {
  #running: ExampleProcess[] = [];

  get pids(): readonly number[] {
    return this.#running.map(({ pid }) => pid);
  }

  /** A rolling restart: a successor is up before its predecessor is asked to leave. */
  async deploy(variables: Variables): Promise<void> {
    const former = [...this.#running];
    for (const predecessor of [former[0], former[1]]) {
      const successor = new ExampleProcess('moving-between-backends/provider-process.js', variables);
      this.#running.push(successor);
      await successor.tells('up');
      if (predecessor === undefined) continue;
      predecessor.kill('SIGTERM');
      expect(await predecessor.end()).toMatchObject({ exitCode: 0, complaints: '' });
      this.#running = this.#running.filter((one) => one !== predecessor);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((one) => one[Symbol.asyncDispose]()));
  }
}
