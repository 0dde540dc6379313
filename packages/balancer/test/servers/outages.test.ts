import {
  type CacheDiagnosticEvent,
  type CachedService,
  openServiceCache,
  type ServiceCache,
  type ServiceCacheOptions,
} from '@rollcall/balancer';
import { describe, expect, test } from 'vitest';
import { callMs, silenceMs, slackMs } from '../../../../testing/faults/src/index.ts';
import { registerAll, seen } from '../scene.ts';
import { type Stage, stages } from './stage.ts';

const ttlMs = 15_000;

/** The renewal that notices, T/3 + 10 % (L6); a pause of at most T/3 (R6), behind a call that was under way (E3). */
const regainedWithinMs = ttlMs * 0.37 + ttlMs / 3 + callMs;

// All at once: a minute of outage is then one minute in all.
describe.concurrent.each(['memory', 'etcd', 'consul'] as const)('on %s', (backend) => {
  test(
    'a minute without the registry changes nothing that is served, and is told once',
    { timeout: 120_000 },
    async () => {
      await using stage = await stages[backend]();
      const registrations = await registerAll(stage.owners, ['a', 'b', 'c']);
      await using followed = await follow(stage, everybodyMissed);
      const { cache, orders, told, types, lengths } = followed;
      const before = orders.instances;
      await stage.stop();
      await stage.until('the set is stale', () => orders.state === 'stale', silenceMs);
      for (let second = 0; second < 60; second += 1) {
        await stage.pass(1_000);
        expect(orders.state).toBe('stale');
        expect(cache.instances('orders')).toBe(before);
        // Nothing is waited for.
        await cache.ready({ timeoutMs: 1 });
      }
      expect(told).toEqual([{ type: 'set-stale', service: 'orders', instances: 3 }]);
      await stage.start();
      await stage.until('the set is live', () => types().includes('set-live'), stage.liveWithinMs);
      expect(told[1]).toMatchObject({ type: 'set-live', awayMs: expect.toSatisfy((ms: number) => ms >= 60_000) });
      await stage.until('owners are back, or never left', () => isHealed(orders, registrations), regainedWithinMs);
      expect(seen(orders)).toEqual(['live', 'a b c']);
      expect(orders.instances).toEqual(await stage.caller.list('orders'));
      expect(lengths.every((length) => length === 3)).toBe(true);
      // Where the entries had run into their TTL, as on memory, they were missed until their owners were back.
      const protection = types().includes('protection-began') ? ['protection-began', 'protection-ended'] : [];
      expect(types()).toEqual(['set-stale', 'set-live', ...protection]);
    },
  );

  test('a wiped store takes nobody away whose owner comes back', { timeout: 60_000 }, async () => {
    await using stage = await stages[backend]();
    const registrations = await registerAll(stage.owners, ['a', 'b', 'c']);
    await using followed = await follow(stage, {});
    const { cache, orders, told, types, lengths } = followed;
    stage.cutOwners();
    await stage.erase();
    await stage.until('the set is stale', () => orders.state === 'stale', silenceMs);
    await stage.start();
    await stage.until('the set is held', () => orders.state === 'held', stage.liveWithinMs);
    await stage.pass(3_000);
    expect(seen(orders)).toEqual(['held', 'a b c']);
    expect(cache.report()).toEqual([{ service: 'orders', state: 'held', instances: 3, held: 3, awayMs: 0 }]);
    expect(told[2]).toMatchObject({ type: 'protection-began', pattern: 'after-outage', held: 3, left: 0 });
    stage.restoreOwners();
    await stage.until('all owners are back', () => isHealed(orders, registrations), regainedWithinMs);
    expect(seen(orders)).toEqual(['live', 'a b c']);
    expect(told[3]).toMatchObject({ type: 'protection-ended', because: 'all-returned' });
    expect(types()).toEqual(['set-stale', 'set-live', 'protection-began', 'protection-ended']);
    expect(lengths.every((length) => length === 3)).toBe(true);
  });

  test('a wiped store whose owners come back at once is not seen', { timeout: 60_000 }, async () => {
    await using stage = await stages[backend]();
    const registrations = await registerAll(stage.owners, ['a', 'b', 'c']);
    await using followed = await follow(stage, everybodyMissed);
    const { orders, types, lengths } = followed;
    await stage.erase();
    await stage.until('the set is stale', () => orders.state === 'stale', silenceMs);
    await stage.start();
    await stage.until('the set is live', () => types().includes('set-live'), stage.liveWithinMs);
    await stage.until('all owners are back', () => isHealed(orders, registrations), regainedWithinMs);
    expect(seen(orders)).toEqual(['live', 'a b c']);
    expect(lengths.every((length) => length === 3)).toBe(true);
  });

  test('who does not come back after a wipe leaves at the bound', { timeout: 60_000 }, async () => {
    const holdMs = 4_000;
    await using stage = await stages[backend]();
    await registerAll(stage.owners, ['a', 'b', 'c']);
    await using followed = await follow(stage, { protection: { holdMs } });
    const { orders, told, types, lengths } = followed;
    stage.cutOwners();
    await stage.erase();
    await stage.until('the set is stale', () => orders.state === 'stale', silenceMs);
    await stage.start();
    await stage.until('the set is held', () => orders.state === 'held', stage.liveWithinMs);
    const heldAt = stage.clock.now();
    await stage.until('the bound is over', () => orders.state === 'live', holdMs + slackMs);
    // Both are seen a little late.
    expect(stage.clock.now() - heldAt).toBeGreaterThan(holdMs - slackMs);
    expect(seen(orders)).toEqual(['live', '']);
    expect(lengths).toEqual([0]);
    expect(told.at(-1)).toMatchObject({ type: 'protection-ended', because: 'bound-over', gone: 3 });
    expect(types()).toEqual(['set-stale', 'set-live', 'protection-began', 'protection-ended']);
  });

  test('nothing is served for longer than maxStaleMs', { timeout: 60_000 }, async () => {
    await using stage = await stages[backend]();
    const registrations = await registerAll(stage.owners, ['a', 'b', 'c']);
    await using followed = await follow(stage, { maxStaleMs: 2_000 });
    const { cache, orders, types, lengths } = followed;
    await stage.stop();
    await stage.until('the set is stale', () => orders.state === 'stale', silenceMs);
    await stage.until('the set is expired', () => orders.state === 'expired', 2_000 + slackMs);
    expect(seen(orders)).toEqual(['expired', '']);
    const refused = cache.ready({ timeoutMs: 200 }).catch((error: unknown) => error);
    await stage.pass(200);
    expect(await refused).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    await stage.start();
    await stage.until('the set is live', () => orders.state === 'live', stage.liveWithinMs);
    await stage.until('owners are back, or never left', () => isHealed(orders, registrations), regainedWithinMs);
    expect(lengths.at(0)).toBe(0);
    expect(seen(orders)).toEqual(['live', 'a b c']);
    expect(types()).toEqual(['set-stale', 'set-expired', 'set-live']);
  });
});

