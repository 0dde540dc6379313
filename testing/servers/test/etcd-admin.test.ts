import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EtcdAdmin, type EtcdServer, startEtcd } from '../src/index.ts';
import { etcdVersions } from './etcd-versions.ts';

describe.each(etcdVersions)('EtcdAdmin on etcd $version', ({ binary }) => {
  let server: EtcdServer;
  let admin: EtcdAdmin;

  beforeAll(async () => {
    server = await startEtcd(binary);
    admin = new EtcdAdmin(server.url);
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test('puts, gets and removes', async () => {
    await admin.put('a/1', 'één');
    await admin.put('a/2', new Uint8Array([0x32]));
    await admin.put('b/1', '');
    expect(await admin.get('a/1')).toMatchObject({ key: 'a/1', value: 'één', lease: '0', version: '1' });
    expect(await admin.get('a/')).toBeUndefined();
    expect((await admin.getPrefix('a/')).map(({ key, value }) => [key, value])).toEqual([
      ['a/1', 'één'],
      ['a/2', '2'],
    ]);
    expect((await admin.getPrefix('')).map(({ key }) => key)).toEqual(['a/1', 'a/2', 'b/1']);
    expect([await admin.remove('b/1'), await admin.remove('b/1')]).toEqual([true, false]);
    expect([await admin.removePrefix('a/'), await admin.removePrefix('a/')]).toEqual([2, 0]);
  });

  test('keeps or takes away the lease of a key, and revokes it', async () => {
    const lease = await admin.grantLease(60);
    await admin.put('leased', 'a', { lease });
    await admin.put('leased', 'b', { ignoreLease: true });
    expect(await admin.get('leased')).toMatchObject({ value: 'b', lease });
    await admin.put('orphan', 'a', { lease });
    await admin.put('orphan', 'b');
    expect(await admin.leases()).toContain(lease);
    await admin.revokeLease(lease);
    expect(await admin.leases()).not.toContain(lease);
    expect(await admin.get('leased')).toBeUndefined();
    expect(await admin.get('orphan')).toMatchObject({ value: 'b', lease: '0' });
  });

  test('compacts up to the present or to a revision', async () => {
    await admin.put('history', '1');
    const revision = await admin.revision();
    await admin.put('history', '2');
    expect(await admin.compact(revision)).toBe(revision);
    await expect(admin.compact(revision)).rejects.toThrow('compacted');
    expect(await admin.compact()).toBe(await admin.revision());
  });

  test('lists members, and tells how they are', async () => {
    const [member] = await admin.memberList();
    const status = await admin.status();
    expect(member).toMatchObject({ id: status.memberId, name: 'single', clientUrls: [server.url] });
    expect(status).toMatchObject({ leader: status.memberId, revision: await admin.revision() });
  });

  test('runs authentication', async () => {
    await admin.addUser('reader', 'secret');
    await admin.addRole('readers', 'r/', 'read');
    await admin.addRole('writers', 'r/', 'readwrite');
    await admin.enableAuth({ rootPassword: 'root' });
    await admin.put('r/1', 'one');
    await expect(new EtcdAdmin(server.url).get('r/1')).rejects.toThrow('user name is empty');

    await server.restart();
    expect(await admin.get('r/1')).toMatchObject({ value: 'one' });
    await admin.grantRole('reader', 'readers');
    await admin.revokeRole('reader', 'readers');
    await admin.changePassword('reader', 'other');
    expect(await new EtcdAdmin(server.url, { rootPassword: 'root' }).get('r/1')).toMatchObject({ value: 'one' });
    await expect(new EtcdAdmin(server.url, { rootPassword: 'wrong' }).get('r/1')).rejects.toThrow(
      'authentication failed',
    );

    await admin.disableAuth();
    expect(await new EtcdAdmin(server.url).get('r/1')).toMatchObject({ value: 'one' });
    await admin.enableAuth({ rootPassword: 'another' });
    await admin.disableAuth();
  });
});
