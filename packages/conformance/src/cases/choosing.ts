import assert from 'node:assert/strict';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { seededRandom } from '../seeded-random.ts';
import { callTimeoutMs, convergenceMs, sample } from '../stage.ts';

/** Opening a backend, and what may differ between two: B2, B3, T2. */
export const choosingCases: readonly ConformanceCase[] = [
  {
    clause: 'B2',
    title: 'opening a registry, and making a watcher that nobody reads, asks nothing of the backend',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      registry.watch('orders');
      await stage.world.elapse(convergenceMs);
      assert.equal(tap.sentInAll, 0, 'nothing is sent');
      assertSame(await registry.list('orders'), [], 'the first call works');
      assert.equal(tap.sentInAll, 1, 'and is the first that is sent');
    },
  },
  {
    clause: 'B2',
    title: 'a registry that was opened while the backend was out of reach works once it is there',
    async run(stage) {
      const client = await stage.world.connect();
      await client.cut();
      const { registry } = stage.open(client.driver);
      await stage.refused('the first call', registry.list('orders'), 'REGISTRY_UNAVAILABLE');
      await client.restore();
      const answered = async (): Promise<boolean> =>
        registry.list('orders').then(
          () => true,
          () => false,
        );
      await stage.until('a later call works', answered, 3 * callTimeoutMs);
    },
  },
  {
    clause: 'B3',
    title: 'every registry tells the name and the capabilities that its backend declares, frozen',
    async run(stage) {
      const [first, second] = [await stage.actor(), await stage.actor()];
      for (const { registry, client } of [first, second]) {
        assert.equal(registry.backend, client.driver.name, 'the name is that of the backend');
        assertSame(registry.capabilities, stage.capabilities, 'the capabilities are those declared');
        assert.ok(Object.isFrozen(registry.capabilities), 'they are frozen');
        assert.ok(Object.isFrozen(registry.capabilities.lease), 'with their lease');
        assert.ok(Object.isFrozen(registry.capabilities.conflict), 'and their conflicts');
      }
    },
  },
  {
    clause: 'B3',
    title: 'the capabilities make sense',
    async run(stage) {
      const { lease, conflict, fencing } = (await stage.actor()).registry.capabilities;
      assert.ok(
        lease.minTtlMs > 0 && lease.minTtlMs <= lease.maxTtlMs,
        'there is a TTL between the shortest and the longest',
      );
      assert.ok(lease.granularityMs > 0, 'TTLs have steps');
      assert.ok(lease.maxExpiryLagMs >= 0 && Number.isFinite(lease.maxExpiryLagMs), 'the lag is bounded');
      assert.ok(stage.ttlMs <= lease.maxTtlMs, "the suite's TTL is granted");
      assert.ok(conflict.includes('replace'), "'replace', the default, is supported");
      assert.ok(fencing === 'atomic' || fencing === 'checked', 'the fencing is named');
    },
  },
  {
    clause: 'T2',
    title:
      'with the same random a registry does the same, owners included; on a clock moved by hand at the same instants',
    async run(stage) {
      const histories = [];
      for (const service of ['first', 'second']) {
        const { registry, tap } = await stage.tapped({ random: seededRandom(42) });
        const registrations = [];
        for (const number of [1, 2, 3])
          registrations.push(await registry.register(sample(service, number), { ttlMs: stage.ttlMs }));
        const owners = tap.registered.map(({ owner }) => owner);
        const renewals: number[] = [];
        // How many renewals each instant has seen is the same only where instants are the same.
        for (let step = 1; step <= 20 && stage.slackMs === 0; step += 1) {
          await stage.world.elapse(stage.ttlMs / 20);
          renewals.push(tap.sent('renew'));
        }
        await stage.settled('closing', Promise.all(registrations.map((one) => one.close())), callTimeoutMs);
        histories.push({ owners, renewals });
      }
      const [first, second] = histories;
      assertSame(second, first, 'both histories are the same');
      assert.equal(new Set(first?.owners).size, 3, 'each registration has an owner of its own');
    },
  },
];
