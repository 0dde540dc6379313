import assert from 'node:assert/strict';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { callTimeoutMs, convergenceMs, sample } from '../stage.ts';

/** How long an entry lives: L1–L3. */
export const leaseCases: readonly ConformanceCase[] = [
  {
    clause: 'L1',
    title: 'a lease is at least as long as was asked for and as the shortest that the backend grants, in its steps',
    async run(stage) {
      const owner = await stage.actor();
      const { minTtlMs, maxTtlMs, granularityMs } = stage.capabilities.lease;
      for (const asked of [0.5, minTtlMs, minTtlMs + 1, minTtlMs + 2.5 * granularityMs, stage.ttlMs]) {
        if (asked > maxTtlMs) continue;
        const { lease } = await owner.registry.register(sample(), { ttlMs: asked });
        const least = Math.max(minTtlMs, Math.ceil(asked / granularityMs) * granularityMs);
        assert.ok(lease.ttlMs >= least, `asked for ${asked} ms: at least ${least} ms, not ${lease.ttlMs}`);
        assert.ok(Number.isFinite(lease.ttlMs), 'a lease ends some time');
        assert.ok(lease.remainingMs > 0 && lease.remainingMs <= lease.ttlMs, 'what remains is within the lease');
      }
    },
  },
  {
    clause: 'L1',
    title: 'an entry lives as long as its lease says, also when less was asked for than the backend grants',
    async run(stage) {
      const hand = await stage.hand();
      const owner = await stage.actor();
      const observer = await stage.actor();
      const asked = Math.min(1, stage.capabilities.lease.minTtlMs);
      const sentAt = stage.now;
      const { lease } = await owner.registry.register(sample(), { ttlMs: asked });
      await owner.client.crash();
      const standing = async (): Promise<boolean> => (await stage.ids(observer)).includes('i1');
      await stage.holdsUntil(sentAt + lease.ttlMs, 'the entry stands for its lease', standing);
      const longer = await hand.claim(sample('orders', 2), stage.ttlMs);
      assert.ok(longer.ttlMs >= stage.ttlMs, `the driver grants what was asked for, not ${longer.ttlMs}`);
    },
  },
  {
    clause: 'L1',
    title: 'a TTL over the longest, or that is no positive finite number, is a TypeError before anything is sent',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const { maxTtlMs } = stage.capabilities.lease;
      for (const ttlMs of [maxTtlMs + 1, 0, -1, Number.NaN, Infinity, -Infinity]) {
        const error = await stage.failure(`ttlMs ${ttlMs}`, registry.register(sample(), { ttlMs }));
        assert.ok(error instanceof TypeError, `ttlMs ${ttlMs} is a TypeError, not ${String(error)}`);
        assert.ok(error.message.includes('ttlMs'), `the message names ttlMs: ${error.message}`);
      }
      assert.equal(tap.sentInAll, 0, 'nothing is sent');
    },
  },
  {
    clause: 'L2',
    title: 'an entry whose owner died is listed and watched until T after its registration was sent',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const reader = stage.read(observer);
      const sentAt = stage.now;
      const { lease } = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      await stage.until('the watch shows it', () => reader.ids?.length === 1, convergenceMs);
      await owner.client.crash();
      const deadline = sentAt + lease.ttlMs;
      await stage.holdsUntil(deadline, 'the entry is listed', async () => (await stage.ids(observer)).length === 1);
    },
  },
  {
    clause: 'L2',
    title: 'a watch keeps an entry until T after its registration was sent',
    async run(stage) {
      const [hand, observer] = [await stage.hand(), await stage.actor()];
      const reader = stage.read(observer);
      const sentAt = stage.now;
      const lease = await hand.claim(sample(), stage.ttlMs);
      await stage.until('the watch shows it', () => reader.ids?.length === 1, convergenceMs);
      await stage.holdsUntil(sentAt + lease.ttlMs, 'the entry is watched', () => reader.ids?.length === 1);
    },
  },
  {
    clause: 'L2',
    title: 'each renewal that was acknowledged counts anew: the entry stands until T after the last was sent',
    async run(stage) {
      const hand = await stage.hand();
      const observer = await stage.actor();
      const lease = await hand.claim(sample(), stage.ttlMs);
      let sentAt = stage.now;
      for (const share of [0.5, 0.25]) {
        await stage.world.elapse(lease.ttlMs * share);
        sentAt = stage.now;
        await lease.renew(hand.bounded());
      }
      const listed = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
      await stage.holdsUntil(sentAt + lease.ttlMs, 'the entry is listed', listed);
    },
  },
  {
    clause: 'L2',
    title: 'an entry stands for as long as its owner may believe in it, also when the owner is cut off',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const { lease } = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      await stage.world.elapse(1.2 * stage.ttlMs);
      await owner.client.cut();
      const deadline = stage.now + lease.remainingMs;
      assert.ok(lease.remainingMs > 0, 'the lease lives');
      await stage.holdsUntil(deadline, 'the entry is listed', async () => (await stage.ids(observer)).length === 1);
    },
  },
  {
    clause: 'L3',
    title: 'an entry whose owner fell silent is in no list from T + lag on',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const { lease } = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      await owner.client.crash();
      await stage.elapseUntil(stage.now + lease.ttlMs + stage.lagMs);
      assertSame(await stage.ids(observer), [], 'the entry is gone');
      assertSame(await observer.registry.services(), [], 'and its service with it');
    },
  },
  {
    clause: 'L3',
    title: 'an entry whose owner fell silent leaves every watch by T + lag, and the watchers are told',
    answers: 'micro/go-micro#942',
    async run(stage) {
      const [owner, first, second] = [await stage.actor(), await stage.actor(), await stage.actor()];
      const readers = [stage.read(first), stage.read(second), stage.read(second)];
      const { instance, lease } = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      const haveAll = (count: number) => () => readers.every((reader) => reader.ids?.length === count);
      await stage.until('every watch shows it', haveAll(1), convergenceMs);
      await owner.client.crash();
      await stage.elapseUntil(stage.now + lease.ttlMs + stage.lagMs);
      for (const reader of readers) {
        assertSame(reader.ids, [], 'the entry has left the watch');
        assertSame(reader.last?.delta.removed, [instance], 'and was told as removed');
        assert.equal(reader.last?.freshness, 'live', 'in a live snapshot');
      }
    },
  },
  {
    clause: 'L3',
    title: 'an entry that was renewed is gone by T + lag after the last renewal arrived',
    async run(stage) {
      const hand = await stage.hand();
      const observer = await stage.actor();
      const lease = await hand.claim(sample(), stage.ttlMs);
      await stage.world.elapse(lease.ttlMs / 3);
      await lease.renew(hand.bounded());
      await stage.world.elapse(lease.ttlMs / 3);
      await lease.renew(hand.bounded());
      const arrivedBy = stage.now;
      await stage.elapseUntil(arrivedBy + lease.ttlMs + stage.lagMs);
      assertSame(await stage.ids(observer), [], 'the entry is gone');
    },
  },
  {
    clause: 'L3',
    title: 'instances that are really gone leave, even when they are nearly all of them',
    answers: 'Netflix/eureka#1073',
    async run(stage) {
      const [mortal, survivor, observer] = [await stage.actor(), await stage.actor(), await stage.actor()];
      const numbers = Array.from({ length: 30 }, (_, index) => index + 1);
      const doomed = await Promise.all(
        numbers.map((number) => mortal.registry.register(sample('orders', number), { ttlMs: stage.ttlMs })),
      );
      await survivor.registry.register(sample('orders', 100), { ttlMs: stage.ttlMs });
      const reader = stage.read(observer);
      await stage.until('the watch shows all', () => reader.ids?.length === 31, convergenceMs);
      await mortal.client.crash();
      const longest = Math.max(...doomed.map(({ lease }) => lease.ttlMs));
      await stage.elapseUntil(stage.now + longest + stage.lagMs);
      assertSame(await stage.ids(observer), ['i100'], 'only the survivor is listed');
      assertSame(reader.ids, ['i100'], 'and watched');
    },
  },
  {
    clause: 'L3',
    title: 'a renewal that comes too late brings nothing back',
    async run(stage) {
      const hand = await stage.hand();
      const observer = await stage.actor();
      const lease = await hand.claim(sample(), stage.ttlMs);
      await stage.elapseUntil(stage.now + lease.ttlMs + stage.lagMs);
      await stage.refused('the late renewal', lease.renew(hand.bounded()), 'LEASE_NOT_FOUND', callTimeoutMs);
      assertSame(await stage.ids(observer), [], 'the entry stays gone');
    },
  },
];
