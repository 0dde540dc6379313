import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import type { Registry } from '@rollcall/core';
import { poll } from '@rollcall/testing-servers';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { registryAt } from '../../../balancer/test/servers/stage.ts';
import { type Program, programOf } from '../../../provider/test/processes/program.ts';
import { CallsUnderLoad } from '../calls-under-load.ts';
import { Fleet } from './fleet.ts';
import { listed } from './listed.ts';

let program: Program;

beforeAll(async () => {
  program = await programOf(new URL('./provider.entry.ts', import.meta.url));
});

afterAll(() => program[Symbol.asyncDispose]());

const places = {
  etcd: () => `${new URL(inject('etcd35').url).host}/${randomUUID()}`,
  consul: () => `${new URL(inject('consul').url).host}?prefix=${randomUUID()}-`,
};

const four = ['a', 'b', 'c', 'd'];

describe.each(['etcd', 'consul'] as const)('on %s, under constant calls to real processes,', (backend) => {
  test('kill -9 of one of four costs no call that may be repeated', { timeout: 60_000 }, async () => {
    await using stage = await open(backend);
    await using calls = await CallsUnderLoad.start(stage.registry, 'GET');
    await calls.reaches(...four);
    await stage.fleet.crash('b');
    // It stays listed for its TTL, and is met again and again.
    await isGone(stage.registry, 'b');
    await calls.reaches('a', 'c', 'd');
    await calls.stop();
    expect(calls.failures).toEqual([]);
  });

  test('and of the others at most those that are under way to it', { timeout: 60_000 }, async () => {
    await using stage = await open(backend);
    await using calls = await CallsUnderLoad.start(stage.registry, 'POST');
    await calls.reaches(...four);
    const before = calls.attemptsOn('b');
    const underWay = calls.underWayTo('b');
    await stage.fleet.crash('b');
    const atRisk = underWay + calls.attemptsOn('b') - before;
    await isGone(stage.registry, 'b');
    await calls.stop();
    expect(calls.failures.length).toBeLessThanOrEqual(atRisk);
    for (const { error, tried } of calls.failures) {
      expect(error).toMatchObject({ code: 'CALL_UNANSWERED' });
      expect(tried.at(-1)).toBe('b');
    }
  });

  test('a rolling restart costs none', { timeout: 90_000 }, async () => {
    await using stage = await open(backend);
    await using calls = await CallsUnderLoad.start(stage.registry, 'POST');
    await calls.reaches(...four);
    for (const id of four) {
      await stage.fleet.end(id);
      await stage.fleet.add(id);
      await calls.reaches(id);
    }
    await calls.stop();
    expect(calls.failures).toEqual([]);
    expect(calls.answered).toBeGreaterThan(1_000);
  });

  test('one that is drained gets nothing new after a second', { timeout: 60_000 }, async () => {
    await using stage = await open(backend);
    await using calls = await CallsUnderLoad.start(stage.registry, 'POST');
    await calls.reaches(...four);
    stage.fleet.drain('b');
    // The bound itself is what is tested.
    await sleep(1_000);
    const before = calls.attemptsOn('b');
    await calls.reaches('a', 'c', 'd');
    await calls.reaches('a', 'c', 'd');
    await calls.stop();
    expect(calls.attemptsOn('b')).toBe(before);
    expect(calls.failures).toEqual([]);
  });
});

interface Stage extends AsyncDisposable {
  readonly registry: Registry;
  readonly fleet: Fleet;
}

/** Four providers in a place of their own on the server that all tests share. */
async function open(backend: 'etcd' | 'consul'): Promise<Stage> {
  const place = places[backend]();
  const fleet = new Fleet(program, `${backend}://${place}`);
  const registry = registryAt(backend, place);
  await fleet.add(...four);
  return {
    registry,
    fleet,
    async [Symbol.asyncDispose]() {
      await registry.close();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

async function isGone(registry: Registry, id: string): Promise<void> {
  await poll(async () => (await listed(registry))?.includes(id) === false || undefined, {
    what: `${id} is gone`,
    withinMs: 40_000,
  });
}
