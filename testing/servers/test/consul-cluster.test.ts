import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ConsulCluster, type ConsulServer, poll, startConsulCluster } from '../src/index.ts';

describe('a cluster of Consul', () => {
  const token = '5ad5a5a1-0000-4000-8000-000000000003';
  let cluster: ConsulCluster;
  let near: ConsulServer;
  let far: ConsulServer;

  beforeAll(async () => {
    cluster = await startConsulCluster(inject('binaries').consul, { clients: 2, acl: { token } });
    [near, far] = cluster.clients as [ConsulServer, ConsulServer];
  });

  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  test('has three servers, one leader and two clients', async () => {
    const leader = await cluster.leader();
    expect(cluster.servers).toContain(leader);
    expect(cluster.servers).toContain(await cluster.follower());
    expect(await cluster.follower()).not.toBe(leader);
    expect(cluster.members).toHaveLength(5);
    expect((await cluster.admin(far).health('consul')).map(({ node }) => node).toSorted()).toEqual(
      cluster.servers.map(({ nodeName }) => nodeName),
    );
  });

  test('shows at each agent what is registered at another', async () => {
    await cluster.admin(near).register({ Name: 'web', ID: 'one' });
    for (const member of cluster.members)
      expect(await cluster.admin(member).health('web')).toMatchObject([{ node: near.nodeName, serviceId: 'one' }]);
    expect(await cluster.admin(far).agentServices()).toEqual(new Map());
  });

  test('elects another when the leader is killed, and takes it back', async () => {
    const former = await cluster.killLeader();
    const leader = await cluster.leader();
    expect(leader).not.toBe(former);
    await cluster.admin(near).register({ Name: 'web', ID: 'two' });
    await becomes(2, 'web');
    await former.start();
    expect(await cluster.admin(former).health('web')).toHaveLength(2);
  });

  test('notices within seconds that a client is gone, and that it is back', async () => {
    await near.kill();
    await poll(async () => ((await statusOf(near)) === 'critical' ? true : undefined), { what: 'it is missed' });
    await near.start();
    expect(await statusOf(near)).toBe('passing');
    expect(await cluster.admin(far).health('web')).toHaveLength(2);
  });

  test('settles', { timeout: 60_000 }, async () => {
    await cluster.settled();
    expect([...(await cluster.admin(far).services()).keys()].toSorted()).toEqual(['consul', 'web']);
  });

  test('takes back a client that lost its data, but not one that comes with another id', async () => {
    await near.wipe();
    await cluster.admin(near).register({ Name: 'again' });
    await becomes(1, 'again');
    await near.wipe({ newIdentity: true });
    await cluster.admin(near).register({ Name: 'unheard' });
    expect(await cluster.admin(far).health('unheard')).toEqual([]);
  });

  test('is empty after a wipe', async () => {
    await cluster.wipe();
    expect([...(await cluster.admin(far).services()).keys()]).toEqual(['consul']);
  });

  /** An agent answers a registration with success even if it could not tell the servers, and tells them later. */
  async function becomes(count: number, service: string): Promise<void> {
    await poll(async () => ((await cluster.admin(far).health(service)).length === count ? true : undefined), {
      what: `${service} has ${count} instances`,
    });
  }

  /** What the catalog says of this node. */
  async function statusOf({ nodeName }: ConsulServer): Promise<string | undefined> {
    const entry = (await cluster.admin(far).health('web')).find(({ node }) => node === nodeName);
    return entry?.checks.find(({ id }) => id === 'serfHealth')?.status;
  }
});

test('a client with ACLs that has settled keeps what it learns of tokens', { timeout: 60_000 }, async () => {
  const token = '5ad5a5a1-0000-4000-8000-000000000004';
  await using cluster = await startConsulCluster(inject('binaries').consul, { servers: 1, clients: 1, acl: { token } });
  await cluster.settled();
  for (const { url } of cluster.members) {
    const self = await fetch(`${url}/v1/agent/self`, { headers: { 'x-consul-token': token } });
    // Some seconds long it may be 2, for the ACLs of before Consul 1.4, and then it forgets.
    expect(await self.json()).toHaveProperty('Member.Tags.acls', '1');
  }
});
