import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Registration } from '@rollcall/core';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { seededRandom } from '../seeded-random.ts';
import { callTimeoutMs, convergenceMs, noticedMs, sample } from '../stage.ts';

/** A watch and the backend come to the same: W4. */
export const convergingCases: readonly ConformanceCase[] = [
  {
    clause: 'W4',
    title: 'the last instance that leaves leaves the watch too: closed',
    answers: 'go-kratos/kratos#3310',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register(sample());
      const reader = stage.read(observer);
      await stage.until('the watch shows it', () => reader.ids?.length === 1, convergenceMs);
      await stage.settled('closing', registration.close(), callTimeoutMs);
      await stage.until('the watch shows nobody', () => reader.ids?.length === 0, convergenceMs);
      assertSame(reader.last?.delta.removed, [registration.instance], 'the last one was told as removed');
      assert.equal(reader.last?.freshness, 'live', 'this is no outage');
    },
  },
  {
    clause: 'W4',
    title: 'the last instance that leaves leaves the watch too: removed by hand',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      await owner.registry.register(sample(), { ttlMs: 2 * stage.ttlMs });
      const reader = stage.read(observer);
      await stage.until('the watch shows it', () => reader.ids?.length === 1, convergenceMs);
      await owner.client.crash();
      await stage.world.remove('orders', 'i1');
      await stage.until('the watch shows nobody', () => reader.ids?.length === 0, convergenceMs);
    },
  },
  {
    clause: 'W4',
    title: 'the last instance that leaves leaves the watch too: expired',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const { lease } = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      const reader = stage.read(observer);
      await stage.until('the watch shows it', () => reader.ids?.length === 1, convergenceMs);
      await owner.client.crash();
      await stage.elapseUntil(stage.now + lease.ttlMs + stage.lagMs);
      await stage.until('the watch shows nobody', () => reader.ids?.length === 0, convergenceMs);
    },
  },
  {
    clause: 'W4',
    title: 'a service that emptied and filled again is watched through all of it',
    answers: 'apache/dubbo#9965',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const reader = stage.read(observer);
      for (let round = 1; round <= 3; round += 1) {
        const registration = await owner.registry.register(sample('orders', round));
        await stage.until('the watch shows it come', () => reader.ids?.join() === `i${round}`, convergenceMs);
        await stage.settled('closing', registration.close(), callTimeoutMs);
        await stage.until('the watch shows it leave', () => reader.ids?.length === 0, convergenceMs);
      }
    },
  },
  {
    clause: 'W4',
    title: 'after many changes by many clients every watch equals the list',
    async run(stage) {
      const owners = [await stage.actor(), await stage.actor(), await stage.actor()];
      const observers = [await stage.actor(), await stage.actor()];
      const hand = await stage.hand();
      const readers = observers.map((observer) => stage.read(observer));
      const steps = stage.readDriver(hand.client);
      const random = seededRandom(20_261_121);
      const pick = (count: number): number => Math.floor(random() * count);
      const held: Registration[] = [];
      let ttlMs = stage.ttlMs;
      for (let change = 1; change <= 80; change += 1) {
        const registration = held[pick(held.length)];
        const dice = pick(10);
        if (dice < 4 || registration === undefined) {
          const owner = owners[pick(owners.length)];
          assert.ok(owner, 'there is an owner');
          const init = { ...sample('orders', 1 + pick(6)), weight: change };
          const registered = await owner.registry.register(init, { ttlMs: stage.ttlMs });
          ttlMs = Math.max(ttlMs, registered.lease.ttlMs);
          held.push(registered);
        } else if (dice < 8) {
          // Whoever has been superseded is told so: no more is asked of it here.
          await registration.update({ weight: change }).catch(() => undefined);
        } else if (dice < 9) {
          await registration.close();
        } else {
          await stage.world.remove('orders', registration.instance.id);
        }
      }
      await stage.world.elapse(noticedMs(ttlMs));
      const [first] = observers;
      assert.ok(first, 'there is an observer');
      const agree = async (): Promise<boolean> => {
        const listed = await first.registry.list('orders');
        return (
          readers.every(({ instances }) => isDeepStrictEqual(instances, listed)) &&
          isDeepStrictEqual(steps.instances, listed)
        );
      };
      await stage.until('every watch equals the list', agree, convergenceMs);
    },
  },
];
