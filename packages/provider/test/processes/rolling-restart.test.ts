import { randomUUID } from 'node:crypto';
import { consulBackend } from '@rollcall/backend-consul';
import { etcdBackend } from '@rollcall/backend-etcd';
import { openRegistry, type Registry } from '@rollcall/core';
import { poll } from '@rollcall/testing-servers';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { CallerUnderLoad } from './caller-under-load.ts';
import { type Program, programOf, type RunningProgram } from './program.ts';

let program: Program;

beforeAll(async () => {
  program = await programOf(new URL('./rolling.entry.ts', import.meta.url));
});

afterAll(() => program[Symbol.asyncDispose]());

const places = {
  etcd: () => `etcd://${new URL(inject('etcd35').url).host}/${randomUUID()}`,
  consul: () => `consul://${new URL(inject('consul').url).host}?prefix=${randomUUID()}-`,
};

// With the defaults: what a user gets who sets nothing.
test.each(['etcd', 'consul'] as const)(
  'a rolling restart of three providers on %s under constant requests loses not one',
  { timeout: 60_000 },
  async (backend) => {
    const url = places[backend]();
    await using registry = openRegistry(url, { backends: [etcdBackend(), consulBackend()] });
    await using fleet = new Fleet(url);
    const former = [await fleet.add(), await fleet.add(), await fleet.add()];
    await using caller = new CallerUnderLoad(registry, 'orders');
    await caller.sees((up) => up.length === 3);
    await caller.serves(former);

    for (const one of former) {
      await fleet.end(one);
      const successor = await fleet.add();
      await caller.serves([successor]);
    }

    const { failures, answered, reused } = await caller.stop();
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(1_000);
    // It was a caller that keeps its connections, which are what is lost most easily.
    expect(reused / answered).toBeGreaterThan(0.5);
    const replaced = fleet.pids.filter((pid) => !former.includes(pid));
    expect(replaced).toHaveLength(3);
    await expectUp(registry, 3);
  },
);

async function expectUp(registry: Registry, count: number): Promise<void> {
  await poll(async () => ((await registry.list('orders')).length === count ? true : undefined), {
    what: `${count} are listed`,
  });
}

/** Providers, each a process of its own. */
class Fleet implements AsyncDisposable {
  readonly #url: string;
  readonly #running = new Map<number, RunningProgram>();

  constructor(url: string) {
    this.#url = url;
  }

  get pids(): readonly number[] {
    return [...this.#running.keys()];
  }

  /** One more. @returns its process, once it is up */
  async add(): Promise<number> {
    const one = program.start([this.#url]);
    const pid = one.pid ?? Number.NaN;
    this.#running.set(pid, one);
    await one.says('up');
    return pid;
  }

  /** As an orchestrator would. */
  async end(pid: number): Promise<void> {
    const one = this.#running.get(pid);
    one?.kill('SIGTERM');
    expect(await one?.end()).toMatchObject({ code: 0, signal: null, complaints: '' });
    this.#running.delete(pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.values()].map((one) => one[Symbol.asyncDispose]()));
  }
}