/** Owners come back one by one: also the last of them is missed. */
const everybodyMissed: Partial<ServiceCacheOptions> = { protection: { share: 0, atLeast: 1 } };

/** A cache of `orders` that is ready, with what it tells. */
interface Followed extends AsyncDisposable {
  readonly cache: ServiceCache;
  readonly orders: CachedService;
  readonly told: readonly CacheDiagnosticEvent[];
  readonly types: () => readonly CacheDiagnosticEvent['type'][];
  /** How many were served after each change. */
  readonly lengths: readonly number[];
}

async function follow(stage: Stage, options: Partial<ServiceCacheOptions>): Promise<Followed> {
  const { caller, clock } = stage;
  const told: CacheDiagnosticEvent[] = [];
  const lengths: number[] = [];
  const cache = openServiceCache({
    discovery: caller,
    services: ['orders'],
    clock,
    onDiagnostic: (event) => told.push(event),
    ...options,
  });
  await cache.ready();
  const orders = cache.service('orders');
  expect(seen(orders)).toEqual(['live', 'a b c']);
  orders.onChange(({ length }) => lengths.push(length));
  const types = (): readonly CacheDiagnosticEvent['type'][] => told.map(({ type }) => type);
  return { cache, orders, told, types, lengths, [Symbol.asyncDispose]: () => cache.close() };
}

function isHealed(orders: CachedService, registrations: readonly { readonly state: string }[]): boolean {
  return (
    orders.state === 'live' && orders.instances.length === 3 && registrations.every(({ state }) => state === 'active')
  );
}
