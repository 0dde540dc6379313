import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { ServiceSnapshot, Watcher } from '@rollcall/core';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { callTimeoutMs, convergenceMs, sample, type Stage } from '../stage.ts';

/** What a watch tells while all is well: W1–W3, W5. */
export const watchingCases: readonly ConformanceCase[] = [
  {
    clause: 'W1',
    title: 'a service that has nobody yields an empty first snapshot',
    async run(stage) {
      const observer = await stage.actor();
      const snapshot = await nextOf(stage, observer.registry.watch('nobody'));
      const { service, instances, delta, freshness, reason } = snapshot;
      const nothing = { added: [], updated: [], removed: [] };
      assertSame(
        { service, instances, delta, freshness, reason },
        { service: 'nobody', instances: [], delta: nothing, freshness: 'live', reason: 'initial' },
        'the first snapshot is empty and live',
      );
    },
  },
  {
    clause: 'W1',
    title: 'the first snapshot is complete, and all of it is added',
    async run(stage) {
      const [owner, other, observer] = [await stage.actor(), await stage.actor(), await stage.actor()];
      const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
      await Promise.all(
        numbers.map((number) => (number % 2 === 0 ? owner : other).registry.register(sample('orders', number))),
      );
      const snapshot = await nextOf(stage, observer.registry.watch('orders'));
      assertSame(snapshot.instances, await observer.registry.list('orders'), 'it equals the list');
      assert.equal(snapshot.instances.length, numbers.length, 'it is complete');
      assertSame(snapshot.delta, { added: snapshot.instances, updated: [], removed: [] }, 'all of it is added');
      assert.equal(snapshot.reason, 'initial', 'the reason is initial');
    },
  },
  {
    clause: 'W1',
    title: 'the first snapshot is no older than the first read, however long before the watcher was made',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const watcher = observer.registry.watch('orders');
      await stage.settle();
      const { instance } = await owner.registry.register(sample());
      assertSame((await nextOf(stage, watcher)).instances, [instance], 'what came before the first read is in it');
    },
  },
  {
    clause: 'W1',
    title: 'the first event of a driver watch is a snapshot, complete, also when it is empty',
    async run(stage) {
      const hand = await stage.hand();
      const empty = stage.readDriver(hand.client, 'nobody');
      await stage.until('the first event comes', () => empty.events.length > 0, convergenceMs);
      assertSame(empty.events[0], { ...empty.events[0], type: 'snapshot', instances: [] }, 'it is an empty snapshot');
      await hand.claim(sample('orders', 1), stage.ttlMs);
      await hand.claim(sample('orders', 2), stage.ttlMs);
      const full = stage.readDriver(hand.client);
      await stage.until('the first event comes', () => full.events.length > 0, convergenceMs);
      assert.equal(full.events[0]?.type, 'snapshot', 'it is a snapshot');
      assertSame([...(full.steps[0]?.keys() ?? [])].toSorted(), ['i1', 'i2'], 'it is complete');
    },
  },
  {
    clause: 'W1',
    title: 'a reader who joins a service that is already watched gets the set at once',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.tapped()];
      await owner.registry.register(sample());
      const reader = stage.read(observer);
      await stage.until('the first reader has it', () => reader.ids?.length === 1, convergenceMs);
      const joiner = await stage.settled('the joiner', observer.registry.watch('orders').next(), stage.slackMs);
      assertSame(joiner.value?.instances, reader.instances, 'the set is the same');
      assert.equal(joiner.value?.revision, reader.last?.revision, 'and so is its revision');
      assert.equal(observer.tap.sent('watch'), 1, 'the backend was not asked again');
    },
  },
  {
    clause: 'W2',
    title: 'a change of nothing but the weight is one update: nothing is removed, nothing is added',
    answers: 'apache/shenyu#7169',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const neighbour = await owner.registry.register(sample('orders', 2));
      const registration = await owner.registry.register({ ...sample(), weight: 1 });
      const watcher = observer.registry.watch('orders');
      await nextOf(stage, watcher);
      await registration.update({ weight: 2 });
      const { delta, instances, reason } = await nextOf(stage, watcher);
      assertSame(delta, { added: [], updated: [registration.instance], removed: [] }, 'it is one update');
      assertSame(instances, [registration.instance, neighbour.instance], 'the set is complete');
      assert.equal(reason, 'change', 'the reason is change');
    },
  },
  {
    clause: 'W2',
    title: 'each reader gets the difference to what it read itself, whatever happened in between',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const slow = observer.registry.watch('orders');
      const leaving = await owner.registry.register(sample('orders', 1));
      const changing = await owner.registry.register(sample('orders', 2));
      const wavering = await owner.registry.register(sample('orders', 3));
      const blinking = await owner.registry.register(sample('orders', 4));
      await nextOf(stage, slow);
      const quick = stage.read(observer);
      await stage.until('the quick reader is there', () => quick.ids?.length === 4, convergenceMs);
      await leaving.close();
      for (let weight = 1; weight <= 5; weight += 1) await changing.update({ weight });
      await wavering.update({ weight: 7 });
      await wavering.update({ weight: undefined });
      await blinking.close();
      await owner.registry.register(sample('orders', 4));
      const passing = await owner.registry.register(sample('orders', 5));
      await passing.close();
      const { instance: added } = await owner.registry.register(sample('orders', 6));
      await stage.until('the quick reader is up to date', () => quick.ids?.join() === 'i2,i3,i4,i6', convergenceMs);
      const { delta, instances } = await nextOf(stage, slow);
      assertSame(
        delta,
        { added: [added], updated: [changing.instance], removed: [leaving.instance] },
        'the difference is exact',
      );
      assertSame(instances, quick.instances, 'the set is complete');
    },
  },
  {
    clause: 'W2',
    title: 'entries that go in one step of the backend all leave the watch',
    async run(stage) {
      const [owner, observer, hand] = [await stage.actor(), await stage.actor(), await stage.hand()];
      for (let number = 1; number <= 10; number += 1) await owner.registry.register(sample('orders', number));
      const reader = stage.read(observer);
      const steps = stage.readDriver(hand.client);
      const both = (count: number) => () => reader.ids?.length === count && steps.ids?.length === count;
      await stage.until('both watches show all', both(10), convergenceMs);
      await owner.client.crash();
      await stage.world.wipe();
      await stage.until('both watches show that all are gone', both(0), convergenceMs);
      const removed = reader.snapshots.flatMap(({ delta }) => delta.removed.map(({ id }) => id));
      assert.equal(removed.length, 10, 'each was told as removed, once');
    },
  },
  {
    clause: 'W2',
    title: 'readers of one registry at the same set see the same revision, and another at another',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const readers = [stage.read(observer), stage.read(observer), stage.read(observer)];
      const registration = await owner.registry.register({ ...sample(), weight: 0 });
      for (let weight = 1; weight <= 5; weight += 1) {
        await registration.update({ weight });
        const all = (): boolean => readers.every((reader) => reader.instances[0]?.weight === weight);
        await stage.until('all readers are up to date', all, convergenceMs);
        assert.equal(new Set(readers.map((reader) => reader.last?.revision)).size, 1, 'they see one revision');
      }
      const sets = new Map<string, Set<string>>();
      for (const { revision, instances } of readers.flatMap(({ snapshots }) => snapshots))
        sets.set(revision, new Set(sets.get(revision)).add(JSON.stringify(instances)));
      for (const [revision, seen] of sets) assert.equal(seen.size, 1, `revision ${revision} is one set only`);
    },
  },
  {
    clause: 'W2',
    title: 'a write that changes nothing is no other set: who joins after it sees the revision that the others see',
    async run(stage) {
      const [hand, observer] = [await stage.hand(), await stage.actor()];
      const lease = await hand.claim(sample(), stage.ttlMs);
      const reader = stage.read(observer);
      await stage.until('the first reader has it', () => reader.ids?.length === 1, convergenceMs);
      const [instance] = reader.instances;
      assert.ok(instance, 'there is one instance');
      await lease.update(instance, hand.bounded());
      await stage.world.elapse(convergenceMs / 10);
      const joiner = stage.read(observer);
      await stage.until('the joiner has it', () => joiner.ids?.length === 1, convergenceMs);
      assert.equal(joiner.last?.revision, reader.last?.revision, 'both see one revision');
      assert.equal(reader.snapshots.length, 1, 'nothing was yielded for it');
    },
  },
  {
    clause: 'W3',
    title: 'a reader who pauses gets the newest set next, and nothing of what lies between',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const slow = observer.registry.watch('orders');
      const registration = await owner.registry.register({ ...sample(), weight: 0 });
      await nextOf(stage, slow);
      const quick = stage.read(observer);
      for (let weight = 1; weight <= 20; weight += 1) {
        await registration.update({ weight });
        const seen = (): boolean => quick.instances[0]?.weight === weight;
        await stage.until('the quick reader has it', seen, convergenceMs);
      }
      assert.equal((await nextOf(stage, slow)).instances[0]?.weight, 20, 'the newest comes next');
      const pending = slow.next();
      await assertPending(stage, pending, 'nothing else was kept');
      await registration.update({ weight: 21 });
      const last = await stage.settled('the next change', pending, convergenceMs);
      assert.equal(last.value?.instances[0]?.weight, 21, 'the next change comes next');
    },
  },
  {
    clause: 'W3',
    title: 'a watch never goes back, however fast the changes come',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const reader = stage.read(observer);
      const registration = await owner.registry.register({ ...sample(), weight: 0 });
      for (let weight = 1; weight <= 100; weight += 1) await registration.update({ weight });
      await stage.until('the last one is watched', () => reader.instances[0]?.weight === 100, convergenceMs);
      const weights = reader.snapshots.flatMap(({ instances }) => instances.map(({ weight }) => weight));
      assertSame(
        weights,
        weights.toSorted((a, b) => a - b),
        'weights only grow',
      );
    },
  },
  {
    clause: 'W3',
    title: 'a driver watch that is read late tells everything that happened meanwhile, the newest of each id',
    async run(stage) {
      const [hand, owner] = [await stage.hand(), await stage.actor()];
      const leaving = await owner.registry.register(sample('orders', 1));
      const changing = await owner.registry.register({ ...sample('orders', 2), weight: 0 });
      const steps = stage.readDriver(hand.client);
      await stage.until('the watch is open', () => steps.ids?.length === 2, convergenceMs);
      steps.pause();
      for (let weight = 1; weight <= 3; weight += 1) await changing.update({ weight });
      await owner.registry.register(sample('orders', 3));
      await leaving.close();
      const passing = await owner.registry.register(sample('orders', 4));
      await passing.close();
      await changing.update({ weight: 4 });
      await owner.registry.register(sample('orders', 5));
      await stage.world.elapse(convergenceMs / 10);
      steps.resume();
      const listed = await owner.registry.list('orders');
      const caughtUp = (): boolean => isDeepStrictEqual(steps.instances, listed);
      await stage.until('the watch has caught up with the list', caughtUp, convergenceMs);
      const weights = steps.steps.flatMap((set) => set.get('i2')?.weight ?? []);
      assertSame(
        weights,
        weights.toSorted((a, b) => a - b),
        'and never went back',
      );
    },
  },
  {
    clause: 'W5',
    title: 'nothing is yielded twice: an update that changes nothing and a set that came back yield nothing',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register({ ...sample(), weight: 1 });
      const watcher = observer.registry.watch('orders');
      await nextOf(stage, watcher);
      const quick = stage.read(observer);
      await stage.until('the quick reader is there', () => quick.ids?.length === 1, convergenceMs);
      await registration.update({ weight: 1 });
      await registration.update({});
      await stage.world.elapse(convergenceMs / 2);
      assert.equal(quick.snapshots.length, 1, 'no change, no snapshot');
      await registration.update({ weight: 2 });
      await stage.until('the quick reader has it', () => quick.instances[0]?.weight === 2, convergenceMs);
      await registration.update({ weight: 1 });
      await stage.until('the quick reader has it', () => quick.instances[0]?.weight === 1, convergenceMs);
      const pending = watcher.next();
      await assertPending(stage, pending, 'a set that the reader has read already is not yielded');
      await registration.close();
      const last = await stage.settled('the next change', pending, convergenceMs);
      assertSame(last.value?.instances, [], 'a real change is');
    },
  },
  {
    clause: 'W5',
    title: 'renewals are no changes: a service at rest yields nothing',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      const reader = stage.read(observer);
      await stage.until('the first snapshot comes', () => reader.ids?.length === 1, convergenceMs);
      await stage.world.elapse(1.5 * stage.ttlMs);
      assert.equal(reader.snapshots.length, 1, 'there is one snapshot');
    },
  },
];

/** The next snapshot of a watcher, which has to come at once. */
async function nextOf(stage: Stage, watcher: Watcher): Promise<ServiceSnapshot> {
  const { value } = await stage.settled('the next snapshot', watcher.next(), convergenceMs + callTimeoutMs);
  assert.ok(value !== undefined, 'the watch goes on');
  return value;
}

/** A read that has nothing to give yet. */
async function assertPending(stage: Stage, read: Promise<unknown>, what: string): Promise<void> {
  let isOver = false;
  const mark = (): void => {
    isOver = true;
  };
  read.then(mark, mark);
  await stage.holdsFor(convergenceMs / 2, what, () => !isOver);
}
