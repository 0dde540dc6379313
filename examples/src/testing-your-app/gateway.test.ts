import { type MemoryDriver, memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { NoInstanceError } from '@rollcall/balancer';
import { createRegistry, type ManualClock, manualClock, type Registry } from '@rollcall/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Gateway } from './gateway.ts';

const service = 'orders';
const ttlMs = 15_000;

/** One store is the backend. Each client has a driver and a registry of its own, as each process would. */
interface Client {
  readonly driver: MemoryDriver;
  readonly registry: Registry;
}

let clock: ManualClock;
let store: MemoryStore;
let open: Registry[];
let gateway: Gateway;
let gatewaySide: Client;

/** Store and registries share one clock: otherwise one of them would stand still. `random` takes the chance out of jitter. */
function client(): Client {
  const driver = memoryDriver(store);
  const registry = createRegistry(driver, { clock, random: () => 0.5 });
  open.push(registry);
  return { driver, registry };
}

async function provider(id: string): Promise<Client> {
  const side = client();
  await side.registry.register({ service, id, endpoints: [`http://${id}.test:80`] }, { ttlMs });
  return side;
}

/** Whom the gateway calls, one after the other. `advance(0)` lets what is under way arrive without moving time. */
async function picks(count: number): Promise<readonly string[]> {
  await clock.advance(0);
  return Array.from({ length: count }, () => gateway.next().id);
}

beforeEach(() => {
  clock = manualClock();
  store = new MemoryStore({ clock });
  open = [];
  gatewaySide = client();
  gateway = new Gateway(gatewaySide.registry, service, { clock, random: () => 0 });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await Promise.all(open.map((registry) => registry.close()));
});

describe('a gateway', () => {
  test('knows that nobody is there', async () => {
    await gateway.ready();
    expect(() => gateway.next()).toThrow(NoInstanceError);
  });

  test('goes round robin, and leaves out who drains', async () => {
    await provider('a');
    await provider('b');
    const registration = await client().registry.register({ service, id: 'c', endpoints: ['http://c.test:80'] });
    expect(await picks(4)).toEqual(['a', 'b', 'c', 'a']);

    await registration.update({ status: 'draining' });
    expect(await picks(3)).toEqual(['b', 'a', 'b']);
  });

  test('still calls a provider that crashed, until its TTL is over', async () => {
    await provider('a');
    const b = await provider('b');
    b.driver.crash(); // nothing is renewed or revoked again

    await clock.advance(ttlMs - 1);
    expect(await picks(2)).toEqual(['a', 'b']);

    await clock.advance(1);
    expect(await picks(2)).toEqual(['a', 'a']);
  });

  test('keeps what it knows while the registry is out of reach', async () => {
    await provider('a');
    await picks(1);
    gatewaySide.driver.disconnect();
    await clock.advance(1_000); // a shorter break is not told
    expect(gateway.isStale).toBe(true);
    expect(await picks(1)).toEqual(['a']);

    await provider('b'); // the others still reach the store
    expect(await picks(2)).toEqual(['a', 'a']);

    gatewaySide.driver.reconnect();
    await clock.advance(1_000); // the watch is opened again after a pause
    expect(gateway.isStale).toBe(false);
    expect(await picks(2)).toEqual(['a', 'b']);
  });

  test('goes on calling the providers that a wiped store has lost, until they are back', async () => {
    await provider('a');
    await provider('b');
    await picks(2);
    store.wipe();
    expect(await gatewaySide.registry.list(service)).toEqual([]);
    expect(await picks(2)).toEqual(['a', 'b']);

    await clock.advance(ttlMs / 2); // each owner notices when it renews, every third of the TTL, and registers again
    expect(await gatewaySide.registry.list(service)).toMatchObject([{ id: 'a' }, { id: 'b' }]);
    expect(await picks(2)).toEqual(['a', 'b']);
  });

  test('loses a provider that an operator removed, until its owner has noticed', async () => {
    await provider('a');
    await provider('b');
    expect(store.remove(service, 'b')).toBe(true);
    expect(await picks(2)).toEqual(['a', 'a']);

    await clock.advance(ttlMs / 2);
    expect(await picks(2)).toEqual(['a', 'b']);
  });

  test('is not harmed by a record that cannot be read', async () => {
    await provider('a');
    await provider('b');
    expect(store.corrupt(service, 'b')).toBe(true);
    expect(await picks(2)).toEqual(['a', 'a']);

    await clock.advance(ttlMs / 2); // the owner mends it
    expect(await picks(2)).toEqual(['a', 'b']);
  });
});
