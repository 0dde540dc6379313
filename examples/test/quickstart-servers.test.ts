import { beforeAll, describe, expect, inject, test } from 'vitest';
import { buildDemo, DemoProcess } from './demo-process.ts';
import { expectServedOverBoth } from './served-over-both.ts';

beforeAll(buildDemo, 60_000);

const onServers = [
  { backend: 'etcd', named: /^Backend: etcd 3\.5\.\d+ /m },
  { backend: 'consul', named: /^Backend: Consul 1\.8\.\d+ /m },
] as const;

describe.each(onServers)('the demo on $backend', { timeout: 60_000 }, ({ backend, named }) => {
  test('keeps all promises over HTTP and gRPC, with providers that are processes, and leaves nothing behind', async () => {
    await using demo = await startDemo(backend);
    const { exitCode, output } = await demo.end();
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining('All 8 promises held') });
    expectServedOverBoth(output);
    expect(output).toMatch(named);
    const pids = [...output.matchAll(/^ {2}(?:ada|bob|cleo|dan) +(\d+) /gm)].map(([, pid]) => Number(pid));
    expect(new Set(pids).size).toBe(4);
    expect(await demo.leftovers(pids)).toEqual([]);
  });

  test.each([
    { when: 'while providers join', told: 'sees bob join' },
    { when: 'while lines are under way', told: 'sends a line' },
  ])('ends at Ctrl-C $when, and leaves nothing behind', async ({ told }) => {
    await using demo = await startDemo(backend);
    await demo.tells(told);
    const children = await demo.children();
    expect(children.length).toBeGreaterThanOrEqual(3);
    demo.kill('SIGINT');
    expect(await demo.end()).toEqual({ exitCode: 130, output: expect.stringContaining('Interrupted (SIGINT)') });
    expect(await demo.leftovers(children.map(({ pid }) => pid))).toEqual([]);
  });

  test('fails when a provider dies by surprise, and says so', async () => {
    await using demo = await startDemo(backend);
    await demo.tells('sees bob join');
    const children = await demo.children();
    const ada = children.find(({ command }) => command.includes('provider-process.js ada'));
    process.kill(ada?.pid ?? Number.NaN, 'SIGKILL');
    const why = `ada (process ${ada?.pid}) has ended: SIGKILL`;
    expect(await demo.end()).toEqual({ exitCode: 1, output: expect.stringContaining(why) });
    expect(await demo.leftovers(children.map(({ pid }) => pid))).toEqual([]);
  });
});

function startDemo(backend: string): Promise<DemoProcess> {
  const { etcd35, consul } = inject('binaries');
  return DemoProcess.start(['--backend', backend], {
    ROLLCALL_TEST_ETCD35: etcd35,
    ROLLCALL_TEST_CONSUL: consul,
  });
}
