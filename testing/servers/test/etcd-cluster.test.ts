import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EtcdCluster, type EtcdServer, poll, startEtcdCluster } from '../src/index.ts';
import { etcdVersions } from './etcd-versions.ts';

describe.each(etcdVersions)('a cluster of etcd $version', ({ binary }) => {
  let cluster: EtcdCluster;

  beforeAll(async () => {
    cluster = await startEtcdCluster(binary);
  });

  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  test('has three members and one leader', async () => {
    const leader = await cluster.leader();
    expect(cluster.members).toContain(leader);
    expect(await cluster.admin(leader).memberList()).toHaveLength(3);
    expect(cluster.endpoints).toEqual(cluster.members.map(({ endpoint }) => endpoint));
  });

  test('elects another when the leader is killed, and takes it back', async () => {
    const former = await cluster.killLeader();
    const leader = await cluster.leader();
    expect(leader).not.toBe(former);
    await cluster.admin(leader).put('written', 'without it');
    await former.start();
    expect(await cluster.admin(former).get('written')).toMatchObject({ value: 'without it' });
  });

  test.each(['leader', 'follower'] as const)(
    'goes on without a %s that is isolated, and takes it back',
    async (role) => {
      const isolated = await cluster[role]();
      const others = cluster.members.filter((member) => member !== isolated);
      cluster.isolate(isolated);
      await poll(async () => ((await cluster.hasLeader(isolated)) ? undefined : true), { what: 'it loses its leader' });
      const leader = await cluster.leader();
      expect(others).toContain(leader);
      for (const member of others) {
        await cluster.admin(member).put(`from ${member.name}`, role);
        expect(await cluster.hasLeader(member)).toBe(true);
      }
      expect(await cluster.hasLeader(isolated)).toBe(false);
      cluster.heal();
      await rejoined(isolated);
      for (const member of others)
        expect(await cluster.admin(isolated).get(`from ${member.name}`)).toMatchObject({ value: role });
    },
  );

  test('keeps a member cut off that is killed and started again', async () => {
    const isolated = await cluster.follower();
    const leader = await cluster.leader();
    cluster.isolate(isolated);
    await isolated.kill();
    const outcome = isolated.start().then(
      () => 'it serves',
      (error: unknown) => String(error),
    );
    // With its peers within reach it would serve in a third of the time.
    expect(await Promise.race([outcome, writingFor(1_000, leader)])).toBe('still writing');
    await isolated.kill();
    expect(await outcome).toContain('ended before it served');
    cluster.heal();
    await isolated.start();
    await rejoined(isolated);
  });

  test('is empty after a wipe', async () => {
    await cluster.wipe();
    expect(await cluster.admin(await cluster.leader()).getPrefix('')).toEqual([]);
  });

  async function writingFor(milliseconds: number, member: EtcdServer): Promise<string> {
    const end = performance.now() + milliseconds;
    while (performance.now() < end) await cluster.admin(member).put('meanwhile', 'written');
    return 'still writing';
  }

  /** It follows a leader and answers linearizable reads. */
  async function rejoined(member: EtcdServer): Promise<void> {
    await poll(async () => ((await cluster.hasLeader(member)) ? true : undefined), { what: 'it finds a leader' });
    await poll(async () => [await cluster.admin(member).get('any')], { what: 'it reads' });
  }
});
