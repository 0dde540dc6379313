import { setTimeout as sleep } from 'node:timers/promises';
import { poll } from '@rollcall/testing-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registryAt, servers } from '../../../balancer/test/servers/stage.ts';
import { type Program, programOf } from '../../../provider/test/processes/program.ts';
import { CallsUnderLoad } from '../calls-under-load.ts';
import { Fleet } from './fleet.ts';
import { listed } from './listed.ts';

let program: Program;

beforeAll(async () => {
  program = await programOf(new URL('./provider.entry.ts', import.meta.url));
});

afterAll(() => program[Symbol.asyncDispose]());

const four = ['a', 'b', 'c', 'd'];

describe.concurrent.each(['etcd', 'consul'] as const)('on %s, under constant calls,', (backend) => {
  test('a minute without the registry costs none', { timeout: 150_000 }, async () => {
    await using server = await servers[backend]();
    await using fleet = new Fleet(program, `${backend}://${server.endpoint}`);
    await fleet.add(...four);
    await using registry = registryAt(backend, server.endpoint);
    await using calls = await CallsUnderLoad.start(registry, 'POST');
    await calls.reaches(...four);
    await server.stop();
    // That nothing happens cannot be awaited otherwise.
    await sleep(60_000);
    await calls.reaches(...four);
    await server.start();
    await poll(async () => (await listed(registry))?.length === 4 || undefined, {
      what: 'all four are listed again',
      withinMs: 30_000,
    });
    await calls.reaches(...four);
    await calls.stop();
    expect(calls.failures).toEqual([]);
  });
});
