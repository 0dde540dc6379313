import type { Mutant } from './mutant.ts';

const table = 'backend-memory/src/entry-table.ts';
const shelf = 'backend-memory/src/shelf.ts';
const stream = 'backend-memory/src/change-stream.ts';
const driver = 'backend-memory/src/memory-driver.ts';

/** Ways in which the memory backend could be wrong. */
export const memoryMutants: readonly Mutant[] = [
  {
    name: 'shares prefixes between services',
    clause: 'I1',
    file: table,
    find: "return this.#shelves.get(service)?.snapshot(this.clock.now()) ?? { type: 'snapshot', instances: [] };",
    replace: `const near = [...this.#shelves.values()].filter((shelf) => shelf.service.startsWith(service));
    return { type: 'snapshot', instances: near.flatMap((shelf) => shelf.snapshot(this.clock.now()).instances) };`,
  },
  {
    name: 'folds the case of service names',
    clause: 'I1',
    file: driver,
    find: 'return this.#table.list(service);',
    replace: `const folded = this.#table.services().find((name) => name.toLowerCase() === service.toLowerCase());
    return this.#table.list(folded ?? service);`,
  },
  {
    name: 'drops metadata',
    clause: 'I7',
    file: driver,
    find: 'new StoreLease(this, this.#table, { instance, ttlMs,',
    replace: 'new StoreLease(this, this.#table, { instance: { ...instance, metadata: {} }, ttlMs,',
  },
  {
    name: 'takes an entry of the same owner for a conflict',
    clause: 'R2',
    file: table,
    find: ' && !former.isOf(client, owner))',
    replace: ')',
  },
  {
    name: 'shows an absence when an entry is taken over',
    clause: 'R3',
    file: table,
    find: 'if (former !== undefined) this.#expiry.cancel(former);',
    replace: `if (former !== undefined) {
      this.#expiry.cancel(former);
      shelf.clear(instance.id);
    }`,
  },
  {
    name: 'reuses a superseded lease',
    clause: 'R3',
    file: table,
    find: "if (!entry.isLive(now)) throw this.#notOurs(entry, 'renew the lease', now);",
    replace: `if (!entry.isLive(now)) {
      const error = this.#notOurs(entry, 'renew the lease', now);
      if (error.code === 'LEASE_SUPERSEDED') return;
      throw error;
    }`,
  },
  {
    name: 'takes for superseded what is only gone',
    clause: 'L6',
    file: table,
    find: ": new RegistryError('LEASE_NOT_FOUND', `${attempt}: the entry is gone.`);",
    replace: ": new RegistryError('LEASE_SUPERSEDED', `${attempt}: the entry is gone.`);",
  },
  {
    name: 'revokes the entry of a newcomer',
    clause: 'R3',
    file: table,
    find: 'entry.shelf?.takeOut(entry);',
    replace: 'entry.shelf?.clear(entry.instance.id);',
  },
  {
    name: 'overwrites where it was asked to reject',
    clause: 'R4',
    file: table,
    find: "if (onConflict === 'reject' &&",
    replace: 'if (onConflict === undefined &&',
  },
  {
    name: 'shows an absence when an entry is updated',
    clause: 'R5',
    file: table,
    find: 'entry.instance = instance;',
    replace: `entry.instance = instance;
    entry.shelf?.clear(instance.id);`,
  },
  {
    name: 'lets an update through under a superseded lease',
    clause: 'R8',
    file: table,
    find: "if (!entry.isLive(now)) throw this.#notOurs(entry, 'update the instance', now);",
    replace: '',
  },
  {
    name: 'leaves the entry when its lease is revoked',
    clause: 'R7',
    file: driver,
    find: 'this.#table.revoke(this);',
    replace: '',
  },
  {
    name: 'expires early',
    clause: 'L2',
    file: table,
    find: 'this.#expiry.set(entry, now + entry.ttlMs);',
    replace: 'this.#expiry.set(entry, now + entry.ttlMs * 0.9);',
  },
  {
    name: 'expires late',
    clause: 'L3',
    file: table,
    find: 'this.#expiry.set(entry, now + ttlMs);',
    replace: 'this.#expiry.set(entry, now + ttlMs + 1);',
  },
  {
    name: 'renews for longer than T',
    clause: 'L3',
    file: table,
    find: 'this.#expiry.set(entry, now + entry.ttlMs);',
    replace: 'this.#expiry.set(entry, now + entry.ttlMs * 1.05);',
  },
  {
    name: 'expires without telling those who watch',
    clause: 'L3',
    file: 'backend-memory/src/entry.ts',
    find: 'this.shelf?.takeOut(this);',
    replace: '',
  },
  {
    name: 'renews nothing',
    clause: 'L4',
    file: table,
    find: 'this.#expiry.set(entry, now + entry.ttlMs);',
    replace: '',
  },
  {
    name: 'renews an entry that was deleted',
    clause: 'L6',
    file: table,
    find: "if (!entry.isLive(now)) throw this.#notOurs(entry, 'renew the lease', now);",
    replace: 'if (!entry.isLive(now)) return;',
  },
  {
    name: 'yields an error as an empty list',
    clause: 'D2',
    file: driver,
    find: "this.assertLinked('list', { service });",
    replace: "if (this.#link !== 'up') return { type: 'snapshot', instances: [] };",
  },
  {
    name: 'hides those that drain',
    clause: 'D3',
    file: shelf,
    find: 'if (entry.isLive(now)) instances.push(entry.instance);',
    replace: "if (entry.isLive(now) && entry.instance.status !== 'draining') instances.push(entry.instance);",
  },
  {
    name: 'names services that have nothing left',
    clause: 'D4',
    file: table,
    find: '.filter((shelf) => shelf.hasLive(now))',
    replace: '',
  },
  {
    name: 'fails the whole list for one bad record',
    clause: 'D5',
    file: shelf,
    find: 'const instances: ServiceInstance[] = [];',
    replace: `for (const { error } of this.#garbage.values()) throw error;
    const instances: ServiceInstance[] = [];`,
  },
  {
    name: 'opens a watch with an incomplete set',
    clause: 'W1',
    file: table,
    find: 'return shelf.snapshot(this.clock.now());',
    replace: `const snapshot = shelf.snapshot(this.clock.now());
    return { ...snapshot, instances: snapshot.instances.slice(1) };`,
  },
  {
    name: 'drops the delete in a batch',
    clause: 'W3',
    file: stream,
    find: 'else removedIds.push(id);',
    replace: 'else if (put.length === 0) removedIds.push(id);',
  },
  {
    name: 'forgets the last instance leaving',
    clause: 'W4',
    file: shelf,
    find: 'if (stood || wasGarbage) for (const stream of this.#streams) stream.remove(id);',
    replace: 'if (this.#entries.size > 0) for (const stream of this.#streams) stream.remove(id);',
  },
  {
    name: 'opens a watch that gets no connection with an empty set',
    clause: 'W7',
    file: driver,
    find: "if (this.#link !== 'up') stream.fail(this.#unlinked('watch', { service }));",
    replace: '',
  },
  {
    name: 'does not notice that its watches have lost the backend',
    clause: 'W6',
    file: driver,
    find: "for (const stream of this.#streams) stream.fail(this.#unlinked('go on to watch', { service: stream.service }));",
    replace: '',
  },
];
