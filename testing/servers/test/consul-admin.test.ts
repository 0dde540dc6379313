import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ConsulAdmin, type ConsulEntry, type ConsulServer, poll, startConsul } from '../src/index.ts';

const token = '5ad5a5a1-0000-4000-8000-000000000002';

describe('ConsulAdmin', () => {
  let server: ConsulServer;
  let admin: ConsulAdmin;

  beforeAll(async () => {
    server = await startConsul(inject('binaries').consul, { acl: { token } });
    admin = new ConsulAdmin(server.url, { token });
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test('registers, reads and deregisters', async () => {
    const instance = { Address: '10.0.0.1', Port: 80, Meta: { a: 'é' } };
    await admin.register({ Name: 'web', ID: 'web-1', Tags: ['v1'], ...instance });
    await admin.register({ Name: 'web', ID: 'web/2 é', Check: { CheckID: 'c2', TTL: '60s' } });
    const [first, second, ...others] = await admin.health('web');
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      node: 'single',
      serviceId: 'web-1',
      address: '10.0.0.1',
      port: 80,
      meta: { a: 'é' },
    });
    expect(first?.checks.map(({ id }) => id)).toEqual(['serfHealth']);
    expect(second?.createIndex).toBeGreaterThan(first?.createIndex ?? 0);
    expect(statusOf('c2', second)).toBe('critical');
    expect(await admin.services()).toEqual(
      new Map([
        ['consul', []],
        ['web', ['v1']],
      ]),
    );
    expect((await admin.agentServices()).get('web-1')).toMatchObject({ Service: 'web', Port: 80 });
    await admin.deregister('web/2 é');
    await admin.deregister('web-1');
    expect(await admin.health('web')).toEqual([]);
    expect(await admin.agentServices()).toEqual(new Map());
  });

  test('makes a check pass and fail, and removes it', async () => {
    await admin.register({ Name: 'checked', Check: { CheckID: 'c', TTL: '60s' } });
    await admin.passCheck('c');
    expect(statusOf('c', (await admin.health('checked'))[0])).toBe('passing');
    await admin.failCheck('c');
    expect(statusOf('c', (await admin.health('checked'))[0])).toBe('critical');
    await admin.removeCheck('c');
    expect(statusOf('c', (await admin.health('checked'))[0])).toBeUndefined();
    await expect(admin.passCheck('c')).rejects.toMatchObject({ status: 500 });
    await admin.deregister('checked');
  });

  test('removes from the catalog what the agent keeps', async () => {
    await admin.register({ Name: 'torn' });
    await admin.deregisterFromCatalog(server.nodeName, 'torn');
    expect(await admin.health('torn')).toEqual([]);
    expect([...(await admin.agentServices()).keys()]).toContain('torn');
    await admin.deregister('torn');
  });

  test('gives and takes rights', async () => {
    await admin.register({ Name: 'secret' });
    const policy = await admin.createPolicy('none', '');
    const reading = await admin.createPolicy('reading', 'service_prefix "" { policy = "read" }');
    const { accessor, secret } = await admin.createToken([policy]);
    const user = new ConsulAdmin(server.url, { token: secret });
    const sees = async (count: number): Promise<void> => {
      await poll(async () => ((await user.health('secret')).length === count ? true : undefined), {
        what: `${count} entries`,
      });
    };
    await sees(0);
    await admin.setTokenPolicies(accessor, [policy, reading]);
    // Entries of nodes that may not be read are hidden too.
    await sees(0);
    await admin.updatePolicy(policy, 'none', 'node_prefix "" { policy = "read" }');
    await sees(1);
    await expect(user.register({ Name: 'secret' })).rejects.toMatchObject({ status: 403 });
    await admin.setTokenPolicies(accessor, [policy]);
    await sees(0);
    await admin.deleteToken(accessor);
    await expect(user.health('secret')).rejects.toMatchObject({ status: 403 });
  });

  function statusOf(checkId: string, entry: ConsulEntry | undefined): string | undefined {
    return entry?.checks.find(({ id }) => id === checkId)?.status;
  }
});
